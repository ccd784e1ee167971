//! Proximal policy optimisation with memories: actor and critic are gated recurrent units.
//!
//! The loss is that of plain proximal policy optimisation; units by Cho and others, "Learning phrase representations using RNN
//! encoder-decoder for statistical machine translation", 2014. A minibatch is of whole members, each with all of its steps from
//! the memory that it had when they began.
use super::acting::{Sampler, runtime};
use super::actor_critic;
use super::adam::{Adam, clip_gradients, falling};
use super::batch::{self, Horizon};
use super::checkpoint::{Checkpoint, CheckpointError};
use super::choosing::Distribution;
use super::learner::{Learner, Progress, Weights};
use super::minibatch::Minibatch;
use super::parameters::{WeightsError, numbers};
use super::recurrent::{Cut, Recurrent, Sequences};
use super::rollout::{Collector, Trace};
use super::surrogate::{Row, Sums, Surrogate};
use crate::environment::{Environment, Fleet, Spaces};
use crate::policy::{Activation, Architecture, Body};
use engine::Rng;
use serde::{Deserialize, Serialize};
use tch::{Kind, Tensor};

/// The parameters of recurrent proximal policy optimisation. Where nothing else is said, they are those of
/// [`PpoParameters`](super::PpoParameters).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GruPpoParameters {
    /// Width of the memory of the actor and of the critic. 64.
    pub width: usize,
    /// Steps of each member in an iteration, and so how far back in time gradients flow at most. 128.
    pub steps: usize,
    /// Members of a minibatch. 4.
    pub minibatch: usize,
    /// How often the experience of an iteration is gone through. 10.
    pub epochs: usize,
    /// What a reward is worth one step earlier. 0.99.
    pub gamma: f64,
    /// The weight of what lies further ahead in an advantage. 0.95.
    pub lambda: f64,
    /// How far from 1 the ratio of likelihoods is pushed. 0.2.
    pub clip_range: f64,
    /// How far a value is pushed from what it was; off by default.
    pub value_clip: Option<f64>,
    /// Advantages of each minibatch are brought to mean 0 and deviation 1. On.
    pub normalise_advantages: bool,
    /// The weight of the entropy. 0.
    pub entropy_coefficient: f64,
    /// The weight of the squared error of values. 0.5.
    pub value_coefficient: f64,
    /// Longer gradients are shortened to this. 0.5.
    pub gradient_norm_max: f64,
    /// Adam's learning rate. 0.0003.
    pub learning_rate: f64,
    /// Steps in environments over which the learning rate falls to zero in a line; off by default.
    pub learning_rate_steps: Option<u64>,
    /// Adam's epsilon. 1e-5.
    pub adam_epsilon: f64,
    /// An iteration's learning ends where the actor has moved further than one and a half times this; off by default.
    pub kl_target: Option<f64>,
    /// Where the logarithm of the standard deviation of amounts begins. 0.
    pub log_std: f32,
}

impl Default for GruPpoParameters {
    fn default() -> Self {
        Self {
            width: 64,
            steps: 128,
            minibatch: 4,
            epochs: 10,
            gamma: 0.99,
            lambda: 0.95,
            clip_range: 0.2,
            value_clip: None,
            normalise_advantages: true,
            entropy_coefficient: 0.0,
            value_coefficient: 0.5,
            gradient_norm_max: 0.5,
            learning_rate: 3e-4,
            learning_rate_steps: None,
            adam_epsilon: 1e-5,
            kl_target: None,
            log_std: 0.0,
        }
    }
}

/// Recurrent proximal policy optimisation at work.
#[derive(Debug)]
pub struct GruPpo {
    parameters: GruPpoParameters,
    spaces: Spaces,
    seed: u64,
    network: Recurrent,
    adam: Adam,
    collector: Collector,
    /// What the critic remembers of each member, `[members, width]`.
    critic_memory: Tensor,
    iterations: u64,
    steps: u64,
    minibatch: Minibatch,
}

const ALGORITHM: &str = "gru-ppo";

