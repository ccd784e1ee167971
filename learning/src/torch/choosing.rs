//! What the outputs of an actor mean: probabilities of actions, or a normal distribution of an amount.
//!
//! Sampling, likelihoods and entropies, with the gradients of the latter two, in 64 bits and in a fixed order.
use crate::environment::Choice;
use engine::{Rng, math};
use std::f64::consts::PI;

/// How outputs are read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Distribution {
    /// Logits of actions.
    Categorical,
    /// The mean of an amount, with the logarithm of its standard deviation.
    Gaussian(f64),
}

/// The logarithm of the likelihood of a choice and the entropy of the distribution that it came from.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Likelihood {
    pub(super) log_probability: f64,
    pub(super) entropy: f64,
}

/// Writes the logarithm of each action's probability.
fn log_softmax(logits: &[f64], out: &mut [f64]) {
    let most = logits.iter().fold(f64::NEG_INFINITY, |most, &x| most.max(x));
    let sum: f64 = logits.iter().map(|x| math::exp(x - most)).sum();
    let log_sum = most + math::ln(sum);
    out.iter_mut().zip(logits).for_each(|(out, x)| *out = x - log_sum);
}

/// The index of an action; amounts have none.
pub(super) fn index(choice: Choice) -> usize {
    match choice {
        Choice::Index(index) => index as usize,
        Choice::Amount(_) => panic!("a categorical actor chooses an action by index"),
    }
}

fn amount(choice: Choice) -> f64 {
    match choice {
        Choice::Amount(amount) => f64::from(amount),
        Choice::Index(_) => panic!("a Gaussian actor chooses an amount"),
    }
}

impl Distribution {
    /// Draws a choice, and tells the logarithm of its likelihood.
    pub(super) fn sample(self, outputs: &[f64], scratch: &mut [f64], rng: &mut Rng) -> (Choice, f64) {
        match self {
            Self::Categorical => {
                log_softmax(outputs, scratch);
                let mut left = rng.unit();
                // Rounding may leave a little of the whole: the last action takes it.
                let mut passed = |log: &f64| {
                    left -= math::exp(*log);
                    left >= 0.0
                };
                let index = scratch.iter().take_while(|log| passed(log)).count().min(outputs.len() - 1);
                (Choice::Index(index as u32), scratch[index])
            }
            Self::Gaussian(log_std) => {
                let choice = Choice::Amount((outputs[0] + math::exp(log_std) * rng.normal()) as f32);
                (choice, self.likelihood(outputs, scratch, choice).log_probability)
            }
        }
    }

    /// The most likely choice.
    pub(super) fn mode(self, outputs: &[f64]) -> Choice {
        match self {
            Self::Categorical => Choice::Index(greatest(outputs)),
            Self::Gaussian(_) => Choice::Amount(outputs[0] as f32),
        }
    }

    /// How likely a choice is. The scratch, as long as the outputs, holds what [`Self::gradient`] needs.
    pub(super) fn likelihood(self, outputs: &[f64], scratch: &mut [f64], choice: Choice) -> Likelihood {
        match self {
            Self::Categorical => {
                log_softmax(outputs, scratch);
                let entropy = -scratch.iter().map(|log| math::exp(*log) * log).sum::<f64>();
                Likelihood { log_probability: scratch[index(choice)], entropy }
            }
            Self::Gaussian(log_std) => {
                let z = (amount(choice) - outputs[0]) / math::exp(log_std);
                scratch[0] = z;
                let half_log = 0.5 * math::ln(2.0 * PI);
                Likelihood { log_probability: -0.5 * z * z - log_std - half_log, entropy: 0.5 + half_log + log_std }
            }
        }
    }

    /// The gradient of a loss by each output, written over the scratch that [`Self::likelihood`] left, and by the logarithm of
    /// the standard deviation, returned; given the loss by the log-likelihood and by the entropy.
    pub(super) fn gradient(self, scratch: &mut [f64], choice: Choice, of: Likelihood, by: Likelihood) -> f64 {
        match self {
            Self::Categorical => {
                let chosen = index(choice);
                for (action, place) in scratch.iter_mut().enumerate() {
                    let (log, p) = (*place, math::exp(*place));
                    let is_chosen = f64::from(u8::from(action == chosen));
                    *place = by.log_probability * (is_chosen - p) - by.entropy * p * (log + of.entropy);
                }
                0.0
            }
            Self::Gaussian(log_std) => {
                let z = scratch[0];
                scratch[0] = by.log_probability * z / math::exp(log_std);
                by.log_probability * (z * z - 1.0) + by.entropy
            }
        }
    }
}

