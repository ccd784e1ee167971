//! The shipped gates before records of which the truth is known: the best of many random strategies, and one with an edge among them.
//!
//! Only statistical checks are asked, as nothing but returns is made here; the other checks of a gate can only refuse more.
use engine::Rng;
use evaluations::evidence::{Evidence, Kind, Version};
use evaluations::gates::{Gate, Gates, Verdict, judge};
use evaluations::metrics::{deviation, ratios};
use onetape::evaluation::{Luck, LuckSettings, Tried};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Days of five years, of a market that has sessions.
const DAYS: usize = 1_260;
const YEAR: f64 = 252.0;
/// Strategies of a trial.
const STRATEGIES: usize = 200;
/// What the edge is worth: an annual Sharpe ratio.
const EDGE: f64 = 2.5;
/// What is asked of returns alone.
const STATISTICAL: [&str; 6] = ["days", "min_track_record_days", "sharpe_lower", "dsr", "pbo", "spa_p"];

/// How the strategies of a trial come about.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Family {
    /// Each holds random positions in one market for random times.
    Random,
    /// Each follows two averages of one random walk, so that all are alike.
    Averages,
}

fn market(rng: &mut Rng) -> Vec<f64> {
    (0..DAYS).map(|_| 0.01 * rng.normal()).collect()
}

/// Positions that are drawn anew after a random time.
fn random_positions(rng: &mut Rng) -> Vec<f64> {
    let mean = 1 + rng.below(20);
    let mut position = 0.0;
    let mut draw = |rng: &mut Rng| {
        if rng.below(mean) == 0 {
            position = rng.below(3) as f64 - 1.0;
        }
        position
    };
    (0..DAYS).map(|_| draw(rng)).collect()
}

/// Long where the fast average of the last closes is above the slow one, else short; decided a day before.
fn crossing_positions(closes: &[f64], fast: usize, slow: usize) -> Vec<f64> {
    let mean = |day: usize, length: usize| {
        let from = day.saturating_sub(length);
        closes[from..day].iter().sum::<f64>() / (day - from).max(1) as f64
    };
    let position =
        |day: usize| if day <= slow { 0.0 } else { f64::from(mean(day, fast) > mean(day, slow)) * 2.0 - 1.0 };
    (0..DAYS).map(position).collect()
}

/// Daily returns of every strategy of a trial; the first has the edge, where one has.
fn trial(family: Family, edge: Option<f64>, seed: u64) -> Vec<Vec<f64>> {
    let mut rng = Rng::stream(seed, "trial");
    let market = market(&mut rng);
    let mut closes = vec![100.0];
    market.iter().for_each(|r| closes.push(closes[closes.len() - 1] * (1.0 + r)));
    let mut all: Vec<Vec<f64>> = (0..STRATEGIES)
        .map(|number| {
            let positions = match family {
                Family::Random => random_positions(&mut rng),
                Family::Averages => crossing_positions(&closes, 2 + number % 20, 25 + 15 * (number / 20)),
            };
            positions.iter().zip(&market).map(|(position, r)| position * r).collect()
        })
        .collect();
    if let Some(sharpe) = edge {
        let spread = deviation(&all[0]).expect("it varies");
        all[0].iter_mut().for_each(|r| *r += sharpe / YEAR.sqrt() * spread);
    }
    all
}

/// Whether the gate to paper lets the best of a trial through.
fn promotes(gates: &Gates, all: &[Vec<f64>], seed: u64) -> bool {
    let sharpes: Vec<f64> = all.iter().map(|returns| ratios::period_sharpe(returns).unwrap_or(0.0)).collect();
    let best = (0..all.len()).max_by(|a, b| sharpes[*a].total_cmp(&sharpes[*b])).expect("there are some");
    let sets: Vec<&[f64]> = all.iter().map(Vec::as_slice).collect();
    // As an evaluation has it by default, but for paths, which no statistical check reads.
    let settings = LuckSettings { blocks: 16, resamples: 2_000, paths: 100, periods_per_year: YEAR, seed };
    let variance = deviation(&sharpes).map(|it| it * it);
    let luck = Luck::of(&all[best], &sets, &settings);
    let version = Version { name: "noise".into(), parts: BTreeMap::new() };
    let mut evidence = Evidence::new(Kind::Evaluation, version, seed);
    evidence.figures = luck.figures(Tried { count: all.len(), variance });
    let table = judge(gates, Gate::Paper, &[evidence]);
    let asked: Vec<_> = table.rows.iter().filter(|row| STATISTICAL.contains(&row.check.as_str())).collect();
    assert_eq!(asked.len(), STATISTICAL.len(), "the shipped gate asks each of them");
    asked.iter().all(|row| row.verdict == Verdict::Pass)
}

/// Trials: few in an ordinary test, all that are promised in a proof.
fn count(few: u64, all: u64) -> u64 {
    if std::env::var_os("ONETAPE_PROVE").is_some() { all } else { few }
}

/// How many of so many trials the gate lets through.
fn promoted(family: Family, edge: Option<f64>, trials: u64) -> usize {
    let gates = Gates::shipped();
    let passed =
        (0..trials).into_par_iter().filter(|seed| promotes(&gates, &trial(family, edge, *seed), *seed)).count();
    let what = edge.map_or_else(|| "noise".to_string(), |edge| format!("an edge of {edge} among noise"));
    eprintln!("figure: {what}, {family:?}, {STRATEGIES} strategies, {DAYS} days: {passed} of {trials} trials promoted");
    passed
}

#[test]
fn the_best_of_many_random_strategies_is_not_promoted() {
    for family in [Family::Random, Family::Averages] {
        let trials = count(50, 1_000);
        let passed = promoted(family, None, trials);
        assert!(passed as u64 * 250 <= trials, "{family:?}: {passed} of {trials}");
    }
}

#[test]
fn a_planted_edge_is_promoted() {
    let trials = count(100, 1_000);
    let passed = promoted(Family::Random, Some(EDGE), trials);
    assert!(passed as u64 * 5 >= trials * 4, "{passed} of {trials}");
}
