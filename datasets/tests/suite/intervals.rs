//! An import declares how long its candles last, and their times have to agree.
use crate::importers::{imported, places, spec};
use datasets::import::{Columns, Format, TimeFormat};
use engine::Interval;

/// Imports candles at these minutes; the rows, or the error without the folder.
fn check(minutes: &[i64], interval: Interval, expected: Result<usize, &str>) {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("a.csv");
    let lines: Vec<String> = minutes.iter().map(|minute| format!("{};10;12;9;11;5\n", minute * 60)).collect();
    std::fs::write(&input, lines.concat()).unwrap();
    let columns = Columns { time_format: TimeFormat::EpochSeconds, ..places() };
    let found = imported(&spec(Format::Csv(columns), input, interval)).map(|(_, candles)| candles.len());
    let found = found.map_err(|e| e.to_string().replace(&format!("{}/", folder.path().display()), ""));
    assert_eq!(found, expected.map_err(str::to_string), "{minutes:?} as {interval}");
}

fn every(minutes: i64, rows: i64) -> Vec<i64> {
    (0..rows).map(|row| row * minutes).collect()
}

const FOUR_HOURS: Interval = Interval(4 * Interval::HOUR.0);

#[test]
fn candles_that_overlap_are_refused_with_the_interval_that_they_look_like() {
    check(
        &every(60, 3),
        FOUR_HOURS,
        Err(
            "a.csv: line 2: 1970-01-01T01:00:00Z is 1h after the candle before, 1970-01-01T00:00:00Z, which lasts 4h; the gaps look like 1h: use `--interval 1h`, or correct the times",
        ),
    );
    check(
        &[0, 240, 480, 540],
        FOUR_HOURS,
        Err(
            "a.csv: line 4: 1970-01-01T09:00:00Z is 1h after the candle before, 1970-01-01T08:00:00Z, which lasts 4h; the other gaps are 4h, so correct the times",
        ),
    );
    check(&every(60, 12), Interval::HOUR, Ok(12));
}

#[test]
fn candles_of_which_no_two_are_one_interval_apart_are_refused_from_ten_on() {
    check(
        &every(1440, 10),
        Interval::MINUTE,
        Err(
            "cannot import: no two candles of 10 are 1m apart, which is the declared interval; the gaps look like 1d: use `--interval 1d`",
        ),
    );
    check(&every(1440, 9), Interval::MINUTE, Ok(9));
    let sparse: Vec<i64> = every(1440, 10).into_iter().chain([9 * 1440 + 1]).collect();
    check(&sparse, Interval::MINUTE, Ok(11));
}

#[test]
fn a_day_that_the_clock_makes_shorter_is_a_day() {
    check(&[0, 1440, 2820, 4260], Interval::DAY, Ok(4));
    check(
        &[0, 1440, 2880, 4259],
        Interval::DAY,
        Err(
            "a.csv: line 4: 1970-01-03T22:59:00Z is 1379m after the candle before, 1970-01-03T00:00:00Z, which lasts 1d; the other gaps are 1d, so correct the times",
        ),
    );
}
