//! An edge that is there is learned: on steps that remember, the policy earns most of what the best one earns after costs.
use super::{Lesson, course, decisions, earn, earn_by, is_proving, mean_bps};
use engine::math::sqrt;
use learning::market::Passage;
use learning::market::synthetic::Momentum;

const FEE_BPS: u32 = 5;
/// Few enough that an account that only grows stays countable.
const FRESH: usize = 8_000;
const FEATURES: [&str; 2] = ["returns 4", "position"];

/// Deviation of a passage's mean, in hundredths of a per cent of the size.
fn error_bps(passage: &Passage) -> f64 {
    mean_bps(passage) / (passage.sharpe() * sqrt(passage.returns().len() as f64))
}

fn check(law: Momentum, steps: u64, seed: u64) {
    let best = law.best(FEE_BPS.into());
    let train = course(&law.series(20_000, seed), &FEATURES, FEE_BPS);
    let (policy, progress) = Lesson::of(steps).teach(&train, seed);
    let fresh = course(&law.series(FRESH, seed + 1_000), &FEATURES, FEE_BPS);
    let (earned, mut stands) = (earn(&fresh, &policy), 0);
    let close = |place: usize| fresh.candles[place].close.0 as f64;
    let positions = decisions(&fresh).map(|place| {
        stands = best.position((close(place) / close(place - 1) - 1.0) * 10_000.0, stands);
        stands
    });
    let by_best = earn_by(&fresh, positions.collect::<Vec<_>>());
    let (own, of_best, expected) = (mean_bps(&earned), mean_bps(&by_best), best.earns_bps);
    eprintln!(
        "figure: planted edge, coefficient {}, seed {seed}, {} steps: {own:.2} bps a step; the best policy {of_best:.2}, \
         {expected:.2} by its law; {:.1} %",
        law.coefficient,
        progress.steps,
        own / expected * 100.0
    );
    let error = error_bps(&by_best);
    assert!((of_best - expected).abs() < 3.0 * error, "seed {seed}: {of_best} is not {expected}, by {error}");
    assert!(own > 0.8 * expected, "seed {seed}: {own} of {expected} bps a step");
}

#[test]
fn a_planted_edge_is_learned_for_the_most_part() {
    let law = |coefficient: f64| Momentum { coefficient, deviation_bps: 50.0 };
    if is_proving() {
        for (coefficient, seed) in [(0.5, 1), (0.5, 2), (0.5, 3), (-0.5, 1), (0.35, 1)] {
            check(law(coefficient), 600_000, seed);
        }
    } else {
        check(law(0.5), 80_000, 1);
        // What turns back is traded twice as often, so that costs decide.
        check(law(-0.5), 80_000, 1);
    }
}
