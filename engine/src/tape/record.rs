//! One record of a tape: a frame with a length, a number, times, a payload and a checksum.
//!
//! `len | kind | schema | number | epoch | time | seen_at | payload | crc32`, little-endian; `len` counts what follows it.
use super::bytes::{Malformed, Put, Take};
use crate::Timestamp;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// The schema that this build writes. Older ones are read through [`super::upcast`].
pub const SCHEMA: u16 = 5;

/// Bytes of a frame without its payload.
pub const FRAME_MIN: usize = 4 + HEAD + 4;

const HEAD: usize = 1 + 2 + 8 + 4 + 8 + 8;

/// The longest payload that is believed: a length beyond it is damage.
const PAYLOAD_MAX: usize = 16 * 1024 * 1024;

/// What a record holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Kind {
    /// What the run was; always first.
    Header = 1,
    /// An input of the core.
    Entry = 2,
    /// What a step decided: a 64-bit check, then the effects.
    Step = 3,
    /// The hash of the state after a step.
    State = 4,
    /// The chain over everything up to here.
    Group = 5,
    /// A stretch of candles that stand in a dataset, not on the tape.
    Candles = 6,
    /// The end of a run that ended.
    End = 7,
    /// The beginning of a segment of a live tape: what a reader has to know who begins there.
    Segment = 8,
}

impl Kind {
    const ALL: [Self; 8] =
        [Self::Header, Self::Entry, Self::Step, Self::State, Self::Group, Self::Candles, Self::End, Self::Segment];

    /// The kind of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The name in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Header => "header",
            Self::Entry => "entry",
            Self::Step => "step",
            Self::State => "state",
            Self::Group => "group",
            Self::Candles => "candles",
            Self::End => "end",
            Self::Segment => "segment",
        }
    }
}

/// A record, taken out of its frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// What it holds.
    pub kind: Kind,
    /// The schema that it was written in.
    pub schema: u16,
    /// The entry it belongs to.
    pub number: u64,
    /// The writer that wrote it: raised at each start, so that two writers are told apart.
    pub epoch: u32,
    /// Core time.
    pub time: Timestamp,
    /// When it was seen: wall time of a live run, core time of a backtest.
    pub seen_at: Timestamp,
    /// The rest, by kind.
    pub payload: Vec<u8>,
}

impl Frame {
    /// Appends the frame as it stands on a tape, in the schema that it was written in.
    pub fn encode(&self, out: &mut Vec<u8>) {
        let stamp = Stamp { number: self.number, epoch: self.epoch, time: self.time, seen_at: self.seen_at };
        put_frame_of(out, self.kind, self.schema, stamp, |out| out.extend_from_slice(&self.payload));
    }

    /// Reads the frame at the head of `bytes` in the schema that it was written in, and how many bytes it fills; `None` where
    /// there are no bytes.
    ///
    /// # Errors
    /// When the bytes are no frame, or end inside it.
    pub fn first(bytes: &[u8]) -> Result<Option<(Self, usize)>, Damage> {
        if bytes.is_empty() {
            return Ok(None);
        }
        let length = frame_length(bytes)?.ok_or(Damage::Torn)?;
        let frame = take_frame(bytes.get(..length).ok_or(Damage::Torn)?)?;
        Ok(Some((frame, length)))
    }
}

/// What is wrong with the bytes of a tape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Damage {
    /// The bytes end inside a record.
    Torn,
    /// A length that no record has.
    Length,
    /// The checksum does not fit.
    Checksum,
    /// A kind that this build does not know.
    Kind(u8),
    /// A schema newer than this build.
    Schema(u16),
    /// The chain does not fit: records were changed, removed or moved.
    Chain,
    /// An entry number that does not follow.
    Number {
        /// What was found.
        found: u64,
    },
    /// The first record is no header.
    NoHeader,
    /// The run's end is missing.
    NoEnd,
    /// Something stands behind the end.
    BehindEnd,
    /// A segment says of what stands before it something else than stands there.
    Segment,
    /// A payload that is not what its kind says.
    Payload(Malformed),
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Torn => f.write_str("the tape ends inside a record"),
            Self::Length => f.write_str("a record has an impossible length"),
            Self::Checksum => f.write_str("a record's checksum does not fit its bytes"),
            Self::Kind(kind) => write!(f, "a record has the unknown kind {kind}"),
            Self::Schema(schema) => write!(f, "a record has schema {schema}, and this build reads up to {SCHEMA}"),
            Self::Chain => f.write_str("the chain does not fit: records were changed, removed or moved"),
            Self::Number { found } => write!(f, "entry {found} does not follow"),
            Self::NoHeader => f.write_str("the first record is not a header"),
            Self::NoEnd => f.write_str("the tape ends without its end record: it was cut"),
            Self::BehindEnd => f.write_str("records stand behind the end record"),
            Self::Segment => {
                f.write_str("a segment does not follow what stands before it: one is missing or out of place")
            }
            Self::Payload(malformed) => malformed.fmt(f),
        }
    }
}

