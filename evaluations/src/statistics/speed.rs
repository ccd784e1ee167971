//! What was promised of speed, measured where `ONETAPE_PROVE` is set; in the tests a part of the work, without a limit.
use super::bootstrap::Blocks;
use super::overfitting::{Measure, overfitting};
use super::paths::{PathSettings, paths};
use super::stream;
use std::time::{Duration, Instant};

const LIMIT: Duration = Duration::from_millis(500);

fn proving() -> bool {
    std::env::var_os("ONETAPE_PROVE").is_some()
}

fn returns(count: usize, index: usize) -> Vec<f64> {
    let mut rng = stream(1, "speed", index);
    (0..count).map(|_| 0.0005 + 0.01 * rng.normal()).collect()
}

/// The best of five, so that the first one's new memory and a busy machine do not count.
fn check(what: &str, mut work: impl FnMut()) {
    let mut times: Vec<Duration> = Vec::new();
    for _ in 0..if proving() { 5 } else { 1 } {
        let start = Instant::now();
        work();
        times.push(start.elapsed());
    }
    let best = times.into_iter().min().unwrap();
    let threads = rayon::current_num_threads();
    eprintln!("figure: {what} on {threads} threads: {:.1} ms", best.as_secs_f64() * 1e3);
    assert!(!proving() || best < LIMIT, "{what}: {best:?}, at most {LIMIT:?}");
}

#[test]
fn overfitting_of_a_thousand_rows_by_two_hundred_trials_is_quick() {
    let (rows, blocks) = if proving() { (1_000, 16) } else { (100, 10) };
    let trials: Vec<Vec<f64>> = (0..200).map(|trial| returns(rows, trial)).collect();
    check(&format!("overfitting of {rows} x 200 in {blocks} blocks"), || {
        overfitting(&trials, blocks, Measure::Sharpe).unwrap();
    });
}

#[test]
fn ten_thousand_paths_of_ten_years_are_quick() {
    let (count, days) = if proving() { (10_000, 2_500) } else { (500, 250) };
    let settings = PathSettings { paths: count, days, blocks: Blocks::Stationary { mean_length: 10.0 }, seed: 1 };
    let returns = returns(1_000, 0);
    check(&format!("{count} paths of {days} days with their cones"), || {
        paths(&returns, settings).unwrap();
    });
}
