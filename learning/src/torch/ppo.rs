//! Proximal policy optimisation with a clipped ratio.
//!
//! Schulman, Wolski, Dhariwal, Radford and Klimov, "Proximal policy optimization algorithms", 2017. The matrices are libtorch's,
//! the loss is ours, and nothing in an update allocates a tensor of the network's size.
use super::acting::{Sampler, runtime};
use super::actor_critic;
use super::adam::{Adam, clip_gradients, falling};
use super::batch::{self, Horizon};
use super::checkpoint::{Checkpoint, CheckpointError};
use super::choosing::Distribution;
use super::learner::{Learner, Progress, Weights};
use super::minibatch::Minibatch;
use super::network::{Network, Rooms};
use super::parameters::WeightsError;
use super::rollout::{Collector, Trace};
use super::surrogate::{Row, Sums, Surrogate};
use crate::environment::{Environment, Fleet, Spaces};
use crate::policy::{Activation, Architecture};
use engine::Rng;
use serde::{Deserialize, Serialize};
use tch::{Kind, Tensor};

/// The parameters of proximal policy optimisation. Defaults are those of table 3 of the paper where nothing else is said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PpoParameters {
    /// Width of each hidden layer of the actor and of the critic. 64 and 64.
    pub hidden: Vec<usize>,
    /// What stands between layers. The hyperbolic tangent.
    pub activation: Activation,
    /// Steps of each member in an iteration. 256: the paper's 2,048 are shared by a fleet of 8.
    pub steps: usize,
    /// Rows of a minibatch. 64.
    pub minibatch: usize,
    /// How often the experience of an iteration is gone through. 10.
    pub epochs: usize,
    /// What a reward is worth one step earlier. 0.99.
    pub gamma: f64,
    /// The weight of what lies further ahead in an advantage. 0.95.
    pub lambda: f64,
    /// How far from 1 the ratio of likelihoods is pushed. 0.2.
    pub clip_range: f64,
    /// How far a value is pushed from what it was; off by default, as Andrychowicz and others found it to do harm ("What matters
    /// in on-policy reinforcement learning?", 2020, section 3.3).
    pub value_clip: Option<f64>,
    /// Advantages of each minibatch are brought to mean 0 and deviation 1. On.
    pub normalise_advantages: bool,
    /// The weight of the entropy. 0; section 6.1 has 0.01 for games.
    pub entropy_coefficient: f64,
    /// The weight of the squared error of values. 0.5.
    pub value_coefficient: f64,
    /// Longer gradients are shortened to this. 0.5.
    pub gradient_norm_max: f64,
    /// Adam's learning rate. 0.0003.
    pub learning_rate: f64,
    /// Steps in environments over which the learning rate falls to zero in a line; off by default.
    pub learning_rate_steps: Option<u64>,
    /// Adam's epsilon. 1e-5, as in the authors' program.
    pub adam_epsilon: f64,
    /// An iteration's learning ends where the actor has moved further than one and a half times this; off by default.
    pub kl_target: Option<f64>,
    /// Where the logarithm of the standard deviation of amounts begins. 0.
    pub log_std: f32,
}

