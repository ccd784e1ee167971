//! Networks of plain layers: an actor and a critic side by side, or one alone, with a backward pass written out.
//!
//! The two have the same hidden layers and share nothing. Their weights lie beside each other, so that one operation serves
//! both; every operation writes into a tensor that is already there. Nothing here knows a loss: whoever does fills
//! [`Workspace::output_gradients`]. The gradients are tested against libtorch's own and against central differences.
use super::initial::Start;
use super::parameters::{Layout, Parameters};
use crate::policy::Activation;
use std::collections::BTreeMap;
use tch::{Device, Kind, Tensor};

/// The last layer of one of the networks.
#[derive(Clone, Debug)]
pub(super) struct HeadShape {
    /// Whose it is, as `actor`.
    pub(super) of: &'static str,
    /// Its name, as `head`.
    pub(super) name: &'static str,
    /// Numbers that come out.
    pub(super) outputs: usize,
    /// Length of its first weights' rows.
    pub(super) gain: f64,
}

/// The shape of the networks.
#[derive(Clone, Debug)]
pub(super) struct NetworkShape {
    /// Numbers that go in.
    pub(super) inputs: usize,
    /// Width of each hidden layer, one at least.
    pub(super) hidden: Vec<usize>,
    /// What stands between layers.
    pub(super) activation: Activation,
    /// A network for each.
    pub(super) heads: Vec<HeadShape>,
    /// Whether there is a logarithm of a standard deviation, and where it begins.
    pub(super) log_std: Option<f32>,
}

#[derive(Debug)]
struct Layer {
    /// `[networks, width, before]`
    weight: Tensor,
    /// `[networks, before, width]`
    transposed: Tensor,
    /// `[networks, 1, width]`
    bias: Tensor,
    weight_gradient: Tensor,
    /// `[networks, width]`
    bias_gradient: Tensor,
    width: i64,
}

#[derive(Debug)]
struct Head {
    /// `[outputs, width]`
    weight: Tensor,
    /// `[width, outputs]`
    transposed: Tensor,
    /// `[outputs]`
    bias: Tensor,
    weight_gradient: Tensor,
    bias_gradient: Tensor,
    outputs: i64,
}

/// The networks.
#[derive(Debug)]
pub(super) struct Network {
    pub(super) parameters: Parameters,
    layers: Vec<Layer>,
    heads: Vec<Head>,
    log_std: Option<(Tensor, Tensor)>,
    activation: Activation,
    kind: Kind,
}

/// What a pass over so many rows writes into.
#[derive(Debug)]
pub(super) struct Workspace {
    rows: i64,
    hidden: Vec<Hidden>,
    /// What each network answered, `[rows, outputs]`.
    pub(super) outputs: Vec<Tensor>,
    /// The loss by each output, `[rows, outputs]`: to be filled before a backward pass.
    pub(super) output_gradients: Vec<Tensor>,
}

#[derive(Debug)]
struct Hidden {
    /// `[networks, rows, width]`
    out: Tensor,
    gradient: Tensor,
    /// Each network's part of both, `[rows, width]`.
    outs: Vec<Tensor>,
    gradients: Vec<Tensor>,
}

/// Room for passes, by number of rows: whole minibatches, and what is left over.
#[derive(Debug, Default)]
pub(super) struct Rooms(BTreeMap<usize, Workspace>);

impl Rooms {
    /// Room for so many rows of this network.
    pub(super) fn of(&mut self, network: &Network, rows: usize) -> &mut Workspace {
        // What is left over of a rollout with its cut episodes has many lengths, and none is worth keeping room for.
        if self.0.len() >= 8 && !self.0.contains_key(&rows) {
            self.0.clear();
        }
        self.0.entry(rows).or_insert_with(|| network.workspace(rows))
    }
}

impl Network {
    /// With first weights of this seed. Orthogonal hidden layers of gain sqrt 2, biases of zero.
    ///
    /// # Panics
    /// When there is no hidden layer.
    pub(super) fn new(shape: &NetworkShape, seed: u64, kind: Kind) -> Self {
        assert!(!shape.hidden.is_empty(), "a network has a hidden layer");
        let mut layout = Layout::default();
        let push = |layout: &mut Layout, part: &str, shape_of: &[usize], start: Start| {
            let offsets = shape.heads.iter().map(|head| layout.push(format!("{}.{part}", head.of), shape_of, start));
            offsets.collect::<Vec<_>>()[0]
        };
        let mut before = shape.inputs;
        let mut places = Vec::new();
        for (number, &width) in shape.hidden.iter().enumerate() {
            let hidden = Start::Orthogonal(std::f64::consts::SQRT_2);
            let weight = push(&mut layout, &format!("hidden.{number}.weight"), &[width, before], hidden);
            let bias = push(&mut layout, &format!("hidden.{number}.bias"), &[width], Start::Constant(0.0));
            places.push((weight, bias, width, before));
            before = width;
        }
        let heads: Vec<_> = shape.heads.iter().map(|head| push_head(&mut layout, head, before)).collect();
        let log_std = shape.log_std.map(|start| layout.push("actor.log_std".into(), &[1], Start::Constant(start)));
        let parameters = Parameters::new(layout, seed, kind);
        let networks = shape.heads.len();
        let layers = places.into_iter().map(|place| Layer::new(&parameters, networks, place)).collect();
        let heads = heads.into_iter().map(|(w, b, outputs)| Head::new(&parameters, w, b, [outputs, before])).collect();
        let log_std = log_std.map(|offset| parameters.view(offset, &[1]));
        Self { parameters, layers, heads, log_std, activation: shape.activation, kind }
    }

    /// The logarithm of the standard deviation that amounts are sampled with.
    pub(super) fn log_std(&self) -> Option<f64> {
        self.log_std.as_ref().map(|(number, _)| number.double_value(&[0]))
    }

