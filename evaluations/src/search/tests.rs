//! Tests of searches with functions whose optimum is known and that need no data.
use super::*;
use crate::metrics::Metric;
use crate::trials::Trial;
use engine::Money;
use std::sync::Mutex;

/// A function of a set whose greatest value is zero.
struct Known {
    value: fn(&Parameters) -> f64,
    /// What was asked, in whatever order.
    asked: Mutex<Vec<(Parameters, f64)>>,
}

#[derive(Debug, PartialEq, thiserror::Error)]
#[error("fast must be below slow")]
struct NotFaster;

fn read(set: &Parameters, name: &str) -> f64 {
    set.get(name).map_or(0.0, |text| text.parse().unwrap())
}

impl Objective for Known {
    type Error = NotFaster;

    fn score(&self, parameters: &Parameters, fraction: f64) -> Result<Scored, NotFaster> {
        self.asked.lock().unwrap().push((parameters.clone(), fraction));
        if parameters.contains_key("slow") && read(parameters, "fast") >= read(parameters, "slow") {
            return Err(NotFaster);
        }
        let mut summary = Summary { digest: format!("{parameters:?} {fraction}"), ..Summary::default() };
        let value = Some((self.value)(parameters)).filter(|value| value.is_finite());
        summary.final_equity = Money::ONE;
        summary.metrics.insert("sharpe".into(), Metric::plain(value, "a", "b", 9).per_year(365.0));
        summary.metrics.insert("ulcer".into(), Metric::plain(value.map(|value| -value), "a", "b", 9));
        Ok(Scored::of(summary, &Column::default()))
    }
}

fn known(value: fn(&Parameters) -> f64) -> Known {
    Known { value, asked: Mutex::default() }
}

/// A bowl in two ranges and a step, with its top at (0.3, 0.001, 17) and on `b`.
fn bowl(set: &Parameters) -> f64 {
    let size = (read(set, "size") - 0.3) / 2.0;
    let rate = libm::log10(read(set, "rate") / 1e-3) / 4.0;
    let length = (read(set, "length") - 17.0) / 60.0;
    let kind = if set["kind"] == "b" { 0.0 } else { 0.05 };
    -(size * size + rate * rate + length * length) - kind
}

const BOWL: [&str; 4] = ["size=0~2", "rate=1e-6~1e-2:log", "length=1..60", "kind=a,b,c,d"];

/// Two hills in three ranges, the narrow one higher.
fn hills(set: &Parameters) -> f64 {
    let far = |x: f64, y: f64, z: f64| {
        let (x, y, z) = (read(set, "x") - x, read(set, "y") - y, read(set, "z") - z);
        x * x + y * y + z * z
    };
    libm::exp(-far(0.8, 0.2, 0.7) * 12.0) + 0.6 * libm::exp(-far(0.2, 0.7, 0.2) * 3.0) - 1.0
}

fn settings(method: Method, trials: usize, seed: u64) -> Settings {
    let (pruning, column) = (Pruning::None, Column::default());
    Settings { method, trials, generation: GENERATION, pruning, column, seed, threads: 1 }
}

fn find(objective: &Known, axes: &[&str], settings: &Settings) -> Search<NotFaster> {
    search(objective, &Space::parse(axes).unwrap(), settings, &|_, _| ()).unwrap()
}

fn best_of(value: fn(&Parameters) -> f64, axes: &[&str], settings: &Settings) -> f64 {
    find(&known(value), axes, settings).best().unwrap().score().unwrap()
}

#[test]
fn estimators_come_nearer_to_a_known_optimum_than_the_lot_does_with_the_same_trials() {
    // How often of 40 seeds, and how much smaller the mean distance from the top is.
    let check = |name: &str, value: fn(&Parameters) -> f64, axes: &[&str], top: f64, won_min: usize, times: f64| {
        let found = |method: Method| -> Vec<f64> {
            (0..40).map(|seed| top - best_of(value, axes, &settings(method, 80, seed))).collect()
        };
        let (lot, tpe) = (found(Method::Random), found("tpe".parse().unwrap()));
        let won = tpe.iter().zip(&lot).filter(|(tpe, lot)| tpe < lot).count();
        let mean = |all: &[f64]| all.iter().sum::<f64>() / all.len() as f64;
        let (tpe, lot) = (mean(&tpe), mean(&lot));
        assert!(won >= won_min && tpe * times <= lot, "{name}: nearer in {won} of 40, {tpe} against {lot} in the mean");
    };
    check("bowl", bowl, &BOWL, 0.0, 32, 2.0);
    check("hills", hills, &["x=0~1", "y=0~1", "z=0~1"], 0.06, 24, 1.3);
}

