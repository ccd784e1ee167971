//! Deep Q-learning: double, duelling, with a replay buffer and a target network.
//!
//! Mnih and others, "Human-level control through deep reinforcement learning", 2015; van Hasselt, Guez and Silver, "Deep
//! reinforcement learning with double Q-learning", 2016; Wang and others, "Dueling network architectures for deep reinforcement
//! learning", 2016. It chooses between actions, never amounts.
use super::acting::{Greedy, runtime};
use super::adam::{Adam, clip_gradients};
use super::checkpoint::{Checkpoint, CheckpointError};
use super::choosing::{Distribution, greatest};
use super::learner::{Learner, Progress, Weights};
use super::network::{HeadShape, Network, NetworkShape, Rooms};
use super::parameters::WeightsError;
use super::replay_buffer::{ReplayBuffer, Sample};
use super::rollout::{Collector, Trace};
use super::streams;
use crate::environment::{ActionSpace, Environment, Fleet, Spaces};
use crate::policy::{Activation, Architecture, Body, Head};
use engine::Rng;
use serde::{Deserialize, Serialize};
use tch::{Kind, Tensor};

/// The parameters of deep Q-learning. The 2015 paper's are for games of millions of frames; defaults are for smaller tasks, and say
/// where they are the paper's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DqnParameters {
    /// Width of each hidden layer. 64 and 64.
    pub hidden: Vec<usize>,
    /// What stands between layers. Rectifiers, as in the paper.
    pub activation: Activation,
    /// The value of a state and the advantages of actions are streams of their own (2016). On.
    pub duelling: bool,
    /// The action after is chosen by the network and valued by the target network (2016). On.
    pub double: bool,
    /// Steps of each member in an iteration. 256.
    pub steps: usize,
    /// Steps of each member between learning. 4.
    pub stride: usize,
    /// Steps, of all members together, for one update. 4, as in the paper.
    pub steps_per_update: usize,
    /// Rows of an update. 64; the paper has 32.
    pub minibatch: usize,
    /// Transitions that are kept. 100,000.
    pub capacity: usize,
    /// Transitions before the first update. 1,000.
    pub warm_up: usize,
    /// Updates from one copy of the network to the target network to the next. 500.
    pub target_updates: u64,
    /// What a reward is worth one step earlier. 0.99, as in the paper.
    pub gamma: f64,
    /// The share of choices at random at the beginning. 1, as in the paper.
    pub epsilon_start: f64,
    /// At the end. 0.05; the paper has 0.1.
    pub epsilon_end: f64,
    /// Steps over which it falls from one to the other in a line. 50,000.
    pub epsilon_steps: u64,
    /// Longer gradients are shortened to this. 10, as in the duelling paper.
    pub gradient_norm_max: f64,
    /// Adam's learning rate. 0.0005.
    pub learning_rate: f64,
    /// Adam's epsilon. 1e-8, as in its paper.
    pub adam_epsilon: f64,
}

impl Default for DqnParameters {
    fn default() -> Self {
        Self {
            hidden: vec![64, 64],
            activation: Activation::Relu,
            duelling: true,
            double: true,
            steps: 256,
            stride: 4,
            steps_per_update: 4,
            minibatch: 64,
            capacity: 100_000,
            warm_up: 1_000,
            target_updates: 500,
            gamma: 0.99,
            epsilon_start: 1.0,
            epsilon_end: 0.05,
            epsilon_steps: 50_000,
            gradient_norm_max: 10.0,
            learning_rate: 5e-4,
            adam_epsilon: 1e-8,
        }
    }
}

/// Deep Q-learning at work.
#[derive(Debug)]
pub struct Dqn {
    parameters: DqnParameters,
    inputs: usize,
    actions: usize,
    seed: u64,
    network: Network,
    target: Network,
    adam: Adam,
    collector: Collector,
    buffer: ReplayBuffer,
    rooms: Rooms,
    counters: Counters,
}

#[derive(Clone, Copy, Debug, Default)]
struct Counters {
    iterations: u64,
    steps: u64,
    updates: u64,
    /// Steps that no update has been made for yet.
    owed: u64,
}

/// Sums over the updates of an iteration.
#[derive(Debug, Default)]
struct Learned {
    updates: f64,
    loss: f64,
    norm: f64,
}

const ALGORITHM: &str = "dqn";

