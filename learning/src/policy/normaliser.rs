//! What brings an observation to the scale that a policy was trained on. It is part of the policy and never of anything else.

/// Mean and scale of each number of an observation: `(x - mean) / scale`, within `clip` either way.
///
/// The arithmetic is 32-bit, in this order, on every machine.
#[derive(Clone, Debug, PartialEq)]
pub struct Normaliser {
    mean: Vec<f32>,
    scale: Vec<f32>,
    clip: f32,
}

impl Normaliser {
    /// Of these statistics.
    ///
    /// # Panics
    /// When the two have different lengths.
    #[must_use]
    pub fn new(mean: Vec<f32>, scale: Vec<f32>, clip: f32) -> Self {
        assert_eq!(mean.len(), scale.len(), "every number has a mean and a scale");
        Self { mean, scale, clip }
    }

    /// One that changes nothing but what lies beyond `clip`.
    #[must_use]
    pub fn identity(width: usize, clip: f32) -> Self {
        Self::new(vec![0.0; width], vec![1.0; width], clip)
    }

    /// The means.
    #[must_use]
    pub fn mean(&self) -> &[f32] {
        &self.mean
    }

    /// The scales.
    #[must_use]
    pub fn scale(&self) -> &[f32] {
        &self.scale
    }

    /// The bound either way.
    #[must_use]
    pub fn clip(&self) -> f32 {
        self.clip
    }

    /// Brings an observation to scale, in place.
    pub fn apply(&self, observation: &mut [f32]) {
        for ((x, mean), scale) in observation.iter_mut().zip(&self.mean).zip(&self.scale) {
            *x = ((*x - mean) / scale).clamp(-self.clip, self.clip);
        }
    }
}
