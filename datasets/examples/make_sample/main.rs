//! Makes the sample catalog from a larger collection of the same layout.
//!
//! `cargo run -p onetape-datasets --example make_sample -- COLLECTION datasets/sample`. COLLECTION holds `candles/`,
//! `actions/`, `funding/`, `ticks/`, `licences/` and MANIFEST.json, which gives each file's source, licence and note. Candles are
//! written anew in our layout; nothing else about them changes. Those of binance:BTCUSDT are made of its trades. The
//! instrument records, NOTICE and ta4j's licence text (the collection has only its name) are kept by hand.
mod traded;

use datasets::{Catalog, FileNotes, KnownDefect, Manifest, ManifestFile, ReadOptions, load_all, write_candles};
use engine::{Interval, Timestamp};
use serde::Deserialize;
use std::error::Error;
use std::path::Path;

const EQUITIES: [&str; 20] = [
    "AAPL", "AMZN", "BA", "CSCO", "CVX", "DIS", "F", "GE", "HD", "IBM", "INTC", "JNJ", "JPM", "KO", "MSFT", "NFLX",
    "NVDA", "PG", "WMT", "XOM",
];

const ALL: (i64, i64) = (i64::MIN, i64::MAX);
/// The two days around the top of 2017, in seconds.
const TOP_OF_2017: (i64, i64) = (1_513_468_800, 1_513_641_600);

const CANDLES: [(&str, &str, (i64, i64)); 10] = [
    ("coinbase/BTCUSD", "4h", ALL),
    ("coinbase/BTCUSD", "1d", ALL),
    ("coinbase/BTCUSD", "1m", TOP_OF_2017),
    ("coinbase/ETHUSD", "1d", ALL),
    ("fxcm/EURUSD-BID", "1h", ALL),
    ("fxcm/EURUSD-ASK", "1h", ALL),
    ("binance/BTCBUSD", "1m", ALL),
    ("bybit/BTCUSDT", "1m", ALL),
    ("binance-coinm-perp/BTCUSD", "1m", ALL),
    ("bybit-usdt-perp/BTCUSDT", "1m", ALL),
];

const COPIES: [&str; 4] = [
    "funding/binance-coinm-perp/BTCUSD.parquet",
    "funding/bybit-usdt-perp/BTCUSDT.parquet",
    traded::TRADES,
    "ticks/binance/BTCUSDT/quotes.parquet",
];

/// File, time, kind and what: rows of the sources that are odd and kept as they are.
const DEFECTS: [(&str, &str, &str, &str); 9] = [
    (
        "candles/coinbase/BTCUSD/4h.parquet",
        "2017-04-15T20:00:00Z",
        "off_market_print",
        "the low is near zero; the high is 19,775 times the low",
    ),
    (
        "candles/coinbase/BTCUSD/4h.parquet",
        "2018-04-03T20:00:00Z",
        "off_market_print",
        "closes at 5200 while every neighbour is above 7200",
    ),
    ("actions/us-equity/AAPL.parquet", "2014-06-09", "odd_ratio", "a 7:1 split written as 7.000007"),
    ("actions/us-equity/NFLX.parquet", "2015-07-15", "odd_ratio", "a 7:1 split written as 7.000007"),
    ("actions/us-equity/NVDA.parquet", "2007-09-11", "odd_ratio", "a 3:2 split written as 1.49999925"),
    (
        "candles/us-equity/F/1d.parquet",
        "2000-08-03T13:30:00Z",
        "jump_without_action",
        "a recapitalisation that the actions do not list",
    ),
    ("candles/us-equity/AAPL/1d.parquet", "2000-09-29T13:30:00Z", "true_jump", "news, not an action"),
    ("candles/us-equity/NFLX/1d.parquet", "2004-10-15T13:30:00Z", "true_jump", "news, not an action"),
    (
        "candles/binance-coinm-perp/BTCUSD/1m.parquet",
        "2022-12-13T04:28:00Z",
        "missing_bars",
        "the minute after this one is missing in the source",
    ),
];

