//! How an agent acts while it gathers experience: one observation at a time, without libtorch, each member by itself.
use super::choosing::Distribution;
use super::learner::Weights;
use crate::environment::Choice;
use crate::policy::Architecture;
use crate::portable::Portable;
use crate::runtime::Runtime;
use engine::Rng;

/// The network of a policy; each member has its own.
pub(super) fn runtime(architecture: &Architecture, weights: &Weights) -> Portable {
    Portable::of(architecture, weights).expect("a learner's weights are those of its architecture")
}

/// Chooses at each step of one member.
pub(super) trait Act: Send {
    /// The choice for an observation, and the logarithm of how likely it was. The memory is zero when an episode begins.
    fn act(&mut self, observation: &[f32], memory: &mut [f32], rng: &mut Rng) -> (Choice, f32);
}

/// The outputs of a runtime, in 64 bits.
struct Answers<R> {
    runtime: R,
    outputs: Vec<f32>,
    wide: Vec<f64>,
}

impl<R: Runtime> Answers<R> {
    fn new(runtime: R, outputs: usize) -> Self {
        Self { runtime, outputs: vec![0.0; outputs], wide: vec![0.0; outputs] }
    }

    fn answer(&mut self, observation: &[f32], memory: &mut [f32]) -> &[f64] {
        self.runtime.answer(observation, memory, &mut self.outputs);
        self.wide.iter_mut().zip(&self.outputs).for_each(|(wide, x)| *wide = f64::from(*x));
        &self.wide
    }
}

/// Samples from what the actor says.
pub(super) struct Sampler<R> {
    answers: Answers<R>,
    distribution: Distribution,
    scratch: Vec<f64>,
}

impl<R: Runtime> Sampler<R> {
    pub(super) fn new(runtime: R, outputs: usize, distribution: Distribution) -> Self {
        Self { answers: Answers::new(runtime, outputs), distribution, scratch: vec![0.0; outputs] }
    }
}

impl<R: Runtime> Act for Sampler<R> {
    fn act(&mut self, observation: &[f32], memory: &mut [f32], rng: &mut Rng) -> (Choice, f32) {
        let outputs = self.answers.answer(observation, memory);
        let (choice, log_probability) = self.distribution.sample(outputs, &mut self.scratch, rng);
        (choice, log_probability as f32)
    }
}

/// Takes the most likely choice, or with a chance of `epsilon` any.
pub(super) struct Greedy<R> {
    answers: Answers<R>,
    distribution: Distribution,
    epsilon: f64,
}

impl<R: Runtime> Greedy<R> {
    pub(super) fn new(runtime: R, outputs: usize, distribution: Distribution, epsilon: f64) -> Self {
        Self { answers: Answers::new(runtime, outputs), distribution, epsilon }
    }
}

impl<R: Runtime> Act for Greedy<R> {
    fn act(&mut self, observation: &[f32], memory: &mut [f32], rng: &mut Rng) -> (Choice, f32) {
        let outputs = self.answers.answer(observation, memory);
        if self.epsilon > 0.0 && rng.unit() < self.epsilon {
            return (Choice::Index(rng.below(outputs.len() as u64) as u32), 0.0);
        }
        (self.distribution.mode(outputs), 0.0)
    }
}
