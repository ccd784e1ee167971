//! Smaller candles for the venue: orders meet those, the core sees only its own.
use crate::language::{Scene, venue};
use crate::matching::random_scene;
use crate::scene::{core, feed, instruments};
use engine::sim::{Delay, Merge};
use engine::tape::DigestOnly;
use engine::{
    Aggregated, Candle, CandleSource, InstrumentId, Interval, Price, Qty, Rng, SharedCandles, Simulated, State, run,
};

fn play(scene: &Scene, detail: Option<Vec<Candle>>) -> (State, [u8; 32]) {
    let mut world = Simulated::new(feed(scene), venue(scene, instruments(scene)), scene.latency, scene.stocks.len());
    if let Some(candles) = detail {
        let source = (SharedCandles::new(candles.into()), crate::language::PRICE_SCALE);
        world = world.with_detail(Merge::new([source]).expect("memory cannot fail"));
    }
    let (mut core, mut journal) = (core(scene), DigestOnly::default());
    run(&mut core, &mut world, &mut journal).expect("memory cannot fail");
    let held = world.venue().account().held()[0].quantity;
    assert_eq!(held, core.state().books.position(0).quantity);
    (core.into_state(), journal.digest())
}

#[test]
fn the_core_s_own_candles_as_detail_change_nothing() {
    for seed in 0..4_000 {
        let scene = random_scene(&mut Rng::stream(seed, "detail"));
        let alone = play(&scene, None);
        let beside = play(&scene, Some(scene.stocks[0].candles.clone()));
        assert_eq!(alone.1, beside.1, "seed {seed}");
    }
}

/// Candles of a quarter of an hour, made of open, high, low and close each.
fn quarters(prices: &[[i64; 4]]) -> Vec<Candle> {
    let length = Interval::HOUR.0 / 4;
    let make = |(n, prices): (i64, &[i64; 4])| {
        let [open, high, low, close] = prices.map(|p| Price(p * 100));
        let open_time = engine::Timestamp(n * length);
        Candle { open_time, known_time: open_time.after(length), open, high, low, close, volume: 0 }
    };
    (0..).zip(prices).map(make).collect()
}

/// A scene on the hours that quarters make.
fn hourly(detail: &[Candle], script: &str) -> Scene {
    let mut hours = Aggregated::new(SharedCandles::new(detail.into()), Interval::HOUR);
    let mut text = String::new();
    while hours.advance().unwrap_or(false) {
        for (hour, wish) in hours.block().iter().zip(script.split(';').chain(std::iter::repeat(""))) {
            let [o, h, l, c] = [hour.open, hour.high, hour.low, hour.close].map(|p| p.0 / 100);
            text += &format!("candle {o} {h} {l} {c}\n{}\n", wish.replace(',', "\n"));
        }
    }
    Scene::parse(&text)
}

#[test]
fn smaller_candles_say_which_of_two_exits_came_first() {
    let mut prices = vec![[100; 4]; 4];
    prices.extend([[100, 104, 100, 104], [104, 111, 104, 110], [110, 110, 95, 95], [95, 96, 89, 95]]);
    let detail = quarters(&prices);
    let scene = hourly(&detail, "buy 1 market loss 90 gain 110");
    let hundredths = |state: &State| state.books.home.realised.0 / (engine::Money::ONE.0 / 100);
    // The hour reaches both exits, so the worse one is assumed; its quarters reached the better one first.
    assert_eq!(hundredths(&play(&scene, None).0), -1_000);
    let (state, _) = play(&scene, Some(detail));
    assert_eq!(hundredths(&state), 1_000);
    assert_eq!(state.counters.path_dependent_fills, 0);
    assert_eq!(state.books.position(0).quantity, Qty(0));
}

#[test]
fn an_order_meets_the_next_smaller_candle_and_a_latency_costs_only_that() {
    let mut prices = vec![[100; 4]; 4];
    prices.extend([[101; 4], [102; 4], [103; 4], [104; 4]]);
    let detail = quarters(&prices);
    for (latency_ms, cost) in [(0, 101), (50, 102)] {
        let mut scene = hourly(&detail, "buy 1 market");
        scene.latency.entry = Delay::Fixed(latency_ms * 1_000_000);
        let (state, _) = play(&scene, Some(detail.clone()));
        assert_eq!(state.books.position(0).cost, engine::Money(engine::Money::ONE.0 * cost));
        assert_eq!(state.market(InstrumentId(0)).candles, 2, "the core sees hours only");
    }
}
