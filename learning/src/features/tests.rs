//! Features against their definitions, and against loading more history.
use super::*;
use engine::math::{ln, sqrt};
use engine::{Candle, InstrumentId, MarketCandle, Price, Rng, Timestamp};
use expect_test::{Expect, expect};

const HOUR_NS: i64 = 3_600_000_000_000;

fn texts(features: &[&str]) -> Vec<String> {
    features.iter().map(ToString::to_string).collect()
}

/// Candles of whole prices with one decimal place, an hour each: high one above, low one below the close.
fn candles(closes: &[i64]) -> Vec<MarketCandle> {
    let candle = |(place, close): (i64, &i64)| {
        let (open_time, known_time) = (Timestamp(place * HOUR_NS), Timestamp((place + 1) * HOUR_NS));
        let (open, high, low, close) = (Price(*close), Price(close + 10), Price(close - 10), Price(*close));
        let candle = Candle { open_time, known_time, open, high, low, close, volume: 100 + place };
        MarketCandle { instrument: InstrumentId(0), price_scale: 1, candle }
    };
    (0..).zip(closes).map(candle).collect()
}

fn observe(features: &[&str], closes: &[i64], sight: &Sight) -> Vec<f32> {
    let mut encoder = Encoder::new(&texts(features)).expect("good features");
    candles(closes).iter().for_each(|candle| encoder.see(candle));
    let mut out = vec![0.0; encoder.width()];
    encoder.write(sight, &mut out);
    out
}

fn check(features: &[&str], closes: &[i64], expected: &[f64]) {
    let sight = Sight { exposure: -0.5, held: 0.25, unrealised: 0.01, drawdown: 0.1, ..Sight::default() };
    let out = observe(features, closes, &sight);
    assert_eq!(out.len(), expected.len());
    for (got, wanted) in out.iter().zip(expected) {
        assert!((f64::from(*got) - wanted).abs() < 1e-6, "{features:?}: {out:?} is not {expected:?}");
    }
}

#[test]
fn every_feature_is_what_its_definition_says() {
    let (a, b, c) = (1000, 1100, 1045);
    let (up, down) = (ln(1.1), ln(0.95));
    let mean = f64::midpoint(up, down);
    let square = |x: f64| x * x;
    let spread = sqrt((square(up - mean) + square(down - mean)) / 2.0);
    check(&["returns 2"], &[a, b, c], &[up, down]);
    check(&["returns 1"], &[a, b, c], &[down]);
    check(&["momentum 2"], &[a, b, c], &[up + down]);
    check(&["volatility 2"], &[a, b, c], &[spread]);
    check(&["sma-gap 3"], &[a, b, c], &[ln(1045.0 / (3145.0 / 3.0))]);
    check(&["channel 3"], &[a, b, c], &[2.0 * (1045.0 - 990.0) / (1110.0 - 990.0) - 1.0]);
    check(&["rsi 2"], &[a, b, c], &[2.0 * up / (up - down) - 1.0]);
    check(&["range"], &[a, b, c], &[ln(1055.0 / 1035.0)]);
    check(&["volume 3"], &[a, b, c], &[ln(103.0 / 102.0)]);
    check(&["position", "account"], &[a], &[-0.5, 0.25, 0.01, 0.1]);
    check(&["rsi 2", "channel 1"], &[a, a, a], &[0.0, 0.0]);
}

#[test]
fn the_time_turns_with_the_day_and_the_week() {
    let time = |text_ns: i64| observe(&["time"], &[1000], &Sight { now: Timestamp(text_ns), ..Sight::default() });
    // 1970-01-05 was a Monday: its midnight is the beginning of both turns.
    let monday = 4 * 24 * HOUR_NS;
    let near = |a: &[f32], b: [f32; 4]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-6);
    assert!(near(&time(monday), [0.0, 1.0, 0.0, 1.0]));
    let noon = time(monday + 12 * HOUR_NS);
    let (sine, cosine) = engine::math::turn(1.0 / 14.0);
    assert!(near(&noon, [0.0, -1.0, sine as f32, cosine as f32]), "{noon:?}");
    assert!(near(&time(monday + 7 * 24 * HOUR_NS), [0.0, 1.0, 0.0, 1.0]));
}

const ALL: [&str; 11] = [
    "returns 7",
    "momentum 9",
    "volatility 11",
    "sma-gap 12",
    "channel 5",
    "rsi 6",
    "range",
    "volume 8",
    "position",
    "account",
    "time",
];

