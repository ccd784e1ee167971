//! The backward pass against libtorch's own and against central differences.
use super::*;
use engine::Rng;

fn network(activation: Activation, hidden: &[usize], kind: Kind) -> Network {
    let head = |of, outputs| HeadShape { of, name: "head", outputs, gain: 1.0 };
    let heads = vec![head("actor", 3), head("critic", 1)];
    let shape = NetworkShape { inputs: 5, hidden: hidden.to_vec(), activation, heads, log_std: None };
    let mut network = Network::new(&shape, 9, kind);
    // Biases of zero would leave units whose inputs are all zero just at the edge of a rectifier, where there is no gradient.
    let length = network.parameters.length() as i64;
    let _ = network.parameters.weights.g_add_(&(normals(&[length], "moved", kind) * 0.1));
    network
}

pub(crate) fn normals(shape: &[i64], purpose: &str, kind: Kind) -> Tensor {
    let mut rng = Rng::stream(1, purpose);
    let count = shape.iter().product::<i64>();
    let numbers: Vec<f64> = (0..count).map(|_| rng.normal()).collect();
    Tensor::from_slice(&numbers).view(shape).to_kind(kind)
}

const SHAPES: [(Activation, &[usize]); 4] = [
    (Activation::Tanh, &[7, 6]),
    (Activation::Relu, &[7, 6]),
    (Activation::Tanh, &[8]),
    (Activation::Relu, &[4, 5, 6]),
];

/// A linear function of all outputs: its gradient by each of them is one of `weights`.
fn pass(network: &mut Network, inputs: &Tensor, weights: &[Tensor]) -> f64 {
    let mut space = network.workspace(inputs.size()[0] as usize);
    network.forward(inputs, &mut space);
    for (place, weights) in space.output_gradients.iter_mut().zip(weights) {
        place.copy_(weights);
    }
    network.backward(inputs, &mut space);
    space.outputs.iter().zip(weights).map(|(out, weight)| (out * weight).sum(Kind::Double).double_value(&[])).sum()
}

#[test]
fn gradients_are_those_of_central_differences_in_64_bits() {
    for (activation, hidden) in SHAPES {
        let mut network = network(activation, hidden, Kind::Double);
        let inputs = normals(&[6, 5], "inputs", Kind::Double);
        let weights = [normals(&[6, 3], "actor", Kind::Double), normals(&[6, 1], "critic", Kind::Double)];
        pass(&mut network, &inputs, &weights);
        let found = network.parameters.gradients.copy();
        let step = 1e-6;
        for place in 0..network.parameters.length() as i64 {
            let mut moved = |by: f64| {
                let _ = network.parameters.weights.narrow(0, place, 1).g_add_scalar_(by);
                pass(&mut network, &inputs, &weights)
            };
            let (up, down) = (moved(step), moved(-2.0 * step));
            moved(step);
            let (expected, found) = ((up - down) / (2.0 * step), found.double_value(&[place]));
            assert!(
                (found - expected).abs() < 1e-7,
                "{activation:?} {hidden:?}, weight {place}: {found} is not {expected}"
            );
        }
    }
}

/// What the same networks answer in libtorch's words, over one leaf that holds their weights.
pub(crate) fn in_libtorch(
    leaf: &Tensor,
    (inputs, hidden): (&Tensor, &[usize]),
    tanh: bool,
    outputs: i64,
) -> [Tensor; 2] {
    let mut at = 0;
    let mut part = |shape: &[i64]| {
        let length = shape.iter().product::<i64>();
        at += length;
        leaf.narrow(0, at - length, length).view(shape)
    };
    let mut outs = [inputs.shallow_clone(), inputs.shallow_clone()];
    for &width in hidden {
        let (before, width) = (outs[0].size()[1], width as i64);
        let weights = [part(&[width, before]), part(&[width, before])];
        let biases = [part(&[width]), part(&[width])];
        for ((out, weight), bias) in outs.iter_mut().zip(&weights).zip(&biases) {
            let linear = out.linear(weight, Some(bias));
            *out = if tanh { linear.tanh() } else { linear.relu() };
        }
    }
    let before = outs[0].size()[1];
    for (out, count) in outs.iter_mut().zip([outputs, 1]) {
        let (weight, bias) = (part(&[count, before]), part(&[count]));
        *out = out.linear(&weight, Some(&bias));
    }
    outs
}

#[test]
fn gradients_are_those_of_libtorch() {
    for (activation, hidden) in SHAPES {
        let mut network = network(activation, hidden, Kind::Float);
        let inputs = normals(&[64, 5], "inputs", Kind::Float);
        let weights = [normals(&[64, 3], "actor", Kind::Float), normals(&[64, 1], "critic", Kind::Float)];
        pass(&mut network, &inputs, &weights);
        let leaf = network.parameters.weights.copy().set_requires_grad(true);
        let outs = in_libtorch(&leaf, (&inputs, hidden), activation == Activation::Tanh, 3);
        let parts = outs.iter().zip(&weights).map(|(out, weights)| (out * weights).sum(Kind::Float));
        parts.sum::<Tensor>().backward();
        let expected = leaf.grad();
        let error = (&network.parameters.gradients - &expected).abs().max() / expected.abs().max();
        assert!(error.double_value(&[]) < 1e-4, "{activation:?} {hidden:?}: {}", error.double_value(&[]));
    }
}

#[test]
fn the_tangent_is_libtorchs_within_the_last_bits() {
    let x = Tensor::linspace(-20.0, 20.0, 100_001, (Kind::Float, Device::Cpu));
    let (expected, mut found) = (x.tanh(), x.copy());
    tanh(&mut found);
    let error = (found - expected).abs().max().double_value(&[]);
    assert!(error < 2e-7, "{error}");
}

#[test]
fn the_two_networks_share_nothing() {
    let mut network = network(Activation::Tanh, &[7, 6], Kind::Float);
    let inputs = normals(&[4, 5], "inputs", Kind::Float);
    let weights = [normals(&[4, 3], "actor", Kind::Float), Tensor::zeros([4, 1], (Kind::Float, Device::Cpu))];
    pass(&mut network, &inputs, &weights);
    let weights = network.parameters.flat();
    network.parameters.set_flat(&super::super::parameters::numbers(&network.parameters.gradients));
    for (name, gradient) in network.parameters.named() {
        let is_still = gradient.values.iter().all(|x| x.abs() <= 0.0);
        assert_eq!(is_still, name.starts_with("critic"), "{name}");
    }
    network.parameters.set_flat(&weights);
}
