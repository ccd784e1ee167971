//! The constructed vector, digit by digit, and that the fast path is the plain one on any number of threads.
use super::*;
use crate::metrics::{mean, ratios};
use engine::Rng;

/// Eight rows of four trials, two rows a block.
const CONSTRUCTED: [[f64; 4]; 8] = [
    [5.0, 2.0, -2.0, 4.0],
    [5.0, -2.0, -1.0, 5.0],
    [3.0, 2.0, 4.0, -3.0],
    [4.0, -3.0, 1.0, 3.0],
    [-1.0, -1.0, 5.0, 0.0],
    [-3.0, 0.0, 5.0, 5.0],
    [0.0, 3.0, 5.0, 2.0],
    [2.0, 4.0, 1.0, 5.0],
];

fn constructed(dropped: usize) -> Vec<Vec<f64>> {
    // Rows at the head that would turn everything round, had they a say.
    let series = |trial: usize| {
        let head = std::iter::repeat_n(-100.0 * trial as f64, dropped);
        head.chain(CONSTRUCTED.iter().map(|row| row[trial])).collect()
    };
    (0..4).map(series).collect()
}

fn noise(trials: usize, rows: usize, seed: u64) -> Vec<Vec<f64>> {
    (0..trials)
        .map(|trial| {
            let mut rng = crate::statistics::stream(seed, "trial", trial);
            (0..rows).map(|_| rng.normal() * 0.01 + 0.0005).collect()
        })
        .collect()
}

#[test]
fn the_constructed_vector_has_its_logits_its_share_and_its_losses() {
    let expected = [-1.386_294, -0.405_465, 0.405_465, -1.386_294, 0.405_465, -0.405_465];
    for dropped in [0, 1, 3] {
        let trials = constructed(dropped);
        let sum = |rows: &[f64]| Some(rows.iter().sum());
        for found in [overfitting(&trials, 4, Measure::Mean), overfitting_by(&trials, 4, sum)] {
            let found = found.unwrap();
            let logits: Vec<f64> = found.splits.iter().map(|s| s.logit).collect();
            assert!(logits.iter().zip(expected).all(|(l, e)| (l - e).abs() < 5e-7), "{logits:?}");
            assert_eq!((found.probability, found.probability_of_loss), (4.0 / 6.0, 1.0 / 6.0));
            assert_eq!((found.rows, found.rows_dropped, found.trials), (8, dropped, 4));
        }
    }
}

#[test]
fn a_line_goes_through_what_was_chosen() {
    let by_sum = overfitting_by(&constructed(0), 4, |rows| Some(rows.iter().sum())).unwrap();
    let line = by_sum.degradation.unwrap();
    let pairs: Vec<(f64, f64)> = by_sum.splits.iter().map(|s| (s.in_sample, s.out_of_sample)).collect();
    // The normal equations hold of the line, whatever way it was found.
    let left = |weight: fn((f64, f64)) -> f64| -> f64 {
        pairs.iter().map(|p| weight(*p) * (p.1 - line.intercept - line.slope * p.0)).sum()
    };
    assert!(left(|_| 1.0).abs() < 1e-9 && left(|p| p.0).abs() < 1e-9, "{line:?} through {pairs:?}");
    assert!((0.0..=1.0).contains(&line.r_squared));
    let still = overfitting(&[vec![1.0; 8], vec![0.0; 8]], 4, Measure::Mean).unwrap();
    assert_eq!((still.degradation, still.probability), (None, 0.0));
}

#[test]
fn equals_share_their_rank() {
    // All alike: each has the middle rank, the logit is zero, and zero counts as overfitted.
    let alike = overfitting(&vec![vec![0.0; 8]; 3], 4, Measure::Sharpe).unwrap();
    assert!(alike.splits.iter().all(|s| s.logit == 0.0 && s.trial == 0));
    assert_eq!(Some(alike.probability), Some(1.0));
    assert!(!alike.dominance.first_order && !alike.dominance.second_order);
}

