//! Records gathered into groups, and the chain that ties the groups together.
//!
//! It holds bytes until somebody writes them; it knows no file and decides nothing about when a group is closed.
use super::digest::{Digest, state_hash};
use super::effect_codec::encode_effects;
use super::event_codec::encode_event;
use super::header::Header;
use super::reader::chain_start;
use super::record::{CandleRef, End, Kind, Stamp, put_frame};
use super::segment::SegmentStart;
use crate::Timestamp;
use crate::effect::Effect;
use crate::event::Entry;
use crate::state::State;
use alloc::vec::Vec;

/// Bytes after which a group is closed.
pub const GROUP: usize = 64 * 1024;

/// Where a tape stands that is taken up again.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The chain of its last group.
    pub chain: [u8; 32],
    /// The digest of everything on it.
    pub digest: Digest,
    /// Its last entry.
    pub number: u64,
    /// The core time of that entry.
    pub time: Timestamp,
}

/// Writes records into a group.
#[derive(Debug)]
pub struct GroupWriter {
    group: Vec<u8>,
    scratch: Vec<u8>,
    chain: [u8; 32],
    digest: Digest,
    stamp: Stamp,
}

impl GroupWriter {
    /// A tape that begins with this header.
    #[must_use]
    pub fn new(header: &Header, epoch: u32) -> Self {
        let standing = Standing { chain: [0; 32], digest: Digest::default(), number: 0, time: Timestamp(0) };
        let mut it = Self::resumed(standing, epoch);
        put_frame(&mut it.group, Kind::Header, it.stamp, |out| header.encode(out));
        it
    }

    /// A tape that goes on where it stands, in the hands of this writer.
    #[must_use]
    pub fn resumed(at: Standing, epoch: u32) -> Self {
        let Standing { chain, digest, number, time } = at;
        let stamp = Stamp { number, epoch, time, seen_at: time };
        Self { group: Vec::with_capacity(GROUP + 4096), scratch: Vec::new(), chain, digest, stamp }
    }

    /// The digest so far.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        self.digest.value()
    }

    /// The last entry.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.stamp.number
    }

    /// The chain of the last group that was closed.
    #[must_use]
    pub fn chain(&self) -> [u8; 32] {
        self.chain
    }

    /// Bytes of the group that is open.
    #[must_use]
    #[inline]
    pub fn bytes(&self) -> usize {
        self.group.len()
    }

    /// An entry that leaves no record: a candle that stands in a dataset.
    #[inline]
    pub fn pass(&mut self, entry: &Entry) {
        self.stamp = Stamp { number: entry.number, time: entry.time, seen_at: entry.time, ..self.stamp };
    }

    /// An entry, and when it was seen.
    #[inline]
    pub fn entry(&mut self, entry: &Entry, seen_at: Timestamp) {
        self.stamp = Stamp { number: entry.number, time: entry.time, seen_at, ..self.stamp };
        put_frame(&mut self.group, Kind::Entry, self.stamp, |out| encode_event(&entry.event, out));
    }

    /// What was decided on the entry; a step without effects leaves no record.
    #[inline]
    pub fn step(&mut self, effects: &[Effect]) {
        if effects.is_empty() {
            return;
        }
        self.digest.step(self.stamp.number, effects);
        self.scratch.clear();
        encode_effects(effects, &mut self.scratch);
        let (scratch, check) = (&self.scratch, effects_check(&self.scratch));
        put_frame(&mut self.group, Kind::Step, self.stamp, |out| {
            out.extend_from_slice(&check);
            out.extend_from_slice(scratch);
        });
    }

    /// The hash of the state behind the entry.
    pub fn checkpoint(&mut self, state: &State) {
        let hash = state_hash(state);
        self.digest.state(self.stamp.number, &hash);
        put_frame(&mut self.group, Kind::State, self.stamp, |out| out.extend_from_slice(&hash));
    }

    /// Begins a segment. The group before it is closed.
    ///
    /// # Panics
    /// When it is not: a segment begins with its record.
    pub fn segment(&mut self, segment: u32, offset: u64, header: &Header) {
        assert!(self.group.is_empty(), "a segment begins with a group");
        let start =
            SegmentStart { segment, offset, entries: self.stamp.number, chain: self.chain, header: header.clone() };
        put_frame(&mut self.group, Kind::Segment, self.stamp, |out| start.encode(out));
    }

    /// A reference to candles in a dataset.
    pub fn candles(&mut self, reference: &CandleRef) {
        put_frame(&mut self.group, Kind::Candles, self.stamp, |out| reference.encode(out));
    }

    /// The end of the run.
    pub fn end(&mut self) {
        let end = End { entries: self.stamp.number, digest: self.digest.value() };
        put_frame(&mut self.group, Kind::End, self.stamp, |out| end.encode(out));
    }

    /// Closes the group with its chain and hands it to `write`.
    ///
    /// # Errors
    /// What `write` says; the group is then neither written nor gone, and nothing more can be done with it.
    pub fn close<E>(&mut self, write: impl FnOnce(&[u8]) -> Result<(), E>) -> Result<(), E> {
        let mut hasher = chain_start(&self.chain);
        hasher.update(&self.group);
        self.chain = *hasher.finalize().as_bytes();
        let chain = self.chain;
        put_frame(&mut self.group, Kind::Group, self.stamp, |out| out.extend_from_slice(&chain));
        write(&self.group)?;
        self.group.clear();
        Ok(())
    }
}

/// The 64-bit check of a step's effects.
fn effects_check(effects: &[u8]) -> [u8; 8] {
    let hash = blake3::hash(effects);
    let mut check = [0; 8];
    check.copy_from_slice(&hash.as_bytes()[..8]);
    check
}
