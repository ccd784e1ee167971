//! A dense layer: `bias + weight x`, summed in the order of the inputs.
//!
//! Weights lie input by input, in blocks of neighbouring outputs: all sums of a block grow side by side, so that the compiler
//! can use vectors although no sum is ever reordered. How wide a block is changes the speed and never a bit.

/// Outputs of one pass over the inputs: eight registers of four numbers.
const WIDE: usize = 32;
const MIDDLE: usize = 16;
const NARROW: usize = 8;

/// The weights of a layer.
#[derive(Clone, Debug)]
pub(super) struct Layer {
    inputs: usize,
    outputs: usize,
    /// One after the other the blocks: as many wide ones as fit, then smaller ones; in each, for every input, its weight for every
    /// output of the block.
    weights: Vec<f32>,
    /// Of every output, and zeros up to a whole block.
    bias: Vec<f32>,
}

impl Layer {
    /// Of weights row by row, one row for each output, and as many biases as there are rows.
    pub(super) fn new(weight: &[f32], bias: &[f32]) -> Self {
        let outputs = bias.len();
        let inputs = weight.len() / outputs;
        let mut layer = Self { inputs, outputs, weights: Vec::new(), bias: bias.to_vec() };
        layer.bias.resize(outputs.next_multiple_of(NARROW), 0.0);
        let mut first = 0;
        while first < layer.bias.len() {
            let width = width_of(layer.bias.len() - first);
            let block = (0..inputs).flat_map(|input| (first..first + width).map(move |output| (input, output)));
            let value = |(input, output)| if output < outputs { weight[output * inputs + input] } else { 0.0 };
            layer.weights.extend(block.map(value));
            first += width;
        }
        layer
    }

    /// Outputs, without the padding.
    pub(super) fn outputs(&self) -> usize {
        self.outputs
    }

    /// Room for what it says, with the padding.
    pub(super) fn room(&self) -> Vec<f32> {
        vec![0.0; self.bias.len()]
    }

    /// Writes what it says, with the padding. `input` has as many numbers as a row.
    pub(super) fn apply(&self, input: &[f32], output: &mut [f32]) {
        assert_eq!(input.len(), self.inputs, "a layer sees as many numbers as it has weights for");
        assert_eq!(output.len(), self.bias.len(), "a layer's room is made by itself");
        let (mut weights, mut bias, mut output) = (&self.weights[..], &self.bias[..], output);
        while !bias.is_empty() {
            let width = width_of(bias.len());
            let (block, blocks) = weights.split_at(width * input.len());
            let (start, starts) = bias.split_at(width);
            let (sums, rest) = output.split_at_mut(width);
            match width {
                WIDE => accumulate::<WIDE>(input, block, start, sums),
                MIDDLE => accumulate::<MIDDLE>(input, block, start, sums),
                _ => accumulate::<NARROW>(input, block, start, sums),
            }
            (weights, bias, output) = (blocks, starts, rest);
        }
    }
}

/// The width of the next block where so many outputs are left, a multiple of [`NARROW`].
fn width_of(left: usize) -> usize {
    [WIDE, MIDDLE].into_iter().find(|&width| width <= left).unwrap_or(NARROW)
}

/// The sums of one block. `block` has N weights for every input.
fn accumulate<const N: usize>(input: &[f32], block: &[f32], start: &[f32], sums: &mut [f32]) {
    let mut all: [f32; N] = start.try_into().expect("a block starts with a bias for each output");
    for (x, weights) in input.iter().zip(block.as_chunks::<N>().0) {
        for (sum, weight) in all.iter_mut().zip(weights) {
            *sum += x * weight;
        }
    }
    sums.copy_from_slice(&all);
}