    /// Sets the gradient of the logarithm of the standard deviation.
    pub(super) fn set_log_std_gradient(&mut self, gradient: f64) {
        if let Some((_, place)) = &mut self.log_std {
            let _ = place.fill_(gradient);
        }
    }

    /// Room for passes over so many rows.
    pub(super) fn workspace(&self, rows: usize) -> Workspace {
        let rows = rows as i64;
        let empty = |shape: &[i64]| Tensor::zeros(shape, (self.kind, Device::Cpu));
        let networks = self.heads.len() as i64;
        let hidden = |layer: &Layer| {
            let (out, gradient) = (empty(&[networks, rows, layer.width]), empty(&[networks, rows, layer.width]));
            let each = |whole: &Tensor| (0..networks).map(|n| whole.get(n)).collect();
            Hidden { outs: each(&out), gradients: each(&gradient), out, gradient }
        };
        let outputs = || self.heads.iter().map(|head| empty(&[rows, head.outputs])).collect();
        Workspace {
            rows,
            hidden: self.layers.iter().map(hidden).collect(),
            outputs: outputs(),
            output_gradients: outputs(),
        }
    }

    /// Answers `[rows, inputs]` into the workspace's outputs.
    pub(super) fn forward(&self, inputs: &Tensor, space: &mut Workspace) {
        let mut before = self.for_each(inputs, space.rows);
        for (layer, hidden) in self.layers.iter().zip(&mut space.hidden) {
            let _ = layer.bias.baddbmm_out(&hidden.out, &before, &layer.transposed);
            match self.activation {
                Activation::Tanh => tanh(&mut hidden.out),
                Activation::Relu => drop(hidden.out.relu_()),
            }
            before = hidden.out.shallow_clone();
        }
        let top = space.hidden.last().expect("a network has a hidden layer");
        for ((head, out), before) in self.heads.iter().zip(&space.outputs).zip(&top.outs) {
            let _ = head.bias.addmm_out(out, before, &head.transposed);
        }
    }

    /// Brings the gradients of the outputs back to every weight; the forward pass over the same inputs has to be the last one.
    pub(super) fn backward(&mut self, inputs: &Tensor, space: &mut Workspace) {
        let top = space.hidden.last().expect("a network has a hidden layer");
        let outs = space.output_gradients.iter().zip(&top.outs).zip(&top.gradients);
        for (head, ((gradient, before), gradient_before)) in self.heads.iter().zip(outs) {
            let _ = gradient.tr().mm_out(&head.weight_gradient, before);
            let _ = gradient.sum_intlist_out(&head.bias_gradient, 0_i64, false, self.kind);
            let _ = gradient.mm_out(gradient_before, &head.weight);
        }
        let first = self.for_each(inputs, space.rows);
        for (number, layer) in self.layers.iter().enumerate().rev() {
            let hidden = &space.hidden[number];
            let gradient = &hidden.gradient;
            let _ = match self.activation {
                Activation::Tanh => Tensor::tanh_backward_grad_input(gradient, gradient, &hidden.out),
                Activation::Relu => hidden.out.threshold_backward_grad_input(gradient, gradient, 0.0),
            };
            let before = number.checked_sub(1).map(|below| &space.hidden[below]);
            let _ = gradient.transpose(1, 2).bmm_out(&layer.weight_gradient, before.map_or(&first, |h| &h.out));
            let _ = gradient.sum_intlist_out(&layer.bias_gradient, 1_i64, false, self.kind);
            if let Some(before) = before {
                let _ = gradient.bmm_out(&before.gradient, &layer.weight);
            }
        }
    }

    /// The same rows for every network, without copying them.
    fn for_each(&self, inputs: &Tensor, rows: i64) -> Tensor {
        inputs.unsqueeze(0).expand([self.heads.len() as i64, rows, -1], false)
    }
}

/// The hyperbolic tangent in place, as `2 sigmoid(2x) - 1`: off by at most some 1e-7. libtorch's own takes three times as long,
/// and was a quarter of an update.
fn tanh(x: &mut Tensor) {
    let _ = x.g_mul_scalar_(2.0);
    let _ = x.sigmoid_();
    let _ = x.g_mul_scalar_(2.0);
    let _ = x.g_sub_scalar_(1.0);
}

fn push_head(layout: &mut Layout, head: &HeadShape, before: usize) -> (usize, usize, usize) {
    let name = |part: &str| format!("{}.{}.{part}", head.of, head.name);
    let weight = layout.push(name("weight"), &[head.outputs, before], Start::Orthogonal(head.gain));
    let bias = layout.push(name("bias"), &[head.outputs], Start::Constant(0.0));
    (weight, bias, head.outputs)
}

impl Layer {
    fn new(
        parameters: &Parameters,
        networks: usize,
        (weight, bias, width, before): (usize, usize, usize, usize),
    ) -> Self {
        let (weight, weight_gradient) = parameters.view(weight, &[networks, width, before]);
        let (bias, bias_gradient) = parameters.view(bias, &[networks, width]);
        let (transposed, bias) = (weight.transpose(1, 2), bias.unsqueeze(1));
        Self { weight, transposed, bias, weight_gradient, bias_gradient, width: width as i64 }
    }
}

impl Head {
    fn new(parameters: &Parameters, weight: usize, bias: usize, shape: [usize; 2]) -> Self {
        let (weight, weight_gradient) = parameters.view(weight, &shape);
        let (bias, bias_gradient) = parameters.view(bias, &shape[..1]);
        let transposed = weight.tr();
        Self { weight, transposed, bias, weight_gradient, bias_gradient, outputs: shape[0] as i64 }
    }
}

#[cfg(test)]
pub(super) mod tests;
