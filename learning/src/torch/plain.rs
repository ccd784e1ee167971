//! Plain layers without libtorch, for acting one observation at a time.
//!
//! It keeps nothing between calls, and allocates nothing while it answers. It knows no recurrent network.
use crate::policy::{self, Activation, Architecture, Body};
use crate::runtime::Runtime;
use std::collections::BTreeMap;

/// The network of an actor.
#[derive(Debug)]
pub(super) struct Plain {
    layers: Vec<Layer>,
    activation: Activation,
    above: Vec<f32>,
    below: Vec<f32>,
}

#[derive(Debug)]
struct Layer {
    /// `[before, width]`: the numbers that one input is multiplied with lie side by side.
    columns: Vec<f32>,
    bias: Vec<f32>,
}

impl Layer {
    fn new(weights: &BTreeMap<String, policy::Tensor>, name: &str) -> Self {
        let (weight, bias) = (&weights[&format!("{name}.weight")], &weights[&format!("{name}.bias")]);
        let (width, before) = (weight.shape[0], weight.shape[1]);
        let columns = (0..before).flat_map(|input| (0..width).map(move |out| weight.values[out * before + input]));
        Self { columns: columns.collect(), bias: bias.values.clone() }
    }
}

impl Plain {
    /// # Panics
    /// When the body is not of plain layers, or weights are missing.
    pub(super) fn new(architecture: &Architecture, weights: &BTreeMap<String, policy::Tensor>) -> Self {
        let Body::Mlp { hidden } = &architecture.body else { panic!("only plain layers are known here") };
        let names = (0..hidden.len()).map(|number| format!("actor.hidden.{number}")).chain(["actor.head".into()]);
        let layers = names.map(|name| Layer::new(weights, &name)).collect();
        Self { layers, activation: architecture.activation, above: Vec::new(), below: Vec::new() }
    }
}

impl Runtime for Plain {
    fn answer(&mut self, observation: &[f32], _memory: &mut [f32], outputs: &mut [f32]) {
        self.below.clear();
        self.below.extend_from_slice(observation);
        for (number, layer) in self.layers.iter().enumerate() {
            self.above.clear();
            self.above.extend_from_slice(&layer.bias);
            for (x, column) in self.below.iter().zip(layer.columns.chunks_exact(layer.bias.len())) {
                self.above.iter_mut().zip(column).for_each(|(out, weight)| *out += x * weight);
            }
            if number + 1 < self.layers.len() {
                let bend = |x: &mut f32| match self.activation {
                    Activation::Tanh => *x = x.tanh(),
                    Activation::Relu => *x = x.max(0.0),
                };
                self.above.iter_mut().for_each(bend);
            }
            std::mem::swap(&mut self.above, &mut self.below);
        }
        outputs.copy_from_slice(&self.below);
    }
}
