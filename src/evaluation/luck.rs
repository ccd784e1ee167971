//! What luck could have done: the statistics of a record among everything that was tried.
//!
//! It knows returns and round trips only, so that the same is computed of a run and of anything else that has some.
use super::figures::{Put, Tried, files};
use super::found::Made;
use evaluations::evidence::Figure;
use evaluations::metrics::deflated::Record;
use evaluations::metrics::ratios;
use evaluations::statistics::block_length::block_length;
use evaluations::statistics::bootstrap::Blocks;
use evaluations::statistics::haircut::{self, Adjusted};
use evaluations::statistics::intervals::{IntervalSettings, Intervals, intervals};
use evaluations::statistics::overfitting::{Measure, Overfitting, overfitting};
use evaluations::statistics::paths::{PathSettings, Paths, paths};
use evaluations::statistics::superior::{Superior, superior};
use evaluations::statistics::trials::{average_correlation, effective};

/// The level of intervals.
const LEVEL: f64 = 0.95;
const DAILY: &str = "daily returns, whole run";

/// How luck is judged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LuckSettings {
    /// Blocks of the probability of overfitting.
    pub blocks: usize,
    /// Resamples of intervals and tests.
    pub resamples: usize,
    /// Bootstrap paths.
    pub paths: usize,
    /// 365, or the sessions of the calendar.
    pub periods_per_year: f64,
    /// What resamples are drawn by.
    pub seed: u64,
}

/// What luck could have done.
#[derive(Debug)]
pub struct Luck {
    /// The record itself; none where nothing varies.
    pub record: Option<Record>,
    /// Its annual Sharpe ratio.
    pub sharpe: Option<f64>,
    /// Returns of the record.
    pub days: usize,
    /// The average correlation of what was tried, and how many were.
    pub correlation: (Option<f64>, usize),
    /// P-values of what was tried, adjusted for each other.
    pub adjusted: Made<Adjusted>,
    /// The probability of backtest overfitting.
    pub overfitting: Made<Overfitting>,
    /// White's and Hansen's tests of the best of the sets.
    pub superior: Made<Superior>,
    /// Intervals of the headline metrics.
    pub intervals: Made<Intervals>,
    /// Bootstrap paths.
    pub paths: Made<Paths>,
}

impl Luck {
    /// Judges the daily returns of a record among those of everything that was to choose from, which is of the same days.
    #[must_use]
    pub fn of(returns: &[f64], sets: &[&[f64]], settings: &LuckSettings) -> Self {
        let LuckSettings { blocks, resamples, seed, periods_per_year, .. } = *settings;
        let mean_length = block_length(returns).map_or(1.0, |length| length.stationary);
        let how = IntervalSettings { level: LEVEL, resamples, mean_length: None, periods_per_year, seed };
        let drawn = PathSettings {
            paths: settings.paths,
            days: returns.len(),
            blocks: Blocks::Stationary { mean_length },
            seed,
        };
        let p_value = |all: &&[f64]| ratios::period_sharpe(all).map_or(1.0, |it| haircut::p_value(it, all.len()));
        let p_values: Vec<f64> = sets.iter().map(p_value).collect();
        Self {
            record: Record::of(returns),
            sharpe: ratios::sharpe(returns, periods_per_year),
            days: returns.len(),
            correlation: (average_correlation(sets).map(|it| it.value), sets.len()),
            adjusted: haircut::adjust(&p_values).map_err(|e| e.to_string()),
            overfitting: overfitting(sets, blocks, Measure::Sharpe).map_err(|e| e.to_string()),
            superior: superior(sets, mean_length, resamples, seed).map_err(|e| e.to_string()),
            intervals: intervals(returns, how).map_err(|e| e.to_string()),
            paths: paths(returns, drawn).map_err(|e| e.to_string()),
        }
    }

