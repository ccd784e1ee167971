//! A tape proves its run: any change of strategy, tape or candles is found and named.
use crate::onetape::{Answer, Desk, project};
use std::path::Path;

/// A desk with a run of an example over a copy of the catalog's series, and its tape.
fn recorded() -> Desk {
    let desk = Desk::new();
    let series = "candles/coinbase/BTCUSD/4h.parquet";
    let target = desk.path("catalog").join(series);
    std::fs::create_dir_all(target.parent().expect("a folder")).expect("made");
    std::fs::copy(project().join("datasets/sample").join(series), &target).expect("copied");
    let example = std::fs::read_to_string(project().join("examples/btc-ema-cross.toml")).expect("an example");
    desk.write("run.toml", &example.replace("../datasets/sample", "catalog"));
    desk.say("--json backtest run.toml --out out --tape").json();
    desk
}

fn replay(desk: &Desk, more: &str) -> Answer {
    desk.say(&format!("replay out{more}"))
}

#[test]
fn a_whole_tape_replays() {
    let desk = recorded();
    assert_eq!(replay(&desk, "").code, 0);
    // Without the run file beside it the header's configuration is enough, once the candles are named.
    std::fs::rename(desk.path("out/tape"), desk.path("alone")).expect("moved");
    std::fs::remove_file(desk.path("run.toml")).expect("removed");
    desk.say("replay alone").refuses(2, "--catalog");
    assert_eq!(desk.say("replay alone --catalog catalog").code, 0);
}

#[test]
fn another_parameter_names_the_first_step_that_differs() {
    let desk = recorded();
    let answer = replay(&desk, " --set strategy.fast=19");
    answer.refuses(3, "configuration differs: strategy.fast was 20, is 19");
    assert!(
        answer.err.contains("step ") && answer.err.contains("tape:") && answer.err.contains("now :"),
        "{}",
        answer.err
    );
    // The same through the file beside the tape.
    let path = desk.path("out/run.toml");
    let text = std::fs::read_to_string(&path).expect("a run file");
    std::fs::write(&path, text.replace("fast = 20", "fast = 19")).expect("written");
    replay(&desk, "").refuses(3, "configuration differs: strategy.fast was 20, is 19");
}

#[test]
fn any_byte_of_the_tape_is_missed() {
    let desk = recorded();
    let path = desk.path("out/tape/000001.tape");
    let whole = std::fs::read(&path).expect("a tape");
    for place in [0, 9, 100, whole.len() / 3, whole.len() / 2, whole.len() - 1] {
        let mut edited = whole.clone();
        edited[place] ^= 1;
        std::fs::write(&path, &edited).expect("written");
        for command in ["replay out", "tape verify out"] {
            desk.say(command).refuses(3, "step ");
        }
    }
    for length in [whole.len() - 1, whole.len() / 2, 10] {
        std::fs::write(&path, &whole[..length]).expect("written");
        desk.say("tape verify out").refuses(3, "the tape was cut");
    }
}

/// Writes the series again with one candle changed.
fn change_candle(catalog: &Path, row: usize, change: impl FnOnce(&mut engine::Candle)) {
    let open = datasets::Catalog::open(catalog).expect("a catalog");
    let interval = "4h".parse().expect("an interval");
    let series = open.series("coinbase", "BTCUSD", interval).expect("a series");
    let mut candles = datasets::load_all(&series, datasets::ReadOptions::all(interval.0)).expect("candles");
    change(&mut candles[row]);
    datasets::write_candles(&series.files()[0].path, &notes(interval), &candles).expect("written");
}

fn notes(interval: engine::Interval) -> datasets::FileNotes {
    datasets::FileNotes {
        venue: "coinbase".into(),
        symbol: "BTCUSD".into(),
        interval,
        source: String::new(),
        licence: String::new(),
        price: "trade".into(),
        note: String::new(),
    }
}

#[test]
fn another_candle_names_file_row_group_and_step() {
    let desk = recorded();
    change_candle(&desk.path("catalog"), 10_000, |candle| {
        candle.close = candle.high; // within the candle's range, so that it stays one that can be
    });
    let answer = replay(&desk, "");
    answer.refuses(3, "dataset differs: candles/coinbase/BTCUSD/4h.parquet row group 0");
    assert!(answer.err.contains("step "), "{}", answer.err);
}

#[test]
fn a_candle_that_changes_no_decision_is_found_all_the_same() {
    let desk = recorded();
    change_candle(&desk.path("catalog"), 10_000, |candle| candle.volume += 1);
    let answer = replay(&desk, "");
    answer.refuses(3, "dataset differs");
    assert!(answer.err.contains("no decision"), "{}", answer.err);
}

#[test]
fn other_detail_candles_are_named_and_change_no_decision() {
    let desk = recorded();
    let run = std::fs::read_to_string(desk.path("run.toml")).expect("a run file");
    let path = desk.path("catalog/candles/coinbase/BTCUSD/1d.parquet");
    let catalog = datasets::Catalog::open(&desk.path("catalog")).expect("a catalog");
    let interval = "4h".parse().expect("an interval");
    let series = catalog.series("coinbase", "BTCUSD", interval).expect("a series");
    let all = datasets::load_all(&series, datasets::ReadOptions::all(interval.0)).expect("candles");
    let mut days = Vec::new();
    let shared = engine::SharedCandles::new(all.into());
    let mut source = engine::Aggregated::new(shared, engine::Interval::DAY);
    while engine::CandleSource::advance(&mut source).expect("memory") {
        days.extend_from_slice(engine::CandleSource::block(&source));
    }
    datasets::write_candles(&path, &notes(engine::Interval::DAY), &days).expect("written");
    desk.write("day.toml", &run.replace("interval = \"4h\"", "interval = \"1d\"\ndetail = \"4h\""));
    desk.say("--json backtest day.toml --out day --tape").json();
    assert!(
        desk.say("tape show day --count 3").out.contains("detail.0.0"),
        "{}",
        desk.say("tape show day --count 3").out
    );
    assert!(!desk.say("tape show out --count 3").out.contains("detail."));
    let plain = desk.say("replay day");
    assert!(plain.code == 0 && !plain.err.contains("note:"), "{}", plain.err);
    change_candle(&desk.path("catalog"), 10_000, |candle| candle.volume += 1);
    let noted = desk.say("replay day");
    let expected = "note: candles/coinbase/BTCUSD/4h.parquet is not the one that the run's orders met";
    assert!(noted.code == 0 && noted.err.contains(expected), "{} {}", noted.code, noted.err);
    assert_eq!(desk.say("--json replay day").json()["notes"].as_array().map(Vec::len), Some(1));
}

#[test]
fn two_tapes_are_compared_step_by_step() {
    let desk = recorded();
    desk.say("--json backtest run.toml --out other --tape --set strategy.slow=60").json();
    assert_eq!(desk.say("tape diff out out").code, 0);
    let answer = desk.say("tape diff out other");
    answer.refuses(3, "differs");
    assert!(answer.err.contains("left:") && answer.err.contains("right:"), "{}", answer.err);
    let shown = desk.say("tape show out --count 30");
    assert!(shown.out.contains("send order 1"), "{}", shown.out);
    let lines = desk.say("tape export out").out;
    assert!(lines.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()));
}
