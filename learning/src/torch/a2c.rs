//! Advantage actor-critic, the simple reference: one step along the gradient for each rollout.
//!
//! Mnih, Puigdomenech Badia, Mirza, Graves, Lillicrap, Harley, Silver and Kavukcuoglu, "Asynchronous methods for deep
//! reinforcement learning", 2016, all members in step; with advantages as elsewhere here, and with Adam.
use super::acting::{Sampler, runtime};
use super::actor_critic;
use super::adam::{Adam, clip_gradients, falling};
use super::batch::{self, Horizon};
use super::checkpoint::{Checkpoint, CheckpointError};
use super::choosing::{Distribution, Likelihood};
use super::learner::{Learner, Progress, Weights};
use super::minibatch::Minibatch;
use super::network::{Network, Rooms};
use super::parameters::WeightsError;
use super::rollout::{Collector, Trace};
use super::surrogate::{Row, RowGradient, Sums};
use crate::environment::{Environment, Fleet, Spaces};
use crate::policy::{Activation, Architecture};
use serde::{Deserialize, Serialize};
use tch::{Kind, Tensor};

/// The parameters of advantage actor-critic. The paper leaves them to a search; where nothing else is said, defaults are what
/// Stable-Baselines3 2.9 has.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct A2cParameters {
    /// Width of each hidden layer of the actor and of the critic. 64 and 64.
    pub hidden: Vec<usize>,
    /// What stands between layers. The hyperbolic tangent.
    pub activation: Activation,
    /// Steps of each member in an iteration. 5, as in the paper.
    pub steps: usize,
    /// What a reward is worth one step earlier. 0.99, as in the paper.
    pub gamma: f64,
    /// The weight of what lies further ahead in an advantage. 1: all of it, as in the paper.
    pub lambda: f64,
    /// Advantages of a rollout are brought to mean 0 and deviation 1. Off.
    pub normalise_advantages: bool,
    /// The weight of the entropy. 0; the paper has 0.01 for games.
    pub entropy_coefficient: f64,
    /// The weight of the squared error of values. 0.5.
    pub value_coefficient: f64,
    /// Longer gradients are shortened to this. 0.5.
    pub gradient_norm_max: f64,
    /// Adam's learning rate. 0.0007.
    pub learning_rate: f64,
    /// Steps in environments over which the learning rate falls to zero in a line, as in the paper; off by default.
    pub learning_rate_steps: Option<u64>,
    /// Adam's epsilon. 1e-5.
    pub adam_epsilon: f64,
    /// Where the logarithm of the standard deviation of amounts begins. 0.
    pub log_std: f32,
}

impl Default for A2cParameters {
    fn default() -> Self {
        Self {
            hidden: vec![64, 64],
            activation: Activation::Tanh,
            steps: 5,
            gamma: 0.99,
            lambda: 1.0,
            normalise_advantages: false,
            entropy_coefficient: 0.0,
            value_coefficient: 0.5,
            gradient_norm_max: 0.5,
            learning_rate: 7e-4,
            learning_rate_steps: None,
            adam_epsilon: 1e-5,
            log_std: 0.0,
        }
    }
}

/// Advantage actor-critic at work.
#[derive(Debug)]
pub struct A2c {
    parameters: A2cParameters,
    spaces: Spaces,
    network: Network,
    adam: Adam,
    collector: Collector,
    iterations: u64,
    steps: u64,
    rooms: Rooms,
    minibatch: Minibatch,
}

const ALGORITHM: &str = "a2c";

impl A2c {
    /// With first weights of this seed, for a fleet of so many members with these spaces.
    ///
    /// # Panics
    /// When the parameters are not right ([`A2cParameters::check`]).
    #[must_use]
    pub fn new(parameters: A2cParameters, spaces: Spaces, members: usize, seed: u64) -> Self {
        parameters.check().expect("parameters are checked before");
        // Sums depend on how many threads share them, so there is one.
        tch::set_num_threads(1);
        let shape = actor_critic::shape(spaces, &parameters.hidden, parameters.activation, parameters.log_std);
        let network = Network::new(&shape, seed, Kind::Float);
        let adam = Adam::new(&network.parameters, parameters.adam_epsilon);
        let collector = Collector::new(seed, members, 0);
        let (rooms, minibatch) = (Rooms::default(), Minibatch::default());
        Self { parameters, spaces, network, adam, collector, iterations: 0, steps: 0, rooms, minibatch }
    }

