//! The gate between wishing and sending.
//!
//! A [`Proposal`] that every check passed becomes an [`Approved`]; nothing else can make one, so nothing unchecked is
//! ever sent. Intents are weighed one by one: the second order of a step sees the first as already on its way.
mod allowed;
mod buying_power;
mod rules;
mod terms;

pub use allowed::AllowedInstruments;
pub use buying_power::{BuyingPower, Leverage, required};
pub use rules::OrderRules;
pub use terms::TermRules;

use crate::capabilities::Capabilities;
use crate::effect::{Action, Refusal};
use crate::instrument::InstrumentId;
use crate::order::{Label, Link, OrderId, OrderKind, OrderRequest, Terms};
use crate::view::View;
use crate::{Price, Qty, Side};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// Every check that can refuse, by the name that tables and tapes use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Check {
    /// The instrument is not among those allowed.
    AllowedInstruments = 1,
    /// The account could not pay for it.
    BuyingPower = 2,
    /// Zero, negative or absurdly large quantity.
    Quantity = 3,
    /// The quantity is not a multiple of the lot.
    Lot = 4,
    /// The price is not a multiple of the tick.
    Tick = 5,
    /// The notional is below the venue's minimum.
    MinNotional = 6,
    /// No price of the instrument has been seen yet.
    NoPrice = 7,
    /// The order does not exist or has ended.
    NoSuchOrder = 8,
    /// An order of the instrument is unknown: nobody trades it until the venue has told us.
    UnknownOrder = 9,
    /// Terms that contradict each other or the kind of the order.
    Terms = 10,
    /// The venue cannot do it; the value is the code of the [`Feature`](crate::Feature).
    Unsupported = 11,
    /// Tied to an order that it cannot be tied to.
    Link = 12,
    /// Nobody knows yet what the instrument's currency is worth in the account's.
    NoRate = 13,
    /// An amendment of the price of an order that names none: a market order or a trailing stop.
    NoPriceToAmend = 14,
}

impl Check {
    /// Every check, in the order of their codes.
    pub const ALL: [Self; 14] = [
        Self::AllowedInstruments,
        Self::BuyingPower,
        Self::Quantity,
        Self::Lot,
        Self::Tick,
        Self::MinNotional,
        Self::NoPrice,
        Self::NoSuchOrder,
        Self::UnknownOrder,
        Self::Terms,
        Self::Unsupported,
        Self::Link,
        Self::NoRate,
        Self::NoPriceToAmend,
    ];

    /// The name in tables and tapes.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::AllowedInstruments => "allowed_instruments",
            Self::BuyingPower => "buying_power",
            Self::Quantity => "quantity",
            Self::Lot => "lot",
            Self::Tick => "tick",
            Self::MinNotional => "min_notional",
            Self::NoPrice => "no_price",
            Self::NoSuchOrder => "no_such_order",
            Self::UnknownOrder => "unknown_order",
            Self::Terms => "terms",
            Self::Unsupported => "unsupported",
            Self::Link => "link",
            Self::NoRate => "no_rate",
            Self::NoPriceToAmend => "no_price_to_amend",
        }
    }
}

/// Something that is weighed before it may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proposal {
    /// A new order.
    Submit {
        /// What to trade.
        instrument: InstrumentId,
        /// Which way.
        side: Side,
        /// How much.
        quantity: Qty,
        /// When and at what price.
        kind: OrderKind,
        /// For how long, and what it must never do.
        terms: Terms,
        /// Which orders it is tied to.
        link: Link,
        /// The strategy's own name for it.
        label: Label,
    },
    /// A change of an order.
    Amend {
        /// Which order.
        order: OrderId,
        /// Of which instrument.
        instrument: InstrumentId,
        /// Which way the order goes.
        side: Side,
        /// Its new total quantity.
        quantity: Qty,
        /// Quantity by which this raises what may still be filled; zero when it lowers it.
        added: Qty,
        /// The kind after the change.
        kind: OrderKind,
        /// The order's terms.
        terms: Terms,
        /// Which orders it is tied to.
        link: Link,
        /// The new price, if it changes.
        price: Option<Price>,
    },
    /// A withdrawal, which adds nothing to any exposure.
    Cancel {
        /// Which order.
        order: OrderId,
        /// Of which instrument.
        instrument: InstrumentId,
    },
}

/// What a proposal would add to what may still be filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Addition {
    /// Of what.
    pub instrument: InstrumentId,
    /// Which way.
    pub side: Side,
    /// How much is added.
    pub added: Qty,
    /// The order's whole quantity.
    pub quantity: Qty,
    /// When and at what price.
    pub kind: OrderKind,
    /// For how long, and what it must never do.
    pub terms: Terms,
    /// Which orders it is tied to.
    pub link: Link,
    /// The order that is amended; `None` for a new one.
    pub amends: Option<OrderId>,
    /// The price that an amendment asks for, where it asks for one.
    pub moves_to: Option<Price>,
}

