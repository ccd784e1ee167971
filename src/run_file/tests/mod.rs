//! The run file from outside: what is read, what is refused and in which words, and what is written back.
mod bad_keys;
mod bad_sections;
mod bad_syntax;
mod bad_values;
mod compliance;
mod costs;
mod evaluation;
mod good;
mod learning;
mod overrides;
mod pegs;
mod policies;
mod round_trip;
mod seats;
mod ticks;

use super::RunFile;
use expect_test::Expect;
use std::path::Path;

/// A run file with every section.
const GOOD: &str = r#"[run]
name = "btc"
seed = 7

[data]
catalog = "../sample"
from = "2018-01-01"
to = "2025-01-01"

[[instruments]]
venue = "coinbase"
symbol = "BTCUSD"
interval = "4h"

[account]
cash = "100000 USD"

[strategy]
kind = "ema-cross"
fast = 20
size = "1"

[execution]
taker_fee_bps = 5
"#;

fn parse(text: &str) -> Result<RunFile, super::ConfigError> {
    RunFile::parse(text, "run.toml", Path::new("/runs"), &[])
}

fn good(text: &str) -> RunFile {
    parse(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// The good file with one line replaced.
fn with(line: &str, other: &str) -> String {
    assert_eq!(GOOD.matches(line).count(), 1, "{line}");
    GOOD.replace(line, other)
}

/// What a user reads about the good file, each time with one line replaced.
#[track_caller]
fn check_each(replaced: &[(&str, &str)], expected: Expect) {
    let read = |(line, other): &(&str, &str)| parse(&with(line, other)).expect_err("a bad file").to_string();
    expected.assert_eq(&replaced.iter().map(read).collect::<Vec<_>>().join("\n\n"));
}