    fn distribution(&self) -> Distribution {
        self.network.log_std().map_or(Distribution::Categorical, Distribution::Gaussian)
    }

    fn policy(&self) -> Architecture {
        actor_critic::architecture(self.spaces, &self.parameters.hidden, self.parameters.activation)
    }

    fn parameters_text(&self) -> String {
        serde_json::to_string(&self.parameters).expect("parameters are numbers and names")
    }

    fn learn(&mut self, traces: &[Trace]) -> Progress {
        let horizon = Horizon { gamma: self.parameters.gamma, lambda: self.parameters.lambda };
        let observations = batch::observations(traces);
        let seen = Tensor::from_slice(&observations).view([-1, self.spaces.observation as i64]);
        let count = seen.size()[0] as usize;
        let values = actor_critic::values(&self.network, &mut self.rooms, &seen, count);
        self.minibatch.rows = batch::rows(traces, &values, horizon);
        let rows = self.minibatch.rows.len();
        let explained_variance = batch::explained_variance(&self.minibatch.rows);
        let learning_rate = falling(self.parameters.learning_rate, self.parameters.learning_rate_steps, self.steps);
        if self.parameters.normalise_advantages {
            self.minibatch.normalise_advantages();
        }
        let sums = self.differentiate(&seen.narrow(0, 0, rows as i64));
        let norm = clip_gradients(&mut self.network.parameters, self.parameters.gradient_norm_max);
        self.adam.step(&mut self.network.parameters, learning_rate);
        self.steps += rows as u64;
        self.iterations += 1;
        Progress {
            iteration: self.iterations,
            steps: self.steps,
            policy_loss: Some(sums.mean(sums.policy_loss)),
            value_loss: Some(sums.mean(sums.value_loss)),
            entropy: Some(sums.mean(sums.entropy)),
            explained_variance,
            gradient_norm: Some(norm),
            learning_rate,
            ..Progress::default()
        }
        .with_episodes(traces)
    }

    /// The gradients of the loss over all rows, whose observations are given.
    fn differentiate(&mut self, inputs: &Tensor) -> Sums {
        let (distribution, p) = (self.distribution(), &self.parameters);
        let loss = |row: &Row, (outputs, value): (&[f64], f64), scratch: &mut [f64]| {
            let of = distribution.likelihood(outputs, scratch, row.choice);
            let (advantage, error) = (f64::from(row.advantage), value - f64::from(row.target));
            let by = Likelihood { log_probability: -advantage, entropy: -p.entropy_coefficient };
            let log_std = distribution.gradient(scratch, row.choice, of, by);
            let sums = Sums {
                rows: 1.0,
                policy_loss: -advantage * of.log_probability,
                value_loss: error * error,
                entropy: of.entropy,
                ..Sums::default()
            };
            (sums, RowGradient { value: p.value_coefficient * 2.0 * error, log_std })
        };
        let space = self.rooms.of(&self.network, self.minibatch.rows.len());
        self.network.forward(inputs, space);
        let (sums, by_log_std) = self.minibatch.differentiate(&space.outputs, &mut space.output_gradients, loss);
        self.network.set_log_std_gradient(by_log_std);
        self.network.backward(inputs, space);
        sums
    }
}

impl<E: Environment> Learner<E> for A2c {
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
        kept
    }

    fn restore(&mut self, checkpoint: &Checkpoint, fleet: &mut Fleet<E>) -> Result<(), CheckpointError> {
        checkpoint.is_of(ALGORITHM, &self.parameters_text())?;
        let basics = checkpoint.basics(&self.network.parameters, &self.collector, fleet)?;
        let counters = checkpoint.integers("counters", 2)?;
        (self.iterations, self.steps) = (counters[0], counters[1]);
        basics.apply(&mut self.network.parameters, &mut self.adam, &mut self.collector, fleet);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
