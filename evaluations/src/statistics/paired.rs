//! Two series of daily returns of the same days, against each other: is one better, or only luckier?
//!
//! Days are resampled in pairs, so that what both share does not count as luck. The p-value is two-sided: how often a
//! resample is as far from what was found as what was found is from no difference. (Ledoit and Wolf 2008 without the
//! studentising, so that the same rule serves the mean and the Sharpe ratio.)
use super::bootstrap::{Blocks, Resampler};
use super::sample::{SampleError, at_least, common_length};
use super::{block_length::block_length, stream};
use crate::metrics::{mean, ratios};
use rayon::prelude::*;

/// How two series are compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PairSettings {
    /// The share of resamples inside an interval, as 0.95.
    pub level: f64,
    /// How many resamples.
    pub resamples: usize,
    /// The mean length of a block in days; `None` chooses it by [`block_length`] of the difference.
    pub mean_length: Option<f64>,
    /// 365, or the sessions of the calendar.
    pub periods_per_year: f64,
    /// What resamples are drawn by.
    pub seed: u64,
}

/// How far apart a figure of two series is: the first less the second, annual.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// What was found.
    pub value: Option<f64>,
    /// The lower end of its interval.
    pub lower: Option<f64>,
    /// The upper end.
    pub upper: Option<f64>,
    /// The two-sided p-value of no difference.
    pub p_value: Option<f64>,
}

/// How two series compare.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Paired {
    /// Of the mean return of a year, without compounding.
    pub mean: Difference,
    /// Of the Sharpe ratio.
    pub sharpe: Difference,
    /// How the days of the two go together; `None` where one never varies.
    pub correlation: Option<f64>,
    /// The annual deviation of the difference of their days.
    pub tracking_error: Option<f64>,
    /// How many days.
    pub n: usize,
    /// The mean length of a block that was taken.
    pub mean_length: f64,
    /// How they were compared.
    pub settings: PairSettings,
}

/// Compares `first` with `second`, daily returns of the same days.
///
/// # Errors
/// When they are of different lengths, not finite or shorter than 16 days, or a setting is out of its range.
pub fn paired(first: &[f64], second: &[f64], settings: PairSettings) -> Result<Paired, SampleError> {
    const WHAT: &str = "a paired test";
    let n = common_length(&[first, second])?;
    at_least(WHAT, 16, "days", n)?;
    at_least(WHAT, 1, "resamples", settings.resamples)?;
    if !(settings.level > 0.0 && settings.level < 1.0) {
        let (what, found, allowed) = ("the level of an interval", settings.level.to_string(), "between 0 and 1".into());
        return Err(SampleError::Setting { what, found, allowed });
    }
    let apart: Vec<f64> = first.iter().zip(second).map(|(a, b)| a - b).collect();
    let chosen = || block_length(&apart).map_or(1.0, |length| length.stationary);
    let mean_length = settings.mean_length.unwrap_or_else(chosen);
    let resampler = Resampler::new(n, Blocks::Stationary { mean_length })?;
    let periods = settings.periods_per_year;
    let of_mean = |a: &[f64], b: &[f64]| Some((mean(a)? - mean(b)?) * periods);
    let of_sharpe = |a: &[f64], b: &[f64]| Some(ratios::sharpe(a, periods)? - ratios::sharpe(b, periods)?);
    let drawn: Vec<[Option<f64>; 2]> = (0..settings.resamples)
        .into_par_iter()
        .map_init(<(Vec<f64>, Vec<f64>)>::default, |(a, b), index| {
            a.clear();
            b.clear();
            resampler.each(n, &mut stream(settings.seed, "paired", index), |row| {
                a.push(first[row]);
                b.push(second[row]);
            });
            [of_mean(a, b), of_sharpe(a, b)]
        })
        .collect();
    let found = [of_mean(first, second), of_sharpe(first, second)];
    let [mean, sharpe] = [0, 1].map(|figure| {
        let values: Vec<f64> = drawn.iter().filter_map(|row| row[figure]).collect();
        difference(found[figure], &values, settings)
    });
    let tracking_error = ratios::tracking_error(first, second, periods);
    Ok(Paired { mean, sharpe, correlation: correlation(first, second), tracking_error, n, mean_length, settings })
}

/// How two series go together.
fn correlation(first: &[f64], second: &[f64]) -> Option<f64> {
    super::trials::average_correlation(&[first, second]).filter(|found| found.still == 0).map(|found| found.value)
}

