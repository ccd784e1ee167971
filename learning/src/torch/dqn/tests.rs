//! Deep Q-learning on a chain whose values are known, and on a pole.
use super::*;
use crate::cartpole::CartPole;
use crate::environment::{Choice, Moment};

/// Five places in a row. To the right of the last one is 1, and the end; to the left of the first one nothing.
#[derive(Clone, Debug, Default)]
struct Chain {
    place: usize,
    steps: usize,
}

const PLACES: usize = 5;

impl Chain {
    fn observe(&self, observation: &mut [f32]) {
        observation.fill(0.0);
        observation[self.place] = 1.0;
    }
}

impl Environment for Chain {
    fn spaces(&self) -> Spaces {
        Spaces { observation: PLACES, actions: ActionSpace::Discrete(2) }
    }

    fn reset(&mut self, seed: u64, observation: &mut [f32]) {
        *self = Self { place: Rng::stream(seed, "place").below(PLACES as u64) as usize, steps: 0 };
        self.observe(observation);
    }

    fn step(&mut self, choice: Choice, observation: &mut [f32]) -> Moment {
        self.steps += 1;
        let right = choice == Choice::Index(1);
        let terminated = right && self.place == PLACES - 1;
        self.place = if right { (self.place + 1).min(PLACES - 1) } else { self.place.saturating_sub(1) };
        self.observe(observation);
        Moment { reward: f32::from(u8::from(terminated)), terminated, truncated: !terminated && self.steps == 20 }
    }
}

fn on_the_chain(duelling: bool, double: bool, seed: u64) -> (Dqn, Fleet<Chain>) {
    let fleet = Fleet::new(vec![Chain::default(); 4], seed);
    let parameters = DqnParameters {
        hidden: vec![16],
        duelling,
        double,
        steps: 64,
        warm_up: 100,
        capacity: 2_000,
        target_updates: 50,
        gamma: 0.5,
        epsilon_end: 0.3,
        epsilon_steps: 2_000,
        learning_rate: 3e-3,
        ..DqnParameters::default()
    };
    (Dqn::new(parameters, fleet.spaces(), fleet.count(), seed), fleet)
}

#[test]
fn the_values_of_a_chain_are_those_worked_out_by_hand() {
    for (duelling, double) in [(true, true), (true, false), (false, true), (false, false)] {
        let (mut learner, mut fleet) = on_the_chain(duelling, double, 1);
        for _ in 0..40 {
            learner.iterate(&mut fleet);
        }
        let all: Vec<f32> = (0..PLACES * PLACES).map(|i| f32::from(u8::from(i % (PLACES + 1) == 0))).collect();
        let inputs = Tensor::from_slice(&all).view([PLACES as i64, PLACES as i64]);
        let values = Dqn::values(&learner.network, &mut learner.rooms, 2, &inputs);
        for (place, found) in values.iter().enumerate() {
            // With a discount of a half, the way to the right is worth a half for each step before the last.
            let worth = |place: usize| (place..PLACES - 1).fold(1.0, |worth, _| worth / 2.0);
            let expected = [worth(place.saturating_sub(1)) / 2.0, worth(place)];
            let near = found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 0.06);
            assert!(near, "duelling {duelling}, double {double}, place {place}: {found:?} is not {expected:?}");
        }
    }
}

#[test]
fn going_on_from_a_checkpoint_equals_never_having_stopped() {
    let go = |learner: &mut Dqn, fleet: &mut Fleet<Chain>, iterations: usize| -> Vec<Progress> {
        (0..iterations).map(|_| learner.iterate(fleet)).collect()
    };
    let (mut whole, mut fleet) = on_the_chain(true, true, 5);
    let expected = go(&mut whole, &mut fleet, 12);
    let (mut first, mut fleet) = on_the_chain(true, true, 5);
    go(&mut first, &mut fleet, 6);
    let kept = first.checkpoint(&fleet);
    drop((first, fleet));
    let (mut again, mut fleet) = on_the_chain(true, true, 5);
    again.restore(&kept, &mut fleet).expect("it is of this training");
    assert_eq!(go(&mut again, &mut fleet, 6), expected[6..]);
    assert_eq!(again.network.parameters.flat(), whole.network.parameters.flat());
    assert_eq!(again.buffer, whole.buffer);
    let (mut other, mut fleet) = on_the_chain(true, false, 5);
    let error = other.restore(&kept, &mut fleet).expect_err("it is of other parameters").to_string();
    assert!(error.contains("the checkpoint has the parameters"), "{error}");
}

#[test]
fn the_pole_is_held_up_several_times_as_long_as_by_chance() {
    let mut fleet = Fleet::new(vec![CartPole::default(); 4], 2);
    let parameters = DqnParameters { epsilon_steps: 8_000, learning_rate: 1e-3, ..DqnParameters::default() };
    let mut learner = Dqn::new(parameters, fleet.spaces(), fleet.count(), 2);
    for _ in 0..16 {
        learner.iterate(&mut fleet);
    }
    let outcomes = crate::torch::evaluate(&mut vec![CartPole::default(); 20], 7, &learner.policy(), &learner.weights());
    let mean = outcomes.iter().map(|outcome| outcome.reward).sum::<f64>() / outcomes.len() as f64;
    assert!(mean > 100.0, "a mean of {mean}, where chance has some 22");
}
