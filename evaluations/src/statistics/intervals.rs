//! Intervals for the headline metrics of daily returns, all from one set of resamples.
//!
//! Stationary bootstrap. Metrics that are smooth functions of means get the ends that are corrected for bias and skew (BCa):
//! their lower ends are above the truth less often than plain percentiles. Drawdowns and tails are not smooth, and have the
//! percentiles. How often the interval of the Sharpe ratio holds the true one is measured in the tests.
mod corrected;

use super::bootstrap::{Blocks, Resampler};
use super::sample::{SampleError, at_least, finite};
use super::{block_length::block_length, stream};
use crate::metrics::{distribution, drawdown, growth, mean, ratios};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// The largest share of resamples in which a metric may be undefined before its interval is.
const UNDEFINED_MAX: f64 = 0.05;

/// A metric of daily returns, with the periods that a year has.
pub type Metric = fn(&[f64], f64) -> Option<f64>;

/// The metrics that a report opens with, by the names they have in a summary. Drawdowns are positive fractions.
pub const HEADLINES: [(&str, Metric); 14] = [
    ("mean_daily_return", |returns, _| mean(returns)),
    ("total_return", |returns, _| Some(total(returns) - 1.0)),
    ("cagr", cagr),
    ("volatility", growth::volatility),
    ("downside_deviation", growth::downside_deviation),
    ("sharpe", ratios::sharpe),
    ("sortino", ratios::sortino),
    ("max_drawdown", |returns, _| drawdown::deepest(returns)),
    ("calmar", |returns, periods| ratios::calmar(cagr(returns, periods), drawdown::deepest(returns)?)),
    ("ulcer", |returns, _| drawdown::ulcer(returns)),
    ("omega", |returns, _| ratios::omega(returns, 0.0)),
    ("skew", |returns, _| distribution::skew(returns)),
    ("var_95", |returns, _| distribution::var_95(&distribution::sorted(returns))),
    ("tail_ratio", |returns, _| distribution::tail_ratio(&distribution::sorted(returns))),
];

/// The metrics whose ends are corrected; in others the percentiles stand as they are.
pub const SMOOTH: [&str; 9] = [
    "mean_daily_return",
    "total_return",
    "cagr",
    "volatility",
    "downside_deviation",
    "sharpe",
    "sortino",
    "omega",
    "skew",
];

/// How the ends of an interval were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Corrected for bias and skew.
    Bca,
    /// Plain percentiles of the resamples.
    Percentile,
}

fn total(returns: &[f64]) -> f64 {
    returns.iter().fold(1.0, |growth, r| growth * (1.0 + r))
}

fn cagr(returns: &[f64], periods: f64) -> Option<f64> {
    growth::annual_growth(total(returns), returns.len() as f64 / periods)
}

/// How intervals are made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IntervalSettings {
    /// The share of resamples inside, as 0.95.
    pub level: f64,
    /// How many resamples.
    pub resamples: usize,
    /// The mean length of a block in days; `None` chooses it by [`block_length`], 1 where that finds none.
    pub mean_length: Option<f64>,
    /// 365, or the sessions of the calendar.
    pub periods_per_year: f64,
    /// What resamples are drawn by.
    pub seed: u64,
}

/// A metric and how far it may be off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Of the returns themselves.
    pub value: Option<f64>,
    /// The lower end.
    pub lower: Option<f64>,
    /// The upper end.
    pub upper: Option<f64>,
    /// The sample deviation over resamples.
    pub error: Option<f64>,
    /// How the ends were found.
    pub method: Method,
    /// In how many resamples the metric was not defined; with more than one in twenty there are no ends.
    pub undefined: usize,
}

/// Intervals by the name of their metric, and what they were made with.
#[derive(Clone, Debug, PartialEq)]
pub struct Intervals {
    /// By name.
    pub by_name: BTreeMap<String, Interval>,
    /// The mean length of a block that was taken, in days.
    pub mean_length: f64,
    /// How many daily returns went in.
    pub n: usize,
    /// How they were made.
    pub settings: IntervalSettings,
}

/// Intervals of the [`HEADLINES`] of daily `returns`.
///
/// # Errors
/// When there are fewer than two returns or resamples, a return is not finite, or a setting is out of its range.
pub fn intervals(returns: &[f64], settings: IntervalSettings) -> Result<Intervals, SampleError> {
    intervals_of(returns, settings, &HEADLINES)
}

