//! The update against libtorch's own differentiation, and the whole algorithm on a pole.
use super::super::network::tests::{in_libtorch, normals};
use super::*;
use crate::cartpole::CartPole;
use crate::environment::{ActionSpace, Choice};
use crate::torch::evaluate;

fn small(actions: ActionSpace, change: fn(&mut PpoParameters)) -> Ppo {
    let mut parameters = PpoParameters {
        hidden: vec![7, 6],
        entropy_coefficient: 0.03,
        value_clip: Some(0.3),
        normalise_advantages: false,
        log_std: -0.3,
        ..PpoParameters::default()
    };
    change(&mut parameters);
    let mut ppo = Ppo::new(parameters, Spaces { observation: 5, actions }, 1, 4);
    // Away from the beginning, where the actor's head is next to nothing.
    let length = ppo.network.parameters.length() as i64;
    let _ = ppo.network.parameters.weights.g_add_(&(normals(&[length], "moved", Kind::Float) * 0.3));
    ppo
}

/// Rows whose ratios, advantages and values lie on every side of the clips.
fn rows(ppo: &Ppo, count: usize) -> Vec<Row> {
    let mut rng = Rng::stream(2, "rows");
    let mut row = |_| {
        let choice = match ppo.spaces.actions {
            ActionSpace::Discrete(actions) => Choice::Index(rng.below(actions as u64) as u32),
            ActionSpace::Continuous { .. } => Choice::Amount(rng.normal() as f32),
        };
        let mut number = |scale: f64| (scale * rng.normal()) as f32;
        Row {
            choice,
            log_probability: number(0.5) - 1.1,
            advantage: number(1.0),
            target: number(1.0),
            value: number(1.0),
        }
    };
    (0..count).map(&mut row).collect()
}

/// The loss of the paper in libtorch's words.
fn loss(ppo: &Ppo, leaf: &Tensor, inputs: &Tensor, rows: &[Row]) -> Tensor {
    let p = &ppo.parameters;
    let outputs = ppo.spaces.actions.outputs() as i64;
    let [out, value] = in_libtorch(leaf, (inputs, &p.hidden), p.activation == Activation::Tanh, outputs);
    let column = |of: fn(&Row) -> f32| Tensor::from_slice(&rows.iter().map(of).collect::<Vec<_>>());
    let (log, entropy) = match ppo.spaces.actions {
        ActionSpace::Discrete(_) => {
            let places: Vec<i64> = rows.iter().map(|row| super::super::choosing::index(row.choice) as i64).collect();
            let logs = out.log_softmax(-1, Kind::Float);
            let entropy = -(logs.exp() * &logs).sum_dim_intlist(-1_i64, false, Kind::Float);
            (logs.gather(1, &Tensor::from_slice(&places).unsqueeze(1), false).squeeze_dim(1), entropy)
        }
        ActionSpace::Continuous { .. } => {
            let amounts = column(|row| if let Choice::Amount(amount) = row.choice { amount } else { 0.0 });
            let log_std = leaf.narrow(0, leaf.size()[0] - 1, 1);
            let z = (amounts - out.squeeze_dim(1)) / log_std.exp();
            let half_log = 0.5 * engine::math::ln(2.0 * std::f64::consts::PI);
            (z.square() * -0.5 - &log_std - half_log, log_std + (0.5 + half_log))
        }
    };
    let ratio = (log - column(|row| row.log_probability)).exp();
    let advantages = column(|row| row.advantage);
    let bound = ratio.clamp(1.0 - p.clip_range, 1.0 + p.clip_range) * &advantages;
    let policy = -(ratio * advantages).minimum(&bound).mean(Kind::Float);
    let (value, before, target) = (value.squeeze_dim(1), column(|row| row.value), column(|row| row.target));
    let mut errors = (&value - &target).square();
    if let Some(clip) = p.value_clip {
        errors = errors.maximum(&(&before + (value - &before).clamp(-clip, clip) - target).square());
    }
    policy + errors.mean(Kind::Float) * p.value_coefficient - entropy.mean(Kind::Float) * p.entropy_coefficient
}

