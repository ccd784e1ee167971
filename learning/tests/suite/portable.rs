//! The portable runtime: what it answers, against the formulas in 64 bits, and to the last bit against what it once answered.
use super::samples;
use engine::Rng;
use expect_test::{Expect, expect};
use learning::policy::{Activation, Body, Policy, Tensor};
use learning::{Portable, Runtime};

/// The same network in 64 bits, as the formulas read.
struct Naive<'a> {
    policy: &'a Policy,
    network: &'static str,
}

impl Naive<'_> {
    fn tensor(&self, part: &str) -> &Tensor {
        &self.policy.weights[&format!("{}.{part}", self.network)]
    }

    /// `W x + b`.
    fn dense(&self, weight: &str, bias: &str, x: &[f64]) -> Vec<f64> {
        let (weight, bias) = (self.tensor(weight), self.tensor(bias));
        assert_eq!(weight.shape, [bias.values.len(), x.len()]);
        let row = |row: &[f32]| row.iter().zip(x).map(|(w, x)| f64::from(*w) * x).sum::<f64>();
        weight.values.chunks(x.len()).zip(&bias.values).map(|(w, b)| row(w) + f64::from(*b)).collect()
    }

    fn answer(&self, observation: &[f32], memory: &mut [f64]) -> Vec<f64> {
        let mut x: Vec<f64> = observation.iter().copied().map(f64::from).collect();
        match &self.policy.manifest.architecture.body {
            Body::Mlp { hidden } => {
                for layer in 0..hidden.len() {
                    x = self.dense(&format!("hidden.{layer}.weight"), &format!("hidden.{layer}.bias"), &x);
                    x.iter_mut().for_each(|x| {
                        *x = match self.policy.manifest.architecture.activation {
                            Activation::Tanh => x.tanh(),
                            Activation::Relu => x.max(0.0),
                        }
                    });
                }
            }
            Body::Gru { width } => {
                let seen = self.dense("gru.weight_ih", "gru.bias_ih", &x);
                let kept = self.dense("gru.weight_hh", "gru.bias_hh", memory);
                let sigmoid = |x: f64| 1.0 / (1.0 + engine::math::exp(-x));
                for (unit, memory) in memory.iter_mut().enumerate() {
                    let (r, z, n) = (unit, width + unit, 2 * width + unit);
                    let reset = sigmoid(seen[r] + kept[r]);
                    let update = sigmoid(seen[z] + kept[z]);
                    let new = (seen[n] + reset * kept[n]).tanh();
                    *memory = (1.0 - update) * new + update * *memory;
                }
                x = memory.to_vec();
            }
            Body::Module => unreachable!("a module has no formula"),
        }
        self.dense("head.weight", "head.bias", &x)
    }
}

fn observations(count: usize, width: usize) -> Vec<Vec<f32>> {
    let mut rng = Rng::stream(11, "observations");
    (0..count).map(|_| (0..width).map(|_| (1.5 * rng.normal()).clamp(-10.0, 10.0) as f32).collect()).collect()
}

/// One after the other, the memory handed on: each answer and each memory within 1e-5 of the formulas.
fn check_network(policy: &Policy, network: &'static str, mut portable: Portable, outputs: usize) {
    let architecture = &policy.manifest.architecture;
    let naive = Naive { policy, network };
    let mut exact_memory = vec![0.0; architecture.memory()];
    let mut memory = vec![0.0; architecture.memory()];
    let mut answer = vec![0.0; outputs];
    for observation in observations(200, architecture.inputs) {
        portable.answer(&observation, &mut memory, &mut answer);
        let exact = naive.answer(&observation, &mut exact_memory);
        let pairs = answer.iter().zip(&exact).chain(memory.iter().zip(&exact_memory));
        for (got, exact) in pairs {
            assert!((f64::from(*got) - exact).abs() <= 1e-5, "{network} of {architecture:?}: {got} for {exact}");
        }
    }
}

fn check(policy: &Policy) {
    check_network(policy, "actor", Portable::new(policy).unwrap(), policy.manifest.architecture.outputs);
    check_network(policy, "critic", Portable::critic(policy).unwrap(), 1);
}

#[test]
fn layers_answer_as_the_formulas_in_64_bits_whatever_their_widths() {
    for activation in [Activation::Tanh, Activation::Relu] {
        check(&samples::mlp(33, &[64, 64], 3, activation));
        check(&samples::mlp(1, &[1], 1, activation));
        check(&samples::mlp(7, &[8, 9, 15, 16, 17], 5, activation));
        check(&samples::mlp(5, &[31, 32, 33, 57], 40, activation));
        check(&samples::mlp(4, &[], 2, activation));
    }
}