/// Intervals of any metrics of daily `returns`, from one set of resamples; those that are named in [`SMOOTH`] are corrected.
///
/// # Errors
/// As [`intervals`].
pub fn intervals_of(
    returns: &[f64],
    settings: IntervalSettings,
    metrics: &[(&str, Metric)],
) -> Result<Intervals, SampleError> {
    const WHAT: &str = "an interval";
    finite(0, returns)?;
    at_least(WHAT, 2, "daily returns", returns.len())?;
    at_least(WHAT, 2, "resamples", settings.resamples)?;
    if !(settings.level > 0.0 && settings.level < 1.0) {
        let (what, found, allowed) = ("the level of an interval", settings.level.to_string(), "between 0 and 1".into());
        return Err(SampleError::Setting { what, found, allowed });
    }
    let chosen = || block_length(returns).map_or(1.0, |length| length.stationary);
    let mean_length = settings.mean_length.unwrap_or_else(chosen);
    let resampler = Resampler::new(returns.len(), Blocks::Stationary { mean_length })?;
    let measure = |values: &[f64]| -> Vec<Option<f64>> {
        let of = |metric: Metric| metric(values, settings.periods_per_year).filter(|v| v.is_finite());
        metrics.iter().map(|(_, metric)| of(*metric)).collect()
    };
    let drawn: Vec<Vec<Option<f64>>> = (0..settings.resamples)
        .into_par_iter()
        .map_init(Vec::new, |values, index| {
            resampler.resample(returns, &mut stream(settings.seed, "intervals", index), values);
            measure(values)
        })
        .collect();
    let left_out = corrected::left_out(returns, mean_length, measure);
    let named = measure(returns).into_iter().zip(metrics).enumerate().map(|(place, (value, (name, _)))| {
        let found: Vec<f64> = drawn.iter().filter_map(|row| row[place]).collect();
        let without: Option<Vec<f64>> = left_out.iter().map(|row| row[place]).collect();
        let without = without.filter(|_| SMOOTH.contains(name));
        ((*name).to_owned(), interval(value, &found, without.as_deref(), settings))
    });
    Ok(Intervals { by_name: named.collect(), mean_length, n: returns.len(), settings })
}

