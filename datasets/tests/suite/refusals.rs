//! Foreign files that cannot be imported say where and why, and leave no file.
use crate::importers::{fixture, imported, places, spec};
use datasets::import::{Columns, Finer, Format, Label, Zone};
use engine::Interval;

/// Imports text as a table by places; the error without the folder.
fn table(text: &str, expected: &str) {
    declared(text, &places(), Zone::utc(), expected);
}

fn declared(text: &str, columns: &Columns, zone: Zone, expected: &str) {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("a.csv");
    std::fs::write(&input, text).unwrap();
    let mut spec = spec(Format::Csv(columns.clone()), input, Interval::HOUR);
    spec.zone = zone;
    let error = imported(&spec).unwrap_err().to_string().replace(&format!("{}/", folder.path().display()), "");
    assert_eq!(error, expected);
}

fn format(format: Format, name: &str, expected: &str) {
    let error = imported(&spec(format, fixture(name), Interval::MINUTE)).unwrap_err().to_string();
    assert!(error.ends_with(expected), "{error}");
}

const GOOD: &str = "2021-03-01 00:00:00;10;12;9;11;5\n";

#[test]
fn a_line_that_cannot_be_a_candle_is_named() {
    let with = |line: &str, expected: &str| table(&format!("{GOOD}{line}\n"), &format!("a.csv: line 2: {expected}"));
    with(
        "2021-03-01 01:00:00;10;8;9;11;5",
        "high is below low: open 10, high 8, low 9, close 11, volume 5; correct or remove the line",
    );
    with("2021-03-01 00:00:00;10;12;9;11;5", "a second candle at 2021-03-01T00:00:00Z; remove one of the two");
    with(
        "2021-02-28 23:00:00;10;12;9;11;5",
        "2021-02-28T23:00:00Z is out of order, the candle before is 2021-03-01T00:00:00Z; sort the file by time",
    );
    with("2021-03-01 01:00:00;1O;12;9;11;5", "`open` = `1O` is not a decimal number");
    with("2021-03-01 01:00:00;10;12;9;;5", "`close` = `` is not a decimal number");
    with(
        "2021-03-01 01:00:00;10;12.000000001;9;11;5",
        "`high` = 12.000000001 has more than 8 decimal places; correct it, or use `--round`",
    );
    with(
        "2021-03-01 01:00:00;10;12;9;11;100000000000",
        "`volume` = 100000000000 does not fit 64 bits with 8 decimal places; declare `--volume-divisor`",
    );
    with(
        "2021-03-01 01:00:00;10;10000000000;9;11;5",
        "`high` = 10000000000 is too large for a price; check `--price-divisor`",
    );
    with(
        "2021-03-01 01:00:00;100000000000;12;9;11;5",
        "`open` = 100000000000 does not fit 64 bits with 8 decimal places; declare `--price-divisor`",
    );
    with("yesterday;10;12;9;11;5", "`yesterday` is not a time such as 2017-04-19 09:00:00");
    with(
        "2021-03-01 01:00:00;10;12",
        "no column 3, the line has 3: `2021-03-01 01:00:00,10,12`; is this the file that was meant?",
    );
}

#[test]
fn a_local_time_that_is_missing_or_doubled_is_refused() {
    let new_york: Zone = "America/New_York".parse().unwrap();
    let refused = |stamp: &str| {
        let what = stamp.replace(' ', "T");
        let expected = format!("a.csv: line 1: {what} does not exist, or exists twice, on the declared clock");
        declared(&format!("{stamp};10;12;9;11;5\n"), &places(), new_york.clone(), &expected);
    };
    refused("2021-03-14 02:30:00");
    refused("2021-11-07 01:30:00");
    for text in ["Mars/Olympus", "+5", "-25:99", ""] {
        let error = text.parse::<Zone>().unwrap_err().to_string();
        assert!(error.contains("is not a time zone"), "{error}");
    }
}

#[test]
fn a_file_that_is_not_a_table_of_candles_is_refused() {
    let named = Columns { header: true, open: "open".into(), ..places() };
    declared(
        "{\nError Message\n}\n",
        &named,
        Zone::utc(),
        "a.csv: no column `open`; the first line is `{`; it looks like a saved error message, not a table",
    );
    declared("a;b\n", &named, Zone::utc(), "a.csv: no column `open`; the first line is `a, b`");
    declared(
        GOOD,
        &Columns { open: "open".into(), ..places() },
        Zone::utc(),
        "cannot import: column `open` is given by name, but the file has no header",
    );
    table("", "cannot import: the input holds no candles");
    let long = "9".repeat(70_000);
    let error = "a.csv: cannot be read: a line of more than 65536 bytes, so not a table of candles";
    table(&long, error);
}

