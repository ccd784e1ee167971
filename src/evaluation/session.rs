//! The evidence of a session: what its tape shows of days, trips, fills, faults, and how far it lies from the engine on the same candles.
//!
//! Everything is told by replaying the tape; what the session itself said is not asked.
use super::features::{FeatureDays, FeaturesSeen};
use crate::commands::Replay;
use crate::failure::Failure;
use crate::recorder::{Detail, Recorder};
use crate::shared_run::{Case, SharedRun};
use crate::tape_header;
use engine::feed::Standing;
use engine::tape::DigestOnly;
use engine::{
    Action, Candle, Effect, Entry, Event, InstrumentId, Interval, Journal, MarketEvent, OrderId, Report, State,
    Timestamp, Turn,
};
use evaluations::metrics::RunFigures;
use evaluations::watch::challenge::Decision;
use evaluations::{Curve, FillWatch};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;

/// What a session's tape shows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SessionSeen {
    /// `paper`, `shadow` or `live`.
    pub mode: String,
    /// The digest of the record that it ran under; none where it ran under none.
    pub record: Option<String>,
    /// The stage of that record.
    pub stage: Option<String>,
    /// From the first candle that could be traded on to the last entry, in days.
    pub days: f64,
    /// Steps of the tape.
    pub steps: u64,
    /// Whether every decision was the same in the replay; else the first that was not, in words.
    pub difference: Option<String>,
    /// Daily returns, the first from the initial equity.
    pub returns: Vec<f64>,
    /// Those of a year, by the calendar of what is traded.
    pub periods_per_year: f64,
    /// The last mark of each day: day since the epoch, equity.
    pub marks: Vec<(i64, f64)>,
    /// Closed round trips.
    pub round_trips: u64,
    /// The deepest fall, as a fraction.
    pub max_drawdown: f64,
    /// Orders sent.
    pub orders: u64,
    /// Orders that the venue refused.
    pub rejected: u64,
    /// Fills, and the mean of what they cost against the last price at the decision, in basis points weighed by notional.
    pub fills: u64,
    /// Positive is worse than the decision's price.
    pub slippage_bps: Option<f64>,
    /// Time without fresh data or without news of our orders, in minutes a day.
    pub stale_minutes_per_day: f64,
    /// Limits that were crossed, and those that put a stop to trading.
    pub risk_breaches: u64,
    /// From what was read from the socket to its step, 99th percentile, in microseconds; none where the tape does not say.
    pub latency_p99_us: Option<f64>,
    /// What the engine makes of the same candles: total return, as a fraction.
    pub engine_return: Option<f64>,
    /// What the session made of them.
    pub total_return: Option<f64>,
    /// The mean of the daily differences over its standard error.
    pub parity_gap: Option<f64>,
    /// What was wished for at each candle that could be traded on: what is held and what is on its way.
    #[serde(skip)]
    pub wishes: Vec<Decision>,
    /// What its strategies saw of their markets.
    #[serde(skip)]
    pub features: FeatureDays,
    /// Things that should not have happened: fills of unknown orders, repeated or contradictory reports.
    pub unexplained: u64,
}

/// Follows a replay.
struct Watcher {
    recorder: Recorder<DigestOnly>,
    /// Candles that were applied, by instrument.
    candles: Vec<Vec<Candle>>,
    /// What was wished for at each of them, from where on it could be traded.
    wishes: Vec<Decision>,
    features: FeaturesSeen,
    trades_from: Timestamp,
    /// The last price when an order was decided.
    decided: BTreeMap<OrderId, f64>,
    cost: f64,
    notional: f64,
    fills: u64,
    rejected: u64,
    breaches: u64,
    unexplained: u64,
    /// Since when something is not as it should be, by instrument; the account's own news come last.
    stale: BTreeMap<InstrumentId, Timestamp>,
    stale_ns: i64,
}

