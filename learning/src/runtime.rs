//! What turns an observation into the outputs of a policy's network.

/// A network that answers one observation at a time.
///
/// It keeps nothing between calls: a recurrent network's memory is handed in and out, and belongs to who asks.
pub trait Runtime: Send {
    /// Writes the outputs for one observation, which is normalised already. Outputs are logits, the value of each action, or
    /// a mean, as the policy's head says. `memory` is as long as the architecture says, and is zero at the beginning.
    ///
    /// # Panics
    /// When a slice has another length than the architecture says.
    fn answer(&mut self, observation: &[f32], memory: &mut [f32], outputs: &mut [f32]);
}
