//! The standard normal distribution: its cumulative function, its density and its quantiles.
//!
//! Only [`crate::math`] is used, so that the last bits are the same on every machine. It draws nothing: that is
//! [`Rng::normal`](crate::Rng::normal).
use crate::math;
use core::f64::consts::{PI, SQRT_2};

/// The probability of a value at or below `x`.
#[must_use]
pub fn cumulative(x: f64) -> f64 {
    0.5 * math::erfc(-x / SQRT_2)
}

/// The density at `x`.
#[must_use]
pub fn density(x: f64) -> f64 {
    math::exp(-0.5 * x * x) / math::sqrt(2.0 * PI)
}

/// The value with probability `p` at or below it; `None` unless `0 < p < 1`.
///
/// Acklam's rational approximation (relative error 1e-9), refined by one step of Halley's method to full precision.
#[must_use]
pub fn quantile(p: f64) -> Option<f64> {
    if !(p > 0.0 && p < 1.0) {
        return None;
    }
    // The lower half is the precise one: 1 - p loses digits that p still has.
    if p > 0.5 {
        return lower_quantile(1.0 - p).map(|x| -x);
    }
    lower_quantile(p)
}

fn lower_quantile(p: f64) -> Option<f64> {
    let start = approximation(p);
    let error = cumulative(start) - p;
    let step = error / density(start);
    Some(start - step / (1.0 + start * step / 2.0)).filter(|x| x.is_finite())
}

fn approximation(p: f64) -> f64 {
    const A: [f64; 6] = [
        -3.969_683_028_665_376e1,
        2.209_460_984_245_205e2,
        -2.759_285_104_469_687e2,
        1.383_577_518_672_69e2,
        -3.066_479_806_614_716e1,
        2.506_628_277_459_239,
    ];
    const B: [f64; 6] = [
        -5.447_609_879_822_406e1,
        1.615_858_368_580_409e2,
        -1.556_989_798_598_866e2,
        6.680_131_188_771_972e1,
        -1.328_068_155_288_572e1,
        1.0,
    ];
    const C: [f64; 6] = [
        -7.784_894_002_430_293e-3,
        -3.223_964_580_411_365e-1,
        -2.400_758_277_161_838,
        -2.549_732_539_343_734,
        4.374_664_141_464_968,
        2.938_163_982_698_783,
    ];
    const D: [f64; 5] =
        [7.784_695_709_041_462e-3, 3.224_671_290_700_398e-1, 2.445_134_137_142_996, 3.754_408_661_907_416, 1.0];
    let horner = |terms: &[f64], x: f64| terms.iter().fold(0.0, |sum, term| sum * x + term);
    if p < 0.024_25 {
        let q = math::sqrt(-2.0 * math::ln(p));
        return horner(&C, q) / horner(&D, q);
    }
    let q = p - 0.5;
    let r = q * q;
    horner(&A, r) * q / horner(&B, r)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(found: Option<f64>, expected: f64, tolerance: f64) {
        let found = found.expect("the figure is defined");
        assert!((found - expected).abs() <= tolerance, "found {found}, expected {expected} within {tolerance}");
    }

    #[test]
    fn the_quantile_inverts_the_cumulative_function() {
        for p in [1e-12, 1e-4, 0.01, 0.05, 0.3, 0.5, 0.8, 0.95, 0.999] {
            check(quantile(p).map(cumulative), p, 1e-14);
        }
        check(quantile(0.95), 1.644_853_626_951_472_2, 1e-14);
        check(quantile(0.975), 1.959_963_984_540_054, 1e-14);
    }

    #[test]
    fn certainty_has_no_quantile() {
        for p in [0.0, 1.0, -0.1, f64::NAN] {
            assert_eq!(quantile(p), None);
        }
    }
}
