//! The journal that writes a tape.
//!
//! Entries and what was decided on them are gathered into groups; a group ends with the chain and goes to the sink as a
//! whole. A backtest leaves its candles in the dataset and refers to them; a live run writes them down.
use super::digest::{CHECKPOINT_EVERY, Digest, state_hash};
use super::effect_codec::encode_effects;
use super::event_codec::encode_event;
use super::header::Header;
use super::reader::chain_start;
use super::record::{CandleRef, End, Kind, put_frame};
use crate::Timestamp;
use crate::effect::Effect;
use crate::event::{Entry, Event, MarketEvent};
use crate::run::Journal;
use crate::state::State;
use alloc::vec::Vec;

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

/// Bytes after which a group is closed.
const GROUP: usize = 64 * 1024;

/// Writes every step of a run.
#[derive(Debug)]
pub struct TapeJournal<K> {
    sink: K,
    candles: CandlesOnTape,
    group: Vec<u8>,
    scratch: Vec<u8>,
    chain: [u8; 32],
    epoch: u32,
    digest: Digest,
    number: u64,
    time: Timestamp,
}

impl<K: TapeSink> TapeJournal<K> {
    /// A tape that begins with this header.
    #[must_use]
    pub fn new(sink: K, header: &Header, candles: CandlesOnTape) -> Self {
        let mut group = Vec::with_capacity(GROUP + 4096);
        let epoch = 1;
        put_frame(&mut group, Kind::Header, 0, epoch, Timestamp(0), |out| header.encode(out));
        let (scratch, chain, digest) = (Vec::new(), [0; 32], Digest::default());
        Self { sink, candles, group, scratch, chain, epoch, digest, number: 0, time: Timestamp(0) }
    }

    /// The digest so far.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        self.digest.value()
    }

    /// Ends the tape with the candles that it refers to, and gives back the sink.
    ///
    /// # Errors
    /// When the last group cannot be written.
    pub fn seal(mut self, references: &[CandleRef]) -> Result<K, K::Error> {
        let (number, epoch, time) = (self.number, self.epoch, self.time);
        for reference in references {
            put_frame(&mut self.group, Kind::Candles, number, epoch, time, |out| reference.encode(out));
        }
        let end = End { entries: number, digest: self.digest.value() };
        put_frame(&mut self.group, Kind::End, number, epoch, time, |out| end.encode(out));
        self.close_group()?;
        Ok(self.sink)
    }

    fn close_group(&mut self) -> Result<(), K::Error> {
        let mut hasher = chain_start(&self.chain);
        hasher.update(&self.group);
        self.chain = *hasher.finalize().as_bytes();
        let chain = self.chain;
        put_frame(&mut self.group, Kind::Group, self.number, self.epoch, self.time, |out| {
            out.extend_from_slice(&chain)
        });
        self.sink.write(&self.group)?;
        self.group.clear();
        Ok(())
    }

    fn checkpoint(&mut self, state: &State) {
        let hash = state_hash(state);
        self.digest.state(self.number, &hash);
        put_frame(&mut self.group, Kind::State, self.number, self.epoch, self.time, |out| out.extend_from_slice(&hash));
    }
}

impl<K: TapeSink> Journal for TapeJournal<K> {
    type Error = K::Error;

    fn append(&mut self, entry: &Entry) -> Result<(), K::Error> {
        self.number = entry.number;
        self.time = entry.time;
        if self.candles == CandlesOnTape::Recorded || !matches!(entry.event, Event::Market(MarketEvent::Candle(_))) {
            put_frame(&mut self.group, Kind::Entry, entry.number, self.epoch, entry.time, |out| {
                encode_event(&entry.event, out)
            });
        }
        Ok(())
    }

    fn commit(&mut self, entry: &Entry, effects: &[Effect], state: &State) -> Result<(), K::Error> {
        if !effects.is_empty() {
            self.digest.step(entry.number, effects);
            self.scratch.clear();
            encode_effects(effects, &mut self.scratch);
            let (scratch, check) = (&self.scratch, effects_check(&self.scratch));
            put_frame(&mut self.group, Kind::Step, entry.number, self.epoch, entry.time, |out| {
                out.extend_from_slice(&check);
                out.extend_from_slice(scratch);
            });
        }
        if entry.number.is_multiple_of(CHECKPOINT_EVERY) {
            self.checkpoint(state);
        }
        if self.group.len() >= GROUP { self.close_group() } else { Ok(()) }
    }

    fn finish(&mut self, state: &State) -> Result<(), K::Error> {
        self.checkpoint(state);
        Ok(())
    }
}

/// The 64-bit check of a step's effects.
pub(crate) fn effects_check(effects: &[u8]) -> [u8; 8] {
    let hash = blake3::hash(effects);
    let mut check = [0; 8];
    check.copy_from_slice(&hash.as_bytes()[..8]);
    check
}
