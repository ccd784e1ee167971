//! A training as a user runs it: trained, gone on with, backtested, on paper, replayed.
use crate::onetape::{Desk, project};
use crate::venue_process::Venue;
use learning::policy::Policy;
use serde_json::Value;

/// A training that is over in seconds.
const SHORT: &str = "--set learning.total_steps=24_576 --set learning.validate_every=2 --set learning.patience=0";

/// A desk with the example `rl-ppo`, whose policy lies beside it.
fn desk() -> Desk {
    let desk = Desk::new();
    let example = std::fs::read_to_string(project().join("examples/rl-ppo.toml")).expect("an example");
    let catalog = project().join("datasets/sample").display().to_string();
    let text = example.replace("../datasets/sample", &catalog).replace("../runs/rl-ppo.policy", "rl-ppo.policy");
    desk.write("rl-ppo.toml", &text);
    desk
}

fn digest(desk: &Desk, file: &str) -> String {
    let policy = Policy::load(&desk.path(file)).expect("a policy");
    policy.digest().expect("a policy")
}

fn train(desk: &Desk, words: &str) -> Value {
    desk.say(&format!("--json train rl-ppo.toml {SHORT} {words}")).json()
}

#[test]
fn one_seed_trains_one_policy_however_it_is_run() {
    let (whole, parts) = (desk(), desk());
    let first = train(&whole, "--out training");
    assert_eq!(first["steps"], 24_576);
    // Stopped between two validations, and gone on with in another process.
    let stopped = parts.say(&format!("--json train rl-ppo.toml {SHORT} --out training --stop-after 3"));
    assert!(stopped.err.contains("--resume"), "{}", stopped.err);
    assert!(!parts.path("rl-ppo.policy").exists(), "an unfinished training installs nothing");
    let second = train(&parts, "--out training --resume");
    assert_eq!(first["digest"], second["digest"]);
    let file = |desk: &Desk, name: &str| std::fs::read(desk.path(name)).expect("a file");
    for name in ["training/training.parquet", "training/best.policy", "training/training.json"] {
        assert!(file(&whole, name) == file(&parts, name), "{name} differs");
    }
    assert!(file(&whole, "rl-ppo.policy") == file(&whole, "training/best.policy"));
    // On one thread, and with another seed.
    let words = format!("--json train rl-ppo.toml {SHORT} --out alone");
    let words: Vec<&str> = words.split_whitespace().collect();
    let alone = whole.run_with(&words, &[("RAYON_NUM_THREADS", "1")]).json();
    assert_eq!(alone["digest"], first["digest"]);
    assert_ne!(train(&whole, "--out other --set run.seed=8")["digest"], first["digest"]);
}

#[test]
fn a_trained_policy_is_backtested_and_its_tape_replays() {
    let desk = desk();
    let trained = train(&desk, "--out training");
    assert_eq!(digest(&desk, "rl-ppo.policy"), trained["digest"]);
    for runtime in ["torch", "portable"] {
        let line = format!("--json backtest rl-ppo.toml --tape --out {runtime} --set strategy.runtime={runtime}");
        let summary = desk.say(&line).json();
        assert!(summary["fills"].as_u64() > Some(10), "{summary}");
        assert_eq!(desk.say(&format!("--json replay {runtime}")).json()["identical"], true);
    }
    let header = desk.say("tape show torch --count 1").out;
    let digest = trained["digest"].as_str().expect("a digest");
    assert!(header.contains(digest) && header.contains("libtorch"), "{header}");
}

/// The validation of a training is a pass of the environment; a backtest of the same candles is a run. They are the same engine.
#[test]
fn what_validation_says_a_backtest_says_too() {
    let desk = desk();
    let trained = train(&desk, "--out training");
    let range = trained["ranges"]["validation"].as_str().expect("a range");
    let first = range.split(" .. ").next().expect("an instant");
    let window = format!("--set data.from={first} --set data.to=2021-01-01 --set strategy.runtime=portable");
    let summary = desk.say(&format!("--json backtest rl-ppo.toml --out out {window}")).json();
    let number = |value: &Value| value.as_str().expect("a decimal").parse::<f64>().expect("a number");
    let earned = engine::math::ln(number(&summary["final_equity"]) / 100_000.0);
    let said = trained["validation"]["log_return"].as_f64().expect("a number");
    assert!((earned - said).abs() < 1e-9, "a backtest earned {earned}, validation says {said}");
}