#[derive(Deserialize)]
struct Listed {
    file: String,
    source: String,
    licence: String,
    #[serde(default)]
    note: String,
    #[serde(default)]
    price: String,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(from), Some(to)) = (arguments.next(), arguments.next()) else {
        return Err("usage: make_sample COLLECTION SAMPLE".into());
    };
    let (from, to) = (Path::new(&from), Path::new(&to));
    let listed: Vec<Listed> = serde_json::from_slice(&std::fs::read(from.join("MANIFEST.json"))?)?;
    let mut manifest = Manifest::default();
    let equities = EQUITIES.map(|symbol| (format!("us-equity/{symbol}"), "1d", ALL));
    let others = CANDLES.map(|(place, interval, window)| (place.to_string(), interval, window));
    for (place, interval, window) in equities.into_iter().chain(others) {
        let name = format!("candles/{place}/{interval}.parquet");
        let entry = find(&listed, &name)?;
        rewrite(from, to, &place, interval, window, entry)?;
        manifest.files.push(provenance(&name, entry));
    }
    let actions = EQUITIES.map(|symbol| format!("actions/us-equity/{symbol}.parquet"));
    for name in actions.into_iter().chain(COPIES.map(str::to_string)) {
        let entry = find(&listed, &name)?;
        copy(from, to, &name)?;
        manifest.files.push(provenance(&name, entry));
    }
    let trades = find(&listed, traded::TRADES)?;
    for interval in ["1s", "5s"] {
        let (name, made_of) = traded::write(to, interval, trades)?;
        manifest.files.push(provenance(&name, &made_of));
    }
    for owner in ["Pooksoft_PooksoftSP500EquityPriceDataSet", "QuantConnect_Lean", "nkaz001_hftbacktest"] {
        copy(from, to, &format!("licences/{owner}.txt"))?;
    }
    let catalog = Catalog::open(to)?;
    catalog.save_manifest(&manifest)?;
    let manifest = catalog.write_manifest()?;
    let bytes: u64 = manifest.files.iter().map(|file| file.bytes).sum();
    eprintln!("{} files, {bytes} bytes", manifest.files.len());
    Ok(())
}

fn find<'a>(listed: &'a [Listed], name: &str) -> Result<&'a Listed, String> {
    listed.iter().find(|entry| entry.file == name).ok_or_else(|| format!("{name} is not in MANIFEST.json"))
}

fn rewrite(
    from: &Path,
    to: &Path,
    place: &str,
    interval: &str,
    (first, last): (i64, i64),
    entry: &Listed,
) -> Result<(), Box<dyn Error>> {
    let (venue, symbol) = place.split_once('/').ok_or("a place is VENUE/SYMBOL")?;
    let interval: Interval = interval.parse()?;
    let ns = |seconds: i64| Timestamp(seconds.saturating_mul(Interval::SECOND.0));
    let options = ReadOptions { from: ns(first), to: ns(last), ..ReadOptions::all(interval.0) };
    let candles = load_all(&Catalog::open(from)?.series(venue, symbol, interval)?, options)?;
    let notes = FileNotes {
        venue: venue.to_string(),
        symbol: symbol.to_string(),
        interval,
        source: entry.source.clone(),
        licence: entry.licence.clone(),
        price: entry.price.clone(),
        note: entry.note.clone(),
    };
    let path = to.join("candles").join(place).join(format!("{interval}.parquet"));
    let rows = write_candles(&path, &notes, &candles)?;
    eprintln!("{place} {interval}: {rows} candles, {} bytes", path.metadata()?.len());
    Ok(())
}

fn copy(from: &Path, to: &Path, name: &str) -> Result<(), Box<dyn Error>> {
    let target = to.join(name);
    std::fs::create_dir_all(target.parent().ok_or("a file has a folder")?)?;
    std::fs::write(target, std::fs::read(from.join(name))?)?; // not fs::copy, which would keep a read-only mode
    Ok(())
}

/// Source, commit and licence; `write_manifest` measures the rest.
fn provenance(name: &str, entry: &Listed) -> ManifestFile {
    let commit =
        entry.source.split_once('@').and_then(|(_, rest)| rest.split_once(':')).map_or("", |(commit, _)| commit);
    let defects = DEFECTS.iter().filter(|(file, ..)| *file == name);
    let text = |t: &str| t.to_string();
    ManifestFile {
        path: text(name),
        source: entry.source.clone(),
        commit: text(commit),
        licence: entry.licence.clone(),
        notes: entry.note.clone(),
        known_defects: defects
            .map(|(_, time, kind, what)| KnownDefect { open_time: text(time), kind: text(kind), what: text(what) })
            .collect(),
        ..ManifestFile::default()
    }
}
