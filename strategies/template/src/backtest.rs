//! One account, one instrument, one simulated venue: a whole backtest with the engine as a library.
use crate::candles::PRICE_SCALE;
use engine::ledger::Rate;
use engine::risk::{BuyingPower, Leverage};
use engine::sim::{Costs, Latency, Merge, VenueConfig};
use engine::tape::DigestOnly;
use engine::{
    Candle, Core, Dated, Instrument, Money, RiskEngine, SharedCandles, SimVenue, Simulated, Spec, State, Strategy,
    Timestamp,
};
use rust_decimal::Decimal;
use std::error::Error;

/// What came of it.
pub(crate) struct Outcome {
    pub(crate) final_equity: Money,
    pub(crate) max_drawdown: Money,
    pub(crate) fees: Money,
    pub(crate) fills: u64,
    /// One number for everything that was decided.
    pub(crate) digest: String,
}

/// Runs a strategy over candles. Orders fill at the next open for a fee of 5 basis points.
pub(crate) fn run(strategy: impl Strategy, candles: Vec<Candle>, cash: Money) -> Result<Outcome, Box<dyn Error>> {
    let scales = (PRICE_SCALE, 8);
    let instrument =
        Instrument::new("demo:WALK".into(), "USD".parse()?, scales, Decimal::ONE, Dated::always(Spec::FREE))?;
    let taker = Rate::from_bps(Decimal::from(5)).ok_or("a fee is at most 10,000 basis points")?;
    let costs = Costs { taker, maker: taker, ..Costs::NONE };
    let config = VenueConfig::default();
    let venue = SimVenue::new(config, cash, vec![instrument.clone()], vec![Dated::always(costs)]);
    let feed = Merge::new([(SharedCandles::new(candles.into()), PRICE_SCALE)])?;
    let mut world = Simulated::new(feed, venue, Latency::default(), 1);

    let risk = RiskEngine::new(vec![Box::new(BuyingPower { leverage: Leverage::ONE })]);
    let mut core = Core::new(State::new(cash, vec![instrument], Timestamp::MIN), strategy, risk);
    let mut journal = DigestOnly::default();
    engine::run(&mut core, &mut world, &mut journal)?;

    let state = core.state();
    Ok(Outcome {
        final_equity: state.books.equity(),
        max_drawdown: state.max_drawdown,
        fees: state.books.fees(),
        fills: state.counters.fills,
        digest: journal.digest().iter().map(|byte| format!("{byte:02x}")).collect(),
    })
}
