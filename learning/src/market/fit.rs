//! Fits a normaliser to what is seen on a course.
use super::course::{Course, CourseError};
use super::episode::Episode;
use crate::environment::{ActionSpace, Choice, Fleet};
use crate::policy::Normaliser;
use engine::{Rng, math};
use std::sync::Arc;

/// Episodes that are looked at side by side.
const MEMBERS: usize = 32;
/// A number that hardly moves is scaled as if it moved so much: what never moved in training must not become huge later.
const SCALE_MIN: f64 = 1e-4;

/// Mean and deviation of every number that is seen on a course by an agent that chooses at random, over some `observations`.
///
/// It is fitted before training and stays: a scale that moves under a learner is a market that moves under it. Means and
/// deviations are summed by Welford's recurrence (1962) in a fixed order.
///
/// # Errors
/// When the course is too short for an episode.
pub fn fit(course: &Course, clip: f32, observations: usize, seed: u64) -> Result<Normaliser, CourseError> {
    let plain = Normaliser::identity(course.encoder.width(), f32::MAX);
    let course = Arc::new(Course { normaliser: plain, ..course.clone() });
    let members = (0..MEMBERS).map(|_| Episode::new(Arc::clone(&course))).collect::<Result<Vec<_>, _>>()?;
    let mut fleet = Fleet::new(members, seed);
    let space = fleet.spaces().actions;
    let mut rng = Rng::stream(seed, "choices that the normaliser is fitted to");
    let mut moments = Moments::new(course.encoder.width());
    for _ in 0..observations.div_ceil(MEMBERS) {
        fleet.observations().chunks(moments.mean.len()).for_each(|row| moments.add(row));
        let choices: Vec<Choice> = (0..MEMBERS).map(|_| draw(space, &mut rng)).collect();
        fleet.step(&choices);
    }
    Ok(moments.normaliser(clip))
}

/// A choice at random, every one equally likely.
pub fn draw(space: ActionSpace, rng: &mut Rng) -> Choice {
    match space {
        ActionSpace::Discrete(count) => Choice::Index(rng.below(count as u64) as u32),
        ActionSpace::Continuous { low, high } => Choice::Amount(low + (high - low) * rng.unit() as f32),
    }
}

struct Moments {
    count: f64,
    mean: Vec<f64>,
    squares: Vec<f64>,
}

impl Moments {
    fn new(width: usize) -> Self {
        Self { count: 0.0, mean: vec![0.0; width], squares: vec![0.0; width] }
    }

    fn add(&mut self, row: &[f32]) {
        self.count += 1.0;
        for ((x, mean), squares) in row.iter().zip(&mut self.mean).zip(&mut self.squares) {
            let before = f64::from(*x) - *mean;
            *mean += before / self.count;
            *squares += before * (f64::from(*x) - *mean);
        }
    }

    fn normaliser(&self, clip: f32) -> Normaliser {
        let scale = |squares: &f64| math::sqrt(squares / self.count.max(1.0)).max(SCALE_MIN) as f32;
        let mean = self.mean.iter().map(|mean| *mean as f32).collect();
        Normaliser::new(mean, self.squares.iter().map(scale).collect(), clip)
    }
}
