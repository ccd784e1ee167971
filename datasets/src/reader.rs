//! Candles of a series, streamed a block at a time in bounded memory.
//!
//! Every row of the window is checked: no null, each open after the end of the candle before across rows and files, a
//! possible candle, exact in the steps asked for. The first row that fails ends the stream with its file, row and values; nothing is
//! dropped or mended. Row groups outside the window are skipped by their statistics, unread.
use crate::catalog::Series;
use crate::column::Column;
use crate::error::{DataError, Row};
use crate::fault::{describe, value_error, values_text};
use crate::fingerprint::{Fingerprinter, RowGroupRef};
use crate::layout::{COLUMNS, Layout, guarded};
use crate::options::{ReadOptions, gap_min_ns};
use crate::scaler::Scaler;
use engine::measure::scaled_text;
use engine::{Candle, CandleSource, Price, Timestamp};
use std::path::Path;

/// Decimal places of the numbers in a candle file.
pub const FILE_SCALE: u8 = 8;

/// Where the reader stands in a file.
struct Place {
    layout: Layout,
    relative: String,
    group: usize,
    /// Row of the file at which the row group begins.
    group_row: u64,
    /// Rows of the row group that are not decoded yet.
    left: u64,
    /// Row of the file at which the next block begins.
    row: u64,
    /// The part of the window that this file is read for.
    from: Timestamp,
    to: Timestamp,
}

/// A stream of checked candles.
pub struct CandleReader {
    series: Series,
    options: ReadOptions,
    /// For prices and for quantities.
    scalers: [Scaler; 2],
    next_file: usize,
    place: Option<Place>,
    columns: [Column; 6],
    /// Open time of the row before, to check the order of a file and of files that follow each other.
    before: Option<Timestamp>,
    /// Open time of the last candle that was given.
    last: Option<Timestamp>,
    /// At the beginning of a part of a file: the last candle before it, until it is compared.
    joint: Option<Timestamp>,
    any: bool,
    ended: Option<Result<(), DataError>>,
    block: Vec<Candle>,
    fingerprinter: Fingerprinter,
}

impl CandleReader {
    /// A reader that stands before the first candle of the window.
    ///
    /// # Errors
    /// When the options contradict themselves.
    pub fn new(series: &Series, options: ReadOptions) -> Result<Self, DataError> {
        options.check()?;
        Ok(Self {
            series: series.clone(),
            options,
            scalers: [Scaler::to(options.price_scale), Scaler::to(options.qty_scale)],
            next_file: 0,
            place: None,
            columns: Default::default(),
            before: None,
            last: None,
            joint: None,
            any: false,
            ended: None,
            block: Vec::new(),
            fingerprinter: Fingerprinter::default(),
        })
    }

    /// Replaces `block` by the next candles; `false` when there are none left.
    ///
    /// # Errors
    /// The first fault of the data; the same again on every later call.
    pub fn read_block(&mut self, block: &mut Vec<Candle>) -> Result<bool, DataError> {
        block.clear();
        if let Some(ended) = &self.ended {
            return ended.clone().map(|()| false);
        }
        let result = self.next_block(block);
        if !matches!(result, Ok(true)) {
            self.fingerprinter.close();
            self.place = None;
            self.ended = Some(result.clone().map(|_| ()));
        }
        if result.is_err() {
            block.clear();
        }
        result
    }

    /// Digests of what was read, one per stretch of a row group that gave rows; whole once the stream has ended.
    #[must_use]
    pub fn fingerprints(&self) -> &[RowGroupRef] {
        &self.fingerprinter.done
    }

    /// The series that is read.
    #[must_use]
    pub fn series(&self) -> &Series {
        &self.series
    }

    fn next_block(&mut self, block: &mut Vec<Candle>) -> Result<bool, DataError> {
        while block.is_empty() {
            if self.place.as_ref().is_none_or(|place| place.left == 0) && !self.next_group()? {
                return if self.any { Ok(false) } else { Err(self.no_candles()) };
            }
            self.decode(block)?;
        }
        self.any = true;
        Ok(true)
    }