/// The interval of a metric from its resamples, and from its values without some days where it is to be corrected.
fn interval(value: Option<f64>, found: &[f64], without: Option<&[f64]>, settings: IntervalSettings) -> Interval {
    let undefined = settings.resamples - found.len();
    let none = Interval { value, lower: None, upper: None, error: None, method: Method::Percentile, undefined };
    let enough = undefined as f64 <= UNDEFINED_MAX * settings.resamples as f64;
    let Some(middle) = value.filter(|_| enough) else { return none };
    let tail = (1.0 - settings.level) / 2.0;
    let corrected = without.and_then(|without| corrected::tails(middle, found, without, tail));
    let (tails, method) = match corrected {
        Some(tails) => (tails, Method::Bca),
        None => ([tail, 1.0 - tail], Method::Percentile),
    };
    let ends = super::quantiles(found, tails);
    let error = crate::metrics::deviation(found);
    Interval { lower: ends.map(|e| e[0]), upper: ends.map(|e| e[1]), error, method, ..none }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::testing::check;
    use engine::Rng;

    const SETTINGS: IntervalSettings =
        IntervalSettings { level: 0.95, resamples: 1_000, mean_length: None, periods_per_year: 365.0, seed: 1 };

    /// Returns whose true daily Sharpe ratio is 0.08, with tails fatter than the normal's.
    fn returns(count: usize, seed: u64) -> Vec<f64> {
        let mut rng = Rng::stream(seed, "returns");
        let mut one = || {
            // A mixture of a calm and a wild day: variance 0.9 * 0.5 + 0.1 * 5.5 = 1.
            let wild = rng.unit() < 0.1;
            let scale: f64 = if wild { 5.5 } else { 0.5 };
            0.01 * (0.08 + scale.sqrt() * rng.normal())
        };
        (0..count).map(|_| one()).collect()
    }

    #[test]
    fn every_headline_has_its_value_between_its_ends() {
        let returns = returns(1_000, 4);
        let found = intervals(&returns, SETTINGS).unwrap();
        assert_eq!(found.by_name.len(), HEADLINES.len());
        for (name, interval) in &found.by_name {
            let (lower, upper) = (interval.lower.unwrap(), interval.upper.unwrap());
            assert!(lower < upper, "{name}: {interval:?}");
            // Drawdowns of resamples are not centred on the one that happened.
            if !["max_drawdown", "calmar", "ulcer"].contains(&name.as_str()) {
                let value = interval.value.unwrap();
                assert!(lower < value && value < upper, "{name}: {interval:?}");
            }
        }
        check(found.by_name["sharpe"].value, ratios::sharpe(&returns, 365.0).unwrap(), 0.0);
        // Of independent days the error of the annual mean over deviation is the root of a year over their number.
        let error = found.by_name["sharpe"].error.unwrap();
        assert!((error / (365.0_f64 / 1_000.0).sqrt() - 1.0).abs() < 0.12, "{error}");
    }

    #[test]
    fn smooth_metrics_are_corrected_and_others_are_not() {
        let returns = returns(500, 4);
        let found = intervals(&returns, SETTINGS).unwrap();
        for (name, interval) in &found.by_name {
            let expected = if SMOOTH.contains(&name.as_str()) { Method::Bca } else { Method::Percentile };
            assert_eq!(interval.method, expected, "{name}");
        }
        assert!(SMOOTH.iter().all(|name| found.by_name.contains_key(*name)));
    }

    #[test]
    fn the_interval_of_the_sharpe_ratio_holds_the_true_one_as_often_as_it_says() {
        let whole = std::env::var_os("ONETAPE_PROVE").is_some();
        let (count, resamples) = if whole { (2_000, 1_000) } else { (200, 300) };
        let only = [("sharpe", ratios::sharpe as Metric)];
        let truth = 0.08 * 365.0_f64.sqrt();
        let (mut inside, mut above) = (0, 0);
        for seed in 0..count {
            let settings = IntervalSettings { resamples, seed, ..SETTINGS };
            let found = intervals_of(&returns(500, seed + 100), settings, &only).unwrap().by_name["sharpe"];
            inside += u64::from(found.lower.unwrap() <= truth && truth <= found.upper.unwrap());
            above += u64::from(found.lower.unwrap() > truth);
        }
        let share = |n: u64| n as f64 / count as f64;
        eprintln!(
            "figure: 95 % interval of the Sharpe ratio over {count} samples of 500 days: {:.3} inside, {:.3} too high",
            share(inside),
            share(above)
        );
        assert!((0.91..=0.985).contains(&share(inside)), "{inside} of {count}");
        assert!(share(above) < 0.05, "{above} of {count} lower ends were above the true ratio");
    }

    #[test]
    fn days_that_follow_each_other_widen_the_interval() {
        let drawn = returns(2_000, 9);
        let mut before = 0.0;
        let slow: Vec<f64> = drawn
            .iter()
            .map(|r| {
                before = 0.5 * before + r;
                before
            })
            .collect();
        let width = |mean_length: f64| {
            let settings = IntervalSettings { mean_length: Some(mean_length), ..SETTINGS };
            let found = intervals(&slow, settings).unwrap().by_name["sharpe"];
            found.upper.unwrap() - found.lower.unwrap()
        };
        assert!(intervals(&slow, SETTINGS).unwrap().mean_length > 5.0);
        assert!(width(20.0) > 1.3 * width(1.0), "{} and {}", width(20.0), width(1.0));
    }

    #[test]
    fn what_is_not_defined_has_no_ends() {
        let still = intervals(&[0.0; 100], SETTINGS).unwrap();
        let sharpe = still.by_name["sharpe"];
        assert_eq!((sharpe.value, sharpe.lower, sharpe.undefined), (None, None, 1_000));
        check(still.by_name["max_drawdown"].upper, 0.0, 0.0);
        // One loss in a hundred days: in a third of the resamples it is missing, and with it the ratio.
        let mut one = [0.01; 100];
        one[50] = -0.01;
        let settings = IntervalSettings { mean_length: Some(1.0), ..SETTINGS };
        let sortino = intervals(&one, settings).unwrap().by_name["sortino"];
        assert!(sortino.value.is_some() && sortino.lower.is_none() && sortino.undefined > 250, "{sortino:?}");
    }

    #[test]
    fn the_ends_do_not_hang_on_the_number_of_threads() {
        let returns = returns(300, 2);
        let with = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| intervals(&returns, SETTINGS).unwrap())
        };
        assert_eq!(with(1), with(3));
    }

    #[test]
    fn settings_out_of_their_range_are_refused() {
        let refused = |returns: &[f64], settings| intervals(returns, settings).unwrap_err().to_string();
        let level = IntervalSettings { level: 1.0, ..SETTINGS };
        assert_eq!(refused(&[0.1; 9], level), "the level of an interval is 1, and has to be between 0 and 1");
        assert_eq!(refused(&[0.1], SETTINGS), "an interval needs at least 2 daily returns, there are 1");
        let long = IntervalSettings { mean_length: Some(10.0), ..SETTINGS };
        assert!(refused(&[0.1; 9], long).contains("1 to 9, the number of rows"));
    }
}
