//! Recurrent networks: an actor and a critic of one layer of gated recurrent units each, followed over whole sequences.
//!
//! libtorch differentiates them. Gates are PyTorch's and in its order (reset, update, new). A memory is zero where an episode
//! begins, and nothing flows back from one episode into the one before.
use super::actor_critic::{ACTOR, CRITIC};
use super::initial::Start;
use super::parameters::{Layout, Parameters};
use crate::environment::{ActionSpace, Spaces};
use tch::{Kind, Tensor};

/// An actor and a critic with memories.
#[derive(Debug)]
pub(super) struct Recurrent {
    pub(super) parameters: Parameters,
    /// The same numbers as the parameters' weights, for libtorch to differentiate by.
    leaf: Tensor,
    places: [Places; 2],
    log_std: Option<usize>,
    inputs: i64,
    width: i64,
}

/// Where the parts of one network begin.
#[derive(Clone, Copy, Debug)]
struct Places {
    weight_ih: usize,
    weight_hh: usize,
    bias_ih: usize,
    bias_hh: usize,
    head_weight: usize,
    head_bias: usize,
    outputs: usize,
}

/// Views of one network's parts.
struct Parts {
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias_ih: Tensor,
    bias_hh: Tensor,
    head_weight: Tensor,
    head_bias: Tensor,
}

/// Sequences of several members.
#[derive(Debug)]
pub(super) struct Sequences {
    /// `[steps, members, inputs]`
    pub(super) observations: Tensor,
    /// 0 where an episode ended with the step, else 1: `[steps, members, 1]`.
    pub(super) goes_on: Tensor,
    /// Memories before the first step, of the actor and of the critic: `[members, width]`.
    pub(super) memories: [Tensor; 2],
}

impl Sequences {
    /// Those of some of the members.
    pub(super) fn of(&self, members: &[i64]) -> Self {
        let members = Tensor::from_slice(members);
        Self {
            observations: self.observations.index_select(1, &members),
            goes_on: self.goes_on.index_select(1, &members),
            memories: self.memories.each_ref().map(|memory| memory.index_select(0, &members)),
        }
    }
}

impl Recurrent {
    /// With first weights of this seed: orthogonal gates, biases of zero, heads as those of other actors and critics.
    pub(super) fn new(spaces: Spaces, width: usize, log_std: f32, seed: u64) -> Self {
        let mut layout = Layout::default();
        let outputs = spaces.actions.outputs();
        let actor = Places::push(&mut layout, "actor", (spaces.observation, width, outputs), 0.01);
        let critic = Places::push(&mut layout, "critic", (spaces.observation, width, 1), 1.0);
        let continuous = matches!(spaces.actions, ActionSpace::Continuous { .. });
        let log_std = continuous.then(|| layout.push("actor.log_std".into(), &[1], Start::Constant(log_std)));
        let parameters = Parameters::new(layout, seed, Kind::Float);
        let leaf = parameters.weights.detach().set_requires_grad(true);
        let (inputs, width) = (spaces.observation as i64, width as i64);
        Self { parameters, leaf, places: [actor, critic], log_std, inputs, width }
    }

    /// The logarithm of the standard deviation that amounts are sampled with.
    pub(super) fn log_std(&self) -> Option<f64> {
        self.log_std.map(|place| self.parameters.weights.double_value(&[place as i64]))
    }

    /// Follows the sequences: what the network answered after each step, `[steps, members, outputs]`, what it remembered then,
    /// `[steps, members, width]`, and the memories after the last step, for what follows: zero where an episode ended with it.
    fn follow(&self, network: usize, sequences: &Sequences) -> (Tensor, Tensor, Tensor) {
        let parts = self.parts(network);
        let steps = sequences.observations.size()[0];
        let mut memory = sequences.memories[network].shallow_clone();
        let mut remembered = Vec::with_capacity(steps as usize);
        for step in 0..steps {
            let next = parts.step(&sequences.observations.get(step), &memory);
            memory = &next * sequences.goes_on.get(step);
            remembered.push(next);
        }
        let remembered = Tensor::stack(&remembered, 0);
        (remembered.linear(&parts.head_weight, Some(&parts.head_bias)), remembered, memory)
    }