#[test]
fn gradients_of_the_whole_loss_are_those_of_libtorch() {
    let kinds = [ActionSpace::Discrete(3), ActionSpace::Continuous { low: -1.0, high: 1.0 }];
    let changes: [fn(&mut PpoParameters); 3] = [
        |_| {},
        |p| (p.value_clip, p.entropy_coefficient) = (None, 0.0),
        |p| (p.clip_range, p.activation, p.value_coefficient) = (0.05, Activation::Relu, 1.7),
    ];
    for (kind, change) in kinds.into_iter().flat_map(|kind| changes.map(|change| (kind, change))) {
        let mut ppo = small(kind, change);
        let inputs = normals(&[200, 5], "inputs", Kind::Float);
        let rows = rows(&ppo, 200);
        ppo.minibatch.rows.clone_from(&rows);
        let sums = ppo.differentiate(&inputs);
        let leaf = ppo.network.parameters.weights.copy().set_requires_grad(true);
        let expected = loss(&ppo, &leaf, &inputs, &rows);
        expected.backward();
        let loss = surrogate(&ppo.parameters).loss(&sums);
        assert!((loss - expected.double_value(&[])).abs() < 1e-5, "{kind:?}: {loss} is not {expected:?}");
        let (found, expected) = (&ppo.network.parameters.gradients, leaf.grad());
        let error = ((found - &expected).abs().max() / expected.abs().max()).double_value(&[]);
        assert!(error < 1e-4, "{kind:?}: {error}");
        assert!(sums.clipped > 10.0 && sums.clipped < 199.0, "both sides of the clip are met: {}", sums.clipped);
    }
}

fn for_the_pole() -> PpoParameters {
    PpoParameters {
        steps: 128,
        minibatch: 256,
        learning_rate: 1e-3,
        learning_rate_steps: Some(61_440),
        ..PpoParameters::default()
    }
}

fn poles(count: usize) -> Vec<CartPole> {
    vec![CartPole::default(); count]
}

fn train(iterations: u64, seed: u64) -> (Ppo, Fleet<CartPole>, Vec<Progress>) {
    let mut fleet = Fleet::new(poles(8), seed);
    let mut ppo = Ppo::new(for_the_pole(), fleet.spaces(), fleet.count(), seed);
    let progress = (0..iterations).map(|_| ppo.iterate(&mut fleet)).collect();
    (ppo, fleet, progress)
}

#[test]
fn the_pole_is_balanced_for_475_of_500_steps() {
    let (ppo, _, progress) = train(60, 1);
    let weights = Learner::<CartPole>::policy_weights(&ppo);
    let outcomes = evaluate(&mut poles(20), 99, &ppo.shape_of_policy(), &weights);
    let mean = outcomes.iter().map(|outcome| outcome.reward).sum::<f64>() / outcomes.len() as f64;
    assert!(mean >= 475.0, "a mean of {mean}; last: {:?}", progress.last());
}

#[test]
fn one_seed_trains_one_policy_and_another_seed_another() {
    let weights = |seed| train(3, seed).0.network.parameters.flat();
    assert_eq!(weights(5), weights(5));
    assert_ne!(weights(5), weights(6));
}

#[test]
fn going_on_from_a_checkpoint_equals_never_having_stopped() {
    let (whole, _, expected) = train(6, 3);
    let (first, fleet, _) = train(3, 3);
    let kept = first.checkpoint(&fleet);
    drop((first, fleet));
    let mut fleet = Fleet::new(poles(8), 3);
    let mut again = Ppo::new(for_the_pole(), fleet.spaces(), fleet.count(), 3);
    again.restore(&kept, &mut fleet).expect("it is of this training");
    let progress: Vec<Progress> = (0..3).map(|_| again.iterate(&mut fleet)).collect();
    assert_eq!(progress, expected[3..]);
    assert_eq!(again.network.parameters.flat(), whole.network.parameters.flat());
}

#[test]
fn one_thread_and_two_gather_the_same_experience() {
    let traces = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads can be had");
        pool.install(|| {
            let (mut ppo, mut fleet, _) = train(1, 2);
            let (architecture, weights) = (ppo.shape_of_policy(), ppo.network.parameters.named());
            let distribution = ppo.distribution();
            let actor = || Sampler::new(runtime(&architecture, &weights), 2, distribution);
            ppo.collector.collect(&mut fleet, 200, actor)
        })
    };
    assert_eq!(traces(1), traces(2));
}
