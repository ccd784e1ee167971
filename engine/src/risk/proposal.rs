//! What is weighed before it may go, and the proof that it was.
use crate::effect::Action;
use crate::instrument::InstrumentId;
use crate::order::{Label, Link, OrderId, OrderKind, OrderRequest, Terms};
use crate::view::View;
use crate::{Price, Qty, Side};

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
    /// The strategy's own name for it.
    pub label: Label,
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
            Self::Submit { instrument, side, quantity, kind, terms, link, label } => {
                let (added, amends, moves_to) = (quantity, None, None);
                Some(Addition { instrument, side, added, quantity, kind, terms, link, amends, moves_to, label })
            }
            Self::Amend { order, instrument, side, quantity, added, kind, terms, link, price } => {
                let (amends, moves_to, label) = (Some(order), price, Label::default());
                Some(Addition { instrument, side, added, quantity, kind, terms, link, amends, moves_to, label })
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

/// A proposal that every check has passed. Only [`RiskEngine::review`](super::RiskEngine::review) makes one.
///
/// Nobody else can, so that nothing unchecked is ever sent:
///
/// ```compile_fail,E0423
/// # use engine::{Approved, InstrumentId, OrderId, Proposal};
/// let proposal = Proposal::Cancel { order: OrderId(1), instrument: InstrumentId(0) };
/// let forged = Approved(proposal);
/// ```
#[derive(Debug)]
pub struct Approved(Proposal);

impl Approved {
    /// The engine's word that every check was asked.
    #[inline]
    pub(super) fn new(proposal: Proposal) -> Self {
        Self(proposal)
    }

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
