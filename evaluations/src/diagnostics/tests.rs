//! Hand-computed: which candle a fill belongs to, gaps, shares of volume, capacity, warnings.
use super::*;
use engine::event::Certainty;
use engine::sim::{Session, Sessions};
use engine::{Candle, Interval, Price, Timestamp};

const HOUR: i64 = Interval::HOUR.0;

fn at(hour: i64) -> Timestamp {
    Timestamp(hour * HOUR)
}

/// A candle of one hour between 90 and 110.
fn candle(hour: i64, volume: i64) -> Candle {
    let (open, high, low, close) = (Price(100), Price(110), Price(90), Price(100));
    Candle { open_time: at(hour), known_time: at(hour + 1), open, high, low, close, volume }
}

fn fill(hour: i64, quantity: i64) -> WatchedFill {
    WatchedFill {
        time: at(hour),
        heard: at(hour),
        price: Price(100),
        quantity,
        notional: Money(i128::from(quantity) * 100 * Money::ONE.0),
        certainty: Certainty::Certain,
        meets: Meets::Anything,
        equity: Money(50_000 * Money::ONE.0),
    }
}

/// What happens, in the order in which a recorder would hear of it.
enum Heard {
    Seen(Candle),
    Booked(WatchedFill),
}
use Heard::{Booked, Seen};

fn watch_with(sessions: Sessions, heard: Vec<Heard>) -> FillWatch {
    let mut watch = FillWatch::new([MarketTimes { interval_ns: HOUR, sessions }]);
    let mut seen: Vec<Candle> = Vec::new();
    for one in heard {
        match one {
            Seen(candle) => {
                let before = seen.last().copied();
                watch.candle(0, &candle, || before.as_ref());
                seen.push(candle);
            }
            Booked(fill) => watch.fill(0, fill, |place| seen.iter().rev().nth(place)),
        }
    }
    watch
}

fn watch(heard: Vec<Heard>) -> FillWatch {
    watch_with(Sessions::ALWAYS, heard)
}

fn check_shares(heard: Vec<Heard>, expected: &[f64], unknown: u64) {
    let watch = watch(heard);
    assert_eq!(watch.shares, expected);
    assert_eq!(Diagnostics::new(&watch, Counts::default(), |_| true).volume_share.unknown, unknown);
}

#[test]
fn a_fill_belongs_to_the_candle_that_it_happened_in_whenever_it_was_heard_of() {
    let [first, second, third] = [candle(0, 100), candle(1, 1000), candle(2, 10_000)];
    let (mut late, mut market) = (fill(1, 1), fill(1, 1));
    (late.heard, market.heard, market.meets) = (at(3), at(3), Meets::Opens);
    let path = fill(1, 1);
    // Booked before the candle that ends then: inside it. After it: at the open of the next.
    check_shares(vec![Booked(path), Seen(first), Seen(second)], &[0.01], 0);
    check_shares(vec![Seen(first), Booked(path), Seen(second)], &[0.001], 0);
    // Candles are late: a market order still meets opens only.
    let early = WatchedFill { meets: Meets::Opens, ..path };
    check_shares(vec![Booked(early), Seen(first), Seen(second)], &[0.001], 0);
    // Reports are late: candles that were seen already are looked through.
    check_shares(vec![Seen(first), Seen(second), Booked(late), Seen(third)], &[0.01], 0);
    check_shares(vec![Seen(first), Seen(second), Booked(market), Seen(third)], &[0.001], 0);
    // Inside a larger candle, whose parts the venue saw.
    let inside = WatchedFill { time: Timestamp(HOUR + HOUR / 2), heard: Timestamp(HOUR + HOUR / 2), ..path };
    check_shares(vec![Seen(first), Booked(inside), Seen(second)], &[0.001], 0);
    // Its candle never comes, or is not kept any more.
    check_shares(vec![Seen(first), Booked(path)], &[], 1);
    check_shares(vec![Seen(first), Booked(path), Seen(third)], &[], 1);
    check_shares(vec![Seen(third), Booked(late)], &[], 1);
}

