//! Splits and dividends: the ratios behind written factors, and series adjusted by them against a source's own.
use datasets::{Action, ActionKind, AdjustmentError, Adjustments, Close, Ratio, split_ratio};
use datasets::{Catalog, FILE_SCALE, ReadOptions, load_all};
use engine::{Interval, Price, Timestamp};
use std::collections::BTreeMap;
use std::path::Path;

const VENUE: &str = "us-equity";

fn sample() -> Catalog {
    Catalog::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("sample")).unwrap()
}

fn closes(symbol: &str) -> Vec<Close> {
    let series = sample().series(VENUE, symbol, Interval::DAY).unwrap();
    let candles = load_all(&series, ReadOptions::all(Interval::DAY.0)).unwrap();
    candles.iter().map(|it| Close { day: it.open_time.day(), price: it.close }).collect()
}

fn adjustments(symbol: &str, closes: &[Close]) -> Adjustments {
    Adjustments::new(&sample().actions(VENUE, symbol).unwrap(), closes, FILE_SCALE).unwrap()
}

fn symbols() -> Vec<String> {
    let all = sample().list().unwrap();
    all.into_iter().filter(|it| it.venue == VENUE).map(|it| it.symbol).collect()
}

fn day(date: &str) -> i64 {
    let midnight: jiff::Timestamp = format!("{date}T00:00:00Z").parse().unwrap();
    Timestamp(i64::try_from(midnight.as_nanosecond()).unwrap()).day()
}

fn ratio(numerator: i128, denominator: i128) -> Ratio {
    Ratio::new(numerator, denominator).unwrap()
}

#[test]
fn a_written_factor_is_the_ratio_of_shares_that_it_stands_for() {
    let check = |factor: &str, expected: &str| {
        let found = split_ratio(factor.parse().unwrap());
        assert_eq!(found.map(|it| it.to_string()).map_err(|e| e.to_string()), Ok(expected.to_string()), "{factor}");
    };
    check("7.000007", "7");
    check("1.49999925", "3/2");
    check("1.33333333", "4/3");
    check("0.33333333", "1/3");
    check("0.05000000", "1/20");
    check("0.14285714285714285", "1/7");
    check("1.03", "103/100");
    check("0.00066667", "1/1500");
    check("0.0001", "1/10000");
    check("1", "1");
    let refused = |factor: &str| split_ratio(factor.parse().unwrap()).unwrap_err().to_string();
    for none in
        ["1.011", "1.032", "7.00001", "1.3333", "0", "-2", "20000", "0.0000000001", "79228162514264337593543950335"]
    {
        let why = format!(
            "split factor {none} is within a millionth of no ratio of shares such as 7 or 3/2; a spin-off is often \
             written so and changes prices only; correct the factor, or do not apply it to shares"
        );
        assert_eq!(refused(none), why);
    }
    assert_eq!(refused("0.000090913"), "split factor 0.000090913 may mean 1/10999 or 1/11000; write more digits of it");
}

#[test]
fn every_ratio_is_found_again_when_it_was_written_a_little_off() {
    let mut checked = 0;
    for numerator in 1..=5_000_i128 {
        for denominator in 1..=11_000 / numerator {
            let exact = ratio(numerator, denominator);
            // Eight decimals are too few for a share in more than a few thousands.
            if exact.numerator() != numerator || exact.over(ratio(1, 5_000)).unwrap().floor() == 0 {
                continue;
            }
            let rounded = exact.times(ratio(100_000_000, 1)).unwrap().nearest_even();
            // 7.000007 for 7, one part in a million too much, and 0.6 too little; at twelve decimals.
            let parts = |parts: i128| exact.times(ratio(1_000_000_000_000 / 10_000_000 * parts, 1)).unwrap().floor();
            for (units, scale) in [(rounded, 8), (parts(10_000_010), 12), (parts(9_999_994), 12)] {
                let written = rust_decimal::Decimal::from_i128_with_scale(units, scale);
                assert_eq!(split_ratio(written), Ok(exact), "{exact} written {written}");
            }
            checked += 1;
        }
    }
    assert!(checked > 50_000, "{checked}");
}

