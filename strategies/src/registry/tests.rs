//! What the registry takes and refuses, and what it says then.
use super::*;
use alloc::string::{String, ToString};
use expect_test::{Expect, expect};

/// Reads `fast=20 size=25%`; an underscore stands for a blank.
fn parameters(text: &str) -> Parameters {
    let value = |word: &str| Value::read(&word.replace('_', " "));
    let pair = |word: &str| word.split_once('=').map(|(key, word)| (key.to_string(), value(word)));
    text.split_whitespace().filter_map(pair).collect()
}

fn ids(count: u32) -> Vec<InstrumentId> {
    (0..count).map(InstrumentId).collect()
}

/// Builds each line, `INSTRUMENTS NAME key=value ...`, and writes down what came of it.
fn check(lines: &[&str], expected: &Expect) {
    let registry = Registry::builtin();
    let mut text = String::new();
    for line in lines {
        let (count, rest) = line.split_once(' ').expect("a count and a name");
        let (name, given) = rest.split_once(' ').unwrap_or((rest, ""));
        let instruments = ids(count.parse().expect("a number of instruments"));
        let outcome = match registry.build(name, &parameters(given), &instruments) {
            Ok(_) => String::from("built"),
            Err(error) => format!("{}: {error}", error.parameter.as_deref().unwrap_or("-")),
        };
        text += &format!("{line}\n    {outcome}\n");
    }
    expected.assert_eq(&text);
}

