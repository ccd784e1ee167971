//! What the report of risk takes from a run with limits, entry by entry.
//!
//! A mark belongs to the instant before the entry that brings it, so that what was held and the prices are kept from one
//! entry to the next. It looks on and changes nothing; a run without `[risk]` has none of it.
use crate::run_file::{RunFile, ShockSection};
use engine::measure::pow10;
use engine::risk::RiskState;
use engine::value_at_risk::Confidence;
use engine::{Check, Event, InstrumentId, MarketEvent, Money, Qty, Refusal, State};
use evaluations::metrics::Days;
use evaluations::risk::{InstrumentMark, LimitUse, RiskSettings, Scenario, Shock, Unit};
use evaluations::{RiskRecorder, RiskReport};

/// Lengths, in days, of the worst windows of a run that are laid on its positions.
const WINDOWS: [usize; 3] = [1, 5, 20];

/// Looks on for the report of risk.
#[derive(Debug)]
pub struct RiskWatch {
    recorder: RiskRecorder,
    seen: Vec<InstrumentMark>,
}

impl RiskWatch {
    /// A watch over these instruments.
    #[must_use]
    pub fn new(instruments: &[engine::Instrument]) -> Self {
        let named = |it: &engine::Instrument| (it.name.clone(), it.quote.to_string());
        let recorder = RiskRecorder::new(instruments.iter().map(named).collect());
        Self { recorder, seen: vec![InstrumentMark::default(); instruments.len()] }
    }

    /// The account was marked: with what was held and known just before this entry.
    pub(crate) fn marked(&mut self, state: &State) {
        let mark = &state.mark;
        self.recorder.mark(mark.time, mark.equity, &self.seen);
        let Some(risk) = &state.risk else { return };
        let net = self.seen.iter().map(|it| it.value).sum();
        for (check, used) in uses(risk, mark.equity, mark.gross, net) {
            self.recorder.limit_use(mark.time, check.name(), used);
        }
    }

    /// An entry was applied: what it may have moved is looked at again.
    pub(crate) fn applied(&mut self, event: &Event, state: &State) {
        match event {
            // A pair moves the value of all that is quoted in its currency.
            Event::Market(MarketEvent::Candle(candle)) if state.books.foreign().is_empty() => {
                self.look(candle.instrument.index(), state);
            }
            _ => (0..self.seen.len()).for_each(|index| self.look(index, state)),
        }
    }

    fn look(&mut self, index: usize, state: &State) {
        let instrument = &state.instruments[index];
        let last = state.market(InstrumentId(index as u32)).last;
        let unit = instrument.value(last, Qty(pow10(instrument.qty_scale))).0;
        let value = state.books.to_home(index, state.books.position(index).value);
        self.seen[index] = InstrumentMark { value, price: state.books.to_home(index, unit) };
    }

    /// A wish was refused.
    pub(crate) fn refused(&mut self, refusal: &Refusal, state: &State) {
        let place = Some(refusal.instrument.index());
        self.recorder.refused(state.now, refusal.check.name(), place, refusal.limit, refusal.value);
    }

    /// The report of the run.
    pub(crate) fn report(self, config: &RunFile, days: Days) -> RiskReport {
        let asked = config.risk.as_ref().and_then(|risk| Confidence::from_ppm(risk.var_confidence_ppm));
        self.recorder.finish(&RiskSettings {
            confidence: asked.unwrap_or(Confidence::PERCENT_99),
            days,
            initial: config.account.cash,
            seed: config.run.seed,
            scenarios: config.risk.iter().flat_map(|risk| risk.shocks.iter().map(scenario)).collect(),
            windows: WINDOWS.to_vec(),
        })
    }
}

fn scenario(section: &ShockSection) -> Scenario {
    let shock = |(name, ppm): &(String, i64)| Shock { instrument: name.clone(), change: *ppm as f64 / 1e6 };
    Scenario { name: section.name.clone(), shocks: section.changes.iter().map(shock).collect() }
}

/// How much of the account's limits is used at a mark. What only an order on its way uses is not seen.
fn uses(risk: &RiskState, equity: Money, gross: Money, net: Money) -> impl Iterator<Item = (Check, LimitUse)> {
    let of = |check: Check, unit, used: i128| {
        let limit = risk.limits().of_account(check)?;
        Some((check, LimitUse { unit, used: used.max(0), limit }))
    };
    let lost = |from: Money| ppm(from - equity, from);
    [
        of(Check::DailyLoss, Unit::Ppm, lost(risk.day_start)),
        of(Check::EmergencyStop, Unit::Ppm, lost(risk.peak)),
        of(Check::Leverage, Unit::Ppm, ppm(gross, equity)),
        of(Check::GrossExposure, Unit::Money, gross.0),
        of(Check::NetExposure, Unit::Money, net.0.abs()),
    ]
    .into_iter()
    .flatten()
}

/// A share in millionths, rounded down; nothing of nothing.
fn ppm(part: Money, of: Money) -> i128 {
    if of.0 > 0 { part.0.saturating_mul(1_000_000) / of.0 } else { 0 }
}