impl Watcher {
    fn see(&mut self, entry: &Entry, effects: &[Effect], state: &State) {
        self.features.see(entry);
        let Ok(()) = self.recorder.append(entry);
        let Ok(()) = self.recorder.commit(entry, effects, state);
        match &entry.event {
            Event::Market(MarketEvent::Candle(it)) => {
                if let Some(all) = self.candles.get_mut(it.instrument.index()) {
                    all.push(it.candle);
                }
                if it.candle.open_time >= self.trades_from {
                    self.wish(it.instrument, it.candle.known_time, state);
                }
            }
            Event::Report(Report::Rejected { .. }) => self.rejected += 1,
            Event::Feed(feed) if feed.standing == Standing::Ready => {
                if let Some(since) = self.stale.remove(&feed.instrument) {
                    self.stale_ns += entry.time.0 - since.0;
                }
            }
            Event::Feed(feed) => _ = self.stale.entry(feed.instrument).or_insert(entry.time),
            _ => {}
        }
        for effect in effects {
            match effect {
                Effect::Send(command) => {
                    if let Action::Submit(request) = command.action() {
                        let last = state.market(request.instrument).last;
                        self.decided.insert(request.order, last.0 as f64);
                    }
                }
                Effect::Crossed(_) | Effect::Turned(Turn { cause: Some(_), .. }) => self.breaches += 1,
                Effect::Noticed { .. } => self.unexplained += 1,
                _ => {}
            }
        }
        if let Some(booked) = &state.booked {
            let fill = &booked.fill;
            self.fills += 1;
            if let Some(decided) = self.decided.get(&fill.order).filter(|price| **price > 0.0) {
                let worse = (fill.price.0 as f64 / decided - 1.0) * fill.side.sign() as f64;
                let notional = booked.booking.cost.to_f64().abs();
                self.cost += worse * notional;
                self.notional += notional;
            }
        }
    }
}

impl Watcher {
    fn new(replay: &Replay) -> Result<Self, Failure> {
        let times = std::iter::empty::<evaluations::diagnostics::MarketTimes>();
        let count = replay.setup.instruments.len();
        let (journal, cash) = (DigestOnly::default(), replay.config.account.cash);
        Ok(Self {
            features: FeaturesSeen::of(&replay.config, replay.setup.trades_from)?,
            recorder: Recorder::new(journal, Detail::Figures, cash, (count, 0), FillWatch::new(times)),
            candles: vec![Vec::new(); count],
            wishes: Vec::new(),
            trades_from: replay.setup.trades_from,
            decided: BTreeMap::new(),
            cost: 0.0,
            notional: 0.0,
            fills: 0,
            rejected: 0,
            breaches: 0,
            unexplained: 0,
            stale: BTreeMap::new(),
            stale_ns: 0,
        })
    }

    fn wish(&mut self, id: InstrumentId, known: Timestamp, state: &State) {
        let working = state.orders.working(id);
        let wished = state.books.position(id.index()).quantity.0 + working.buy.0 - working.sell.0;
        let instrument = state.instruments[id.index()].name.clone();
        self.wishes.push(Decision { time_ns: known.0, instrument, position: wished as f64 });
    }
}

/// Replays a session and sums up what it shows.
///
/// # Errors
/// When the tape cannot be read, or is none of a session.
pub fn session_seen(path: &Path) -> Result<SessionSeen, Failure> {
    let replay = Replay::new(path, None, &[])?;
    let (config, setup) = (&replay.config, &replay.setup);
    let said = |name: &str| replay.header.get(name).map(str::to_string);
    let mode = said("mode").unwrap_or_default();
    if !matches!(mode.as_str(), "paper" | "shadow" | "live") {
        return Err(Failure::Usage(format!("{} is the tape of a {mode}, and not of a session", path.display())));
    }
    let mut watcher = Watcher::new(&replay)?;
    let outcome = replay.compare_with(|entry, effects, state| watcher.see(entry, effects, state));
    let (steps, state, difference) = match outcome {
        Ok((steps, state)) => (steps, Some(state), None),
        Err(Failure::No(text) | Failure::Answer(text, _)) => (0, None, Some(text)),
        Err(error) => return Err(error),
    };
    let start = config.data.from.unwrap_or(Timestamp(0));
    let end = state.as_ref().map_or(start, |state| state.now);
    let days = (end.0 - start.0).max(0) as f64 / Interval::DAY.0 as f64;
    let open_stale: i64 = watcher.stale.values().map(|since| (end.0 - since.0).max(0)).sum();
    let stale_minutes = (watcher.stale_ns + open_stale) as f64 / 60e9;
    if let Some(state) = &state {
        let Ok(()) = watcher.recorder.finish(state);
    }
    let curve = watcher.recorder.curve.take().map(evaluations::EquityCurve::finish);
    let returns = curve.as_ref().map(|curve| daily(curve, &watcher.recorder, setup)).unwrap_or_default();
    let orders = state.as_ref().map_or(0, |state| state.counters.submits);
    let mut seen = SessionSeen {
        mode,
        record: said(tape_header::RECORD),
        stage: said(tape_header::STAGE),
        days,
        steps,
        difference,
        round_trips: watcher.recorder.trips.closed().len() as u64,
        max_drawdown: curve.as_ref().map_or(0.0, Curve::max_drawdown),
        orders,
        rejected: watcher.rejected,
        fills: watcher.fills,
        slippage_bps: (watcher.notional > 0.0).then(|| watcher.cost / watcher.notional * 1e4),
        stale_minutes_per_day: if days > 0.0 { stale_minutes / days } else { stale_minutes },
        risk_breaches: watcher.breaches,
        latency_p99_us: replay.latency_p99_us()?,
        engine_return: None,
        total_return: curve.as_ref().map(|c| c.last_equity.to_f64() / c.initial.to_f64() - 1.0),
        parity_gap: None,
        unexplained: watcher.unexplained,
        wishes: watcher.wishes,
        features: watcher.features.days(),
        returns,
        periods_per_year: setup.periods_per_year,
        marks: curve.as_ref().map(Curve::daily_f64).unwrap_or_default(),
    };
    parity(&mut seen, &replay, watcher.candles)?;
    Ok(seen)
}

