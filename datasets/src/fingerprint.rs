//! Which rows of which files a run has read, and what they held.
//!
//! A digest is taken over decoded values, never over file bytes: rewriting a file with another compression or encoding
//! keeps it, changing one candle does not.
use engine::Timestamp;

/// The rows that a run used of one row group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowGroupRef {
    /// The file's path below the catalog, with `/`.
    pub file: String,
    /// Zero-based row group.
    pub row_group: u32,
    /// Zero-based row in the file of the first row used.
    pub first_row: u64,
    /// Rows used, one after the other.
    pub rows: u64,
    /// Open time of the first row used.
    pub first_open: Timestamp,
    /// blake3 over the rows used: per row open time, open, high, low, close and volume as little-endian 64-bit integers,
    /// the time in nanoseconds, the rest in units of 10^-8.
    pub digest: [u8; 32],
}

/// Digests the rows of row groups as they are read.
#[derive(Default)]
pub(crate) struct Fingerprinter {
    hasher: blake3::Hasher,
    current: Option<RowGroupRef>,
    bytes: Vec<u8>,
    pub(crate) done: Vec<RowGroupRef>,
}

impl Fingerprinter {
    /// Adds rows `range` of a block whose columns are given in file units.
    pub(crate) fn add(&mut self, at: RowGroupRef, columns: [&[i64]; 6]) {
        if self.current.as_ref().is_none_or(|c| (&c.file, c.row_group) != (&at.file, at.row_group)) {
            self.close();
            self.current = Some(RowGroupRef { rows: 0, ..at.clone() });
        }
        if let Some(current) = &mut self.current {
            current.rows += at.rows;
        }
        self.bytes.clear();
        let [time, open, high, low, close, volume] = columns;
        let rows = time.iter().zip(open).zip(high).zip(low).zip(close).zip(volume);
        for (((((time, open), high), low), close), volume) in rows {
            let mut row = [0; 48];
            for (slot, value) in row.chunks_exact_mut(8).zip([time, open, high, low, close, volume]) {
                slot.copy_from_slice(&value.to_le_bytes());
            }
            self.bytes.extend_from_slice(&row);
        }
        self.hasher.update(&self.bytes);
    }

    /// Finishes the row group at hand.
    pub(crate) fn close(&mut self) {
        if let Some(mut current) = self.current.take() {
            current.digest = *self.hasher.finalize().as_bytes();
            self.done.push(current);
        }
        self.hasher.reset();
    }
}
