//! What the tape of a live run costs a step: one that sends nothing, and one that has to be durable before it sends.
use benches::bars;
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use engine::risk::RiskEngine;
use engine::tape::Header;
use engine::{
    Core, Dated, Effect, Entry, Event, Instrument, InstrumentId, Intents, Journal, MarketCandle, MarketEvent, Money,
    Qty, Spec, State, Strategy, Timestamp, View,
};
use operations::{LiveJournal, LiveOptions, OsDisk};
use std::path::Path;

const STEPS: usize = 10_000;

/// Buys one with its first step and nothing else.
struct Once;

impl Strategy for Once {
    fn decide(&mut self, _: &Event, _: View<'_>, out: &mut Intents) {
        out.target(InstrumentId(0), Qty(1));
    }
}

fn core() -> Core<Once> {
    let (usd, one) = ("USD".parse().expect("a currency"), rust_decimal::Decimal::ONE);
    let instrument = Instrument::new("v:A".into(), usd, (8, 8), one, Dated::always(Spec::FREE)).expect("an instrument");
    let state = State::new("1000000".parse::<Money>().expect("money"), vec![instrument], Timestamp::MIN);
    Core::new(state, Once, RiskEngine::new(Vec::new()))
}

/// A tape, the entry that comes next on it, and what a step that sends something sends.
struct Scene {
    journal: LiveJournal<OsDisk>,
    entry: Entry,
    state: State,
    send: Vec<Effect>,
}

impl Scene {
    fn new(folder: &Path) -> Self {
        let disk = OsDisk::new(folder);
        let journal = LiveJournal::create(disk, &Header::default(), LiveOptions::default()).expect("a new tape");
        let candle = bars(4, 1)[0];
        let event =
            Event::Market(MarketEvent::Candle(MarketCandle { instrument: InstrumentId(0), price_scale: 8, candle }));
        let entry = Entry { number: 0, time: candle.known_time, event };
        let (mut core, mut send) = (core(), Vec::new());
        core.step(&Entry { number: 1, ..entry }, &mut send);
        assert!(matches!(send[..], [Effect::Send(_)]));
        Self { journal, entry, state: core.into_state(), send }
    }

    fn step(&mut self, sends: bool) {
        self.entry.number += 1;
        let effects = if sends { self.send.as_slice() } else { &[] };
        self.journal.append(&self.entry).expect("a good disk");
        self.journal.commit(&self.entry, effects, &self.state).expect("a good disk");
    }
}

fn tape(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("tape");
    group.sample_size(20).throughput(Throughput::Elements(STEPS as u64));
    group.bench_function("a step that sends nothing", |bencher| {
        let make = || {
            let folder = tempfile::tempdir().expect("a folder");
            (Scene::new(folder.path()), folder)
        };
        bencher.iter_batched_ref(
            make,
            |(scene, _)| (0..STEPS).for_each(|_| scene.step(false)),
            BatchSize::PerIteration,
        );
    });
    let folder = tempfile::tempdir().expect("a folder");
    let mut scene = Scene::new(folder.path());
    group.throughput(Throughput::Elements(1));
    group.bench_function("a step that sends", |bencher| bencher.iter(|| scene.step(true)));
    group.finish();
}

criterion_group!(benches, tape);
criterion_main!(benches);
