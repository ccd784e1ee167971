//! How well a policy does when it takes the most likely choice and draws nothing.
use super::acting::{Act, Greedy, runtime};
use super::choosing::Distribution;
use super::learner::Weights;
use super::rollout::Tally;
use crate::environment::Environment;
use crate::policy::{Architecture, Head};
use engine::Rng;
use rayon::prelude::*;

/// One episode of an evaluation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome {
    /// The sum of its rewards.
    pub reward: f64,
    /// How many steps it had.
    pub steps: u64,
}

/// Plays one episode in each environment, seeded by its place, and tells what came of them in that order.
pub fn evaluate<E: Environment>(
    environments: &mut [E],
    seed: u64,
    architecture: &Architecture,
    weights: &Weights,
) -> Vec<Outcome> {
    let play = |(place, environment): (usize, &mut E)| {
        let distribution = match architecture.head {
            Head::Categorical | Head::Values => Distribution::Categorical,
            Head::Gaussian => Distribution::Gaussian(0.0),
        };
        let mut actor = Greedy::new(runtime(architecture, weights), architecture.outputs, distribution, 0.0);
        let mut rng = Rng::stream(seed, &format!("evaluation episode {place}"));
        let mut observation = vec![0.0; environment.spaces().observation];
        let (mut memory, mut tally) = (vec![0.0; architecture.memory()], Tally::default());
        environment.reset(rng.next_u64(), &mut observation);
        loop {
            let (choice, _) = actor.act(&observation, &mut memory, &mut rng);
            let moment = environment.step(choice, &mut observation);
            tally.reward += f64::from(moment.reward);
            tally.steps += 1;
            if moment.is_last() {
                return Outcome { reward: tally.reward, steps: tally.steps };
            }
        }
    };
    environments.par_iter_mut().enumerate().map(play).collect()
}