    fn no_candles(&self) -> DataError {
        let files = self.series.files();
        DataError::NoCandles {
            series: self.series.name(),
            from: self.options.from,
            to: self.options.to,
            first: files.first().map_or(Timestamp::MIN, |f| f.first_open),
            last: files.last().map_or(Timestamp::MAX, |f| f.last_open),
        }
    }

    /// Moves to the next row group that can hold rows of the window.
    fn next_group(&mut self) -> Result<bool, DataError> {
        loop {
            let Some(place) = &mut self.place else {
                if !self.next_file()? {
                    return Ok(false);
                }
                continue;
            };
            if place.group == place.layout.groups() {
                self.place = None;
                continue;
            }
            let group = place.group;
            place.group += 1;
            let rows = place.layout.rows(group);
            let outside =
                place.layout.times(group, 0).is_some_and(|(min, max)| max < place.from.0 || min >= place.to.0);
            if outside || rows == 0 {
                place.row += rows;
                continue;
            }
            place.left = rows;
            place.group_row = place.row;
            for (at, column) in self.columns.iter_mut().enumerate() {
                let layout = &place.layout;
                column.begin(guarded(&layout.path, || layout.column(group, at))?);
            }
            return Ok(true);
        }
    }

    fn next_file(&mut self) -> Result<bool, DataError> {
        while let Some(file) = self.series.files().get(self.next_file) {
            self.next_file += 1;
            let (from, to) = (self.options.from.max(file.from), self.options.to.min(file.to));
            if file.last_open < from || file.first_open >= to {
                continue;
            }
            let layout = Layout::open(&file.path)?;
            if file.is_part() {
                // What stands outside of its window is not the instrument's, so the file's order is its own.
                (self.before, self.joint) = (None, self.last);
            }
            let relative = file.relative.clone();
            self.place = Some(Place { layout, relative, group: 0, group_row: 0, left: 0, row: 0, from, to });
            return Ok(true);
        }
        Ok(false)
    }

    /// Decodes the next rows of the row group at hand and appends those of the window.
    fn decode(&mut self, block: &mut Vec<Candle>) -> Result<(), DataError> {
        let Some(place) = &mut self.place else { return Ok(()) };
        let rows = usize::try_from(place.left).unwrap_or(usize::MAX).min(self.options.block_rows);
        let layout = &place.layout;
        for (at, column) in self.columns.iter_mut().enumerate() {
            guarded(&layout.path, || {
                column.fill(rows, layout.unit(at)).map_err(|f| describe(f, layout, place.row, at))
            })?;
        }
        let first_row = place.row;
        place.row += rows as u64;
        place.left -= rows as u64;
        let window = (place.from.0, place.to.0);
        let skipped = self.transpose(block, first_row, window)?;
        if let Some(first) = block.first() {
            let gap_min = gap_min_ns(self.options.length_ns);
            if let Some(joint) = self.joint.take_if(|joint| first.open_time.0.saturating_sub(joint.0) < gap_min) {
                return Err(self.order_fault(first_row, skipped, joint.0));
            }
            self.joint = None;
            self.last = block.last().map(|candle| candle.open_time);
        }
        if self.options.fingerprint && !block.is_empty() {
            self.fingerprint(skipped, block.len(), first_row);
        }
        Ok(())
    }