impl GruPpo {
    /// With first weights of this seed, for a fleet of so many members with these spaces.
    ///
    /// # Panics
    /// When the parameters are not right ([`GruPpoParameters::check`]).
    #[must_use]
    pub fn new(parameters: GruPpoParameters, spaces: Spaces, members: usize, seed: u64) -> Self {
        parameters.check().expect("parameters are checked before");
        // Sums depend on how many threads share them, so there is one.
        tch::set_num_threads(1);
        let network = Recurrent::new(spaces, parameters.width, parameters.log_std, seed);
        let adam = Adam::new(&network.parameters, parameters.adam_epsilon);
        let collector = Collector::new(seed, members, parameters.width);
        let critic_memory = Tensor::zeros([members as i64, parameters.width as i64], (Kind::Float, tch::Device::Cpu));
        let minibatch = Minibatch::default();
        Self { parameters, spaces, seed, network, adam, collector, critic_memory, iterations: 0, steps: 0, minibatch }
    }

    fn distribution(&self) -> Distribution {
        self.network.log_std().map_or(Distribution::Categorical, Distribution::Gaussian)
    }

    fn policy(&self) -> Architecture {
        Architecture {
            inputs: self.spaces.observation,
            outputs: self.spaces.actions.outputs(),
            body: Body::Gru { width: self.parameters.width },
            // There are no layers for it to stand between.
            activation: Activation::Tanh,
            head: actor_critic::head(self.spaces),
        }
    }

    fn parameters_text(&self) -> String {
        serde_json::to_string(&self.parameters).expect("parameters are numbers and names")
    }

    fn learn(&mut self, traces: &[Trace]) -> Progress {
        let horizon = Horizon { gamma: self.parameters.gamma, lambda: self.parameters.lambda };
        let sequences = self.sequences(traces);
        let rows = batch::rows(traces, &self.values(traces, &sequences), horizon);
        let learning_rate = falling(self.parameters.learning_rate, self.parameters.learning_rate_steps, self.steps);
        self.steps += rows.len() as u64;
        self.iterations += 1;
        Progress {
            iteration: self.iterations,
            steps: self.steps,
            explained_variance: batch::explained_variance(&rows),
            learning_rate,
            ..self.learn_rows(&sequences, &rows, learning_rate)
        }
        .with_episodes(traces)
    }

    fn sequences(&self, traces: &[Trace]) -> Sequences {
        let (members, steps) = (traces.len() as i64, self.parameters.steps as i64);
        let shaped = |numbers: Vec<f32>, width: i64| {
            Tensor::from_slice(&numbers).view([members, steps, width]).transpose(0, 1).contiguous()
        };
        let ends = |trace: &Trace| {
            let ends = trace.terminated.iter().zip(&trace.truncated).map(|(a, b)| f32::from(u8::from(!(a | b))));
            ends.collect::<Vec<_>>()
        };
        let memory: Vec<f32> = traces.iter().flat_map(|trace| trace.memory.iter().copied()).collect();
        Sequences {
            observations: shaped(
                traces.iter().flat_map(|trace| trace.observations.iter().copied()).collect(),
                self.spaces.observation as i64,
            ),
            goes_on: shaped(traces.iter().flat_map(ends).collect(), 1),
            memories: [Tensor::from_slice(&memory).view([members, -1]), self.critic_memory.copy()],
        }
    }

    /// The critic's values in the order of [`batch::rows`]; its memories move on.
    fn values(&mut self, traces: &[Trace], sequences: &Sequences) -> Vec<f32> {
        let members = traces.len();
        let mut cut = Cut::default();
        for (member, trace) in traces.iter().enumerate() {
            let was_cut = |step: &usize| trace.truncated[*step] && !trace.terminated[*step];
            let steps = (0..trace.choices.len()).filter(was_cut);
            cut.places.extend(steps.map(|step| (step * members + member) as i64));
            cut.observations.extend_from_slice(&trace.cut);
        }
        let last: Vec<f32> = traces.iter().flat_map(|trace| trace.last.iter().copied()).collect();
        let last = Tensor::from_slice(&last).view([members as i64, -1]);
        let (of_steps, of_cut, of_last, memory) = self.network.values(sequences, &cut, &last);
        self.critic_memory = memory;
        [numbers(&of_steps.tr().contiguous()), of_cut, of_last].concat()
    }