    /// What actor and critic answered after each step, `[steps * members, outputs]`, to be differentiated.
    pub(super) fn answers(&self, sequences: &Sequences) -> [Tensor; 2] {
        [ACTOR, CRITIC].map(|network| self.follow(network, sequences).0.flatten(0, 1))
    }

    /// The critic's values: of every step, `[steps, members]`; of observations with which episodes were cut, each after its step
    /// and member; and of what each member sees last. And its memories after the last step.
    pub(super) fn values(
        &self,
        sequences: &Sequences,
        cut: &Cut,
        last: &Tensor,
    ) -> (Tensor, Vec<f32>, Vec<f32>, Tensor) {
        tch::no_grad(|| {
            let (values, remembered, memory) = self.follow(CRITIC, sequences);
            let parts = self.parts(CRITIC);
            let worth = |observations: &Tensor, memory: &Tensor| {
                let value = parts.step(observations, memory).linear(&parts.head_weight, Some(&parts.head_bias));
                super::parameters::numbers(&value)
            };
            let of_cut = match cut.places.is_empty() {
                true => Vec::new(),
                false => {
                    let memories = remembered.flatten(0, 1).index_select(0, &Tensor::from_slice(&cut.places));
                    worth(&Tensor::from_slice(&cut.observations).view([-1, self.inputs]), &memories)
                }
            };
            (values.squeeze_dim(2), of_cut, worth(last, &memory), memory)
        })
    }

    /// Brings the gradients of the answers back to every weight.
    pub(super) fn backward(&mut self, answers: &[Tensor; 2], gradients: &[Tensor], by_log_std: f64) {
        let parts = answers.iter().zip(gradients).map(|(answer, gradient)| (answer * gradient).sum(Kind::Float));
        parts.sum::<Tensor>().backward();
        let mut gradient = self.leaf.grad();
        self.parameters.gradients.copy_(&gradient);
        let _ = gradient.zero_();
        if let Some(place) = self.log_std {
            let _ = self.parameters.gradients.narrow(0, place as i64, 1).fill_(by_log_std);
        }
    }

    fn parts(&self, network: usize) -> Parts {
        let places = self.places[network];
        let view = |place: usize, shape: &[i64]| self.leaf.narrow(0, place as i64, shape.iter().product()).view(shape);
        let (gates, outputs) = (3 * self.width, places.outputs as i64);
        Parts {
            weight_ih: view(places.weight_ih, &[gates, self.inputs]),
            weight_hh: view(places.weight_hh, &[gates, self.width]),
            bias_ih: view(places.bias_ih, &[gates]),
            bias_hh: view(places.bias_hh, &[gates]),
            head_weight: view(places.head_weight, &[outputs, self.width]),
            head_bias: view(places.head_bias, &[outputs]),
        }
    }
}

/// Observations with which an episode's time ran out.
#[derive(Debug, Default)]
pub(super) struct Cut {
    /// Where each was seen: the step times the number of members, and the member.
    pub(super) places: Vec<i64>,
    /// One after the other.
    pub(super) observations: Vec<f32>,
}

impl Places {
    fn push(layout: &mut Layout, of: &str, (inputs, width, outputs): (usize, usize, usize), gain: f64) -> Self {
        let mut part = |name: &str, shape: &[usize], start| layout.push(format!("{of}.{name}"), shape, start);
        let zero = Start::Constant(0.0);
        Self {
            weight_ih: part("gru.weight_ih", &[3 * width, inputs], Start::Gates(3)),
            weight_hh: part("gru.weight_hh", &[3 * width, width], Start::Gates(3)),
            bias_ih: part("gru.bias_ih", &[3 * width], zero),
            bias_hh: part("gru.bias_hh", &[3 * width], zero),
            head_weight: part("head.weight", &[outputs, width], Start::Orthogonal(gain)),
            head_bias: part("head.bias", &[outputs], zero),
            outputs,
        }
    }
}

impl Parts {
    fn step(&self, observations: &Tensor, memory: &Tensor) -> Tensor {
        observations.gru_cell(memory, &self.weight_ih, &self.weight_hh, Some(&self.bias_ih), Some(&self.bias_hh))
    }
}
