//! Bollinger bands: a moving average and a number of standard deviations to either side of it.
//!
//! After John Bollinger, *Bollinger on Bollinger Bands* (2001): simple average, population deviation.
use super::std_dev::StdDev;

/// The bands after one value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bands {
    /// Average less the deviations.
    pub lower: f64,
    /// The average.
    pub middle: f64,
    /// Average plus the deviations.
    pub upper: f64,
}

/// Bollinger bands over a window.
#[derive(Clone, Debug, PartialEq)]
pub struct Bollinger {
    spread: StdDev,
    deviations: f64,
}

impl Bollinger {
    /// Bands of `window` values, `deviations` standard deviations wide to either side.
    ///
    /// # Panics
    /// When `window` is zero.
    #[must_use]
    pub fn new(window: usize, deviations: f64) -> Self {
        Self { spread: StdDev::new(window), deviations }
    }

    /// How many values it must have seen before it speaks: its window.
    #[must_use]
    pub fn warm_up(&self) -> usize {
        self.spread.warm_up()
    }

    /// Turns everything it has seen into other units: prices after a split.
    pub fn rescale(&mut self, factor: f64) {
        self.spread.rescale(factor);
    }

    /// Takes the next value; the bands from the `warm_up`-th value on, that value included.
    #[inline]
    pub fn next(&mut self, x: f64) -> Option<Bands> {
        let spread = self.spread.next(x)?;
        let width = self.deviations * spread.deviation;
        Some(Bands { lower: spread.mean - width, middle: spread.mean, upper: spread.mean + width })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_lie_their_deviations_beside_the_mean() {
        let mut bands = Bollinger::new(2, 2.0);
        assert_eq!(bands.next(10.0), None);
        assert_eq!(bands.next(14.0), Some(Bands { lower: 8.0, middle: 12.0, upper: 16.0 }));
        assert_eq!(bands.next(14.0), Some(Bands { lower: 14.0, middle: 14.0, upper: 14.0 }));
    }
}
