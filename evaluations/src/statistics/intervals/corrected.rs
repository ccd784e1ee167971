//! Ends that are corrected for bias and skew: BCa, Efron 1987.
//!
//! The bias is where the value lies among its resamples. The skew is that of the values without one block of days each, so
//! that days which follow each other leave together.
use engine::normal;

/// Blocks that are left out at most, so that long series do not take the square of their days.
const BLOCKS_MAX: usize = 500;

/// What is measured without each of the blocks of `returns`, in the order of the blocks.
pub(super) fn left_out<T>(returns: &[f64], mean_length: f64, measure: impl Fn(&[f64]) -> T) -> Vec<T> {
    let length = (libm::ceil(mean_length) as usize).max(returns.len().div_ceil(BLOCKS_MAX));
    let mut rest = Vec::with_capacity(returns.len());
    (0..returns.len())
        .step_by(length)
        .map(|first| {
            rest.clear();
            rest.extend_from_slice(&returns[..first]);
            rest.extend_from_slice(&returns[returns.len().min(first + length)..]);
            measure(&rest)
        })
        .collect()
}

/// Between which parts of the resamples the ends lie, where `tail` would be cut off on each side without a correction.
///
/// `None` where the value lies outside of all resamples or nothing changes without any block.
pub(super) fn tails(value: f64, resamples: &[f64], without: &[f64], tail: f64) -> Option<[f64; 2]> {
    let below = resamples.iter().filter(|r| **r < value).count() as f64;
    let equal = resamples.iter().filter(|r| r.total_cmp(&value).is_eq()).count() as f64;
    let bias = normal::quantile((below + 0.5 * equal) / resamples.len() as f64)?;
    let middle = crate::metrics::mean(without)?;
    let (squares, cubes) =
        without.iter().map(|w| middle - w).fold((0.0, 0.0), |sum, u| (sum.0 + u * u, sum.1 + u * u * u));
    let skew = crate::metrics::quotient(cubes, 6.0 * squares * squares.sqrt())?;
    let corrected = |part: f64| {
        let normal = bias + normal::quantile(part)?;
        let scale = 1.0 - skew * normal;
        // So skewed that the correction turns round.
        if scale <= 0.0 { None } else { Some(normal::cumulative(bias + normal / scale)) }
    };
    Some([corrected(tail)?, corrected(1.0 - tail)?])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::testing::check;

    #[test]
    fn blocks_leave_together_and_the_last_one_may_be_short() {
        let rows = [1.0, 2.0, 3.0, 4.0, 5.0];
        let rest = left_out(&rows, 1.5, <[f64]>::to_vec);
        assert_eq!(rest, [vec![3.0, 4.0, 5.0], vec![1.0, 2.0, 5.0], vec![1.0, 2.0, 3.0, 4.0]]);
        assert_eq!(left_out(&[0.0; 5_000], 1.0, <[f64]>::len), vec![4_990; 500]);
    }

    #[test]
    fn without_bias_and_skew_the_tails_are_as_they_were() {
        let resamples: Vec<f64> = (0..101).map(f64::from).collect();
        let [low, high] = tails(50.0, &resamples, &[1.0, 2.0, 3.0], 0.025).unwrap();
        check(Some(low), 0.025, 1e-12);
        check(Some(high), 0.975, 1e-12);
    }

    #[test]
    fn bias_and_skew_move_the_tails_as_by_hand() {
        // 30 of 100 resamples lie below the value; without the blocks it is 1, 1 and 4.
        let resamples: Vec<f64> = (0..100).map(f64::from).collect();
        let [low, high] = tails(29.5, &resamples, &[1.0, 1.0, 4.0], 0.05).unwrap();
        let bias = normal::quantile(0.3).unwrap();
        let skew = (1.0 + 1.0 - 8.0) / (6.0 * 6.0 * 6.0_f64.sqrt());
        let expected = |z: f64| normal::cumulative(bias + (bias + z) / (1.0 - skew * (bias + z)));
        check(Some(low), expected(-1.644_853_626_951_472_2), 1e-12);
        check(Some(high), expected(1.644_853_626_951_472_2), 1e-12);
        assert!(low < 0.05 && high < 0.95, "the resamples lie too high, and the ends go down");
    }

    #[test]
    fn what_cannot_be_corrected_is_not() {
        let resamples = [1.0, 2.0, 3.0];
        assert_eq!(tails(0.0, &resamples, &[1.0, 2.0], 0.05), None);
        assert_eq!(tails(9.0, &resamples, &[1.0, 2.0], 0.05), None);
        assert_eq!(tails(2.0, &resamples, &[1.0, 1.0], 0.05), None);
    }
}