#[test]
fn halves_are_in_lexicographic_order_and_complements_stand_across() {
    let masks = halves(4);
    assert_eq!(masks, [0b0011, 0b0101, 0b1001, 0b0110, 0b1010, 0b1100]);
    for blocks in [2, 6, 10, 16] {
        let masks = halves(blocks);
        let all = (1_u32 << blocks) - 1;
        assert!(masks.iter().zip(masks.iter().rev()).all(|(one, other)| one ^ other == all), "{blocks}");
    }
    assert_eq!(halves(16).len(), 12_870);
}

#[test]
fn the_sums_of_blocks_measure_as_the_rows_do() {
    let trials = noise(7, 205, 3);
    for measure in [Measure::Mean, Measure::Sharpe] {
        let by = if measure == Measure::Mean { mean } else { ratios::period_sharpe };
        for blocks in [2, 6, 10] {
            let (fast, slow) = (overfitting(&trials, blocks, measure), overfitting_by(&trials, blocks, by));
            let (fast, slow) = (fast.unwrap(), slow.unwrap());
            for (a, b) in fast.splits.iter().zip(&slow.splits) {
                assert_eq!((a.trial, a.logit), (b.trial, b.logit), "{measure:?} {blocks}");
                let close = |a: f64, b: f64| (a - b).abs() <= 1e-12 * b.abs().max(1e-3);
                assert!(close(a.in_sample, b.in_sample) && close(a.out_of_sample, b.out_of_sample), "{a:?} {b:?}");
            }
            assert_eq!(fast.dominance.any, slow.dominance.any);
        }
    }
}

#[test]
fn a_large_mean_costs_the_squares_no_digits() {
    let trials: Vec<Vec<f64>> = noise(3, 80, 5).into_iter().map(|t| t.iter().map(|v| v + 1e6).collect()).collect();
    let fast = overfitting(&trials, 4, Measure::Sharpe).unwrap();
    let slow = overfitting_by(&trials, 4, ratios::period_sharpe).unwrap();
    for (a, b) in fast.splits.iter().zip(&slow.splits) {
        assert!((a.in_sample / b.in_sample - 1.0).abs() < 1e-6, "{a:?} {b:?}");
    }
}

#[test]
fn the_answer_does_not_hang_on_the_number_of_threads() {
    let trials = noise(20, 100, 9);
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| overfitting(&trials, 10, Measure::Sharpe).unwrap())
    };
    let one = with(1);
    assert_eq!(one, with(2));
    assert_eq!(one, with(5));
}

#[test]
fn one_trial_that_always_wins_is_no_overfitting_and_dominates() {
    let mut trials = noise(9, 400, 11);
    let mut rng = Rng::stream(1, "winner");
    trials.push((0..400).map(|_| 0.02 + 0.001 * rng.normal()).collect());
    let found = overfitting(&trials, 8, Measure::Sharpe).unwrap();
    assert_eq!((found.probability, found.probability_of_loss), (0.0, 0.0));
    assert!(found.splits.iter().all(|s| s.trial == 9));
    assert!(found.dominance.first_order && found.dominance.second_order);
    assert_eq!((found.dominance.chosen.last(), found.dominance.any.last()), (Some(&1.0), Some(&1.0)));
}

#[test]
fn what_cannot_be_split_is_refused() {
    let check = |trials: &[Vec<f64>], blocks: usize, expected: &str| {
        let refused = overfitting(trials, blocks, Measure::Mean).unwrap_err().to_string();
        assert_eq!(refused, expected);
    };
    let some = noise(2, 40, 1);
    check(&some, 5, "the number of blocks is 5, and has to be even and 2 to 20");
    check(&some, 22, "the number of blocks is 22, and has to be even and 2 to 20");
    check(&some[..1], 4, "the probability of overfitting needs at least 2 trials, there are 1");
    check(&noise(2, 31, 1), 16, "the probability of overfitting needs at least 32 rows, there are 31");
    check(
        &[vec![0.0; 40], vec![0.0; 39]],
        4,
        "series 1 has 39 values and the first one has 40: hand in the same days for each",
    );
}
