//! A policy's network on every machine, bit for bit the same and without libtorch.
//!
//! The arithmetic is 32-bit in one written order: nothing is fused, added in parallel, or asked of the platform's mathematics. It is
//! the cross-check of other runtimes, and what runs where libtorch is not. It allocates nothing while it answers.
pub mod choice;
pub mod curves;
mod layer;
mod recurrent;

use crate::policy::{Activation, Architecture, Body, Policy, PolicyError, Tensor};
use crate::runtime::Runtime;
use layer::Layer;
use recurrent::Recurrent;
use std::collections::BTreeMap;

/// The network of a policy, made ready to answer.
#[derive(Clone, Debug)]
pub struct Portable {
    inputs: usize,
    outputs: usize,
    body: Stages,
    head: Layer,
    /// What the head answers, with its padding.
    answer: Vec<f32>,
}

/// What stands before the head.
#[derive(Clone, Debug)]
enum Stages {
    /// Layers with what each of them last said.
    Layers { layers: Vec<(Layer, Vec<f32>)>, activation: Activation },
    /// Units with a memory.
    Recurrent(Recurrent),
}

impl Portable {
    /// The network of a policy that acts.
    ///
    /// # Errors
    /// When the policy is not right ([`Policy::check`]), or is a module, which only libtorch runs.
    pub fn new(policy: &Policy) -> Result<Self, PolicyError> {
        policy.check()?;
        Self::of(&policy.manifest.architecture, &policy.weights)
    }

    /// An actor's network that is no policy yet: weights by the names and in the shapes of the architecture.
    ///
    /// # Errors
    /// When weights are missing, or the body is a module.
    pub(crate) fn of(architecture: &Architecture, weights: &BTreeMap<String, Tensor>) -> Result<Self, PolicyError> {
        Self::network((architecture, weights), "actor", architecture.outputs)
    }

    /// The network of a policy that says what a situation is worth: one output.
    ///
    /// # Errors
    /// As [`Portable::new`], or when the policy has no critic.
    pub fn critic(policy: &Policy) -> Result<Self, PolicyError> {
        policy.check()?;
        Self::network((&policy.manifest.architecture, &policy.weights), "critic", 1)
    }

    fn network(
        (architecture, weights): (&Architecture, &BTreeMap<String, Tensor>),
        name: &str,
        outputs: usize,
    ) -> Result<Self, PolicyError> {
        let &Architecture { inputs, ref body, activation, .. } = architecture;
        let layer = |weight: &str, bias: &str| {
            let numbers = |part: &str| {
                let name = format!("{name}.{part}");
                let missing = || PolicyError::field(&name, "missing", "the weights of this network");
                weights.get(&name).map(|tensor| &tensor.values[..]).ok_or_else(missing)
            };
            Ok(Layer::new(numbers(weight)?, numbers(bias)?))
        };
        let body = match body {
            Body::Mlp { hidden } => {
                let one = |n| layer(&format!("hidden.{n}.weight"), &format!("hidden.{n}.bias"));
                let with_room = |layer: Layer| (layer.room(), layer);
                let layers = (0..hidden.len()).map(|n| Ok(with_room(one(n)?)));
                let layers =
                    layers.map(|l| l.map(|(room, layer)| (layer, room))).collect::<Result<_, PolicyError>>()?;
                Stages::Layers { layers, activation }
            }
            Body::Gru { .. } => {
                let (seen, kept) = (layer("gru.weight_ih", "gru.bias_ih")?, layer("gru.weight_hh", "gru.bias_hh")?);
                Stages::Recurrent(Recurrent::new(seen, kept))
            }
            Body::Module => {
                return Err(PolicyError::NotHere {
                    what: "this policy is a TorchScript module, which only libtorch runs; use a build with the feature `rl`",
                });
            }
        };
        let head = layer("head.weight", "head.bias")?;
        Ok(Self { inputs, outputs, body, answer: head.room(), head })
    }
}

impl Runtime for Portable {
    fn answer(&mut self, observation: &[f32], memory: &mut [f32], outputs: &mut [f32]) {
        assert_eq!(observation.len(), self.inputs, "an observation has as many numbers as the architecture says");
        assert_eq!(outputs.len(), self.outputs, "there are as many outputs as the architecture says");
        let last = match &mut self.body {
            Stages::Layers { layers, activation } => {
                assert!(memory.is_empty(), "layers have no memory");
                let mut last = observation;
                for (layer, room) in layers {
                    layer.apply(last, room);
                    match activation {
                        Activation::Tanh => curves::tanh_all(room),
                        Activation::Relu => curves::relu_all(room),
                    }
                    last = &room[..layer.outputs()];
                }
                last
            }
            Stages::Recurrent(units) => {
                units.step(observation, memory);
                memory
            }
        };
        self.head.apply(last, &mut self.answer);
        outputs.copy_from_slice(&self.answer[..self.outputs]);
    }
}
