//! Where a training stands: what is needed to go on as if nothing had happened.
//!
//! It is made of numbers by name, and holds no code. Everything of it is checked before anything is changed.
use super::adam::Adam;
use super::parameters::Parameters;
use super::rollout::{Collector, Tally};
use crate::environment::{ActionSpace, Choice, Environment, Fleet, Kept};
use std::collections::BTreeMap;
use thiserror::Error;

/// Where a training stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Checkpoint {
    /// The algorithm, as `ppo`.
    pub algorithm: String,
    /// Its parameters, as JSON.
    pub parameters: String,
    /// Weights, moments and experience.
    pub floats: BTreeMap<String, Vec<f32>>,
    /// Counters, choices, and 64-bit floats by their bits.
    pub integers: BTreeMap<String, Vec<u64>>,
    /// What whoever drives the training keeps with it.
    pub texts: BTreeMap<String, String>,
}

/// Why a training cannot go on from a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CheckpointError {
    /// It is of another training.
    #[error(
        "the checkpoint has {what} {found}, and this training has {expected}: go on with the run file that it was made with"
    )]
    Other {
        /// What differs.
        what: &'static str,
        /// What the checkpoint has.
        found: String,
        /// What the training has.
        expected: String,
    },
    /// A part is missing, or has another length.
    #[error(
        "the checkpoint's part `{name}` has {found} numbers and needs {expected}: it is damaged, or of another version"
    )]
    Length {
        /// Its name.
        name: String,
        /// How many numbers there are; zero where it is missing.
        found: usize,
        /// How many it needs.
        expected: usize,
    },
    /// A part has a number that cannot be.
    #[error(
        "the checkpoint's part `{name}` holds {found} where {expected} has to stand: it is damaged, or of another version"
    )]
    Number {
        /// Its name.
        name: String,
        /// The number.
        found: u64,
        /// What has to stand there.
        expected: &'static str,
    },
}

/// The optimiser's moments, and how many steps they have seen.
pub(super) type Moments = (Vec<f32>, Vec<f32>, u64);

/// What is restored of every algorithm, once all of it has been found right.
#[derive(Debug)]
pub(super) struct Basics {
    weights: Vec<f32>,
    moments: Moments,
    rollouts: u64,
    tallies: Vec<Tally>,
    memories: Vec<Vec<f32>>,
    fleet: Vec<Kept>,
}

impl Basics {
    pub(super) fn apply<E: Environment>(
        self,
        parameters: &mut Parameters,
        adam: &mut Adam,
        collector: &mut Collector,
        fleet: &mut Fleet<E>,
    ) {
        let (mean, square, steps) = self.moments;
        parameters.set_flat(&self.weights);
        adam.restore(&mean, &square, steps);
        collector.rollouts = self.rollouts;
        collector.tallies = self.tallies;
        collector.memories = self.memories;
        fleet.restore(&self.fleet);
    }
}

impl Checkpoint {
    /// What every algorithm keeps.
    pub(super) fn of<E: Environment>(
        (algorithm, parameters): (&str, String),
        network: &Parameters,
        adam: &Adam,
        collector: &Collector,
        fleet: &Fleet<E>,
    ) -> Self {
        let mut kept = Self { algorithm: algorithm.into(), parameters, ..Self::default() };
        let (mean, square, steps) = adam.kept();
        kept.put_floats("weights", network.flat());
        kept.put_floats("adam.mean", mean);
        kept.put_floats("adam.square", square);
        kept.put_integers("adam.steps", vec![steps]);
        kept.put_integers("seed", vec![collector.seed]);
        kept.put_integers("rollouts", vec![collector.rollouts]);
        let rewards = collector.tallies.iter().map(|tally| tally.reward.to_bits());
        kept.put_integers("tally.rewards", rewards.collect());
        kept.put_integers("tally.steps", collector.tallies.iter().map(|tally| tally.steps).collect());
        kept.put_floats("memories", collector.memories.concat());
        let members = fleet.kept();
        kept.put_integers("fleet.episodes", members.iter().map(|member| member.episodes).collect());
        kept.put_integers("fleet.lengths", members.iter().map(|member| member.choices.len() as u64).collect());
        let choices = members.iter().flat_map(|member| &member.choices).map(|&choice| to_bits(choice));
        kept.put_integers("fleet.choices", choices.collect());
        kept
    }

    pub(super) fn put_floats(&mut self, name: &str, numbers: Vec<f32>) {
        self.floats.insert(name.into(), numbers);
    }

    pub(super) fn put_integers(&mut self, name: &str, numbers: Vec<u64>) {
        self.integers.insert(name.into(), numbers);
    }

