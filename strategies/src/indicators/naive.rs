//! Comparing an indicator with its definition, which is written over everything seen so far and is the specification.
use alloc::vec::Vec;
use proptest::prelude::*;

/// Series of prices of very different sizes.
pub(super) fn values() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec((1_i64..10_000_000_000).prop_map(|cents| cents as f64 / 100.0), 1..200)
}

pub(super) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Feeds `values`; expects nothing before the `warm_up`-th and the naive result within `tolerance` of the largest value
/// from there on.
pub(super) fn check(
    values: &[f64],
    warm_up: usize,
    tolerance: f64,
    mut fast: impl FnMut(f64) -> Option<f64>,
    naive: impl Fn(&[f64]) -> f64,
) -> Result<(), TestCaseError> {
    let largest = values.iter().copied().fold(1.0, f64::max);
    for (index, value) in values.iter().enumerate() {
        let got = fast(*value);
        let seen = index + 1;
        prop_assert_eq!(got.is_some(), seen >= warm_up, "value {}", seen);
        if let Some(got) = got {
            let expected = naive(&values[..seen]);
            prop_assert!((got - expected).abs() <= tolerance * largest, "value {seen}: {got}, not {expected}");
        }
    }
    Ok(())
}
