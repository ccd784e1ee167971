//! What the core wants done: commands for the venue, timers for the world, and what it refused or noted, for the record.
//!
//! A [`Command`] can only be made from an [`Approved`], and that only by the risk engine.
use crate::event::TimerId;
use crate::instrument::InstrumentId;
use crate::order::{OrderId, OrderRequest};
use crate::remark::Remark;
use crate::risk::{Approved, Check, TradingState};
use crate::sub_ledgers::Owner;
use crate::{Price, Qty, Timestamp};

/// What a venue is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Open an order.
    Submit(OrderRequest),
    /// Change an order's total quantity and price.
    Amend {
        /// Which order.
        order: OrderId,
        /// Of which instrument.
        instrument: InstrumentId,
        /// The new total quantity.
        quantity: Qty,
        /// The new price or trigger; `None` keeps it.
        price: Option<Price>,
    },
    /// Take an order back.
    Cancel {
        /// Which order.
        order: OrderId,
        /// Of which instrument.
        instrument: InstrumentId,
    },
}

/// An action that was reviewed and may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Command(Action);

impl Command {
    /// Turns what was approved into what is sent.
    #[must_use]
    pub(crate) fn new(approved: Approved, order: OrderId) -> Self {
        Self(approved.into_action(order))
    }

    /// What the venue is asked to do.
    #[must_use]
    pub fn action(&self) -> &Action {
        &self.0
    }
}

/// Something about an order that should not have happened, and is on the tape because it did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Anomaly {
    /// A fill that was booked before was reported again.
    RepeatedFill,
    /// A fill of an order that is not ours.
    UnknownOrder,
    /// A fill arrived after the order had ended; it was booked.
    LateFill,
    /// More was filled than was asked; it was booked.
    Overfill,
    /// A report that cannot happen to an order in its status; ignored.
    IllegalReport,
    /// A fill whose instrument, side, price or quantity contradicts its order; not booked.
    ContradictoryFill,
    /// A fill that was taken back before was taken back again.
    RepeatedBust,
}

impl Anomaly {
    /// The name in tables and files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::RepeatedFill => "repeated_fill",
            Self::UnknownOrder => "unknown_order",
            Self::RepeatedBust => "repeated_bust",
            Self::LateFill => "late_fill",
            Self::Overfill => "overfill",
            Self::IllegalReport => "illegal_report",
            Self::ContradictoryFill => "contradictory_fill",
        }
    }
}

/// A wish that the risk engine refused, with the check's limit and value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Refusal {
    /// What it was about.
    pub instrument: InstrumentId,
    /// Which check said no.
    pub check: Check,
    /// What the check allows, in the check's own unit.
    pub limit: i128,
    /// What the wish would have made of it.
    pub value: i128,
}

/// An order that was cut down to what a limit allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Clip {
    /// Which limit, and the value that the whole order would have made of it.
    pub refusal: Refusal,
    /// The quantity that was wished.
    pub from: Qty,
    /// The quantity that may go.
    pub to: Qty,
}

/// Trading goes on so far from here, of the account or of one strategy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Turn {
    /// Which strategy, if it is about one alone.
    pub owner: Owner,
    /// How much of trading goes on.
    pub to: TradingState,
    /// Until when, where it ends by itself.
    pub until: Option<Timestamp>,
    /// The limit that led to it; a person, or the time, where there is none.
    pub cause: Option<Refusal>,
}

/// One output of the core. The world performs it; the core never does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Send this to the venue.
    Send(Command),
    /// Wake the strategy at a time.
    Arm {
        /// The strategy's own number of the timer.
        timer: TimerId,
        /// When.
        at: Timestamp,
    },
    /// Nothing to do: a wish was refused.
    Refused(Refusal),
    /// Nothing to do: something odd was noticed.
    Noticed {
        /// About which order.
        order: OrderId,
        /// What.
        anomaly: Anomaly,
    },
    /// Nothing to do: the strategy says why it decided as it did.
    Noted {
        /// About what.
        instrument: InstrumentId,
        /// Why.
        remark: Remark,
    },
    /// Nothing to do: what follows in this step was decided by this one of several strategies.
    For(Owner),
    /// Nothing to do: a wish was cut down to what a limit allows.
    Clipped(Clip),
    /// Nothing to do: how much of trading goes on has changed.
    Turned(Turn),
    /// Nothing to do: a limit was crossed without an order of ours: by a price, a late fill, or something that the venue did.
    Crossed(Refusal),
}
