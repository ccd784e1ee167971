//! Compressed frames of venues, opened within bounds: gzip, zlib and bare deflate.
//!
//! A few bytes can claim to be gigabytes. Nothing is written beyond [`INFLATED_MAX`] bytes or [`RATIO_MAX`] times what
//! came, and checksums are compared: a frame that is damaged is an error and never half a message.
use flate2::{Crc, Decompress, FlushDecompress, Status};

/// The most bytes of an opened frame.
pub const INFLATED_MAX: usize = 1 << 20;

/// The most bytes that one byte on the wire may become: text that venues send becomes three to ten.
pub const RATIO_MAX: usize = 100;

/// Why a frame was not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InflateError {
    /// It would be larger than a frame may be.
    #[error("a frame of more than {INFLATED_MAX} bytes was refused")]
    TooLarge,
    /// It would become much larger than any message does.
    #[error("a frame that grows more than {RATIO_MAX} times was refused")]
    TooDense,
    /// It is no compressed stream, it is cut off, or its checksum is wrong.
    #[error("a compressed frame is damaged")]
    Damaged,
}

/// Opens frames, one after another, in memory that it keeps.
#[derive(Debug)]
pub struct Inflater {
    raw: Decompress,
    zlib: Decompress,
    opened: Vec<u8>,
}

impl Default for Inflater {
    fn default() -> Self {
        Self { raw: Decompress::new(false), zlib: Decompress::new(true), opened: Vec::new() }
    }
}

impl Inflater {
    /// Whether bytes begin as a gzip or zlib stream does.
    #[must_use]
    pub fn is_compressed(bytes: &[u8]) -> bool {
        is_gzip(bytes) || is_zlib(bytes)
    }

    /// The message inside a frame. What begins neither as gzip nor as zlib is taken for bare deflate.
    ///
    /// # Errors
    /// When it is damaged or too large; nothing of it is given away then.
    pub fn open(&mut self, frame: &[u8]) -> Result<&[u8], InflateError> {
        if is_gzip(frame) {
            let start = gzip_header(frame).ok_or(InflateError::Damaged)?;
            let used = inflate(&mut self.raw, false, &frame[start..], frame.len(), &mut self.opened)?;
            let trailer: &[u8; 8] = frame[start + used..].try_into().map_err(|_| InflateError::Damaged)?;
            let mut crc = Crc::new();
            crc.update(&self.opened);
            let said = [crc.sum().to_le_bytes(), crc.amount().to_le_bytes()].concat();
            if said != trailer {
                return Err(InflateError::Damaged);
            }
        } else {
            let zlib = is_zlib(frame);
            let stream = if zlib { &mut self.zlib } else { &mut self.raw };
            let used = inflate(stream, zlib, frame, frame.len(), &mut self.opened)?;
            if used != frame.len() {
                return Err(InflateError::Damaged);
            }
        }
        Ok(&self.opened)
    }
}

fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b])
}

fn is_zlib(bytes: &[u8]) -> bool {
    matches!(bytes, [a, b, ..] if a & 0x0f == 8 && u16::from_be_bytes([*a, *b]) % 31 == 0)
}

/// Where the compressed data of a gzip stream begins.
fn gzip_header(bytes: &[u8]) -> Option<usize> {
    const FIXED: usize = 10;
    let flags = *bytes.get(3)?;
    if bytes.get(2) != Some(&8) || flags & 0b1110_0000 != 0 || bytes.len() < FIXED {
        return None;
    }
    let mut at = FIXED;
    if flags & 4 != 0 {
        at += 2 + usize::from(u16::from_le_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]));
    }
    // A name, then a comment: each ends with a zero.
    for flag in [8, 16] {
        if flags & flag != 0 {
            at += bytes.get(at..)?.iter().position(|b| *b == 0)? + 1;
        }
    }
    at += if flags & 2 != 0 { 2 } else { 0 };
    (at <= bytes.len()).then_some(at)
}

/// Inflates into `opened` and says how many bytes of `from` it took.
fn inflate(
    stream: &mut Decompress,
    zlib: bool,
    from: &[u8],
    whole: usize,
    opened: &mut Vec<u8>,
) -> Result<usize, InflateError> {
    const FIRST: usize = 4_096;
    let most = INFLATED_MAX.min(whole.saturating_mul(RATIO_MAX));
    stream.reset(zlib);
    opened.clear();
    loop {
        if opened.len() > most {
            return Err(if most == INFLATED_MAX { InflateError::TooLarge } else { InflateError::TooDense });
        }
        // One byte more than may be, so that what is too much shows.
        let room = opened.len().max(FIRST).min(most + 1 - opened.len());
        opened.reserve_exact(room);
        let taken = usize::try_from(stream.total_in()).map_err(|_| InflateError::Damaged)?;
        let before = opened.len();
        let status = stream.decompress_vec(&from[taken..], opened, FlushDecompress::Finish);
        match status.map_err(|_| InflateError::Damaged)? {
            Status::StreamEnd => {
                if opened.len() > most {
                    continue;
                }
                return usize::try_from(stream.total_in()).map_err(|_| InflateError::Damaged);
            }
            // Nothing came of room and input: the stream is cut off.
            _ if opened.len() == before => return Err(InflateError::Damaged),
            _ => {}
        }
    }
}

#[cfg(test)]
#[path = "inflate_tests.rs"]
mod tests;
