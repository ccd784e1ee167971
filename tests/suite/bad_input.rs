//! Bad input is ordinary: a clear error with its place, the designed exit code, and nothing left behind.
use crate::onetape::{Desk, project};

const RUN: &str = r#"[run]
name = "bad"
[data]
catalog = "CATALOG"
[[instruments]]
venue = "coinbase"
symbol = "BTCUSD"
interval = "4h"
[account]
cash = "100000 USD"
[strategy]
kind = "ema-cross"
fast = 20
slow = 50
size = "1"
"#;

/// Runs the run file with `was` replaced by `is`.
fn check(was: &str, is: &str, code: i32, text: &str) {
    assert!(RUN.contains(was), "{was} is not in the run file");
    let desk = Desk::new();
    let sample = project().join("datasets/sample").display().to_string();
    desk.write("run.toml", &RUN.replace(was, is).replace("CATALOG", &sample));
    for command in ["backtest run.toml --out out", "sweep run.toml --grid slow=51..52 --out out"] {
        desk.say(command).refuses(code, text);
    }
    assert!(!desk.path("out").exists(), "a failed run leaves nothing behind");
    let left: Vec<_> =
        std::fs::read_dir(desk.folder.path()).expect("a folder").map(|e| e.expect("an entry").file_name()).collect();
    assert!(left.iter().all(|name| name == "run.toml" || name == "home"), "{left:?}");
}

#[test]
fn mistakes_in_the_run_file_are_named_with_their_line() {
    check("size = \"1\"", "size = \"0\"", 2, "run.toml:15");
    check("100000 USD", "-5 USD", 2, "run.toml:10");
    check("kind = \"ema-cross\"", "kind = \"ema-crss\"", 2, "ema-cross");
    check("fast = 20", "fst = 20", 2, "did you mean `fast`");
    check("fast = 20", "fast = 60", 2, "slow");
    check("symbol = \"BTCUSD\"", "symbol = \"BTCUSDX\"", 2, "BTCUSD");
    check("interval = \"4h\"", "interval = \"3h\"", 2, "4h");
    check("100000 USD", "100000 EUR", 2, "quoted in USD");
    check("catalog = \"CATALOG\"", "catalog = \"nowhere\"", 2, "run.toml:4");
    check("catalog = \"CATALOG\"", "catlog = \"CATALOG\"", 2, "did you mean `catalog`");
    check("[account]", "[account", 2, "run.toml:9");
}

#[test]
fn a_fault_of_a_member_is_named_with_the_line_of_the_members() {
    let check = |members: &str, text: &str| {
        let desk = Desk::new();
        let set = |command: &str| format!("{command} --set strategy.members={members} --out out");
        desk.say(&set("backtest @/examples/btc-ensemble.toml")).refuses(2, text);
        assert!(!desk.path("out").exists(), "a failed run leaves nothing behind");
    };
    check("[\"flip\",\"grid\"]", "member 2, `grid`");
    check("[\"ema-crss\"]", "did you mean `ema-cross`");
    check("[\"flip\",3]", "a list holds texts, and 3 is none");
    check("[]", "a list of one or more texts");
    let desk = Desk::new();
    let run = std::fs::read_to_string(project().join("examples/btc-ensemble.toml")).expect("an example");
    let sample = project().join("datasets/sample").display().to_string();
    desk.write("run.toml", &run.replace("../datasets/sample", &sample).replace("entry=55", "enrty=55"));
    let line = run.lines().position(|line| line.starts_with("members")).expect("members") + 1;
    let answer = desk.say("backtest run.toml --out out");
    answer.refuses(2, &format!("run.toml:{line}"));
    answer.refuses(2, "member 2, `donchian-breakout`");
    answer.refuses(2, "did you mean `entry`");
}

#[test]
fn a_window_without_candles_says_what_there_is() {
    check("catalog = \"CATALOG\"", "catalog = \"CATALOG\"\nfrom = \"2030-01-01\"", 1, "2025");
}

#[test]
fn a_missing_run_file_or_command_is_bad_usage() {
    let desk = Desk::new();
    desk.say("backtest nothing.toml").refuses(2, "nothing.toml");
    desk.say("bactest run.toml").refuses(2, "did you mean `backtest`");
    desk.say("unlock run").refuses(2, "this version does not have");
    desk.say("replay nothing").refuses(2, "nothing is no tape");
    desk.say("report nothing").refuses(2, "summary.json");
    desk.say("sweep @/examples/btc-ema-cross.toml --grid fsat=1..2").refuses(2, "did you mean `fast`");
    desk.say("sweep @/examples/btc-ema-cross.toml --grid fast=9..2").refuses(2, "fast=9..2");
}

/// A catalog with one file made of these bytes.
fn with_file(bytes: &[u8]) -> Desk {
    let desk = Desk::new();
    let path = desk.path("catalog/candles/coinbase/BTCUSD/4h.parquet");
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    std::fs::write(path, bytes).expect("written");
    desk.write("run.toml", &RUN.replace("CATALOG", "catalog"));
    desk
}

#[test]
fn hostile_parquet_is_refused_and_never_a_panic() {
    let sample = std::fs::read(project().join("datasets/sample/candles/coinbase/BTCUSD/4h.parquet")).expect("a file");
    let cut = sample[..sample.len() / 2].to_vec();
    let mut garbled = sample.clone();
    let middle = garbled.len() / 2;
    garbled[100..middle].iter_mut().for_each(|byte| *byte = byte.wrapping_mul(31).wrapping_add(7));
    let mut footer = sample.clone();
    let end = footer.len();
    footer[end - 200..end - 8].fill(0xff);
    for bytes in [Vec::new(), b"PAR1".to_vec(), b"not parquet at all".to_vec(), cut, garbled, footer] {
        let desk = with_file(&bytes);
        let answer = desk.say("backtest run.toml --out out");
        assert!([1, 2].contains(&answer.code), "{} {}", answer.code, answer.err);
        assert!(answer.err.contains("4h.parquet") && answer.err.contains("error:"), "{}", answer.err);
        assert!(!desk.path("out").exists());
    }
}

#[test]
fn another_folder_is_never_overwritten() {
    let desk = Desk::new();
    desk.write("precious/thesis.txt", "work of years");
    desk.say("backtest @/examples/btc-ema-cross.toml --out precious").refuses(2, "holds no run of ours");
    assert_eq!(std::fs::read_to_string(desk.path("precious/thesis.txt")).expect("there"), "work of years");
}

#[test]
fn a_place_that_cannot_be_written_is_an_error_and_no_half_result() {
    let desk = Desk::new();
    desk.write("home", "a file where the ledger's folder should be");
    desk.say("backtest @/examples/btc-ema-cross.toml --out out").refuses(1, "ONETAPE_HOME");
    assert!(!desk.path("out").exists());
    Desk::new()
        .say("backtest @/examples/btc-ema-cross.toml --out /proc/onetape/run")
        .refuses(1, "cannot make /proc/onetape");
}