#[test]
fn an_open_after_a_missing_candle_is_stale_and_one_after_a_closed_market_is_not() {
    let two_days =
        || Sessions::new([(9, 12), (33, 36), (57, 60)].map(|(a, b)| Session { open: at(a), close: at(b) }).into());
    for (before, then, always, with_sessions) in [
        (9, 10, 0, 0),
        (9, 11, 1, 1),
        (11, 33, 1, 0),
        (10, 33, 1, 0), // the last candle of the session is missing, and the next open is a price all the same
        (11, 34, 1, 1), // the first of the session is missing
        (11, 57, 1, 1), // a whole session is missing
        (10, 57, 1, 1),
    ] {
        let heard = || vec![Seen(candle(before, 5)), Booked(fill(then, 1)), Seen(candle(then, 5))];
        assert_eq!(watch(heard()).after_gap, always, "{before} {then}");
        assert_eq!(watch_with(two_days(), heard()).after_gap, with_sessions, "{before} {then} with sessions");
    }
    let inside = vec![Seen(candle(0, 5)), Booked(fill(6, 1)), Seen(candle(5, 5))];
    assert_eq!(watch(inside).after_gap, 0, "a fill inside a candle met a price of that candle");
}

#[test]
fn shares_capacity_and_the_range_of_the_path_are_as_computed_by_hand() {
    let open = WatchedFill { certainty: Certainty::PathDependent, ..fill(5, 30) };
    let heard = vec![
        Seen(candle(0, 1000)),
        Booked(fill(1, 5)),
        Seen(candle(1, 1000)), // 0.005
        Booked(fill(2, 20)),
        Seen(candle(2, 1000)), // 0.02
        Booked(fill(3, 60)),
        Seen(candle(3, 1000)), // 0.06
        Booked(fill(4, 9)),
        Seen(candle(4, 0)), // nobody traded
        Booked(open),
        Seen(candle(5, 1000)), // 0.03
    ];
    let watch = watch(heard);
    let counts = Counts {
        fills: 5,
        path_dependent_fills: 1,
        round_trips: 9,
        parameters: 2,
        refused: [("lot".to_owned(), 3), ("buying_power".to_owned(), 7)].into(),
        refused_by_venue: [("buying_power".to_owned(), 7)].into(),
    };
    let found = Diagnostics::new(&watch, counts, |_| false);
    let near = |value: Option<f64>, expected: f64| assert!((value.unwrap() - expected).abs() < 1e-9, "{value:?}");
    let volume = &found.volume_share;
    assert_eq!((volume.fills, volume.unknown, found.fills_without_volume), (4, 0, 1));
    near(volume.mean, 0.115 / 4.0);
    near(volume.percentile_95, 0.03 + 0.85 * 0.03);
    near(volume.maximum, 0.06);
    assert_eq!((volume.above_1_percent, volume.above_5_percent), (3, 1));
    // 50,000 at a share of 0.02 and of 0.03 would take 1 % at 25,000 and at 16,666.67.
    near(found.capacity, (25_000.0 + 50_000.0 / 3.0) / 2.0);
    near(found.path_dependent_share, 0.2);
    // 30 units, each 20 apart at most.
    assert_eq!(found.path_dependent_range, Money(600 * Money::ONE.0));
    near(found.round_trips_per_parameter, 4.5);
    assert_eq!(found.refused_by_check, [("lot".to_owned(), 3)].into());
    assert_eq!(found.refused_by_venue, [("buying_power".to_owned(), 7)].into());
    let told = ["9 round trips for 2 parameters, 4.5 each", "20.0 % of all fills", "1 fill happened in", "1 fill took"];
    assert_eq!(found.warnings.len(), told.len(), "{:?}", found.warnings);
    for (warning, start) in found.warnings.iter().zip(told) {
        assert!(warning.starts_with(start), "{warning}");
    }
    let read: Diagnostics = serde_json::from_str(&serde_json::to_string(&found).unwrap()).unwrap();
    assert_eq!(read, found);
}

#[test]
fn a_market_without_volumes_is_not_called_empty_and_enough_trips_do_not_warn() {
    let heard = vec![Seen(candle(0, 0)), Booked(fill(1, 5)), Seen(candle(1, 0))];
    let counts = || Counts { fills: 1, round_trips: 20, parameters: 2, ..Counts::default() };
    let found = Diagnostics::new(&watch(heard), counts(), |_| false);
    assert_eq!((found.fills_without_volume, found.volume_share.unknown), (0, 1));
    assert_eq!((found.capacity, found.volume_share.mean), (None, None));
    assert_eq!((found.round_trips_per_parameter, found.warnings), (Some(10.0), vec![]));
    let nothing = Diagnostics::new(&FillWatch::default(), Counts::default(), |_| false);
    assert_eq!(nothing, Diagnostics::default());
}
