//! The highest and the lowest of the last `n` values: the two sides of a Donchian channel.
use super::sliding::{Sliding, Summary};

#[derive(Clone, Copy, Debug, PartialEq)]
struct Highest(f64);

impl Summary for Highest {
    fn join(self, later: Self) -> Self {
        if later.0 > self.0 { later } else { self }
    }

    fn scaled(self, factor: f64) -> Self {
        Self(self.0 * factor)
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Lowest(f64);

impl Summary for Lowest {
    fn join(self, later: Self) -> Self {
        if later.0 < self.0 { later } else { self }
    }

    fn scaled(self, factor: f64) -> Self {
        Self(self.0 * factor)
    }
}

/// Highest of the last values.
#[derive(Clone, Debug, PartialEq)]
pub struct RollingMax {
    values: Sliding<Highest>,
}

impl RollingMax {
    /// The highest of `window` values.
    ///
    /// # Panics
    /// When `window` is zero.
    #[must_use]
    pub fn new(window: usize) -> Self {
        Self { values: Sliding::new(window, Highest(0.0)) }
    }

    /// How many values it must have seen before it speaks: its window.
    #[must_use]
    pub fn warm_up(&self) -> usize {
        self.values.window()
    }

    /// Turns everything it has seen into other units: prices after a split.
    pub fn rescale(&mut self, factor: f64) {
        self.values.rescale(factor);
    }

    /// Takes the next value; the highest from the `warm_up`-th value on, that value included.
    #[inline]
    pub fn next(&mut self, x: f64) -> Option<f64> {
        self.values.next(Highest(x)).map(|highest| highest.0)
    }
}

/// Lowest of the last values.
#[derive(Clone, Debug, PartialEq)]
pub struct RollingMin {
    values: Sliding<Lowest>,
}

impl RollingMin {
    /// The lowest of `window` values.
    ///
    /// # Panics
    /// When `window` is zero.
    #[must_use]
    pub fn new(window: usize) -> Self {
        Self { values: Sliding::new(window, Lowest(0.0)) }
    }

    /// How many values it must have seen before it speaks: its window.
    #[must_use]
    pub fn warm_up(&self) -> usize {
        self.values.window()
    }

    /// Turns everything it has seen into other units: prices after a split.
    pub fn rescale(&mut self, factor: f64) {
        self.values.rescale(factor);
    }

    /// Takes the next value; the lowest from the `warm_up`-th value on, that value included.
    #[inline]
    pub fn next(&mut self, x: f64) -> Option<f64> {
        self.values.next(Lowest(x)).map(|lowest| lowest.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicators::naive::{check, values};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn they_are_the_extremes_of_the_last_values(values in values(), window in 1_usize..40) {
            let last = |seen: &[f64]| seen[seen.len() - window..].to_vec();
            let mut max = RollingMax::new(window);
            let highest = |seen: &[f64]| last(seen).into_iter().fold(f64::NEG_INFINITY, f64::max);
            check(&values, max.warm_up(), 0.0, |x| max.next(x), highest)?;
            let mut min = RollingMin::new(window);
            let lowest = |seen: &[f64]| last(seen).into_iter().fold(f64::INFINITY, f64::min);
            check(&values, min.warm_up(), 0.0, |x| min.next(x), lowest)?;
        }
    }
}
