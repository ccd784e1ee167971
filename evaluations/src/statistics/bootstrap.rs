//! Resampling of series whose values follow each other: blocks of neighbours, wrapped at the end.
//!
//! The stationary bootstrap of Politis and Romano 1994 begins a new block with probability one over the mean length, the
//! circular one after a fixed length. Streams are the caller's; nothing here decides how often to draw.
use super::sample::SampleError;
use engine::Rng;

/// How blocks are cut.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Blocks {
    /// Geometric lengths with this mean, at least 1: 1 draws each value on its own.
    Stationary {
        /// In rows.
        mean_length: f64,
    },
    /// All of this length, at least 1.
    Circular {
        /// In rows.
        length: usize,
    },
}

/// Draws rows of a series of `rows` rows in blocks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Resampler {
    rows: u64,
    blocks: Blocks,
    /// A restart happens where 53 random bits are below this.
    restart_below: u64,
}

/// Two to the number of random bits that a restart is decided by.
const UNIT: f64 = (1_u64 << 53) as f64;

impl Resampler {
    /// A resampler of `rows` rows.
    ///
    /// # Errors
    /// When there is no row, or a block is shorter than 1 row or longer than all of them.
    pub fn new(rows: usize, blocks: Blocks) -> Result<Self, SampleError> {
        super::sample::at_least("resampling", 1, "rows", rows)?;
        let (length, what) = match blocks {
            Blocks::Stationary { mean_length } => (mean_length, "the mean length of a block"),
            Blocks::Circular { length } => (length as f64, "the length of a block"),
        };
        if !(1.0..=rows as f64).contains(&length) {
            let allowed = format!("1 to {rows}, the number of rows");
            return Err(SampleError::Setting { what, found: length.to_string(), allowed });
        }
        Ok(Self { rows: rows as u64, blocks, restart_below: (UNIT / length) as u64 })
    }

    /// Shows `see` the rows of one resample of `count` rows, in order.
    pub fn each(&self, count: usize, rng: &mut Rng, mut see: impl FnMut(usize)) {
        let mut row = 0;
        let mut left = 0_usize;
        for place in 0..count {
            let restarts = match self.blocks {
                Blocks::Stationary { .. } => place == 0 || rng.next_u64() >> 11 < self.restart_below,
                Blocks::Circular { .. } => left == 0,
            };
            if restarts {
                row = rng.below(self.rows);
                left = if let Blocks::Circular { length } = self.blocks { length } else { 0 };
            } else {
                row += 1;
                row = if row == self.rows { 0 } else { row };
            }
            left = left.saturating_sub(1);
            see(row as usize);
        }
    }

    /// One resample of `values`, as many as there are, in `out`.
    pub fn resample(&self, values: &[f64], rng: &mut Rng, out: &mut Vec<f64>) {
        out.clear();
        self.each(values.len(), rng, |row| out.push(values[row]));
    }
}

