//! What an earlier session booked of an order, and which fills of the venue's lists that was.
//!
//! The session may have ended between two fills of which it had booked the later one only: so the fills that it booked are
//! known by their ids, or by what they were, where the driver names them. Where it names none, they are taken for the first.
use engine::event::Fill;
use engine::{Qty, Timestamp};

/// How far two times of one fill may be apart, in nanoseconds: one list writes microseconds, and an id milliseconds.
const APART: i64 = 1_000_000;

/// One fill that was booked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Booked {
    id: u128,
    quantity: i64,
    price: i64,
    time: Timestamp,
}

/// A fill as a list or the stream tells it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Telling {
    pub(super) id: Option<u128>,
    pub(super) quantity: i64,
    pub(super) price: i64,
    /// How much of its leg was filled before it.
    pub(super) from: i64,
    pub(super) time: Timestamp,
    /// Whether the stream tells it, which repeats nothing of an earlier session.
    pub(super) streamed: bool,
}

/// What a telling is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    /// Booked then, under this id where that is known.
    Then(Option<u128>),
    /// Not booked then.
    Not,
    /// Nobody can say.
    Unclear,
}

/// What an earlier session booked of an order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Earlier {
    /// How much.
    total: i64,
    /// How much of that was not told by a list since.
    pub(super) left: i64,
    /// The fills of it that were not told since.
    fills: Vec<Booked>,
    /// How much of it was named, fill by fill.
    named: i64,
}

impl Earlier {
    /// So much was booked.
    pub(super) fn of(filled: Qty) -> Self {
        let total = filled.0.max(0);
        Self { total, left: total, ..Self::default() }
    }

    /// One of the fills that were booked.
    pub(super) fn name(&mut self, fill: &Fill) {
        let booked = Booked { id: fill.fill.0, quantity: fill.quantity.0, price: fill.price.0, time: fill.venue_time };
        self.named = self.named.saturating_add(booked.quantity);
        self.fills.push(booked);
    }

    /// Whether a telling is of what was booked then.
    pub(super) fn knows(&self, told: &Telling) -> Known {
        if let Some(booked) = self.find(told) {
            return Known::Then(Some(booked.id));
        }
        if self.left == 0 || told.streamed {
            return Known::Not;
        }
        if self.named >= self.total {
            return Known::Unclear;
        }
        let first = told.from < self.total && told.quantity <= self.left;
        if first { Known::Then(None) } else { Known::Unclear }
    }

    fn find(&self, told: &Telling) -> Option<&Booked> {
        let same = |it: &&Booked| {
            !told.streamed
                && (it.quantity, it.price) == (told.quantity, told.price)
                && told.time.0.abs_diff(it.time.0) <= APART.unsigned_abs()
        };
        self.fills.iter().find(|it| Some(it.id) == told.id).or_else(|| self.fills.iter().find(same))
    }

    /// So much of what was booked then was told: under an id, where it is known.
    pub(super) fn told(&mut self, id: Option<u128>, quantity: i64) {
        self.left = self.left.saturating_sub(quantity).max(0);
        self.fills.retain(|it| Some(it.id) != id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::event::{Certainty, Liquidity};
    use engine::order::{FillId, OrderId};
    use engine::{InstrumentId, Money, Price, Side};

    fn told(id: u128, quantity: i64, from: i64) -> Telling {
        Telling { id: Some(id), quantity, price: 7, from, time: Timestamp(5), streamed: false }
    }

    fn fill(id: u128, quantity: i64) -> Fill {
        Fill {
            order: OrderId(1),
            fill: FillId(id),
            instrument: InstrumentId(0),
            side: Side::Buy,
            price: Price(7),
            quantity: Qty(quantity),
            fee: Money::ZERO,
            liquidity: Liquidity::Taker,
            certainty: Certainty::Certain,
            venue_time: Timestamp(5),
        }
    }

    #[test]
    fn without_names_the_first_fills_are_taken_for_those_that_were_booked() {
        let mut earlier = Earlier::of(Qty(3));
        assert_eq!(earlier.knows(&told(1, 4, 0)), Known::Unclear, "more than was booked");
        assert_eq!(earlier.knows(&told(2, 3, 4)), Known::Unclear, "behind what was booked");
        assert_eq!(earlier.knows(&Telling { streamed: true, ..told(1, 3, 0) }), Known::Not);
        assert_eq!(earlier.knows(&told(1, 3, 0)), Known::Then(None));
        earlier.told(None, 3);
        assert_eq!(earlier.knows(&told(2, 3, 3)), Known::Not);
    }

    #[test]
    fn with_names_it_is_known_which_fills_were_booked_also_under_other_ids() {
        let mut earlier = Earlier::of(Qty(3));
        earlier.name(&fill(2, 3));
        assert_eq!(earlier.knows(&told(2, 3, 3)), Known::Then(Some(2)));
        assert_eq!(earlier.knows(&told(9, 3, 0)), Known::Then(Some(2)), "of one quantity, price and time");
        let other = Telling { time: Timestamp(5 + 2 * APART), ..told(1, 3, 0) };
        assert_eq!(earlier.knows(&other), Known::Unclear);
        earlier.told(Some(2), 3);
        assert_eq!(earlier.knows(&told(9, 3, 0)), Known::Not);
    }
}