#[test]
fn what_is_seen_does_not_depend_on_how_much_history_was_loaded() {
    let mut rng = Rng::stream(3, "closes");
    let mut close = 50_000;
    let closes: Vec<i64> = (0..200)
        .map(|_| {
            close += rng.below(401) as i64 - 200;
            close
        })
        .collect();
    let all = candles(&closes);
    let warm_up = Encoder::new(&texts(&ALL)).expect("good features").warm_up();
    assert_eq!(warm_up, 12);
    let observe = |from: usize| {
        let mut encoder = Encoder::new(&texts(&ALL)).expect("good features");
        all[from..].iter().for_each(|candle| encoder.see(candle));
        let mut out = vec![0.0; encoder.width()];
        encoder.write(&Sight::default(), &mut out);
        out.into_iter().map(f32::to_bits).collect::<Vec<_>>()
    };
    let least = observe(all.len() - warm_up);
    for from in [0, 1, 17, 100, all.len() - warm_up - 1] {
        assert_eq!(observe(from), least, "from candle {from}");
    }
}

#[test]
fn a_split_changes_nothing_that_is_seen() {
    let closes = [1000, 1100, 1045, 1010, 990, 1000, 1010, 1030, 1020, 1000, 980, 990, 1000, 1010];
    let features = texts(&["returns 7", "momentum 9", "sma-gap 12", "channel 5"]);
    let mut whole = Encoder::new(&features).expect("good features");
    let mut split = whole.clone();
    for (place, candle) in candles(&closes).iter().enumerate() {
        whole.see(candle);
        let mut new = *candle;
        if place >= 9 {
            let half = |price: Price| Price(price.0 / 2);
            let c = candle.candle;
            new.candle = Candle { open: half(c.open), high: half(c.high), low: half(c.low), close: half(c.close), ..c };
        }
        if place == 9 {
            split.rescale(0.5);
        }
        split.see(&new);
    }
    let (mut before, mut after) = (vec![0.0; whole.width()], vec![0.0; whole.width()]);
    whole.write(&Sight::default(), &mut before);
    split.write(&Sight::default(), &mut after);
    let same = before.iter().zip(&after).all(|(a, b)| (a - b).abs() < 1e-6);
    assert!(same, "{before:?} {after:?}");
}

fn refusals(features: &[&[&str]], expected: &Expect) {
    let refused = |list: &&[&str]| match Encoder::new(&texts(list)) {
        Ok(encoder) => format!("{list:?}: {} numbers, {} candles\n", encoder.width(), encoder.warm_up()),
        Err(error) => format!("{list:?}: {error}\n"),
    };
    expected.assert_eq(&features.iter().map(refused).collect::<String>());
}

#[test]
fn a_wrong_declaration_is_named() {
    refusals(
        &[&[], &["return 32"], &["returns"], &["returns 0"], &["returns 3 4"], &["range 3"], &["returns 32", "time"]],
        &expect![[r#"
            []: a policy sees nothing: declare one or more features as in ["returns 32", "position"]
            ["return 32"]: there is no feature `return` (did you mean `returns`?); there are returns, momentum, volatility, sma-gap, channel, rsi, range, volume, position, account, time
            ["returns"]: `returns` is no feature: expected `returns` and a window from 1 to 4096 candles, as in `returns 32`
            ["returns 0"]: `returns 0` is no feature: expected `returns` and a window from 1 to 4096 candles, as in `returns 32`
            ["returns 3 4"]: `returns 3 4` is no feature: expected `returns` and a window from 1 to 4096 candles, as in `returns 32`
            ["range 3"]: `range 3` is no feature: expected `range` alone: it has no window
            ["returns 32", "time"]: 36 numbers, 33 candles
        "#]],
    );
}

#[test]
fn a_feature_set_is_named_by_its_declarations_in_their_order() {
    let name = |features: &[&str]| feature_set(&texts(features)).expect("good features");
    assert_eq!(name(&["returns 32", "time"]), name(&["returns   32", "time"]));
    assert_ne!(name(&["returns 32", "time"]), name(&["time", "returns 32"]));
    assert_ne!(name(&["returns 32"]), name(&["returns 33"]));
    assert_eq!(name(&["returns 32", "position"]).len(), 16);
}