#[test]
fn every_split_of_the_sample_is_a_ratio_of_shares() {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for symbol in symbols() {
        let actions = sample().actions(VENUE, &symbol).unwrap();
        for split in actions.iter().filter(|action| action.kind == ActionKind::Split) {
            *seen.entry(split_ratio(split.value).unwrap().to_string()).or_default() += 1;
        }
    }
    let seen: Vec<_> = seen.iter().map(|(ratio, times)| (ratio.as_str(), *times)).collect();
    assert_eq!(seen, [("2", 14), ("3", 1), ("3/2", 3), ("7", 2)]);
}

#[test]
fn a_position_that_is_held_through_a_split_gains_what_the_market_does_and_no_more() {
    let check = |symbol: &str, date: &str, expected: Ratio, shares: i64| {
        let closes = closes(symbol);
        let adjustments = adjustments(symbol, &closes);
        let split = adjustments.dates().find(|it| it.day == day(date)).unwrap();
        assert_eq!((split.shares, split.prices), (expected, expected), "{symbol}");
        let at = closes.partition_point(|close| close.day < split.day);
        let (before, after) = (closes[at - 1], closes[at]);
        let times = |price: Ratio, shares: Ratio| price.times(shares).unwrap();

        let new_shares = Ratio::whole(shares).times(split.shares).unwrap();
        let value_before = times(Ratio::whole(before.price.0), Ratio::whole(shares));
        let adjusted = Ratio::whole(before.price.0).over(split.prices).unwrap();
        assert_eq!(times(adjusted, new_shares), value_before, "{symbol}");

        // What was made from close to close is the new shares by the move of the adjusted price.
        let value_after = times(Ratio::whole(after.price.0), new_shares);
        let gain = value_after.numerator() - value_before.numerator();
        let price_move =
            ratio(i128::from(after.price.0) * adjusted.denominator() - adjusted.numerator(), adjusted.denominator());
        assert_eq!(times(price_move, new_shares), ratio(gain, 1), "{symbol}");
        let percent = 100.0 * (value_after.to_f64() / value_before.to_f64() - 1.0);
        assert!(percent.abs() < 3.0, "{symbol} {percent}: a day's move, and not a split's");
        // With the factor as it is written, some shares would come from nowhere.
        let written = sample().actions(VENUE, symbol).unwrap();
        let written = written.iter().find(|it| it.ex_date.day() == split.day).unwrap();
        assert_ne!(times(adjusted, Ratio::whole(shares).times(Ratio::of(written.value)).unwrap()), value_before);
    };
    check("AAPL", "2014-06-09", Ratio::whole(7), 100);
    check("NFLX", "2015-07-15", Ratio::whole(7), 13);
    check("NVDA", "2007-09-11", ratio(3, 2), 100);
    // Odd shares of a 3 for 2: half a share is left, and paid in cash.
    let odd = Ratio::whole(101).times(ratio(3, 2)).unwrap();
    assert_eq!((odd.to_string().as_str(), odd.floor()), ("303/2", 151));
}

#[test]
fn splits_alone_leave_no_jump_in_the_series_of_the_sample() {
    for symbol in symbols() {
        let closes = closes(&symbol);
        let adjustments = adjustments(&symbol, &closes);
        for split in adjustments.dates().filter(|it| it.shares != Ratio::ONE) {
            let at = closes.partition_point(|close| close.day < split.day);
            let adjusted = |close: Close| adjustments.split_adjusted(close.day, close.price).to_f64();
            // The largest is a real one: NVDA fell by 14 % on the day of its split in June 2000.
            let moved = adjusted(closes[at]) / adjusted(closes[at - 1]) - 1.0;
            assert!(moved.abs() < 0.15, "{symbol} day {}: {moved}", split.day);
        }
    }
}

/// How far the data's own description says that the two may be apart; half a percent where it names no symbol.
fn tolerance(symbol: &str) -> f64 {
    match symbol {
        "F" => 0.047,
        "JPM" => 0.006,
        _ => 0.005,
    }
}

