//! What is due, in one total order: time, then lane, then arrival. Never an address, never a hash.
use crate::effect::Action;
use crate::event::{Report, TimerId};
use crate::{MarketCandle, Timestamp};
use alloc::collections::BinaryHeap;
use core::cmp::{Ordering, Reverse};

/// The order of things within one instant. Before all of them the venue sees the paths of the candles that end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Lane {
    /// The core hears of an order.
    Report,
    /// The core sees a whole candle.
    Candle,
    /// The strategy is woken.
    Timer,
    /// A command reaches the venue.
    Command,
    /// The venue sees the open of a candle.
    Open,
}

/// Something on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Item {
    Report(Report),
    Candle(MarketCandle),
    Timer(TimerId),
    Command(Action),
}

impl Item {
    fn lane(&self) -> Lane {
        match self {
            Self::Report(_) => Lane::Report,
            Self::Candle(_) => Lane::Candle,
            Self::Timer(_) => Lane::Timer,
            Self::Command(_) => Lane::Command,
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Due {
    key: (Timestamp, Lane, u64),
    item: Item,
}

impl PartialEq for Due {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}
impl Eq for Due {}
impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Due {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key.cmp(&other.key)
    }
}

/// Everything that is due.
#[derive(Clone, Debug, Default)]
pub(crate) struct Schedule {
    heap: BinaryHeap<Reverse<Due>>,
    arrivals: u64,
}

impl Schedule {
    pub(crate) fn push(&mut self, time: Timestamp, item: Item) {
        self.heap.push(Reverse(Due { key: (time, item.lane(), self.arrivals), item }));
        self.arrivals += 1;
    }

    /// When and in which lane the first item is due.
    #[inline]
    pub(crate) fn first(&self) -> Option<(Timestamp, Lane)> {
        self.heap.peek().map(|due| (due.0.key.0, due.0.key.1))
    }

    pub(crate) fn pop(&mut self) -> Option<(Timestamp, Item)> {
        self.heap.pop().map(|due| (due.0.key.0, due.0.item))
    }

    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }
}