#[test]
fn a_grid_and_a_lot_that_try_everything_find_the_same_set() {
    let axes = ["fast=1..9", "slow=5..7"];
    let top = |set: &Parameters| -(read(set, "fast") - 4.0).abs() - (read(set, "slow") - 6.0).abs();
    for method in ["grid", "random", "tpe"] {
        let found = find(&known(top), &axes, &settings(method.parse().unwrap(), 27, 3));
        assert_eq!(found.trials.len(), 27, "{method}");
        assert_eq!(found.best().unwrap().parameters.values().cloned().collect::<Vec<_>>(), ["4", "6"], "{method}");
        assert_eq!(found.counts(), Counts { complete: 15, pruned: 0, failed: 12 }, "{method}");
        let mut sets: Vec<&Parameters> = found.trials.iter().map(|trial| &trial.parameters).collect();
        sets.sort();
        sets.dedup();
        assert_eq!(sets.len(), 27, "{method} names no set twice");
    }
}

#[test]
fn a_search_ends_when_the_space_is_used_up() {
    for method in [Method::Random, Method::Tpe { startup: 4 }] {
        let found = find(&known(|_| 1.0), &["fast=1..3", "kind=a,b"], &settings(method, 1000, 1));
        assert_eq!(found.trials.len(), 6, "{method:?}");
    }
}

#[test]
fn nothing_hangs_on_the_number_of_threads() {
    for method in ["grid", "random", "tpe"] {
        for pruning in ["none", "halving", "median"] {
            let found = |threads: usize| {
                let mut settings = settings(method.parse().unwrap(), 60, 5);
                (settings.threads, settings.pruning) = (threads, pruning.parse().unwrap());
                find(&known(hills), &["x=0~1", "y=0..0.8:0.2", "z=0,1"], &settings).trials
            };
            assert_eq!(found(1), found(4), "{method} {pruning}");
        }
    }
}

#[test]
fn other_seeds_and_other_generations_try_other_sets() {
    let sets = |seed: u64, generation: usize| -> Vec<Parameters> {
        let settings = Settings { generation, ..settings(Method::Tpe { startup: 6 }, 30, seed) };
        find(&known(bowl), &BOWL, &settings).trials.into_iter().map(|trial| trial.parameters).collect()
    };
    assert_eq!(sets(1, 6), sets(1, 6));
    assert_ne!(sets(1, 6), sets(2, 6));
    assert_ne!(sets(1, 6), sets(1, 5));
}

#[test]
fn losers_see_less_data_and_the_winner_all_of_it() {
    let check = |pruning: &str, counts: Counts, asked: [usize; 3]| {
        let objective = known(bowl);
        let mut settings = settings(Method::Grid { points: 3 }, 27, 0);
        (settings.pruning, settings.generation) = (pruning.parse().unwrap(), 9);
        let found = find(&objective, &["size=0~2", "rate=1e-6~1e-2:log", "length=1,17,60", "kind=b"], &settings);
        assert_eq!(found.counts(), counts, "{pruning}");
        let all = objective.asked.into_inner().unwrap();
        let at = |from: f64, to: f64| all.iter().filter(|(_, part)| *part > from && *part <= to).count();
        assert_eq!([at(0.0, 0.3), at(0.3, 0.9), at(0.9, 1.0)], asked, "{pruning}");
        let best = found.best().unwrap();
        assert_eq!((best.fraction(), best.parameters["length"].as_str()), (1.0, "17"), "{pruning}");
        let whole = found.trials.iter().filter(|trial| trial.whole_score().is_some()).count();
        assert_eq!(whole, counts.complete, "{pruning}");
    };
    check("none", Counts { complete: 27, pruned: 0, failed: 0 }, [0, 0, 27]);
    check("halving", Counts { complete: 3, pruned: 24, failed: 0 }, [27, 9, 3]);
    let objective = known(bowl);
    let median = Settings { pruning: "median".parse().unwrap(), ..settings(Method::Random, 64, 2) };
    let found = find(&objective, &BOWL, &median);
    let counts = found.counts();
    assert!(counts.pruned > 20 && counts.complete > 10, "{counts:?}");
    let whole = find(&known(bowl), &BOWL, &settings(Method::Random, 64, 2));
    assert_eq!(found.best().unwrap().parameters, whole.best().unwrap().parameters, "the best is never stopped here");
}

