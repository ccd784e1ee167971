//! The optimiser: Adam over flat tensors, a handful of operations a step.
//!
//! Kingma and Ba, "Adam: a method for stochastic optimization", 2015, algorithm 1 in the order of their section 2: the bias
//! corrections go into the step's length, and epsilon stands beside the corrected root as in algorithm 1.
use super::parameters::{Parameters, numbers};
use engine::math;
use tch::Tensor;

const BETA_1: f64 = 0.9;
const BETA_2: f64 = 0.999;

/// The moments of the gradients so far.
#[derive(Debug)]
pub(super) struct Adam {
    mean: Tensor,
    square: Tensor,
    scratch: Tensor,
    epsilon: f64,
    steps: u64,
}

impl Adam {
    /// One that has seen nothing.
    pub(super) fn new(parameters: &Parameters, epsilon: f64) -> Self {
        let zeros = || parameters.weights.zeros_like();
        Self { mean: zeros(), square: zeros(), scratch: zeros(), epsilon, steps: 0 }
    }

    /// Moves the weights against their gradients.
    pub(super) fn step(&mut self, parameters: &mut Parameters, learning_rate: f64) {
        self.steps += 1;
        let gradients = &parameters.gradients;
        let _ = self.mean.lerp_(gradients, 1.0 - BETA_1);
        let _ = gradients.square_out(&self.scratch);
        let _ = self.square.lerp_(&self.scratch, 1.0 - BETA_2);
        let steps = self.steps as f64;
        let correction = math::sqrt(1.0 - math::pow(BETA_2, steps));
        let length = learning_rate * correction / (1.0 - math::pow(BETA_1, steps));
        let _ = self.square.sqrt_out(&self.scratch);
        let _ = self.scratch.g_add_scalar_(self.epsilon * correction);
        let _ = self.scratch.g_mul_scalar_(-1.0 / length);
        let _ = parameters.weights.addcdiv_(&self.mean, &self.scratch);
    }

    /// The moments, and how many steps they have seen.
    pub(super) fn kept(&self) -> (Vec<f32>, Vec<f32>, u64) {
        (numbers(&self.mean), numbers(&self.square), self.steps)
    }

    /// Comes back to where it was kept.
    ///
    /// # Panics
    /// When it was kept of a network of another size.
    pub(super) fn restore(&mut self, mean: &[f32], square: &[f32], steps: u64) {
        assert!(mean.len() == self.mean.numel() && square.len() == mean.len(), "as many moments as weights");
        self.mean.copy_(&Tensor::from_slice(mean));
        self.square.copy_(&Tensor::from_slice(square));
        self.steps = steps;
    }
}

/// Shortens the gradients to this length where they are longer, and tells how long they were (Pascanu, Mikolov and Bengio,
/// "On the difficulty of training recurrent neural networks", 2013).
pub(super) fn clip_gradients(parameters: &mut Parameters, length_max: f64) -> f64 {
    let length = parameters.gradients.norm().double_value(&[]);
    if length > length_max {
        let _ = parameters.gradients.g_mul_scalar_(length_max / length);
    }
    length
}

/// A learning rate that falls to zero in a line over so many steps, where it does.
pub(super) fn falling(learning_rate: f64, over: Option<u64>, steps: u64) -> f64 {
    let left = |over: u64| 1.0 - steps.min(over) as f64 / over.max(1) as f64;
    learning_rate * over.map_or(1.0, left)
}

#[cfg(test)]
mod tests {
    use super::super::initial::Start;
    use super::super::parameters::Layout;
    use super::*;
    use tch::Kind;

    fn parameters(kind: Kind) -> Parameters {
        let mut layout = Layout::default();
        layout.push("x".into(), &[3], Start::Constant(1.0));
        Parameters::new(layout, 1, kind)
    }

    #[test]
    fn steps_are_those_of_algorithm_1_worked_out_number_by_number() {
        let (mut parameters, epsilon, rate) = (parameters(Kind::Double), 1e-3, 0.05);
        let mut adam = Adam::new(&parameters, epsilon);
        let (mut weights, mut m, mut v) = ([1.0_f64; 3], [0.0; 3], [0.0; 3]);
        for t in 1..=20 {
            let gradients = [0.3 * f64::from(t), -2.0 + 0.1 * f64::from(t * t), 1e-4];
            parameters.gradients.copy_(&Tensor::from_slice(&gradients));
            adam.step(&mut parameters, rate);
            let power = |base: f64| (0..t).fold(1.0, |product, _| product * base);
            for i in 0..3 {
                m[i] = BETA_1 * m[i] + (1.0 - BETA_1) * gradients[i];
                v[i] = BETA_2 * v[i] + (1.0 - BETA_2) * gradients[i] * gradients[i];
                let (mean, square) = (m[i] / (1.0 - power(BETA_1)), v[i] / (1.0 - power(BETA_2)));
                weights[i] -= rate * mean / (square.sqrt() + epsilon);
            }
            for (i, expected) in weights.iter().enumerate() {
                let found = parameters.weights.double_value(&[i as i64]);
                assert!((found - expected).abs() < 1e-9, "step {t}: {found} is not {expected}");
            }
        }
    }

    #[test]
    fn gradients_are_shortened_to_the_bound_and_never_lengthened() {
        let mut parameters = parameters(Kind::Double);
        parameters.gradients.copy_(&Tensor::from_slice(&[3.0, 0.0, 4.0]));
        assert!((clip_gradients(&mut parameters, 10.0) - 5.0).abs() < 1e-12);
        assert_eq!(numbers(&parameters.gradients), [3.0, 0.0, 4.0]);
        assert!((clip_gradients(&mut parameters, 0.5) - 5.0).abs() < 1e-12);
        assert!((parameters.gradients.norm().double_value(&[]) - 0.5).abs() < 1e-12);
    }

    #[test]
    fn kept_moments_go_on_as_if_nothing_had_happened() {
        let gradients = Tensor::from_slice(&[1.0_f32, -0.5, 0.25]);
        let mut first = parameters(Kind::Float);
        let mut adam = Adam::new(&first, 1e-8);
        first.gradients.copy_(&gradients);
        adam.step(&mut first, 0.5);
        let mut second = parameters(Kind::Float);
        second.set_flat(&first.flat());
        second.gradients.copy_(&gradients);
        let mut again = Adam::new(&second, 1e-8);
        let (mean, square, steps) = adam.kept();
        again.restore(&mean, &square, steps);
        adam.step(&mut first, 0.5);
        again.step(&mut second, 0.5);
        assert_eq!(first.flat(), second.flat());
    }

    #[test]
    fn a_learning_rate_falls_in_a_line_to_zero_and_stays_there() {
        let check = |over, steps, expected: f64| {
            let found = falling(0.5, over, steps);
            assert!((found - expected).abs() < 1e-12, "{over:?}, {steps}: {found} is not {expected}");
        };
        check(None, 1_000, 0.5);
        check(Some(1_000), 0, 0.5);
        check(Some(1_000), 250, 0.375);
        check(Some(1_000), 1_000, 0.0);
        check(Some(1_000), 2_000, 0.0);
    }
}
