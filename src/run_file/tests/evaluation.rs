//! `[evaluation]`: what it says, what it refuses, and that it binds nothing.
use super::{GOOD, good, parse};

fn with_evaluation(lines: &str) -> String {
    format!("{GOOD}\n[evaluation]\n{lines}\n")
}

#[test]
fn what_is_said_is_written_back_and_binds_nothing() {
    let lines = "grid = [\"fast=5..24\"]\nby = \"cagr\"\nout_of_sample_from = \"2023-01-01\"\nembargo_candles = 7\n\
                 crises = [\"covid 2020-02-20 2020-04-01\"]\ngates = \"gates.toml\"\nmissed_pct = 2.5";
    let run = good(&with_evaluation(lines));
    let section = run.evaluation.as_ref().expect("it is there");
    assert_eq!((section.grid.len(), section.windows, section.embargo_candles), (1, 8, Some(7)));
    assert_eq!((section.crises.len(), section.crises[0].name.as_str()), (1, "covid"));
    assert_eq!(good(&run.resolved()), run, "it reads back as it was");
    assert_eq!(run.binding(), good(GOOD).binding());
    let usual = good(&with_evaluation("")).evaluation.expect("it is there");
    assert_eq!(usual, crate::run_file::EvaluationSection::default());
    assert_eq!(good(GOOD).evaluation, None);
}

#[test]
fn what_cannot_be_is_refused_at_its_line() {
    let check = |lines: &str, line: usize, text: &str| {
        let message = parse(&with_evaluation(lines)).expect_err("it is refused").to_string();
        let first = message.lines().next().unwrap_or_default();
        let here = with_evaluation("").lines().position(|it| it == "[evaluation]").expect("a section") + 1 + line;
        assert!(first.starts_with(&format!("run.toml:{here}:")) && first.contains(text), "{text}: {message}");
    };
    check("windows = 3\ntrain_windows = 3", 2, "`train_windows`: 3 of 3 leave nothing");
    check("blocks = 7", 1, "`blocks`: 7 cannot be halved");
    check("crises = [\"covid 2020-04-01 2020-02-20\"]", 1, "it ends before it begins");
    check("crises = [\"covid\"]", 1, "1 words");
    check("window = 3", 1, "window");
}
