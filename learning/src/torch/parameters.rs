//! The numbers of a network: one flat tensor of weights, one of gradients, and the names of their parts.
//!
//! Every weight that a layer uses is a view into the flat tensor, so that an optimiser's step is a handful of operations
//! whatever the number of layers. Parts that are pushed one after the other lie side by side.
use super::initial::Start;
use crate::policy;
use engine::Rng;
use std::collections::BTreeMap;
use tch::{Device, Kind, Tensor};
use thiserror::Error;

/// Weights that do not fit a network.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum WeightsError {
    /// A part is not there.
    #[error("there are no weights `{name}`: the network needs them with the shape {shape:?}")]
    Missing {
        /// Its name.
        name: String,
        /// The shape that it needs.
        shape: Vec<usize>,
    },
    /// A part has another shape.
    #[error("the weights `{name}` have the shape {found:?} with {numbers} numbers, and the network needs {expected:?}")]
    Shape {
        /// Its name.
        name: String,
        /// The shape that it has.
        found: Vec<usize>,
        /// How many numbers it has.
        numbers: usize,
        /// The shape that it needs.
        expected: Vec<usize>,
    },
}

/// A part of the flat tensors.
#[derive(Clone, Debug, PartialEq)]
struct Part {
    name: String,
    shape: Vec<usize>,
    start: Start,
    offset: usize,
}

impl Part {
    fn length(&self) -> usize {
        self.shape.iter().product()
    }
}

/// Which parts there are, in their order.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Layout {
    parts: Vec<Part>,
    length: usize,
}

impl Layout {
    /// Adds a part behind those before it, and tells where it begins.
    pub(super) fn push(&mut self, name: String, shape: &[usize], start: Start) -> usize {
        let part = Part { name, shape: shape.to_vec(), start, offset: self.length };
        self.length += part.length();
        self.parts.push(part);
        self.length - self.parts.last().map_or(0, Part::length)
    }
}

/// The numbers of a network.
#[derive(Debug)]
pub(super) struct Parameters {
    layout: Layout,
    /// Every weight, `[length]`.
    pub(super) weights: Tensor,
    /// Where a backward pass leaves its gradients, `[length]`.
    pub(super) gradients: Tensor,
}

impl Parameters {
    /// First weights, drawn for each part from a stream of its own.
    pub(super) fn new(layout: Layout, seed: u64, kind: Kind) -> Self {
        let numbers = |part: &Part| {
            part.start.numbers(&part.shape, &mut Rng::stream(seed, &format!("initial weights of {}", part.name)))
        };
        let all: Vec<f32> = layout.parts.iter().flat_map(numbers).collect();
        let weights = Tensor::from_slice(&all).to_kind(kind);
        let gradients = Tensor::zeros([layout.length as i64], (kind, Device::Cpu));
        Self { layout, weights, gradients }
    }

    /// How many numbers there are.
    pub(super) fn length(&self) -> usize {
        self.layout.length
    }

    /// Weights and gradients from `offset` on, in this shape. Both are views.
    pub(super) fn view(&self, offset: usize, shape: &[usize]) -> (Tensor, Tensor) {
        let length = shape.iter().product::<usize>() as i64;
        let shape: Vec<i64> = shape.iter().map(|&n| n as i64).collect();
        let view = |flat: &Tensor| flat.narrow(0, offset as i64, length).view(shape.as_slice());
        (view(&self.weights), view(&self.gradients))
    }

    /// Every weight, in the order of the parts.
    pub(super) fn flat(&self) -> Vec<f32> {
        numbers(&self.weights)
    }

    /// Takes over every weight, in the order of the parts.
    ///
    /// # Panics
    /// When there are more or fewer of them.
    pub(super) fn set_flat(&mut self, numbers: &[f32]) {
        assert_eq!(numbers.len(), self.layout.length, "as many weights as the network has");
        self.weights.copy_(&Tensor::from_slice(numbers));
    }

    /// Weights by name.
    pub(super) fn named(&self) -> BTreeMap<String, policy::Tensor> {
        let flat = self.flat();
        let tensor = |part: &Part| policy::Tensor {
            shape: part.shape.clone(),
            values: flat[part.offset..][..part.length()].to_vec(),
        };
        self.layout.parts.iter().map(|part| (part.name.clone(), tensor(part))).collect()
    }

