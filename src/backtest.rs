//! One backtest: the world, the core and a journal put together, run, and summed up.
use crate::costs;
use crate::currencies;
use crate::failure::Failure;
use crate::instant::instant_text;
use crate::recorder::{Counted, Detail, LastCandles, Recorder};
use crate::registry::registry;
use crate::risk_watch::RiskWatch;
use crate::run_file::{ExecutionSection, Parameter, RunFile};
use crate::setup::Setup;
use crate::sources::{Reading, Sight, Source};
use crate::strategy_results::strategy_results;
use crate::ticks::queue_text;
use engine::measure::scaled_text;
use engine::sim::{Merge, PathModel, Sessions};
use engine::{CandleSource, Journal, SimVenue, Simulated, State, Strategy, Timestamp, World, run};
use evaluations::diagnostics::{Counts, MarketTimes};
use evaluations::metrics::{RunFigures, Trials, measure};
use evaluations::{
    Assumption, Curve, Diagnostics, EquityCurve, FillWatch, MetricSet, OpenPosition, RoundTrips, Summary,
};
use std::collections::BTreeMap;

/// A run that ended.
#[derive(Debug)]
pub struct Finished<J> {
    /// What the core knew at the end.
    pub state: State,
    /// The venue at the end.
    pub venue: SimVenue,
    /// What was recorded on the way.
    pub recorder: Recorder<J>,
}

impl<J> Finished<J> {
    /// The run and its journal, apart.
    pub fn split(self) -> (Finished<()>, J) {
        let (recorder, journal) = self.recorder.split();
        (Finished { state: self.state, venue: self.venue, recorder }, journal)
    }

    /// The run without its journal.
    #[must_use]
    pub fn without_journal(self) -> Finished<()> {
        self.split().0
    }
}

/// Runs a strategy over candle sources, which stand in the order of the run file.
///
/// # Errors
/// When candles cannot be read or the journal cannot be written.
pub fn backtest<S: Strategy, C: CandleSource, J: Journal>(
    config: &RunFile,
    setup: &Setup,
    strategy: S,
    sources: impl IntoIterator<Item = C>,
    sight: Sight<C>,
    journal: J,
    detail: Detail,
) -> Result<Finished<J>, Failure> {
    let mut world = world(config, setup, sources, sight)?;
    let (state, recorder) = run_in(&mut world, config, setup, strategy, journal, detail)?;
    let (venue, _) = world.into_parts();
    Ok(Finished { state, venue, recorder })
}

/// The simulated world of a run.
///
/// # Errors
/// When candles or ticks cannot be read.
pub fn world<C: CandleSource>(
    config: &RunFile,
    setup: &Setup,
    sources: impl IntoIterator<Item = C>,
    sight: Sight<C>,
) -> Result<Simulated<C>, Failure> {
    let scales = || setup.instruments.iter().map(|i| i.price_scale);
    let feed = Merge::new(sources.into_iter().zip(scales())).map_err(Failure::failed)?;
    let count = setup.instruments.len();
    let mut world = Simulated::new(feed, setup.venue(config), config.execution.latency, count)
        .with_seed(config.run.seed)
        .with_carry(setup.carry.clone())
        .with_operators(setup.operators.clone());
    if let Some(sources) = sight.candles {
        world = world.with_detail(Merge::new(sources.into_iter().zip(scales())).map_err(Failure::failed)?);
    }
    if !sight.ticks.is_empty() {
        world = world.with_ticks(sight.ticks).map_err(Failure::failed)?;
    }
    Ok(world)
}

/// Runs a strategy in a world to its end: what the core knew then, and what was recorded.
///
/// # Errors
/// When the world fails or the journal cannot be written.
pub fn run_in<S: Strategy, W: World, J: Journal>(
    world: &mut W,
    config: &RunFile,
    setup: &Setup,
    strategy: S,
    journal: J,
    detail: Detail,
) -> Result<(State, Recorder<J>), Failure> {
    let mut core = setup.core(config, strategy);
    let count = setup.instruments.len();
    let owners = core.state().sub_ledgers.all().len();
    let mut recorder = Recorder::new(journal, detail, config.account.cash, (count, owners), watch(setup));
    if config.risk.is_some() && detail == Detail::Full {
        recorder.risk = Some(Box::new(RiskWatch::new(&setup.instruments)));
    }
    run(&mut core, world, &mut recorder).map_err(Failure::failed)?;
    Ok((core.into_state(), recorder))
}