    /// Turns columns into candles; returns how many rows before the window were left out.
    fn transpose(
        &mut self,
        block: &mut Vec<Candle>,
        first_row: u64,
        (from, to): (i64, i64),
    ) -> Result<usize, DataError> {
        let [time, open, high, low, close, volume] = self.columns.each_ref().map(|c| c.values.as_slice());
        let options = self.options;
        let same = options.price_scale == FILE_SCALE && options.qty_scale == FILE_SCALE;
        let gap_min = gap_min_ns(options.length_ns).unsigned_abs();
        let mut before = self.before.map_or(i64::MIN, |t| t.0);
        let mut skipped = 0;
        let rows = time.iter().zip(open).zip(high).zip(low).zip(close).zip(volume).enumerate();
        for (at, (((((&time, &open), &high), &low), &close), &volume)) in rows {
            if (time <= before || time.abs_diff(before) < gap_min) && (at > 0 || self.before.is_some()) {
                return Err(self.order_fault(first_row, at, before));
            }
            before = time;
            if time < from {
                skipped += 1;
                continue;
            }
            if time >= to {
                continue; // the rest is decoded already, so its order is checked as well
            }
            let open_time = Timestamp(time);
            let mut candle = Candle {
                open_time,
                known_time: open_time.after(options.length_ns),
                open: Price(open),
                high: Price(high),
                low: Price(low),
                close: Price(close),
                volume,
            };
            if let Some(fault) = candle.fault() {
                let row = self.row(first_row + at as u64, time);
                return Err(DataError::Fault { row, fault, values: values_text(&candle) });
            }
            if !same {
                candle = self.rescaled(candle, first_row + at as u64)?;
            }
            block.push(candle);
        }
        self.before = Some(Timestamp(before));
        Ok(skipped)
    }

    fn rescaled(&self, candle: Candle, row: u64) -> Result<Candle, DataError> {
        let [price, quantity] = self.scalers;
        let options = self.options;
        let refused = |column: &'static str, value: i64, fault, scale| {
            Err(value_error(self.path(), row, column, scaled_text(value, FILE_SCALE), fault, scale))
        };
        let change = |column: &'static str, value: Price| match price.apply(value.0) {
            Ok(value) => Ok(Price(value)),
            Err(fault) => refused(column, value.0, fault, options.price_scale).map(Price),
        };
        let volume = match quantity.apply(candle.volume) {
            Ok(volume) => volume,
            Err(fault) => refused("volume", candle.volume, fault, options.qty_scale)?,
        };
        Ok(Candle {
            open: change("open", candle.open)?,
            high: change("high", candle.high)?,
            low: change("low", candle.low)?,
            close: change("close", candle.close)?,
            volume,
            ..candle
        })
    }

    fn fingerprint(&mut self, skipped: usize, rows: usize, first_row: u64) {
        let Some(place) = &self.place else { return };
        let used = self.columns.each_ref().map(|c| &c.values[skipped..skipped + rows]);
        let at = RowGroupRef {
            file: place.relative.clone(),
            row_group: u32::try_from(place.group - 1).unwrap_or(u32::MAX),
            first_row: first_row + skipped as u64,
            rows: rows as u64,
            first_open: Timestamp(used[0][0]),
            digest: [0; 32],
        };
        self.fingerprinter.add(&at, place.group_row, used);
    }

    fn path(&self) -> &Path {
        self.place.as_ref().map_or(Path::new(""), |place| &place.layout.path)
    }

    fn row(&self, row: u64, time: i64) -> Row {
        Row { file: self.path().to_path_buf(), row, open_time: Timestamp(time) }
    }

    /// What is wrong with a row that comes too early after the one before.
    fn order_fault(&self, first_row: u64, at: usize, before: i64) -> DataError {
        let [time, open, high, low, close, volume] = self.columns.each_ref().map(|c| c.values[at]);
        let row = self.row(first_row + at as u64, time);
        match time.cmp(&before) {
            std::cmp::Ordering::Equal => DataError::Duplicate { row },
            std::cmp::Ordering::Less => DataError::Unsorted { row, before: Timestamp(before), by: COLUMNS[0] },
            std::cmp::Ordering::Greater => {
                let values = crate::fault::texts([open, high, low, close, volume]);
                DataError::Overlap { row, before: Timestamp(before), length_ns: self.options.length_ns, values }
            }
        }
    }
}

impl CandleSource for CandleReader {
    type Error = DataError;

    fn block(&self) -> &[Candle] {
        &self.block
    }

    fn advance(&mut self) -> Result<bool, DataError> {
        let mut block = std::mem::take(&mut self.block);
        let result = self.read_block(&mut block);
        self.block = block;
        result
    }
}