fn difference(value: Option<f64>, drawn: &[f64], settings: PairSettings) -> Difference {
    let none = Difference { value, lower: None, upper: None, p_value: None };
    // A resample without variance has no ratio; where many have none, the rest says nothing.
    let Some(found) = value.filter(|_| drawn.len() * 20 >= settings.resamples * 19) else { return none };
    let tail = (1.0 - settings.level) / 2.0;
    let ends = super::quantiles(drawn, [tail, 1.0 - tail]);
    let slack = found.abs() * 1e-12;
    let far = drawn.iter().filter(|v| (**v - found).abs() >= found.abs() - slack).count();
    // One of the resamples is what was found itself, so that no p-value is zero.
    let p_value = (far + 1) as f64 / (drawn.len() + 1) as f64;
    Difference { lower: ends.map(|e| e[0]), upper: ends.map(|e| e[1]), p_value: Some(p_value), ..none }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::testing::check;

    const SETTINGS: PairSettings =
        PairSettings { level: 0.95, resamples: 400, mean_length: None, periods_per_year: 365.0, seed: 1 };

    /// Two series that share most of their days, the first better by `edge` deviations a day.
    fn pair(days: usize, edge: f64, seed: u64) -> (Vec<f64>, Vec<f64>) {
        let mut rng = stream(seed, "pair", 0);
        let mut one = || {
            let (both, own, other) = (rng.normal(), rng.normal(), rng.normal());
            (0.01 * (edge + 0.9 * both + 0.4 * own), 0.01 * (0.9 * both + 0.4 * other))
        };
        (0..days).map(|_| one()).unzip()
    }

    #[test]
    fn no_difference_is_seldom_found_and_one_that_is_there_almost_always() {
        let rejected = |edge: f64| {
            let small = |seed: u64| {
                let (a, b) = pair(400, edge, seed);
                let found = paired(&a, &b, PairSettings { seed, ..SETTINGS }).unwrap();
                let held = found.mean.lower <= Some(edge * 3.65) && Some(edge * 3.65) <= found.mean.upper;
                (found.mean.p_value <= Some(0.05), found.sharpe.p_value <= Some(0.05), held)
            };
            (0..100).map(small).fold((0, 0, 0), |sum, (mean, sharpe, held)| {
                (sum.0 + u32::from(mean), sum.1 + u32::from(sharpe), sum.2 + u32::from(held))
            })
        };
        let (mean, sharpe, held) = rejected(0.0);
        assert!(mean <= 12 && sharpe <= 12 && held >= 88, "{mean} {sharpe} {held} of 100 without a difference");
        let (mean, sharpe, held) = rejected(0.12);
        assert!(mean >= 90 && sharpe >= 90 && held >= 88, "{mean} {sharpe} {held} of 100 with one");
    }

    #[test]
    fn what_both_share_is_not_luck() {
        let (a, b) = pair(400, 0.12, 5);
        let together = paired(&a, &b, SETTINGS).unwrap();
        let shifted: Vec<f64> = b.iter().cycle().skip(200).take(400).copied().collect();
        let strangers = paired(&a, &shifted, SETTINGS).unwrap();
        let width = |found: Paired| found.mean.upper.unwrap() - found.mean.lower.unwrap();
        assert!(width(strangers) > 1.5 * width(together));
        assert!(together.correlation.is_some_and(|c| c > 0.7) && strangers.correlation.is_some_and(|c| c < 0.2));
        assert!(strangers.tracking_error > together.tracking_error);
        check(together.mean.value, strangers.mean.value.unwrap(), 1e-12);
    }

    #[test]
    fn turned_round_the_difference_turns_its_sign() {
        let (a, b) = pair(200, 0.1, 2);
        let (there, back) = (paired(&a, &b, SETTINGS).unwrap(), paired(&b, &a, SETTINGS).unwrap());
        for (one, other) in [(there.mean, back.mean), (there.sharpe, back.sharpe)] {
            check(one.value, -other.value.unwrap(), 1e-12);
            check(one.lower, -other.upper.unwrap(), 1e-9);
            assert_eq!(one.p_value, other.p_value);
        }
    }

    #[test]
    fn a_series_is_no_better_than_itself_and_a_still_one_has_no_ratio() {
        let (a, _) = pair(100, 0.1, 3);
        let same = paired(&a, &a, SETTINGS).unwrap();
        assert_eq!((same.mean.value, same.mean.p_value, same.sharpe.p_value), (Some(0.0), Some(1.0), Some(1.0)));
        let still = paired(&a, &[0.0; 100], SETTINGS).unwrap();
        assert!(still.mean.p_value.is_some());
        assert_eq!((still.sharpe.value, still.sharpe.p_value, still.correlation), (None, None, None));
    }

    #[test]
    fn the_answer_does_not_hang_on_the_number_of_threads() {
        let (a, b) = pair(100, 0.1, 3);
        let with = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| paired(&a, &b, SETTINGS).unwrap())
        };
        assert_eq!(with(1), with(3));
    }

    #[test]
    fn series_that_cannot_be_paired_are_refused() {
        let refused = |a: &[f64], b: &[f64]| paired(a, b, SETTINGS).unwrap_err().to_string();
        assert_eq!(
            refused(&[0.0; 20], &[0.0; 19]),
            "series 1 has 19 values and the first one has 20: hand in the same days for each"
        );
        assert_eq!(refused(&[0.0; 9], &[0.0; 9]), "a paired test needs at least 16 days, there are 9");
    }
}