#[test]
fn a_file_of_another_format_is_refused() {
    format(Format::LeanTrades, "mapped.csv", "Could not find EOCD");
    format(Format::LeanTrades, "lean-ticks.zip", "`20210315_ab_Trade_Tick.csv` holds ticks; only bars are imported");
    let quotes = "line 1: 11 columns, expected 6: `0,100.00,100.03,99.21,99.23,0.1,100.02,100.05,99.23,99.25,0`; not a file of this format?";
    format(Format::LeanTrades, "lean-quotes.zip", quotes);
    format(
        Format::FreqtradeJson,
        "mapped.csv",
        "not an array of [ms, open, high, low, close, volume]: expected value at line 1 column 1",
    );
    format(
        Format::BinanceKlines,
        "mapped.csv",
        "line 2: 1 columns, expected 12: `01.03.2021 10:00:00.000;99.23;100.00;100.03;99.21;100.5`; not a file of this format?",
    );
    format(
        Format::BacktestingPy,
        "mapped.csv",
        "no column `Open`; the first line is `When;Last;First;Top;Bottom;Size`",
    );
    let hourly = spec(Format::BinanceKlines, fixture("klines-ms.csv"), Interval::HOUR);
    let error = imported(&hourly).unwrap_err().to_string();
    assert!(
        error.ends_with(
            "line 1: the candle ends 2021-03-01T00:00:59.999Z, which is not one declared interval after its open"
        ),
        "{error}"
    );
}

#[test]
fn a_declaration_that_contradicts_itself_is_refused() {
    let check = |change: &dyn Fn(&mut datasets::ImportSpec), expected: &str| {
        let mut spec = spec(Format::FreqtradeJson, fixture("freqtrade.json"), Interval::DAY);
        change(&mut spec);
        assert_eq!(imported(&spec).unwrap_err().to_string(), format!("cannot import: {expected}"));
    };
    let defined = "this format labels candles by their open in UTC; declare it so";
    check(&|s| s.zone = "Asia/Tokyo".parse().unwrap(), defined);
    check(&|s| s.label = Label::Close, defined);
    check(&|s| s.inputs.clear(), "no input file is given");
    check(&|s| s.price_divisor = 0, "a price divisor of 0 has to be at least 1");
    check(&|s| s.volume_divisor = -3, "a volume divisor of -3 has to be at least 1");
    check(&|s| s.notes.symbol = "../up".into(), "`../up` cannot be the name of a folder or file");
    check(&|s| s.file_name = Some(String::new()), "`` cannot be the name of a folder or file");
    let session = |s: &mut datasets::ImportSpec| {
        s.format = Format::BacktestingPy;
        s.session_open = Some(jiff::civil::time(9, 30, 0, 0));
        s.label = Label::Close;
    };
    check(&session, "a session's open is for daily candles labelled by their date");
}

#[test]
fn a_failed_import_leaves_the_folders_that_were_there_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("a.csv");
    std::fs::write(&input, GOOD.repeat(2)).unwrap();
    let spec = spec(Format::Csv(places()), input.clone(), Interval::HOUR);
    let root = folder.path().join("catalog");
    let failed = || assert!(datasets::import(&root, &spec).is_err());
    failed();
    assert!(!root.exists());
    std::fs::create_dir_all(root.join("candles/test")).unwrap();
    failed();
    assert!(root.join("candles/test").exists() && !root.join("candles/test/AB").exists());
    std::fs::write(&input, GOOD).unwrap();
    let report = datasets::import(&root, &spec).unwrap();
    std::fs::write(&input, GOOD.repeat(2)).unwrap();
    let again = datasets::ImportSpec { replace: true, ..spec.clone() };
    assert!(datasets::import(&root, &again).is_err() && report.file.exists(), "the file before is still there");
}

#[test]
fn rounding_is_done_only_when_asked_for_and_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("a.csv");
    std::fs::write(&input, "2021-03-01;10;12;9;11.0000000149;0.30000000000000004\n").unwrap();
    let mut spec = spec(Format::Csv(places()), input, Interval::DAY);
    assert!(imported(&spec).is_err());
    spec.finer = Finer::Round;
    let (report, candles) = imported(&spec).unwrap();
    assert_eq!((report.rounded, candles[0].close.0, candles[0].volume), (2, 1_100_000_001, 30_000_000));
}
