//! A run file with everything decoded once, to be run many times: with other parameters, over a window of its candles, in worse
//! conditions.
//!
//! Each run is a backtest of its own, through the same pipeline; nothing of one reaches another.
use crate::backtest::{Finished, run_in, summarise, world};
use crate::failure::Failure;
use crate::hardship::Hardship;
use crate::missed::Missed;
use crate::recorder::Detail;
use crate::registry::registry;
use crate::run_file::RunFile;
use crate::setup::Setup;
use crate::sources::{Reading, Sight, load};
use crate::strategy_setup::{self, Plan};
use crate::ticks::{TickReading, shared as shared_ticks};
use engine::tape::DigestOnly;
use engine::{Candle, Journal, SharedCandles, Strategy, Tick, Timestamp};
use evaluations::metrics::RunFigures;
use evaluations::sweep::{Parameters, Runner};
use evaluations::{Curve, Summary};
use std::sync::Arc;
use strategies::{BuildError, BuiltStrategy, Registry, Value};

/// The run with everything decoded once.
#[derive(Debug)]
pub struct SharedRun {
    /// The run file.
    pub config: RunFile,
    /// What it says, made ready.
    pub setup: Setup,
    registry: Registry,
    base: Plan,
    /// The candles that the core sees, in the order of the run file.
    pub candles: Vec<Arc<[Candle]>>,
    /// Those that the venue sees, where they are others.
    detail: Option<Vec<Arc<[Candle]>>>,
    ticks: Vec<Option<Arc<[Tick]>>>,
}

/// A part of the candles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The open of the first candle that is seen.
    pub from: Timestamp,
    /// The open of the first candle that may be traded on.
    pub trades_from: Timestamp,
    /// Behind the open of the last one.
    pub to: Timestamp,
}

/// What one of many runs has otherwise than the run file.
#[derive(Clone, Debug, Default)]
pub struct Case {
    /// Parameters of the strategy.
    pub parameters: Parameters,
    /// The candles, where not all.
    pub window: Option<Window>,
    /// What is worse.
    pub hardships: Vec<Hardship>,
    /// Orders of a million that come to nothing: the venue lets them expire.
    pub missed_ppm: u32,
    /// The seed, where another.
    pub seed: Option<u64>,
    /// Candles in the place of those of the run, in the order of the run file; orders meet them too.
    pub candles: Option<Vec<Arc<[Candle]>>>,
}

/// What came of one run.
#[derive(Clone, Debug)]
pub struct Ran {
    /// Its figures.
    pub summary: Summary,
    /// Its equity.
    pub curve: Curve,
    /// Its daily returns, the first from the initial cash.
    pub returns: Vec<f64>,
    /// What each closed round trip made, after fees, in the order in which they closed.
    pub trips: Vec<f64>,
}

impl SharedRun {
    /// The same over candles that are at hand, which orders meet too.
    ///
    /// # Errors
    /// When a strategy or a parameter is not as it should be.
    pub fn over(config: RunFile, setup: Setup, candles: Vec<Arc<[Candle]>>) -> Result<Self, Failure> {
        let base = Plan::new(&config)?;
        Ok(Self { config, setup, registry: registry(), base, candles, detail: None, ticks: Vec::new() })
    }

    /// Decodes the candles once.
    ///
    /// # Errors
    /// When a strategy, a parameter or the candles are not as they should be.
    pub fn load(config: RunFile) -> Result<Self, Failure> {
        let registry = registry();
        let base = Plan::new(&config)?;
        for (place, strategy) in config.strategies.iter().enumerate() {
            let unknown = |e: BuildError| Failure::from(config.strategy_error(place, None, &e.to_string()));
            registry.entry(&strategy.kind).map_err(unknown)?;
        }
        if let Some(unknown) = base.texts().find(|(name, _)| base.check(name, &registry).is_err()) {
            strategy_setup::build(&config, &registry)?; // says it with its line
            return Err(Failure::Usage(format!("`{}` is not a parameter", unknown.0)));
        }
        let setup = Setup::new(&config)?;
        let all = |readings: &[Reading]| readings.iter().map(load).collect::<Result<Vec<Arc<[Candle]>>, _>>();
        let candles = all(&setup.readings)?;
        let detail = setup.detail.as_deref().map(all).transpose()?;
        let loaded = |ticks: &Option<TickReading>| ticks.as_ref().map(TickReading::load).transpose();
        let ticks = setup.ticks.iter().map(loaded).collect::<Result<_, _>>()?;
        Ok(Self { config, setup, registry, base, candles, detail, ticks })
    }

