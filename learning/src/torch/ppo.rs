//! Proximal policy optimisation with a clipped ratio.
//!
//! Schulman, Wolski, Dhariwal, Radford and Klimov, "Proximal policy optimization algorithms", 2017. The matrices are libtorch's,
//! the loss is ours, and nothing in an update allocates a tensor of the network's size.
use super::acting::{Sampler, runtime};
use super::adam::{Adam, clip_gradients};
use super::batch::{self, Horizon};
use super::checkpoint::{Checkpoint, CheckpointError};
use super::choosing::Distribution;
use super::learner::{Learner, Progress, Weights};
use super::network::{HeadShape, Network, NetworkShape, Workspace};
use super::parameters::WeightsError;
use super::rollout::{Collector, Trace};
use super::surrogate::{Row, Sums, Surrogate, normalise};
use crate::environment::{ActionSpace, Environment, Fleet, Spaces};
use crate::policy::{Activation, Architecture, Body, Head};
use engine::Rng;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
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
    /// Room for passes, by number of rows: whole minibatches, and what is left over.
    spaces_of: BTreeMap<usize, Workspace>,
    scratch: Scratch,
}

/// What an update's rows are worked out in.
#[derive(Debug, Default)]
struct Scratch {
    rows: Vec<Row>,
    advantages: Vec<f32>,
    outputs: Vec<f32>,
    values: Vec<f32>,
    wide: Vec<f64>,
    row: Vec<f64>,
    by_outputs: Vec<f32>,
    by_values: Vec<f32>,
}

const ALGORITHM: &str = "ppo";
const ACTOR: usize = 0;
const CRITIC: usize = 1;

impl Ppo {
    /// With first weights of this seed, for a fleet of so many members with these spaces.
    #[must_use]
    pub fn new(parameters: PpoParameters, spaces: Spaces, members: usize, seed: u64) -> Self {
        // Sums depend on how many threads share them, so there is one.
        tch::set_num_threads(1);
        let network = Network::new(&shape(&parameters, spaces), seed, Kind::Float);
        let adam = Adam::new(&network.parameters, parameters.adam_epsilon);
        let collector = Collector::new(seed, members, 0);
        let scratch = Scratch::default();
        let spaces_of = BTreeMap::new();
        Self { parameters, spaces, seed, network, adam, collector, iterations: 0, steps: 0, spaces_of, scratch }
    }

    fn distribution(&self) -> Distribution {
        self.network.log_std().map_or(Distribution::Categorical, Distribution::Gaussian)
    }

    fn shape_of_policy(&self) -> Architecture {
        let head = match self.spaces.actions {
            ActionSpace::Discrete(_) => Head::Categorical,
            ActionSpace::Continuous { .. } => Head::Gaussian,
        };
        Architecture {
            inputs: self.spaces.observation,
            outputs: self.spaces.actions.outputs(),
            body: Body::Mlp { hidden: self.parameters.hidden.clone() },
            activation: self.parameters.activation,
            head,
        }
    }

    fn parameters_text(&self) -> String {
        serde_json::to_string(&self.parameters).expect("parameters are numbers and names")
    }