    /// So many floats of this name.
    pub(super) fn floats(&self, name: &str, expected: usize) -> Result<&[f32], CheckpointError> {
        exactly(self.floats.get(name).map_or(&[], Vec::as_slice), name, expected)
    }

    /// So many integers of this name.
    pub(super) fn integers(&self, name: &str, expected: usize) -> Result<&[u64], CheckpointError> {
        exactly(self.integers.get(name).map_or(&[], Vec::as_slice), name, expected)
    }

    /// One integer of this name.
    pub(super) fn integer(&self, name: &str) -> Result<u64, CheckpointError> {
        self.integers(name, 1).map(|numbers| numbers[0])
    }

    /// Whether it is of this algorithm and these parameters.
    pub(super) fn is_of(&self, algorithm: &str, parameters: &str) -> Result<(), CheckpointError> {
        let pairs = [("the algorithm", &*self.algorithm, algorithm), ("the parameters", &*self.parameters, parameters)];
        let other = pairs.into_iter().find(|(_, found, expected)| found != expected);
        other.map_or(Ok(()), |(what, found, expected)| {
            Err(CheckpointError::Other { what, found: found.into(), expected: expected.into() })
        })
    }

    /// What every algorithm keeps, found right for this training.
    pub(super) fn basics<E: Environment>(
        &self,
        network: &Parameters,
        collector: &Collector,
        fleet: &Fleet<E>,
    ) -> Result<Basics, CheckpointError> {
        let seed = self.integer("seed")?;
        if seed != collector.seed {
            let (found, expected) = (seed.to_string(), collector.seed.to_string());
            return Err(CheckpointError::Other { what: "the seed", found, expected });
        }
        let (weights, members) = (network.length(), fleet.count());
        let mean = self.floats("adam.mean", weights)?.to_vec();
        let square = self.floats("adam.square", weights)?.to_vec();
        let rewards = self.integers("tally.rewards", members)?.iter();
        let tallies = rewards.zip(self.integers("tally.steps", members)?);
        let memory = collector.memories.first().map_or(0, Vec::len);
        let memories = self.floats("memories", memory * members)?;
        Ok(Basics {
            weights: self.floats("weights", weights)?.to_vec(),
            moments: (mean, square, self.integer("adam.steps")?),
            rollouts: self.integer("rollouts")?,
            tallies: tallies.map(|(&reward, &steps)| Tally { reward: f64::from_bits(reward), steps }).collect(),
            memories: (0..members).map(|m| memories[m * memory..][..memory].to_vec()).collect(),
            fleet: self.fleet(members, fleet.spaces().actions)?,
        })
    }

    fn fleet(&self, members: usize, actions: ActionSpace) -> Result<Vec<Kept>, CheckpointError> {
        let lengths = self.integers("fleet.lengths", members)?;
        let all = lengths.iter().fold(0_u64, |sum, &length| sum.saturating_add(length));
        let mut choices = self.integers("fleet.choices", usize::try_from(all).unwrap_or(usize::MAX))?.iter();
        let episodes = self.integers("fleet.episodes", members)?;
        let member = |(&episodes, &length): (&u64, &u64)| {
            let choices = choices.by_ref().take(length as usize).map(|&bits| from_bits(bits, actions));
            Ok(Kept { episodes, choices: choices.collect::<Result<_, _>>()? })
        };
        episodes.iter().zip(lengths).map(member).collect()
    }
}

fn exactly<'a, T>(numbers: &'a [T], name: &str, expected: usize) -> Result<&'a [T], CheckpointError> {
    let found = numbers.len();
    if found == expected { Ok(numbers) } else { Err(CheckpointError::Length { name: name.into(), found, expected }) }
}

/// A choice as a number: its index, or its amount's bits.
pub(super) fn to_bits(choice: Choice) -> u64 {
    match choice {
        Choice::Index(index) => u64::from(index),
        Choice::Amount(amount) => u64::from(amount.to_bits()),
    }
}

/// The choice of a space that a number means.
pub(super) fn from_bits(bits: u64, actions: ActionSpace) -> Result<Choice, CheckpointError> {
    let wrong = |expected| CheckpointError::Number { name: "fleet.choices".into(), found: bits, expected };
    let number = u32::try_from(bits).map_err(|_| wrong("a choice of 32 bits"))?;
    match actions {
        ActionSpace::Discrete(count) if (number as usize) < count => Ok(Choice::Index(number)),
        ActionSpace::Discrete(_) => Err(wrong("the index of an action")),
        ActionSpace::Continuous { .. } => Ok(Choice::Amount(f32::from_bits(number))),
    }
}

#[cfg(test)]
mod tests;
