//! What the page of an evaluation shows: plain numbers, each with its formula and how many values it was taken of.
//!
//! Times are nanoseconds since the epoch, Sharpe ratios annual, returns and drawdowns fractions; a drawdown is positive.
//! What is not defined is `None`, and what was not run says why.
use crate::search::neighbourhood::Figures;
use crate::sweep::Parameters;

/// A part of the page: what was found, or why nothing was looked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Part<T> {
    /// It was run.
    Found(T),
    /// It was not; the reason, as the end of a sentence.
    NotRun(String),
}

impl<T> Default for Part<T> {
    fn default() -> Self {
        Self::NotRun("nobody asked for it".to_owned())
    }
}

impl<T> Part<T> {
    /// What was found, if it was run.
    #[must_use]
    pub fn found(&self) -> Option<&T> {
        match self {
            Self::Found(found) => Some(found),
            Self::NotRun(_) => None,
        }
    }
}

/// How a number came about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Made {
    /// The formula's id, as `pbo/cscv`.
    pub formula: String,
    /// What it was taken of, as `daily returns of 200 sets`.
    pub basis: String,
    /// How many values of the basis went in.
    pub n: u64,
}

/// One window of a walk forward.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WalkWindow {
    /// When the training part begins and ends.
    pub train: (i64, i64),
    /// When the tested part begins and ends.
    pub test: (i64, i64),
    /// The set that did best on the training part.
    pub parameters: Parameters,
    /// Its Sharpe ratio there.
    pub in_sample: Option<f64>,
    /// Its Sharpe ratio on the tested part.
    pub out_of_sample: Option<f64>,
    /// Its return on the tested part.
    pub test_return: Option<f64>,
}

/// A walk forward: parameters are chosen anew before each window.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WalkForward {
    /// `anchored` or `rolling`.
    pub kind: String,
    /// The windows, in the order of time.
    pub windows: Vec<WalkWindow>,
    /// Equity over the tested parts one after the other, as a multiple of what it began with.
    pub equity: Vec<(i64, f64)>,
    /// The Sharpe ratio of the stitched equity.
    pub sharpe: Option<f64>,
    /// Return a day out of sample over that in sample.
    pub efficiency: Option<f64>,
    /// Sets that were tried in each window.
    pub sets: usize,
    /// How the Sharpe ratio came about.
    pub made: Made,
}

/// Combinatorial purged cross-validation.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CrossValidation {
    /// Parts that the days are cut into.
    pub folds: usize,
    /// Parts that are tested at a time.
    pub tested: usize,
    /// Splits that this gives.
    pub splits: usize,
    /// Days left out of training before each tested part.
    pub purge: usize,
    /// Days left out of training behind each tested part.
    pub embargo: usize,
    /// The Sharpe ratio of each path.
    pub paths: Vec<Option<f64>>,
    /// Their 5th percentile.
    pub low: Option<f64>,
    /// How that came about.
    pub made: Made,
}

/// The set that was best in sample in one split.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SplitChoice {
    /// Its measure in sample.
    pub in_sample: f64,
    /// Its measure out of sample.
    pub out_of_sample: f64,
    /// The logit of its rank out of sample: zero in the middle, below it worse.
    pub logit: f64,
}

/// How much of the choice of the best set is overfitting.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overfit {
    /// The share of splits whose logit is at or below zero.
    pub probability: Option<f64>,
    /// The share of splits whose choice lost out of sample.
    pub probability_of_loss: Option<f64>,
    /// What a unit more in sample brings out of sample.
    pub slope: Option<f64>,
    /// Where that line meets zero in sample.
    pub intercept: Option<f64>,
    /// How much of the spread the line explains.
    pub r_squared: Option<f64>,
    /// Whether the choice is better than any set at every level, and in the sum over levels, in words; empty if unknown.
    pub dominance: String,
    /// What sets are measured by, as `daily Sharpe ratio`.
    pub measure: String,
    /// Sets.
    pub sets: usize,
    /// Blocks of days.
    pub blocks: usize,
    /// The choice of each split.
    pub splits: Vec<SplitChoice>,
    /// How the probability came about.
    pub made: Made,
}

