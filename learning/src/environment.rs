//! What an agent acts in: one episode at a time, or a fleet of them side by side.
//!
//! An episode is its seed and the choices made in it: both again give the same observations and rewards, bit for bit. That is
//! how a fleet is kept and brought back. No result depends on how many threads step it.
use engine::Rng;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// What an agent does at one step.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Choice {
    /// One of several actions.
    Index(u32),
    /// An amount within the bounds of the space; what lies outside is moved to the bound.
    Amount(f32),
}

/// Which choices there are.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum ActionSpace {
    /// One of so many actions, by index.
    Discrete(usize),
    /// One amount.
    Continuous {
        /// The least.
        low: f32,
        /// The most.
        high: f32,
    },
}

impl ActionSpace {
    /// Outputs that a policy needs for it: one per action, or the mean.
    #[must_use]
    pub fn outputs(self) -> usize {
        match self {
            Self::Discrete(count) => count,
            Self::Continuous { .. } => 1,
        }
    }
}

/// Sizes of what goes in and out.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spaces {
    /// Numbers in one observation.
    pub observation: usize,
    /// Which choices there are.
    pub actions: ActionSpace,
}

/// What came of one choice.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Moment {
    /// What the choice was worth.
    pub reward: f32,
    /// The episode ended by itself: what would follow is worth nothing.
    pub terminated: bool,
    /// Time ran out: what would follow has a value that is not seen.
    pub truncated: bool,
}

impl Moment {
    /// Whether the episode is over.
    #[must_use]
    pub fn is_last(self) -> bool {
        self.terminated || self.truncated
    }
}

/// One episode at a time.
pub trait Environment: Send {
    /// Sizes; they never change.
    fn spaces(&self) -> Spaces;

    /// Begins the episode of this seed and writes its first observation, of [`Spaces::observation`] numbers.
    fn reset(&mut self, seed: u64, observation: &mut [f32]);

    /// Acts, and writes the next observation; at the end of an episode its last one.
    ///
    /// Not to be called after the end before a `reset`.
    fn step(&mut self, choice: Choice, observation: &mut [f32]) -> Moment;

    /// Named facts about where the episode stands, for people and other programs.
    fn info(&self) -> Vec<(&'static str, f64)> {
        Vec::new()
    }
}

/// An episode of a fleet: the environment, and what makes it again.
#[derive(Debug)]
pub struct Member<E> {
    environment: E,
    place: usize,
    seed: u64,
    /// Episodes begun so far.
    episodes: u64,
    /// Choices made in this one.
    choices: Vec<Choice>,
}

/// What brings a member back: the episode's number and the choices made in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// Episodes begun so far.
    pub episodes: u64,
    /// Choices made in the last one.
    pub choices: Vec<Choice>,
}

impl<E: Environment> Member<E> {
    /// The environment, for what it tells beside observations.
    pub fn environment(&self) -> &E {
        &self.environment
    }

    /// Begins the next episode. Its seed follows from the fleet's, the member's place and the episode's number alone.
    pub fn begin(&mut self, observation: &mut [f32]) {
        self.episodes += 1;
        self.choices.clear();
        let name = format!("episode {} of member {}", self.episodes, self.place);
        let seed = Rng::stream(self.seed, &name).next_u64();
        self.environment.reset(seed, observation);
    }

    /// Acts. At the end of an episode the observation is its last one, and `begin` has to follow.
    pub fn step(&mut self, choice: Choice, observation: &mut [f32]) -> Moment {
        self.choices.push(choice);
        self.environment.step(choice, observation)
    }

    /// Acts, and begins the next episode where this one ends; `last` is then its last observation.
    fn go_on(&mut self, choice: Choice, observation: &mut [f32], last: &mut [f32]) -> Moment {
        let moment = self.step(choice, observation);
        if moment.is_last() {
            last.copy_from_slice(observation);
            self.begin(observation);
        }
        moment
    }

    fn kept(&self) -> Kept {
        Kept { episodes: self.episodes, choices: self.choices.clone() }
    }

    /// Comes back to where it was kept.
    fn restore(&mut self, kept: &Kept, observation: &mut [f32]) {
        self.episodes = kept.episodes.saturating_sub(1);
        self.begin(observation);
        for choice in &kept.choices {
            self.step(*choice, observation);
        }
    }
}

