//! Reads a tape record by record, checking each one, the numbers and the chain.
use super::header::{CANDLES, Header, RECORDED};
use super::record::{Damage, End, Frame, Kind, frame_length, take_frame};
use super::segment::SegmentStart;
use super::upcast::upcast;
use crate::Timestamp;
use alloc::vec::Vec;
use core::fmt;

/// Where a tape's bytes come from.
pub trait ByteSource {
    /// What can go wrong while reading.
    type Error: core::error::Error;
    /// Reads some bytes into `out`; zero at the end.
    ///
    /// # Errors
    /// When they cannot be read.
    fn read(&mut self, out: &mut [u8]) -> Result<usize, Self::Error>;
}

impl ByteSource for &[u8] {
    type Error = core::convert::Infallible;
    fn read(&mut self, out: &mut [u8]) -> Result<usize, Self::Error> {
        let n = out.len().min(self.len());
        out[..n].copy_from_slice(&self[..n]);
        *self = &self[n..];
        Ok(n)
    }
}

/// Why a tape cannot be read on.
#[derive(Debug, PartialEq, Eq)]
pub enum TapeError<E> {
    /// The bytes could not be had.
    Source(E),
    /// The bytes are damaged.
    Damaged {
        /// What is wrong.
        damage: Damage,
        /// The last entry before it.
        after: u64,
        /// Where in the tape, in bytes from its start.
        offset: u64,
    },
}

impl<E: fmt::Display> fmt::Display for TapeError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Source(error) => error.fmt(f),
            Self::Damaged { damage, after, offset } => {
                write!(f, "the tape is damaged at step {} (byte {offset}): {damage}", after + 1)
            }
        }
    }
}

impl<E: core::error::Error> core::error::Error for TapeError<E> {}

/// Something that yields the records of a tape.
pub trait RecordSource {
    /// Where the bytes come from may fail.
    type Error: core::error::Error;
    /// The next record; `None` after the last.
    ///
    /// # Errors
    /// When bytes cannot be had or are damaged.
    fn next(&mut self) -> Result<Option<Frame>, TapeError<Self::Error>>;
}

const CHUNK: usize = 64 * 1024;

/// Reads and checks a tape.
///
/// A tape begins with its header, or, where its first segments are gone, with the record of a segment.
#[derive(Debug)]
pub struct TapeReader<B> {
    source: B,
    buffer: Vec<u8>,
    at: usize,
    offset: u64,
    hasher: blake3::Hasher,
    chain: [u8; 32],
    group_end: u64,
    last: u64,
    time: Timestamp,
    header: Option<Header>,
    end: Option<End>,
    chained: bool,
    open: bool,
    /// Its candles stand on the tape, so that no number may be missing.
    gapless: bool,
}

impl<B: ByteSource> TapeReader<B> {
    /// A reader at the start of a tape that has an end.
    #[must_use]
    pub fn new(source: B) -> Self {
        Self {
            source,
            buffer: Vec::new(),
            at: 0,
            offset: 0,
            hasher: chain_start(&[0; 32]),
            chain: [0; 32],
            group_end: 0,
            last: 0,
            time: Timestamp(0),
            header: None,
            end: None,
            chained: true,
            open: false,
            gapless: false,
        }
    }

    /// A reader at the start of a tape that may have no end: its run goes on, or was killed. It ends with a whole group.
    #[must_use]
    pub fn open_ended(source: B) -> Self {
        Self { open: true, ..Self::new(source) }
    }

    /// Where its bytes come from: one that ended may have more to give, and is then read on.
    pub fn source(&mut self) -> &mut B {
        &mut self.source
    }

    /// The last entry so far, and its core time.
    #[must_use]
    pub fn last(&self) -> (u64, Timestamp) {
        (self.last, self.time)
    }

    /// The chain of the last whole group so far, and where in the stream it ends.
    #[must_use]
    pub fn chain(&self) -> ([u8; 32], u64) {
        (self.chain, self.group_end)
    }

    /// The header, once the first record was read.
    #[must_use]
    pub fn header(&self) -> Option<&Header> {
        self.header.as_ref()
    }

    /// The end, once it was read.
    #[must_use]
    pub fn end(&self) -> Option<&End> {
        self.end.as_ref()
    }

    fn damaged(&self, damage: Damage) -> TapeError<B::Error> {
        TapeError::Damaged { damage, after: self.last, offset: self.offset }
    }

