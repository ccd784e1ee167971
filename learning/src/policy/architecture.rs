//! The shape of a policy's network, and the names of its weights.
//!
//! The file, the portable runtime and the networks that learn take names and shapes from here and from nowhere else.
use super::error::PolicyError;
use serde::{Deserialize, Serialize};

/// The most that inputs, outputs and a layer's width may be.
pub const WIDTH_MAX: usize = 32_768;

/// The most hidden layers.
pub const LAYERS_MAX: usize = 64;

/// What stands between two layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Activation {
    /// The hyperbolic tangent.
    Tanh,
    /// What is below zero becomes zero.
    Relu,
}

/// What stands before the last layer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Body {
    /// Layers of these widths. Weights: `actor.hidden.N.weight` `[width, before]` and `actor.hidden.N.bias` `[width]`.
    Mlp {
        /// Width of each hidden layer.
        hidden: Vec<usize>,
    },
    /// One layer of gated recurrent units, in PyTorch's form and order of gates (reset, update, new). Weights:
    /// `actor.gru.weight_ih` `[3 width, inputs]`, `weight_hh` `[3 width, width]`, `bias_ih`, `bias_hh` `[3 width]`.
    Gru {
        /// Width of the memory.
        width: usize,
    },
    /// A TorchScript module of its own: its archive is the tensor `module`, of bytes. Only libtorch runs it.
    Module,
}

/// What the outputs mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Head {
    /// Logits of a choice between actions.
    Categorical,
    /// The value of each action.
    Values,
    /// The mean of an amount; `actor.log_std` `[1]` is what it was sampled with in training.
    Gaussian,
}

/// A weight as a network of a certain shape has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weight {
    /// As `actor.hidden.0.weight`.
    pub name: String,
    /// Length of each dimension.
    pub shape: Vec<usize>,
}

/// The shape of a policy's network. The last layer is `actor.head.weight` `[outputs, before]` and `actor.head.bias`
/// `[outputs]`. The critic, where it is kept for further training, is a network of its own with the same body: its weights have
/// the same names with `critic` in front, and its last layer has one output.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Architecture {
    /// Numbers in one observation.
    pub inputs: usize,
    /// Numbers that come out.
    pub outputs: usize,
    /// What stands before the last layer.
    pub body: Body,
    /// What stands between layers of an MLP.
    pub activation: Activation,
    /// What the outputs mean.
    pub head: Head,
}

impl Architecture {
    /// Numbers of memory between two decisions: none but for a recurrent network.
    #[must_use]
    pub fn memory(&self) -> usize {
        match self.body {
            Body::Gru { width } => width,
            Body::Mlp { .. } | Body::Module => 0,
        }
    }

    /// The weights of the network that acts, from the first layer to the last. A module keeps its own: none.
    #[must_use]
    pub fn actor(&self) -> Vec<Weight> {
        let mut weights = self.network("actor", self.outputs);
        if self.head == Head::Gaussian && !weights.is_empty() {
            weights.push(Weight { name: "actor.log_std".into(), shape: vec![self.outputs] });
        }
        weights
    }

    /// The weights of the network that says what a situation is worth, from the first layer to the last. A module has none.
    #[must_use]
    pub fn critic(&self) -> Vec<Weight> {
        self.network("critic", 1)
    }

    fn network(&self, name: &str, outputs: usize) -> Vec<Weight> {
        let mut weights = Vec::new();
        let mut push = |part: &str, shape: Vec<usize>| weights.push(Weight { name: format!("{name}.{part}"), shape });
        let before = match self.body {
            Body::Mlp { ref hidden } => {
                let mut before = self.inputs;
                for (layer, &width) in hidden.iter().enumerate() {
                    push(&format!("hidden.{layer}.weight"), vec![width, before]);
                    push(&format!("hidden.{layer}.bias"), vec![width]);
                    before = width;
                }
                before
            }
            Body::Gru { width } => {
                push("gru.weight_ih", vec![3 * width, self.inputs]);
                push("gru.weight_hh", vec![3 * width, width]);
                push("gru.bias_ih", vec![3 * width]);
                push("gru.bias_hh", vec![3 * width]);
                width
            }
            Body::Module => return weights,
        };
        push("head.weight", vec![outputs, before]);
        push("head.bias", vec![outputs]);
        weights
    }

    /// Whether its sizes are ones that a network can have. To be asked before anything is made of them.
    pub(crate) fn check(&self) -> Result<(), PolicyError> {
        let size = |field: &str, size: usize| {
            let expected = || format!("a whole number from 1 to {WIDTH_MAX}");
            let fits = (1..=WIDTH_MAX).contains(&size);
            if fits { Ok(()) } else { Err(PolicyError::field(field, size, expected())) }
        };
        size("architecture.inputs", self.inputs)?;
        size("architecture.outputs", self.outputs)?;
        match self.body {
            Body::Mlp { ref hidden } if hidden.len() > LAYERS_MAX => {
                let found = format!("a list of {}", hidden.len());
                Err(PolicyError::field("architecture.body.hidden", found, format!("at most {LAYERS_MAX} layers")))
            }
            Body::Mlp { ref hidden } => hidden.iter().try_for_each(|&width| size("architecture.body.hidden", width)),
            Body::Gru { width } => size("architecture.body.width", width),
            Body::Module => Ok(()),
        }
    }
}