impl Addition {
    /// Whether it is a new market order that asks for nothing special.
    #[must_use]
    #[inline]
    pub fn is_plain(&self) -> bool {
        self.amends.is_none()
            && self.kind == OrderKind::Market
            && self.link == Link::Alone
            && self.terms == Terms::PLAIN
    }

    /// Whether it adds to what the account could come to hold; see [`Order::adds_exposure`](crate::Order::adds_exposure).
    #[must_use]
    pub fn adds_exposure(&self, view: View<'_>) -> bool {
        (self.link == Link::Alone || self.opposes(view)) && !self.terms.reduce_only
    }

    /// Whether the order that cancels it, and that it cancels, is on the other side.
    #[must_use]
    pub fn opposes(&self, view: View<'_>) -> bool {
        let Link::OneCancelsOther(leader) = self.link else { return false };
        view.order(leader).is_some_and(|leader| leader.request.side != self.side)
    }
}

impl Proposal {
    /// What it would add, or `None` for a withdrawal.
    #[must_use]
    pub fn addition(&self) -> Option<Addition> {
        match *self {
            Self::Submit { instrument, side, quantity, kind, terms, link, .. } => {
                let (added, amends, moves_to) = (quantity, None, None);
                Some(Addition { instrument, side, added, quantity, kind, terms, link, amends, moves_to })
            }
            Self::Amend { order, instrument, side, quantity, added, kind, terms, link, price } => {
                let (amends, moves_to) = (Some(order), price);
                Some(Addition { instrument, side, added, quantity, kind, terms, link, amends, moves_to })
            }
            Self::Cancel { .. } => None,
        }
    }

    /// What it is about.
    #[must_use]
    pub fn instrument(&self) -> InstrumentId {
        match *self {
            Self::Submit { instrument, .. } | Self::Amend { instrument, .. } | Self::Cancel { instrument, .. } => {
                instrument
            }
        }
    }
}

/// One reason to refuse. A check only looks.
pub trait RiskCheck {
    /// Whether the addition may go, seeing everything that is on its way already.
    ///
    /// # Errors
    /// The refusal, with the limit and the value that broke it.
    fn check(&self, addition: &Addition, view: View<'_>) -> Result<(), Refusal>;
}

/// A proposal that every check has passed. Only [`RiskEngine::review`] makes one.
#[derive(Debug)]
pub struct Approved(Proposal);

impl Approved {
    /// What was approved.
    #[must_use]
    pub fn proposal(&self) -> &Proposal {
        &self.0
    }

    pub(crate) fn into_action(self, order: OrderId) -> Action {
        match self.0 {
            Proposal::Submit { instrument, side, quantity, kind, terms, link, .. } => {
                Action::Submit(OrderRequest { order, instrument, side, quantity, kind, terms, link })
            }
            Proposal::Amend { order, instrument, quantity, price, .. } => {
                Action::Amend { order, instrument, quantity, price }
            }
            Proposal::Cancel { order, instrument } => Action::Cancel { order, instrument },
        }
    }
}

/// The checks of a run, asked in order; the first refusal decides.
pub struct RiskEngine {
    terms: TermRules,
    checks: Vec<Box<dyn RiskCheck + Send>>,
}

impl core::fmt::Debug for RiskEngine {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "RiskEngine({} checks)", self.checks.len())
    }
}

impl RiskEngine {
    /// An engine that asks these checks, in this order, after the rules of the instrument, for a venue that can do
    /// everything.
    #[must_use]
    pub fn new(checks: Vec<Box<dyn RiskCheck + Send>>) -> Self {
        Self::for_venue(Capabilities::ALL, checks)
    }

    /// The same for a venue that can do so much.
    #[must_use]
    pub fn for_venue(capabilities: Capabilities, checks: Vec<Box<dyn RiskCheck + Send>>) -> Self {
        Self { terms: TermRules { capabilities }, checks }
    }

    /// Weighs a proposal. A withdrawal always passes: it can only lower what may be filled.
    ///
    /// # Errors
    /// The first check's refusal.
    #[inline]
    pub fn review(&self, proposal: Proposal, view: View<'_>) -> Result<Approved, Refusal> {
        if let Some(addition) = proposal.addition() {
            self.terms.check(&addition, view)?;
            OrderRules.check(&addition, view)?;
            for check in &self.checks {
                check.check(&addition, view)?;
            }
        }
        Ok(Approved(proposal))
    }
}

/// The price at which an addition is weighed: its own, or the last one seen for a market order.
#[must_use]
pub fn weighing_price(addition: &Addition, view: View<'_>) -> Option<Price> {
    addition.kind.price().or_else(|| view.last(addition.instrument))
}
