//! Seeded randomness that lives in the state it disturbs.
//!
//! One stream per purpose: a new draw in one model does not shift another. The generator is SplitMix64 (Steele, Lea and
//! Flood, 2014), chosen because it is tiny, portable and has no weak seeds.

/// One stream of random numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rng(u64);

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Rng {
    /// The stream of this purpose under the run's seed. Different purposes give unrelated streams.
    #[must_use]
    pub fn stream(seed: u64, purpose: &str) -> Self {
        let mut state = mix(seed.wrapping_add(GOLDEN));
        for byte in purpose.bytes() {
            state = mix(state ^ u64::from(byte)).wrapping_add(GOLDEN);
        }
        Self(state)
    }

    /// The next 64 bits.
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        mix(self.0)
    }

    /// A number below `bound`, every one equally likely.
    ///
    /// # Panics
    /// When `bound` is zero.
    pub fn below(&mut self, bound: u64) -> u64 {
        assert!(bound > 0, "there is no number below zero");
        // Lemire's multiplication with rejection, so that no value is favoured.
        loop {
            let product = u128::from(self.next_u64()) * u128::from(bound);
            let low = product as u64;
            if low >= bound.wrapping_neg() % bound {
                return (product >> 64) as u64;
            }
        }
    }

    /// A number in [0, 1) with 53 random bits.
    pub fn unit(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A draw of the standard normal distribution: the quantile of a number strictly inside (0, 1).
    pub fn normal(&mut self) -> f64 {
        // Half a step above 52 bits: neither 0 nor 1 can come, and the numbers lie evenly on both sides of one half.
        let inside = ((self.next_u64() >> 12) as f64 + 0.5) / (1_u64 << 52) as f64;
        crate::normal::quantile(inside).expect("the number lies strictly between 0 and 1")
    }

    /// A whole number from 0 whose distribution is exponential with this mean, cut down to whole ones.
    pub fn exponential(&mut self, mean: i64) -> i64 {
        // One less a number below one is above zero, so that the logarithm is finite.
        (-crate::math::ln(1.0 - self.unit()) * mean as f64) as i64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_depends_on_seed_and_purpose_only() {
        let draw = |seed, purpose| Rng::stream(seed, purpose).next_u64();
        assert_eq!(draw(7, "latency"), draw(7, "latency"));
        assert_ne!(draw(7, "latency"), draw(8, "latency"));
        assert_ne!(draw(7, "latency"), draw(7, "slippage"));
    }

    #[test]
    fn numbers_below_a_bound_cover_it_evenly() {
        let mut rng = Rng::stream(1, "test");
        let mut counts = [0_u32; 7];
        for _ in 0..70_000 {
            counts[rng.below(7) as usize] += 1;
        }
        assert!(counts.iter().all(|c| (9_500..10_500).contains(c)), "{counts:?}");
        assert!((0..1_000).all(|_| (0.0..1.0).contains(&rng.unit())));
    }

    #[test]
    fn normal_draws_have_the_moments_of_the_standard_normal_distribution() {
        let mut rng = Rng::stream(5, "test");
        let draws: alloc::vec::Vec<f64> = (0..100_000).map(|_| rng.normal()).collect();
        let moment = |power: i32| draws.iter().map(|x| (0..power).fold(1.0, |y, _| y * x)).sum::<f64>() / 1e5;
        for (power, expected, within) in [(1, 0.0, 0.01), (2, 1.0, 0.02), (3, 0.0, 0.05), (4, 3.0, 0.1)] {
            assert!((moment(power) - expected).abs() < within, "moment {power} is {}", moment(power));
        }
    }
}
