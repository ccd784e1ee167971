//! A run allocates nothing once it is warm: counted, not hoped.
//!
//! A binary of its own, since the counter brings its own global allocator.
use engine::risk::{BuyingPower, Leverage};
use engine::sim::{Costs, Latency, Merge, VenueConfig};
use engine::tape::DigestOnly;
use engine::{
    Candle, Core, Dated, Entry, Event, Instrument, InstrumentId, Intents, Interval, Journal, Label, MarketEvent, Money,
    OrderKind, Price, Qty, RiskEngine, SharedCandles, Side, SimVenue, Simulated, Spec, State, Strategy, Timestamp,
    View, World,
};

const IT: InstrumentId = InstrumentId(0);
const WARM: i64 = 2_000;
const CANDLES: i64 = 100_000;

/// What the strategy does with its average.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Trading {
    /// Nothing; it only looks.
    None,
    /// In or out at the market, every ten candles.
    Market,
    /// In or out by a limit that the candle after reaches, every ten candles.
    Limit,
}

struct Average {
    trading: Trading,
    value: f64,
    seen: i64,
}

impl Strategy for Average {
    fn decide(&mut self, event: &Event, _: View<'_>, out: &mut Intents) {
        let Event::Market(MarketEvent::Candle(candle)) = event else { return };
        self.value = 0.1 * candle.close() + 0.9 * self.value;
        self.seen += 1;
        let turn = self.seen / 10;
        let (held, side) = if turn % 2 == 0 { (Qty(1), Side::Buy) } else { (Qty(0), Side::Sell) };
        match self.trading {
            Trading::None => out.target(IT, Qty(i64::from(self.value < 0.0))),
            Trading::Market => out.target(IT, held),
            Trading::Limit if self.seen % 10 == 0 => {
                let price = if side == Side::Buy { Price(9_990) } else { Price(10_010) };
                out.submit(IT, side, Qty(1), OrderKind::Limit { price }, Label(0));
            }
            Trading::Limit => {}
        }
    }
}

fn candles() -> Vec<Candle> {
    let minute = Interval::MINUTE.0;
    let candle = |n: i64| Candle {
        open_time: Timestamp(n * minute),
        known_time: Timestamp((n + 1) * minute),
        open: Price(10_000),
        high: Price(10_100 + n % 50),
        low: Price(9_900 - n % 50),
        close: Price(10_000 + n % 7),
        volume: n,
    };
    (0..WARM + CANDLES).map(candle).collect()
}

/// Allocations while a warm run goes through its candles, and the orders it sent in all.
fn allocations(trading: Trading) -> (u64, u64) {
    let usd = "USD".parse().expect("a currency");
    let it = Instrument::new("v:S".into(), usd, (2, 0), rust_decimal::Decimal::ONE, Dated::always(Spec::FREE))
        .expect("valid");
    let (cash, leverage) = (Money(1_000_000 * Money::ONE.0), Leverage::ONE);
    let config = VenueConfig { leverage, ..VenueConfig::default() };
    let venue = SimVenue::new(config, cash, vec![it.clone()], vec![Dated::always(Costs::NONE)]);
    let feed = Merge::new([(SharedCandles::new(candles().into()), 2)]).expect("memory cannot fail");
    let mut world = Simulated::new(feed, venue, Latency::default(), 1);
    let risk = RiskEngine::new(vec![Box::new(BuyingPower { leverage })]);
    let strategy = Average { trading, value: 0.0, seen: 0 };
    let mut core = Core::new(State::new(cash, vec![it], Timestamp::MIN), strategy, risk);
    let mut journal = DigestOnly::default();
    let mut entry = Entry { number: 0, time: Timestamp::MIN, event: Event::NOTHING };
    let mut effects = Vec::with_capacity(16);
    // The one loop, by hand, so that it can be watched from its middle.
    let mut until = |candles: u64| {
        while core.state().counters.candles < candles {
            let Some(time) = world.next(&mut entry.event).expect("memory cannot fail") else { break };
            (entry.number, entry.time) = (entry.number + 1, time);
            let Ok(()) = journal.append(&entry);
            core.step(&entry, &mut effects);
            let Ok(()) = journal.commit(&entry, &effects, core.state());
            for effect in &effects {
                world.perform(time, effect).expect("memory cannot fail");
            }
            effects.clear();
        }
        (core.state().counters.candles, core.state().counters.fills)
    };
    until(WARM.unsigned_abs());
    let mut seen = (0, 0);
    let counted = allocation_counter::measure(|| seen = until(u64::MAX));
    assert_eq!(seen.0, (WARM + CANDLES).unsigned_abs());
    (counted.count_total, seen.1)
}

#[test]
fn a_warm_run_without_orders_allocates_nothing() {
    assert_eq!(allocations(Trading::None), (0, 0));
}

#[test]
fn ten_thousand_orders_allocate_only_as_their_table_grows() {
    let (counted, fills) = allocations(Trading::Market);
    assert!(fills > 10_000, "only {fills} fills");
    assert!(counted < 64, "{counted} allocations for {fills} fills");
}

#[test]
fn ten_thousand_limits_that_rest_and_fill_allocate_only_as_their_table_grows() {
    let (counted, fills) = allocations(Trading::Limit);
    assert!(fills > 10_000, "only {fills} fills");
    assert!(counted < 64, "{counted} allocations for {fills} fills");
}
