//! The candles of many instruments as one stream, in the order in which they become known.
//!
//! At one instant the order is that of the run file. The next candle of each instrument can be looked at before it is
//! known: the venue needs its open. Only one block of each source is in memory.
use crate::candle::CandleSource;
use crate::event::{Event, MarketCandle, MarketEvent};
use crate::instrument::InstrumentId;
use crate::{Candle, Price, Timestamp};
use alloc::collections::BinaryHeap;
use alloc::collections::binary_heap::PeekMut;
use alloc::vec::Vec;
use core::cmp::Reverse;

/// Many candle sources, merged.
#[derive(Debug)]
pub struct Merge<S> {
    cursors: Vec<Cursor<S>>,
    /// The instrument whose candle is next, and when that is known.
    first: Option<(Timestamp, u32)>,
    /// All the others.
    others: BinaryHeap<Reverse<(Timestamp, u32)>>,
}

/// What was popped, apart from the event itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Popped {
    /// When the candle became known.
    pub known_time: Timestamp,
    /// Whose candle it is.
    pub instrument: InstrumentId,
    /// Its close.
    pub close: Price,
}

#[derive(Debug)]
struct Cursor<S> {
    source: S,
    at: usize,
    price_scale: u8,
}

impl<S: CandleSource> Cursor<S> {
    #[inline]
    fn head(&self) -> Option<&Candle> {
        self.source.block().get(self.at)
    }

    /// Goes past the head, fetching the next block where this one ends.
    #[inline]
    fn step(&mut self) -> Result<(), S::Error> {
        self.at += 1;
        if self.at >= self.source.block().len() { self.fetch() } else { Ok(()) }
    }

    fn fetch(&mut self) -> Result<(), S::Error> {
        self.at = 0;
        while self.source.advance()? {
            if !self.source.block().is_empty() {
                return Ok(());
            }
        }
        Ok(())
    }
}

impl<S: CandleSource> Merge<S> {
    /// Merges sources, each with the price scale of its instrument, in the order of the run file.
    ///
    /// # Errors
    /// When the first block of a source cannot be read.
    pub fn new(sources: impl IntoIterator<Item = (S, u8)>) -> Result<Self, S::Error> {
        let mut merge = Self { cursors: Vec::new(), first: None, others: BinaryHeap::new() };
        for (place, (source, price_scale)) in (0_u32..).zip(sources) {
            let mut cursor = Cursor { source, at: 0, price_scale };
            cursor.fetch()?;
            if let Some(head) = cursor.head() {
                merge.others.push(Reverse((head.known_time, place)));
            }
            merge.cursors.push(cursor);
        }
        merge.first = merge.others.pop().map(|head| head.0);
        Ok(merge)
    }

    /// When the next candle of any instrument becomes known.
    #[must_use]
    #[inline]
    pub fn next_time(&self) -> Option<Timestamp> {
        self.first.map(|first| first.0)
    }

    /// The next candle of one instrument.
    #[must_use]
    #[inline]
    pub fn head(&self, id: InstrumentId) -> Option<&Candle> {
        self.cursors[id.index()].head()
    }

    /// Puts the next candle into `slot` as an event; its close and instrument, or `None` at the end.
    ///
    /// # Errors
    /// When the block after it cannot be read.
    #[inline(always)]
    pub fn pop(&mut self, slot: &mut Event) -> Result<Option<Popped>, S::Error> {
        let Some((known_time, place)) = self.first else { return Ok(None) };
        let cursor = &self.cursors[place as usize];
        let candle = cursor.head().expect("an instrument that is waited for has a head");
        let (instrument, close) = (InstrumentId(place), candle.close);
        *slot = Event::Market(MarketEvent::Candle(MarketCandle {
            instrument,
            price_scale: cursor.price_scale,
            candle: *candle,
        }));
        self.pass(place)?;
        Ok(Some(Popped { known_time, instrument, close }))
    }

    /// Goes past the next candle without making an event of it.
    ///
    /// # Errors
    /// When the block after it cannot be read.
    pub fn skip(&mut self) -> Result<Option<Popped>, S::Error> {
        let Some((known_time, place)) = self.first else { return Ok(None) };
        let close = self.cursors[place as usize].head().map_or(Price(0), |candle| candle.close);
        self.pass(place)?;
        Ok(Some(Popped { known_time, instrument: InstrumentId(place), close }))
    }

    /// Always inlined: once per candle a call would cost more than what it does.
    #[inline(always)]
    fn pass(&mut self, place: u32) -> Result<(), S::Error> {
        let cursor = &mut self.cursors[place as usize];
        cursor.step()?;
        let next = cursor.head().map(|head| (head.known_time, place));
        self.replace_first(next);
        Ok(())
    }

    /// Finds the next instrument after the first one moved on to `next`; inlined as `pass` is.
    #[inline(always)]
    fn replace_first(&mut self, next: Option<(Timestamp, u32)>) {
        let Some(mut other) = self.others.peek_mut() else {
            self.first = next;
            return;
        };
        match next {
            Some(next) if next < other.0 => self.first = Some(next),
            Some(next) => self.first = Some(core::mem::replace(&mut other.0, next)),
            None => self.first = Some(PeekMut::pop(other).0),
        }
    }

    /// The sources, after the run: they may know what was read.
    pub fn into_sources(self) -> impl Iterator<Item = S> {
        self.cursors.into_iter().map(|cursor| cursor.source)
    }
}
