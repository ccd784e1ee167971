//! `onetape data`: what a catalog holds.
use crate::arguments::DataCommand;
use crate::failure::Failure;
use crate::instant::instant_text;
use crate::terminal;
use datasets::{Catalog, ReadOptions, Series, TickClock, TickCounts, TickOptions, TickSeries};
use engine::measure::scaled_text;
use engine::{Candle, CandleSource, Interval, TickSource};
use std::collections::VecDeque;
use std::path::Path;

/// Runs the command.
pub(super) fn execute(command: DataCommand, json: bool) -> Result<(), Failure> {
    match command {
        DataCommand::Import(arguments) => super::import::execute(&arguments, json),
        DataCommand::List { catalog } => list(&catalog, json),
        DataCommand::Show { series, interval, catalog, rows } => show(&catalog, &series, &interval, rows, json),
    }
}

fn list(path: &Path, json: bool) -> Result<(), Failure> {
    let catalog = Catalog::open(path)?;
    let (series, ticks) = (catalog.list()?, catalog.list_ticks()?);
    if json {
        let list: Vec<serde_json::Value> = series.iter().map(object).chain(ticks.iter().map(tick_object)).collect();
        return terminal::print(&format!("{:#}\n", serde_json::Value::Array(list)));
    }
    let line = |s: &Series| {
        let times = [s.first_open(), s.last_open()].map(instant_text);
        let [first, last] = times;
        vec![s.venue.clone(), s.symbol.clone(), s.interval.to_string(), s.rows().to_string(), first, last]
    };
    let lines: Vec<Vec<String>> = series.iter().map(line).collect();
    terminal::print(&terminal::table(&["venue", "symbol", "interval", "candles", "first open", "last open"], &lines))?;
    if ticks.is_empty() {
        return Ok(());
    }
    let line = |s: &TickSeries| {
        let rows = |file: &Option<datasets::TickFile>| file.as_ref().map_or(0, |file| file.rows).to_string();
        let times = [s.first(), s.last()].map(instant_text);
        let [first, last] = times;
        vec![s.venue.clone(), s.symbol.clone(), rows(&s.trades), rows(&s.quotes), first, last]
    };
    let lines: Vec<Vec<String>> = ticks.iter().map(line).collect();
    let table = terminal::table(&["venue", "symbol", "trades", "quotes", "first tick", "last tick"], &lines);
    terminal::print(&format!("\n{table}"))
}

fn tick_object(series: &TickSeries) -> serde_json::Value {
    let rows = |file: &Option<datasets::TickFile>| file.as_ref().map_or(0, |file| file.rows);
    serde_json::json!({
        "venue": series.venue,
        "symbol": series.symbol,
        "trades": rows(&series.trades),
        "quotes": rows(&series.quotes),
        "clock": series.clock.column(),
        "first_tick": instant_text(series.first()),
        "last_tick": instant_text(series.last()),
        "files": series.files().map(|f| f.relative.clone()).collect::<Vec<_>>(),
    })
}

fn object(series: &Series) -> serde_json::Value {
    serde_json::json!({
        "venue": series.venue,
        "symbol": series.symbol,
        "interval": series.interval.to_string(),
        "candles": series.rows(),
        "first_open": instant_text(series.first_open()),
        "last_open": instant_text(series.last_open()),
        "files": series.files().iter().map(|f| f.relative.clone()).collect::<Vec<_>>(),
    })
}

fn show(path: &Path, name: &str, interval: &str, rows: usize, json: bool) -> Result<(), Failure> {
    let expected = || Failure::Usage(format!("`{name}` is no series: expected VENUE:SYMBOL, as in coinbase:BTCUSD"));
    let (venue, symbol) = name.split_once(':').ok_or_else(expected)?;
    let catalog = Catalog::open(path)?;
    if interval == "ticks" {
        return show_ticks(&catalog.ticks(venue, symbol)?, json);
    }
    let interval: Interval = interval.parse().map_err(Failure::Usage)?;
    let series = catalog.series(venue, symbol, interval)?;
    let (first, last) = ends(&series, rows)?;
    if json {
        let candles = |list: &[Candle]| list.iter().map(candle_object).collect::<Vec<_>>();
        let mut facts = object(&series);
        facts["first"] = candles(&first).into();
        facts["last"] = candles(&last).into();
        return terminal::print(&format!("{facts:#}\n"));
    }
    let mut lines: Vec<Vec<String>> = first.iter().map(cells).collect();
    if !last.is_empty() {
        lines.push(vec!["...".to_string()]);
        lines.extend(last.iter().map(cells));
    }
    let table = terminal::table(&["open time", "open", "high", "low", "close", "volume"], &lines);
    terminal::print(&format!(
        "{}: {} candles\n{table}{}{}",
        series.name(),
        series.rows(),
        known_defects(&catalog, &series)?,
        ticks_beside(&catalog, &series)?
    ))
}

