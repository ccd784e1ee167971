//! The simulated venue on ticks: against the naive matcher, and what has to hold whatever the ticks are.
use crate::language::{Cue, QTY_SCALE, Scene, Wish};
use crate::matcher::Traded;
use crate::matching::{Trace, pick, random_kind};
use crate::scene::{core, instruments, world};
use crate::tick_matcher::{Rules, fills};
use engine::measure::pow10;
use engine::sim::{BoxedTicks, Delay, Merge, Queue, SimError};
use engine::{
    Candle, CandleSource, InstrumentId, Interval, Join, NewOrder, OrderId, OrderKind, Price, Qty, Rng, RunError,
    SharedCandles, Side, Simulated, Terms, Tick, TickBody, TickSource, TimeInForce, Timestamp, run,
};
use std::collections::BTreeMap;

const ONE: i64 = 1_000;

/// What the ticks of a scene are made of: trades, quotes or both, and whether quotes show sizes.
#[derive(Clone, Copy)]
struct Kinds {
    trades: bool,
    quotes: bool,
    sizes: bool,
}

fn random_tick(rng: &mut Rng, kinds: Kinds, time: Timestamp) -> Tick {
    if kinds.trades && (!kinds.quotes || rng.below(2) == 0) {
        let taker = [None, Some(Side::Buy), Some(Side::Sell)][rng.below(3) as usize];
        return Tick::trade(time, Price(pick(rng, 94, 106)), Qty(pick(rng, 1, 5) * ONE), taker);
    }
    let bid = pick(rng, 94, 105);
    // Now and then crossed, or locked.
    let ask = bid + pick(rng, -1, 3);
    let mut size = || if kinds.sizes { Qty(pick(rng, 0, 5) * ONE) } else { Tick::NO_SIZE };
    let (bid_size, ask_size) = (size(), size());
    Tick::quote(time, (Price(bid), bid_size), (Price(ask), ask_size))
}

fn random_wish(rng: &mut Rng) -> Wish {
    let side = [Side::Buy, Side::Sell][rng.below(2) as usize];
    let quantity = Qty(pick(rng, 1, 6) * ONE);
    let order = OrderId(1 + rng.below(16));
    let time_in_force = match rng.below(8) {
        0 => TimeInForce::ImmediateOrCancel,
        1 => TimeInForce::FillOrKill,
        _ => TimeInForce::GoodTilCancelled,
    };
    let mut kind = random_kind(rng);
    let is_plain = |kind: OrderKind| matches!(kind, OrderKind::Market | OrderKind::Limit { .. });
    if time_in_force != TimeInForce::GoodTilCancelled && !is_plain(kind) {
        kind = OrderKind::Market;
    }
    let post_only = matches!(kind, OrderKind::Limit { .. }) && rng.below(4) == 0;
    let post_only = post_only && time_in_force == TimeInForce::GoodTilCancelled;
    let terms = Terms { time_in_force, post_only, reduce_only: false };
    match rng.below(10) {
        0 => Wish::Cancel(order),
        1 => Wish::Amend(order, quantity, None),
        2 => Wish::Amend(order, quantity, Some(Price(pick(rng, 92, 108)))),
        _ => Wish::Submit(NewOrder { terms, ..NewOrder::new(InstrumentId(0), side, quantity, kind) }, Join::Alone),
    }
}

/// A scenario of random ticks in a narrow range, several of them at one instant now and then.
pub(crate) fn random_scene(rng: &mut Rng) -> Scene {
    let candles = pick(rng, 3, 10);
    let mut scene = Scene::parse(&vec!["candle 1"; usize::try_from(candles).expect("few")].join("|"));
    let kinds =
        [(true, true, true), (true, true, true), (true, true, false), (true, false, false), (false, true, true)];
    let (trades, quotes, sizes) = kinds[rng.below(5) as usize];
    let mut now = pick(rng, 0, 2) * Interval::HOUR.0;
    while now < candles * Interval::HOUR.0 {
        for _ in 0..=rng.below(2) {
            scene.stocks[0].ticks.push(random_tick(rng, Kinds { trades, quotes, sizes }, Timestamp(now)));
        }
        now += Interval::HOUR.0 / pick(rng, 1, 8);
    }
    scene.queue = Queue::ALL[rng.below(3) as usize].1;
    scene.participation_ppm = [None, None, Some(300_000)][rng.below(3) as usize];
    scene.latency.entry = Delay::Fixed([0, 0, 50_000_000, 1_000_000_000_000][rng.below(4) as usize]);
    scene.leverage.ppm = 1_000_000_000;
    for candle in 0..scene.stocks[0].candles.len() {
        for _ in 0..rng.below(4) {
            scene.script.push((Cue::Close(0, candle), random_wish(rng)));
        }
    }
    scene
}