/// Episodes side by side, each with its own seed.
#[derive(Debug)]
pub struct Fleet<E> {
    spaces: Spaces,
    members: Vec<Member<E>>,
    observations: Vec<f32>,
    finals: Vec<f32>,
    moments: Vec<Moment>,
}

impl<E: Environment> Fleet<E> {
    /// A fleet of one or more environments of the same sizes, each at the beginning of its first episode.
    ///
    /// # Panics
    /// When there is none, or their sizes differ.
    #[must_use]
    pub fn new(environments: Vec<E>, seed: u64) -> Self {
        let spaces = environments.first().expect("a fleet has a member").spaces();
        assert!(environments.iter().all(|e| e.spaces() == spaces), "the members of a fleet have the same sizes");
        let member = |(place, environment)| Member { environment, place, seed, episodes: 0, choices: Vec::new() };
        let members: Vec<_> = environments.into_iter().enumerate().map(member).collect();
        let (count, width) = (members.len(), spaces.observation);
        let zeros = vec![0.0; count * width];
        let moments = vec![Moment::default(); count];
        let mut fleet = Self { spaces, members, observations: zeros.clone(), finals: zeros, moments };
        fleet.reset();
        fleet
    }

    /// Begins the next episode of every member.
    pub fn reset(&mut self) {
        let width = self.spaces.observation;
        self.members.par_iter_mut().zip(self.observations.par_chunks_mut(width)).for_each(|(m, o)| m.begin(o));
    }

    /// Sizes of every member.
    #[must_use]
    pub fn spaces(&self) -> Spaces {
        self.spaces
    }

    /// How many members there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.members.len()
    }

    /// The members with their observations, `[count][observation]`.
    pub fn parts(&mut self) -> (&mut [Member<E>], &mut [f32]) {
        (&mut self.members, &mut self.observations)
    }

    /// The members.
    #[must_use]
    pub fn members(&self) -> &[Member<E>] {
        &self.members
    }

    /// What every member sees now, `[count][observation]`; where an episode has just ended, the first of the next one.
    #[must_use]
    pub fn observations(&self) -> &[f32] {
        &self.observations
    }

    /// The last observation of an episode that has just ended, `[count][observation]`; else what it held before.
    #[must_use]
    pub fn finals(&self) -> &[f32] {
        &self.finals
    }

    /// What came of the last choices.
    #[must_use]
    pub fn moments(&self) -> &[Moment] {
        &self.moments
    }

    /// Every member acts; those whose episode ends begin the next.
    ///
    /// # Panics
    /// When there is not one choice for each member.
    pub fn step(&mut self, choices: &[Choice]) {
        assert_eq!(choices.len(), self.members.len(), "one choice for each member");
        let width = self.spaces.observation;
        let rows = self.observations.par_chunks_mut(width).zip(self.finals.par_chunks_mut(width));
        let all = self.members.par_iter_mut().zip(choices).zip(rows).zip(&mut self.moments);
        // A step costs some hundred nanoseconds: a thread is given enough of them to be worth waking.
        all.with_min_len(32).for_each(|(((member, choice), (observation, last)), moment)| {
            *moment = member.go_on(*choice, observation, last);
        });
    }

    /// The same on the calling thread alone: what a small fleet is stepped by fastest, and where no other thread may be waited for.
    ///
    /// # Panics
    /// When there is not one choice for each member.
    pub fn step_here(&mut self, choices: &[Choice]) {
        assert_eq!(choices.len(), self.members.len(), "one choice for each member");
        let width = self.spaces.observation;
        let rows = self.observations.chunks_mut(width).zip(self.finals.chunks_mut(width));
        let all = self.members.iter_mut().zip(choices).zip(rows).zip(&mut self.moments);
        for (((member, choice), (observation, last)), moment) in all {
            *moment = member.go_on(*choice, observation, last);
        }
    }

    /// What brings the fleet back to where it is.
    #[must_use]
    pub fn kept(&self) -> Vec<Kept> {
        self.members.iter().map(Member::kept).collect()
    }

    /// Brings a fleet of the same environments and seed back to where it was kept.
    ///
    /// # Panics
    /// When it was kept of another number of members.
    pub fn restore(&mut self, kept: &[Kept]) {
        assert_eq!(kept.len(), self.members.len(), "a fleet comes back with as many members as it was kept with");
        let rows = self.observations.par_chunks_mut(self.spaces.observation);
        self.members.par_iter_mut().zip(kept).zip(rows).for_each(|((m, k), o)| m.restore(k, o));
    }
}
