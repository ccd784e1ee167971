//! The shape of a policy's network, and the names of its weights.
use serde::{Deserialize, Serialize};

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
#[serde(rename_all = "kebab-case")]
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

/// The shape of a policy's network. The last layer is `actor.head.weight` `[outputs, before]` and `actor.head.bias`. The critic,
/// where it is kept for further training, has the same names with `critic` in front and one output.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
}