fn played(scene: &Scene) -> Trace {
    let mut world = world(scene, crate::language::venue(scene, instruments(scene)));
    let mut trace = Trace::default();
    run(&mut core(scene), &mut world, &mut trace).expect("memory cannot fail");
    trace
}

#[test]
fn the_venue_fills_what_the_naive_matcher_fills_on_ticks() {
    let (mut commands, mut traded) = (0, 0);
    let mut by_queue = BTreeMap::new();
    for seed in 0.. {
        if commands >= 400_000 {
            break;
        }
        let scene = random_scene(&mut Rng::stream(seed, "ticks"));
        let trace = played(&scene);
        let Delay::Fixed(entry_ns) = scene.latency.entry else { panic!("random scenes draw no latency") };
        let arrivals: Vec<_> = trace.sent.iter().map(|(t, a)| (t.after(entry_ns), *a)).collect();
        let rules = Rules { queue: scene.queue, participation_ppm: scene.participation_ppm };
        // Behind the last candle nothing trades.
        let end = scene.stocks[0].candles.last().expect("candles").known_time;
        let ticks: Vec<Tick> = scene.stocks[0].ticks.iter().copied().filter(|tick| tick.time < end).collect();
        let naive = fills(rules, &ticks, &arrivals);
        assert_eq!(trace.fills, naive, "seed {seed}: the venue is left, the specification right; {scene:#?}");
        traded += naive.len();
        commands += arrivals.len();
        *by_queue.entry(scene.queue.name()).or_insert(0) += naive.len();
    }
    assert!(traded > 100_000 && by_queue.values().all(|n| *n > 30_000), "too little is tested: {by_queue:?}");
}

/// How much was bought and sold at each quote, by the index of its tick.
fn taken(scene: &Scene, fills: &[Traded]) -> BTreeMap<(usize, bool), i64> {
    let ticks = &scene.stocks[0].ticks;
    let mut taken = BTreeMap::new();
    for fill in fills.iter().filter(|fill| fill.liquidity == engine::Liquidity::Taker) {
        let before = ticks.partition_point(|tick| tick.time <= fill.time);
        // Of several quotes of one instant it is not told which one it was: count those scenes where there is one.
        let is_quote = |tick: &Tick| matches!(tick.body, TickBody::Quote { .. });
        if let Some(place) = ticks[..before].iter().rposition(is_quote) {
            *taken.entry((place, fill.side == Side::Buy)).or_insert(0) += fill.quantity.0;
        }
    }
    taken
}

#[test]
fn no_more_is_taken_of_a_quote_than_it_shows() {
    let mut checked = 0;
    for seed in 0..4_000 {
        let mut scene = random_scene(&mut Rng::stream(seed, "quotes"));
        scene.stocks[0].ticks.dedup_by_key(|tick| tick.time);
        if scene.stocks[0].ticks.is_empty() {
            continue;
        }
        for ((place, buys), quantity) in taken(&scene, &played(&scene).fills) {
            let TickBody::Quote { bid_size, ask_size, .. } = scene.stocks[0].ticks[place].body else { continue };
            let shown = if buys { ask_size } else { bid_size };
            assert!(quantity <= shown.0, "seed {seed}: {quantity} of {shown:?} at tick {place}; {scene:#?}");
            checked += 1;
        }
    }
    assert!(checked > 3_000, "only {checked} quotes were taken from");
}

/// What one limit has filled after each tick.
fn filled(scene: &Scene, queue: Queue) -> Vec<i64> {
    let mut scene = scene.clone();
    scene.queue = queue;
    let fills = played(&scene).fills;
    let until = |time| fills.iter().filter(|fill| fill.time <= time).map(|fill| fill.quantity.0).sum();
    scene.stocks[0].ticks.iter().map(|tick| until(tick.time)).collect()
}

