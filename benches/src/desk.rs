//! A run of a workload with nothing around it: core, simulated world, digest. No files, no report.
use engine::risk::{AllowedInstruments, BuyingPower, LIMITED, Leverage, Limits, RiskCheck, Settings, all_limited};
use engine::sim::{Costs, Latency, Merge, VenueConfig};
use engine::tape::DigestOnly;
use engine::{
    Candle, Check, Core, Currency, Dated, Instrument, InstrumentId, Money, Rate, RiskEngine, SharedCandles, SimVenue,
    Simulated, Spec, State, Timestamp, run,
};
use rust_decimal::Decimal;
use std::sync::Arc;
use strategies::{BuiltStrategy, Parameters, Registry, Value};

/// Which strategy a workload runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// EMA cross with these lengths.
    EmaCross(i64, i64),
    /// An order at every close.
    Flip,
}

/// Candles and rule of a workload.
#[derive(Clone, Debug)]
pub struct Workload {
    /// The candles of each instrument.
    pub candles: Vec<Arc<[Candle]>>,
    /// The strategy.
    pub rule: Rule,
    /// The account's cash, in whole units.
    pub cash: i128,
}

/// The figures of a run that tests compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures {
    /// Fills booked.
    pub fills: u64,
    /// Equity at the end.
    pub equity: Money,
    /// The digest.
    pub digest: [u8; 32],
}

impl Workload {
    /// A workload on one instrument.
    #[must_use]
    pub fn one(seed: u64, n: usize, rule: Rule) -> Self {
        Self { candles: vec![crate::bars(seed, n).into()], rule, cash: 10_000_000 }
    }

    /// W3: fifty instruments on one account.
    #[must_use]
    pub fn fifty() -> Self {
        let candles = (0..50).map(|k| crate::bars(100 + k, 20_000).into()).collect();
        Self { candles, rule: Rule::EmaCross(20, 50), cash: 10_000_000 }
    }

    /// Candles of all instruments.
    #[must_use]
    pub fn len(&self) -> usize {
        self.candles.iter().map(|c| c.len()).sum()
    }

    /// Whether there are no candles.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn strategy(&self) -> BuiltStrategy {
        let size = ("size".to_string(), Value::Whole(1));
        let (name, parameters): (_, Parameters) = match self.rule {
            Rule::EmaCross(fast, slow) => {
                let lengths = [("fast".to_string(), Value::Whole(fast)), ("slow".to_string(), Value::Whole(slow))];
                ("ema-cross", lengths.into_iter().chain([size]).collect())
            }
            Rule::Flip => ("flip", [size].into()),
        };
        let ids: Vec<InstrumentId> = (0..).zip(&self.candles).map(|(place, _)| InstrumentId(place)).collect();
        Registry::builtin().build(name, &parameters, &ids).expect("a strategy of ours with parameters in range")
    }

    /// Runs it with review, ledger and digest.
    #[must_use]
    pub fn run(&self) -> Figures {
        self.run_with(None)
    }

    /// The same with every limit that there is, each so wide that nothing is refused.
    #[must_use]
    pub fn run_limited(&self) -> Figures {
        self.run_with(Some(wide_limits(self.candles.len())))
    }

    fn run_with(&self, limits: Option<Limits>) -> Figures {
        let usd: Currency = "USD".parse().expect("a currency");
        let make = |place: usize| {
            Instrument::new(format!("generated:{place}"), usd, (8, 8), Decimal::ONE, Dated::always(Spec::FREE))
        };
        let instruments: Vec<Instrument> =
            (0..self.candles.len()).map(|p| make(p).expect("a plain instrument")).collect();
        let fee = Rate::from_bps(Decimal::from(5)).expect("a rate");
        let costs = vec![Dated::always(Costs { taker: fee, maker: fee, ..Costs::NONE }); instruments.len()];
        let cash = Money(self.cash * Money::ONE.0);
        let config = VenueConfig::default();
        let venue = SimVenue::new(config, cash, instruments.clone(), costs);
        let sources = self.candles.iter().map(|candles| (SharedCandles::new(Arc::clone(candles)), 8));
        let feed = Merge::new(sources).expect("shared candles never fail");
        let mut world = Simulated::new(feed, venue, Latency::default(), instruments.len());
        let allowed = AllowedInstruments(vec![true; instruments.len()]);
        let mut checks: Vec<Box<dyn RiskCheck + Send>> = vec![Box::new(allowed)];
        let mut state = State::new(cash, instruments, Timestamp::MIN);
        if let Some(limits) = limits {
            checks.extend(all_limited(&[]));
            state = state.with_limits(limits, Settings::default());
        }
        checks.push(Box::new(BuyingPower { leverage: Leverage::ONE }));
        let mut core = Core::new(state, self.strategy(), RiskEngine::new(checks));
        let mut journal = DigestOnly::default();
        run(&mut core, &mut world, &mut journal).expect("shared candles never fail");
        let state = core.state();
        Figures { fills: state.counters.fills, equity: state.books.equity(), digest: journal.digest() }
    }
}

/// Every limit that there is, each so wide that nothing is refused.
#[must_use]
pub fn wide_limits(instruments: usize) -> Limits {
    let mut limits = Limits::none(instruments);
    for check in LIMITED.into_iter().filter(|check| check.has_limit() && *check != Check::RestrictedInstruments) {
        // Of a window in which nothing may repeat the shortest one allows most; a percentage may be as large as it likes.
        let wide = match check {
            Check::DuplicateOrder => 1,
            Check::DailyLoss | Check::EmergencyStop => 1_000_000,
            _ => i128::from(i64::MAX),
        };
        limits.set(check, None, Some(wide));
    }
    for check in [Check::StrategyLosses, Check::StrategyLoss] {
        limits.set(check, None, Some(i128::from(i32::MAX)));
    }
    limits
}