#[test]
fn adjusted_closes_are_those_of_the_source_within_its_tolerance() {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/adjusted-closes.csv");
    let text = std::fs::read_to_string(fixture).unwrap();
    let mut published: BTreeMap<&str, Vec<(i64, f64)>> = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#')).skip(1) {
        let parts: Vec<&str> = line.split(',').collect();
        published.entry(parts[0]).or_default().push((parts[1].parse().unwrap(), parts[2].parse().unwrap()));
    }
    assert_eq!(published.keys().copied().collect::<Vec<_>>(), symbols());
    for (symbol, published) in published {
        let closes = closes(symbol);
        let adjustments = adjustments(symbol, &closes);
        // Every stretch between two actions is there, so no day of the series is left out.
        assert!(published.len() >= 2 + adjustments.dates().count(), "{symbol}");
        for (day, theirs) in published {
            let close = closes[closes.binary_search_by_key(&day, |close| close.day).unwrap()];
            let off = adjustments.adjusted(day, close.price) / theirs - 1.0;
            assert!(off.abs() < tolerance(symbol), "{symbol} day {day}: {:.3} %", off * 100.0);
        }
    }
}

fn action(day: i64, kind: ActionKind, value: &str) -> Action {
    Action { ex_date: Timestamp(day * Interval::DAY.0), kind, value: value.parse().unwrap() }
}

/// Closes of 100, 101 and so on, with two decimals, of the days 10 to 14 and 17.
fn six_closes() -> Vec<Close> {
    let days = [10, 11, 12, 13, 14, 17];
    days.iter().zip(100..).map(|(day, price)| Close { day: *day, price: Price(price * 100) }).collect()
}

#[test]
fn actions_change_the_days_before_them_and_no_other() {
    use ActionKind::{Dividend, Split};
    let check = |actions: &[Action], ratios: [&str; 6], dividends: &[(i64, i128, i128)]| {
        let closes = six_closes();
        let it = Adjustments::new(actions, &closes, 2).unwrap();
        assert_eq!(closes.iter().map(|close| it.price_ratio(close.day).to_string()).collect::<Vec<_>>(), ratios);
        for (close, price) in closes.iter().zip(100..) {
            let after = dividends.iter().filter(|(day, ..)| *day > close.day);
            let factor: f64 = after.map(|(_, kept, of)| *kept as f64 / *of as f64).product();
            let expected = f64::from(price) / it.price_ratio(close.day).to_f64() * factor;
            assert!((it.adjusted(close.day, close.price) - expected).abs() < 1e-10, "day {}", close.day);
            let exact = Ratio::whole(close.price.0).over(it.price_ratio(close.day));
            assert_eq!(Some(it.split_adjusted(close.day, close.price)), exact);
        }
        assert_eq!(it.dates().filter(|it| it.dividends != Ratio::ONE).count(), dividends.len());
    };
    check(&[], ["1"; 6], &[]);
    check(&[action(12, Split, "2")], ["2", "2", "1", "1", "1", "1"], &[]);
    check(&[action(12, Split, "2"), action(14, Split, "1.49999925")], ["3", "3", "3/2", "3/2", "1", "1"], &[]);
    check(&[action(12, Dividend, "1.01")], ["1"; 6], &[(12, 99, 100)]);
    // Two dividends of a date are one; that of a weekend is taken from Friday's close of 104.
    check(&[action(12, Dividend, "0.51"), action(12, Dividend, "0.5")], ["1"; 6], &[(12, 99, 100)]);
    check(&[action(16, Dividend, "26")], ["1"; 6], &[(16, 3, 4)]);
    // The dividend is of the old shares, whose close is the one before.
    check(&[action(12, Split, "2"), action(12, Dividend, "1.01")], ["2", "2", "1", "1", "1", "1"], &[(12, 99, 100)]);
    // Nothing lies before the first close, and what comes after the last is not part of the series yet.
    check(&[action(10, Split, "2"), action(9, Dividend, "1"), action(18, Split, "3")], ["1"; 6], &[]);
    // A spin-off changes prices, and the number of shares stays.
    check(&[action(12, Split, "1.011")], ["1011/1000", "1011/1000", "1", "1", "1", "1"], &[]);
    let it = Adjustments::new(&[action(12, Split, "1.011"), action(13, Split, "0.05")], &six_closes(), 2).unwrap();
    assert_eq!((it.share_ratio(10).to_string().as_str(), it.split_adjusted_volume(10, 300)), ("1/20", ratio(15, 1)));
}

