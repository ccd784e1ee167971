//! How long blocks should be: the choice of Politis and White 2004 with the correction of Patton, Politis and White 2009.
//!
//! It looks for the lag from which on nothing is correlated any more, and weighs what is correlated before it. The test
//! that a correlation is none takes the two stretches of the series for what they are, as the library arch does.
use crate::metrics::{mean, spread};

/// The lengths that lose least, in rows; at least 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BlockLength {
    /// The mean length for the stationary bootstrap.
    pub stationary: f64,
    /// The length for the circular bootstrap, not rounded.
    pub circular: f64,
}

/// The block lengths for `values`; `None` of fewer than eight values, or where nothing varies.
#[must_use]
pub fn block_length(values: &[f64]) -> Option<BlockLength> {
    let n = values.len();
    if n < 8 {
        return None;
    }
    spread(values)?;
    let (size, middle) = (n as f64, mean(values)?);
    let apart: Vec<f64> = values.iter().map(|v| v - middle).collect();
    let run = 5.max(libm::floor(libm::log10(size)) as usize);
    let lags = (libm::ceil(size.sqrt()) as usize + run).min(n - 2);
    let band = 2.0 * (libm::log10(size) / size).sqrt();
    let product = |lag: usize| apart[lag..].iter().zip(&apart).map(|(a, b)| a * b).sum::<f64>();
    let products: Vec<f64> = (0..=lags).map(product).collect();
    let squares = |part: &[f64]| part.iter().map(|d| d * d).sum::<f64>();
    let is_none = |lag: usize| {
        let scale = (squares(&apart[lag + 1..]) * squares(&apart[..n - lag - 1])).sqrt();
        products[lag].abs() < band * scale
    };
    let none: Vec<bool> = (0..=lags).map(is_none).collect();
    let quiet = none[..lags].windows(run).position(|lags| lags.iter().all(|none| *none));
    let reach = quiet.map_or(lags, |lag| (2 * lag.max(1)).min(lags));
    let window = |lag: usize| (2.0 * (1.0 - lag as f64 / reach as f64)).min(1.0);
    let weighed = |power: fn(usize) -> f64| -> f64 {
        (1..=reach).map(|lag| 2.0 * window(lag) * power(lag) * products[lag] / size).sum()
    };
    let slope = weighed(|lag| lag as f64);
    let long_run = products[0] / size + weighed(|_| 1.0);
    let longest = libm::ceil((3.0 * size.sqrt()).min(size / 3.0));
    let length = |constant: f64| {
        let optimum = libm::cbrt(2.0 * slope * slope / (constant * long_run * long_run) * size);
        // Alternating values may leave no variance in the long run, and then blocks cannot be long enough.
        if optimum.is_finite() { optimum.clamp(1.0, longest) } else { longest }
    };
    Some(BlockLength { stationary: length(2.0), circular: length(4.0 / 3.0) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::Rng;

    /// The generator of numpy's `RandomState`: MT19937 seeded with a number, and Marsaglia's polar method.
    ///
    /// Matsumoto and Nishimura 1998; written from their description, so that the published series need not be a file.
    struct Legacy {
        state: [u32; 624],
        place: usize,
        kept: Option<f64>,
    }

    impl Legacy {
        fn new(seed: u32) -> Self {
            let mut state = [seed; 624];
            for i in 1..624 {
                let before = state[i - 1] ^ state[i - 1] >> 30;
                state[i] = before.wrapping_mul(1_812_433_253).wrapping_add(i as u32);
            }
            Self { state, place: 624, kept: None }
        }

        fn next(&mut self) -> u32 {
            if self.place == 624 {
                for i in 0..624 {
                    let both = self.state[i] & 0x8000_0000 | self.state[(i + 1) % 624] & 0x7fff_ffff;
                    let odd = if both & 1 == 1 { 0x9908_b0df } else { 0 };
                    self.state[i] = self.state[(i + 397) % 624] ^ both >> 1 ^ odd;
                }
                self.place = 0;
            }
            let mut y = self.state[self.place];
            self.place += 1;
            y ^= y >> 11;
            y ^= y << 7 & 0x9d2c_5680;
            y ^= y << 15 & 0xefc6_0000;
            y ^ y >> 18
        }

        fn unit(&mut self) -> f64 {
            let (high, low) = (self.next() >> 5, self.next() >> 6);
            (f64::from(high) * 67_108_864.0 + f64::from(low)) / 9_007_199_254_740_992.0
        }

        fn normal(&mut self) -> f64 {
            if let Some(kept) = self.kept.take() {
                return kept;
            }
            loop {
                let (x, y) = (2.0 * self.unit() - 1.0, 2.0 * self.unit() - 1.0);
                let square = x * x + y * y;
                if square < 1.0 && square > 0.0 {
                    let scale = (-2.0 * libm::log(square) / square).sqrt();
                    self.kept = Some(scale * x);
                    return scale * y;
                }
            }
        }
    }

    fn process(rho: f64, count: usize, mut next: impl FnMut() -> f64) -> Vec<f64> {
        let mut value = 0.0;
        (0..count)
            .map(|_| {
                value = rho * value + next();
                value
            })
            .collect()
    }

    #[test]
    fn the_published_process_has_its_published_lengths() {
        let mut legacy = Legacy::new(0);
        let values = process(0.3, 10_100, || legacy.normal());
        // numpy's first draw of this seed, so that it is the published series.
        assert!((values[0] - 1.764_052_345_967_664).abs() < 1e-12, "{}", values[0]);
        let found = block_length(&values[100..]).unwrap();
        for (found, expected) in [(found.stationary, 13.635_665), (found.circular, 15.608_94)] {
            assert!((found / expected - 1.0).abs() < 1e-4, "{found}, expected {expected}");
        }
    }

    #[test]
    fn independent_values_take_short_blocks_and_slow_ones_long() {
        let length = |rho: f64| {
            let mut rng = Rng::stream(2, "process");
            block_length(&process(rho, 2_000, || rng.normal())).unwrap().stationary
        };
        let lengths = [0.0, 0.3, 0.6, 0.9].map(length);
        assert!(lengths[0] < 6.0 && lengths.windows(2).all(|pair| pair[0] < pair[1]), "{lengths:?}");
        assert!(length(0.999) <= 135.0, "three roots at most");
    }

    #[test]
    fn what_is_short_or_still_has_no_length_and_alternating_values_have_one() {
        assert_eq!(block_length(&[1.0; 50]), None);
        assert_eq!(block_length(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]), None);
        for count in 8..60 {
            let turns: Vec<f64> = (0..count).map(|n| if n % 2 == 0 { 1.0 } else { -1.0 }).collect();
            let found = block_length(&turns).unwrap();
            assert!(found.stationary >= 1.0 && found.stationary <= f64::from(count), "{count} {found:?}");
        }
    }
}