/// The place of the greatest number; the first of equals.
pub(super) fn greatest(numbers: &[f64]) -> u32 {
    let better = |best: usize, at: usize| if numbers[at] > numbers[best] { at } else { best };
    (1..numbers.len()).fold(0, better) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: [(Distribution, &[f64]); 3] = [
        (Distribution::Categorical, &[0.3, -1.2, 2.0, 0.3]),
        (Distribution::Categorical, &[700.0, -700.0]),
        (Distribution::Gaussian(-0.4), &[0.7]),
    ];

    fn likelihood(kind: Distribution, outputs: &[f64], choice: Choice) -> Likelihood {
        kind.likelihood(outputs, &mut vec![0.0; outputs.len()], choice)
    }

    #[test]
    fn likelihoods_and_entropies_are_those_of_the_formulas() {
        let check = |kind, outputs: &[f64], choice, (log, entropy): (f64, f64)| {
            let found = likelihood(kind, outputs, choice);
            assert!(
                (found.log_probability - log).abs() < 1e-12 && (found.entropy - entropy).abs() < 1e-12,
                "{found:?}"
            );
        };
        let (p, q) = (0.8, 0.2);
        let logits = [math::ln(p / q) + 3.0, 3.0];
        check(Distribution::Categorical, &logits, Choice::Index(1), (math::ln(q), -p * math::ln(p) - q * math::ln(q)));
        // One standard deviation from the mean: the density is that at the mean times e to the -1/2.
        let log_std = math::ln(0.5);
        let at_mean = -math::ln(0.5 * math::sqrt(2.0 * PI));
        let entropy = 0.5 * math::ln(2.0 * PI * std::f64::consts::E * 0.25);
        check(Distribution::Gaussian(log_std), &[1.0], Choice::Amount(1.5), (at_mean - 0.5, entropy));
    }

    #[test]
    fn gradients_are_those_of_central_differences() {
        let by = Likelihood { log_probability: 0.7, entropy: -0.3 };
        let loss = |kind, outputs: &[f64], choice| {
            let of = likelihood(kind, outputs, choice);
            by.log_probability * of.log_probability + by.entropy * of.entropy
        };
        let check = |kind: Distribution, outputs: &[f64], choice| {
            let mut scratch = vec![0.0; outputs.len()];
            let of = kind.likelihood(outputs, &mut scratch, choice);
            let by_log_std = kind.gradient(&mut scratch, choice, of, by);
            let step = 1e-6;
            for (place, found) in scratch.iter().enumerate() {
                let moved = |d: f64| {
                    let mut outputs = outputs.to_vec();
                    outputs[place] += d;
                    loss(kind, &outputs, choice)
                };
                let expected = (moved(step) - moved(-step)) / (2.0 * step);
                assert!((found - expected).abs() < 1e-6, "{kind:?} output {place}: {found} is not {expected}");
            }
            if let Distribution::Gaussian(log_std) = kind {
                let moved = |d: f64| loss(Distribution::Gaussian(log_std + d), outputs, choice);
                let expected = (moved(step) - moved(-step)) / (2.0 * step);
                assert!((by_log_std - expected).abs() < 1e-8, "log std: {by_log_std} is not {expected}");
            }
        };
        for (kind, outputs) in KINDS {
            match kind {
                Distribution::Categorical => {
                    (0..outputs.len()).for_each(|i| check(kind, outputs, Choice::Index(i as u32)))
                }
                Distribution::Gaussian(_) => check(kind, outputs, Choice::Amount(-0.2)),
            }
        }
    }

    #[test]
    fn choices_are_drawn_as_often_as_they_are_likely() {
        for (kind, outputs) in KINDS {
            let (mut rng, mut scratch) = (Rng::stream(3, "test"), vec![0.0; outputs.len()]);
            let draws: Vec<_> = (0..40_000).map(|_| kind.sample(outputs, &mut scratch, &mut rng)).collect();
            for (choice, log) in &draws {
                assert!((log - likelihood(kind, outputs, *choice).log_probability).abs() < 1e-12);
            }
            let share = |of: &dyn Fn(Choice) -> f64| draws.iter().map(|(c, _)| of(*c)).sum::<f64>() / 40_000.0;
            match kind {
                Distribution::Categorical => {
                    for action in 0..outputs.len() {
                        let choice = Choice::Index(action as u32);
                        let p = math::exp(likelihood(kind, outputs, choice).log_probability);
                        assert!((share(&|c| f64::from(u8::from(c == choice))) - p).abs() < 0.01, "action {action}");
                    }
                }
                Distribution::Gaussian(log_std) => {
                    let mean = share(&amount);
                    let variance = share(&|c| (amount(c) - mean) * (amount(c) - mean));
                    assert!((mean - outputs[0]).abs() < 0.01 && (variance - math::exp(2.0 * log_std)).abs() < 0.01);
                }
            }
        }
    }

    #[test]
    fn the_mode_is_the_first_of_the_most_likely() {
        assert_eq!(Distribution::Categorical.mode(&[1.0, 2.0, 2.0]), Choice::Index(1));
        assert_eq!(Distribution::Gaussian(0.0).mode(&[-0.25]), Choice::Amount(-0.25));
    }
}
