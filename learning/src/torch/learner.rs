//! What every algorithm has in common for whoever drives it: it iterates over a fleet, tells how it goes, and can be kept.
use super::checkpoint::{Checkpoint, CheckpointError};
use super::parameters::WeightsError;
use super::rollout::{Tally, Trace};
use crate::environment::{Environment, Fleet};
use crate::policy::{self, Architecture};
use std::collections::BTreeMap;

/// Weights by the names that a policy file has for them.
pub type Weights = BTreeMap<String, policy::Tensor>;

/// An algorithm at work.
pub trait Learner<E: Environment>: Send {
    /// Gathers experience, learns of it, and tells how it went.
    ///
    /// # Panics
    /// When the fleet has other sizes than the one that the learner was made for.
    fn iterate(&mut self, fleet: &mut Fleet<E>) -> Progress;

    /// Steps taken in environments so far.
    fn steps(&self) -> u64;

    /// The network of its policy.
    fn architecture(&self) -> Architecture;

    /// The weights of its policy, by the names of its architecture; with the critic's, where there is one.
    fn policy_weights(&self) -> Weights;

    /// Goes on from a policy's weights. Moments, counters and experience are left as they are.
    ///
    /// # Errors
    /// When a part is missing or has another shape; then nothing is changed.
    fn begin_from(&mut self, weights: &Weights) -> Result<(), WeightsError>;

    /// Everything that is needed to go on later as if nothing had happened.
    fn checkpoint(&self, fleet: &Fleet<E>) -> Checkpoint;

    /// Goes on from a checkpoint, with a fleet of the same environments and seed, which is brought back too.
    ///
    /// # Errors
    /// When the checkpoint is of another algorithm, of other parameters or of a fleet of another size; then nothing is changed.
    fn restore(&mut self, checkpoint: &Checkpoint, fleet: &mut Fleet<E>) -> Result<(), CheckpointError>;
}

/// How an iteration went. What an algorithm does not have is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Progress {
    /// Iterations so far.
    pub iteration: u64,
    /// Steps taken in environments so far.
    pub steps: u64,
    /// Episodes that ended in this iteration.
    pub episodes: u64,
    /// What they earned on average.
    pub episode_return: Option<f64>,
    /// How many steps they had on average.
    pub episode_length: Option<f64>,
    /// The loss of the actor.
    pub policy_loss: Option<f64>,
    /// The mean square of the critic's error.
    pub value_loss: Option<f64>,
    /// The mean entropy of what the actor samples from.
    pub entropy: Option<f64>,
    /// How far the actor has moved from the one that gathered the experience, in the last epoch.
    pub approximate_kl: Option<f64>,
    /// The share of rows whose ratio left the clip range.
    pub clip_fraction: Option<f64>,
    /// How much of the returns' variance the critic explained before it learned of them.
    pub explained_variance: Option<f64>,
    /// The share of choices that are taken at random.
    pub epsilon: Option<f64>,
    /// The length of the gradients before they are shortened, on average.
    pub gradient_norm: Option<f64>,
    /// The learning rate.
    pub learning_rate: f64,
}

impl Progress {
    /// What there is, by name, in a fixed order: for a table or a chart.
    #[must_use]
    pub fn figures(&self) -> Vec<(&'static str, f64)> {
        let all = [
            ("episode_return", self.episode_return),
            ("episode_length", self.episode_length),
            ("policy_loss", self.policy_loss),
            ("value_loss", self.value_loss),
            ("entropy", self.entropy),
            ("approximate_kl", self.approximate_kl),
            ("clip_fraction", self.clip_fraction),
            ("explained_variance", self.explained_variance),
            ("epsilon", self.epsilon),
            ("gradient_norm", self.gradient_norm),
            ("learning_rate", Some(self.learning_rate)),
        ];
        all.into_iter().filter_map(|(name, figure)| Some((name, figure?))).collect()
    }

    /// With the episodes that ended in these traces.
    pub(super) fn with_episodes(self, traces: &[Trace]) -> Self {
        let ended: Vec<&Tally> = traces.iter().flat_map(|trace| &trace.ended).collect();
        let mean = |of: fn(&Tally) -> f64| {
            let sum: f64 = ended.iter().map(|tally| of(tally)).sum();
            (!ended.is_empty()).then(|| sum / ended.len() as f64)
        };
        Self {
            episodes: ended.len() as u64,
            episode_return: mean(|tally| tally.reward),
            episode_length: mean(|tally| tally.steps as f64),
            ..self
        }
    }
}
