//! Experience: what the members of a fleet saw, did and earned over so many steps each.
//!
//! Every member acts by itself, in a task of its own, with random numbers that follow from the seed, its place and the
//! rollout's number alone. So a rollout is the same with any number of threads, and a resumed one needs no state of a generator.
use super::acting::Act;
use crate::environment::{Choice, Environment, Fleet, Member};
use engine::Rng;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// The episode that a member is in: what it earned so far, over how many steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Tally {
    pub(super) reward: f64,
    pub(super) steps: u64,
}

/// What one member saw, did and earned.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Trace {
    /// What was seen before each step, `[step][observation]`.
    pub(super) observations: Vec<f32>,
    pub(super) choices: Vec<Choice>,
    /// The logarithm of how likely each choice was.
    pub(super) log_probabilities: Vec<f32>,
    pub(super) rewards: Vec<f32>,
    pub(super) terminated: Vec<bool>,
    pub(super) truncated: Vec<bool>,
    /// The last observation of each episode whose time ran out, in order, `[such][observation]`.
    pub(super) cut: Vec<f32>,
    /// What is seen after the last step.
    pub(super) last: Vec<f32>,
    /// The memory before the first step.
    pub(super) memory: Vec<f32>,
    /// Episodes that ended, in order.
    pub(super) ended: Vec<Tally>,
}

/// Where a fleet's collection of experience stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Collector {
    pub(super) seed: u64,
    /// Rollouts so far.
    pub(super) rollouts: u64,
    /// What each member's episode has earned so far.
    pub(super) tallies: Vec<Tally>,
    /// Each member's memory, `[member][memory]`.
    pub(super) memories: Vec<Vec<f32>>,
}

/// How much is collected.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extent {
    pub(super) steps: usize,
    pub(super) observation: usize,
}

impl Collector {
    /// For a fleet of so many members, each at the beginning of an episode.
    pub(super) fn new(seed: u64, members: usize, memory: usize) -> Self {
        Self { seed, rollouts: 0, tallies: vec![Tally::default(); members], memories: vec![vec![0.0; memory]; members] }
    }

    /// Lets every member act for so many steps.
    ///
    /// # Panics
    /// When the fleet has another number of members.
    pub(super) fn collect<E: Environment, A: Act>(
        &mut self,
        fleet: &mut Fleet<E>,
        steps: usize,
        actor: impl Fn() -> A + Sync,
    ) -> Vec<Trace> {
        assert_eq!(fleet.count(), self.tallies.len(), "experience is collected of as many members as at its beginning");
        let extent = Extent { steps, observation: fleet.spaces().observation };
        let (seed, rollout) = (self.seed, self.rollouts);
        self.rollouts += 1;
        let (members, observations) = fleet.parts();
        let all = members.par_iter_mut().zip(observations.par_chunks_mut(extent.observation));
        let all = all.zip(&mut self.tallies).zip(&mut self.memories).enumerate();
        let traces = all.map(|(place, (((member, observation), tally), memory))| {
            let rng = Rng::stream(seed, &format!("actions of member {place} in rollout {rollout}"));
            follow(member, (observation, memory, tally), &mut actor(), rng, extent)
        });
        traces.collect()
    }
}

/// One member's steps.
fn follow<E: Environment, A: Act>(
    member: &mut Member<E>,
    (observation, memory, tally): (&mut [f32], &mut [f32], &mut Tally),
    actor: &mut A,
    mut rng: Rng,
    extent: Extent,
) -> Trace {
    let mut trace = Trace::with_room(extent);
    trace.memory.extend_from_slice(memory);
    for _ in 0..extent.steps {
        trace.observations.extend_from_slice(observation);
        let (choice, log_probability) = actor.act(observation, memory, &mut rng);
        let moment = member.step(choice, observation);
        trace.choices.push(choice);
        trace.log_probabilities.push(log_probability);
        trace.rewards.push(moment.reward);
        trace.terminated.push(moment.terminated);
        trace.truncated.push(moment.truncated);
        tally.reward += f64::from(moment.reward);
        tally.steps += 1;
        if moment.is_last() {
            if moment.truncated && !moment.terminated {
                trace.cut.extend_from_slice(observation);
            }
            trace.ended.push(std::mem::take(tally));
            memory.fill(0.0);
            member.begin(observation);
        }
    }
    trace.last.extend_from_slice(observation);
    trace
}

impl Trace {
    fn with_room(extent: Extent) -> Self {
        let steps = extent.steps;
        Self {
            observations: Vec::with_capacity(steps * extent.observation),
            choices: Vec::with_capacity(steps),
            log_probabilities: Vec::with_capacity(steps),
            rewards: Vec::with_capacity(steps),
            terminated: Vec::with_capacity(steps),
            truncated: Vec::with_capacity(steps),
            ..Self::default()
        }
    }
}
