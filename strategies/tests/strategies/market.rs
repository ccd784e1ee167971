//! One account on one or more made-up markets, run through the real core and the real simulated venue.
use crate::bars::bars;
use crate::watched::Watched;
use engine::ledger::Rate;
use engine::risk::{AllowedInstruments, BuyingPower, Leverage};
use engine::sim::{Costs, Latency, Merge, VenueConfig};

use engine::{
    Candle, Carry, Core, Dated, Instrument, InstrumentId, Money, Price, RiskEngine, SharedCandles, SimVenue, Simulated,
    Spec, State, Strategy, Timestamp, run,
};
use rust_decimal::Decimal;
use std::sync::Arc;
use strategies::{Parameters, Registry, Value};

/// The interval of scripted candles.
pub(crate) const MINUTE_NS: i64 = 60_000_000_000;

/// Markets and account of a run. Prices have two decimal places unless the bars say otherwise, quantities eight.
pub(crate) struct Market {
    pub(crate) candles: Vec<Vec<Candle>>,
    pub(crate) price_scale: u8,
    pub(crate) cash: i64,
    pub(crate) fee_bps: i64,
    /// Candles opening before this are warm-up.
    pub(crate) trades_from: Timestamp,
    /// The rules of every instrument.
    pub(crate) spec: Spec,
    /// What happens to holdings.
    pub(crate) carry: Vec<(Timestamp, Carry)>,
}

/// What came of a run.
pub(crate) struct Outcome {
    pub(crate) state: State,
    pub(crate) venue: SimVenue,
    pub(crate) digest: String,
    /// `time instrument side quantity @ price` of every fill, time in minutes, one a line.
    pub(crate) fills: String,
    /// What the strategy noted, as `time note instrument: reason`, one a line.
    pub(crate) notes: String,
    /// Checks that refused, with how often.
    pub(crate) refused: std::collections::BTreeMap<&'static str, u64>,
    pub(crate) round_trips: u64,
}

impl Market {
    /// Candles whose four prices are the same but for the open, which is the close before: `closes` in whole units.
    pub(crate) fn of_closes(closes: &[&[i64]]) -> Self {
        let series = |closes: &&[i64]| {
            let mut open = closes[0];
            let candle = |(index, close): (usize, &i64)| {
                let before = std::mem::replace(&mut open, *close);
                candle(index, [before, before.max(*close), before.min(*close), *close])
            };
            closes.iter().enumerate().map(candle).collect()
        };
        Self { candles: closes.iter().map(series).collect(), ..Self::empty() }
    }

    /// Candles of one instrument as open, high, low, close in whole units.
    pub(crate) fn of_candles(candles: &[[i64; 4]]) -> Self {
        let candles = candles.iter().enumerate().map(|(index, prices)| candle(index, *prices)).collect();
        Self { candles: vec![candles], ..Self::empty() }
    }

    /// Made-up candles, one instrument for each seed.
    pub(crate) fn of_bars(seeds: &[u64], count: u64, price_scale: u8) -> Self {
        let candles = seeds.iter().map(|seed| bars(*seed, count, price_scale)).collect();
        Self { candles, price_scale, cash: 10_000_000, fee_bps: 5, ..Self::empty() }
    }

    fn empty() -> Self {
        Self {
            candles: Vec::new(),
            price_scale: 2,
            cash: 10_000,
            fee_bps: 0,
            trades_from: Timestamp::MIN,
            spec: Spec::FREE,
            carry: Vec::new(),
        }
    }

    pub(crate) fn ids(&self) -> Vec<InstrumentId> {
        (0..self.candles.len() as u32).map(InstrumentId).collect()
    }

    /// Runs a strategy of the registry, its parameters as `fast=2 size=1`.
    pub(crate) fn run_named(&self, name: &str, given: &str) -> Outcome {
        let built = Registry::builtin().build(name, &parameters(given), &self.ids());
        self.run(built.expect("a strategy with good parameters"))
    }

    pub(crate) fn run<S: Strategy>(&self, strategy: S) -> Outcome {
        let instruments: Vec<Instrument> = (0..self.candles.len()).map(|at| self.instrument(at)).collect();
        let cash = Money(i128::from(self.cash) * Money::ONE.0);
        let state = State::new(cash, instruments.clone(), self.trades_from);
        let risk = RiskEngine::new(vec![
            Box::new(AllowedInstruments(vec![true; instruments.len()])),
            Box::new(BuyingPower { leverage: Leverage::ONE }),
        ]);
        let rate = Rate::from_bps(Decimal::from(self.fee_bps)).expect("a rate");
        let costs = vec![Dated::always(Costs { taker: rate, maker: rate, ..Costs::NONE }); instruments.len()];
        let config = VenueConfig::default();
        let sources = self.candles.iter().map(|c| (SharedCandles::new(Arc::from(c.as_slice())), self.price_scale));
        let merge = Merge::new(sources).expect("candles in memory");
        let count = instruments.len();
        let venue = SimVenue::new(config, cash, instruments, costs);
        let mut world = Simulated::new(merge, venue, Latency::default(), count).with_carry(self.carry.clone());
        let mut core = Core::new(state, strategy, risk);
        let mut journal = Watched::default();
        run(&mut core, &mut world, &mut journal).expect("candles in memory do not fail");
        let state = core.state().clone();
        assert!(state.books.balances(), "every number is explained");
        let (venue, _) = world.into_parts();
        let ours: Vec<engine::Qty> = state.books.positions().map(|p| p.quantity).collect();
        let theirs: Vec<engine::Qty> = venue.account().held().iter().map(|held| held.quantity).collect();
        assert_eq!((venue.account().cash(), theirs), (state.books.cash(), ours), "the core's account is the venue's");
        let digest = journal.digest.digest().iter().map(|byte| format!("{byte:02x}")).collect();
        let Watched { fills, notes, refused, round_trips, .. } = journal;
        Outcome { state, venue, digest, fills, notes, refused, round_trips }
    }

    fn instrument(&self, at: usize) -> Instrument {
        let name = char::from(b'A' + (at % 26) as u8).to_string();
        let quote = "USD".parse().expect("a currency");
        Instrument::new(name, quote, (self.price_scale, 8), Decimal::ONE, Dated::always(self.spec))
            .expect("an instrument")
    }
}

/// Reads `fast=20 size=25%`; an underscore stands for a blank.
pub(crate) fn parameters(given: &str) -> Parameters {
    let value = |word: &str| Value::read(&word.replace('_', " "));
    let pair = |word: &str| word.split_once('=').map(|(key, word)| (key.to_string(), value(word)));
    given.split_whitespace().filter_map(pair).collect()
}

fn candle(index: usize, [open, high, low, close]: [i64; 4]) -> Candle {
    let open_time = Timestamp(index as i64 * MINUTE_NS);
    let price = |units: i64| Price(units * 100);
    Candle {
        open_time,
        known_time: open_time.after(MINUTE_NS),
        open: price(open),
        high: price(high),
        low: price(low),
        close: price(close),
        volume: 0,
    }
}
