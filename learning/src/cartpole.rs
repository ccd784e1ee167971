//! A pole on a cart, which every learner has to balance before it trades.
//!
//! The equations are those of Barto, Sutton and Anderson ("Neuronlike adaptive elements that can solve difficult learning
//! control problems", IEEE Transactions on Systems, Man, and Cybernetics 13, 1983) without friction, with the constants that
//! are commonly used, so that results can be compared: an episode is solved at 475 of 500. It has nothing to do with trading.
use crate::environment::{ActionSpace, Choice, Environment, Moment, Spaces};
use engine::{Rng, math};

const GRAVITY: f64 = 9.8;
const CART_KG: f64 = 1.0;
const POLE_KG: f64 = 0.1;
/// Half the length of the pole.
const HALF_POLE_M: f64 = 0.5;
const FORCE_N: f64 = 10.0;
const STEP_S: f64 = 0.02;
const POSITION_MAX_M: f64 = 2.4;
/// Twelve degrees.
const ANGLE_MAX_RAD: f64 = 12.0 * core::f64::consts::PI / 180.0;
/// Every number of the first state lies within this of zero.
const START_MAX: f64 = 0.05;
const STEPS_MAX: u32 = 500;

/// The pole on its cart. Observations are position, velocity, angle and angular velocity; actions push to the left or to the
/// right; each step is worth 1.
#[derive(Clone, Debug, Default)]
pub struct CartPole {
    position: f64,
    velocity: f64,
    angle: f64,
    spin: f64,
    steps: u32,
}

impl CartPole {
    fn push(&mut self, force: f64) {
        let (sin, cos) = math::turn(self.angle / core::f64::consts::TAU);
        let mass = CART_KG + POLE_KG;
        let pull = (force + POLE_KG * HALF_POLE_M * self.spin * self.spin * sin) / mass;
        let inertia = HALF_POLE_M * (4.0 / 3.0 - POLE_KG * cos * cos / mass);
        let turn = (GRAVITY * sin - cos * pull) / inertia;
        let acceleration = pull - POLE_KG * HALF_POLE_M * turn * cos / mass;
        // Euler's method, with the velocities before the step.
        self.position += STEP_S * self.velocity;
        self.velocity += STEP_S * acceleration;
        self.angle += STEP_S * self.spin;
        self.spin += STEP_S * turn;
    }

    fn observe(&self, observation: &mut [f32]) {
        let state = [self.position, self.velocity, self.angle, self.spin];
        for (seen, number) in observation.iter_mut().zip(state) {
            *seen = number as f32;
        }
    }
}

impl Environment for CartPole {
    fn spaces(&self) -> Spaces {
        Spaces { observation: 4, actions: ActionSpace::Discrete(2) }
    }

    fn reset(&mut self, seed: u64, observation: &mut [f32]) {
        let mut rng = Rng::stream(seed, "cart-pole");
        let mut draw = || START_MAX * (2.0 * rng.unit() - 1.0);
        *self = Self { position: draw(), velocity: draw(), angle: draw(), spin: draw(), steps: 0 };
        self.observe(observation);
    }

    fn step(&mut self, choice: Choice, observation: &mut [f32]) -> Moment {
        self.push(if choice == Choice::Index(1) { FORCE_N } else { -FORCE_N });
        self.steps += 1;
        self.observe(observation);
        let terminated = self.position.abs() > POSITION_MAX_M || self.angle.abs() > ANGLE_MAX_RAD;
        Moment { reward: 1.0, terminated, truncated: !terminated && self.steps == STEPS_MAX }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn play(seed: u64, act: impl Fn(u32, &[f32]) -> u32) -> (u32, Moment) {
        let (mut pole, mut seen) = (CartPole::default(), [0.0; 4]);
        pole.reset(seed, &mut seen);
        for step in 0.. {
            let moment = pole.step(Choice::Index(act(step, &seen)), &mut seen);
            if moment.is_last() {
                return (step + 1, moment);
            }
        }
        unreachable!("an episode ends after {STEPS_MAX} steps at the latest")
    }

    #[test]
    fn a_push_from_rest_moves_cart_and_pole_as_worked_out_by_hand() {
        let mut pole = CartPole::default();
        // At rest and upright: pull = 10 / 1.1, turn = -pull / (0.5 (4/3 - 0.1 / 1.1)), and nothing has moved yet.
        let turn = -(10.0 / 1.1) / (0.5 * (4.0 / 3.0 - 0.1 / 1.1));
        let acceleration = 10.0 / 1.1 - 0.05 * turn / 1.1;
        pole.push(FORCE_N);
        let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a} is not {b}");
        close(pole.position, 0.0);
        close(pole.velocity, 0.02 * acceleration);
        close(pole.angle, 0.0);
        close(pole.spin, 0.02 * turn);
    }

    #[test]
    fn an_episode_is_terminated_by_a_fall_and_truncated_by_time() {
        for seed in 0..20 {
            let (steps, end) = play(seed, |_, _| 1);
            assert!((8..=12).contains(&steps) && end.terminated && !end.truncated, "pushed one way: {steps} {end:?}");
            // A linear rule that is known to balance: it leans against angle and spin, and a little against the drift.
            let rule = |_: u32, x: &[f32]| u32::from(0.05 * x[0] + 0.1 * x[1] + x[2] + 0.3 * x[3] > 0.0);
            let (steps, end) = play(seed, rule);
            assert!(steps == STEPS_MAX && end.truncated && !end.terminated, "balanced: {steps} {end:?}");
        }
    }

    #[test]
    fn an_episode_is_its_seed_and_its_choices() {
        let trace = |seed| {
            let (mut pole, mut seen, mut all) = (CartPole::default(), [0.0; 4], Vec::new());
            pole.reset(seed, &mut seen);
            for step in 0..8 {
                all.extend(seen.map(f32::to_bits));
                pole.step(Choice::Index(step % 2), &mut seen);
            }
            all
        };
        assert_eq!(trace(3), trace(3));
        assert_ne!(trace(3), trace(4));
    }
}
