//! Generalised advantage estimation.
//!
//! Schulman, Moritz, Levine, Jordan and Abbeel, "High-dimensional continuous control using generalized advantage estimation",
//! 2016, equation 16. The end of an episode and the end of its time are never one: what follows the first is worth nothing,
//! what follows the second is worth what the critic says.

/// The steps of one member, one after the other.
#[derive(Clone, Copy, Debug)]
pub struct Steps<'a> {
    /// What each step earned.
    pub rewards: &'a [f32],
    /// The critic's value of what was seen before each step.
    pub values: &'a [f32],
    /// Whether the episode ended by itself with the step.
    pub terminated: &'a [bool],
    /// Whether its time ran out with the step.
    pub truncated: &'a [bool],
    /// The critic's value of an episode's last observation, at steps with which time ran out; elsewhere it is not read.
    pub cut: &'a [f32],
    /// The critic's value of what is seen after the last step.
    pub last: f32,
}

/// Writes the advantage of each step's choice, for a discount `gamma` and a weight `lambda` of what lies further ahead.
///
/// # Panics
/// When the slices have different lengths.
pub fn advantages(steps: Steps<'_>, gamma: f64, lambda: f64, out: &mut [f32]) {
    let count = out.len();
    let lengths =
        [steps.rewards.len(), steps.values.len(), steps.terminated.len(), steps.truncated.len(), steps.cut.len()];
    assert!(lengths.iter().all(|&length| length == count), "every step has all of its numbers");
    let (mut ahead, mut next) = (0.0, f64::from(steps.last));
    for step in (0..count).rev() {
        let (terminated, truncated) = (steps.terminated[step], steps.truncated[step]);
        let worth = match (terminated, truncated) {
            (true, _) => 0.0,
            (false, true) => f64::from(steps.cut[step]),
            (false, false) => next,
        };
        let value = f64::from(steps.values[step]);
        let error = f64::from(steps.rewards[step]) + gamma * worth - value;
        ahead = if terminated || truncated { error } else { error + gamma * lambda * ahead };
        next = value;
        out[step] = ahead as f32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::Rng;

    #[test]
    fn advantages_are_those_of_a_table_worked_out_by_hand() {
        // gamma 1/2, lambda 1/2, values 1, 2, 4, 8, and 16 after the last; every reward is 1.
        let check = |terminated: [bool; 4], truncated: [bool; 4], expected: [f32; 4]| {
            let steps = Steps {
                rewards: &[1.0; 4],
                values: &[1.0, 2.0, 4.0, 8.0],
                terminated: &terminated,
                truncated: &truncated,
                cut: &[32.0; 4],
                last: 16.0,
            };
            let mut out = [0.0; 4];
            advantages(steps, 0.5, 0.5, &mut out);
            assert_eq!(out.map(f32::to_bits), expected.map(f32::to_bits), "{out:?} is not {expected:?}");
        };
        let none = [false; 4];
        let second = [false, true, false, false];
        // Errors without an end: 1 + 1 - 1 = 1, 1 + 2 - 2 = 1, 1 + 4 - 4 = 1, 1 + 8 - 8 = 1; each sees a quarter of what follows.
        check(none, none, [1.328_125, 1.3125, 1.25, 1.0]);
        // The second step ends the episode: its error is 1 - 2, and the third adds nothing to it.
        check(second, none, [0.75, -1.0, 1.25, 1.0]);
        // Time runs out with it: 1 + 16 - 2.
        check(none, second, [4.75, 15.0, 1.25, 1.0]);
        // What ended by itself is worth nothing after, also when its time ran out too.
        check(second, second, [0.75, -1.0, 1.25, 1.0]);
    }

    /// The sum of equation 16, each step for itself.
    fn naive(steps: Steps<'_>, gamma: f64, lambda: f64, from: usize) -> f64 {
        let (mut sum, mut weight) = (0.0, 1.0);
        for step in from..steps.rewards.len() {
            let after = steps.values.get(step + 1).copied().unwrap_or(steps.last);
            let mut worth = if steps.truncated[step] { steps.cut[step] } else { after };
            if steps.terminated[step] {
                worth = 0.0;
            }
            sum += weight * (f64::from(steps.rewards[step]) + gamma * f64::from(worth) - f64::from(steps.values[step]));
            if steps.terminated[step] || steps.truncated[step] {
                break;
            }
            weight *= gamma * lambda;
        }
        sum
    }

    #[test]
    fn advantages_equal_the_sum_of_the_paper_whatever_ends_where() {
        let mut rng = Rng::stream(11, "test");
        for case in 0..300 {
            let count = 1 + rng.below(40) as usize;
            let mut numbers = || (0..count).map(|_| rng.normal() as f32).collect::<Vec<_>>();
            let (rewards, values, cut) = (numbers(), numbers(), numbers());
            let rare = 1 + rng.below(8);
            let mut flags = || (0..count).map(|_| rng.below(rare + 1) == 0).collect::<Vec<_>>();
            let (terminated, truncated) = (flags(), flags());
            let (gamma, lambda, last) = (rng.unit(), rng.unit(), rng.normal() as f32);
            let steps = Steps {
                rewards: &rewards,
                values: &values,
                terminated: &terminated,
                truncated: &truncated,
                cut: &cut,
                last,
            };
            let mut out = vec![0.0; count];
            advantages(steps, gamma, lambda, &mut out);
            for (step, found) in out.iter().enumerate() {
                let expected = naive(steps, gamma, lambda, step);
                assert!(
                    (f64::from(*found) - expected).abs() < 1e-5,
                    "case {case}, step {step}: {found} is not {expected}"
                );
            }
        }
    }
}
