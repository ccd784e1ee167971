//! Which rows of which files a run has read, and what they held.
//!
//! A digest is taken over decoded values, never over file bytes: rewriting a file with another compression or encoding
//! keeps it, changing one candle does not. A digest covers a stretch of a few hundred rows, so that it also says where.
use engine::Timestamp;

/// Rows of a stretch, at most: near enough to find an edited candle by eye.
pub const STRETCH_ROWS: u64 = 512;

/// The rows that a run used of one stretch of a row group.
///
/// Stretches begin at multiples of [`STRETCH_ROWS`] counted from the row group's first row, so that runs over different
/// windows of a file share all of them but the first and the last, which end where the window does.
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

/// Digests the rows of stretches as they are read.
#[derive(Default)]
pub(crate) struct Fingerprinter {
    hasher: blake3::Hasher,
    current: Option<RowGroupRef>,
    /// Row of the file at which the current stretch ends at the latest.
    until: u64,
    bytes: Vec<u8>,
    pub(crate) done: Vec<RowGroupRef>,
}

impl Fingerprinter {
    /// Adds rows of a block whose columns are given in file units; `at` describes them, `group_row` is the row of the
    /// file at which their row group begins.
    pub(crate) fn add(&mut self, at: &RowGroupRef, group_row: u64, columns: [&[i64]; 6]) {
        let (mut row, mut columns) = (at.first_row, columns);
        while !columns[0].is_empty() {
            self.enter(at, group_row, row, columns[0][0]);
            let left = usize::try_from(self.until - row).unwrap_or(usize::MAX).min(columns[0].len());
            self.update(columns.map(|values| &values[..left]));
            columns = columns.map(|values| &values[left..]);
            row += left as u64;
        }
    }

    /// Begins the stretch that holds a row, unless it is the one at hand.
    fn enter(&mut self, at: &RowGroupRef, group_row: u64, row: u64, open: i64) {
        let same = |c: &RowGroupRef| (&c.file, c.row_group) == (&at.file, at.row_group) && row < self.until;
        if self.current.as_ref().is_some_and(same) {
            return;
        }
        self.close();
        let stretch = (row - group_row) / STRETCH_ROWS + 1;
        self.until = group_row + stretch * STRETCH_ROWS;
        self.current = Some(RowGroupRef { first_row: row, rows: 0, first_open: Timestamp(open), ..at.clone() });
    }

    fn update(&mut self, [time, open, high, low, close, volume]: [&[i64]; 6]) {
        if let Some(current) = &mut self.current {
            current.rows += time.len() as u64;
        }
        self.bytes.clear();
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

    /// Finishes the stretch at hand.
    pub(crate) fn close(&mut self) {
        if let Some(mut current) = self.current.take() {
            current.digest = *self.hasher.finalize().as_bytes();
            self.done.push(current);
        }
        self.hasher.reset();
    }
}
