//! Networks of Onetape's own, computed by libtorch one observation at a time.
//!
//! Weights and results lie in tensors that are made once: an answer is a handful of calls, and takes no memory but for the
//! observation's own tensor. It never records a gradient.
use crate::policy::{Activation, Architecture, Body, Policy};
use crate::runtime::Runtime;
use tch::{Kind, Tensor};

/// One layer: `out = weight x + bias`.
struct Layer {
    weight: Tensor,
    bias: Tensor,
    out: Tensor,
}

impl Layer {
    fn new(policy: &Policy, weight: &str, bias: &str) -> Self {
        let (weight, bias) = (tensor(policy, weight), tensor(policy, bias));
        let out = Tensor::zeros_like(&bias);
        Self { weight, bias, out }
    }

    fn apply(&self, x: &Tensor) {
        let _ = self.bias.addmv_out(&self.out, &self.weight, x);
    }
}

/// Gates of a recurrent layer, as parts of the two products that they are computed from.
struct Gates {
    inputs: Layer,
    state: Layer,
    /// Reset and update together, of the inputs' product and of the state's.
    both: (Tensor, Tensor),
    reset: Tensor,
    update: Tensor,
    new: (Tensor, Tensor),
    memory: Tensor,
}

impl Gates {
    fn new(policy: &Policy, width: i64) -> Self {
        let inputs = Layer::new(policy, "actor.gru.weight_ih", "actor.gru.bias_ih");
        let state = Layer::new(policy, "actor.gru.weight_hh", "actor.gru.bias_hh");
        let part = |of: &Layer, from: i64, length: i64| of.out.narrow(0, from, length);
        Self {
            both: (part(&inputs, 0, 2 * width), part(&state, 0, 2 * width)),
            reset: part(&inputs, 0, width),
            update: part(&inputs, width, width),
            new: (part(&inputs, 2 * width, width), part(&state, 2 * width, width)),
            memory: Tensor::zeros([width], (Kind::Float, tch::Device::Cpu)),
            inputs,
            state,
        }
    }

    /// Leaves the new memory in `memory`: `(h - n) z + n`, the order of PyTorch's own cell.
    fn apply(&mut self, x: &Tensor, memory: &[f32]) {
        self.memory.copy_(&Tensor::from_slice(memory));
        self.inputs.apply(x);
        self.state.apply(&self.memory);
        let _ = self.both.0.g_add_(&self.both.1);
        let _ = self.both.0.sigmoid_();
        let _ = self.new.1.g_mul_(&self.reset);
        let _ = self.new.0.g_add_(&self.new.1);
        let _ = self.new.0.tanh_();
        let _ = self.memory.g_sub_(&self.new.0);
        let _ = self.memory.g_mul_(&self.update);
        let _ = self.memory.g_add_(&self.new.0);
    }
}

/// What stands before the last layer.
enum Before {
    Layers(Vec<Layer>, Activation),
    Gates(Box<Gates>),
}

/// A multi-layer perceptron or a recurrent network.
pub struct Eager {
    architecture: Architecture,
    before: Before,
    head: Layer,
}

impl Eager {
    /// The network of a policy.
    ///
    /// # Panics
    /// When it is a module, or a weight is missing: a policy that was read has all of them.
    #[must_use]
    pub fn new(policy: &Policy) -> Self {
        tch::set_num_threads(1);
        let architecture = policy.manifest.architecture.clone();
        let before = match architecture.body {
            Body::Mlp { ref hidden } => {
                let names = |layer| (format!("actor.hidden.{layer}.weight"), format!("actor.hidden.{layer}.bias"));
                let layer = |(weight, bias): (String, String)| Layer::new(policy, &weight, &bias);
                Before::Layers((0..hidden.len()).map(names).map(layer).collect(), architecture.activation)
            }
            Body::Gru { width } => {
                Before::Gates(Box::new(Gates::new(policy, i64::try_from(width).expect("a layer has some units"))))
            }
            Body::Module => panic!("a module has a runtime of its own"),
        };
        Self { architecture, before, head: Layer::new(policy, "actor.head.weight", "actor.head.bias") }
    }

    fn compute(&mut self, observation: &[f32], memory: &mut [f32]) {
        let input = Tensor::from_slice(observation);
        match &mut self.before {
            Before::Layers(layers, activation) => {
                let mut x = &input;
                for layer in layers {
                    layer.apply(x);
                    let _ = match activation {
                        Activation::Tanh => layer.out.tanh_(),
                        Activation::Relu => layer.out.relu_(),
                    };
                    x = &layer.out;
                }
                self.head.apply(x);
            }
            Before::Gates(gates) => {
                gates.apply(&input, memory);
                gates.memory.copy_data(memory, memory.len());
                self.head.apply(&gates.memory);
            }
        }
    }
}

impl Runtime for Eager {
    fn answer(&mut self, observation: &[f32], memory: &mut [f32], outputs: &mut [f32]) {
        assert_eq!(observation.len(), self.architecture.inputs, "an observation is as wide as the network's input");
        assert_eq!(memory.len(), self.architecture.memory(), "the memory is as wide as the network's");
        assert_eq!(outputs.len(), self.architecture.outputs, "there is a place for each output");
        tch::no_grad(|| self.compute(observation, memory));
        self.head.out.copy_data(outputs, outputs.len());
    }
}

fn tensor(policy: &Policy, name: &str) -> Tensor {
    let weight = policy.weights.get(name).expect("a policy that was read has all of its weights");
    let shape: Vec<i64> = weight.shape.iter().map(|n| i64::try_from(*n).expect("a weight fits in memory")).collect();
    Tensor::from_slice(&weight.values).reshape(shape)
}