#[test]
fn a_limit_has_never_filled_more_by_volume_ahead_than_by_touch_nor_less_than_by_through() {
    let (mut between, mut seeds) = (0, 0);
    for seed in 0..6_000 {
        let rng = &mut Rng::stream(seed, "queues");
        let mut scene = random_scene(rng);
        if scene.stocks[0].ticks.is_empty() {
            continue;
        }
        let side = [Side::Buy, Side::Sell][rng.below(2) as usize];
        let kind = OrderKind::Limit { price: Price(pick(rng, 94, 106)) };
        let order = NewOrder::new(InstrumentId(0), side, Qty(pick(rng, 1, 30) * ONE), kind);
        scene.script = vec![(Cue::Close(0, 0), Wish::Submit(order, Join::Alone))];
        scene.participation_ppm = None;
        let [through, ahead, touch] = [Queue::Through, Queue::VolumeAhead, Queue::Touch].map(|q| filled(&scene, q));
        for ((low, middle), high) in through.iter().zip(&ahead).zip(&touch) {
            assert!(low <= middle && middle <= high, "seed {seed}: {low} {middle} {high}; {scene:#?}");
            between += usize::from(low < middle && middle < high);
        }
        seeds += 1;
    }
    assert!(seeds > 5_000 && between > 100, "{seeds} scenes, {between} between the two");
}

/// Ticks a block each, and a failure behind them.
struct Blocks {
    now: Vec<Tick>,
    rest: Vec<Tick>,
    fails: bool,
}

#[derive(Debug)]
struct Unreadable;

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("unreadable")
    }
}

impl std::error::Error for Unreadable {}

impl TickSource for Blocks {
    type Error = Unreadable;
    fn block(&self) -> &[Tick] {
        &self.now
    }
    fn advance(&mut self) -> Result<bool, Unreadable> {
        self.now.clear();
        if self.rest.is_empty() {
            return if self.fails { Err(Unreadable) } else { Ok(false) };
        }
        self.now.push(self.rest.remove(0));
        Ok(true)
    }
}

/// Candles that can be read.
struct Whole(SharedCandles);

impl CandleSource for Whole {
    type Error = Unreadable;
    fn block(&self) -> &[Candle] {
        self.0.block()
    }
    fn advance(&mut self) -> Result<bool, Unreadable> {
        Ok(self.0.advance().unwrap_or(false))
    }
}

/// How a run ends whose order waits for a price that never comes, or that has no order at all.
fn ends(times: &[i64], fails: bool, waits: bool) -> Result<u64, SimError<Unreadable>> {
    let wish = if waits { "|sell 1 limit 500" } else { "" };
    let scene = Scene::parse(&format!("candle 100{wish}|candle 100|candle 100|buy 1 market|candle 100"));
    let rest = times.iter().map(|t| Tick::trade(Timestamp(*t), Price(100), Qty(1), None)).collect();
    let candles = Whole(SharedCandles::new(scene.stocks[0].candles.clone().into()));
    let feed = Merge::new([(candles, 2)]).map_err(SimError::Candles)?;
    let venue = crate::language::venue(&scene, instruments(&scene));
    let ticks: BoxedTicks<Unreadable> = Box::new(Blocks { now: Vec::new(), rest, fails });
    let mut world = Simulated::new(feed, venue, scene.latency, 1).with_ticks(vec![Some(ticks)])?;
    run(&mut core(&scene), &mut world, &mut Trace::default()).map_err(|error| match error {
        RunError::World(error) => error,
        RunError::Journal(never) => match never {},
    })
}

#[test]
fn ticks_that_run_back_or_cannot_be_read_end_the_run_whether_or_not_an_order_waits() {
    let hour = Interval::HOUR.0;
    for waits in [true, false] {
        assert!(ends(&[0, 0, hour, 3 * hour], false, waits).is_ok());
        match ends(&[0, 2 * hour, hour], false, waits) {
            Err(SimError::TickRanBack { instrument, time }) => assert_eq!((instrument.0, time.0), (0, hour)),
            other => panic!("{other:?}"),
        }
        let ended = ends(&[0, hour], true, waits);
        assert!(matches!(ended, Err(SimError::Ticks(Unreadable))), "{ended:?}");
    }
    assert!(matches!(ends(&[], true, false), Err(SimError::Ticks(Unreadable))));
}

#[test]
fn quantities_of_these_scenes_are_whole_units() {
    assert_eq!(ONE, pow10(QTY_SCALE));
}
