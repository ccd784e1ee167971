//! The journal that writes a tape.
//!
//! Entries and what was decided on them are gathered into groups; a group ends with the chain and goes to the sink as a
//! whole. A backtest leaves its candles in the dataset and refers to them; a live run writes them down.
use super::digest::CHECKPOINT_EVERY;
use super::group::{GROUP, GroupWriter};
use super::header::Header;
use super::record::CandleRef;
use crate::effect::Effect;
use crate::event::{Entry, Event, MarketEvent};
use crate::run::Journal;
use crate::state::State;

/// Where a tape's bytes go.
pub trait TapeSink {
    /// What can go wrong while writing.
    type Error: core::error::Error;
    /// Takes one whole group.
    ///
    /// # Errors
    /// When it cannot be written.
    fn write(&mut self, group: &[u8]) -> Result<(), Self::Error>;
}

/// Whether candles stand on the tape or in a dataset that it refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CandlesOnTape {
    /// Each one is an entry on the tape.
    Recorded,
    /// They are counted, and referred to at the end.
    Referenced,
}

/// Writes every step of a run.
#[derive(Debug)]
pub struct TapeJournal<K> {
    sink: K,
    candles: CandlesOnTape,
    group: GroupWriter,
}

impl<K: TapeSink> TapeJournal<K> {
    /// A tape that begins with this header.
    #[must_use]
    pub fn new(sink: K, header: &Header, candles: CandlesOnTape) -> Self {
        Self { sink, candles, group: GroupWriter::new(header, 1) }
    }

    /// The digest so far.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        self.group.digest()
    }

    /// Ends the tape with the candles that it refers to, and gives back the sink.
    ///
    /// # Errors
    /// When the last group cannot be written.
    pub fn seal(mut self, references: &[CandleRef]) -> Result<K, K::Error> {
        references.iter().for_each(|reference| self.group.candles(reference));
        self.group.end();
        self.group.close(|group| self.sink.write(group))?;
        Ok(self.sink)
    }
}

impl<K: TapeSink> Journal for TapeJournal<K> {
    type Error = K::Error;

    fn append(&mut self, entry: &Entry) -> Result<(), K::Error> {
        if self.candles == CandlesOnTape::Recorded || !matches!(entry.event, Event::Market(MarketEvent::Candle(_))) {
            self.group.entry(entry, entry.time);
        } else {
            self.group.pass(entry);
        }
        Ok(())
    }

    fn commit(&mut self, entry: &Entry, effects: &[Effect], state: &State) -> Result<(), K::Error> {
        self.group.step(effects);
        if entry.number.is_multiple_of(CHECKPOINT_EVERY) {
            self.group.checkpoint(state);
        }
        if self.group.bytes() >= GROUP { self.group.close(|group| self.sink.write(group)) } else { Ok(()) }
    }

    fn finish(&mut self, state: &State) -> Result<(), K::Error> {
        self.group.checkpoint(state);
        Ok(())
    }
}
