//! Tables of separated values, with columns that the caller or the format names.
use crate::import::archive::Limited;
use crate::import::line_feeds::LineFeeds;
use crate::import::sink::{Line, Sink};
use crate::import::{ImportError, TimeFormat};
use csv::StringRecord;
use engine::Timestamp;
use std::fs::File;
use std::io::Read;
use std::ops::RangeInclusive;
use std::path::Path;

/// A column by its name in the header, or by its zero-based place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field {
    /// The name in the header; upper and lower case count.
    Name(String),
    /// The zero-based place.
    Place(usize),
}

impl From<&str> for Field {
    /// Digits are a place, everything else is a name.
    fn from(text: &str) -> Self {
        text.parse().map_or_else(|_| Self::Name(text.to_string()), Self::Place)
    }
}

/// Which columns of a table hold what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    /// The separator, a single byte.
    pub delimiter: u8,
    /// Whether the first line names the columns.
    pub header: bool,
    /// How times are written.
    pub time_format: TimeFormat,
    /// The label.
    pub time: Field,
    /// First price.
    pub open: Field,
    /// Highest price.
    pub high: Field,
    /// Lowest price.
    pub low: Field,
    /// Last price.
    pub close: Field,
    /// Volume; zero everywhere where the source has none.
    pub volume: Option<Field>,
}

impl Columns {
    /// A header, an unnamed first column with the time, then Open, High, Low, Close, Volume.
    pub(crate) fn backtesting_py() -> Self {
        Self {
            delimiter: b',',
            header: true,
            time_format: TimeFormat::Iso,
            time: Field::Place(0),
            open: "Open".into(),
            high: "High".into(),
            low: "Low".into(),
            close: "Close".into(),
            volume: Some("Volume".into()),
        }
    }
}

/// How a label of a table is read.
pub(crate) enum Stamp {
    /// As the format says.
    Label(TimeFormat),
    /// Milliseconds since midnight of a day.
    InDay(jiff::civil::Date),
    /// Milliseconds or microseconds by their number of digits, as Binance writes them.
    Kline,
}

/// Columns by place, for one file.
pub(crate) struct Plan {
    pub(crate) delimiter: u8,
    pub(crate) header: bool,
    pub(crate) stamp: Stamp,
    pub(crate) time: usize,
    pub(crate) prices: [usize; 4],
    pub(crate) volume: Option<usize>,
    /// Columns that a line may have.
    pub(crate) width: RangeInclusive<usize>,
    pub(crate) empty_is_no_quote: bool,
}

impl Plan {
    /// Comma, no header, time first, then prices and volume.
    pub(crate) fn bare(stamp: Stamp) -> Self {
        Self {
            delimiter: b',',
            header: false,
            stamp,
            time: 0,
            prices: [1, 2, 3, 4],
            volume: Some(5),
            width: 1..=usize::MAX,
            empty_is_no_quote: false,
        }
    }
}

/// Reads a table with declared columns.
pub(crate) fn read(path: &Path, columns: &Columns, sink: &mut Sink) -> Result<(), ImportError> {
    let mut reader = builder(columns.delimiter, columns.header).from_reader(LineFeeds::new(Limited::new(open(path)?)));
    let names =
        if columns.header { Some(reader.headers().map_err(|e| unreadable(path, 1, &e))?.clone()) } else { None };
    let place = |field: &Field| place(path, field, names.as_ref());
    let plan = Plan {
        delimiter: columns.delimiter,
        header: columns.header,
        time: place(&columns.time)?,
        prices: [place(&columns.open)?, place(&columns.high)?, place(&columns.low)?, place(&columns.close)?],
        volume: columns.volume.as_ref().map(place).transpose()?,
        ..Plan::bare(Stamp::Label(columns.time_format.clone()))
    };
    each(path, reader, &plan, sink)
}

/// Reads a kline archive of Binance, which may or may not have a header.
pub(crate) fn read_klines(path: &Path, sink: &mut Sink) -> Result<(), ImportError> {
    let mut first = [0];
    let read = open(path)?.read(&mut first).map_err(|e| ImportError::file(path, format!("cannot read it: {e}")))?;
    let header = read == 1 && !first[0].is_ascii_digit();
    let plan = Plan { header, width: 12..=12, ..Plan::bare(Stamp::Kline) };
    rows(path, Limited::new(open(path)?), &plan, sink)
}

/// Reads a table by places.
pub(crate) fn rows<R: Read>(path: &Path, input: Limited<R>, plan: &Plan, sink: &mut Sink) -> Result<(), ImportError> {
    each(path, builder(plan.delimiter, plan.header).from_reader(LineFeeds::new(input)), plan, sink)
}