/// What the ticks of a symbol are; every one is read and checked on the way.
fn show_ticks(series: &TickSeries, json: bool) -> Result<(), Failure> {
    let mut source = series.read(TickOptions::all())?;
    while source.advance()? {}
    let TickCounts { trades, quotes, crossed, suspicious } = source.counts();
    if json {
        let mut facts = tick_object(series);
        facts["crossed_quotes"] = crossed.into();
        facts["suspicious_trades"] = suspicious.into();
        return terminal::print(&format!("{facts:#}\n"));
    }
    let clock = match series.clock {
        TickClock::Received => "as received",
        TickClock::Event => "as they happened",
    };
    let [first, last] = [series.first(), series.last()].map(instant_text);
    let mut text = format!("{}: {trades} trades and {quotes} quotes from {first} to {last}, {clock}", series.name());
    text += &format!(" ({})\n{crossed} quotes have a bid above their ask and are kept\n", series.clock.column());
    text += &format!("{suspicious} trades are marked as suspicious and left out\n");
    terminal::print(&text)
}

/// The first and the last candles; every candle is read and checked on the way.
fn ends(series: &Series, rows: usize) -> Result<(Vec<Candle>, Vec<Candle>), Failure> {
    let mut source = series.read(ReadOptions::all(series.interval.0))?;
    let (mut first, mut last) = (Vec::new(), VecDeque::new());
    while source.advance()? {
        for candle in source.block() {
            if first.len() < rows {
                first.push(*candle);
                continue;
            }
            last.push_back(*candle);
            if last.len() > rows {
                last.pop_front();
            }
        }
    }
    Ok((first, last.into()))
}

/// What the manifest declares about the files of a series.
fn known_defects(catalog: &Catalog, series: &Series) -> Result<String, Failure> {
    let Some(manifest) = catalog.manifest()? else { return Ok(String::new()) };
    let ours = manifest.files.iter().filter(|f| series.files().iter().any(|s| s.relative == f.path));
    let lines = ours
        .flat_map(|file| &file.known_defects)
        .map(|d| format!("known defect: {} {}: {}\n", d.open_time, d.kind, d.what));
    Ok(lines.collect())
}

/// That a symbol has ticks as well, where it does.
fn ticks_beside(catalog: &Catalog, series: &Series) -> Result<String, Failure> {
    match catalog.ticks(&series.venue, &series.symbol) {
        Ok(ticks) => {
            let [first, last] = [ticks.first(), ticks.last()].map(instant_text);
            Ok(format!("ticks: {} rows from {first} to {last}\n", ticks.rows()))
        }
        Err(error) if error.is_unknown_name() => Ok(String::new()),
        Err(error) => Err(error.into()),
    }
}

fn cells(candle: &Candle) -> Vec<String> {
    let values = [candle.open.0, candle.high.0, candle.low.0, candle.close.0, candle.volume];
    let mut cells = vec![instant_text(candle.open_time)];
    cells.extend(values.map(|v| scaled_text(v, datasets::FILE_SCALE)));
    cells
}

fn candle_object(candle: &Candle) -> serde_json::Value {
    let text = |v: i64| scaled_text(v, datasets::FILE_SCALE);
    serde_json::json!({
        "open_time": instant_text(candle.open_time),
        "open": text(candle.open.0),
        "high": text(candle.high.0),
        "low": text(candle.low.0),
        "close": text(candle.close.0),
        "volume": text(candle.volume),
    })
}
