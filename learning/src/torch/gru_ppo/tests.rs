//! Memories: what was seen once is acted on later, and learning sees the very memories that acting had.
use super::*;
use crate::environment::{ActionSpace, Choice, Moment};

/// Which of two doors is right is seen at the first step only, and asked at the last.
#[derive(Clone, Debug, Default)]
struct Doors {
    right: u32,
    step: usize,
    /// How the episode ends.
    cut: bool,
}

const LENGTH: usize = 5;

impl Doors {
    fn observe(&self, observation: &mut [f32]) {
        let sign = if self.right == 1 { 1.0 } else { -1.0 };
        observation[0] = if self.step == 0 { sign } else { 0.0 };
        observation[1] = f32::from(u8::from(self.step + 1 == LENGTH));
    }
}

impl Environment for Doors {
    fn spaces(&self) -> Spaces {
        Spaces { observation: 2, actions: ActionSpace::Discrete(2) }
    }

    fn reset(&mut self, seed: u64, observation: &mut [f32]) {
        (self.right, self.step) = (Rng::stream(seed, "door").below(2) as u32, 0);
        self.observe(observation);
    }

    fn step(&mut self, choice: Choice, observation: &mut [f32]) -> Moment {
        self.step += 1;
        let last = self.step == LENGTH;
        let worth = if choice == Choice::Index(self.right) { 1.0 } else { -1.0 };
        self.observe(observation);
        Moment { reward: if last { worth } else { 0.0 }, terminated: last && !self.cut, truncated: last && self.cut }
    }
}

fn start(cut: bool, seed: u64) -> (GruPpo, Fleet<Doors>) {
    let fleet = Fleet::new(vec![Doors { cut, ..Doors::default() }; 8], seed);
    let parameters = GruPpoParameters {
        width: 16,
        // Rollouts end within episodes, so that memories cross from one to the next.
        steps: 33,
        epochs: 6,
        learning_rate: 5e-3,
        ..GruPpoParameters::default()
    };
    (GruPpo::new(parameters, fleet.spaces(), fleet.count(), seed), fleet)
}

fn go(learner: &mut GruPpo, fleet: &mut Fleet<Doors>, iterations: usize) -> Vec<Progress> {
    (0..iterations).map(|_| learner.iterate(fleet)).collect()
}

#[test]
fn what_was_seen_at_the_beginning_is_acted_on_at_the_end() {
    let (mut learner, mut fleet) = start(false, 1);
    let progress = go(&mut learner, &mut fleet, 40);
    let last = progress.last().and_then(|p| p.episode_return).expect("episodes ended");
    assert!(last > 0.9, "a mean of {last}, where no memory has 0");
}

#[test]
fn learning_finds_every_choice_as_likely_as_acting_did() {
    for cut in [false, true] {
        let (mut learner, mut fleet) = start(cut, 2);
        go(&mut learner, &mut fleet, 3);
        let (architecture, weights) = (learner.policy(), learner.network.parameters.named());
        let network = runtime(&architecture, &weights);
        let kind = Distribution::Categorical;
        let traces = learner.collector.collect(&mut fleet, 33, || Sampler::new(network.clone(), 2, kind));
        assert!(traces.iter().any(|trace| trace.memory.iter().any(|x| x.abs() > 0.01)), "some memories are not zero");
        let sequences = learner.sequences(&traces);
        let outputs = numbers(&learner.network.answers(&sequences)[0]);
        for (place, outputs) in outputs.chunks_exact(2).enumerate() {
            let (step, trace) = (place / 8, &traces[place % 8]);
            let outputs: Vec<f64> = outputs.iter().map(|x| f64::from(*x)).collect();
            let found = kind.likelihood(&outputs, &mut [0.0; 2], trace.choices[step]).log_probability;
            let expected = f64::from(trace.log_probabilities[step]);
            assert!((found - expected).abs() < 1e-5, "step {step}: {found} is not {expected}");
        }
    }
}

#[test]
fn values_of_whole_sequences_are_those_of_one_step_after_the_other() {
    let (mut learner, mut fleet) = start(true, 3);
    go(&mut learner, &mut fleet, 2);
    let (architecture, weights) = (learner.policy(), learner.network.parameters.named());
    let network = runtime(&architecture, &weights);
    let traces =
        learner.collector.collect(&mut fleet, 33, || Sampler::new(network.clone(), 2, Distribution::Categorical));
    // The critic as if it were an actor of one output, on the portable runtime.
    let critic = weights
        .iter()
        .filter_map(|(name, part)| Some((format!("actor{}", name.strip_prefix("critic")?), part.clone())));
    let mut critic = runtime(&Architecture { outputs: 1, ..architecture }, &critic.collect());
    let before = numbers(&learner.critic_memory);
    let sequences = learner.sequences(&traces);
    let found = learner.values(&traces, &sequences);
    let (mut of_steps, mut of_cut, mut of_last) = (Vec::new(), Vec::new(), Vec::new());
    for (member, trace) in traces.iter().enumerate() {
        let (mut memory, mut cut) = (before[member * 16..][..16].to_vec(), trace.cut.chunks_exact(2));
        let mut worth = |seen: &[f32], memory: &mut [f32]| {
            let mut out = [0.0];
            crate::Runtime::answer(&mut critic, seen, memory, &mut out);
            out[0]
        };
        for (step, seen) in trace.observations.chunks_exact(2).enumerate() {
            of_steps.push(worth(seen, &mut memory));
            if trace.truncated[step] {
                of_cut.push(worth(cut.next().expect("it was cut"), &mut memory));
                memory.fill(0.0);
            }
        }
        of_last.push(worth(&trace.last, &mut memory));
    }
    let expected = [of_steps, of_cut, of_last].concat();
    assert_eq!(found.len(), expected.len());
    for (place, (found, expected)) in found.iter().zip(&expected).enumerate() {
        assert!((found - expected).abs() < 1e-5, "{place}: {found} is not {expected}");
    }
}

#[test]
fn going_on_from_a_checkpoint_equals_never_having_stopped() {
    let (mut whole, mut fleet) = start(true, 4);
    let expected = go(&mut whole, &mut fleet, 4);
    let (mut first, mut fleet) = start(true, 4);
    go(&mut first, &mut fleet, 2);
    let kept = Learner::checkpoint(&first, &fleet);
    drop((first, fleet));
    let (mut again, mut fleet) = start(true, 4);
    again.restore(&kept, &mut fleet).expect("it is of this training");
    assert_eq!(go(&mut again, &mut fleet, 2), expected[2..]);
    assert_eq!(again.network.parameters.flat(), whole.network.parameters.flat());
}
