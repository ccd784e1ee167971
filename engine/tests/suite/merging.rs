//! The merge of many sources against a plain sort, and what happens when a source fails or runs back in time.
use crate::language::{PRICE_SCALE, Scene, venue};
use crate::scene::{core, instruments};
use crate::tape::Quiet;
use engine::candle::CandleSource;
use engine::sim::{Merge, SimError};
use engine::{Candle, Event, InstrumentId, MarketEvent, Price, Rng, RunError, Simulated, Timestamp, run};
use std::collections::VecDeque;

/// Blocks of candles, then perhaps a failure.
struct Blocks {
    now: Vec<Candle>,
    rest: VecDeque<Vec<Candle>>,
    fails: bool,
}

#[derive(Debug, PartialEq, Eq)]
struct Unreadable;

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a block cannot be read")
    }
}

impl std::error::Error for Unreadable {}

impl CandleSource for Blocks {
    type Error = Unreadable;
    fn block(&self) -> &[Candle] {
        &self.now
    }
    fn advance(&mut self) -> Result<bool, Unreadable> {
        let next = self.rest.pop_front();
        if next.is_none() && self.fails {
            return Err(Unreadable);
        }
        let more = next.is_some();
        self.now = next.unwrap_or_default();
        Ok(more)
    }
}

fn candle(open: i64, known: i64) -> Candle {
    let price = Price(100 + open);
    let (open_time, known_time) = (Timestamp(open), Timestamp(known));
    Candle { open_time, known_time, open: price, high: price, low: price, close: price, volume: 0 }
}

/// Up to twelve candles in blocks of up to three, some of them empty, with common times.
fn random_source(rng: &mut Rng) -> (Blocks, Vec<Candle>) {
    let (mut all, mut rest, mut time) = (Vec::new(), VecDeque::new(), 0);
    for _ in 0..rng.below(6) {
        let mut block = Vec::new();
        for _ in 0..rng.below(4) {
            let open = time + i64::try_from(rng.below(3)).expect("small");
            time = open + 1 + i64::try_from(rng.below(3)).expect("small");
            block.push(candle(open, time));
        }
        all.extend_from_slice(&block);
        rest.push_back(block);
    }
    (Blocks { now: Vec::new(), rest, fails: false }, all)
}

#[test]
fn candles_come_by_known_time_and_then_by_place() {
    for seed in 0..5_000 {
        let mut rng = Rng::stream(seed, "merging");
        let (mut sources, mut expected) = (Vec::new(), Vec::new());
        for place in 0..u32::try_from(rng.below(6)).expect("small") {
            let (source, candles) = random_source(&mut rng);
            sources.push((source, u8::try_from(place).expect("small")));
            expected.extend(candles.into_iter().map(|candle| (candle.known_time, place, candle)));
        }
        expected.sort_by_key(|(known, place, _)| (*known, *place)); // stable: a source keeps its own order
        let mut merge = Merge::new(sources).expect("no source fails");
        let mut slot = Event::NOTHING;
        for (known, place, candle) in expected {
            assert_eq!(merge.next_time(), Some(known), "seed {seed}");
            assert_eq!(merge.head(InstrumentId(place)), Some(&candle), "seed {seed}");
            let popped = merge.pop(&mut slot).expect("no source fails").expect("one is left");
            assert_eq!((popped.known_time, popped.instrument.0, popped.close), (known, place, candle.close));
            let Event::Market(MarketEvent::Candle(event)) = slot else { panic!("seed {seed}: {slot:?}") };
            assert_eq!((event.instrument.0, u32::from(event.price_scale), event.candle), (place, place, candle));
        }
        assert_eq!(merge.pop(&mut slot), Ok(None), "seed {seed}");
    }
}

/// How a run over two sources ends.
fn ends(sources: Vec<Blocks>) -> Result<u64, SimError<Unreadable>> {
    let scene = Scene::parse("A: candle 1 1 1 1 | A: buy 1 market | B: candle 1 1 1 1 | B: candle 1 1 1 1");
    let merge = Merge::new(sources.into_iter().map(|s| (s, PRICE_SCALE))).map_err(SimError::Candles)?;
    let mut world = Simulated::new(merge, venue(&scene, instruments(&scene)), scene.latency, 2);
    run(&mut core(&scene), &mut world, &mut Quiet).map_err(|error| match error {
        RunError::World(error) => error,
        RunError::Journal(never) => match never {},
    })
}

fn blocks(blocks: &[&[Candle]], fails: bool) -> Blocks {
    Blocks { now: Vec::new(), rest: blocks.iter().map(|b| b.to_vec()).collect(), fails }
}

#[test]
fn a_source_that_fails_ends_the_run_with_its_error() {
    let good = || blocks(&[&[candle(0, 1), candle(1, 2)], &[candle(2, 3)]], false);
    assert_eq!(ends(vec![good(), good()]).expect("both can be read"), 8);
    for fails_after in 0..3 {
        let whole = [vec![candle(0, 1)], vec![candle(1, 2)], vec![candle(2, 3)]];
        let whole: Vec<&[Candle]> = whole.iter().map(Vec::as_slice).collect();
        let ended = ends(vec![good(), blocks(&whole[..fails_after], true)]);
        assert!(matches!(ended, Err(SimError::Candles(Unreadable))), "after {fails_after}: {ended:?}");
    }
}

#[test]
fn time_that_runs_back_is_an_error_and_names_the_instrument() {
    // With and without an order in the book: the world goes another way then.
    let forward = || blocks(&[&[candle(0, 10), candle(10, 20), candle(20, 30)]], false);
    let back = || blocks(&[&[candle(0, 10), candle(10, 20), candle(5, 15)]], false);
    let back_in_the_next_block = || blocks(&[&[candle(0, 10), candle(10, 20)], &[candle(1, 2)]], false);
    for (sources, place, time) in [
        (vec![forward(), back()], 1, 15),
        (vec![back(), forward()], 0, 15),
        (vec![forward(), back_in_the_next_block()], 1, 2),
    ] {
        match ends(sources) {
            Err(SimError::TimeRanBack { instrument, time: at }) => assert_eq!((instrument.0, at.0), (place, time)),
            other => panic!("{other:?}"),
        }
    }
}