#[test]
fn the_published_example_of_the_multipliers_comes_out_to_the_cent() {
    // Yahoo Finance, "What is the adjusted close?": a 2 for 1 split on 18 February 2003, $0.08 the day after.
    let days = ["2003-02-13", "2003-02-14", "2003-02-18", "2003-02-19"].map(day);
    let closes = [4_699, 4_830, 2_496, 2_453].map(Price);
    let closes: Vec<Close> = days.into_iter().zip(closes).map(|(day, price)| Close { day, price }).collect();
    let actions = [action(days[2], ActionKind::Split, "2"), action(days[3], ActionKind::Dividend, "0.08")];
    let it = Adjustments::new(&actions, &closes, 2).unwrap();
    let found: Vec<_> = closes.iter().map(|close| format!("{:.2}", it.adjusted(close.day, close.price))).collect();
    assert_eq!(found, ["23.42", "24.07", "24.88", "24.53"]);
}

#[test]
fn actions_that_cannot_be_applied_say_what_to_do() {
    use ActionKind::{Dividend, Split};
    let check = |actions: &[Action], expected: &str| {
        let found = Adjustments::new(actions, &six_closes(), 2).map(|it| it.dates().count());
        assert_eq!(found.map_err(|e| e.to_string()), Err(expected.to_string()));
    };
    check(
        &[action(12, Split, "2"), action(12, Split, "3")],
        "1970-01-13: two splits of the shares, 2 and 3; keep the right one",
    );
    check(
        &[action(12, Dividend, "100"), action(12, Dividend, "1")],
        "1970-01-13: dividends of 101 a share, but the close before is 101; correct one of them",
    );
    check(
        &[action(12, Split, "0.000090913")],
        "split factor 0.000090913 may mean 1/10999 or 1/11000; write more digits of it",
    );
    check(
        &[11, 12, 13, 14, 17].map(|day| action(day, Split, "10000")),
        "1970-01-12: the splits from here to the last close multiply to a ratio of more than 18 digits; look for wrong factors",
    );
    let mut closes = six_closes();
    closes[3].day = 12;
    assert_eq!(Adjustments::new(&[], &closes, 2).map(|_| ()), Err(AdjustmentError::BadClose { day: 12 }));
    closes[3] = Close { day: 13, price: Price(0) };
    let error = Adjustments::new(&[], &closes, 2).map(|_| ()).unwrap_err().to_string();
    assert_eq!(error, "1970-01-14: closes have to be above zero and of later and later days; sort or correct them");
}

#[test]
fn ratios_are_exact_and_never_wrap() {
    assert_eq!(ratio(6, -4).to_string(), "-3/2");
    assert_eq!((ratio(-3, 2).floor(), ratio(-3, 2).nearest_even(), ratio(5, 2).nearest_even()), (-2, -2, 2));
    assert_eq!((ratio(7, 3).nearest_even(), ratio(8, 3).nearest_even()), (2, 3));
    assert_eq!(Ratio::new(1, 0), None);
    assert_eq!(Ratio::new(i128::MIN, 1), None);
    assert_eq!(Ratio::ONE.over(ratio(0, 1)), None);
    let large = ratio(i128::MAX, 3);
    assert_eq!((large.times(ratio(3, i128::MAX)), large.times(Ratio::whole(2))), (Some(Ratio::ONE), None));
    assert_eq!(Ratio::of("-0.250".parse().unwrap()), ratio(-1, 4));
}
