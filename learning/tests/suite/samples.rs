//! Policies that tests are made with: small, and the same on every machine.
use engine::Rng;
use learning::policy::{
    ActionMap, Activation, Architecture, Body, Head, Manifest, Normaliser, Policy, Provenance, Tensor, VERSION,
    WHOLE_PPM, Weight,
};
use std::collections::BTreeMap;

/// A policy of this architecture with drawn weights and statistics. It acts on levels, or by an amount where the head is one.
pub(crate) fn policy(architecture: Architecture) -> Policy {
    let (inputs, outputs) = (architecture.inputs, architecture.outputs);
    let actions = match architecture.head {
        Head::Gaussian => ActionMap::Continuous { low: -WHOLE_PPM, high: WHOLE_PPM, step: 50_000 },
        _ => ActionMap::Levels((0..outputs as i32).map(|level| (level - 1).min(1) * WHOLE_PPM).collect()),
    };
    let manifest = Manifest {
        version: VERSION,
        features: vec![format!("returns {inputs}")],
        feature_set: "sample".into(),
        architecture,
        actions,
        decision_threshold_ppm: 50_000,
        provenance: provenance(),
    };
    let numbers = |name: &str, scale: f64, from: f64, count: usize| -> Vec<f32> {
        let mut rng = Rng::stream(6, name);
        (0..count).map(|_| (from + scale * rng.normal()) as f32).collect()
    };
    let mean = numbers("mean", 0.1, 0.0, inputs);
    let scale = numbers("scale", 0.1, 1.0, inputs).iter().map(|scale| scale.abs() + 0.01).collect();
    let architecture = &manifest.architecture;
    let mut weights = BTreeMap::new();
    for Weight { name, shape } in architecture.actor().into_iter().chain(architecture.critic()) {
        let before = if shape.len() == 2 { shape[1] } else { 4 };
        let values = numbers(&name, 1.0 / (before as f64).sqrt(), 0.0, shape.iter().product());
        weights.insert(name, Tensor { shape, values });
    }
    Policy { manifest, normaliser: Normaliser::new(mean, scale, 10.0), weights, module: Vec::new() }
}

/// A multilayer perceptron that chooses between actions.
pub(crate) fn mlp(inputs: usize, hidden: &[usize], outputs: usize, activation: Activation) -> Policy {
    let body = Body::Mlp { hidden: hidden.to_vec() };
    policy(Architecture { inputs, outputs, body, activation, head: Head::Categorical })
}

/// Gated recurrent units that choose an amount.
pub(crate) fn gru(inputs: usize, width: usize) -> Policy {
    let body = Body::Gru { width };
    policy(Architecture { inputs, outputs: 1, body, activation: Activation::Tanh, head: Head::Gaussian })
}

/// A module, whose archive is some bytes here.
pub(crate) fn module(archive: &[u8]) -> Policy {
    let mut made = mlp(2, &[], 3, Activation::Tanh);
    made.manifest.architecture.body = Body::Module;
    made.weights.clear();
    made.module = archive.to_vec();
    made
}

fn provenance() -> Provenance {
    Provenance {
        algorithm: "ppo".into(),
        dataset: "0123456789ab 2018-01-01..2022-01-01".into(),
        ranges: BTreeMap::from([("train".into(), "2018-01-01..2021-01-01".into())]),
        code: "onetape 0.1.0, rustc 1.95.0".into(),
        seed: u64::MAX,
        hyper_parameters: BTreeMap::from([("gamma".into(), "0.99".into()), ("clip".into(), "0.2".into())]),
        parent: String::new(),
    }
}