/// A watch over the fills of a run: it knows when candles are to be expected.
fn watch(setup: &Setup) -> FillWatch {
    let times = |(reading, sessions): (&Reading, &Sessions)| MarketTimes {
        interval_ns: reading.larger.map_or(reading.options.length_ns, |larger| larger.0),
        sessions: sessions.clone(),
    };
    FillWatch::new(setup.readings.iter().zip(&setup.sessions).map(times))
}

/// The candle sources of a backtest, counted for a progress bar.
///
/// # Errors
/// As for [`Setup::sources`].
pub fn counted_sources(
    setup: &Setup,
    fingerprint: bool,
    bar: &indicatif::ProgressBar,
) -> Result<Vec<Counted<Source>>, Failure> {
    let sources = setup.sources(fingerprint)?;
    Ok(sources.into_iter().map(|source| Counted { source, bar: bar.clone() }).collect())
}

/// The same for the venue, where it sees anything else than the core; it is not counted.
///
/// # Errors
/// As for [`Setup::sight`].
pub fn venue_sources(setup: &Setup) -> Result<Sight<Counted<Source>>, Failure> {
    let silent = |source| Counted { source, bar: indicatif::ProgressBar::hidden() };
    let Sight { candles, ticks } = setup.sight()?;
    Ok(Sight { candles: candles.map(|sources| sources.into_iter().map(silent).collect()), ticks })
}

/// Digest as text, whole.
#[must_use]
pub fn digest_text(digest: [u8; 32]) -> String {
    blake3::Hash::from_bytes(digest).to_hex().to_string()
}

/// Sums a finished run up. The curve is handed back beside it: metrics and tear sheet are made of it.
pub fn summarise<J>(config: &RunFile, setup: &Setup, run: &mut Finished<J>, digest: [u8; 32]) -> (Summary, Curve) {
    let start = setup.readings.iter().map(|reading| reading.series.first_open()).min().unwrap_or(Timestamp(0));
    let empty = || EquityCurve::new(start, config.account.cash);
    let curve = run.recorder.curve.take().unwrap_or_else(empty).finish();
    let state = &run.state;
    let trips = &run.recorder.trips;
    let live = state.orders.all().filter(|order| order.status.is_live()).count();
    let mut summary = Summary {
        name: config.run.name.clone(),
        digest: digest_text(digest),
        currency: config.account.currency.to_string(),
        bars: state.counters.candles,
        orders: state.counters.submits,
        fills: state.counters.fills,
        round_trips: trips.closed().len() as u64,
        wins: trips.wins(),
        fees: state.books.fees(),
        cash: state.books.cash(),
        final_equity: state.books.equity(),
        max_drawdown: state.max_drawdown,
        open_positions: open_positions(state),
        unfilled_at_end: live as u64,
        refused: run.recorder.refused.iter().map(|(name, n)| ((*name).to_string(), *n)).collect(),
        metrics: metrics(setup, &curve, trips, None),
        initial_cash: config.account.cash,
        from: instant_text(curve.start),
        to: instant_text(curve.end),
        instruments: config.instruments.iter().map(|i| i.name()).collect(),
        strategy: config.strategy_kind(),
        parameters: parameter_texts(config),
        currencies: currencies::results(&state.books),
        strategies: strategy_results(config, state, trips),
        path_dependent_fills: state.counters.path_dependent_fills,
        rounded_postings: state.books.rounded() + run.venue.rounded_fees(),
        slippage_cost: run.venue.slippage(),
        liquidations: state.counters.liquidations,
        dividends: state.books.dividends(),
        funding: state.books.funding(),
        borrow: state.books.borrow(),
        interest: state.books.interest(),
        assumptions: assumptions(config, setup),
        drawdowns: curve.drawdowns.clone(),
        diagnostics: None,
        sensitivity: Vec::new(),
        risk: run.recorder.risk.take().map(|watch| watch.report(config, setup.days)),
        more: BTreeMap::new(),
    };
    summary.diagnostics = diagnostics(&run.recorder, &summary);
    (summary, curve)
}

/// Why the result may be fiction; `None` where the run kept figures only.
fn diagnostics<J>(recorder: &Recorder<J>, summary: &Summary) -> Option<Diagnostics> {
    if recorder.detail() == Detail::Figures {
        return None;
    }
    let mut by_venue = BTreeMap::new();
    for reason in recorder.rejected.values() {
        *by_venue.entry((*reason).to_string()).or_default() += 1;
    }
    let registry = registry();
    let kinds = summary.strategy.split(" + ");
    let known: usize = kinds.filter_map(|kind| Some(registry.entry(kind).ok()?.parameters.len())).sum();
    let counts = Counts {
        fills: summary.fills,
        path_dependent_fills: summary.path_dependent_fills,
        round_trips: summary.round_trips,
        // Defaults are choices too.
        parameters: known.max(summary.parameters.len()) as u64,
        refused: summary.refused.clone(),
        refused_by_venue: by_venue,
    };
    let has_volume = |place: usize| recorder.candles.get(place).is_some_and(LastCandles::has_volume);
    Some(Diagnostics::new(&recorder.watch, counts, has_volume))
}

