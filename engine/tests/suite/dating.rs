//! Costs that change, to the nanosecond: which side of a change a fill is on.
use crate::language::Scene;
use crate::scene::play;
use engine::{Interval, Timestamp};

/// Plays a scenario whose fees fall from ten to five basis points so many nanoseconds after an hour; the fee of the fill.
fn fee(scenario: &str, hour: i64, after_ns: i64) -> String {
    let mut scene = Scene::parse(&format!("fee 10 bps | from 9h fee 5 bps | {scenario}"));
    scene.costs[1].0 = Timestamp(hour * Interval::HOUR.0 + after_ns);
    let text = play(&scene);
    let (_, fee) = text.lines().find_map(|line| line.split_once(" fee ")).expect("a fill with a fee");
    fee.into()
}

#[test]
fn a_fill_at_an_open_pays_the_fee_that_holds_at_that_nanosecond() {
    let check = |after_ns, expected: &str| {
        assert_eq!(fee("candle 100 | buy 1 market | candle 100", 1, after_ns), expected, "{after_ns}");
    };
    check(1, "0.1");
    check(0, "0.05");
    check(-1, "0.05");
}

#[test]
fn a_fill_inside_a_candle_pays_the_fee_of_its_last_nanosecond() {
    for scenario in [
        "candle 100 | sell 1 limit 110 | candle 100 111 100 100",
        "path open-high-low-close | candle 100 | sell 1 limit 110 | candle 100 111 100 100",
        "session 0h 1h | session 1h 2h | candle 100 | sell 1 limit 110 at-close | candle 100 111 100 111",
    ] {
        let full = if scenario.contains("at-close") { ["0.111", "0.0555"] } else { ["0.11", "0.055"] };
        let check =
            |after_ns, expected: &str| assert_eq!(fee(scenario, 2, after_ns), expected, "{scenario} {after_ns}");
        check(1, full[0]);
        check(0, full[0]); // known at the change, and traded before it
        check(-1, full[1]);
    }
}
