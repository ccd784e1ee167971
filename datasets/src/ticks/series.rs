//! The ticks of a symbol as their footers describe them: which files, how many rows, which window, by which clock.
use super::options::TickOptions;
use super::reader::TickReader;
use super::schema::{EVENT, QUOTES, RECEIVED, TRADES};
use crate::catalog::{Catalog, edits, entries, folders, plain_name, relative};
use crate::column::{Column, NULL};
use crate::error::DataError;
use crate::fault::describe;
use crate::layout::{Layout, Schema, guarded};
use crate::ticks::TickError;
use engine::Timestamp;
use std::path::{Path, PathBuf};

/// Whose clock the times of a series are by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TickClock {
    /// The receiver's, `ts_recv`: the order in which somebody saw the ticks.
    Received,
    /// The venue's, `ts_event`: when they happened.
    Event,
}

impl TickClock {
    /// The column of its times.
    #[must_use]
    pub fn column(self) -> &'static str {
        TRADES.fields[self.at()].name
    }

    pub(super) fn at(self) -> usize {
        match self {
            Self::Received => RECEIVED,
            Self::Event => EVENT,
        }
    }
}

/// The trades and quotes of one symbol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TickSeries {
    /// The venue's folder name.
    pub venue: String,
    /// The symbol's folder name.
    pub symbol: String,
    /// The clock of both files: the receiver's if every row of both has it, else the venue's.
    pub clock: TickClock,
    /// The trades, where there are any.
    pub trades: Option<TickFile>,
    /// The quotes, where there are any.
    pub quotes: Option<TickFile>,
}

/// A file of ticks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TickFile {
    /// The file.
    pub path: PathBuf,
    /// Its path below the catalog, with `/`.
    pub relative: String,
    /// Rows.
    pub rows: u64,
    /// Smallest time by the clock of the series.
    pub first: Timestamp,
    /// Largest time by the clock of the series.
    pub last: Timestamp,
}

impl TickSeries {
    /// The files, trades first.
    pub fn files(&self) -> impl Iterator<Item = &TickFile> {
        self.trades.iter().chain(&self.quotes)
    }

    /// Rows of both files.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.files().fold(0, |sum, file| sum.saturating_add(file.rows))
    }

    /// First time.
    #[must_use]
    pub fn first(&self) -> Timestamp {
        self.files().map(|file| file.first).min().unwrap_or(Timestamp::MAX)
    }

    /// Last time.
    #[must_use]
    pub fn last(&self) -> Timestamp {
        self.files().map(|file| file.last).max().unwrap_or(Timestamp::MIN)
    }

    /// `VENUE:SYMBOL ticks`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}:{} ticks", self.venue, self.symbol)
    }

    /// A reader over a window of the series.
    ///
    /// # Errors
    /// When the options contradict themselves.
    pub fn read(&self, options: TickOptions) -> Result<TickReader, DataError> {
        TickReader::new(self, options)
    }
}

impl Catalog {
    /// The ticks of a symbol.
    ///
    /// # Errors
    /// When there are none (the nearest names that have some are given), when a file cannot be read as ticks, or when no
    /// clock is there in every row of its files.
    pub fn ticks(&self, venue: &str, symbol: &str) -> Result<TickSeries, DataError> {
        let folder = self.root().join("ticks").join(venue).join(symbol);
        let plain = plain_name(venue) && plain_name(symbol);
        let file = |name: &str| plain.then(|| folder.join(name)).filter(|path| path.is_file());
        let trades = file("trades.parquet").map(|path| Described::of(&path, &TRADES)).transpose()?;
        let quotes = file("quotes.parquet").map(|path| Described::of(&path, &QUOTES)).transpose()?;
        let both: Vec<&Described> = trades.iter().chain(&quotes).collect();
        if both.is_empty() {
            let hint = self.nearest_ticks(&format!("{venue}:{symbol}"))?;
            let (catalog, wanted) = (self.root().to_path_buf(), format!("{venue}:{symbol}"));
            return Err(TickError::None { catalog, wanted, hint }.into());
        }
        let clock = common_clock(&both)?;
        let made = |described: Described| described.by(clock, self.root());
        Ok(TickSeries {
            venue: venue.to_string(),
            symbol: symbol.to_string(),
            clock,
            trades: trades.map(made),
            quotes: quotes.map(made),
        })
    }

