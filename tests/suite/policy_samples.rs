//! A policy with drawn weights: it decides something, and nothing that is worth trading.
use engine::Rng;
use learning::features::feature_set;
use learning::policy::{
    ActionMap, Activation, Architecture, Body, Head, Manifest, Normaliser, Policy, Provenance, Tensor, VERSION,
};
use std::collections::BTreeMap;

/// A network of this body, with the weights of this seed; it sees eight returns and its position, and holds nothing, a half or all.
pub(crate) fn policy(body: Body, seed: u64) -> Policy {
    let features: Vec<String> = ["returns 8", "position"].map(String::from).to_vec();
    let head = Head::Categorical;
    let architecture = Architecture { inputs: 10, outputs: 3, body, activation: Activation::Tanh, head };
    let mut rng = Rng::stream(seed, "weights");
    let mut weights = BTreeMap::new();
    for weight in architecture.actor() {
        let count = weight.shape.iter().product();
        let values = (0..count).map(|_| (rng.below(2_001) as f32 - 1_000.0) / 700.0).collect();
        weights.insert(weight.name, Tensor { shape: weight.shape, values });
    }
    let mut scale = vec![0.01; 8];
    scale.extend([1.0, 1.0]);
    Policy {
        manifest: Manifest {
            version: VERSION,
            feature_set: feature_set(&features).expect("good features"),
            features,
            architecture,
            actions: ActionMap::Levels(vec![0, 500_000, 1_000_000]),
            decision_threshold_ppm: 0,
            provenance: Provenance::default(),
        },
        normaliser: Normaliser::new(vec![0.0; 10], scale, 10.0),
        weights,
        module: Vec::new(),
    }
}

/// One hidden layer.
pub(crate) fn plain(seed: u64) -> Policy {
    policy(Body::Mlp { hidden: vec![16] }, seed)
}

/// One recurrent layer.
pub(crate) fn recurrent(seed: u64) -> Policy {
    policy(Body::Gru { width: 8 }, seed)
}