impl Default for PpoParameters {
    fn default() -> Self {
        Self {
            hidden: vec![64, 64],
            activation: Activation::Tanh,
            steps: 256,
            minibatch: 64,
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

/// Proximal policy optimisation at work.
#[derive(Debug)]
pub struct Ppo {
    parameters: PpoParameters,
    spaces: Spaces,
    seed: u64,
    network: Network,
    adam: Adam,
    collector: Collector,
    iterations: u64,
    steps: u64,
    rooms: Rooms,
    minibatch: Minibatch,
}

const ALGORITHM: &str = "ppo";

impl Ppo {
    /// With first weights of this seed, for a fleet of so many members with these spaces.
    ///
    /// # Panics
    /// When the parameters are not right ([`PpoParameters::check`]).
    #[must_use]
    pub fn new(parameters: PpoParameters, spaces: Spaces, members: usize, seed: u64) -> Self {
        parameters.check().expect("parameters are checked before");
        // Sums depend on how many threads share them, so there is one.
        tch::set_num_threads(1);
        let shape = actor_critic::shape(spaces, &parameters.hidden, parameters.activation, parameters.log_std);
        let network = Network::new(&shape, seed, Kind::Float);
        let adam = Adam::new(&network.parameters, parameters.adam_epsilon);
        let collector = Collector::new(seed, members, 0);
        let minibatch = Minibatch::default();
        let rooms = Rooms::default();
        Self { parameters, spaces, seed, network, adam, collector, iterations: 0, steps: 0, rooms, minibatch }
    }

    fn distribution(&self) -> Distribution {
        self.network.log_std().map_or(Distribution::Categorical, Distribution::Gaussian)
    }

    fn shape_of_policy(&self) -> Architecture {
        actor_critic::architecture(self.spaces, &self.parameters.hidden, self.parameters.activation)
    }

    fn parameters_text(&self) -> String {
        serde_json::to_string(&self.parameters).expect("parameters are numbers and names")
    }

    fn learn(&mut self, traces: &[Trace]) -> Progress {
        let horizon = Horizon { gamma: self.parameters.gamma, lambda: self.parameters.lambda };
        let observations = batch::observations(traces);
        let seen = Tensor::from_slice(&observations).view([-1, self.spaces.observation as i64]);
        let values = actor_critic::values(&self.network, &mut self.rooms, &seen, self.parameters.minibatch);
        let rows = batch::rows(traces, &values, horizon);
        let learning_rate = falling(self.parameters.learning_rate, self.parameters.learning_rate_steps, self.steps);
        self.steps += rows.len() as u64;
        self.iterations += 1;
        let progress = self.learn_rows(&seen.narrow(0, 0, rows.len() as i64), &rows, learning_rate);
        Progress {
            iteration: self.iterations,
            steps: self.steps,
            explained_variance: batch::explained_variance(&rows),
            learning_rate,
            ..progress
        }
        .with_episodes(traces)
    }

    /// Epochs of minibatches.
    fn learn_rows(&mut self, observations: &Tensor, rows: &[Row], learning_rate: f64) -> Progress {
        let (mut all, mut last, mut norms, mut updates) = (Sums::default(), Sums::default(), 0.0, 0_u64);
        let shuffled = observations.zeros_like();
        'epochs: for epoch in 0..self.parameters.epochs {
            let purpose = format!("order of epoch {epoch} in iteration {}", self.iterations);
            let order = batch::shuffled(rows.len(), &mut Rng::stream(self.seed, &purpose));
            let _ = observations.index_select_out(&shuffled, 0, &Tensor::from_slice(&order));
            last = Sums::default();
            for (number, places) in order.chunks(self.parameters.minibatch).enumerate() {
                let from = (number * self.parameters.minibatch) as i64;
                let inputs = shuffled.narrow(0, from, places.len() as i64);
                self.minibatch.rows.clear();
                self.minibatch.rows.extend(places.iter().map(|&place| rows[place as usize]));
                let sums = self.differentiate(&inputs);
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

    /// The gradients of the loss over the rows of the minibatch, whose observations are given.
    fn differentiate(&mut self, inputs: &Tensor) -> Sums {
        let distribution = self.distribution();
        let (surrogate, minibatch) = (surrogate(&self.parameters), &mut self.minibatch);
        if self.parameters.normalise_advantages {
            minibatch.normalise_advantages();
        }
        let space = self.rooms.of(&self.network, minibatch.rows.len());
        self.network.forward(inputs, space);
        let loss =
            |row: &Row, answers: (&[f64], f64), scratch: &mut [f64]| surrogate.row(distribution, row, answers, scratch);
        let (sums, by_log_std) = minibatch.differentiate(&space.outputs, &mut space.output_gradients, loss);
        self.network.set_log_std_gradient(by_log_std);
        self.network.backward(inputs, space);
        sums
    }
}

impl<E: Environment> Learner<E> for Ppo {
    fn iterate(&mut self, fleet: &mut Fleet<E>) -> Progress {
        let (architecture, weights) = (self.shape_of_policy(), self.network.parameters.named());
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
        self.shape_of_policy()
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

fn surrogate(parameters: &PpoParameters) -> Surrogate {
    Surrogate {
        clip_range: parameters.clip_range,
        value_clip: parameters.value_clip,
        entropy_coefficient: parameters.entropy_coefficient,
        value_coefficient: parameters.value_coefficient,
    }
}

#[cfg(test)]
mod tests;