    /// Its figures, with what the ledger knows of trials.
    pub(super) fn put(&self, all: &mut Put, tried: Tried) {
        self.put_record(all, tried);
        let halves = ("cscv/bailey-borwein-lopez-de-prado-zhu", "daily returns of the sets");
        all.made("pbo", &self.overfitting, files::LUCK, halves, |it| (Some(it.probability), it.splits.len()));
        all.made("probability_of_loss", &self.overfitting, files::LUCK, halves, |it| {
            (Some(it.probability_of_loss), it.splits.len())
        });
        let best = ("spa-consistent/hansen-2005", "daily returns of the sets, against cash");
        all.made("spa_p", &self.superior, files::LUCK, best, |it| (Some(it.spa.consistent), it.resamples));
        let best = ("reality-check/white-2000", "daily returns of the sets, against cash");
        all.made("reality_check_p", &self.superior, files::LUCK, best, |it| (Some(it.reality_check), it.resamples));
        let many = ("bhy/benjamini-yekutieli-2001", "Sharpe ratios of the sets");
        all.made("haircut_p", &self.adjusted, files::LUCK, many, |it| {
            (it.bhy.iter().copied().min_by(f64::total_cmp), it.bhy.len())
        });
        let interval = ("bca/stationary-bootstrap-95", DAILY);
        all.made("sharpe_lower", &self.intervals, files::BOOTSTRAP, interval, |it| {
            (it.by_name.get("sharpe").and_then(|sharpe| sharpe.lower), it.n)
        });
        let drawn = ("95th-percentile/stationary-bootstrap-paths", DAILY);
        all.made("drawdown_95", &self.paths, files::BOOTSTRAP, drawn, |it| {
            (it.quantile(|path| path.max_drawdown, 0.95), it.outcomes.len())
        });
    }

    fn put_record(&self, all: &mut Put, tried: Tried) {
        let n = self.days as u64;
        let daily = |value: Option<f64>, formula: &str| Figure::new(value, n, formula, DAILY);
        let count = |value: u64, basis: &str| Figure::new(Some(value as f64), value, "count", basis);
        all.figure("days", count(n, DAILY), files::SUMMARY);
        all.figure("sharpe", daily(self.sharpe, "sharpe/mean-over-std-ddof1"), files::SUMMARY);
        let of = |value: fn(&Record) -> Option<f64>| self.record.as_ref().and_then(value);
        all.figure("psr", daily(of(|it| it.probabilistic(0.0)), "psr/bailey-lopez-de-prado-2012"), files::LUCK);
        let revised = of(|it| it.probabilistic_2025(0.0, 0.0));
        all.figure("psr_2025", daily(revised, "psr/lopez-de-prado-2025-iid"), files::LUCK);
        // A ratio at or below zero is not told from it by any number of days.
        let gains = self.record.filter(|it| it.sharpe > 0.0);
        let needed = gains.and_then(|it| it.length_needed(0.0, 0.95));
        let mut needed = daily(needed, "min-track-record/bailey-lopez-de-prado-2012");
        if gains.is_none() {
            needed = needed.noted("the Sharpe ratio is not above zero");
        }
        all.figure("min_track_record_days", needed, files::LUCK);
        all.figure("trials", count(tried.count as u64, "trial ledger, distinct runs of the family"), files::LUCK);
        let (correlation, sets) = self.correlation;
        let independent = correlation.map(|it| effective(tried.count as f64, it));
        let figure = Figure::new(independent, sets as u64, "rho+(1-rho)M", "daily returns of the sets");
        all.figure("trials_effective", figure, files::LUCK);
        let deflated =
            self.record.zip(tried.variance).and_then(|(it, variance)| it.deflated(tried.count as f64, variance));
        let basis = "daily returns, all trials of the ledger";
        let mut figure = Figure::new(deflated, n, "dsr/bailey-lopez-de-prado-2014", basis);
        if tried.variance.is_none() {
            let advice = "what was tried beside it has to be in [evaluation] grid or in the ledger";
            figure = figure.noted(format!("one trial has no variance: {advice}"));
        }
        all.figure("dsr", figure, files::LUCK);
    }

    /// The figures of a record of which nothing but returns is known.
    #[must_use]
    pub fn figures(&self, tried: Tried) -> super::figures::Figures {
        let mut all = Put::default();
        self.put(&mut all, tried);
        all.into_figures()
    }
}
