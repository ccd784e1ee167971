//! Orders that meet ticks, and the queue that their limits stand in.
use super::{check_each, good, with};
use crate::run_file::DetailSetting;
use engine::Interval;
use engine::sim::Queue;
use expect_test::expect;

const RATES: &str = "taker_fee_bps = 5";
const INTERVAL: &str = "interval = \"4h\"";

#[test]
fn ticks_and_smaller_candles_are_read_and_written_back() {
    let check = |detail: &str, expected| {
        let run = good(&with(INTERVAL, &format!("{INTERVAL}\ndetail = \"{detail}\"")));
        assert_eq!(run.instruments[0].detail, Some(expected));
        assert!(run.resolved().contains(&format!("detail = \"{detail}\"\n")), "{}", run.resolved());
        assert_eq!(good(&run.resolved()), run);
    };
    check("ticks", DetailSetting::Ticks);
    check("1m", DetailSetting::Candles(Interval::MINUTE));
}

#[test]
fn a_queue_is_named_or_switched_and_only_a_new_one_is_written_back() {
    let check = |text: &str, expected, written: &str| {
        let run = good(&with(RATES, text));
        assert_eq!(run.execution.queue, expected, "{text}");
        let resolved = run.resolved();
        let lines: Vec<&str> = resolved.lines().filter(|l| l.starts_with("touch") || l.starts_with("queue")).collect();
        assert_eq!(lines.join(" "), written, "{text}");
        assert_eq!(good(&resolved), run);
    };
    check("", Queue::Through, "touch = false");
    check("touch = true", Queue::Touch, "touch = true");
    check("queue = \"through\"", Queue::Through, "touch = false");
    check("queue = \"touch\"", Queue::Touch, "touch = true");
    check("touch = true\nqueue = \"touch\"", Queue::Touch, "touch = true");
    check("touch = false\nqueue = \"volume-ahead\"", Queue::VolumeAhead, "touch = false queue = \"volume-ahead\"");
}

#[test]
fn what_contradicts_itself_is_refused_at_its_line() {
    check_each(
        &[
            (RATES, "touch = true\nqueue = \"through\""),
            (RATES, "touch = true\nqueue = \"volume-ahead\""),
            (RATES, "touch = false\nqueue = \"touch\""),
            (RATES, "queue = \"volume\""),
            (INTERVAL, "interval = \"4h\"\ndetail = \"tick\""),
        ],
        expect![[r#"
            run.toml:25:9: `touch` and `queue` contradict each other
              25 | queue = "through"
                 |         ^^^^^^^^^
                 = expected one of the two; `touch = true` is `queue = "touch"`

            run.toml:25:9: `touch` and `queue` contradict each other
              25 | queue = "volume-ahead"
                 |         ^^^^^^^^^^^^^^
                 = expected one of the two; `touch = true` is `queue = "touch"`

            run.toml:25:9: `touch` and `queue` contradict each other
              25 | queue = "touch"
                 |         ^^^^^^^
                 = expected one of the two; `touch = true` is `queue = "touch"`

            run.toml:24:9: `queue`: `volume` is not among the choices
              24 | queue = "volume"
                 |         ^^^^^^^^
                 = expected one of: "through", "touch", "volume-ahead"

            run.toml:14:10: `detail`: `tick` is no interval of smaller candles
              14 | detail = "tick"
                 |          ^^^^^^
                 = expected "ticks", or an interval that fits a whole number of times into `interval`, as in "1m""#]],
    );
}