/// What a metric is counted in, which decides what stands on one chart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unit {
    /// A plain number.
    #[default]
    Ratio,
    /// A fraction, shown in percent.
    Share,
}

/// A metric with its interval.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IntervalRow {
    /// The metric, as in the table of metrics.
    pub name: String,
    /// What it is counted in.
    pub unit: Unit,
    /// Its value.
    pub value: Option<f64>,
    /// The lower end.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
}

/// Bootstrap intervals of metrics.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Intervals {
    /// The metrics.
    pub rows: Vec<IntervalRow>,
    /// The confidence level, as 0.95.
    pub level: f64,
    /// Resamples.
    pub resamples: usize,
    /// The expected length of a block, in days.
    pub block_days: f64,
    /// How they came about.
    pub made: Made,
}

/// The fan of bootstrap paths.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fan {
    /// The days of the points that are shown, from the start of the paths.
    pub days: Vec<f64>,
    /// Quantiles and their values at those days, as multiples of what paths began with; from the lowest to the highest.
    pub quantiles: Vec<(f64, Vec<f64>)>,
    /// The actual equity at its days, as such a multiple.
    pub actual: Vec<(f64, f64)>,
    /// Paths.
    pub paths: usize,
    /// How they came about.
    pub made: Made,
}

/// Values of many draws, and the actual one among them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Distribution {
    /// The values.
    pub values: Vec<f64>,
    /// The actual one.
    pub actual: Option<f64>,
    /// The value that 95 % of the draws stay within.
    pub quantile_95: Option<f64>,
    /// The share of draws that are not above the actual one.
    pub share_no_deeper: Option<f64>,
    /// How they came about.
    pub made: Made,
}

/// One draw of worse execution.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ExecutionDraw {
    /// Slippage, basis points.
    pub slippage_bps: f64,
    /// Latency, milliseconds.
    pub latency_ms: f64,
    /// The Sharpe ratio that it gave.
    pub sharpe: Option<f64>,
    /// The total return that it gave.
    pub total_return: Option<f64>,
}

/// A Monte Carlo of slippage and latency.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Execution {
    /// The draws.
    pub draws: Vec<ExecutionDraw>,
    /// The Sharpe ratio of the run as it was.
    pub actual: Option<f64>,
    /// How draws came about.
    pub made: Made,
}

/// The run under one stress.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StressRow {
    /// What it is called.
    pub name: String,
    /// What was done to the run.
    pub what: String,
    /// The Sharpe ratio.
    pub sharpe: Option<f64>,
    /// The total return.
    pub total_return: Option<f64>,
    /// The largest drawdown.
    pub max_drawdown: Option<f64>,
    /// Fills.
    pub fills: u64,
    /// Daily returns.
    pub n: u64,
    /// What a reader should know besides, as why nothing is defined.
    pub note: String,
}

/// The run's days of one regime.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RegimeRow {
    /// What it is called, as `falling, wild`.
    pub name: String,
    /// Days.
    pub days: u64,
    /// The share of all days.
    pub share: f64,
    /// The Sharpe ratio of these days.
    pub sharpe: Option<f64>,
    /// The mean return of a day.
    pub mean_return: Option<f64>,
    /// The worst day.
    pub worst_day: Option<f64>,
}

/// The regimes and how they were told apart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Regimes {
    /// The regimes.
    pub rows: Vec<RegimeRow>,
    /// How days were told apart, a sentence.
    pub how: String,
    /// The formula of that.
    pub made: Made,
}

/// A neighbour of the parameters.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NeighbourRow {
    /// Which parameters are moved, by how many steps.
    pub moved: Vec<(String, i32)>,
    /// The set.
    pub parameters: Parameters,
    /// Its score, more being better.
    pub score: Option<f64>,
}

/// The neighbourhood of the parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Neighbourhood {
    /// The parameters themselves.
    pub centre: Parameters,
    /// The neighbours.
    pub rows: Vec<NeighbourRow>,
    /// The figures.
    pub figures: Figures,
    /// What sets are scored by, as `sharpe`.
    pub score: String,
    /// What one step is, a sentence.
    pub steps: String,
}
