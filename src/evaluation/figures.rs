//! From what an evaluation found to the figures that gates compare, each with its formula, basis, number and file.
use super::data::CandlesSeen;
use super::found::{Found, Made};
use super::walk_forward::Walked;
use crate::instant::instant_text;
use evaluations::evidence::Figure;
use evaluations::metrics::ratios;
use std::collections::BTreeMap;

/// Figures by name.
pub type Figures = BTreeMap<String, Figure>;

/// What the trial ledger knows of the strategy family.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tried {
    /// Distinct runs, those of this evaluation among them.
    pub count: usize,
    /// The variance of their daily Sharpe ratios, where there are two.
    pub variance: Option<f64>,
}

/// The files that show figures.
pub(super) mod files {
    /// The run's own figures.
    pub(in crate::evaluation) const SUMMARY: &str = "summary.json";
    /// Windows of the walks.
    pub(in crate::evaluation) const WALKS: &str = "walk_forward.json";
    /// Paths of cross-validation.
    pub(in crate::evaluation) const CROSS: &str = "cross_validation.json";
    /// Overfitting, tests of the best, deflation.
    pub(in crate::evaluation) const LUCK: &str = "luck.json";
    /// Intervals, paths and shuffles.
    pub(in crate::evaluation) const BOOTSTRAP: &str = "bootstrap.json";
    /// Random slippage and latency.
    pub(in crate::evaluation) const SIMULATIONS: &str = "simulations.json";
    /// Conditions, bad times, kinds of times, neighbours.
    pub(in crate::evaluation) const STRESS: &str = "stress.json";
    /// Look-ahead, warm-up, determinism, data.
    pub(in crate::evaluation) const HONESTY: &str = "honesty.json";
    /// How features are distributed, day by day.
    pub(in crate::evaluation) const FEATURES: &str = "features.json";
    /// Every set.
    pub(in crate::evaluation) const TRIALS: &str = "trials.parquet";
}

/// All figures.
#[must_use]
pub fn figures(found: &Found, tried: Tried, periods: f64) -> Figures {
    let mut all = Put::default();
    of_run(&mut all, found);
    found.luck.put(&mut all, tried);
    of_choice(&mut all, found, periods);
    of_stress(&mut all, found);
    of_honesty(&mut all, found);
    all.into_figures()
}

/// Figures as they are put together.
#[derive(Default)]
pub(super) struct Put(Figures);

impl Put {
    pub(super) fn into_figures(self) -> Figures {
        self.0
    }

    pub(super) fn figure(&mut self, name: &str, figure: Figure, file: &str) {
        self.0.insert(name.to_string(), figure.shown_by(file));
    }

    /// A figure of something that could not be found, with the reason, or of what was.
    pub(super) fn made<T>(
        &mut self,
        name: &str,
        made: &Made<T>,
        file: &str,
        (formula, basis): (&str, &str),
        of: impl Fn(&T) -> (Option<f64>, usize),
    ) {
        let figure = match made {
            Ok(found) => {
                let (value, n) = of(found);
                Figure::new(value, n as u64, formula, basis)
            }
            Err(why) => Figure::new(None, 0, formula, basis).noted(why.clone()),
        };
        self.figure(name, figure, file);
    }
}

fn of_run(all: &mut Put, found: &Found) {
    let trips = found.base.summary.round_trips;
    all.figure("round_trips", Figure::new(Some(trips as f64), trips, "count", "round trips, closed"), files::SUMMARY);
    let deepest = found.base.summary.metric("max_drawdown");
    let n = found.base.returns.len() as u64;
    all.figure("max_drawdown", Figure::new(deepest, n, "max_drawdown/peak", "all marks"), files::SUMMARY);
    let shuffled = ("share-of-orders-no-deeper", "round trips, net");
    all.made("shuffle_p", &found.shuffled, files::BOOTSTRAP, shuffled, |it| (Some(it.share_no_deeper), it.paths.len()));
}

fn of_choice(all: &mut Put, found: &Found, periods: f64) {
    let (inside, outside) = found.base.returns.split_at(found.split.min(found.base.returns.len()));
    let part = |returns: &[f64], basis: &str| {
        Figure::new(ratios::sharpe(returns, periods), returns.len() as u64, "sharpe/mean-over-std-ddof1", basis)
    };
    all.figure("in_sample_sharpe", part(inside, "daily returns before out_of_sample_from"), files::SUMMARY);
    all.figure("out_of_sample_sharpe", part(outside, "daily returns from out_of_sample_from on"), files::SUMMARY);
    // The worse of the two walks, so that nobody chooses the better one.
    let worse = |of: fn(&Walked) -> Option<f64>| -> Made<(Option<f64>, usize)> {
        let mut worst: Option<(f64, usize)> = None;
        for walk in &found.walks {
            let walk = walk.as_ref().map_err(Clone::clone)?;
            let Some(value) = of(walk) else { return Ok((None, walk.returns.len())) };
            if worst.is_none_or(|(least, _)| value < least) {
                worst = Some((value, walk.returns.len()));
            }
        }
        Ok((worst.map(|(value, _)| value), worst.map_or(0, |(_, n)| n)))
    };
    let walked = "daily returns of the tests; the worse of anchored and rolling";
    let sharpe = ("sharpe/mean-over-std-ddof1", walked);
    all.made("walk_forward_sharpe", &worse(|walk| walk.sharpe), files::WALKS, sharpe, |it| *it);
    let efficiency = ("mean-sharpe-out-over-in", "windows; the worse of anchored and rolling");
    all.made("walk_forward_efficiency", &worse(|walk| walk.efficiency), files::WALKS, efficiency, |it| *it);
    let paths = ("5th-percentile", "Sharpe ratios of the paths");
    all.made("cpcv_sharpe_p05", &found.cross, files::CROSS, paths, |it| (it.fifth, it.paths.len()));
    all.made("cpcv_paths", &found.cross, files::CROSS, ("count", "paths"), |it| {
        (Some(it.paths.len() as f64), it.paths.len())
    });
}

