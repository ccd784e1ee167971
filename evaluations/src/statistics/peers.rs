//! Answers of arch and skfolio to the same questions: `evaluations/peers/statistics.py` asks them.
//!
//! The committed answers are held against ours in every test run; where `ONETAPE_PEERS` names a file, as
//! `cargo xtask prove peers` makes one, that one is.
use super::block_length::block_length;
use super::bootstrap::long_run_variance;
use super::splits::{Gaps, combinatorial};
use super::superior::{Differences, Maxima};
use serde::Deserialize;

#[derive(Deserialize)]
struct Answers {
    made_with: Vec<String>,
    block_lengths: Vec<Lengths>,
    superior: Vec<Best>,
    splits: Vec<Splits>,
}

#[derive(Deserialize)]
struct Lengths {
    values: Vec<f64>,
    stationary: f64,
    circular: f64,
}

#[derive(Deserialize)]
struct Best {
    excess: Vec<Vec<f64>>,
    mean_length: f64,
    variances: Vec<f64>,
    valid: Vec<bool>,
    rows_drawn: Vec<Vec<usize>>,
    plain: [f64; 3],
    studentised: [f64; 3],
}

#[derive(Deserialize)]
struct Splits {
    question: [usize; 5],
    train: Vec<Vec<[usize; 2]>>,
    test: Vec<Vec<[usize; 2]>>,
    path_ids: Vec<Vec<usize>>,
    paths: usize,
}

fn answers() -> Answers {
    let committed = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/statistics.json");
    let path = std::env::var("ONETAPE_PEERS").unwrap_or_else(|_| committed.to_owned());
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn close(found: f64, expected: f64) -> bool {
    (found - expected).abs() <= 1e-9 * expected.abs().max(1e-9)
}

fn told(made_with: &[String], what: &str) {
    eprintln!("figure: {}: {what}", made_with.join(", "));
}

#[test]
fn block_lengths_are_those_of_arch() {
    let answers = answers();
    for (place, asked) in answers.block_lengths.iter().enumerate() {
        let found = block_length(&asked.values).unwrap();
        // A block shorter than a row is one of a row here.
        let expected = [asked.stationary, asked.circular].map(|length| length.max(1.0));
        assert!(
            close(found.stationary, expected[0]) && close(found.circular, expected[1]),
            "series {place} of {}: {found:?}, expected {expected:?}",
            asked.values.len()
        );
    }
    told(&answers.made_with, &format!("{} block lengths the same", answers.block_lengths.len()));
}

#[test]
fn p_values_of_the_best_of_many_are_those_of_arch_on_its_own_resamples() {
    let answers = answers();
    for (place, asked) in answers.superior.iter().enumerate() {
        let variances: Vec<f64> = asked.excess.iter().map(|v| long_run_variance(v, asked.mean_length)).collect();
        assert!(variances.iter().zip(&asked.variances).all(|(f, e)| close(*f, *e)), "test {place}: {variances:?}");
        let series: Vec<&[f64]> = asked.excess.iter().map(Vec::as_slice).collect();
        let found = Differences::new(&series, variances.iter().map(|v| v.sqrt()).collect());
        let centres = found.centres();
        let valid: Vec<bool> = centres[1].iter().map(|centre| *centre != 0.0).collect();
        assert_eq!(valid, asked.valid, "test {place}");
        let mut sums = vec![0.0; series.len()];
        let resamples = asked.rows_drawn.iter();
        let maxima: Vec<Maxima> = resamples
            .map(|rows| found.maxima(&centres, &mut sums, |see| rows.iter().for_each(|row| see(*row))))
            .collect();
        let (statistic, _, plain) = found.statistics();
        let share = |of: &dyn Fn(&Maxima) -> bool| {
            maxima.iter().filter(|maxima| of(maxima)).count() as f64 / maxima.len() as f64
        };
        for way in 0..3 {
            let (p_plain, p) =
                (share(&|m| m.plain[way] >= plain), share(&|m| m.studentised[way].max(0.0) >= statistic));
            assert!(close(p_plain, asked.plain[way]), "test {place}, way {way}: {p_plain}, expected {:?}", asked.plain);
            assert!(close(p, asked.studentised[way]), "test {place}, way {way}: {p}, expected {:?}", asked.studentised);
        }
    }
    told(
        &answers.made_with,
        &format!("{} tests of the best of many, six p-values each, the same", answers.superior.len()),
    );
}

#[test]
fn splits_and_paths_are_those_of_skfolio() {
    let answers = answers();
    let mut count = 0;
    for asked in &answers.splits {
        let [rows, folds, tested, purge, embargo] = asked.question;
        let found = combinatorial(rows, folds, tested, Gaps { purge, embargo }).unwrap();
        assert_eq!(found.paths, asked.paths, "{:?}", asked.question);
        assert_eq!(found.splits.len(), asked.train.len(), "{:?}", asked.question);
        for (place, split) in found.splits.iter().enumerate() {
            let pairs = |pieces: &[std::ops::Range<usize>]| -> Vec<[usize; 2]> {
                pieces.iter().map(|piece| [piece.start, piece.end]).collect()
            };
            assert_eq!(pairs(&split.train), asked.train[place], "{:?}, split {place}", asked.question);
            assert_eq!(pairs(&split.test), asked.test[place], "{:?}, split {place}", asked.question);
            assert_eq!(split.paths, asked.path_ids[place], "{:?}, split {place}", asked.question);
            count += 1;
        }
    }
    told(&answers.made_with, &format!("{count} splits and their paths the same"));
}
