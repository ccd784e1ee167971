//! The ticks of one file, a block at a time: decoded, checked, and exact in the steps asked for.
use super::options::TickOptions;
use super::reader::TickCounts;
use super::schema::{QUOTES, TRADES};
use super::series::{TickClock, TickFile};
use crate::column::{BUY, Column, NULL, SELL};
use crate::error::{DataError, Row};
use crate::fault::{describe, value_error};
use crate::layout::{Kind, Layout, Presence, Schema, guarded};
use crate::reader::FILE_SCALE;
use crate::scaler::Scaler;
use crate::ticks::TickError;
use engine::measure::scaled_text;
use engine::{Price, Qty, Side, Tick, Timestamp};

/// The columns behind the two clocks.
const VALUES: usize = 4;

/// A file of trades or of quotes that is being read.
pub(super) struct FileTicks {
    file: TickFile,
    schema: &'static Schema,
    clock: TickClock,
    options: TickOptions,
    price: Scaler,
    quantity: Scaler,
    layout: Option<Layout>,
    ended: bool,
    group: usize,
    /// Rows of the row group that are not decoded yet.
    left: u64,
    /// Row of the file at which the next block begins.
    row: u64,
    times: Column,
    values: [Column; VALUES],
    before: Timestamp,
    block: Vec<Tick>,
    at: usize,
    pub(super) counts: TickCounts,
}

impl FileTicks {
    pub(super) fn trades(file: &TickFile, clock: TickClock, options: TickOptions) -> Self {
        Self::new(file, &TRADES, clock, options)
    }

    pub(super) fn quotes(file: &TickFile, clock: TickClock, options: TickOptions) -> Self {
        Self::new(file, &QUOTES, clock, options)
    }

    fn new(file: &TickFile, schema: &'static Schema, clock: TickClock, options: TickOptions) -> Self {
        Self {
            file: file.clone(),
            schema,
            clock,
            options,
            price: Scaler::to(options.price_scale),
            quantity: Scaler::to(options.qty_scale),
            layout: None,
            ended: file.last < options.from || file.first >= options.to,
            group: 0,
            left: 0,
            row: 0,
            times: Column::default(),
            values: Default::default(),
            before: Timestamp::MIN,
            block: Vec::new(),
            at: 0,
            counts: TickCounts::default(),
        }
    }

    /// The next tick, without taking it.
    #[inline]
    pub(super) fn head(&mut self) -> Result<Option<Tick>, DataError> {
        if self.at == self.block.len() {
            self.refill()?;
        }
        Ok(self.block.get(self.at).copied())
    }

    /// Takes the tick that [`FileTicks::head`] gave.
    #[inline]
    pub(super) fn take(&mut self) {
        self.at += 1;
    }

    #[cold]
    fn refill(&mut self) -> Result<(), DataError> {
        self.block.clear();
        self.at = 0;
        while self.block.is_empty() && !self.ended {
            let layout = match self.layout.take() {
                Some(layout) => layout,
                None => Layout::open_as(&self.file.path, self.schema)?,
            };
            if self.left == 0 && !self.next_group(&layout)? {
                self.ended = true; // and the file is closed
                return Ok(());
            }
            self.decode(&layout)?;
            self.layout = Some(layout);
        }
        Ok(())
    }

    /// Moves to the next row group that can hold rows of the window.
    fn next_group(&mut self, layout: &Layout) -> Result<bool, DataError> {
        while self.group < layout.groups() {
            let group = self.group;
            self.group += 1;
            let rows = layout.rows(group);
            let (from, to) = (self.options.from.0, self.options.to.0);
            let outside = layout.times(group, self.clock.at()).is_some_and(|(min, max)| max < from || min >= to);
            if outside || rows == 0 {
                self.row += rows;
                continue;
            }
            self.left = rows;
            let columns = std::iter::once((self.clock.at(), &mut self.times));
            for (at, column) in columns.chain(self.values.iter_mut().enumerate().map(|(at, c)| (at + 2, c))) {
                if layout.unit(at) != crate::column::Unit::Absent {
                    column.begin(guarded(&layout.path, || layout.column(group, at))?);
                }
            }
            return Ok(true);
        }
        Ok(false)
    }