    fn learn(&mut self, traces: &[Trace]) -> Progress {
        let horizon = Horizon { gamma: self.parameters.gamma, lambda: self.parameters.lambda };
        let observations = batch::observations(traces);
        let seen = Tensor::from_slice(&observations).view([-1, self.spaces.observation as i64]);
        let values = self.values(&seen);
        let rows = batch::rows(traces, &values, horizon);
        let learning_rate = self.learning_rate();
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

    fn learning_rate(&self) -> f64 {
        let left = |steps: u64| 1.0 - (self.steps.min(steps)) as f64 / steps.max(1) as f64;
        self.parameters.learning_rate * self.parameters.learning_rate_steps.map_or(1.0, left)
    }

    /// The critic's values of rows of observations.
    fn values(&mut self, observations: &Tensor) -> Vec<f32> {
        let count = observations.size()[0] as usize;
        let mut values = vec![0.0; count];
        for (number, values) in values.chunks_mut(self.parameters.minibatch).enumerate() {
            let from = number * self.parameters.minibatch;
            let rows = observations.narrow(0, from as i64, values.len() as i64);
            let space = room(&self.network, &mut self.spaces_of, values.len());
            self.network.forward(&rows, space);
            space.outputs[CRITIC].copy_data(values, values.len());
        }
        values
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
                self.scratch.rows.clear();
                self.scratch.rows.extend(places.iter().map(|&place| rows[place as usize]));
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

    /// The gradients of the loss over the rows in the scratch, whose observations are given.
    fn differentiate(&mut self, inputs: &Tensor) -> Sums {
        let distribution = self.distribution();
        let (surrogate, scratch) = (surrogate(&self.parameters), &mut self.scratch);
        if self.parameters.normalise_advantages {
            scratch.advantages.clear();
            scratch.advantages.extend(scratch.rows.iter().map(|row| row.advantage));
            normalise(&mut scratch.advantages);
            scratch.rows.iter_mut().zip(&scratch.advantages).for_each(|(row, &a)| row.advantage = a);
        }
        let space = room(&self.network, &mut self.spaces_of, scratch.rows.len());
        self.network.forward(inputs, space);
        let (sums, by_log_std) = scratch.differentiate(&surrogate, distribution, space);
        self.network.set_log_std_gradient(by_log_std);
        self.network.backward(inputs, space);
        sums
    }
}

impl<E: Environment> Learner<E> for Ppo {
    fn iterate(&mut self, fleet: &mut Fleet<E>) -> Progress {
        let (architecture, weights) = (self.shape_of_policy(), self.network.parameters.named());
        let (outputs, distribution) = (architecture.outputs, self.distribution());
        let actor = || Sampler::new(runtime(&architecture, &weights), outputs, distribution);
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

impl Scratch {
    /// The gradients of the loss by what the networks answered, left in the workspace; and by the logarithm of the standard deviation.
    fn differentiate(&mut self, loss: &Surrogate, distribution: Distribution, space: &mut Workspace) -> (Sums, f64) {
        let (count, width) = (self.rows.len(), space.outputs[ACTOR].size()[1] as usize);
        self.outputs.resize(count * width, 0.0);
        self.by_outputs.resize(count * width, 0.0);
        self.values.resize(count, 0.0);
        self.by_values.resize(count, 0.0);
        self.wide.resize(width, 0.0);
        self.row.resize(width, 0.0);
        space.outputs[ACTOR].copy_data(&mut self.outputs, count * width);
        space.outputs[CRITIC].copy_data(&mut self.values, count);
        let (mut sums, mut by_log_std, share) = (Sums::default(), 0.0, 1.0 / count as f64);
        let outputs = self.outputs.chunks_exact(width).zip(self.by_outputs.chunks_exact_mut(width));
        let values = self.values.iter().zip(&mut self.by_values);
        for ((row, (outputs, by_outputs)), (value, by_value)) in self.rows.iter().zip(outputs).zip(values) {
            self.wide.iter_mut().zip(outputs).for_each(|(wide, x)| *wide = f64::from(*x));
            let (sum, gradient) = loss.row(distribution, row, (&self.wide, f64::from(*value)), &mut self.row);
            sums.add(sum);
            by_log_std += gradient.log_std * share;
            *by_value = (gradient.value * share) as f32;
            by_outputs.iter_mut().zip(&self.row).for_each(|(by, x)| *by = (x * share) as f32);
        }
        let shape = |places: &Tensor| places.size();
        let (actor, critic) = (shape(&space.outputs[ACTOR]), shape(&space.outputs[CRITIC]));
        space.output_gradients[ACTOR].copy_(&Tensor::from_slice(&self.by_outputs).view(actor.as_slice()));
        space.output_gradients[CRITIC].copy_(&Tensor::from_slice(&self.by_values).view(critic.as_slice()));
        (sums, by_log_std)
    }
}

fn room<'a>(network: &Network, spaces: &'a mut BTreeMap<usize, Workspace>, rows: usize) -> &'a mut Workspace {
    spaces.entry(rows).or_insert_with(|| network.workspace(rows))
}

fn surrogate(parameters: &PpoParameters) -> Surrogate {
    Surrogate {
        clip_range: parameters.clip_range,
        value_clip: parameters.value_clip,
        entropy_coefficient: parameters.entropy_coefficient,
        value_coefficient: parameters.value_coefficient,
    }
}

fn shape(parameters: &PpoParameters, spaces: Spaces) -> NetworkShape {
    let outputs = spaces.actions.outputs();
    // A head near zero begins with every action equally likely; gains as in the authors' program.
    let actor = HeadShape { of: "actor", name: "head", outputs, gain: 0.01 };
    let critic = HeadShape { of: "critic", name: "head", outputs: 1, gain: 1.0 };
    NetworkShape {
        inputs: spaces.observation,
        hidden: parameters.hidden.clone(),
        activation: parameters.activation,
        heads: vec![actor, critic],
        log_std: matches!(spaces.actions, ActionSpace::Continuous { .. }).then_some(parameters.log_std),
    }
}

#[cfg(test)]
mod tests;