#[test]
fn parameters_are_checked_before_a_strategy_is_made() {
    check(
        &[
            "1 ema-cross size=1",
            "50 ema-cross size=1.5 fast=5 slow=6 short=true",
            "1 ema-cross size=25%",
            "1 ema-cross size=5000_USD",
            "1 ema-cros",
            "1 donkey",
            "1 ema-cross size=1 fats=3",
            "1 ema-cross fast=3",
            "1 ema-cross size=0",
            "1 ema-cross size=true",
            "1 ema-cross size=1 fast=0",
            "1 ema-cross size=1 fast=2.5",
            "1 ema-cross size=1 short=1",
            "1 ema-cross size=1 fast=50",
            "0 ema-cross size=1",
        ],
        &expect![[r#"
            1 ema-cross size=1
                built
            50 ema-cross size=1.5 fast=5 slow=6 short=true
                built
            1 ema-cross size=25%
                built
            1 ema-cross size=5000_USD
                built
            1 ema-cros
                -: there is no strategy `ema-cros`; there are ema-cross, donchian-breakout, bollinger-reversion, momentum-rotation, bracket-breakout, grid, buy-and-hold, flip, ensemble (did you mean `ema-cross`?)
            1 donkey
                -: there is no strategy `donkey`; there are ema-cross, donchian-breakout, bollinger-reversion, momentum-rotation, bracket-breakout, grid, buy-and-hold, flip, ensemble
            1 ema-cross size=1 fats=3
                fats: `ema-cross` has no parameter `fats`; it has fast, slow, size, short, rebalance (did you mean `fast`?)
            1 ema-cross fast=3
                size: `ema-cross` needs `size`: units as `1.5`, a share of equity as `25%`, or money as `5000 USD`, above zero
            1 ema-cross size=0
                size: `size` must be units as `1.5`, a share of equity as `25%`, or money as `5000 USD`, above zero, not `0`
            1 ema-cross size=true
                size: `size` must be units as `1.5`, a share of equity as `25%`, or money as `5000 USD`, above zero, not `true`
            1 ema-cross size=1 fast=0
                fast: `fast` must be a whole number from 1 to 100000, not `0`
            1 ema-cross size=1 fast=2.5
                fast: `fast` must be a whole number from 1 to 100000, not `2.5`
            1 ema-cross size=1 short=1
                short: `short` must be true or false, not `1`
            1 ema-cross size=1 fast=50
                fast: `fast` must be below `slow`, but 50 is not below 50
            0 ema-cross size=1
                -: `ema-cross` trades at least one instrument, not 0
        "#]],
    );
}

#[test]
fn each_strategy_refuses_what_contradicts_itself() {
    check(
        &[
            "1 donchian-breakout size=1 exit=21",
            "1 bollinger-reversion size=1 deviations=2.5",
            "1 bollinger-reversion size=1 deviations=0",
            "1 bollinger-reversion size=1 deviations=2.00001",
            "1 momentum-rotation size=1",
            "3 momentum-rotation size=1 top=3",
            "1 grid size=1 levels=9 step=10",
            "1 grid size=1 levels=8 step=10",
        ],
        &expect![[r#"
            1 donchian-breakout size=1 exit=21
                exit: `exit` must be at most `entry`, but 21 is above 20
            1 bollinger-reversion size=1 deviations=2.5
                built
            1 bollinger-reversion size=1 deviations=0
                deviations: `deviations` must be a number from 0.1 to 10 with at most four decimal places, not `0`
            1 bollinger-reversion size=1 deviations=2.00001
                deviations: `deviations` must be a number from 0.1 to 10 with at most four decimal places, not `2.00001`
            1 momentum-rotation size=1
                -: `momentum-rotation` trades at least 2 instruments, not 1
            3 momentum-rotation size=1 top=3
                top: `top` must be below the number of instruments, but 3 is not below 3
            1 grid size=1 levels=9 step=10
                levels: `levels` and one more, times `step`, must be below 100%, but 9 lines of 10% reach it
            1 grid size=1 levels=8 step=10
                built
        "#]],
    );
}

/// Builds an ensemble from each line.
fn check_ensembles(lines: &[&str], expected: &Expect) {
    let lines: Vec<String> = lines.iter().map(|line| format!("1 ensemble size=1 {line}")).collect();
    check(&lines.iter().map(String::as_str).collect::<Vec<_>>(), expected);
}

#[test]
fn a_member_that_cannot_be_one_is_named() {
    check_ensembles(
        &[
            "members=flip;ema-cross_fast=5_slow=9_weight=2.5;flip",
            "threshold=1",
            "members=3",
            "members=flip;ema-cros",
            "members=flip;",
            "members=grid",
            "members=flip;bracket-breakout",
            "members=flip;ensemble_members=flip",
            "members=momentum-rotation",
        ],
        &expect![[r#"
            1 ensemble size=1 members=flip;ema-cross_fast=5_slow=9_weight=2.5;flip
                built
            1 ensemble size=1 threshold=1
                members: `ensemble` needs `members`: a list of one or more texts
            1 ensemble size=1 members=3
                members: `members` must be a list of one or more texts, not `3`
            1 ensemble size=1 members=flip;ema-cros
                members: member 2, `ema-cros`: there is no strategy `ema-cros`; there are ema-cross, donchian-breakout, bollinger-reversion, momentum-rotation, buy-and-hold, flip (did you mean `ema-cross`?)
            1 ensemble size=1 members=flip;
                members: member 2: expected a strategy and its parameters as in `ema-cross fast=20 slow=50 weight=2`
            1 ensemble size=1 members=grid
                members: member 1, `grid`: it trades by orders of its own, and only targets can be weighed
            1 ensemble size=1 members=flip;bracket-breakout
                members: member 2, `bracket-breakout`: it trades by orders of its own, and only targets can be weighed
            1 ensemble size=1 members=flip;ensemble_members=flip
                members: member 2, `ensemble`: an ensemble cannot be a member: write its members here
            1 ensemble size=1 members=momentum-rotation
                members: member 1, `momentum-rotation`: `momentum-rotation` trades at least 2 instruments, not 1
        "#]],
    );
}

#[test]
fn a_fault_of_a_member_is_named_with_the_member_and_the_parameter() {
    check_ensembles(
        &[
            "members=flip;ema-cross_fats=3",
            "members=ema-cross_weigth=3",
            "members=ema-cross_fast=60",
            "members=ema-cross_fast=0",
            "members=ema-cross_size=2",
            "members=ema-cross_fast=2_fast=3",
            "members=ema-cross_fast",
            "members=ema-cross_fast=",
            "members=flip_weight=0",
            "members=flip_weight=1000.1",
            "members=flip_weight=heavy",
        ],
        &expect![[r#"
            1 ensemble size=1 members=flip;ema-cross_fats=3
                members: member 2, `ema-cross`: there is no parameter `fats`; there are fast, slow, short, rebalance, weight (did you mean `fast`?)
            1 ensemble size=1 members=ema-cross_weigth=3
                members: member 1, `ema-cross`: there is no parameter `weigth`; there are fast, slow, short, rebalance, weight (did you mean `weight`?)
            1 ensemble size=1 members=ema-cross_fast=60
                members: member 1, `ema-cross`: `fast` must be below `slow`, but 60 is not below 50
            1 ensemble size=1 members=ema-cross_fast=0
                members: member 1, `ema-cross`: `fast` must be a whole number from 1 to 100000, not `0`
            1 ensemble size=1 members=ema-cross_size=2
                members: member 1, `ema-cross`: a member has no `size` of its own: that of the ensemble holds
            1 ensemble size=1 members=ema-cross_fast=2_fast=3
                members: member 1, `ema-cross`: `fast` is given twice
            1 ensemble size=1 members=ema-cross_fast
                members: member 1, `ema-cross`: `fast` is no parameter: expected `key=value` without blanks
            1 ensemble size=1 members=ema-cross_fast=
                members: member 1, `ema-cross`: `fast=` is no parameter: expected `key=value` without blanks
            1 ensemble size=1 members=flip_weight=0
                members: member 1, `flip`: `weight` must be a number from 0.0001 to 1000 with at most four decimal places, not `0`
            1 ensemble size=1 members=flip_weight=1000.1
                members: member 1, `flip`: `weight` must be a number from 0.0001 to 1000 with at most four decimal places, not `1000.1`
            1 ensemble size=1 members=flip_weight=heavy
                members: member 1, `flip`: `weight` must be a number from 0.0001 to 1000 with at most four decimal places, not `heavy`
        "#]],
    );
}

#[test]
fn the_rule_of_an_ensemble_has_bounds() {
    check_ensembles(
        &[
            "members=flip threshold=0",
            "members=flip threshold=1.0001",
            "members=flip mode=votes",
            "members=flip mode=consent",
        ],
        &expect![[r#"
            1 ensemble size=1 members=flip threshold=0
                threshold: `threshold` must be a number from 0.0001 to 1 with at most four decimal places, not `0`
            1 ensemble size=1 members=flip threshold=1.0001
                threshold: `threshold` must be a number from 0.0001 to 1 with at most four decimal places, not `1.0001`
            1 ensemble size=1 members=flip mode=votes
                mode: `mode` must be one of vote, proportional, not `votes` (did you mean `vote`?)
            1 ensemble size=1 members=flip mode=consent
                mode: `mode` must be one of vote, proportional, not `consent`
        "#]],
    );
}

#[test]
fn the_warm_up_is_known_before_the_strategy_is_made() {
    let registry = Registry::builtin();
    let warm_up = |name, given| registry.warm_up(name, &parameters(given));
    assert_eq!(warm_up("ema-cross", "size=1 slow=80"), Ok(80));
    assert_eq!(warm_up("flip", "size=1"), Ok(0));
    assert_eq!(warm_up("donchian-breakout", "size=1"), Ok(21));
    assert_eq!(warm_up("momentum-rotation", "size=1 lookback=7"), Ok(8));
    assert!(warm_up("ema-cross", "slow=80").is_err());
    let members = "members=ema-cross_slow=80;flip;donchian-breakout_entry=90_weight=2";
    assert_eq!(warm_up("ensemble", &format!("size=1 {members}")), Ok(91));
}

#[test]
fn a_project_adds_its_own_strategies_but_takes_no_name_twice() {
    let mut registry = Registry::new();
    assert_eq!(registry.register(crate::flip::entry()), Ok(()));
    assert!(registry.register(crate::flip::entry()).is_err());
    assert_eq!(registry.entries().len(), 1);
}

#[test]
fn resolved_settings_name_every_parameter() {
    let registry = Registry::builtin();
    let entry = registry.entry("donchian-breakout").expect("one of ours");
    let settings = entry.settings(&parameters("size=2 entry=55")).expect("good parameters");
    let pairs: Vec<String> = settings.values().iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(pairs.join(" "), "entry=55 exit=10 short=false size=2");
    let entry = registry.entry("ensemble").expect("one of ours");
    let given = parameters("size=2 members=flip;ema-cross_fast=3");
    let settings = entry.settings(&given).expect("good parameters");
    assert_eq!(settings.values()["members"].to_string(), "flip; ema-cross fast=3");
    assert_eq!(entry.settings(settings.values()), Ok(settings.clone()));
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