/// The variance of the mean of a stationary resample of `values` times their number; the long-run variance that
/// Hansen's test divides by.
///
/// `R0 + 2 * sum over i of [(1 - i/n) (1 - q)^i + (i/n) (1 - q)^(n - i)] R_i` with `q` one over the mean length and `R_i` the
/// autocovariance at lag `i` over `n` (Politis and Romano 1994, Lemma 1). Time is the number of values squared. 0 of nothing.
#[must_use]
pub fn long_run_variance(values: &[f64], mean_length: f64) -> f64 {
    let n = values.len();
    let Some(middle) = crate::metrics::mean(values) else { return 0.0 };
    let apart: Vec<f64> = values.iter().map(|v| v - middle).collect();
    let covariance =
        |lag: usize| apart[..n - lag].iter().zip(&apart[lag..]).map(|(a, b)| a * b).sum::<f64>() / n as f64;
    let stay = 1.0 - 1.0 / mean_length;
    let weight = |lag: usize| {
        let part = lag as f64 / n as f64;
        (1.0 - part) * libm::pow(stay, lag as f64) + part * libm::pow(stay, (n - lag) as f64)
    };
    (1..n).fold(covariance(0), |sum, lag| {
        let weight = weight(lag);
        // Far from both ends nothing is left of a weight, and most lags are far.
        if weight < 1e-18 { sum } else { sum + 2.0 * weight * covariance(lag) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::testing::check;

    const FIVE: [f64; 5] = [1.0, 2.0, 4.0, 3.0, 0.0];

    fn stationary(mean_length: f64) -> Blocks {
        Blocks::Stationary { mean_length }
    }

    /// The variance of the mean times the number, over every row sequence that a stationary resample can be.
    fn enumerated(values: &[f64], q: f64) -> f64 {
        let n = values.len();
        let (mut first, mut second) = (0.0, 0.0);
        for sequence in 0..n.pow(n as u32) {
            let rows: Vec<usize> = (0..n).map(|place| sequence / n.pow(place as u32) % n).collect();
            let follows = |pair: &[usize]| if pair[1] == (pair[0] + 1) % n { 1.0 - q } else { 0.0 };
            let chance = rows.windows(2).fold(1.0 / n as f64, |chance, pair| chance * (q / n as f64 + follows(pair)));
            let mean = rows.iter().map(|row| values[*row]).sum::<f64>() / n as f64;
            first += chance * mean;
            second += chance * mean * mean;
        }
        (second - first * first) * n as f64
    }

    #[test]
    fn the_variance_of_a_resampled_mean_is_the_constructed_one() {
        check(Some(long_run_variance(&FIVE, 1.0 / 0.4)), 1.558_016, 1e-12);
        check(Some(enumerated(&FIVE, 0.4)), 1.558_016, 1e-12);
        for mean_length in [1.0, 1.7, 4.0] {
            check(Some(long_run_variance(&FIVE, mean_length)), enumerated(&FIVE, 1.0 / mean_length), 1e-12);
        }
        assert!(long_run_variance(&[], 2.0).abs() < 1e-300);
    }

    #[test]
    fn drawn_resamples_have_that_variance() {
        let resampler = Resampler::new(5, stationary(2.5)).unwrap();
        let mut rng = Rng::stream(1, "resample");
        let mut out = Vec::new();
        let means: Vec<f64> = (0..40_000)
            .map(|_| {
                resampler.resample(&FIVE, &mut rng, &mut out);
                out.iter().sum::<f64>() / 5.0
            })
            .collect();
        let deviation = crate::metrics::deviation(&means).unwrap();
        assert!((deviation * deviation * 5.0 - 1.558_016).abs() < 0.04, "{}", deviation * deviation * 5.0);
        check(crate::metrics::mean(&means), 2.0, 0.01);
    }

    #[test]
    fn blocks_have_their_length_and_wrap() {
        let rows = |blocks: Blocks, rows: usize, count: usize| {
            let mut seen = Vec::new();
            Resampler::new(rows, blocks).unwrap().each(count, &mut Rng::stream(3, "blocks"), |row| seen.push(row));
            seen
        };
        let circular = rows(Blocks::Circular { length: 4 }, 10, 4_000);
        assert!(circular.chunks(4).all(|block| block.windows(2).all(|pair| pair[1] == (pair[0] + 1) % 10)));
        assert!(circular.contains(&9) && circular.contains(&0));
        let geometric = rows(stationary(8.0), 1_000, 80_000);
        let breaks = geometric.windows(2).filter(|pair| pair[1] != (pair[0] + 1) % 1_000).count();
        assert!((9_400..10_600).contains(&breaks), "{breaks}");
        let alone = rows(stationary(1.0), 1_000, 10_000);
        assert!(alone.windows(2).filter(|pair| pair[1] == pair[0] + 1).count() < 40);
    }

    #[test]
    fn blocks_that_cannot_be_cut_are_refused() {
        let refused = |rows, blocks| Resampler::new(rows, blocks).unwrap_err().to_string();
        assert_eq!(refused(0, stationary(1.0)), "resampling needs at least 1 rows, there are 0");
        assert_eq!(
            refused(9, stationary(0.5)),
            "the mean length of a block is 0.5, and has to be 1 to 9, the number of rows"
        );
        assert_eq!(
            refused(9, Blocks::Circular { length: 10 }),
            "the length of a block is 10, and has to be 1 to 9, the number of rows"
        );
        assert!(Resampler::new(9, stationary(f64::NAN)).is_err());
    }
}
