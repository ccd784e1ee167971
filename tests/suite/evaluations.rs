//! Evaluations, searches and comparisons as a user runs them: the same with any number of threads, every file named by its digest, what
//! cannot be is refused.
use crate::onetape::{Desk, project};
use evaluations::evidence::Evidence;
use evaluations::statistics::walk_forward::Training;
use evaluations::sweep::{Column, Grid};
use onetape::evaluation::{Ground, Walked, walk_forward};
use onetape::run_file::{EvaluationSection, RunFile};
use onetape::shared_run::SharedRun;
use serde_json::Value;
use std::time::Instant;

const RUN: &str = "@/examples/btc-ema-cross.toml --set data.from=\"2021-01-01\"";
const GRID: &str = "--grid fast=5..20:5 --grid slow=30..70:20";
const SMALL: &str =
    "--set evaluation.paths=500 --set evaluation.resamples=200 --set evaluation.simulations=6 --set evaluation.cuts=4";

#[test]
fn the_evidence_is_the_same_with_any_number_of_threads_and_names_every_file() {
    let desk = Desk::new();
    let evaluate = |threads: u8, out: &str| {
        desk.say(&format!("--json evaluate {RUN} {GRID} {SMALL} --threads {threads} --out {out}")).json()
    };
    let (one, two) = (evaluate(1, "one"), evaluate(2, "two"));
    assert_eq!(one["digest"], two["digest"]);
    let bytes = |out: &str, file: &str| std::fs::read(desk.path(out).join(file)).expect("a file");
    assert!(bytes("one", "evidence.json") == bytes("two", "evidence.json"));
    let evidence = Evidence::read(&desk.path("one")).expect("it reads back as it was written");
    assert_eq!(evidence.files.len(), 13, "{:?}", evidence.files.keys());
    for (name, figure) in &evidence.figures {
        assert!(figure.value.is_some() || !figure.note.is_empty(), "{name} says why it is not there");
        assert!(!figure.formula.is_empty() && evidence.files.contains_key(&figure.file), "{name} explains itself");
    }
    let value = |name: &str| evidence.figures[name].value;
    for name in ["causality", "determinism", "data_integrity"] {
        assert_eq!(value(name), Some(1.0), "{name}");
    }
    // Twelve sets; the run itself is one of them, and counts once.
    assert_eq!(value("trials"), Some(12.0));
    let warm_up = &evidence.figures["warm_up"];
    assert!(warm_up.value == Some(0.0) && warm_up.note.contains("candles are enough"), "{}", warm_up.note);
    let page = String::from_utf8(bytes("one", "report.html")).expect("text");
    for title in ["Gates", "Walk forward", "Overfitting", "Plateau or needle", "Causality"] {
        assert!(page.contains(title), "{title}");
    }
    // A file that was changed is no evidence any more.
    desk.write("one/luck.json", "{}\n");
    let changed = Evidence::read(&desk.path("one")).expect_err("it was changed").to_string();
    assert!(changed.contains("luck.json"), "{changed}");
}

#[test]
fn enough_history_is_told_and_passes() {
    let desk = Desk::new();
    let set = "--set data.warmup_candles=800";
    let found = desk.say(&format!("--json evaluate {RUN} {SMALL} {set} --out enough")).json();
    assert_eq!(found["figures"]["warm_up"]["value"], 1.0, "{}", found["figures"]["warm_up"]);
    // Nothing was chosen, so nothing can be said about choices.
    let pbo = &found["figures"]["pbo"];
    assert!(pbo["value"].is_null() && !pbo["note"].as_str().unwrap_or_default().is_empty(), "{pbo}");
    assert_eq!(found["passed"], false);
}

#[test]
fn what_cannot_be_evaluated_is_refused_with_its_place() {
    let desk = Desk::new();
    desk.say(&format!("evaluate {RUN} --grid fsat=1..3")).refuses(2, "did you mean `fast`?");
    desk.say(&format!("evaluate {RUN} --set evaluation.windows=1")).refuses(2, "windows");
    desk.say(&format!("evaluate {RUN} --set evaluation.by=shrape")).refuses(2, "did you mean `sharpe`?");
    desk.say(&format!("evaluate {RUN} --set evaluation.gates=\"none.toml\"")).refuses(2, "none.toml");
    desk.write("gates.toml", "[gate.paper]\napprovals = 1\n[gate.paper.evaluation]\ndrs = { at_least = 0.9 }\n");
    desk.say(&format!("evaluate {RUN} --set evaluation.gates=\"gates.toml\"")).refuses(2, "gates.toml:4:");
    desk.say("evaluate .").refuses(2, "is no tape");
    desk.say(&format!("backtest {RUN} --tape --out plain")).done();
    desk.say("evaluate plain").refuses(2, "and not of a session");
}

#[test]
fn a_search_counts_every_trial_and_finds_the_same_on_any_number_of_threads() {
    let desk = Desk::new();
    let search = |words: &str| {
        let space = "--space fast=3..40 --space slow=41..200";
        desk.say(&format!("--json search {RUN} {space} --trials 24 {words}")).json()
    };
    let (one, two) = (search("--threads 1 --out one"), search("--threads 2 --out two"));
    assert_eq!(one["best"], two["best"]);
    assert_eq!((&one["trials"], &one["complete"]), (&24.into(), &24.into()), "{one}");
    let pruned = search("--pruning halving --out three");
    assert!(pruned["pruned"].as_u64() > Some(5), "{pruned}");
    for out in ["one", "three"] {
        assert!(desk.path(out).join("report.html").is_file() && desk.path(out).join("results.parquet").is_file());
    }
    let random = search("--method random --out four");
    assert!(random["best"]["score"].as_f64() <= one["best"]["score"].as_f64(), "{random} {one}");
    desk.say(&format!("search {RUN} --space fsat=1..3")).refuses(2, "did you mean `fast`?");
    desk.say(&format!("search {RUN} --space fast=1..3 --method best")).refuses(2, "there is no method `best`");
}

