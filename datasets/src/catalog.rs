//! A catalog: a folder of candle files by venue, symbol and interval, with the records that belong to them.
//!
//! Opening and listing read footers only. A series is its files in the order of their open times; files that overlap are
//! refused, since nobody could say which of the two is right.
use crate::column::{Column, Unit};
use crate::error::DataError;
use crate::fault::describe;
use crate::layout::{Layout, guarded};
use crate::options::ReadOptions;
use crate::reader::CandleReader;
use engine::{Interval, Timestamp};
use std::path::{Path, PathBuf};

/// A folder of market data.
#[derive(Clone, Debug)]
pub struct Catalog {
    root: PathBuf,
}

/// The candles of one venue, symbol and interval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// The venue's folder name.
    pub venue: String,
    /// The symbol's folder name.
    pub symbol: String,
    /// The length of a candle.
    pub interval: Interval,
    pub(crate) files: Vec<SeriesFile>,
}

/// A file of a series, as its footer describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeriesFile {
    /// The file.
    pub path: PathBuf,
    /// Its path below the catalog, with `/`.
    pub relative: String,
    /// Rows; of a file of which only a part counts all the same all of them.
    pub rows: u64,
    /// Smallest open time; not before `from`.
    pub first_open: Timestamp,
    /// Largest open time; before `to`.
    pub last_open: Timestamp,
    /// First open time that counts, inclusive: a folder may hold what is not the instrument's.
    pub from: Timestamp,
    /// Open time at which it ends to count, exclusive.
    pub to: Timestamp,
}

impl SeriesFile {
    /// Whether only a part of it counts.
    pub(crate) fn is_part(&self) -> bool {
        (self.from, self.to) != (Timestamp::MIN, Timestamp::MAX)
    }
}

impl Series {
    /// The files in the order of their open times; never empty.
    #[must_use]
    pub fn files(&self) -> &[SeriesFile] {
        &self.files
    }

    /// Rows of all files.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.files.iter().fold(0, |sum, file| sum.saturating_add(file.rows))
    }

    /// First open time.
    #[must_use]
    pub fn first_open(&self) -> Timestamp {
        self.files.first().map_or(Timestamp::MAX, |file| file.first_open)
    }

    /// Last open time.
    #[must_use]
    pub fn last_open(&self) -> Timestamp {
        self.files.last().map_or(Timestamp::MIN, |file| file.last_open)
    }

    /// `VENUE:SYMBOL INTERVAL`.
    #[must_use]
    pub fn name(&self) -> String {
        series_name(&self.venue, &self.symbol, self.interval)
    }

    /// A reader over a window of the series.
    ///
    /// # Errors
    /// When the options contradict themselves.
    pub fn read(&self, options: ReadOptions) -> Result<CandleReader, DataError> {
        CandleReader::new(self, options)
    }
}

impl Catalog {
    /// Opens a folder that holds `candles/`.
    ///
    /// # Errors
    /// When there is no such folder.
    pub fn open(root: &Path) -> Result<Self, DataError> {
        if !root.join("candles").is_dir() {
            return Err(DataError::NotACatalog { path: root.to_path_buf() });
        }
        Ok(Self { root: root.to_path_buf() })
    }

    /// A catalog that is about to get its first file.
    pub(crate) fn at(root: &Path) -> Self {
        Self { root: root.to_path_buf() }
    }

    /// The folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where a series keeps its one file, if it has one.
    #[must_use]
    pub fn file_path(&self, venue: &str, symbol: &str, interval: Interval) -> PathBuf {
        self.root.join("candles").join(venue).join(symbol).join(format!("{interval}.parquet"))
    }

    /// Every series, sorted by venue, symbol and interval.
    ///
    /// # Errors
    /// When a file cannot be read as candles, is misnamed, or overlaps another of its series.
    pub fn list(&self) -> Result<Vec<Series>, DataError> {
        let mut all = Vec::new();
        for (venue, symbol, interval) in self.names()? {
            all.push(self.series(&venue, &symbol, interval)?);
        }
        Ok(all)
    }

    /// One series.
    ///
    /// # Errors
    /// When it does not exist (the nearest names that do are given), when a file of it cannot be read as candles, or when
    /// two of its files overlap.
    pub fn series(&self, venue: &str, symbol: &str, interval: Interval) -> Result<Series, DataError> {
        let wanted = series_name(venue, symbol, interval);
        let paths =
            if plain_name(venue) && plain_name(symbol) { self.files_of(venue, symbol, interval)? } else { Vec::new() };
        if paths.is_empty() {
            let hint = nearest(&wanted, self.names()?);
            return Err(DataError::NoSeries { catalog: self.root.clone(), wanted, hint });
        }
        let mut files = paths.iter().map(|path| self.describe_file(path)).collect::<Result<Vec<_>, _>>()?;
        files.sort_by(|a, b| (a.first_open, a.last_open, &a.path).cmp(&(b.first_open, b.last_open, &b.path)));
        for pair in files.windows(2) {
            if pair[1].first_open <= pair[0].last_open {
                return Err(DataError::FilesOverlap {
                    first: pair[0].path.clone(),
                    second: pair[1].path.clone(),
                    last: pair[0].last_open,
                    begins: pair[1].first_open,
                });
            }
        }
        Ok(Series { venue: venue.to_string(), symbol: symbol.to_string(), interval, files })
    }