#[test]
fn the_best_stand_first_then_stopped_undefined_and_failed_ones() {
    let mut settings = settings(Method::Grid { points: 2 }, 8, 0);
    settings.pruning = Pruning::Halving { factor: 2, rungs: 2 };
    let value = |set: &Parameters| if read(set, "fast") > 4.0 { f64::NAN } else { read(set, "fast") };
    let found = find(&known(value), &["fast=1..8", "slow=7"], &settings);
    let order = |found: &Search<NotFaster>| {
        let word = |trial: &&Tried<NotFaster>| format!("{}{}", trial.parameters["fast"], &trial.ending()[..1]);
        found.best_first().iter().map(word).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(order(&found), "4c 3c 2c 1p 5p 6p 7f 8f");
    let by_ulcer = Settings { column: Column::new("ulcer"), ..settings };
    let halved = order(&find(&known(value), &["fast=1..8", "slow=7"], &by_ulcer));
    assert_eq!(halved, "1c 2c 3c 4p 5p 6p 7f 8f", "less is better to who stops them too");
    let by_ulcer = Settings { pruning: Pruning::None, ..by_ulcer };
    assert_eq!(order(&find(&known(value), &["fast=1..8", "slow=7"], &by_ulcer)), "1c 2c 3c 4c 5c 6c 7f 8f");
}

#[test]
fn settings_that_make_no_sense_are_refused_before_anything_runs() {
    let check = |change: &dyn Fn(&mut Settings), expected: &str| {
        let (mut settings, objective) = (settings(Method::Random, 9, 0), known(|_| 0.0));
        change(&mut settings);
        let space = Space::parse(&["fast=1..20"]).unwrap();
        let error = search(&objective, &space, &settings, &|_, _| ()).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
        objective.asked.into_inner().unwrap().len()
    };
    assert_eq!(check(&|it| it.trials = 0, "no trial"), 0);
    assert_eq!(check(&|it| it.generation = 0, "generations of no set"), 0);
    assert_eq!(check(&|it| it.pruning = Pruning::Halving { factor: 1, rungs: 2 }, "a factor of at least 2"), 0);
    assert_eq!(check(&|it| it.method = Method::Grid { points: 2 }, "the grid has 20 sets and the search may try 9"), 0);
    assert!(check(&|it| it.column = Column::new("shrape"), "did you mean `sharpe`?") <= GENERATION);
    assert_eq!("greed".parse::<Method>().unwrap_err(), "there is no method `greed`: take grid, random or tpe");
}

#[test]
fn progress_counts_every_set_once() {
    for pruning in ["none", "halving", "median"] {
        let heard = Mutex::new(Vec::new());
        let settings = Settings { pruning: pruning.parse().unwrap(), ..settings(Method::Random, 21, 4) };
        let space = Space::parse(&["fast=1..40", "slow=20"]).unwrap();
        search(&known(bowl_of_fast), &space, &settings, &|done, all| heard.lock().unwrap().push((done, all))).unwrap();
        let mut heard = heard.into_inner().unwrap();
        heard.sort_unstable();
        heard.dedup();
        assert_eq!(heard.last(), Some(&(21, 21)), "{pruning}");
        assert!(heard.iter().all(|(_, all)| *all == 21));
    }
}

fn bowl_of_fast(set: &Parameters) -> f64 {
    -(read(set, "fast") - 9.0).abs()
}

fn mixed() -> Search<NotFaster> {
    let mut settings = settings(Method::Grid { points: 2 }, 6, 0);
    settings.pruning = Pruning::Halving { factor: 2, rungs: 2 };
    find(&known(bowl_of_fast), &["fast=1..6", "slow=6"], &settings)
}

#[test]
fn every_trial_becomes_a_row_of_the_ledger() {
    let like = Trial {
        recorded_at: "now".into(),
        kind: "search".into(),
        name: "n".into(),
        strategy: "s".into(),
        parameters: String::new(),
        config_digest: "c".into(),
        data_digest: "d".into(),
        run_digest: String::new(),
        sharpe: None,
        daily_sharpe: None,
        n: 0,
        currency: String::new(),
        final_equity: String::new(),
    };
    let rows = trials(&mixed(), &like);
    assert_eq!(rows.len(), 6);
    assert_eq!(rows[0].parameters, r#"{"fast":"1","slow":"6"}"#);
    assert_eq!((rows[0].kind.as_str(), rows[0].sharpe, rows[0].n), ("search", Some(-8.0), 9), "a stopped one");
    assert!(rows[0].run_digest.ends_with("0.5") && rows[4].run_digest.ends_with(" 1"), "{rows:?}");
    assert_eq!((rows[5].sharpe, rows[5].n, rows[5].run_digest.as_str()), (None, 0, ""), "a failed one");
    assert_eq!(rows[5].parameters, r#"{"fast":"6","slow":"6"}"#);
}

#[test]
fn the_table_holds_every_trial_in_its_order() {
    use arrow_array::cast::AsArray;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trials.parquet");
    write_trials(&path, &mixed()).unwrap();
    let file = std::fs::File::open(&path).unwrap();
    let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    let names: Vec<String> = reader.schema().fields().iter().map(|field| field.name().clone()).collect();
    assert_eq!(
        names.join(" "),
        "number generation outcome rungs fraction score fast slow digest currency final_equity orders round_trips \
         sharpe ulcer error"
    );
    let batch = reader.build().unwrap().next().unwrap().unwrap();
    let texts = |name: &str| {
        let column = batch.column_by_name(name).unwrap().as_string::<i32>();
        column.iter().map(|text| text.unwrap_or("-").to_owned()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(texts("outcome"), "pruned pruned complete complete complete failed");
    assert_eq!(texts("error"), "- - - - - fast must be below slow");
}