#[test]
fn a_comparison_has_intervals_and_a_paired_test_over_the_shared_days() {
    let desk = Desk::new();
    for (out, set) in [("a", ""), ("b", " --set strategy.fast=10"), ("c", " --set data.to=\"2023-06-01\"")] {
        desk.say(&format!("backtest {RUN}{set} --out {out}")).done();
    }
    let found = desk.say("--json compare a b c --out compared --resamples 200").json();
    let runs = found["runs"].as_array().expect("runs");
    assert_eq!((runs.len(), &runs[0]["against_first"]), (3, &Value::Null), "{found}");
    let against = &runs[1]["against_first"]["sharpe"];
    let number = |key: &str| against[key].as_f64().expect("a number");
    assert!(number("lower") < number("value") && number("value") < number("upper"), "{against}");
    assert!((0.0..=1.0).contains(&number("p_value")), "{against}");
    // The third is the first up to where it ends, and only those days are compared.
    assert_eq!(runs[2]["against_first"]["mean"]["value"], 0.0, "{}", runs[2]["against_first"]);
    assert_eq!(found["days"], 881, "until the day on which the shortest ends");
    let page = std::fs::read_to_string(desk.path("compared/report.html")).expect("a page");
    assert!(page.contains("Paired tests") && page.contains("Equity"));
    desk.say("compare a").refuses(2, "2 values required");
    desk.say("compare a nowhere").refuses(2, "is no tape");
}

/// Walks over the example's candles, on so many threads.
fn walked(run: &SharedRun, grid: &[&str], section: &EvaluationSection, threads: usize) -> Vec<Walked> {
    let sets = Grid::parse(grid).expect("a grid").sets();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
    let column = Column::default();
    let ground = Ground::new(run, 0);
    let walk =
        |training| walk_forward(run, &sets, &column, section, (&ground, 0), training, &|| ()).expect("enough candles");
    pool.install(|| [Training::Anchored, Training::Rolling].map(walk).into())
}

#[test]
fn a_walk_chooses_on_what_was_and_is_the_same_on_any_number_of_threads() {
    let set = ["data.from=\"2022-01-01\"".to_string()];
    let config = RunFile::load(&project().join("examples/btc-ema-cross.toml"), &set).expect("a run file");
    let run = SharedRun::load(config).expect("candles");
    let section = EvaluationSection { windows: 5, ..EvaluationSection::default() };
    let grid = ["fast=5..8", "slow=20..40:10"];
    let one = walked(&run, &grid, &section, 1);
    assert_eq!(one, walked(&run, &grid, &section, 2));
    for walk in &one {
        assert_eq!(walk.windows.len(), 5);
        for pair in walk.windows.windows(2) {
            assert_eq!(pair[0].test.1, pair[1].test.0, "tests follow each other");
        }
        for window in &walk.windows {
            assert!(window.train.1 <= window.test.0 && window.chosen.is_some(), "{window:?}");
        }
    }
    let starts = |walk: &Walked| walk.windows.iter().map(|it| it.train.0).collect::<std::collections::BTreeSet<_>>();
    assert_eq!((starts(&one[0]).len(), starts(&one[1]).len()), (1, 5), "anchored and rolling");
}

#[test]
fn a_walk_over_a_hundred_thousand_candles_takes_seconds() {
    if std::env::var_os("ONETAPE_PROVE").is_none() {
        return; // A time is proved in release only; that a walk is right is tested above.
    }
    let file = project().join("examples/btc-ema-cross.toml");
    let run = SharedRun::load(RunFile::load(&file, &[]).expect("a run file")).expect("candles");
    // The example's candles, seven times one after another, at other times: what they hold does not matter to the clock.
    let candles: Vec<_> = run.candles[0].iter().copied().cycle().take(100_000).collect();
    let length = candles[1].open_time.0 - candles[0].open_time.0;
    let first = candles[0].open_time;
    let moved = (0..).zip(candles).map(|(place, candle)| engine::Candle {
        open_time: first.after(place * length),
        known_time: first.after((place + 1) * length),
        ..candle
    });
    let set = ["data.to=\"2100-01-01\"".to_string()];
    let config = RunFile::load(&file, &set).expect("a run file");
    let run = SharedRun::over(config, run.setup.clone(), vec![moved.collect()]).expect("a run");
    let section = EvaluationSection { windows: 20, train_windows: 4, ..EvaluationSection::default() };
    let start = Instant::now();
    let both = walked(&run, &["fast=5..24", "slow=30..79:5"], &section, 0);
    let took = start.elapsed().as_secs_f64();
    assert!(both.iter().all(|walk| walk.windows.len() == 20));
    eprintln!("figure: 20 windows x 200 sets x 100,000 candles, anchored and rolling: {took:.1} s");
    assert!(took < 40.0, "two walks took {took} s");
}