fn each<R: Read>(path: &Path, mut reader: csv::Reader<R>, plan: &Plan, sink: &mut Sink) -> Result<(), ImportError> {
    let mut record = StringRecord::new();
    loop {
        let read = reader.read_record(&mut record);
        // Every line is ended, so the reader stands in the one after the record; only quoted values span lines.
        let last = reader.position().line().saturating_sub(1);
        if !read.map_err(|e| unreadable(path, last, &e))? {
            return Ok(());
        }
        let spanned: u64 = record.iter().map(|value| value.matches('\n').count() as u64).sum();
        let line = Line { file: path, number: last.saturating_sub(spanned) };
        if !plan.width.contains(&record.len()) {
            let (found, expected) = (record.len(), plan.width.start());
            let text: String = record.iter().collect::<Vec<_>>().join(",").chars().take(60).collect();
            return Err(
                line.error(format!("{found} columns, expected {expected}: `{text}`; not a file of this format?"))
            );
        }
        candle(line, &record, plan, sink)?;
    }
}

fn candle(line: Line<'_>, record: &StringRecord, plan: &Plan, sink: &mut Sink) -> Result<(), ImportError> {
    let value = |at: usize| {
        let columns = record.len();
        record.get(at).ok_or_else(|| {
            let text: String = record.iter().collect::<Vec<_>>().join(",").chars().take(60).collect();
            line.error(format!("no column {at}, the line has {columns}: `{text}`; is this the file that was meant?"))
        })
    };
    let prices = [value(plan.prices[0])?, value(plan.prices[1])?, value(plan.prices[2])?, value(plan.prices[3])?];
    if plan.empty_is_no_quote && prices.iter().all(|text| text.is_empty()) {
        sink.without_quote += 1;
        return Ok(());
    }
    let time = value(plan.time)?;
    let open_time = match &plan.stamp {
        Stamp::Label(format) => sink.clock.open_time(time, format),
        Stamp::InDay(day) => sink.clock.in_day(*day, time),
        Stamp::Kline => kline_time(sink, time, value(6)?),
    };
    let open_time = open_time.map_err(|what| line.error(what))?;
    let volume = plan.volume.map_or(Ok("0"), value)?;
    sink.accept(line, open_time, [prices[0], prices[1], prices[2], prices[3], volume])
}

/// Thirteen digits are milliseconds, sixteen microseconds; the close time, one unit before the next open, has to agree.
fn kline_time(sink: &Sink, open: &str, close: &str) -> Result<Timestamp, String> {
    let (format, unit) = match open.len() {
        13 => (TimeFormat::EpochMillis, 1_000_000),
        16 => (TimeFormat::EpochMicros, 1_000),
        _ => return Err(format!("`{open}` is not an open time in milliseconds or microseconds")),
    };
    let (open, close) = (sink.clock.open_time(open, &format)?, sink.clock.open_time(close, &format)?);
    if open.0.checked_add(sink.length_ns() - unit) != Some(close.0) {
        let text = crate::error::time_text(close);
        return Err(format!("the candle ends {text}, which is not one declared interval after its open"));
    }
    Ok(open)
}

fn open(path: &Path) -> Result<File, ImportError> {
    File::open(path).map_err(|e| ImportError::file(path, format!("cannot open it: {e}")))
}

fn builder(delimiter: u8, header: bool) -> csv::ReaderBuilder {
    let mut builder = csv::ReaderBuilder::new();
    builder.delimiter(delimiter).has_headers(header).flexible(true);
    builder
}

fn place(path: &Path, field: &Field, names: Option<&StringRecord>) -> Result<usize, ImportError> {
    let name = match (field, names) {
        (Field::Place(at), _) => return Ok(*at),
        (Field::Name(name), None) => {
            return Err(ImportError::Spec {
                what: format!("column `{name}` is given by name, but the file has no header"),
            });
        }
        (Field::Name(name), Some(_)) => name,
    };
    let names = names.map(|names| names.iter().map(str::trim).collect::<Vec<_>>()).unwrap_or_default();
    names.iter().position(|found| found == name).ok_or_else(|| {
        let found: String = names.join(", ").chars().take(120).collect();
        let hint =
            if found.starts_with(['{', '<']) { "; it looks like a saved error message, not a table" } else { "" };
        ImportError::file(path, format!("no column `{name}`; the first line is `{found}`{hint}"))
    })
}

fn unreadable(path: &Path, number: u64, error: &csv::Error) -> ImportError {
    match error.position() {
        Some(_) => Line { file: path, number }.error(format!("cannot be read: {error}")),
        None => ImportError::file(path, format!("cannot be read: {error}")),
    }
}