#[test]
fn recurrent_units_answer_as_the_published_equations_in_64_bits() {
    for (inputs, width) in [(33, 64), (1, 1), (7, 5), (3, 11), (20, 16)] {
        check(&samples::gru(inputs, width));
    }
}

#[test]
fn answers_are_the_same_bits_on_every_machine() {
    let check = |policy: &Policy, steps: usize, expected: Expect| {
        let architecture = &policy.manifest.architecture;
        let mut portable = Portable::new(policy).unwrap();
        let mut memory = vec![0.0; architecture.memory()];
        let mut answer = vec![0.0; architecture.outputs];
        let mut hash = blake3::Hasher::new();
        let mut lines = String::new();
        for (step, observation) in observations(steps, architecture.inputs).iter().enumerate() {
            portable.answer(observation, &mut memory, &mut answer);
            for number in answer.iter().chain(&memory) {
                hash.update(&number.to_bits().to_le_bytes());
            }
            if step < 2 || step + 1 == steps {
                let bits: Vec<String> = answer.iter().map(|x| format!("{:08x}", x.to_bits())).collect();
                lines += &format!("{step}: {}\n", bits.join(" "));
            }
        }
        lines += &format!("all: {}\n", &hash.finalize().to_hex()[..16]);
        expected.assert_eq(&lines);
    };
    check(
        &samples::mlp(33, &[64, 64], 3, Activation::Tanh),
        1_000,
        expect![[r#"
        0: 3e9881ab 3e2171da bf3268e9
        1: 3e96df23 3f2c1f22 bf8a20a4
        999: bf9f69b7 3e7be181 bf40c491
        all: 3251d1517e5b9f8a
    "#]],
    );
    check(
        &samples::mlp(33, &[64, 64], 3, Activation::Relu),
        1_000,
        expect![[r#"
        0: 3dcad558 3fd83f70 bf2cb31f
        1: bf25c217 3fa46175 bf2d49fc
        999: bf971f90 3f064e37 bf9746f8
        all: 1fe7cabdbb889c23
    "#]],
    );
    check(
        &samples::gru(33, 64),
        1_000,
        expect![[r#"
        0: bef7149e
        1: 3d256791
        999: bf716368
        all: 5bf199066fdb5594
    "#]],
    );
}

#[test]
fn nothing_is_kept_between_answers_but_the_memory_that_is_handed_in() {
    for policy in [samples::mlp(6, &[12], 3, Activation::Tanh), samples::gru(6, 12)] {
        let architecture = &policy.manifest.architecture;
        let (one, other) = (&observations(2, 6)[0], &observations(2, 6)[1]);
        let mut portable = Portable::new(&policy).unwrap();
        let mut answer_to = |observation: &[f32]| {
            let (mut memory, mut answer) = (vec![0.25; architecture.memory()], vec![0.0; architecture.outputs]);
            portable.answer(observation, &mut memory, &mut answer);
            (memory, answer)
        };
        let first = answer_to(one);
        assert_ne!(answer_to(other), first);
        assert_eq!(answer_to(one), first);
    }
}

#[test]
fn a_network_that_is_not_there_or_not_for_here_is_told() {
    let mut trained = samples::mlp(3, &[4], 2, Activation::Tanh);
    trained.weights.retain(|name, _| !name.starts_with("critic."));
    let error = Portable::critic(&trained).unwrap_err().to_string();
    assert_eq!(error, "`critic.hidden.0.weight` is missing; expected the weights of this network");
    let error = Portable::new(&samples::module(b"archive")).unwrap_err().to_string();
    assert!(error.starts_with("this policy is a TorchScript module, which only libtorch runs"), "{error}");
    let mut wrong = samples::mlp(3, &[4], 2, Activation::Tanh);
    wrong.weights.get_mut("actor.hidden.0.bias").unwrap().values.pop();
    assert!(Portable::new(&wrong).unwrap_err().to_string().starts_with("`actor.hidden.0.bias` is 3 numbers"));
}

#[test]
#[should_panic(expected = "an observation has as many numbers as the architecture says")]
fn an_observation_of_another_length_is_a_mistake_of_the_caller() {
    Portable::new(&samples::mlp(3, &[], 2, Activation::Tanh)).unwrap().answer(&[0.0; 2], &mut [], &mut [0.0; 2]);
}

#[test]
#[should_panic(expected = "the memory is as long as the architecture says")]
fn a_memory_of_another_length_is_a_mistake_of_the_caller() {
    Portable::new(&samples::gru(3, 4)).unwrap().answer(&[0.0; 3], &mut [0.0; 5], &mut [0.0]);
}