    /// Makes `wanted` bytes available from `at`; fewer only at the end of the source.
    fn fill(&mut self, wanted: usize) -> Result<usize, TapeError<B::Error>> {
        while self.buffer.len() - self.at < wanted {
            if self.at > 0 {
                self.buffer.drain(..self.at);
                self.at = 0;
            }
            let had = self.buffer.len();
            self.buffer.resize(had + CHUNK, 0);
            let n = self.source.read(&mut self.buffer[had..]).map_err(TapeError::Source);
            self.buffer.truncate(had + *n.as_ref().unwrap_or(&0));
            if n? == 0 {
                break;
            }
        }
        Ok((self.buffer.len() - self.at).min(wanted))
    }

    fn accept(&mut self, frame: &Frame, length: usize) -> Result<(), Damage> {
        match (frame.kind, &self.header) {
            (Kind::Header, None) => self.begin(Header::decode(&frame.payload).map_err(Damage::Payload)?),
            (Kind::Segment, _) => self.begin_segment(&frame.payload)?,
            (_, None) | (Kind::Header, Some(_)) => return Err(Damage::NoHeader),
            (Kind::Group, Some(_)) => {
                let chain = *self.hasher.finalize().as_bytes();
                if frame.payload != chain {
                    return Err(Damage::Chain);
                }
                self.hasher = chain_start(&chain);
                (self.chain, self.chained) = (chain, true);
                self.group_end = self.offset + length as u64;
                return Ok(());
            }
            (Kind::End, Some(_)) => self.end = Some(End::decode(&frame.payload).map_err(Damage::Payload)?),
            // Candles that stand in a dataset leave gaps in the numbers; nothing ever runs back.
            (_, Some(_)) if frame.number < self.last || (frame.kind == Kind::Entry && frame.number == self.last) => {
                return Err(Damage::Number { found: frame.number });
            }
            (Kind::Entry, Some(_)) if self.gapless && frame.number != self.last + 1 => {
                return Err(Damage::Number { found: frame.number });
            }
            (_, Some(_)) => {}
        }
        if frame.kind != Kind::End && self.end.is_some() {
            return Err(Damage::BehindEnd);
        }
        self.chained = false;
        self.last = self.last.max(frame.number);
        self.time = self.time.max(frame.time);
        Ok(())
    }

    fn begin(&mut self, header: Header) {
        self.gapless = header.get(CANDLES) == Some(RECORDED);
        self.header = Some(header);
    }

    /// A segment follows what stands before it; where nothing does, reading begins with it. A run that had ended goes on.
    fn begin_segment(&mut self, payload: &[u8]) -> Result<(), Damage> {
        let start = SegmentStart::decode(payload).map_err(Damage::Payload)?;
        if self.header.is_none() {
            (self.offset, self.last, self.chain) = (start.offset, start.entries, start.chain);
            self.hasher = chain_start(&start.chain);
            self.begin(start.header);
            return Ok(());
        }
        let follows =
            self.chained && (start.offset, start.entries, start.chain) == (self.offset, self.last, self.chain);
        self.end = None;
        if follows && self.header.as_ref() == Some(&start.header) { Ok(()) } else { Err(Damage::Segment) }
    }
}

/// The hasher of a group: it starts with the chain so far.
pub(crate) fn chain_start(chain: &[u8; 32]) -> blake3::Hasher {
    let mut hasher = blake3::Hasher::new();
    hasher.update(chain);
    hasher
}

impl<B: ByteSource> RecordSource for TapeReader<B> {
    type Error = B::Error;

    fn next(&mut self) -> Result<Option<Frame>, TapeError<B::Error>> {
        let there = self.fill(4)?;
        if there == 0 {
            return match (&self.header, self.chained && (self.open || self.end.is_some())) {
                (None, _) => Err(self.damaged(Damage::NoHeader)),
                (Some(_), false) => Err(self.damaged(Damage::NoEnd)),
                (Some(_), true) => Ok(None),
            };
        }
        let head = &self.buffer[self.at..self.at + there];
        let length = match frame_length(head) {
            Ok(Some(length)) => length,
            Ok(None) => return Err(self.damaged(Damage::Torn)),
            Err(damage) => return Err(self.damaged(damage)),
        };
        if self.fill(length)? < length {
            return Err(self.damaged(Damage::Torn));
        }
        let bytes = &self.buffer[self.at..self.at + length];
        let frame = take_frame(bytes).and_then(upcast).map_err(|damage| self.damaged(damage))?;
        self.accept(&frame, length).map_err(|damage| self.damaged(damage))?;
        if frame.kind != Kind::Group {
            self.hasher.update(&self.buffer[self.at..self.at + length]);
        }
        self.at += length;
        self.offset += length as u64;
        Ok(Some(frame))
    }
}
