//! `onetape data import`: candles of a foreign format into a catalog, time zone and label declared.
use crate::arguments::{ForeignFormat, ImportArguments, TimeLabel};
use crate::failure::Failure;
use crate::instant::instant_text;
use crate::terminal;
use datasets::import::{
    Columns, Field, Finer, Format, ImportError, ImportSpec, Label, QuoteSide, TimeFormat, Zone, import,
};
use datasets::writer::FileNotes;
use std::collections::BTreeMap;

/// Runs the command.
pub(super) fn execute(arguments: &ImportArguments, json: bool) -> Result<(), Failure> {
    let report = import(&arguments.catalog, &spec(arguments)?).map_err(|error| match error {
        ImportError::Spec { .. } => Failure::usage(error),
        error => Failure::failed(error),
    })?;
    let (first, last) = (instant_text(report.first), instant_text(report.last));
    let file = report.file.display().to_string();
    if json {
        let object = serde_json::json!({
            "file": file, "rows": report.rows, "first": first, "last": last,
            "rounded": report.rounded, "without_quote": report.without_quote,
        });
        return terminal::print(&format!("{object:#}\n"));
    }
    let mut text = format!("imported {} candles, {first} to {last}, into {file}\n", report.rows);
    if report.rounded > 0 {
        text += &format!("rounded {} values to eight decimal places\n", report.rounded);
    }
    if report.without_quote > 0 {
        text += &format!("left out {} rows without a quote on this side\n", report.without_quote);
    }
    terminal::print(&text)
}

fn spec(arguments: &ImportArguments) -> Result<ImportSpec, Failure> {
    let price = match arguments.format {
        ForeignFormat::LeanBid => "bid",
        ForeignFormat::LeanAsk => "ask",
        _ => "trade",
    };
    let notes = FileNotes {
        venue: arguments.venue.clone(),
        symbol: arguments.symbol.clone(),
        interval: arguments.interval.parse().map_err(Failure::Usage)?,
        source: arguments.source.clone(),
        licence: arguments.licence.clone(),
        price: price.into(),
        note: String::new(),
    };
    let session = arguments.session_open.as_deref().map(|text| {
        let wrong = |e| Failure::Usage(format!("--session-open {text}: {e}; expected a time as in 09:30"));
        text.parse::<jiff::civil::Time>().map_err(wrong)
    });
    Ok(ImportSpec {
        format: format(arguments)?,
        inputs: arguments.files.clone(),
        notes,
        zone: arguments.zone.parse::<Zone>().map_err(|e| Failure::Usage(format!("--zone: {e}")))?,
        label: match arguments.label {
            TimeLabel::Open => Label::Open,
            TimeLabel::Close => Label::Close,
        },
        price_divisor: arguments.price_divisor,
        volume_divisor: arguments.volume_divisor,
        session_open: session.transpose()?,
        finer: if arguments.round { Finer::Round } else { Finer::Refuse },
        file_name: None,
        replace: arguments.replace,
    })
}

fn format(arguments: &ImportArguments) -> Result<Format, Failure> {
    Ok(match arguments.format {
        ForeignFormat::Csv => Format::Csv(columns(arguments)?),
        ForeignFormat::Backtesting => Format::BacktestingPy,
        ForeignFormat::Binance => Format::BinanceKlines,
        ForeignFormat::Freqtrade => Format::FreqtradeJson,
        ForeignFormat::Lean => Format::LeanTrades,
        ForeignFormat::LeanBid => Format::LeanQuotes(QuoteSide::Bid),
        ForeignFormat::LeanAsk => Format::LeanQuotes(QuoteSide::Ask),
    })
}

const COLUMNS: [&str; 6] = ["time", "open", "high", "low", "close", "volume"];

fn columns(arguments: &ImportArguments) -> Result<Columns, Failure> {
    let expected =
        "expected --columns time=Date,open=Open,high=High,low=Low,close=Close,volume=Volume, by header or number";
    let text =
        arguments.columns.as_deref().ok_or_else(|| Failure::Usage(format!("a CSV needs its columns: {expected}")))?;
    let mut fields: BTreeMap<&str, Field> = BTreeMap::new();
    for pair in text.split(',') {
        let (name, column) =
            pair.split_once('=').ok_or_else(|| Failure::Usage(format!("--columns {pair}: {expected}")))?;
        if !COLUMNS.contains(&name) {
            return Err(Failure::Usage(format!("--columns: there is no column `{name}`; {expected}")));
        }
        let field = column.parse().map_or_else(|_| Field::from(column), Field::Place);
        fields.insert(name, field);
    }
    let mut needed =
        |name: &str| fields.remove(name).ok_or_else(|| Failure::Usage(format!("--columns lacks `{name}`; {expected}")));
    let delimiter = match arguments.delimiter.as_bytes() {
        [one] => *one,
        b"\\t" => b'\t',
        _ => return Err(Failure::Usage(format!("--delimiter `{}`: expected one byte, or \\t", arguments.delimiter))),
    };
    Ok(Columns {
        delimiter,
        header: !arguments.no_header,
        time_format: time_format(&arguments.time),
        time: needed("time")?,
        open: needed("open")?,
        high: needed("high")?,
        low: needed("low")?,
        close: needed("close")?,
        volume: needed("volume").ok(),
    })
}

fn time_format(text: &str) -> TimeFormat {
    match text {
        "s" => TimeFormat::EpochSeconds,
        "ms" => TimeFormat::EpochMillis,
        "us" => TimeFormat::EpochMicros,
        "ns" => TimeFormat::EpochNanos,
        "iso" => TimeFormat::Iso,
        pattern => TimeFormat::Pattern(pattern.into()),
    }
}
