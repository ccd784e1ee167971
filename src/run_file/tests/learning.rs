//! `[learning]`: what it says, what it refuses, and that it binds nothing.
use super::{GOOD, good, parse};
use expect_test::{Expect, expect};

const LEARNING: &str = r#"
[learning]
algorithm = "ppo"
from = "2018-01-01"
to = "2022-01-01"
validate_to = "2023-01-01"
features = ["returns 32", "position"]
"#;

fn with_learning(lines: &str) -> String {
    format!("{GOOD}{LEARNING}{lines}\n")
}

/// The section as it is written back.
fn check(lines: &str, expected: &Expect) {
    let run = good(&with_learning(lines));
    let resolved = run.resolved();
    let section = resolved.split("[learning]").nth(1).expect("it is written back");
    expected.assert_eq(section.trim_start());
    assert_eq!(good(&resolved).learning, run.learning, "it reads back as it was");
}

#[test]
fn defaults_are_filled_in_and_written_back() {
    check(
        "",
        &expect![[r#"
            algorithm = "ppo"
            from = "2018-01-01"
            to = "2022-01-01"
            validate_to = "2023-01-01"
            features = ["returns 32", "position"]
            exposures = [-1, 0, 1]
            reward = "log-return"
            reward_scale = 100
            episode_candles = 512
            episodes = 64
            total_steps = 1000000
            ruin_pct = 50
            clip = 10
            hidden = [64, 64]
            activation = "tanh"
            decision_threshold = 0
            validate_every = 10
            patience = 0
        "#]],
    );
}

#[test]
fn everything_can_be_said_and_the_algorithm_has_keys_of_its_own() {
    check(
        "embargo_candles = 100\nexposure_step = 0.05\nexposure_min = 0\nreward = \"drawdown-penalised\"\n\
         drawdown_weight = 2.5\nhidden = [32]\nactivation = \"relu\"\ndecision_threshold = 0.1\nclip_range = 0.1\nsteps = 128",
        &expect![[r#"
            algorithm = "ppo"
            from = "2018-01-01"
            to = "2022-01-01"
            validate_to = "2023-01-01"
            embargo_candles = 100
            features = ["returns 32", "position"]
            exposure_min = 0
            exposure_max = 1
            exposure_step = 0.05
            reward = "drawdown-penalised"
            drawdown_weight = 2.5
            reward_scale = 100
            episode_candles = 512
            episodes = 64
            total_steps = 1000000
            ruin_pct = 50
            clip = 10
            hidden = [32]
            activation = "relu"
            decision_threshold = 0.1
            validate_every = 10
            patience = 0
            clip_range = 0.1
            steps = 128
        "#]],
    );
}

fn refuse(lines: &str, expected: &Expect) {
    let error = parse(&with_learning(lines)).expect_err("it is wrong");
    expected.assert_eq(&format!("{error}\n"));
}

#[test]
fn what_cannot_be_is_named_with_its_line() {
    refuse(
        "reward = \"sharpe\"\nexposures = [-1, 2]\nepisode_candles = 1\nhidden = [0]\nclip = 0.5",
        &expect![[r#"
            run.toml:32:10: `reward`: `sharpe` is not known
              32 | reward = "sharpe"
                 |          ^^^^^^^^
                 = expected one of "log-return", "differential-sharpe", "drawdown-penalised"
            run.toml:33:18: `exposures`: 2 is no exposure
              33 | exposures = [-1, 2]
                 |                  ^
                 = expected a part of the size from -1 to 1, with at most six decimal places
            run.toml:34:19: `episode_candles`: 1 is too few
              34 | episode_candles = 1
                 |                   ^
                 = expected 2 to 10000000
            run.toml:35:11: `hidden`: no layer is 0 wide
              35 | hidden = [0]
                 |           ^
                 = expected the width of each layer as in [64, 64], each from 1 to 4096
            run.toml:36:8: `clip`: 0.5 is out of range
              36 | clip = 0.5
                 |        ^^^
                 = expected a number from 1 to 1000
        "#]],
    );
    refuse(
        "exposures = [0, 1]\nexposure_step = 0.1",
        &expect![[r#"
        run.toml:32:13: exposures are either a list, or an `exposure_step` above zero with `exposure_min` below `exposure_max`
          32 | exposures = [0, 1]
             |             ^^^^^^
             = expected `exposures = [-1, 0, 1]`
    "#]],
    );
    refuse(
        "exposure_step = 0",
        &expect![[r#"
        run.toml:26:1: exposures are either a list, or an `exposure_step` above zero with `exposure_min` below `exposure_max`
          26 | [learning]
             | ^^^^^^^^^^
             = expected `exposures = [-1, 0, 1]`
    "#]],
    );
}

#[test]
fn ranges_stand_in_their_order_and_what_is_seen_is_said() {
    let swapped = with_learning("").replace("validate_to = \"2023-01-01\"", "validate_to = \"2021-01-01\"");
    let error = parse(&swapped).expect_err("it is wrong");
    expect![[r#"
        run.toml:30:15: `validate_to` is not after 2022-01-01
          30 | validate_to = "2021-01-01"
             |               ^^^^^^^^^^^^
             = expected a later instant
    "#]]
    .assert_eq(&format!("{error}\n"));
    let missing = with_learning("").replace("features = [\"returns 32\", \"position\"]\n", "");
    expect![[r#"
        run.toml:26:1: [learning] has no `features`
          26 | [learning]
             | ^^^^^^^^^^
             = expected `features = ["returns 32", "position"]`
    "#]]
    .assert_eq(&format!("{}\n", parse(&missing).expect_err("it is wrong")));
}

#[test]
fn how_a_policy_was_trained_binds_no_run() {
    let (with, without) = (good(&with_learning("")), good(GOOD));
    assert_eq!(with.binding(), without.binding());
    assert_ne!(with, without);
}