fn daily(curve: &Curve, recorder: &Recorder<DigestOnly>, setup: &crate::setup::Setup) -> Vec<f64> {
    let figures = RunFigures {
        curve,
        round_trips: recorder.trips.closed(),
        traded: recorder.trips.traded(),
        periods_per_year: setup.periods_per_year,
        days: setup.days,
        trials: None,
    };
    figures.daily_returns()
}

/// By how much daily returns differ, on the days that both have a mark of; the engine's may begin before the session traded.
fn differences(initial: f64, ours: &[(i64, f64)], its: &[(i64, f64)]) -> Vec<f64> {
    let its: BTreeMap<i64, f64> = its.iter().copied().collect();
    let (mut differences, mut before) = (Vec::new(), (initial, initial));
    for (day, mark) in ours {
        let Some(other) = its.get(day) else { continue };
        differences.push(mark / before.0 - other / before.1);
        before = (*mark, *other);
    }
    differences
}

/// Runs the same candles in the engine and compares the days.
fn parity(seen: &mut SessionSeen, replay: &Replay, candles: Vec<Vec<Candle>>) -> Result<(), Failure> {
    if seen.marks.is_empty() || candles.iter().all(Vec::is_empty) {
        return Ok(());
    }
    let market = candles.into_iter().map(Into::into).collect();
    let run = SharedRun::over(replay.config.clone(), replay.setup.clone(), market)?;
    let ran = run.run(&Case::default())?;
    seen.engine_return = ran.summary.metric("total_return");
    let differences = differences(ran.curve.initial.to_f64(), &seen.marks, &ran.curve.daily_f64());
    let same = differences.iter().all(|difference| difference.abs() < 1e-12);
    seen.parity_gap = match (evaluations::metrics::mean(&differences), evaluations::metrics::deviation(&differences)) {
        _ if same => Some(0.0),
        (Some(mean), Some(deviation)) if deviation > 0.0 => {
            Some((mean / (deviation / (differences.len() as f64).sqrt())).abs())
        }
        _ => None,
    };
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_days_are_compared() {
        let check = |ours: &[(i64, f64)], its: &[(i64, f64)], expected: &[f64]| {
            let found = differences(100.0, ours, its);
            let near = found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12);
            assert!(near && found.len() == expected.len(), "{found:?} {expected:?}");
        };
        check(&[(5, 110.0), (6, 99.0)], &[(3, 100.0), (4, 100.0), (5, 110.0), (6, 99.0)], &[0.0, 0.0]);
        check(&[(5, 110.0), (6, 121.0)], &[(5, 100.0), (6, 105.0)], &[0.1, 0.05]);
        // A day that one of them has not is a part of the next.
        check(&[(5, 110.0), (7, 121.0)], &[(5, 110.0), (6, 115.5), (7, 121.0)], &[0.0, 0.0]);
        check(&[], &[(5, 1.0)], &[]);
    }
}