    /// The ticks of every symbol that has some, sorted by venue and symbol.
    ///
    /// # Errors
    /// As for [`Catalog::ticks`].
    pub fn list_ticks(&self) -> Result<Vec<TickSeries>, DataError> {
        self.tick_names()?.iter().map(|(venue, symbol)| self.ticks(venue, symbol)).collect()
    }

    fn tick_names(&self) -> Result<Vec<(String, String)>, DataError> {
        let root = self.root().join("ticks");
        let mut names = Vec::new();
        if !root.is_dir() {
            return Ok(names);
        }
        for (venue, venue_path) in folders(&root)? {
            for (symbol, symbol_path) in folders(&venue_path)? {
                let is_ours = |path: &PathBuf| path.ends_with("trades.parquet") || path.ends_with("quotes.parquet");
                if entries(&symbol_path)?.iter().any(is_ours) {
                    names.push((venue.clone(), symbol));
                }
            }
        }
        Ok(names)
    }

    fn nearest_ticks(&self, wanted: &str) -> Result<String, DataError> {
        let names = self.tick_names()?.into_iter().map(|(venue, symbol)| format!("{venue}:{symbol}"));
        let nearest = names.min_by_key(|name| edits(&wanted.to_lowercase(), &name.to_lowercase()));
        Ok(nearest.map_or_else(|| "the catalog has no ticks at all".to_string(), |name| format!("nearest: {name}")))
    }
}

fn common_clock(files: &[&Described]) -> Result<TickClock, DataError> {
    let clocks = [TickClock::Received, TickClock::Event];
    if let Some(clock) = clocks.into_iter().find(|clock| files.iter().all(|file| file.clocks[clock.at()].lacking == 0))
    {
        return Ok(clock);
    }
    let mut lacks = Vec::new();
    for clock in clocks {
        for file in files.iter().filter(|file| file.clocks[clock.at()].lacking > 0) {
            let (path, missing, rows) = (file.path.display(), file.clocks[clock.at()].lacking, file.rows);
            lacks.push(format!("{path}: `{}` is missing in {missing} of {rows} rows", clock.column()));
        }
    }
    Err(TickError::NoClock { lacks: lacks.join("; ") }.into())
}

/// A file by both clocks.
struct Described {
    path: PathBuf,
    rows: u64,
    clocks: [Span; 2],
}

/// The times of a file by one clock.
#[derive(Clone, Copy)]
struct Span {
    lacking: u64,
    first: i64,
    last: i64,
}

impl Described {
    fn of(path: &Path, schema: &'static Schema) -> Result<Self, DataError> {
        let layout = Layout::open_as(path, schema)?;
        let mut clocks = [Span { lacking: 0, first: i64::MAX, last: i64::MIN }; 2];
        let mut rows = 0;
        for group in 0..layout.groups() {
            for (at, span) in clocks.iter_mut().enumerate() {
                span.add(&layout, group, at, rows)?;
            }
            rows += layout.rows(group);
        }
        Ok(Self { path: path.to_path_buf(), rows, clocks })
    }

    fn by(self, clock: TickClock, root: &Path) -> TickFile {
        let span = self.clocks[clock.at()];
        TickFile {
            relative: relative(root, &self.path),
            path: self.path,
            rows: self.rows,
            first: Timestamp(span.first),
            last: Timestamp(span.last),
        }
    }
}

impl Span {
    /// Adds a row group, by its statistics where it has them.
    fn add(&mut self, layout: &Layout, group: usize, at: usize, first_row: u64) -> Result<(), DataError> {
        const ROWS: u64 = 8_192;
        match (layout.nulls(group, at), layout.times(group, at)) {
            (Some(0), Some((min, max))) => {
                (self.first, self.last) = (self.first.min(min), self.last.max(max));
                return Ok(());
            }
            (Some(nulls), _) if nulls == layout.rows(group) => {
                self.lacking += nulls;
                return Ok(());
            }
            _ => {}
        }
        let mut column = Column::default();
        column.begin(guarded(&layout.path, || layout.column(group, at))?);
        let mut left = layout.rows(group);
        while left > 0 {
            let rows = left.min(ROWS);
            let row = first_row + layout.rows(group) - left;
            guarded(&layout.path, || {
                let filled = column.fill_sparse(rows as usize, layout.unit(at));
                filled.map_err(|fault| describe(fault, layout, row, at))
            })?;
            for time in &column.values {
                if *time == NULL {
                    self.lacking += 1;
                } else {
                    (self.first, self.last) = (self.first.min(*time), self.last.max(*time));
                }
            }
            left -= rows;
        }
        Ok(())
    }
}
