//! The portable runtime beside libtorch: the same weights, the same answers within 1e-5.
use super::samples;
use engine::Rng;
use learning::policy::{Activation, Body, Policy};
use learning::{Portable, Runtime};
use tch::Tensor;

/// What libtorch answers to one row, and the memory after it.
fn torch(policy: &Policy, observation: &[f32], memory: &Tensor) -> (Vec<f32>, Tensor) {
    let tensor = |name: &str| {
        let tensor = &policy.weights[&format!("actor.{name}")];
        let shape: Vec<i64> = tensor.shape.iter().map(|&length| length as i64).collect();
        Tensor::from_slice(&tensor.values).reshape(shape)
    };
    let mut x = Tensor::from_slice(observation).reshape([1, -1]);
    match &policy.manifest.architecture.body {
        Body::Mlp { hidden } => {
            for layer in 0..hidden.len() {
                let (weight, bias) = (format!("hidden.{layer}.weight"), format!("hidden.{layer}.bias"));
                x = x.linear(&tensor(&weight), Some(&tensor(&bias)));
                x = match policy.manifest.architecture.activation {
                    Activation::Tanh => x.tanh(),
                    Activation::Relu => x.relu(),
                };
            }
        }
        Body::Gru { .. } => {
            let (seen, kept) = (tensor("gru.weight_ih"), tensor("gru.weight_hh"));
            let (seen_bias, kept_bias) = (tensor("gru.bias_ih"), tensor("gru.bias_hh"));
            x = x.gru_cell(memory, &seen, &kept, Some(&seen_bias), Some(&kept_bias));
        }
        Body::Module => unreachable!("the samples here are no modules"),
    }
    let answer = x.linear(&tensor("head.weight"), Some(&tensor("head.bias")));
    (Vec::try_from(answer.reshape([-1])).unwrap(), x)
}

#[test]
fn libtorch_and_the_portable_runtime_answer_alike() {
    tch::set_num_threads(1);
    let check = |policy: &Policy| {
        let architecture = &policy.manifest.architecture;
        let mut portable = Portable::new(policy).unwrap();
        let mut memory = vec![0.0; architecture.memory()];
        let mut answer = vec![0.0; architecture.outputs];
        let mut torch_memory = Tensor::from_slice(&memory).reshape([1, -1]);
        let mut rng = Rng::stream(12, "observations");
        for row in 0..1_000 {
            let observation: Vec<f32> = (0..architecture.inputs).map(|_| (1.5 * rng.normal()) as f32).collect();
            portable.answer(&observation, &mut memory, &mut answer);
            let (expected, kept) = torch(policy, &observation, &torch_memory);
            torch_memory = kept;
            let near = answer.iter().zip(&expected).all(|(got, expected)| (got - expected).abs() <= 1e-5);
            assert!(near, "row {row}: {answer:?} for {expected:?}");
        }
    };
    check(&samples::mlp(33, &[64, 64], 3, Activation::Tanh));
    check(&samples::mlp(33, &[64, 64], 3, Activation::Relu));
    check(&samples::gru(33, 64));
}