impl Dqn {
    /// With first weights of this seed, for a fleet of so many members with these spaces.
    ///
    /// # Panics
    /// When the parameters are not right ([`DqnParameters::check`]), or choices are amounts.
    #[must_use]
    pub fn new(parameters: DqnParameters, spaces: Spaces, members: usize, seed: u64) -> Self {
        parameters.check().expect("parameters are checked before");
        let ActionSpace::Discrete(actions) = spaces.actions else { panic!("deep Q-learning chooses between actions") };
        // Sums depend on how many threads share them, so there is one.
        tch::set_num_threads(1);
        let inputs = spaces.observation;
        let (name, outputs) = if parameters.duelling { ("streams", actions + 1) } else { ("head", actions) };
        let shape = NetworkShape {
            inputs,
            hidden: parameters.hidden.clone(),
            activation: parameters.activation,
            heads: vec![HeadShape { of: "actor", name, outputs, gain: 1.0 }],
            log_std: None,
        };
        let make = || Network::new(&shape, seed, Kind::Float);
        let (network, target) = (make(), make());
        let adam = Adam::new(&network.parameters, parameters.adam_epsilon);
        let collector = Collector::new(seed, members, 0);
        let buffer = ReplayBuffer::new(parameters.capacity, inputs);
        let (rooms, counters) = (Rooms::default(), Counters::default());
        Self { parameters, inputs, actions, seed, network, target, adam, collector, buffer, rooms, counters }
    }

    fn policy(&self) -> Architecture {
        Architecture {
            inputs: self.inputs,
            outputs: self.actions,
            body: Body::Mlp { hidden: self.parameters.hidden.clone() },
            activation: self.parameters.activation,
            head: Head::Values,
        }
    }

    /// The network as a policy has it: two streams folded into one head.
    fn weights(&self) -> Weights {
        let mut weights = self.network.parameters.named();
        if self.parameters.duelling {
            streams::fold(&mut weights);
        }
        weights
    }

    fn epsilon(&self) -> f64 {
        let p = &self.parameters;
        let passed = self.counters.steps.min(p.epsilon_steps) as f64 / p.epsilon_steps.max(1) as f64;
        p.epsilon_start + (p.epsilon_end - p.epsilon_start) * passed
    }

    fn parameters_text(&self) -> String {
        serde_json::to_string(&self.parameters).expect("parameters are numbers and names")
    }

    /// The updates that are due for the steps taken.
    fn learn(&mut self, steps: usize, learned: &mut Learned) {
        self.counters.steps += steps as u64;
        if self.buffer.len() < self.parameters.warm_up.max(1) {
            return;
        }
        self.counters.owed += steps as u64;
        let each = self.parameters.steps_per_update as u64;
        while self.counters.owed >= each {
            self.counters.owed -= each;
            let purpose = format!("replay of update {}", self.counters.updates);
            let sample = self.buffer.sample(self.parameters.minibatch, &mut Rng::stream(self.seed, &purpose));
            learned.loss += self.differentiate(&sample);
            learned.norm += clip_gradients(&mut self.network.parameters, self.parameters.gradient_norm_max);
            self.adam.step(&mut self.network.parameters, self.parameters.learning_rate);
            learned.updates += 1.0;
            self.counters.updates += 1;
            if self.counters.updates.is_multiple_of(self.parameters.target_updates) {
                self.target.parameters.weights.copy_(&self.network.parameters.weights);
            }
        }
    }

    /// The value of each action, `[rows][action]`.
    fn values(network: &Network, rooms: &mut Rooms, actions: usize, inputs: &Tensor) -> Vec<Vec<f64>> {
        let space = rooms.of(network, inputs.size()[0] as usize);
        network.forward(inputs, space);
        let width = space.outputs[0].size()[1] as usize;
        let mut numbers = vec![0.0; space.outputs[0].numel()];
        space.outputs[0].copy_data(&mut numbers, space.outputs[0].numel());
        numbers.chunks_exact(width).map(|row| streams::values(row, actions)).collect()
    }

