//! Walk-forward tests in the engine: choose on what was, trade what came, walk on.
//!
//! Each training and each test is a run of its own, flat at its start, with the candles before it for its indicators to warm up on.
use super::matrix::best_in;
use crate::failure::Failure;
use crate::instant::instant_text;
use crate::run_file::EvaluationSection;
use crate::shared_run::{Case, SharedRun, Window};
use engine::Timestamp;
use evaluations::metrics::ratios;
use evaluations::statistics::walk_forward::{Training, Walk};
use evaluations::sweep::{Column, Parameters};
use serde::Serialize;
use std::ops::Range;

/// One window.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WindowRow {
    /// The open of the first candle that was trained on, and that of the first that was not.
    #[serde(serialize_with = "instants")]
    pub train: (Timestamp, Timestamp),
    /// The open of the first candle that was tested on, and that of the first behind the test.
    #[serde(serialize_with = "instants")]
    pub test: (Timestamp, Timestamp),
    /// What was chosen; none where no set could be judged.
    pub chosen: Option<Parameters>,
    /// Annual Sharpe ratio of what was chosen, where it was chosen.
    pub in_sample_sharpe: Option<f64>,
    /// Its Sharpe ratio where it was tested.
    pub out_of_sample_sharpe: Option<f64>,
    /// Its total return there, as a fraction.
    pub out_of_sample_return: Option<f64>,
}

/// Two instants as texts.
fn instants<S: serde::Serializer>((from, to): &(Timestamp, Timestamp), into: S) -> Result<S::Ok, S::Error> {
    [instant_text(*from), instant_text(*to)].serialize(into)
}

/// A walk.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Walked {
    /// `anchored` or `rolling`.
    pub kind: &'static str,
    /// Each window, in the order of time.
    pub windows: Vec<WindowRow>,
    /// Daily returns of the tests, one after another, as fractions.
    pub returns: Vec<f64>,
    /// Annual Sharpe ratio of them.
    pub sharpe: Option<f64>,
    /// Out-of-sample over in-sample Sharpe ratio, means over the windows; none where nothing was gained in sample.
    pub efficiency: Option<f64>,
    /// How many windows gained.
    pub gained: usize,
}

/// Where windows lie among the candles of the first instrument that is traded.
#[derive(Clone, Debug)]
pub struct Ground {
    opens: Vec<Timestamp>,
    /// Candles before a window that are seen and not traded on.
    warm_up: usize,
    /// The first that may be traded on.
    first: usize,
}

impl Ground {
    /// The ground of a run whose sets need so many candles to warm up.
    #[must_use]
    pub fn new(run: &SharedRun, warm_up: usize) -> Self {
        let opens: Vec<Timestamp> = run.candles[run.traded()].iter().map(|candle| candle.open_time).collect();
        let first = opens.partition_point(|open| *open < run.setup.trades_from);
        Self { opens, warm_up, first }
    }

    /// How many candles can be traded on.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.opens.len() - self.first
    }

    /// The window of rows that may be traded on.
    #[must_use]
    pub fn window(&self, rows: &Range<usize>) -> Window {
        let from = (self.first + rows.start).saturating_sub(self.warm_up);
        Window { from: self.opens[from], trades_from: self.open(rows.start), to: self.open(rows.end) }
    }

    /// The open of a row; just behind the last for the end.
    fn open(&self, row: usize) -> Timestamp {
        let behind = || self.opens.last().map_or(Timestamp::MAX, |last| last.after(1));
        self.opens.get(self.first + row).copied().unwrap_or_else(behind)
    }
}

/// Walks over the candles.
///
/// # Errors
/// When there are too few candles for the windows, or no test can be run.
pub fn walk_forward(
    run: &SharedRun,
    sets: &[Parameters],
    column: &Column,
    section: &EvaluationSection,
    (ground, embargo): (&Ground, usize),
    training: Training,
    progress: &(dyn Fn() + Sync),
) -> Result<Walked, Failure> {
    let rows = ground.rows();
    let per_test = f64::from(section.train_windows);
    let walk = Walk::of_windows(rows, section.windows as usize, per_test, embargo, training);
    let windows = walk.and_then(|walk| walk.windows(rows)).map_err(|e| Failure::Usage(format!("[evaluation] {e}")))?;
    let (mut shown, mut returns) = (Vec::new(), Vec::new());
    for window in windows {
        let (train, test) = (ground.window(&window.train), ground.window(&window.test));
        let mut row = WindowRow {
            train: (train.trades_from, train.to),
            test: (test.trades_from, test.to),
            chosen: None,
            in_sample_sharpe: None,
            out_of_sample_sharpe: None,
            out_of_sample_return: None,
        };
        if let Some((place, ran)) = best_in(run, sets, column, train)? {
            let parameters = sets[place].clone();
            let case = Case { parameters: parameters.clone(), window: Some(test), ..Case::default() };
            let tested = run.run(&case)?;
            row.in_sample_sharpe = ran.summary.metric("sharpe");
            row.out_of_sample_sharpe = tested.summary.metric("sharpe");
            row.out_of_sample_return = tested.summary.metric("total_return");
            row.chosen = Some(parameters);
            returns.extend(tested.returns);
        }
        shown.push(row);
        progress();
    }
    let mean = |of: fn(&WindowRow) -> Option<f64>| {
        evaluations::metrics::mean(&shown.iter().filter_map(of).collect::<Vec<f64>>())
    };
    let (inside, outside) = (mean(|row| row.in_sample_sharpe), mean(|row| row.out_of_sample_sharpe));
    Ok(Walked {
        kind: match training {
            Training::Anchored => "anchored",
            Training::Rolling => "rolling",
        },
        sharpe: ratios::sharpe(&returns, run.setup.periods_per_year),
        efficiency: inside.zip(outside).filter(|(inside, _)| *inside > 0.0).map(|(inside, outside)| outside / inside),
        gained: shown.iter().filter(|row| row.out_of_sample_return.is_some_and(|r| r > 0.0)).count(),
        windows: shown,
        returns,
    })
}
