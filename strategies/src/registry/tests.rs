//! What the registry takes and refuses, and what it says then.
use super::*;
use alloc::string::{String, ToString};
use expect_test::{Expect, expect};

/// Reads `fast=20 size=25%` as a run file would: whole numbers, decimals, flags and texts.
fn parameters(text: &str) -> Parameters {
    let value = |word: &str| match word {
        "true" | "false" => Value::Flag(word == "true"),
        _ => match (word.parse(), rust_decimal::Decimal::from_str_exact(word)) {
            (Ok(whole), _) => Value::Whole(whole),
            (_, Ok(number)) => Value::Number(number),
            _ => Value::Text(word.replace('_', " ")),
        },
    };
    let pair = |word: &str| word.split_once('=').map(|(key, word)| (key.to_string(), value(word)));
    text.split_whitespace().filter_map(pair).collect()
}

fn ids(count: u32) -> Vec<InstrumentId> {
    (0..count).map(InstrumentId).collect()
}

fn check(name: &str, given: &str, instruments: u32, expected: &Expect) {
    let text = match Registry::builtin().build(name, &parameters(given), &ids(instruments)) {
        Ok(_) => String::from("built"),
        Err(error) => format!("{}: {error}", error.parameter.as_deref().unwrap_or("-")),
    };
    expected.assert_eq(&text);
}

#[test]
fn parameters_are_checked_before_a_strategy_is_made() {
    check("ema-cross", "size=1", 1, &expect!["built"]);
    check("ema-cross", "size=1.5 fast=5 slow=6 short=true", 50, &expect!["built"]);
    check("ema-cross", "size=25%", 1, &expect!["built"]);
    check("ema-cross", "size=5000_USD", 1, &expect!["built"]);
    check(
        "ema-cros",
        "",
        1,
        &expect![
            "-: there is no strategy `ema-cros`; there are ema-cross, buy-and-hold, flip (did you mean `ema-cross`?)"
        ],
    );
    check("donkey", "", 1, &expect!["-: there is no strategy `donkey`; there are ema-cross, buy-and-hold, flip"]);
    check(
        "ema-cross",
        "size=1 fats=3",
        1,
        &expect![
            "fats: `ema-cross` has no parameter `fats`; it has fast, slow, size, short, rebalance (did you mean `fast`?)"
        ],
    );
    check(
        "ema-cross",
        "fast=3",
        1,
        &expect![
            "size: `ema-cross` needs `size`: a size: units as `1.5`, a share of equity as `25%`, or money as `5000 USD`"
        ],
    );
    check(
        "ema-cross",
        "size=0",
        1,
        &expect![
            "size: `size` must be a size: units as `1.5`, a share of equity as `25%`, or money as `5000 USD`, not `0`"
        ],
    );
    check(
        "ema-cross",
        "size=true",
        1,
        &expect![
            "size: `size` must be a size: units as `1.5`, a share of equity as `25%`, or money as `5000 USD`, not `true`"
        ],
    );
    check("ema-cross", "size=1 fast=0", 1, &expect!["fast: `fast` must be a whole number from 1 to 100000, not `0`"]);
    check(
        "ema-cross",
        "size=1 fast=2.5",
        1,
        &expect!["fast: `fast` must be a whole number from 1 to 100000, not `2.5`"],
    );
    check("ema-cross", "size=1 short=1", 1, &expect!["short: `short` must be true or false, not `1`"]);
    check("ema-cross", "size=1 fast=50", 1, &expect!["fast: `fast` must be below `slow`, but 50 is not below 50"]);
    check("ema-cross", "size=1", 0, &expect!["-: `ema-cross` trades at least one instrument, not 0"]);
}

#[test]
fn the_warm_up_is_known_before_the_strategy_is_made() {
    let registry = Registry::builtin();
    let warm_up = |name, given| registry.warm_up(name, &parameters(given));
    assert_eq!(warm_up("ema-cross", "size=1 slow=80"), Ok(80));
    assert_eq!(warm_up("flip", "size=1"), Ok(0));
    assert!(warm_up("ema-cross", "slow=80").is_err());
}

#[test]
fn a_project_adds_its_own_strategies_but_takes_no_name_twice() {
    let mut registry = Registry::new();
    assert_eq!(registry.register(crate::flip::entry()), Ok(()));
    assert!(registry.register(crate::flip::entry()).is_err());
    assert_eq!(registry.entries().len(), 1);
}

#[test]
fn every_default_lies_within_its_own_range() {
    for entry in Registry::builtin().entries() {
        assert!(!entry.help.is_empty() && !entry.summary.ends_with('.'), "{}", entry.name);
        for parameter in &entry.parameters {
            let Some(default) = &parameter.default else { continue };
            assert_eq!(parameter.read(default).as_ref(), Ok(default), "{} {}", entry.name, parameter.name);
        }
    }
}