    /// The gradients of Huber's loss over the rows, whose errors are pushed no harder than an error of 1; and the mean square.
    fn differentiate(&mut self, sample: &Sample) -> f64 {
        let (rows, actions) = (sample.rewards.len(), self.actions);
        let of_target = Self::values(&self.target, &mut self.rooms, actions, &sample.after);
        let chooser = match self.parameters.double {
            true => Self::values(&self.network, &mut self.rooms, actions, &sample.after),
            false => of_target.clone(),
        };
        let values = Self::values(&self.network, &mut self.rooms, actions, &sample.before);
        let space = self.rooms.of(&self.network, rows);
        let width = space.outputs[0].size()[1] as usize;
        let (mut gradients, mut loss) = (Vec::with_capacity(rows * width), 0.0);
        for row in 0..rows {
            let after = if sample.terminated[row] { 0.0 } else { of_target[row][greatest(&chooser[row]) as usize] };
            let target = f64::from(sample.rewards[row]) + self.parameters.gamma * after;
            let error = values[row][sample.actions[row]] - target;
            loss += error * error;
            streams::gradient(
                error.clamp(-1.0, 1.0) / rows as f64,
                sample.actions[row],
                (actions, width),
                &mut gradients,
            );
        }
        space.output_gradients[0].copy_(&Tensor::from_slice(&gradients).view([rows as i64, width as i64]));
        self.network.backward(&sample.before, space);
        loss / rows as f64
    }
}

impl<E: Environment> Learner<E> for Dqn {
    fn iterate(&mut self, fleet: &mut Fleet<E>) -> Progress {
        let (epsilon, mut learned, mut all) = (self.epsilon(), Learned::default(), Vec::<Trace>::new());
        let architecture = self.policy();
        let mut left = self.parameters.steps;
        while left > 0 {
            let (epsilon, weights) = (self.epsilon(), self.weights());
            let (network, kind) = (runtime(&architecture, &weights), Distribution::Categorical);
            let actor = || Greedy::new(network.clone(), self.actions, kind, epsilon);
            let traces = self.collector.collect(fleet, left.min(self.parameters.stride), actor);
            left -= left.min(self.parameters.stride);
            traces.iter().for_each(|trace| self.buffer.extend(trace));
            self.learn(traces.iter().map(|trace| trace.choices.len()).sum(), &mut learned);
            all.extend(traces);
        }
        self.counters.iterations += 1;
        let mean = |sum: f64| (learned.updates > 0.0).then(|| sum / learned.updates);
        Progress {
            iteration: self.counters.iterations,
            steps: self.counters.steps,
            value_loss: mean(learned.loss),
            gradient_norm: mean(learned.norm),
            epsilon: Some(epsilon),
            learning_rate: self.parameters.learning_rate,
            ..Progress::default()
        }
        .with_episodes(&all)
    }

    fn steps(&self) -> u64 {
        self.counters.steps
    }

    fn architecture(&self) -> Architecture {
        self.policy()
    }

    fn policy_weights(&self) -> Weights {
        self.weights()
    }

    fn begin_from(&mut self, weights: &Weights) -> Result<(), WeightsError> {
        let mut weights = weights.clone();
        if self.parameters.duelling {
            streams::unfold(&mut weights);
        }
        self.network.parameters.set_named(&weights)?;
        self.target.parameters.set_named(&weights)
    }

    fn checkpoint(&self, fleet: &Fleet<E>) -> Checkpoint {
        let of = (ALGORITHM, self.parameters_text());
        let mut kept = Checkpoint::of(of, &self.network.parameters, &self.adam, &self.collector, fleet);
        let Counters { iterations, steps, updates, owed } = self.counters;
        kept.put_integers("counters", vec![iterations, steps, updates, owed]);
        kept.put_floats("target.weights", self.target.parameters.flat());
        self.buffer.keep(&mut kept);
        kept
    }

    fn restore(&mut self, checkpoint: &Checkpoint, fleet: &mut Fleet<E>) -> Result<(), CheckpointError> {
        checkpoint.is_of(ALGORITHM, &self.parameters_text())?;
        let basics = checkpoint.basics(&self.network.parameters, &self.collector, fleet)?;
        let target = checkpoint.floats("target.weights", self.target.parameters.length())?;
        let counters = checkpoint.integers("counters", 4)?;
        self.buffer = self.buffer.kept(checkpoint, self.actions)?;
        let [iterations, steps, updates, owed] = [0, 1, 2, 3].map(|place| counters[place]);
        self.counters = Counters { iterations, steps, updates, owed };
        self.target.parameters.set_flat(target);
        basics.apply(&mut self.network.parameters, &mut self.adam, &mut self.collector, fleet);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
