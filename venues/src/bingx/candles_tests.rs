//! Which candles are given out as what, told in a line.
use super::*;
use engine::Price;

const MINUTE: i64 = 60_000_000_000;

fn candle(minute: i64, close: i64) -> Candle {
    let (low, high) = (Price(close.min(100)), Price(close.max(100)));
    let open_time = Timestamp(minute * MINUTE);
    let known_time = open_time.after(MINUTE);
    Candle { open_time, known_time, open: Price(100), high, low, close: Price(close), volume: 1 }
}

/// `p3:101` is a push of the candle of minute 3 closing at 101; `r8 3:101 4:99` a request at minute 8 that says these.
fn check(script: &str, expected: &str) {
    let (mut candles, mut said) = (Candles::default(), Vec::new());
    for line in script.split('|').map(str::trim) {
        let one = |text: &str| {
            let (minute, close) = text.split_once(':').unwrap();
            candle(minute.parse().unwrap(), close.parse().unwrap())
        };
        let mut out = Vec::new();
        let flag = if let Some(push) = line.strip_prefix('p') {
            if candles.pushed(one(push), InstrumentId(0), &mut out) { " gap" } else { "" }
        } else {
            let mut words = line[1..].split(' ');
            let now = Timestamp(words.next().unwrap().parse::<i64>().unwrap() * MINUTE);
            let rows: Vec<Candle> = words.map(one).collect();
            if candles.confirmed(&rows, now, InstrumentId(0), &mut out) { "" } else { " missing" }
        };
        let words: Vec<String> = out
            .iter()
            .map(|it| {
                let Happening::Candle { candle, standing, .. } = it else { panic!("{it:?}") };
                let name = match standing {
                    Standing::Forming => '~',
                    Standing::Final => '=',
                    Standing::Corrected => '!',
                };
                format!("{name}{}:{}", candle.open_time.0 / MINUTE, candle.close.0)
            })
            .collect();
        said.push(format!("{}{flag}", words.join(" ")));
    }
    assert_eq!(said.join(" | "), expected, "{script}");
}

#[test]
fn a_candle_is_final_when_the_next_one_begins() {
    check("p3:101 | p3:102 | p4:99 | p5:98", "~3:101 | ~3:102 | =3:102 ~4:99 | =4:99 ~5:98");
}

#[test]
fn a_candle_whose_time_is_over_is_final_when_a_request_confirms_it() {
    check("p3:101 | r4 3:102 | p4:99 | p5:97", "~3:101 | =3:102 | ~4:99 | =4:99 ~5:97");
    check("p3:101 | r4 | r4 3:101", "~3:101 |  missing | =3:101");
    check("p3:101 | r3 3:104", "~3:101 | ");
}

#[test]
fn what_a_request_says_otherwise_is_a_correction_once() {
    check("p3:101 | p4:99 | r4 3:103 4:99 | r4 3:103 4:99", "~3:101 | =3:101 ~4:99 | !3:103 | ");
}

#[test]
fn what_was_missed_comes_before_what_came_after() {
    check(
        "p3:101 | p6:99 | p7:98 | r7 3:101 4:102 5:103 6:99 7:98 | p8:1",
        "~3:101 | =3:101 ~6:99 gap | ~7:98 gap | =4:102 =5:103 =6:99 | =7:98 ~8:1",
    );
    // Nobody traded in between: the gap stays one.
    check("p3:101 | p6:99 | r6 3:101 6:99 | p7:98", "~3:101 | =3:101 ~6:99 gap |  | =6:99 ~7:98");
}

#[test]
fn late_and_repeated_pushes_lead_to_nothing() {
    check("p3:101 | p4:99 | p3:105 | p4:98 | p5:97 | p4:99", "~3:101 | =3:101 ~4:99 |  | ~4:98 | =4:98 ~5:97 | ");
}

#[test]
fn a_beginning_gives_the_newest_ended_candle_and_no_history() {
    check("r6 3:101 4:102 5:103 6:99 | p6:98 | p7:97", "=5:103 | ~6:98 | =6:98 ~7:97");
    check("r6 | p6:98 | p7:97", " | ~6:98 | =6:98 ~7:97");
}

#[test]
fn a_beginning_just_after_an_end_loses_no_candle() {
    // Minute 6 has begun, and minute 5 is not settled when the first request is answered.
    check(
        "r5 3:101 4:102 5:103 6:99 | p6:98 | p7:97 | r7 4:102 5:104 6:98 7:97",
        "=4:102 | ~6:98 gap | ~7:97 gap | =5:104 =6:98",
    );
    check(
        "p6:98 | r5 3:101 4:102 5:103 6:99 | r6 4:102 5:103 6:99 | p7:97",
        "~6:98 | =4:102 missing | =5:103 | =6:98 ~7:97",
    );
}

#[test]
fn the_next_end_is_known() {
    let mut candles = Candles::default();
    assert_eq!((candles.from(), candles.ends(MINUTE)), (None, None));
    candles.confirmed(&[candle(5, 100)], Timestamp(6 * MINUTE), InstrumentId(0), &mut Vec::new());
    assert_eq!((candles.from(), candles.ends(MINUTE)), (Some(Timestamp(5 * MINUTE)), Some(Timestamp(7 * MINUTE))));
    candles.pushed(candle(6, 100), InstrumentId(0), &mut Vec::new());
    assert_eq!(candles.ends(MINUTE), Some(Timestamp(7 * MINUTE)));
}

#[test]
fn a_stream_that_never_closes_its_gap_holds_back_a_bounded_number() {
    let mut candles = Candles::default();
    let mut out = Vec::new();
    candles.pushed(candle(1, 100), InstrumentId(0), &mut out);
    for minute in 10..5_000 {
        candles.pushed(candle(minute, 100), InstrumentId(0), &mut out);
        out.clear();
    }
    assert!(candles.held.len() <= HELD_MAX);
}
