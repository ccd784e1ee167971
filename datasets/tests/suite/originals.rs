//! Original files of the formats' owners, where the environment variable ONETAPE_SHARED names a folder that has them.
use crate::importers::{imported, spec, time};
use datasets::import::{Columns, Finer, Format, ImportSpec, Label, QuoteSide, TimeFormat};
use engine::{Candle, Interval};
use std::path::PathBuf;

/// The folder, or a line that says what was left out.
fn originals(test: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("ONETAPE_SHARED").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("{test}: skipped, ONETAPE_SHARED names no folder with original files");
    }
    folder.map(|folder| folder.join("data/raw"))
}

/// Rows, first and last open time, and the first close.
fn check(spec: &ImportSpec, expected: (usize, &str, &str, i64)) {
    let (_, candles): (_, Vec<Candle>) = imported(spec).unwrap();
    let (first, last) = (&candles[0], &candles[candles.len() - 1]);
    let found = (candles.len(), time(first.open_time), time(last.open_time), first.close.0);
    assert_eq!(found, (expected.0, expected.1.into(), expected.2.into(), expected.3), "{:?}", spec.inputs);
}

#[test]
fn original_zips_of_lean_are_read() {
    let Some(raw) = originals("original_zips_of_lean_are_read") else { return };
    let lean = raw.join("lean");
    let mut daily = spec(Format::LeanTrades, lean.join("equity_usa_daily_aapl.zip"), Interval::DAY);
    (daily.zone, daily.price_divisor) = ("America/New_York".parse().unwrap(), 10_000);
    daily.session_open = Some(jiff::civil::time(9, 30, 0, 0));
    check(&daily, (5_849, "1998-01-02T14:30:00Z", "2021-03-31T13:30:00Z", 1_625_000_000));
    let mut minute = ImportSpec { session_open: None, ..daily };
    minute.notes.interval = Interval::MINUTE;
    minute.inputs =
        ["0606", "0609"].map(|day| lean.join(format!("equity_usa_minute_aapl_2014{day}_trade.zip"))).to_vec();
    check(&minute, (1_617, "2014-06-06T08:00:00Z", "2014-06-09T23:59:00Z", 64_910_000_000));
    let crypto =
        spec(Format::LeanTrades, lean.join("crypto_coinbase_minute_btcusd_20171217_trade.zip"), Interval::MINUTE);
    check(&crypto, (1_440, "2017-12-17T00:00:00Z", "2017-12-17T23:59:00Z", 1_951_696_000_000));
    let mut fxcm = spec(
        Format::LeanQuotes(QuoteSide::Bid),
        lean.join("forex_fxcm_minute_eurusd_20140505_quote.zip"),
        Interval::MINUTE,
    );
    fxcm.zone = "-05:00".parse().unwrap();
    check(&fxcm, (1_410, "2014-05-05T05:00:00Z", "2014-05-06T04:59:00Z", 138_755_000));
    let oanda = spec(Format::LeanQuotes(QuoteSide::Ask), lean.join("forex_oanda_daily_gbpusd.zip"), Interval::DAY);
    check(&oanda, (3_738, "2007-01-01T00:00:00Z", "2018-12-31T00:00:00Z", 196_425_000));
}

#[test]
fn original_tables_are_read() {
    let Some(raw) = originals("original_tables_are_read") else { return };
    let klines = spec(Format::BinanceKlines, raw.join("binance/ADABTC-1m-2021-11-27.csv"), Interval::MINUTE);
    check(&klines, (10, "2021-11-27T00:00:00Z", "2021-11-27T00:09:00Z", 2_854));
    let json = spec(Format::FreqtradeJson, raw.join("freqtrade/UNITTEST_BTC-1m.json"), Interval::MINUTE);
    check(&json, (13_681, "2017-11-04T23:02:00Z", "2017-11-14T22:59:00Z", 162_008));
    let hourly = spec(Format::BacktestingPy, raw.join("backtesting/EURUSD.csv"), Interval::HOUR);
    check(&hourly, (5_000, "2017-04-19T09:00:00Z", "2018-02-07T15:00:00Z", 107_219_000));
    let gym = Columns {
        time_format: TimeFormat::Pattern("%d.%m.%Y %H:%M:%S%.f".into()),
        ..columns(b',', ["Time", "Open", "High", "Low", "Close", "Volume"])
    };
    let mut forex = spec(Format::Csv(gym), raw.join("gym_anytrading/FOREX_EURUSD_1H_ASK.csv"), Interval::HOUR);
    forex.volume_divisor = 1_000; // it counts single euros, up to 10^11 an hour
    check(&forex, (6_225, "2017-01-01T22:00:00Z", "2017-12-29T21:00:00Z", 105_227_000));
    let histdata = Columns {
        header: false,
        time_format: TimeFormat::Pattern("%Y%m%d %H%M%S".into()),
        ..columns(b';', ["0", "1", "2", "3", "4", "5"])
    };
    let file = raw.join("histdata/DAT_ASCII_EURUSD_M1_201703_1_10.csv");
    let mut histdata = spec(Format::Csv(histdata), file, Interval::MINUTE);
    histdata.zone = "America/New_York".parse().unwrap();
    check(&histdata, (11_092, "2017-03-01T05:00:00Z", "2017-03-10T21:59:00Z", 105_529_000));
}

#[test]
fn an_original_error_message_is_recognised() {
    let Some(raw) = originals("an_original_error_message_is_recognised") else { return };
    let table = columns(b',', ["timestamp", "open", "high", "low", "close", "volume"]);
    let mut spec = spec(Format::Csv(table), raw.join("alphavantage/DA-BF.B.csv"), Interval::DAY);
    (spec.label, spec.finer) = (Label::Open, Finer::Refuse);
    let error = imported(&spec).unwrap_err().to_string();
    assert!(error.contains("it looks like a saved error message, not a table"), "{error}");
}

fn columns(delimiter: u8, names: [&str; 6]) -> Columns {
    let [time, open, high, low, close, volume] = names.map(Into::into);
    Columns {
        delimiter,
        header: true,
        time_format: TimeFormat::Iso,
        time,
        open,
        high,
        low,
        close,
        volume: Some(volume),
    }
}