/// The metrics of a run; with what was tried before, the deflated Sharpe ratio too.
#[must_use]
pub fn metrics(setup: &Setup, curve: &Curve, trips: &RoundTrips, trials: Option<Trials>) -> MetricSet {
    measure(&RunFigures {
        curve,
        round_trips: trips.closed(),
        traded: trips.traded(),
        periods_per_year: setup.periods_per_year,
        days: setup.days,
        trials,
    })
}

/// The strategies' parameters as text, without the quotes of TOML; a list as one text. Of several they stand behind the
/// strategy's name.
#[must_use]
pub fn parameter_texts(config: &RunFile) -> BTreeMap<String, String> {
    let plain = |value: &Parameter| value.to_string().trim_matches('"').to_string();
    let text = |value: &Parameter| match value {
        Parameter::List(items) => items.iter().map(plain).collect::<Vec<_>>().join("; "),
        value => plain(value),
    };
    let of = |strategy: &crate::run_file::StrategySection| {
        let before = strategy.seat.as_ref().map(|seat| format!("{}.", seat.name)).unwrap_or_default();
        let whole = |(name, value): &(String, Parameter)| (format!("{before}{name}"), text(value));
        strategy.parameters.iter().map(whole).collect::<Vec<_>>()
    };
    config.strategies.iter().flat_map(of).collect()
}

fn open_positions(state: &State) -> Vec<OpenPosition> {
    let held = state.instruments.iter().zip(state.books.positions()).filter(|(_, p)| !p.quantity.is_zero());
    held.map(|(instrument, position)| OpenPosition {
        instrument: instrument.name.clone(),
        quantity: scaled_text(position.quantity.0, instrument.qty_scale),
        mark: scaled_text(position.mark.0, instrument.price_scale),
    })
    .collect()
}

/// What the simulated venue took for granted, in the words of its models.
fn assumptions(config: &RunFile, setup: &Setup) -> Vec<Assumption> {
    let of = |about: &str, text: String| Assumption { about: about.into(), text };
    let execution = &config.execution;
    let mut all = vec![
        of(
            "carry",
            "what splits, dividends, funding, borrowing and interest did stands below, where there were any".into(),
        ),
        of("fill", fill_text(execution)),
        of("path", path_text(execution.path).into()),
        of("limits", queue_text(execution.queue).into()),
        of("fees", costs::fees_text(execution)),
        of("slippage", costs::slippage_text(execution)),
        of("latency", costs::latency_text(execution.latency)),
        of("buying power", costs::buying_power_text(&config.account)),
    ];
    if !setup.ticks.is_empty() && setup.ticks.iter().all(Option::is_some) {
        all.retain(|it| it.about != "fill" && it.about != "path"); // nothing meets a candle
    }
    all.extend(costs::impact_text(execution).map(|text| of("impact", text)));
    let window = setup.window(config);
    for (section, costs) in config.instruments.iter().zip(&setup.costs) {
        all.extend(costs::margin_text(costs, window, config).map(|text| of(&section.name(), text)));
    }
    if config.risk.is_none() {
        all.push(of(
            "risk",
            "no [risk] section: orders are reviewed for allowed instruments and buying power only".into(),
        ));
    }
    all.extend(setup.assumptions.iter().cloned());
    all
}

fn fill_text(execution: &ExecutionSection) -> String {
    let at = "at the open of the next candle after it reached the venue";
    match execution.participation_ppm {
        None if execution.impact.is_some() => format!("a market order fills whole {at}, however large it is"),
        None => format!("a market order fills whole {at}; size never moves the price"),
        Some(ppm) => format!(
            "a market order fills {at}; all fills within a candle take at most {} % of its volume, the rest of an order stays open",
            scaled_text(ppm, 4)
        ),
    }
}

fn path_text(path: PathModel) -> &'static str {
    match path {
        PathModel::Pessimistic => {
            "inside a candle: entry first, then adverse, then target; no target in its entry candle if the stop could fill"
        }
        PathModel::OpenHighLowClose => "inside a candle: open, high, low, close",
        PathModel::OpenLowHighClose => "inside a candle: open, low, high, close",
    }
}
