//! What a strategy wishes, collected during one step.
use crate::event::TimerId;
use crate::instrument::InstrumentId;
use crate::order::{Label, OrderId, OrderKind};
use crate::{Price, Qty, Side, Timestamp};
use alloc::vec::Vec;

/// One wish. The risk engine weighs it before anything leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intent {
    /// Hold this position: the engine works out the difference, counting what is on its way.
    Target {
        /// Of what.
        instrument: InstrumentId,
        /// The signed position wanted.
        quantity: Qty,
    },
    /// Send this order.
    Submit {
        /// What to trade.
        instrument: InstrumentId,
        /// Which way.
        side: Side,
        /// How much; above zero.
        quantity: Qty,
        /// When and at what price.
        kind: OrderKind,
        /// The strategy's own name for it.
        label: Label,
    },
    /// Change an order's total quantity and price.
    Amend {
        /// Which order.
        order: OrderId,
        /// The new total quantity.
        quantity: Qty,
        /// The new price or trigger; `None` keeps it.
        price: Option<Price>,
    },
    /// Take an order back.
    Cancel {
        /// Which order.
        order: OrderId,
    },
    /// Wake the strategy at a time.
    Wake {
        /// The strategy's own number of the timer.
        timer: TimerId,
        /// When; at once if that has passed.
        at: Timestamp,
    },
}

/// Collects what a strategy wants during one step.
#[derive(Debug, Default)]
pub struct Intents(Vec<Intent>);

impl Intents {
    /// Hold `quantity` of `instrument`.
    #[inline]
    pub fn target(&mut self, instrument: InstrumentId, quantity: Qty) {
        self.0.push(Intent::Target { instrument, quantity });
    }

    /// Send an order of any kind.
    pub fn submit(&mut self, instrument: InstrumentId, side: Side, quantity: Qty, kind: OrderKind, label: Label) {
        self.0.push(Intent::Submit { instrument, side, quantity, kind, label });
    }

    /// Change an order's total quantity and price.
    pub fn amend(&mut self, order: OrderId, quantity: Qty, price: Option<Price>) {
        self.0.push(Intent::Amend { order, quantity, price });
    }

    /// Take an order back.
    pub fn cancel(&mut self, order: OrderId) {
        self.0.push(Intent::Cancel { order });
    }

    /// Wake the strategy at `at`, after all candles of that instant.
    pub fn wake(&mut self, timer: TimerId, at: Timestamp) {
        self.0.push(Intent::Wake { timer, at });
    }

    /// What was wished so far, in order.
    #[must_use]
    pub fn as_slice(&self) -> &[Intent] {
        &self.0
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}
