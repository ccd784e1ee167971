//! An actor and a critic of plain layers, as several algorithms have them.
use super::network::{HeadShape, Network, NetworkShape, Rooms};
use crate::environment::{ActionSpace, Spaces};
use crate::policy::{Activation, Architecture, Body, Head};
use tch::Tensor;

/// The actor's place among the networks.
pub(super) const ACTOR: usize = 0;
/// The critic's.
pub(super) const CRITIC: usize = 1;

/// The shape of the two networks.
pub(super) fn shape(spaces: Spaces, hidden: &[usize], activation: Activation, log_std: f32) -> NetworkShape {
    let outputs = spaces.actions.outputs();
    // A head near zero begins with every action equally likely; gains as Andrychowicz and others found them best in "What
    // matters in on-policy reinforcement learning?", 2020, section 3.2, and as the authors of PPO had them.
    let actor = HeadShape { of: "actor", name: "head", outputs, gain: 0.01 };
    let critic = HeadShape { of: "critic", name: "head", outputs: 1, gain: 1.0 };
    NetworkShape {
        inputs: spaces.observation,
        hidden: hidden.to_vec(),
        activation,
        heads: vec![actor, critic],
        log_std: matches!(spaces.actions, ActionSpace::Continuous { .. }).then_some(log_std),
    }
}

/// The policy that the actor is.
pub(super) fn architecture(spaces: Spaces, hidden: &[usize], activation: Activation) -> Architecture {
    Architecture {
        inputs: spaces.observation,
        outputs: spaces.actions.outputs(),
        body: Body::Mlp { hidden: hidden.to_vec() },
        activation,
        head: head(spaces),
    }
}

/// What an actor's outputs mean in these spaces.
pub(super) fn head(spaces: Spaces) -> Head {
    match spaces.actions {
        ActionSpace::Discrete(_) => Head::Categorical,
        ActionSpace::Continuous { .. } => Head::Gaussian,
    }
}

/// The critic's values of rows of observations, so many at a time.
pub(super) fn values(network: &Network, rooms: &mut Rooms, observations: &Tensor, at_a_time: usize) -> Vec<f32> {
    let count = observations.size()[0] as usize;
    let mut values = vec![0.0; count];
    for (number, values) in values.chunks_mut(at_a_time).enumerate() {
        let rows = observations.narrow(0, (number * at_a_time) as i64, values.len() as i64);
        let space = rooms.of(network, values.len());
        network.forward(&rows, space);
        space.outputs[CRITIC].copy_data(values, values.len());
    }
    values
}
