//! The exponential moving average.
//!
//! Seeded with the first value and updated as `alpha*x + (1-alpha)*ema`, `alpha = 2/(n+1)`, in exactly this order of
//! operations: other spellings of the same formula differ in the last bits.

/// Exponential moving average with the weight of an `n`-value window.
#[derive(Clone, Debug, PartialEq)]
pub struct Ema {
    alpha: f64,
    value: f64,
    seen: usize,
    window: usize,
}

impl Ema {
    /// An average over about `window` values.
    ///
    /// # Panics
    /// When `window` is zero.
    #[must_use]
    pub fn new(window: usize) -> Self {
        assert!(window > 0, "an average is over at least one value");
        Self { alpha: 2.0 / (window as f64 + 1.0), value: 0.0, seen: 0, window }
    }

    /// How many values it must have seen before it speaks: its window.
    #[must_use]
    pub fn warm_up(&self) -> usize {
        self.window
    }

    /// Turns everything it has seen into other units: prices after a split.
    pub fn rescale(&mut self, factor: f64) {
        self.value *= factor;
    }

    /// Takes the next value; the average from the `warm_up`-th value on.
    #[inline]
    pub fn next(&mut self, x: f64) -> Option<f64> {
        if self.seen >= self.window {
            self.value = self.alpha * x + (1.0 - self.alpha) * self.value;
            return Some(self.value);
        }
        self.value = if self.seen == 0 { x } else { self.alpha * x + (1.0 - self.alpha) * self.value };
        self.seen += 1;
        (self.seen == self.window).then_some(self.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicators::naive::{check, values};
    use proptest::prelude::*;

    fn naive(seen: &[f64], window: usize) -> f64 {
        let alpha = 2.0 / (window as f64 + 1.0);
        seen[1..].iter().fold(seen[0], |ema, x| alpha * x + (1.0 - alpha) * ema)
    }

    proptest! {
        #[test]
        fn it_is_the_recursion_from_the_first_value_bit_for_bit(values in values(), window in 1_usize..40) {
            let mut ema = Ema::new(window);
            check(&values, ema.warm_up(), 0.0, |x| ema.next(x), |seen| naive(seen, window))?;
        }
    }

    #[test]
    fn it_speaks_from_the_last_value_of_its_first_window_on() {
        let mut ema = Ema::new(3);
        assert_eq!([8.0, 16.0, 16.0, 0.0].map(|x| ema.next(x)), [None, None, Some(14.0), Some(7.0)]);
    }
}
