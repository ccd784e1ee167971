//! An episode that remembers what it told of itself when it ended: a fleet begins the next one in the same step.
use learning::market::Episode;
use learning::{Choice, Environment, Moment, Spaces};

/// An episode, and the facts of the last one's end.
pub(super) struct Told {
    episode: Episode,
    ended: Vec<(&'static str, f64)>,
}

impl Told {
    pub(super) fn new(episode: Episode) -> Self {
        Self { episode, ended: Vec::new() }
    }

    /// What [`Environment::info`] was when an episode ended last.
    pub(super) fn ended(&self) -> &[(&'static str, f64)] {
        &self.ended
    }
}

impl Environment for Told {
    fn spaces(&self) -> Spaces {
        self.episode.spaces()
    }

    fn reset(&mut self, seed: u64, observation: &mut [f32]) {
        self.episode.reset(seed, observation);
    }

    fn step(&mut self, choice: Choice, observation: &mut [f32]) -> Moment {
        let moment = self.episode.step(choice, observation);
        if moment.is_last() {
            self.ended = self.episode.info();
        }
        moment
    }

    fn info(&self) -> Vec<(&'static str, f64)> {
        self.episode.info()
    }
}
