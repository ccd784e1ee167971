//! Where a resting limit order stands in the queue of its price, and when the market has come to it.
//!
//! Candles say nothing about queues: there `Touch` is the only model beside `Through`. Quotes with sizes say how much
//! stood at a price when an order came to it; what happens to that afterwards is assumed, and never in our favour.
use super::quotes::Quote;
use crate::{Price, Qty, Side};

/// When a limit order that rests is filled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Queue {
    /// When the market trades or is quoted beyond its price: as if it stood last in the queue.
    #[default]
    Through,
    /// Also when the market trades at its price: as if it stood first.
    Touch,
    /// When what stood ahead of it has traded or gone. Where no size was shown at its price it is as `Through`.
    VolumeAhead,
}

impl Queue {
    /// Every model with the name that the run file uses.
    pub const ALL: [(&'static str, Self); 3] =
        [("through", Self::Through), ("touch", Self::Touch), ("volume-ahead", Self::VolumeAhead)];

    /// The name in the run file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Through => "through",
            Self::Touch => "touch",
            Self::VolumeAhead => "volume-ahead",
        }
    }

    /// Whether a price that is only touched is enough.
    #[inline]
    pub(super) fn touches(self) -> bool {
        self == Self::Touch
    }
}

/// Whether one price is better for whoever waits on a side: higher for a buyer, lower for a seller.
fn is_before(side: Side, price: Price, other: Price) -> bool {
    match side {
        Side::Buy => price > other,
        Side::Sell => price < other,
    }
}

/// Whether a price is one that an order with a limit takes.
pub(super) fn is_within(side: Side, price: Price, limit: Price) -> bool {
    !is_before(side, price, limit)
}

/// Whether a price is better than the limit of an order: its queue has been passed.
pub(super) fn is_beyond(side: Side, price: Price, limit: Price) -> bool {
    is_before(side, limit, price)
}

/// What stands ahead of an order that comes to a price now. `None` where that is not known: its level lies deeper than
/// the best one, or shows no size.
pub(super) fn joined(side: Side, limit: Price, quote: &Quote) -> Option<Qty> {
    let own = quote.own(side);
    if is_before(side, limit, own.price) {
        return Some(Qty::ZERO); // it improves the best price
    }
    (limit == own.price && own.is_sized()).then_some(own.size)
}

/// What stands ahead after another quote. Less than that at its price means that others have cancelled: those behind it
/// first, for all that is known, so that only what cannot be behind it is taken off.
pub(super) fn after_quote(ahead: Option<Qty>, side: Side, limit: Price, quote: &Quote) -> Option<Qty> {
    let shown = joined(side, limit, quote);
    match (ahead, shown) {
        (Some(ahead), Some(shown)) => Some(ahead.min(shown)),
        (ahead, shown) => ahead.or(shown),
    }
}

/// What a trade at the price of an order eats of what stands ahead, and what is left for the order.
pub(super) fn eaten(ahead: &mut Option<Qty>, quantity: Qty) -> Qty {
    let Some(ahead) = ahead else { return Qty::ZERO };
    let eaten = (*ahead).min(quantity);
    *ahead = *ahead - eaten;
    quantity - eaten
}
