//! Everything that an evaluation finds, run by run.
//!
//! What cannot be found for want of data is kept with its reason; only what cannot be run at all ends an evaluation.
use super::cross_validation::{CrossValidation, cross_validate};
use super::data::{CandlesSeen, candles_seen};
use super::days::{Days, candles_a_day};
use super::decisions::Decider;
use super::determinism::{Determinism, determinism};
use super::features::{FeaturesSeen, distributions};
use super::luck::{Luck, LuckSettings};
use super::matrix::Matrix;
use super::monte_carlo::{MonteCarlo, monte_carlo};
use super::neighbours::{Neighbours, neighbours};
use super::stress::{CrisisRow, RegimeRow, StressRow, break_even_bps, conditions, crises, regimes};
use super::walk_forward::{Ground, Walked, walk_forward};
use crate::failure::Failure;
use crate::recorder::Detail;
use crate::run_file::EvaluationSection;
use crate::shared_run::{Case, Ran, SharedRun};
use engine::Timestamp;
use evaluations::causality::{Causality, WarmUp, causality, warm_up};
use evaluations::statistics::shuffle::{Shuffled, shuffle};
use evaluations::statistics::walk_forward::Training;
use evaluations::sweep::{Column, Parameters};
use evaluations::watch::Bins;
use std::collections::BTreeMap;
use std::path::Path;

/// What was found, or why it could not be.
pub(super) type Made<T> = Result<T, String>;

/// Orders of the round trips that are tried.
const SHUFFLES: usize = 10_000;
/// The longest history that warm-ups are compared with, in candles.
const HISTORY: usize = 20_000;

/// What an evaluation found.
#[derive(Debug)]
pub struct Found {
    /// The run itself, over all candles.
    pub base: Ran,
    /// Its days beside the market's.
    pub days: Days,
    /// The place of the first day that no choice may have seen.
    pub split: usize,
    /// Every set of parameters that was to choose from; the run's own where there was no choice.
    pub matrix: Matrix,
    /// Walks, anchored and rolling.
    pub walks: Vec<Made<Walked>>,
    /// Combinatorial purged cross-validation.
    pub cross: Made<CrossValidation>,
    /// What luck could have done.
    pub luck: Luck,
    /// The round trips in other orders.
    pub shuffled: Made<Shuffled>,
    /// Random slippage and latency.
    pub simulated: MonteCarlo,
    /// The run under worse conditions.
    pub stress: Vec<StressRow>,
    /// Bad times.
    pub crises: Vec<CrisisRow>,
    /// Kinds of times.
    pub regimes: Vec<RegimeRow>,
    /// More slippage that the run can bear, in basis points a fill.
    pub break_even_bps: Option<f64>,
    /// Neighbours of its parameters.
    pub neighbours: Neighbours,
    /// Whether it looks ahead.
    pub causality: Causality,
    /// Whether its history is enough.
    pub warm_up: WarmUp,
    /// Whether it is the same every time.
    pub determinism: Determinism,
    /// Its candles.
    pub data: Vec<CandlesSeen>,
    /// How what it sees is distributed.
    pub features: BTreeMap<String, Bins>,
    /// Candles between training and test.
    pub embargo: usize,
}

/// Hears what is being done.
pub trait Listener: Sync {
    /// Something begins that takes so many runs.
    fn begin(&self, what: &str, runs: usize);
    /// A run of it is done.
    fn done(&self);
}