    /// Takes over weights by name; names that the network does not know are left alone.
    ///
    /// # Errors
    /// When a part is missing or has another shape; then nothing is changed.
    pub(super) fn set_named(&mut self, named: &BTreeMap<String, policy::Tensor>) -> Result<(), WeightsError> {
        let mut flat = Vec::with_capacity(self.layout.length);
        for part in &self.layout.parts {
            let missing = || WeightsError::Missing { name: part.name.clone(), shape: part.shape.clone() };
            let tensor = named.get(&part.name).ok_or_else(missing)?;
            if tensor.shape != part.shape || tensor.values.len() != part.length() {
                return Err(WeightsError::Shape {
                    name: part.name.clone(),
                    found: tensor.shape.clone(),
                    numbers: tensor.values.len(),
                    expected: part.shape.clone(),
                });
            }
            flat.extend_from_slice(&tensor.values);
        }
        self.set_flat(&flat);
        Ok(())
    }
}

/// The numbers of a tensor, row by row.
pub(super) fn numbers(tensor: &Tensor) -> Vec<f32> {
    let mut numbers = vec![0.0; tensor.numel()];
    tensor.to_kind(Kind::Float).copy_data(&mut numbers, tensor.numel());
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn parameters(seed: u64) -> Parameters {
        let mut layout = Layout::default();
        layout.push("a.weight".into(), &[2, 3], Start::Orthogonal(1.0));
        layout.push("a.bias".into(), &[2], Start::Constant(0.5));
        Parameters::new(layout, seed, Kind::Float)
    }

    #[test]
    fn a_view_and_the_flat_tensor_are_the_same_numbers() {
        let mut parameters = parameters(1);
        parameters.set_flat(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]);
        let (mut bias, _) = parameters.view(6, &[2]);
        let _ = bias.g_add_scalar_(1.0);
        assert_eq!(parameters.flat(), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 9.0]);
        assert_eq!(numbers(&parameters.view(0, &[2, 3]).0.get(1)), [4.0, 5.0, 6.0]);
    }

    #[test]
    fn parts_of_one_shape_begin_otherwise() {
        let mut layout = Layout::default();
        for name in ["actor.x", "critic.x"] {
            layout.push(name.into(), &[3, 3], Start::Orthogonal(1.0));
        }
        let flat = Parameters::new(layout, 1, Kind::Float).flat();
        assert_ne!(flat[..9], flat[9..]);
    }

    #[test]
    fn weights_by_name_come_back_as_they_were_given() {
        let first = parameters(1);
        let mut other = parameters(2);
        assert_ne!(first.flat(), other.flat(), "another seed draws other weights");
        other.set_named(&first.named()).expect("they are of one shape");
        assert_eq!(first.flat(), other.flat());
        assert_eq!(first.named()["a.bias"].values, [0.5, 0.5]);
    }

    #[test]
    fn weights_that_do_not_fit_are_refused_by_name_and_change_nothing() {
        let check = |break_it: fn(&mut BTreeMap<String, policy::Tensor>), expected: Expect| {
            let mut parameters = parameters(1);
            let (before, mut named) = (parameters.flat(), parameters.named());
            named.values_mut().for_each(|t| t.values.iter_mut().for_each(|x| *x += 1.0));
            break_it(&mut named);
            let error = parameters.set_named(&named).expect_err("they do not fit");
            expected.assert_eq(&error.to_string());
            assert_eq!(parameters.flat(), before);
        };
        check(
            |named| drop(named.remove("a.weight")),
            expect!["there are no weights `a.weight`: the network needs them with the shape [2, 3]"],
        );
        check(
            |named| named.get_mut("a.weight").expect("it is there").shape.swap(0, 1),
            expect!["the weights `a.weight` have the shape [3, 2] with 6 numbers, and the network needs [2, 3]"],
        );
        check(
            |named| named.get_mut("a.bias").expect("it is there").values.push(0.0),
            expect!["the weights `a.bias` have the shape [2] with 3 numbers, and the network needs [2]"],
        );
    }
}
