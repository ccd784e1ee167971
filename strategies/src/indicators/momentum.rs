//! Momentum: the rate of change over `n` values, `x / x_n_before - 1`.
use alloc::boxed::Box;
use alloc::vec;

/// Rate of change over a lookback.
#[derive(Clone, Debug, PartialEq)]
pub struct Momentum {
    /// The last values, the oldest at `at`.
    last: Box<[f64]>,
    at: usize,
    full: bool,
}

impl Momentum {
    /// The change since the value `lookback` before.
    ///
    /// # Panics
    /// When `lookback` is zero.
    #[must_use]
    pub fn new(lookback: usize) -> Self {
        assert!(lookback > 0, "a change is measured against an earlier value");
        Self { last: vec![0.0; lookback].into_boxed_slice(), at: 0, full: false }
    }

    /// How many values it must have seen before it speaks: its lookback and one more.
    #[must_use]
    pub fn warm_up(&self) -> usize {
        self.last.len() + 1
    }

    /// Turns everything it has seen into other units: prices after a split.
    pub fn rescale(&mut self, factor: f64) {
        self.last.iter_mut().for_each(|value| *value *= factor);
    }

    /// Takes the next value; the change from the `warm_up`-th value on, 0.1 for ten per cent.
    #[inline]
    pub fn next(&mut self, x: f64) -> Option<f64> {
        let before = core::mem::replace(&mut self.last[self.at], x);
        let change = self.full.then(|| x / before - 1.0);
        self.at += 1;
        if self.at == self.last.len() {
            self.at = 0;
            self.full = true;
        }
        change
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicators::naive::{check, values};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_is_the_change_since_the_value_before_the_lookback(values in values(), lookback in 1_usize..40) {
            let mut momentum = Momentum::new(lookback);
            let naive = |seen: &[f64]| seen[seen.len() - 1] / seen[seen.len() - 1 - lookback] - 1.0;
            check(&values, momentum.warm_up(), 0.0, |x| momentum.next(x), naive)?;
        }
    }
}
