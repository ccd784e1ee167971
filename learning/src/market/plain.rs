//! The plainest stage: one instrument over candles in memory, with a fee and slippage.
//!
//! It is made of the same core, venue and checks as every run; what it spares is a run file. Synthetic series, benches and the
//! honesty checks trade on it.
use super::course::{Span, Stage, Trainee};
use engine::risk::{AllowedInstruments, BuyingPower, Leverage, RiskCheck};
use engine::sim::{Costs, Latency, Merge, VenueConfig};
use engine::{Candle, Core, Dated, Instrument, Money, RiskEngine, SharedCandles, SimVenue, Simulated, Spec, State};
use rust_decimal::Decimal;
use std::sync::Arc;

/// One instrument without tick, lot or minimum, quoted in the account's currency.
#[derive(Clone, Debug)]
pub struct PlainStage {
    candles: Arc<[Candle]>,
    instrument: Instrument,
    costs: Dated<Costs>,
    cash: Money,
    leverage: Leverage,
}

/// Decimal places of its prices and quantities.
pub const PLAIN_SCALE: u8 = 8;

impl PlainStage {
    /// A stage over `candles`, whose prices have [`PLAIN_SCALE`] decimal places, for an account of 100,000.
    ///
    /// # Panics
    /// Never: a plain instrument is always possible.
    #[must_use]
    pub fn new(candles: Arc<[Candle]>, costs: Costs) -> Self {
        let currency = "USD".parse().expect("a currency");
        let scales = (PLAIN_SCALE, PLAIN_SCALE);
        let spec = Dated::always(Spec::FREE);
        let instrument = Instrument::new("synthetic:PLAIN".to_string(), currency, scales, Decimal::ONE, spec);
        let instrument = instrument.expect("a plain instrument");
        let cash = Money(100_000 * Money::ONE.0);
        Self { candles, instrument, costs: Dated::always(costs), cash, leverage: Leverage::ONE }
    }

    /// The same with leverage.
    #[must_use]
    pub fn with_leverage(self, leverage: Leverage) -> Self {
        Self { leverage, ..self }
    }
}

impl Stage for PlainStage {
    fn open(&self, span: Span, seed: u64) -> (Core<Trainee>, Simulated<SharedCandles>) {
        let checks: Vec<Box<dyn RiskCheck + Send>> =
            vec![Box::new(AllowedInstruments(vec![true])), Box::new(BuyingPower { leverage: self.leverage })];
        let state = State::new(self.cash, vec![self.instrument.clone()], span.trades_from);
        let core = Core::new(state, Trainee, RiskEngine::new(checks));
        let config = VenueConfig { leverage: self.leverage, ..VenueConfig::default() };
        let venue = SimVenue::new(config, self.cash, vec![self.instrument.clone()], vec![self.costs.clone()]);
        let source = SharedCandles::window(Arc::clone(&self.candles), span.from, span.to);
        let Ok(feed) = Merge::new([(source, PLAIN_SCALE)]);
        (core, Simulated::new(feed, venue, Latency::default(), 1).with_seed(seed))
    }
}