    /// The names of every series, sorted.
    fn names(&self) -> Result<Vec<(String, String, Interval)>, DataError> {
        let mut names = Vec::new();
        for (venue, venue_path) in folders(&self.root.join("candles"))? {
            for (symbol, symbol_path) in folders(&venue_path)? {
                for entry in entries(&symbol_path)? {
                    let is_folder = entry.is_dir();
                    if !is_folder && entry.extension().is_none_or(|e| e != "parquet") {
                        continue;
                    }
                    let stem = entry.file_stem().and_then(|s| s.to_str()).unwrap_or_default();
                    let interval: Interval =
                        stem.parse().map_err(|what| DataError::BadName { path: entry.clone(), what })?;
                    if !is_folder || !parquet_files(&entry)?.is_empty() {
                        names.push((venue.clone(), symbol.clone(), interval));
                    }
                }
            }
        }
        names.sort();
        names.dedup();
        Ok(names)
    }

    fn files_of(&self, venue: &str, symbol: &str, interval: Interval) -> Result<Vec<PathBuf>, DataError> {
        let folder = self.root.join("candles").join(venue).join(symbol);
        let mut files = Vec::new();
        if !folder.is_dir() {
            return Ok(files);
        }
        // `60m` and `1h` are one interval, so names are compared by what they mean.
        for entry in entries(&folder)? {
            let stem = entry.file_stem().and_then(|s| s.to_str()).unwrap_or_default();
            if stem.parse::<Interval>() != Ok(interval) {
                continue;
            }
            if entry.is_dir() {
                files.extend(parquet_files(&entry)?);
            } else if entry.extension().is_some_and(|e| e == "parquet") {
                files.push(entry);
            }
        }
        Ok(files)
    }

    pub(crate) fn describe_file(&self, path: &Path) -> Result<SeriesFile, DataError> {
        let layout = Layout::open(path)?;
        let (mut rows, mut first, mut last) = (0_u64, i64::MAX, i64::MIN);
        for group in 0..layout.groups() {
            if layout.rows(group) == 0 {
                continue;
            }
            let (min, max) = match layout.times(group, 0) {
                Some(times) => times,
                None => guarded(path, || decoded_times(&layout, group, rows))?,
            };
            rows += layout.rows(group);
            (first, last) = (first.min(min), last.max(max));
        }
        Ok(SeriesFile {
            path: path.to_path_buf(),
            relative: relative(&self.root, path),
            rows,
            first_open: Timestamp(first),
            last_open: Timestamp(last),
            from: Timestamp::MIN,
            to: Timestamp::MAX,
        })
    }
}

/// The smallest and largest open time of a row group without statistics.
fn decoded_times(layout: &Layout, group: usize, first_row: u64) -> Result<(i64, i64), DataError> {
    const ROWS: u64 = 8_192;
    let (mut column, unit): (Column, Unit) = (Column::default(), layout.unit(0));
    column.begin(layout.column(group, 0)?);
    let (mut left, mut min, mut max) = (layout.rows(group), i64::MAX, i64::MIN);
    while left > 0 {
        let rows = left.min(ROWS);
        let row = first_row + layout.rows(group) - left;
        column.fill(rows as usize, unit).map_err(|fault| describe(fault, layout, row, 0))?;
        for time in &column.values {
            (min, max) = (min.min(*time), max.max(*time));
        }
        left -= rows;
    }
    Ok((min, max))
}

fn series_name(venue: &str, symbol: &str, interval: Interval) -> String {
    format!("{venue}:{symbol} {interval}")
}

/// Whether a name is one folder or file below its parent.
pub(crate) fn plain_name(name: &str) -> bool {
    !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\', '\0'])
}

/// A path below the catalog with `/` on every system.
pub(crate) fn relative(root: &Path, path: &Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(path);
    below.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// The entries of a folder, sorted, without hidden ones.
pub(crate) fn entries(folder: &Path) -> Result<Vec<PathBuf>, DataError> {
    let io = |e: std::io::Error| DataError::io(folder, "list it", &e);
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(io)? {
        let entry = entry.map_err(io)?;
        if !entry.file_name().to_string_lossy().starts_with('.') {
            paths.push(entry.path());
        }
    }
    paths.sort();
    Ok(paths)
}

pub(crate) fn folders(parent: &Path) -> Result<Vec<(String, PathBuf)>, DataError> {
    let mut named = Vec::new();
    for path in entries(parent)?.into_iter().filter(|path| path.is_dir()) {
        let name = path
            .file_name()
            .and_then(|n| n.to_str())
            .ok_or_else(|| DataError::BadName { path: path.clone(), what: "the name is not UTF-8".to_string() })?;
        named.push((name.to_string(), path.clone()));
    }
    Ok(named)
}

pub(crate) fn parquet_files(folder: &Path) -> Result<Vec<PathBuf>, DataError> {
    let all = entries(folder)?;
    Ok(all.into_iter().filter(|p| p.is_file() && p.extension().is_some_and(|e| e == "parquet")).collect())
}

/// The three names that take the fewest edits to reach, in words.
fn nearest(wanted: &str, names: Vec<(String, String, Interval)>) -> String {
    let mut scored: Vec<(usize, String)> = names
        .into_iter()
        .map(|(venue, symbol, interval)| series_name(&venue, &symbol, interval))
        .map(|name| (edits(&wanted.to_lowercase(), &name.to_lowercase()), name))
        .collect();
    scored.sort();
    let names: Vec<String> = scored.into_iter().take(3).map(|(_, name)| name).collect();
    if names.is_empty() {
        "the catalog has no candles at all".to_string()
    } else {
        format!("nearest: {}", names.join(", "))
    }
}

/// Levenshtein's distance.
pub(crate) fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, to) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}
