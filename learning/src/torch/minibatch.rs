//! The rows of a minibatch, and how a loss over them becomes gradients of what the networks answered.
use super::actor_critic::{ACTOR, CRITIC};
use super::surrogate::{Row, RowGradient, Sums, normalise};
use tch::Tensor;

/// Rows, and room to work their loss out.
#[derive(Debug, Default)]
pub(super) struct Minibatch {
    pub(super) rows: Vec<Row>,
    advantages: Vec<f32>,
    outputs: Vec<f32>,
    values: Vec<f32>,
    wide: Vec<f64>,
    row: Vec<f64>,
    by_outputs: Vec<f32>,
    by_values: Vec<f32>,
}

impl Minibatch {
    /// Brings the rows' advantages to mean 0 and deviation 1.
    pub(super) fn normalise_advantages(&mut self) {
        self.advantages.clear();
        self.advantages.extend(self.rows.iter().map(|row| row.advantage));
        normalise(&mut self.advantages);
        self.rows.iter_mut().zip(&self.advantages).for_each(|(row, &advantage)| row.advantage = advantage);
    }

    /// The gradients of the mean loss by what actor and critic answered, `[rows, outputs]` and `[rows, 1]`, written into
    /// `gradients`; and by the logarithm of the standard deviation. The loss of a row is given its outputs and its value, and
    /// leaves its gradient by the outputs in the scratch.
    pub(super) fn differentiate(
        &mut self,
        answers: &[Tensor],
        gradients: &mut [Tensor],
        loss: impl Fn(&Row, (&[f64], f64), &mut [f64]) -> (Sums, RowGradient),
    ) -> (Sums, f64) {
        let count = self.rows.len();
        let width = answers[ACTOR].numel() / count;
        self.outputs.resize(count * width, 0.0);
        self.by_outputs.resize(count * width, 0.0);
        self.values.resize(count, 0.0);
        self.by_values.resize(count, 0.0);
        self.wide.resize(width, 0.0);
        self.row.resize(width, 0.0);
        answers[ACTOR].copy_data(&mut self.outputs, count * width);
        answers[CRITIC].copy_data(&mut self.values, count);
        let (mut sums, mut by_log_std, share) = (Sums::default(), 0.0, 1.0 / count as f64);
        let outputs = self.outputs.chunks_exact(width).zip(self.by_outputs.chunks_exact_mut(width));
        let values = self.values.iter().zip(&mut self.by_values);
        for ((row, (outputs, by_outputs)), (value, by_value)) in self.rows.iter().zip(outputs).zip(values) {
            self.wide.iter_mut().zip(outputs).for_each(|(wide, x)| *wide = f64::from(*x));
            let (sum, gradient) = loss(row, (&self.wide, f64::from(*value)), &mut self.row);
            sums.add(sum);
            by_log_std += gradient.log_std * share;
            *by_value = (gradient.value * share) as f32;
            by_outputs.iter_mut().zip(&self.row).for_each(|(by, x)| *by = (x * share) as f32);
        }
        for (place, numbers) in gradients.iter_mut().zip([&self.by_outputs, &self.by_values]) {
            let shape = place.size();
            place.copy_(&Tensor::from_slice(numbers).view(shape.as_slice()));
        }
        (sums, by_log_std)
    }
}