fn of_stress(all: &mut Put, found: &Found) {
    for row in &found.stress {
        let Some(name) = row.figure else { continue };
        let mut figure = Figure::new(row.sharpe, row.n as u64, "sharpe/mean-over-std-ddof1", &row.case);
        if let Some(note) = &row.note {
            // What costs nothing costs nothing three times.
            figure = Figure { value: found.base.summary.metric("sharpe"), ..figure }.noted(note.clone());
        }
        all.figure(name, figure, files::STRESS);
    }
    let deepest = found.crises.iter().filter_map(|row| row.max_drawdown).max_by(f64::total_cmp);
    let days: usize = found.crises.iter().map(|row| row.days).sum();
    let mut figure =
        Figure::new(deepest.or(Some(0.0)), days as u64, "deepest/peak-within", "daily returns of the crises");
    if deepest.is_none() {
        figure = figure.noted("the run lived through none of the crises that are named");
    }
    all.figure("stress_crisis_drawdown", figure, files::STRESS);
    let defined = found.regimes.iter().filter(|row| row.sharpe.is_some());
    let worst = defined.min_by(|a, b| a.sharpe.unwrap_or(0.0).total_cmp(&b.sharpe.unwrap_or(0.0)));
    let value = worst.and_then(|row| row.sharpe);
    let figure = Figure::new(
        value,
        worst.map_or(0, |row| row.days) as u64,
        "sharpe/mean-over-std-ddof1",
        "daily returns of the worst regime",
    );
    all.figure("regime_worst_sharpe", figure, files::STRESS);
    let around = &found.neighbours.figures;
    let figure = Figure::new(around.ratio, around.n as u64, "median-over-centre", "neighbours of the parameters");
    let figure = if around.n == 0 { figure.noted("no parameter has a neighbour") } else { figure };
    all.figure("neighbourhood", figure, files::STRESS);
    let mut figure = Figure::new(found.break_even_bps, 1, "bisection", "slippage that makes nothing of the gain");
    if found.break_even_bps.is_none() {
        figure = figure.noted("the run gains nothing, or 1,000 basis points do not take it");
    }
    all.figure("cost_break_even_bps", figure, files::STRESS);
}

fn of_honesty(all: &mut Put, found: &Found) {
    let holds = |holds: bool, n: usize, formula: &str, basis: &str| {
        Figure::new(Some(f64::from(u8::from(holds))), n as u64, formula, basis)
    };
    let seen = &found.causality;
    let mut figure =
        holds(seen.holds(), seen.cuts.len(), "cuts/ended-other-future-other-candle", "decisions and fills");
    if let Some(cut) = seen.first() {
        let first = cut.first.as_ref().and_then(|it| it.whole.as_ref().or(it.other.as_ref()));
        let what = first.map(|it| format!("{} at {}", it.what, instant_text(it.at))).unwrap_or_default();
        figure = figure.noted(format!("data that change at {} change: {what}", instant_text(cut.cut.at)));
    } else if !seen.holds() {
        figure = figure.noted("nothing was decided, so nothing is shown");
    }
    all.figure("causality", figure, files::HONESTY);
    let warm = &found.warm_up;
    let mut figure = holds(warm.holds(), warm.starts, "same-decisions/longest-history", "decisions after a start");
    if !warm.holds() {
        let enough =
            warm.enough().map_or("none that was tried is enough".to_string(), |n| format!("{n} candles are enough"));
        figure = figure.noted(format!("the run loads {} candles (data.warmup_candles); {enough}", warm.loaded));
    }
    all.figure("warm_up", figure, files::HONESTY);
    let same = &found.determinism;
    let mut figure = holds(same.holds(), 3, "equal-digests", "run, run with a tape, replay");
    if let Some(text) = &same.difference {
        figure = figure.noted(text.lines().next().unwrap_or_default());
    }
    all.figure("determinism", figure, files::HONESTY);
    let faults: Vec<String> = found
        .data
        .iter()
        .flat_map(|it: &CandlesSeen| it.faults.iter().map(|text| format!("{}: {text}", it.instrument)))
        .collect();
    let candles: usize = found.data.iter().map(|it| it.candles).sum();
    let mut figure = holds(faults.is_empty(), candles, "candles/missing-still-jumps", "candles");
    if !faults.is_empty() {
        figure = figure.noted(faults.join("; "));
    }
    all.figure("data_integrity", figure, files::HONESTY);
}