    /// Epochs of minibatches.
    fn learn_rows(&mut self, sequences: &Sequences, rows: &[Row], learning_rate: f64) -> Progress {
        let (members, steps) = (self.collector.tallies.len(), self.parameters.steps);
        let (mut all, mut last, mut norms, mut updates) = (Sums::default(), Sums::default(), 0.0, 0_u64);
        'epochs: for epoch in 0..self.parameters.epochs {
            let purpose = format!("order of epoch {epoch} in iteration {}", self.iterations);
            let order = batch::shuffled(members, &mut Rng::stream(self.seed, &purpose));
            last = Sums::default();
            for places in order.chunks(self.parameters.minibatch) {
                let at = |step: usize| places.iter().map(move |&member| rows[member as usize * steps + step]);
                self.minibatch.rows = (0..steps).flat_map(at).collect();
                let sums = self.differentiate(&sequences.of(places));
                last.add(sums);
                all.add(sums);
                if self.parameters.kl_target.is_some_and(|target| sums.mean(sums.kl) > 1.5 * target) {
                    break 'epochs;
                }
                norms += clip_gradients(&mut self.network.parameters, self.parameters.gradient_norm_max);
                updates += 1;
                self.adam.step(&mut self.network.parameters, learning_rate);
            }
        }
        Progress {
            policy_loss: Some(all.mean(all.policy_loss)),
            value_loss: Some(all.mean(all.value_loss)),
            entropy: Some(all.mean(all.entropy)),
            approximate_kl: Some(last.mean(last.kl)),
            clip_fraction: Some(all.mean(all.clipped)),
            gradient_norm: (updates > 0).then(|| norms / updates as f64),
            ..Progress::default()
        }
    }

    /// The gradients of the loss over the rows of the minibatch, step by step and member by member as in the sequences.
    fn differentiate(&mut self, sequences: &Sequences) -> Sums {
        let (distribution, p) = (self.distribution(), &self.parameters);
        let surrogate = Surrogate {
            clip_range: p.clip_range,
            value_clip: p.value_clip,
            entropy_coefficient: p.entropy_coefficient,
            value_coefficient: p.value_coefficient,
        };
        if p.normalise_advantages {
            self.minibatch.normalise_advantages();
        }
        let answers = self.network.answers(sequences);
        let mut gradients = answers.each_ref().map(Tensor::zeros_like);
        let loss =
            |row: &Row, answers: (&[f64], f64), scratch: &mut [f64]| surrogate.row(distribution, row, answers, scratch);
        let (sums, by_log_std) = self.minibatch.differentiate(&answers, &mut gradients, loss);
        self.network.backward(&answers, &gradients, by_log_std);
        sums
    }
}

impl<E: Environment> Learner<E> for GruPpo {
    fn iterate(&mut self, fleet: &mut Fleet<E>) -> Progress {
        let (architecture, weights) = (self.policy(), self.network.parameters.named());
        let (outputs, distribution) = (architecture.outputs, self.distribution());
        let network = runtime(&architecture, &weights);
        let actor = || Sampler::new(network.clone(), outputs, distribution);
        let traces = self.collector.collect(fleet, self.parameters.steps, actor);
        self.learn(&traces)
    }

    fn steps(&self) -> u64 {
        self.steps
    }

    fn architecture(&self) -> Architecture {
        self.policy()
    }

    fn policy_weights(&self) -> Weights {
        self.network.parameters.named()
    }

    fn begin_from(&mut self, weights: &Weights) -> Result<(), WeightsError> {
        self.network.parameters.set_named(weights)
    }

    fn checkpoint(&self, fleet: &Fleet<E>) -> Checkpoint {
        let of = (ALGORITHM, self.parameters_text());
        let mut kept = Checkpoint::of(of, &self.network.parameters, &self.adam, &self.collector, fleet);
        kept.put_integers("counters", vec![self.iterations, self.steps]);
        kept.put_floats("critic.memories", numbers(&self.critic_memory));
        kept
    }

    fn restore(&mut self, checkpoint: &Checkpoint, fleet: &mut Fleet<E>) -> Result<(), CheckpointError> {
        checkpoint.is_of(ALGORITHM, &self.parameters_text())?;
        let basics = checkpoint.basics(&self.network.parameters, &self.collector, fleet)?;
        let counters = checkpoint.integers("counters", 2)?;
        let memory = checkpoint.floats("critic.memories", self.critic_memory.numel())?;
        self.critic_memory = Tensor::from_slice(memory).view_as(&self.critic_memory);
        (self.iterations, self.steps) = (counters[0], counters[1]);
        basics.apply(&mut self.network.parameters, &mut self.adam, &mut self.collector, fleet);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
