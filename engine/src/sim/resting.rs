//! An order at the venue: what it waits for now, and how much of it may still trade.
use super::path::Range;
use super::quotes::Shown;
use crate::order::{Link, OrderId, OrderKind, OrderRequest, TimeInForce, Trail};
use crate::{Price, Qty, Side, Timestamp};

/// How far an order has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Attached to an order that has filled nothing yet.
    Dormant,
    /// Waiting for its trigger.
    Asleep,
    /// Waiting for nothing but a price to trade at.
    Awake,
}

/// What an order waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Aim {
    /// Nothing: it trades at the next price.
    Market,
    /// A price to trade at, or a better one.
    Limit(Price),
    /// A price that wakes it.
    Trigger(Price),
}

/// An order in the book.
#[derive(Clone, Copy, Debug)]
pub(super) struct Resting {
    pub(super) request: OrderRequest,
    pub(super) filled: Qty,
    /// Whether it has not waited for its price yet: what the market is through from the start takes liquidity.
    pub(super) fresh: bool,
    /// Its place in the queue.
    pub(super) arrival: u64,
    pub(super) stage: Stage,
    /// Of an attached order, what its leader has filled and nobody has closed yet; no bound for others.
    pub(super) cap: Qty,
    /// Of a trailing stop, the best price since it began to work; of an order for the close that meets ticks, the last
    /// trade that it saw; zero before.
    pub(super) best: Price,
    /// What stands ahead of it at its price, where it rests and that is known.
    pub(super) ahead: Option<Qty>,
    /// The tick whose fill roused it: it meets the next one.
    pub(super) roused_at: u64,
    /// From when on it trades no more.
    pub(super) expires: Timestamp,
}

impl Resting {
    #[inline]
    pub(super) fn new(request: &OrderRequest, arrival: u64, expires: Timestamp) -> Self {
        let attached = matches!(request.link, Link::Attached(_));
        let awake = if request.kind.sleeps() { Stage::Asleep } else { Stage::Awake };
        Self {
            request: *request,
            filled: Qty::ZERO,
            fresh: true,
            arrival,
            stage: if attached { Stage::Dormant } else { awake },
            cap: if attached { Qty::ZERO } else { Qty(i64::MAX) },
            best: Price(0),
            ahead: None,
            roused_at: 0,
            expires,
        }
    }

    /// The leader of an attached order has filled: it works from a price on.
    pub(super) fn rouse(&mut self, price: Price, touch: bool, shown: Option<&Shown>) {
        if self.stage == Stage::Dormant {
            self.stage = if self.request.kind.sleeps() { Stage::Asleep } else { Stage::Awake };
            self.trail(price);
            self.fresh = self.is_reached(Range::at(price), touch);
            if let Some(shown) = shown {
                self.arrive(shown);
                self.roused_at = shown.count;
            }
        }
    }

    /// The leader of the orders of which one cancels the other.
    pub(super) fn group(&self) -> Option<OrderId> {
        match self.request.link {
            Link::Alone => Some(self.request.order),
            Link::OneCancelsOther(leader) => Some(leader),
            Link::Attached(_) => None,
        }
    }

    /// What may still trade.
    #[inline]
    pub(super) fn leaves(&self) -> Qty {
        (self.request.quantity - self.filled).min(self.cap)
    }

    /// Whether it trades in an auction only.
    #[inline]
    pub(super) fn waits_for_auction(&self) -> bool {
        self.request.terms.time_in_force.is_auction()
    }

    /// Whether the market may meet it now.
    #[inline]
    pub(super) fn works(&self) -> bool {
        self.stage != Stage::Dormant && self.leaves() > Qty::ZERO
    }

    /// What it waits for; for a trailing stop as of its best price so far.
    #[inline]
    pub(super) fn aim(&self) -> Aim {
        match (self.stage, self.request.kind) {
            (Stage::Asleep | Stage::Dormant, OrderKind::TrailingStop { trail }) => Aim::Trigger(self.behind(trail)),
            (Stage::Asleep | Stage::Dormant, kind) if kind.sleeps() => Aim::Trigger(kind.trigger().unwrap_or_default()),
            (_, kind) => kind.limit().map_or(Aim::Market, Aim::Limit),
        }
    }

    fn behind(&self, trail: Trail) -> Price {
        let distance = trail.distance(self.best).0;
        Price(match self.request.side {
            Side::Sell => self.best.0.saturating_sub(distance),
            Side::Buy => self.best.0.saturating_add(distance),
        })
    }

    /// Takes note of a price: a trailing stop follows the better ones.
    #[inline]
    pub(super) fn trail(&mut self, price: Price) {
        let follows = self.stage == Stage::Asleep && matches!(self.request.kind, OrderKind::TrailingStop { .. });
        let better = self.best.0 == 0
            || match self.request.side {
                Side::Sell => price > self.best,
                Side::Buy => price < self.best,
            };
        if follows && better {
            self.best = price;
        }
    }

    /// Whether a rising price is what it waits for.
    #[inline]
    pub(super) fn waits_for_a_rise(&self) -> bool {
        match self.stage {
            Stage::Awake => self.request.side == Side::Sell,
            _ => self.request.kind.waits_for_a_rise(self.request.side),
        }
    }

    /// Whether prices of a range are what it waits for: a limit must be traded through, or only touched where `touch` says
    /// so; a trigger is touched.
    #[inline]
    pub(super) fn is_reached(&self, range: Range, touch: bool) -> bool {
        match self.aim() {
            Aim::Market => true,
            Aim::Limit(price) if self.request.side == Side::Buy => range.low < price || (touch && range.low == price),
            Aim::Limit(price) => range.high > price || (touch && range.high == price),
            Aim::Trigger(price) if self.waits_for_a_rise() => range.high >= price,
            Aim::Trigger(price) => range.low <= price,
        }
    }

    /// Whether it trades whole or not at all.
    pub(super) fn is_all_or_nothing(&self) -> bool {
        self.request.terms.time_in_force == TimeInForce::FillOrKill
    }
}