#[test]
fn a_backtest_on_candles_that_training_saw_says_so() {
    let desk = desk();
    train(&desk, "--out training");
    let inside = desk.say("backtest rl-ppo.toml --out inside --set data.from=2018-01-01 --set data.to=2019-01-01");
    assert!(inside.err.contains("was trained on"), "{}", inside.err);
    let judged = desk.say("backtest rl-ppo.toml --out judged --set data.from=2020-01-01 --set data.to=2020-06-01");
    assert!(judged.err.contains("was chosen by"), "{}", judged.err);
    let outside = desk.say("backtest rl-ppo.toml --out outside");
    assert_eq!(outside.code, 0);
    assert!(!outside.err.contains("was trained on") && !outside.err.contains("was chosen by"), "{}", outside.err);
}

#[test]
fn a_trained_policy_trades_on_paper_and_the_tape_of_the_session_replays() {
    let desk = desk();
    train(&desk, "--out training");
    let venue = Venue::of(&["alpaca", &desk.path("rl-ppo.toml").display().to_string(), "--speed", "240000"]);
    let line = format!("--json paper rl-ppo.toml --endpoint {} --out session --until 2021-01-20", venue.endpoint);
    let session = desk.say(&line).json();
    assert!(session["candles"].as_u64() > Some(60), "{session}");
    assert_eq!(desk.say("--json replay session").json()["identical"], true);
}

#[test]
fn what_cannot_be_trained_is_refused_with_what_to_do() {
    let desk = desk();
    let refuse = |words: &str, text: &str| desk.say(format!("train rl-ppo.toml {words}").trim_end()).refuses(2, text);
    refuse("--set learning.clip_rnge=0.1", "did you mean `clip_range`?");
    refuse("--set learning.clip_range=wide", "`clip_range` cannot be");
    refuse("--set learning.features=[\"return\"]", "did you mean `returns`?");
    refuse("--set learning.episode_candles=100000", "the training range is too short");
    refuse("--set learning.embargo_candles=100000", "is too short");
    refuse("--resume", "holds no checkpoint");
    refuse("--set strategy.kind=flip", "`kind = \"policy\"`");
    desk.write("runs/rl-ppo-training/mine.txt", "notes");
    refuse("", "which no training wrote");
}

#[test]
fn a_training_can_begin_with_a_parent() {
    let desk = desk();
    let parent = train(&desk, "--out training");
    std::fs::copy(desk.path("rl-ppo.policy"), desk.path("parent.policy")).expect("copied");
    let child = train(&desk, "--out child --parent parent.policy");
    assert_eq!(child["parent"], parent["digest"]);
    assert_ne!(child["digest"], parent["digest"]);
    let words = format!("train rl-ppo.toml {SHORT} --out other --parent parent.policy --set learning.hidden=[32,32]");
    desk.say(&words).refuses(2, "the parent does not fit");
}

#[test]
fn retraining_registers_a_candidate_of_a_newer_window_and_promotes_nothing() {
    let desk = desk();
    let first = train(&desk, "--out training");
    let in_use = std::fs::read(desk.path("rl-ppo.policy")).expect("a policy");
    let line = format!("--json retrain rl-ppo.toml {SHORT} --register candidates --until 2022-01-01");
    let candidate = desk.say(&line).json();
    assert_eq!(candidate["stage"], "candidate");
    assert_eq!((&candidate["parent"], &candidate["incumbent"]["digest"]), (&first["digest"], &first["digest"]));
    assert!(candidate["window"].as_str().expect("a text").ends_with("2021-12-31T20:00:00Z"), "{candidate}");
    assert_eq!(candidate["incumbent"]["saw_it"], true, "validation reaches back to what the first was chosen by");
    assert!(std::fs::read(desk.path("rl-ppo.policy")).expect("a policy") == in_use, "nothing was promoted");
    let file = candidate["file"].as_str().expect("a name");
    assert_eq!(digest(&desk, &format!("candidates/{file}")), candidate["candidate"]["digest"]);
    // A schedule that comes again finds nothing to do; a later window is another candidate.
    let again = desk.say(&line);
    assert!(again.err.contains("nothing was done"), "{}", again.err);
    let later = desk.say(&line.replace("2022-01-01", "2023-06-01")).json();
    assert_eq!(later["incumbent"]["saw_it"], false);
    let lines = std::fs::read_to_string(desk.path("candidates/candidates.jsonl")).expect("a register");
    assert_eq!(lines.lines().count(), 2);
}