    /// Checks that the strategy has parameters of these names.
    ///
    /// # Errors
    /// The first that it has not, with the nearest; `before` stands in front of it.
    pub fn check<'a>(&self, names: impl Iterator<Item = &'a str>, before: &str) -> Result<(), Failure> {
        for name in names {
            let unknown = |text| Failure::Usage(format!("{before} {name}: {text}"));
            self.base.check(name, &self.registry).map_err(unknown)?;
        }
        Ok(())
    }

    /// The place of the first instrument that is traded: the one whose candles windows and days are counted by.
    #[must_use]
    pub fn traded(&self) -> usize {
        self.config.instruments.iter().position(|it| it.role.traded).unwrap_or(0)
    }

    /// Whether its orders meet the candles that the core sees: only then candles can be replaced.
    #[must_use]
    pub fn meets_candles(&self) -> bool {
        self.detail.is_none() && self.ticks.is_empty()
    }

    /// Candles that the strategy must have seen before it first decides; of several strategies, the most.
    ///
    /// # Errors
    /// When a parameter is wrong.
    pub fn warm_up(&self, parameters: &Parameters) -> Result<usize, Failure> {
        let all = self.plan(parameters)?.warm_ups(&self.registry).map_err(|e| Failure::Usage(e.to_string()))?;
        Ok(all.into_iter().map(|(_, candles)| candles).max().unwrap_or(0))
    }

    /// The strategies with other parameters.
    fn plan(&self, parameters: &Parameters) -> Result<Plan, Failure> {
        let mut plan = self.base.clone();
        for (name, text) in parameters {
            let value = Value::read(text);
            strategy_setup::check_currency(&self.config, 0, name, &value)?;
            plan.set(name, value).map_err(Failure::Usage)?;
        }
        Ok(plan)
    }

    /// The strategy with other parameters.
    ///
    /// # Errors
    /// When a parameter is refused.
    pub fn strategy(&self, parameters: &Parameters) -> Result<BuiltStrategy, Failure> {
        self.plan(parameters)?.make(&self.registry).map_err(|(_, e)| Failure::Usage(e.to_string()))
    }

    /// Runs a strategy under the conditions of a case, whose parameters are not looked at; what it was run with comes back beside it.
    ///
    /// # Errors
    /// When a hardship is impossible or the journal cannot be written.
    pub fn play_strategy<S: Strategy, J: Journal>(
        &self,
        strategy: S,
        case: &Case,
        journal: J,
        detail: Detail,
    ) -> Result<(Finished<J>, RunFile, Setup), Failure> {
        let (config, setup) = self.conditions(case)?;
        let window =
            case.window.unwrap_or(Window { from: Timestamp::MIN, trades_from: Timestamp::MIN, to: Timestamp::MAX });
        let shared = |candles: &Arc<[Candle]>| SharedCandles::window(Arc::clone(candles), window.from, window.to);
        let sources = case.candles.as_ref().unwrap_or(&self.candles).iter().map(shared);
        let candles = self.detail.as_ref().map(|all| all.iter().map(shared).collect());
        let sight = Sight { candles, ticks: shared_ticks(&self.ticks) };
        let inner = world(&config, &setup, sources, sight)?;
        if case.missed_ppm == 0 {
            let mut inner = inner;
            let (state, recorder) = run_in(&mut inner, &config, &setup, strategy, journal, detail)?;
            return Ok((Finished { state, venue: inner.into_parts().0, recorder }, config, setup));
        }
        let mut world = Missed::new(inner, case.missed_ppm, config.run.seed);
        let (state, recorder) = run_in(&mut world, &config, &setup, strategy, journal, detail)?;
        Ok((Finished { state, venue: world.into_inner().into_parts().0, recorder }, config, setup))
    }

    /// The run file and its set-up under the conditions of a case.
    fn conditions(&self, case: &Case) -> Result<(RunFile, Setup), Failure> {
        let (mut config, mut setup) = (self.config.clone(), self.setup.clone());
        for hardship in &case.hardships {
            let applied = hardship.apply(&mut config, &mut setup);
            applied
                .ok_or_else(|| Failure::Usage(format!("{}: it would be more than the whole price", hardship.name())))?;
        }
        config.run.seed = case.seed.unwrap_or(config.run.seed);
        if let Some(window) = case.window {
            setup.trades_from = setup.trades_from.max(window.trades_from);
            setup.carry.retain(|(time, _)| (window.from..window.to).contains(time));
            setup.operators.retain(|(time, _)| (window.from..window.to).contains(time));
        }
        Ok((config, setup))
    }

    /// Runs a case and sums it up.
    ///
    /// # Errors
    /// When a parameter is refused, and as for [`Self::play_strategy`].
    pub fn run(&self, case: &Case) -> Result<Ran, Failure> {
        let strategy = self.strategy(&case.parameters)?;
        let (mut finished, config, setup) =
            self.play_strategy(strategy, case, DigestOnly::default(), Detail::Figures)?;
        let digest = finished.recorder.inner().digest();
        let (mut summary, curve) = summarise(&config, &setup, &mut finished, digest);
        summary.parameters = self.plan(&case.parameters)?.texts().collect();
        let trips = &finished.recorder.trips;
        let figures = RunFigures {
            curve: &curve,
            round_trips: trips.closed(),
            traded: trips.traded(),
            periods_per_year: setup.periods_per_year,
            days: setup.days,
            trials: None,
        };
        let returns = figures.daily_returns();
        let trips = trips.closed().iter().map(|trip| trip.net.to_f64()).collect();
        Ok(Ran { summary, curve, returns, trips })
    }
}

impl Runner for SharedRun {
    type Error = Failure;

    fn run(&self, parameters: &Parameters) -> Result<Summary, Failure> {
        let case = Case { parameters: parameters.clone(), ..Case::default() };
        SharedRun::run(self, &case).map(|ran| ran.summary)
    }
}
