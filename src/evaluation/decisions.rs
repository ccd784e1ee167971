//! What a run decided, dated, for the checks that look for look-ahead and for too short a warm-up.
use crate::failure::Failure;
use crate::recorder::Detail;
use crate::shared_run::{Case, SharedRun, Window};
use engine::measure::scaled_text;
use engine::tape::Outcome;
use engine::{Effect, Entry, Instrument, Journal, State, Strategy, Timestamp};
use evaluations::causality::{Decision, History, Market, Subject};
use evaluations::sweep::Parameters;
use std::convert::Infallible;

/// A journal of decisions and fills.
struct Decisions {
    instruments: Vec<Instrument>,
    taken: Vec<Decision>,
}

impl Journal for Decisions {
    type Error = Infallible;

    fn append(&mut self, _: &Entry) -> Result<(), Infallible> {
        Ok(())
    }

    fn commit(&mut self, entry: &Entry, effects: &[Effect], state: &State) -> Result<(), Infallible> {
        if let Some(booked) = &state.booked {
            let fill = &booked.fill;
            let instrument = &self.instruments[fill.instrument.index()];
            let what = format!(
                "fill of order {}: {} {} {} at {}",
                fill.order.0,
                fill.side.name(),
                scaled_text(fill.quantity.0, instrument.qty_scale),
                instrument.name,
                scaled_text(fill.price.0, instrument.price_scale)
            );
            // What is said to have been traded at an open is dated by it, however late it is known.
            self.taken.push(Decision { at: fill.venue_time, what });
        }
        let said = effects.iter().map(|effect| Outcome::from(effect).describe(&self.instruments));
        self.taken.extend(said.map(|what| Decision { at: entry.time, what }));
        Ok(())
    }

    fn finish(&mut self, _: &State) -> Result<(), Infallible> {
        Ok(())
    }
}

/// A run as whatever decides on candles.
#[derive(Debug)]
pub struct Decider<'a> {
    /// The run.
    pub run: &'a SharedRun,
    /// Its parameters, where others than those of the run file.
    pub parameters: Parameters,
}

impl Decider<'_> {
    fn decide(&self, case: &Case) -> Result<Vec<Decision>, Failure> {
        decisions(self.run, self.run.strategy(&case.parameters)?, case)
    }
}

/// What a strategy decides in a run; the parameters of the case are not looked at.
///
/// # Errors
/// When it cannot be run.
pub fn decisions<S: Strategy>(run: &SharedRun, strategy: S, case: &Case) -> Result<Vec<Decision>, Failure> {
    let journal = Decisions { instruments: run.setup.instruments.clone(), taken: Vec::new() };
    let (finished, _, _) = run.play_strategy(strategy, case, journal, Detail::Figures)?;
    Ok(finished.split().1.taken)
}

impl Subject for Decider<'_> {
    type Error = Failure;

    fn decisions(&self, market: &Market) -> Result<Vec<Decision>, Failure> {
        self.decide(&Case { parameters: self.parameters.clone(), candles: Some(market.clone()), ..Case::default() })
    }
}

/// Candles behind a start that are compared.
const COMPARED: usize = 4_096;

impl History for Decider<'_> {
    type Error = Failure;

    fn decisions_after(&self, start: Timestamp, candles: usize) -> Result<Vec<Decision>, Failure> {
        let first = |all: &std::sync::Arc<[engine::Candle]>| {
            let place = all.partition_point(|candle| candle.open_time < start);
            all.get(place.saturating_sub(candles)).map(|candle| candle.open_time)
        };
        let behind = |all: &std::sync::Arc<[engine::Candle]>| {
            let place = all.partition_point(|candle| candle.open_time < start);
            all.get(place + COMPARED).map(|candle| candle.open_time)
        };
        let from = self.run.candles.iter().filter_map(first).min().unwrap_or(start);
        let to = self.run.candles.iter().filter_map(behind).max().unwrap_or(Timestamp::MAX);
        let window = Some(Window { from, trades_from: start, to });
        let decided = self.decide(&Case { parameters: self.parameters.clone(), window, ..Case::default() })?;
        Ok(decided.into_iter().filter(|decision| decision.at >= start).collect())
    }
}