/// Finds everything. `folder` is for what has to stand on a disk meanwhile.
///
/// # Errors
/// When the run cannot be made, or none of its sets.
pub fn find(
    run: &SharedRun,
    section: &EvaluationSection,
    sets: &[Parameters],
    folder: &Path,
    listener: &dyn Listener,
) -> Result<Found, Failure> {
    let done = || listener.done();
    listener.begin("the run itself", 1);
    let base = run.run(&Case::default())?;
    let days = Days::of_run(run, &base);
    let split = section.out_of_sample_from.map_or(days.returns.len() * 2 / 3, |from| days.place(from));
    let own = [Parameters::new()];
    let sets = if sets.is_empty() { &own[..] } else { sets };
    listener.begin("every set of parameters", sets.len());
    let matrix = Matrix::run(run, sets, &done)?;
    let warm_ups = sets.iter().filter_map(|set| run.warm_up(set).ok()).max().unwrap_or(0);
    let embargo = section.embargo_candles.map_or(warm_ups, |candles| candles as usize);
    let (walks, cross) = chosen(run, section, sets, (&matrix, embargo, warm_ups), listener)?;
    listener.begin("statistics", 1);
    let luck = Luck::of(&base.returns, &matrix.returns(), &luck_settings(run, section));
    let cash = base.summary.initial_cash.to_f64();
    let shuffled = shuffle(&base.trips, cash, SHUFFLES, run.config.run.seed).map_err(|e| e.to_string());
    listener.begin("simulations", section.simulations as usize);
    let simulated = monte_carlo(run, section, &done)?;
    listener.begin("stress", 1);
    let stress = conditions(run, section)?;
    let neighbours = neighbours(run, section, &base)?;
    listener.begin("look-ahead", 1);
    let (causality, warm_up) = knowledge(run, section)?;
    listener.begin("determinism", 1);
    let determinism = determinism(&run.config, &run.setup, &base.summary.digest, folder)?;
    Ok(Found {
        split,
        walks,
        cross,
        luck,
        shuffled,
        simulated,
        stress,
        crises: crises(&days, &section.crises),
        regimes: regimes(&days, run.setup.periods_per_year),
        break_even_bps: break_even_bps(run, &base)?,
        neighbours,
        causality,
        warm_up,
        determinism,
        data: candles_seen(run),
        features: seen(run)?,
        embargo,
        base,
        days,
        matrix,
    })
}

type Chosen = (Vec<Made<Walked>>, Made<CrossValidation>);

/// What comes of choosing on some days and trading on others.
fn chosen(
    run: &SharedRun,
    section: &EvaluationSection,
    sets: &[Parameters],
    (matrix, embargo, warm_up): (&Matrix, usize, usize),
    listener: &dyn Listener,
) -> Result<Chosen, Failure> {
    let column = Column::new(&section.by);
    if let Some(set) = matrix.sets.first() {
        column.check(&set.ran.summary).map_err(|text| run.config.error_at("evaluation.by", &text))?;
    }
    let ground = Ground::new(run, warm_up);
    let mut walks = Vec::new();
    for training in [Training::Anchored, Training::Rolling] {
        listener.begin("walk-forward windows", section.windows as usize);
        let place = (&ground, embargo);
        let walked = walk_forward(run, sets, &column, section, place, training, &|| listener.done());
        walks.push(walked.map_err(|error| error.to_string()));
    }
    let purged = embargo.div_ceil(candles_a_day(run.config.instruments[run.traded()].interval));
    let cross = cross_validate(matrix, section, purged, run.setup.periods_per_year);
    Ok((walks, cross.map_err(|error| error.to_string())))
}

fn luck_settings(run: &SharedRun, section: &EvaluationSection) -> LuckSettings {
    LuckSettings {
        blocks: section.blocks as usize,
        resamples: section.resamples as usize,
        paths: section.paths as usize,
        periods_per_year: run.setup.periods_per_year,
        seed: run.config.run.seed,
    }
}

/// How what its strategies see is distributed.
fn seen(run: &SharedRun) -> Result<BTreeMap<String, Bins>, Failure> {
    let (case, journal) = (Case::default(), FeaturesSeen::of(&run.config, run.setup.trades_from)?);
    let (finished, _, _) = run.play_strategy(run.strategy(&case.parameters)?, &case, journal, Detail::Figures)?;
    Ok(distributions(&finished.split().1.days()))
}

/// What decisions hang on: the future, and how much history was loaded.
fn knowledge(run: &SharedRun, section: &EvaluationSection) -> Result<(Causality, WarmUp), Failure> {
    let decider = Decider { run, parameters: Parameters::new() };
    let from = run.setup.trades_from;
    let seen = causality(&decider, &run.candles, from, section.cuts as usize, run.config.run.seed)?;
    let opens: Vec<Timestamp> = run.candles[run.traded()].iter().map(|candle| candle.open_time).collect();
    let first = opens.partition_point(|open| *open < from);
    let rows = opens.len() - first;
    let starts: Vec<Timestamp> =
        [50, 65, 80, 90].iter().filter_map(|part| opens.get(first + rows * part / 100).copied()).collect();
    let longest = (first + rows / 2).min(HISTORY);
    let loaded = run.config.data.warmup_candles as usize;
    Ok((seen, warm_up(&decider, &starts, loaded, longest)?))
}
