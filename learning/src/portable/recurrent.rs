//! One layer of gated recurrent units, as PyTorch defines them (`torch.nn.GRU`,
//! <https://docs.pytorch.org/docs/stable/generated/torch.nn.GRU.html>):
//!
//! ```text
//! r = sigmoid(W_ir x + b_ir + W_hr h + b_hr)
//! z = sigmoid(W_iz x + b_iz + W_hz h + b_hz)
//! n = tanh(W_in x + b_in + r * (W_hn h + b_hn))
//! h' = (1 - z) * n + z * h
//! ```
use super::curves;
use super::layer::Layer;

/// The units of one layer.
#[derive(Clone, Debug)]
pub(super) struct Recurrent {
    width: usize,
    /// From what is seen to the three gates (reset, update, new), and what it last said.
    seen: Layer,
    from_seen: Vec<f32>,
    /// From what is kept to the three gates, and what it last said.
    kept: Layer,
    from_kept: Vec<f32>,
}

impl Recurrent {
    /// Of two layers with three outputs for each unit.
    pub(super) fn new(seen: Layer, kept: Layer) -> Self {
        Self { width: seen.outputs() / 3, from_seen: seen.room(), from_kept: kept.room(), seen, kept }
    }

    /// Takes one observation in; the memory is also what it says.
    pub(super) fn step(&mut self, observation: &[f32], memory: &mut [f32]) {
        let width = self.width;
        assert_eq!(memory.len(), width, "the memory is as long as the architecture says");
        self.seen.apply(observation, &mut self.from_seen);
        self.kept.apply(memory, &mut self.from_kept);
        // Reset and update lie side by side, and are treated alike.
        let (gates, new) = self.from_seen.split_at_mut(2 * width);
        let (kept_gates, kept_new) = self.from_kept.split_at(2 * width);
        for (gate, kept) in gates.iter_mut().zip(kept_gates) {
            *gate += kept;
        }
        curves::sigmoid_all(gates);
        let (reset, update) = gates.split_at(width);
        let new = &mut new[..width];
        for ((new, reset), kept) in new.iter_mut().zip(reset).zip(kept_new) {
            *new += reset * kept;
        }
        curves::tanh_all(new);
        for ((memory, update), new) in memory.iter_mut().zip(update).zip(&*new) {
            *memory = (1.0 - update) * new + update * *memory;
        }
    }
}
