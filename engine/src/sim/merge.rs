//! The candles of many instruments as one stream, in the order in which they become known.
//!
//! At one instant the order is that of the run file. The next candle of each instrument can be looked at before it is
//! known: the venue needs its open. Only one block of each source is in memory.
use crate::candle::CandleSource;
use crate::instrument::InstrumentId;
use crate::{Candle, MarketCandle, Timestamp};
use alloc::collections::BinaryHeap;
use alloc::collections::binary_heap::PeekMut;
use alloc::vec::Vec;
use core::cmp::Reverse;

/// Many candle sources, merged.
#[derive(Debug)]
pub struct Merge<S> {
    cursors: Vec<Cursor<S>>,
    heads: BinaryHeap<Reverse<(Timestamp, u32)>>,
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
        let mut merge = Self { cursors: Vec::new(), heads: BinaryHeap::new() };
        for (place, (source, price_scale)) in (0_u32..).zip(sources) {
            let mut cursor = Cursor { source, at: 0, price_scale };
            cursor.fetch()?;
            if let Some(head) = cursor.head() {
                merge.heads.push(Reverse((head.known_time, place)));
            }
            merge.cursors.push(cursor);
        }
        Ok(merge)
    }

    /// When the next candle of any instrument becomes known.
    #[must_use]
    #[inline]
    pub fn next_time(&self) -> Option<Timestamp> {
        self.heads.peek().map(|head| head.0.0)
    }

    /// The next candle of one instrument.
    #[must_use]
    #[inline]
    pub fn head(&self, id: InstrumentId) -> Option<&Candle> {
        self.cursors[id.index()].head()
    }

    /// Takes the next candle.
    ///
    /// # Errors
    /// When the block after it cannot be read.
    #[inline]
    pub fn pop(&mut self) -> Result<Option<MarketCandle>, S::Error> {
        let Some(mut first) = self.heads.peek_mut() else { return Ok(None) };
        let place = first.0.1;
        let cursor = &mut self.cursors[place as usize];
        let candle = *cursor.head().expect("an instrument in the heap has a head");
        cursor.step()?;
        match cursor.head() {
            Some(head) => first.0.0 = head.known_time,
            None => {
                PeekMut::pop(first);
            }
        }
        Ok(Some(MarketCandle { instrument: InstrumentId(place), price_scale: cursor.price_scale, candle }))
    }

    /// The sources, after the run: they may know what was read.
    pub fn into_sources(self) -> impl Iterator<Item = S> {
        self.cursors.into_iter().map(|cursor| cursor.source)
    }
}
