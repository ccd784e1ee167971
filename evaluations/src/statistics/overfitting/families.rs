//! Three families of trials whose overfitting is known: noise, noise with an edge in it, averages on a random walk.
//!
//! The means are those that pbo.marketmaker.cc publishes for 60 matrices of 1,000 rows and 200 trials in 16
//! blocks. A part runs in the tests, all where `ONETAPE_PROVE` is set.
use super::*;
use crate::statistics::stream;

const ROWS: usize = 1_000;
const TRIALS: usize = 200;

fn matrices(part: usize) -> usize {
    if std::env::var_os("ONETAPE_PROVE").is_some() { 60 } else { part }
}

/// Mean and sample deviation of the probability over matrices that `make` makes.
fn check(name: &str, part: usize, make: fn(usize) -> Vec<Vec<f64>>) -> (f64, f64) {
    let count = matrices(part);
    let found: Vec<f64> = (0..count).map(|n| overfitting(&make(n), 16, Measure::Sharpe).unwrap().probability).collect();
    let mean = crate::metrics::mean(&found).unwrap();
    let deviation = crate::metrics::deviation(&found).unwrap();
    eprintln!("figure: overfitting of {count} matrices, {name}: {mean:.4} +- {deviation:.4}");
    (mean, deviation)
}

fn noise(matrix: usize) -> Vec<Vec<f64>> {
    let mut rng = stream(65, "noise", matrix);
    (0..TRIALS).map(|_| (0..ROWS).map(|_| rng.normal()).collect()).collect()
}

fn planted(matrix: usize) -> Vec<Vec<f64>> {
    let mut trials = noise(matrix);
    trials[..20].iter_mut().flatten().for_each(|value| *value += 0.15);
    trials
}

/// Long above the slow average, short below it: ten fast averages by twenty slow ones on one random walk.
fn averages(matrix: usize) -> Vec<Vec<f64>> {
    const BEFORE: usize = 200;
    let mut rng = stream(65, "walk", matrix);
    let steps: Vec<f64> = (0..BEFORE + ROWS).map(|_| rng.normal()).collect();
    let mut walk = vec![0.0];
    steps.iter().for_each(|step| walk.push(walk.last().unwrap() + step));
    let mut sums = vec![0.0];
    walk.iter().for_each(|level| sums.push(sums.last().unwrap() + level));
    let average = |length: usize, end: usize| (sums[end + 1] - sums[end + 1 - length]) / length as f64;
    let grid = (2..=20).step_by(2).flat_map(|fast| (10..=200).step_by(10).map(move |slow| (fast, slow)));
    let trial = |(fast, slow): (usize, usize)| {
        let side = |end: usize| if average(fast, end) > average(slow, end) { 1.0 } else { -1.0 };
        (BEFORE..BEFORE + ROWS).map(|day| side(day) * steps[day]).collect()
    };
    grid.map(trial).collect()
}

#[test]
fn in_noise_about_every_second_choice_is_overfitted() {
    let (mean, deviation) = check("noise", 10, noise);
    // Three standard errors of the published deviation.
    let within = 3.0 * 0.137 / (matrices(10) as f64).sqrt();
    assert!((mean - 0.476).abs() < within, "{mean}");
    assert!((0.05..0.25).contains(&deviation), "{deviation}");
}

#[test]
fn with_an_edge_in_a_tenth_of_the_trials_hardly_any_choice_is_overfitted() {
    let (mean, _) = check("edge of 0.15 in 20 of 200", 4, planted);
    assert!(mean < 0.005, "{mean}");
}

#[test]
fn averages_on_a_random_walk_are_overfitted_as_noise_is() {
    let (mean, _) = check("averages on a random walk", 10, averages);
    // Trials that follow each other vary far more between matrices: deviations of 0.3 were seen.
    let within = 3.0 * 0.3 / (matrices(10) as f64).sqrt();
    assert!((mean - 0.463).abs() < within, "{mean}");
}