impl core::error::Error for Damage {}

/// When a record was written, and by whom.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stamp {
    pub(crate) number: u64,
    pub(crate) epoch: u32,
    pub(crate) time: Timestamp,
    pub(crate) seen_at: Timestamp,
}

/// Appends a frame; `fill` writes its payload.
pub(crate) fn put_frame(out: &mut Vec<u8>, kind: Kind, stamp: Stamp, fill: impl FnOnce(&mut Vec<u8>)) {
    put_frame_of(out, kind, SCHEMA, stamp, fill);
}

fn put_frame_of(out: &mut Vec<u8>, kind: Kind, schema: u16, stamp: Stamp, fill: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.put_u32(0);
    out.put_u8(kind as u8);
    out.put(&schema.to_le_bytes());
    out.put_u64(stamp.number);
    out.put_u32(stamp.epoch);
    out.put_i64(stamp.time.0);
    out.put_i64(stamp.seen_at.0);
    fill(out);
    let length = u32::try_from(out.len() - start).expect("a record is far below 4 GiB");
    out[start..start + 4].copy_from_slice(&length.to_le_bytes());
    let crc = crc32fast::hash(&out[start..]);
    out.put_u32(crc);
}

/// How many bytes the frame at the head of `bytes` has, or `None` when its length is not there yet.
pub(crate) fn frame_length(bytes: &[u8]) -> Result<Option<usize>, Damage> {
    let Some(head) = bytes.first_chunk::<4>() else { return Ok(None) };
    let length = u32::from_le_bytes(*head) as usize;
    if !(HEAD + 4..=HEAD + 4 + PAYLOAD_MAX).contains(&length) {
        return Err(Damage::Length);
    }
    Ok(Some(4 + length))
}

/// Reads the frame that fills `bytes` exactly, in the schema it was written in.
pub(crate) fn take_frame(bytes: &[u8]) -> Result<Frame, Damage> {
    let (body, crc) = bytes.split_last_chunk::<4>().ok_or(Damage::Torn)?;
    if crc32fast::hash(body) != u32::from_le_bytes(*crc) {
        return Err(Damage::Checksum);
    }
    let mut take = Take(body.get(4..).ok_or(Damage::Torn)?);
    let payload = |e: Malformed| Damage::Payload(e);
    let code = take.u8("kind").map_err(payload)?;
    let schema = u16::from_le_bytes(take.array("schema").map_err(payload)?);
    if schema > SCHEMA || schema == 0 {
        return Err(Damage::Schema(schema));
    }
    let kind = Kind::ALL.into_iter().find(|k| *k as u8 == code).ok_or(Damage::Kind(code))?;
    Ok(Frame {
        kind,
        schema,
        number: take.u64("number").map_err(payload)?,
        epoch: take.u32("epoch").map_err(payload)?,
        time: Timestamp(take.i64("time").map_err(payload)?),
        seen_at: Timestamp(take.i64("seen at").map_err(payload)?),
        payload: take.0.to_vec(),
    })
}

/// A stretch of candles in a dataset: one row group of one file, and the hash of the rows that were used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CandleRef {
    /// Whose candles, by place in the run file.
    pub instrument: u32,
    /// The file, relative to the catalog, with `/`.
    pub file: String,
    /// The row group in the file.
    pub row_group: u32,
    /// The first row used, counted in the file from zero.
    pub first_row: u64,
    /// How many rows were used.
    pub rows: u64,
    /// Open time of the first row used.
    pub first_open: Timestamp,
    /// blake3 of the rows in canonical form.
    pub digest: [u8; 32],
}

impl CandleRef {
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        out.put_u32(self.instrument);
        out.put_text(&self.file);
        out.put_u32(self.row_group);
        out.put_u64(self.first_row);
        out.put_u64(self.rows);
        out.put_i64(self.first_open.0);
        out.put(&self.digest);
    }

    /// Reads a reference that fills `bytes` exactly.
    ///
    /// # Errors
    /// When the bytes are no reference.
    pub fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut take = Take(bytes);
        let it = Self {
            instrument: take.u32("instrument")?,
            file: take.text("file")?,
            row_group: take.u32("row group")?,
            first_row: take.u64("first row")?,
            rows: take.u64("rows")?,
            first_open: Timestamp(take.i64("first open")?),
            digest: take.array("digest")?,
        };
        take.end("candle reference").map(|()| it)
    }
}

/// The end of a run that ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    /// How many entries the run had.
    pub entries: u64,
    /// The run's digest.
    pub digest: [u8; 32],
}

impl End {
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        out.put_u64(self.entries);
        out.put(&self.digest);
    }

    /// Reads an end that fills `bytes` exactly.
    ///
    /// # Errors
    /// When the bytes are no end.
    pub fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut take = Take(bytes);
        let it = Self { entries: take.u64("entries")?, digest: take.array("digest")? };
        take.end("end").map(|()| it)
    }
}
