//! Mean and standard deviation of the last `n` values.
//!
//! The population deviation (division by `n`), as John Bollinger uses it. Stretches are joined by the formula of Chan,
//! Golub and LeVeque (1979), which never subtracts large sums of squares from each other.
use super::sliding::{Sliding, Summary};
use engine::math;

#[derive(Clone, Copy, Debug, PartialEq)]
struct Moments {
    count: f64,
    mean: f64,
    /// Sum of the squared distances from the mean.
    squares: f64,
}

impl Summary for Moments {
    fn join(self, later: Self) -> Self {
        let count = self.count + later.count;
        let apart = later.mean - self.mean;
        let mean = self.mean + apart * (later.count / count);
        let squares = self.squares + later.squares + apart * apart * (self.count * later.count / count);
        Self { count, mean, squares }
    }

    fn scaled(self, factor: f64) -> Self {
        Self { count: self.count, mean: self.mean * factor, squares: self.squares * factor * factor }
    }
}

/// Where the last values lie and how far they spread.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// Their mean.
    pub mean: f64,
    /// Their population standard deviation.
    pub deviation: f64,
}

/// Rolling mean and population standard deviation.
#[derive(Clone, Debug, PartialEq)]
pub struct StdDev {
    moments: Sliding<Moments>,
}

impl StdDev {
    /// The spread of `window` values.
    ///
    /// # Panics
    /// When `window` is zero.
    #[must_use]
    pub fn new(window: usize) -> Self {
        Self { moments: Sliding::new(window, Moments { count: 0.0, mean: 0.0, squares: 0.0 }) }
    }

    /// How many values it must have seen before it speaks: its window.
    #[must_use]
    pub fn warm_up(&self) -> usize {
        self.moments.window()
    }

    /// Turns everything it has seen into other units: prices after a split.
    pub fn rescale(&mut self, factor: f64) {
        self.moments.rescale(factor);
    }

    /// Takes the next value; mean and deviation from the `warm_up`-th value on.
    #[inline]
    pub fn next(&mut self, x: f64) -> Option<Spread> {
        let moments = self.moments.next(Moments { count: 1.0, mean: x, squares: 0.0 })?;
        Some(Spread { mean: moments.mean, deviation: math::sqrt(moments.squares / moments.count) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicators::naive::{check, mean, values};
    use proptest::prelude::*;

    fn naive(window: &[f64]) -> f64 {
        let mean = mean(window);
        math::sqrt(window.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / window.len() as f64)
    }

    proptest! {
        #[test]
        fn it_is_the_deviation_of_the_last_values(values in values(), window in 1_usize..40) {
            let mut spread = StdDev::new(window);
            let deviation = |x| spread.next(x).map(|s| s.deviation);
            check(&values, window, 1e-9, deviation, |seen| naive(&seen[seen.len() - window..]))?;
            let mut spread = StdDev::new(window);
            let middle = |x| spread.next(x).map(|s| s.mean);
            check(&values, window, 1e-12, middle, |seen| mean(&seen[seen.len() - window..]))?;
        }
    }

    #[test]
    fn equal_values_do_not_spread() {
        let mut spread = StdDev::new(4);
        let last = [35_000.12; 9].map(|x| spread.next(x))[8];
        assert_eq!(last, Some(Spread { mean: 35_000.12, deviation: 0.0 }));
    }
}
