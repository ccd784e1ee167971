//! The first record of a segment of a live tape: what a reader has to know who begins there.
//!
//! A backtest's segments are one stream and have none. A live tape's segments but the first begin with one, so that each can
//! be verified, archived and read by itself when those before it are gone.
use super::bytes::{Malformed, Put, Take};
use super::header::Header;
use alloc::vec::Vec;

/// Where a segment begins, and the tape that it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentStart {
    /// The number of the segment; the first has one and no such record.
    pub segment: u32,
    /// Bytes of the stream before it.
    pub offset: u64,
    /// The last entry before it.
    pub entries: u64,
    /// The chain of the last group before it.
    pub chain: [u8; 32],
    /// The header of the tape.
    pub header: Header,
}

impl SegmentStart {
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        out.put_u32(self.segment);
        out.put_u64(self.offset);
        out.put_u64(self.entries);
        out.put(&self.chain);
        self.header.encode(out);
    }

    /// Reads a segment's start that fills `bytes` exactly.
    ///
    /// # Errors
    /// When the bytes are none.
    pub fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut take = Take(bytes);
        Ok(Self {
            segment: take.u32("segment")?,
            offset: take.u64("segment offset")?,
            entries: take.u64("segment entries")?,
            chain: take.array("segment chain")?,
            header: Header::decode(take.0)?,
        })
    }
}
