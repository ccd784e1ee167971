//! What one answer of a policy costs on the portable runtime: one observation after the other, as a strategy asks.
use criterion::{Criterion, criterion_group, criterion_main};
use engine::Rng;
use learning::policy::{
    ActionMap, Activation, Architecture, Body, Head, Manifest, Normaliser, Policy, Provenance, Tensor, VERSION, Weight,
};
use learning::{Portable, Runtime};
use std::hint::black_box;

const INPUTS: usize = 33;
const OUTPUTS: usize = 3;

fn policy(body: Body) -> Policy {
    let architecture =
        Architecture { inputs: INPUTS, outputs: OUTPUTS, body, activation: Activation::Tanh, head: Head::Categorical };
    let mut rng = Rng::stream(1, "weights");
    let tensor = |Weight { name, shape }: Weight| {
        let values = (0..shape.iter().product()).map(|_| (0.1 * rng.normal()) as f32).collect();
        (name, Tensor { shape, values })
    };
    let weights = architecture.actor().into_iter().map(tensor).collect();
    let manifest = Manifest {
        version: VERSION,
        features: vec!["returns 32".into(), "position".into()],
        feature_set: "bench".into(),
        architecture,
        actions: ActionMap::Levels(vec![-1_000_000, 0, 1_000_000]),
        decision_threshold_ppm: 0,
        provenance: Provenance::default(),
    };
    Policy { manifest, normaliser: Normaliser::identity(INPUTS, 10.0), weights, module: Vec::new() }
}

fn answers(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("policy");
    let mlp = Body::Mlp { hidden: vec![64, 64] };
    for (name, body) in [("mlp 33-64-64-3", mlp), ("gru 33-64-3", Body::Gru { width: 64 })] {
        let policy = policy(body);
        let mut portable = Portable::new(&policy).expect("a good policy");
        let mut memory = vec![0.0; policy.manifest.architecture.memory()];
        let (observation, mut outputs) = ([0.5; INPUTS], [0.0; OUTPUTS]);
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                portable.answer(black_box(&observation), &mut memory, &mut outputs);
                outputs[0]
            });
        });
    }
    group.finish();
}

criterion_group!(benches, answers);
criterion_main!(benches);
