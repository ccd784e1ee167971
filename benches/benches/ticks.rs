//! What a tick costs where an order waits for it, and where nobody does: a million trades and quotes in memory.
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use engine::sim::{BoxedTicks, Costs, Latency, Merge, Queue, VenueConfig};
use engine::tape::DigestOnly;
use engine::{
    Candle, Core, Currency, Dated, Event, Instrument, InstrumentId, Intents, Interval, MarketEvent, Money, NewOrder,
    OrderKind, Price, Qty, RiskEngine, Rng, SharedCandles, SharedTicks, Side, SimVenue, Simulated, Spec, State,
    Strategy, Tick, Timestamp, View, run,
};
use std::convert::Infallible;
use std::sync::Arc;

const TICKS: i64 = 1_000_000;
const CANDLES: i64 = 1_000;

/// What a strategy does with its candles.
#[derive(Clone, Copy)]
enum Habit {
    /// Sends a limit that never fills, and leaves it.
    Waits,
    /// Buys and sells in turn at the market: between two orders nobody looks at the ticks.
    Trades,
}

struct Habitual {
    habit: Habit,
    seen: usize,
}

impl Strategy for Habitual {
    fn decide(&mut self, event: &Event, _: View<'_>, out: &mut Intents) {
        let Event::Market(MarketEvent::Candle(_)) = event else { return };
        let id = InstrumentId(0);
        match self.habit {
            Habit::Waits if self.seen == 0 => {
                out.order(NewOrder::new(id, Side::Buy, Qty(1), OrderKind::Limit { price: Price(1) }));
            }
            Habit::Waits => {}
            Habit::Trades => out.target(id, Qty(i64::from(self.seen.is_multiple_of(2)))),
        }
        self.seen += 1;
    }
}

/// A trade behind every second quote, a millisecond apart.
fn ticks() -> Arc<[Tick]> {
    let mut rng = Rng::stream(1, "ticks");
    let mut make = |n: i64| {
        let time = Timestamp(n * Interval::SECOND.0 / 1_000);
        let mut draw = |below: u64| i64::try_from(rng.below(below)).expect("small");
        let (bid, size) = (10_000 + draw(50), Qty(1 + draw(1_000)));
        match n % 3 {
            0 => Tick::trade(time, Price(bid), size, None),
            _ => Tick::quote(time, (Price(bid), size), (Price(bid + 1), size)),
        }
    };
    (0..TICKS).map(&mut make).collect()
}

fn play(ticks: &Arc<[Tick]>, candles: &Arc<[Candle]>, habit: Habit, queue: Queue) -> u64 {
    let usd: Currency = "USD".parse().expect("a currency");
    let one = rust_decimal::Decimal::ONE;
    let instrument = Instrument::new("generated:0".into(), usd, (2, 3), one, Dated::always(Spec::FREE));
    let instruments = vec![instrument.expect("a plain instrument")];
    let cash = Money(1_000_000 * Money::ONE.0);
    let config = VenueConfig { queue, ..VenueConfig::default() };
    let venue = SimVenue::new(config, cash, instruments.clone(), vec![Dated::always(Costs::NONE)]);
    let feed = Merge::new([(SharedCandles::new(Arc::clone(candles)), 2)]).expect("shared candles never fail");
    let source: BoxedTicks<Infallible> = Box::new(SharedTicks::new(Arc::clone(ticks)));
    let world = Simulated::new(feed, venue, Latency::default(), 1).with_ticks(vec![Some(source)]);
    let strategy = Habitual { habit, seen: 0 };
    let mut core = Core::new(State::new(cash, instruments, Timestamp::MIN), strategy, RiskEngine::new(Vec::new()));
    let mut world = world.expect("shared ticks never fail");
    run(&mut core, &mut world, &mut DigestOnly::default()).expect("nothing fails in memory");
    core.state().counters.fills
}

fn a_million(criterion: &mut Criterion) {
    let ticks = ticks();
    let length = TICKS / CANDLES * Interval::SECOND.0 / 1_000;
    let candle = |n: i64| {
        let (open_time, price) = (Timestamp(n * length), Price(10_000));
        let known_time = open_time.after(length);
        Candle { open_time, known_time, open: price, high: price, low: price, close: price, volume: 1 }
    };
    let candles: Arc<[Candle]> = (0..CANDLES).map(candle).collect();
    let mut group = criterion.benchmark_group("ticks");
    group.sample_size(20).throughput(Throughput::Elements(TICKS.unsigned_abs()));
    for (name, habit, queue, fills) in [
        ("watched-through", Habit::Waits, Queue::Through, 0),
        ("watched-volume-ahead", Habit::Waits, Queue::VolumeAhead, 0),
        ("unwatched", Habit::Trades, Queue::Through, CANDLES.unsigned_abs() - 1),
    ] {
        assert_eq!(play(&ticks, &candles, habit, queue), fills, "{name}");
        group.bench_function(name, |bencher| bencher.iter(|| play(&ticks, &candles, habit, queue)));
    }
    group.finish();
}

criterion_group!(benches, a_million);
criterion_main!(benches);
