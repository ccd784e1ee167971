//! The loss of proximal policy optimisation, and its gradient by what the networks answer.
//!
//! Schulman, Wolski, Dhariwal, Radford and Klimov, "Proximal policy optimization algorithms", 2017, equations 7 and 9. It is
//! plain arithmetic over the rows of a minibatch, in 64 bits and in the order of the rows; the matrices are libtorch's.
use super::choosing::{Distribution, Likelihood};
use crate::environment::Choice;
use engine::math;

/// One row of a minibatch, as it was when it was collected.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    pub(super) choice: Choice,
    pub(super) log_probability: f32,
    pub(super) advantage: f32,
    /// What its value should have been.
    pub(super) target: f32,
    /// What its value was.
    pub(super) value: f32,
}

/// What the loss is made of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Surrogate {
    pub(super) clip_range: f64,
    pub(super) value_clip: Option<f64>,
    pub(super) entropy_coefficient: f64,
    pub(super) value_coefficient: f64,
}

/// Sums over rows.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sums {
    pub(super) rows: f64,
    pub(super) policy_loss: f64,
    pub(super) value_loss: f64,
    pub(super) entropy: f64,
    pub(super) kl: f64,
    pub(super) clipped: f64,
}

impl Sums {
    pub(super) fn add(&mut self, other: Self) {
        self.rows += other.rows;
        self.policy_loss += other.policy_loss;
        self.value_loss += other.value_loss;
        self.entropy += other.entropy;
        self.kl += other.kl;
        self.clipped += other.clipped;
    }

    /// The mean over the rows of one of the sums.
    pub(super) fn mean(&self, sum: f64) -> f64 {
        sum / self.rows
    }
}

/// The gradient of one row's loss beside those by the actor's outputs.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RowGradient {
    pub(super) value: f64,
    pub(super) log_std: f64,
}

impl Surrogate {
    /// One row: what it adds to the sums, and its gradients. Those by the actor's outputs are left in `scratch`.
    pub(super) fn row(
        &self,
        distribution: Distribution,
        row: &Row,
        (outputs, value): (&[f64], f64),
        scratch: &mut [f64],
    ) -> (Sums, RowGradient) {
        let of = distribution.likelihood(outputs, scratch, row.choice);
        let (advantage, log_ratio) = (f64::from(row.advantage), of.log_probability - f64::from(row.log_probability));
        let ratio = math::exp(log_ratio);
        let kept = ratio.clamp(1.0 - self.clip_range, 1.0 + self.clip_range);
        let (free, bound) = (ratio * advantage, kept * advantage);
        // Where the bound is the lesser, the choice is no longer pushed.
        let by_log_probability = if bound < free { 0.0 } else { -free };
        let by = Likelihood { log_probability: by_log_probability, entropy: -self.entropy_coefficient };
        let log_std = distribution.gradient(scratch, row.choice, of, by);
        let (value_loss, by_value) = self.value(row, value);
        let sums = Sums {
            rows: 1.0,
            policy_loss: -free.min(bound),
            value_loss,
            entropy: of.entropy,
            // Schulman, "Approximating KL divergence", 2020: the third estimator, which has little variance and no bias.
            kl: (ratio - 1.0) - log_ratio,
            clipped: f64::from(u8::from((ratio - 1.0).abs() > self.clip_range)),
        };
        (sums, RowGradient { value: self.value_coefficient * by_value, log_std })
    }

    /// The square of a value's error and its gradient; the greater of two where the value is held near what it was.
    fn value(&self, row: &Row, value: f64) -> (f64, f64) {
        let (target, before) = (f64::from(row.target), f64::from(row.value));
        let error = value - target;
        let Some(clip) = self.value_clip else { return (error * error, 2.0 * error) };
        let held = before + (value - before).clamp(-clip, clip) - target;
        if held * held > error * error {
            // The held value moves with the value inside of the bounds only, and there the two are one.
            return (held * held, 0.0);
        }
        (error * error, 2.0 * error)
    }

    /// The loss that the sums mean.
    #[cfg(test)]
    pub(super) fn loss(&self, sums: &Sums) -> f64 {
        let loss =
            sums.policy_loss + self.value_coefficient * sums.value_loss - self.entropy_coefficient * sums.entropy;
        sums.mean(loss)
    }
}

/// Brings advantages to a mean of 0 and a standard deviation of 1, where there are two or more that differ.
pub(super) fn normalise(advantages: &mut [f32]) {
    let count = advantages.len() as f64;
    let mean = advantages.iter().map(|&a| f64::from(a)).sum::<f64>() / count;
    let square: f64 = advantages.iter().map(|&a| (f64::from(a) - mean) * (f64::from(a) - mean)).sum();
    if count < 2.0 || square <= 0.0 {
        return;
    }
    let deviation = math::sqrt(square / (count - 1.0)) + 1e-8;
    advantages.iter_mut().for_each(|a| *a = ((f64::from(*a) - mean) / deviation) as f32);
}