    /// Decodes the next rows of the row group at hand and keeps those of the window.
    fn decode(&mut self, layout: &Layout) -> Result<(), DataError> {
        let rows = usize::try_from(self.left).unwrap_or(usize::MAX).min(self.options.block_rows);
        let (first_row, clock) = (self.row, self.clock.at());
        guarded(&layout.path, || {
            let fault = |at: usize| move |fault| describe(fault, layout, first_row, at);
            self.times.fill(rows, layout.unit(clock)).map_err(fault(clock))?;
            for (at, column) in self.values.iter_mut().enumerate().map(|(at, column)| (at + 2, column)) {
                let filled = match self.schema.fields[at].presence {
                    Presence::Required => column.fill(rows, layout.unit(at)),
                    Presence::Optional => column.fill_sparse(rows, layout.unit(at)),
                };
                filled.map_err(fault(at))?;
            }
            Ok(())
        })?;
        self.row += rows as u64;
        self.left -= rows as u64;
        for at in 0..rows {
            self.add(at, first_row + at as u64)?;
        }
        Ok(())
    }

    /// Checks a row and keeps it if it is of the window.
    fn add(&mut self, at: usize, row: u64) -> Result<(), DataError> {
        let time = Timestamp(self.times.values[at]);
        if time < self.before {
            let by = self.clock.column();
            return Err(DataError::Unsorted { row: self.place(row, time), before: self.before, by });
        }
        self.before = time;
        if time < self.options.from {
            return Ok(());
        }
        if time >= self.options.to {
            self.ended = true; // the rest of the block is decoded already, so its order is checked as well
            return Ok(());
        }
        let [first, second, third, fourth] = self.values.each_ref().map(|column| column.values[at]);
        if self.schema.fields[2 + 3].kind == Kind::Flag {
            if fourth == 1 {
                self.counts.suspicious += 1;
                return Ok(());
            }
            let price = Price(self.positive(row, time, 0, first, self.options.price_scale, self.price)?);
            let quantity = Qty(self.positive(row, time, 1, second, self.options.qty_scale, self.quantity)?);
            let taker = match third {
                BUY => Some(Side::Buy),
                SELL => Some(Side::Sell),
                _ => None,
            };
            self.counts.trades += 1;
            self.block.push(Tick::trade(time, price, quantity, taker));
            return Ok(());
        }
        let bid = Price(self.positive(row, time, 0, first, self.options.price_scale, self.price)?);
        let ask = Price(self.positive(row, time, 1, second, self.options.price_scale, self.price)?);
        let (bid_size, ask_size) = (self.size(row, time, 2, third)?, self.size(row, time, 3, fourth)?);
        self.counts.quotes += 1;
        self.counts.crossed += u64::from(bid > ask);
        self.block.push(Tick::quote(time, (bid, bid_size), (ask, ask_size)));
        Ok(())
    }

    fn positive(
        &self,
        row: u64,
        time: Timestamp,
        column: usize,
        value: i64,
        scale: u8,
        scaler: Scaler,
    ) -> Result<i64, DataError> {
        let name = self.schema.fields[2 + column].name;
        if value <= 0 {
            let (row, value) = (self.place(row, time), scaled_text(value, FILE_SCALE));
            return Err(TickError::NotPositive { row, column: name, value }.into());
        }
        scaler
            .apply(value)
            .map_err(|fault| value_error(&self.file.path, row, name, scaled_text(value, FILE_SCALE), fault, scale))
    }

    /// The size of a quote, which may be unknown or nothing at all.
    fn size(&self, row: u64, time: Timestamp, column: usize, value: i64) -> Result<Qty, DataError> {
        match value {
            NULL => Ok(Tick::NO_SIZE),
            0 => Ok(Qty(0)),
            value if value < 0 => {
                let (row, value) = (self.place(row, time), scaled_text(value, FILE_SCALE));
                Err(TickError::Negative { row, column: self.schema.fields[2 + column].name, value }.into())
            }
            value => self.positive(row, time, column, value, self.options.qty_scale, self.quantity).map(Qty),
        }
    }

    fn place(&self, row: u64, time: Timestamp) -> Row {
        Row { file: self.file.path.clone(), row, open_time: time }
    }
}
