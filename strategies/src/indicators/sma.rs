//! The simple moving average: the mean of the last `n` values.
//!
//! It never subtracts what left the window (see `sliding`), so it does not drift however long it runs.
use super::sliding::{Sliding, Summary};

#[derive(Clone, Copy, Debug, PartialEq)]
struct Sum(f64);

impl Summary for Sum {
    fn join(self, later: Self) -> Self {
        Self(self.0 + later.0)
    }

    fn scaled(self, factor: f64) -> Self {
        Self(self.0 * factor)
    }
}

/// Simple moving average.
#[derive(Clone, Debug, PartialEq)]
pub struct Sma {
    sum: Sliding<Sum>,
}

impl Sma {
    /// A mean over `window` values.
    ///
    /// # Panics
    /// When `window` is zero.
    #[must_use]
    pub fn new(window: usize) -> Self {
        Self { sum: Sliding::new(window, Sum(0.0)) }
    }

    /// How many values it must have seen before it speaks: its window.
    #[must_use]
    pub fn warm_up(&self) -> usize {
        self.sum.window()
    }

    /// Turns everything it has seen into other units: prices after a split.
    pub fn rescale(&mut self, factor: f64) {
        self.sum.rescale(factor);
    }

    /// Takes the next value; the mean from the `warm_up`-th value on.
    #[inline]
    pub fn next(&mut self, x: f64) -> Option<f64> {
        let sum = self.sum.next(Sum(x))?;
        Some(sum.0 / self.warm_up() as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicators::naive::{check, mean, values};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_is_the_mean_of_the_last_values(values in values(), window in 1_usize..40) {
            let mut sma = Sma::new(window);
            check(&values, sma.warm_up(), 1e-12, |x| sma.next(x), |seen| mean(&seen[seen.len() - window..]))?;
        }
    }

    #[test]
    fn a_huge_value_leaves_no_trace_once_it_left_the_window() {
        let mut sma = Sma::new(3);
        let means = [1e16, 1.0, 1.0, 1.0, 1.0].map(|x| sma.next(x));
        assert_eq!(means[3..], [Some(1.0), Some(1.0)]);
    }
}
