//! What a step of the training environment costs: 64 episodes side by side on one thread, a window of 32 returns with position,
//! full engine, costs and review. Between a choice that never changes and one that is new at each step lies every policy.
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use engine::sim::Costs;
use engine::{InstrumentId, Rate, Rng};
use learning::environment::{Choice, Fleet};
use learning::features::Encoder;
use learning::market::{Course, Episode, PlainStage, Reward, synthetic};
use learning::policy::{ActionMap, Normaliser};
use rust_decimal::Decimal;
use std::sync::Arc;

const EPISODES: usize = 64;
const STEPS: usize = 2_048;

fn fleet() -> Fleet<Episode> {
    let candles = synthetic::walk(100_000, 30.0, 1);
    let encoder = Encoder::new(&["returns 32".to_string(), "position".to_string()]).expect("good features");
    let fee = Rate::from_bps(Decimal::from(5)).expect("a rate");
    let costs = Costs { taker: fee, maker: fee, ..Costs::NONE };
    let course = Arc::new(Course {
        stage: Arc::new(PlainStage::new(Arc::clone(&candles), costs)),
        range: 0..candles.len(),
        candles,
        asset: InstrumentId(0),
        length: 512,
        normaliser: Normaliser::identity(encoder.width(), 10.0),
        encoder,
        actions: ActionMap::Levels(vec![-1_000_000, 0, 1_000_000]),
        size: "50%".parse().expect("a size"),
        reward: Reward::LogReturn,
        reward_scale: 100.0,
        ruin: 0.1,
    });
    let episode = |_| Episode::new(Arc::clone(&course)).expect("a course that is long enough");
    Fleet::new((0..EPISODES).map(episode).collect(), 1)
}

/// Choices of every step, drawn before: `stays` of a hundred repeat the one before.
fn choices(stays: u64) -> Vec<Vec<Choice>> {
    let mut rng = Rng::stream(2, "choices");
    let mut now = vec![0_u32; EPISODES];
    let step = |_| {
        for choice in &mut now {
            if rng.below(100) >= stays {
                *choice = rng.below(3) as u32;
            }
        }
        now.iter().map(|index| Choice::Index(*index)).collect()
    };
    (0..STEPS).map(step).collect()
}

fn steps(criterion: &mut Criterion) {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
    let mut group = criterion.benchmark_group("environment");
    group.sample_size(10).throughput(Throughput::Elements((EPISODES * STEPS) as u64));
    for (name, stays) in [("holds", 100), ("changes-sometimes", 90), ("changes-at-random", 0)] {
        let (mut fleet, choices) = (fleet(), choices(stays));
        group.bench_function(name, |bencher| {
            bencher.iter(|| pool.install(|| choices.iter().for_each(|choices| fleet.step(choices))));
        });
    }
    group.finish();
}

criterion_group!(benches, steps);
criterion_main!(benches);
