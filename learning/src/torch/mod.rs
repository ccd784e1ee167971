//! Training in Rust through libtorch: the algorithms, their networks and optimiser, and how a training is kept.
//!
//! Every random number is drawn from a stream of `engine::Rng` with a purpose, libtorch works on one thread, and experience does
//! not depend on how many threads gather it: one seed trains one policy, bit for bit, on one machine. Nothing here knows candles.
mod a2c;
mod acting;
mod actor_critic;
mod adam;
mod advantages;
mod batch;
mod checkpoint;
mod checkpoint_file;
mod choosing;
mod dqn;
mod eager;
mod evaluation;
mod gru_ppo;
mod initial;
mod learner;
mod minibatch;
mod network;
mod parameters;
mod ppo;
mod processor;
mod ranges;
mod recurrent;
mod replay_buffer;
mod rollout;
mod scripted;
mod streams;
mod surrogate;

pub use a2c::{A2c, A2cParameters};
pub use advantages::{Steps, advantages};
pub use checkpoint::{Checkpoint, CheckpointError};
pub use checkpoint_file::CheckpointFileError;
pub use dqn::{Dqn, DqnParameters};
pub use eager::Eager;
pub use evaluation::{Outcome, evaluate};
pub use gru_ppo::{GruPpo, GruPpoParameters};
pub use learner::{Learner, Progress, Weights};
pub use parameters::WeightsError;
pub use ppo::{Ppo, PpoParameters};
pub use processor::platform;
pub use ranges::ParameterError;
pub use scripted::Scripted;

use crate::policy::{Body, Policy, PolicyError};
use crate::runtime::Runtime;

/// The runtime of a policy on libtorch.
///
/// # Errors
/// When its module cannot be loaded.
pub fn runtime(policy: &Policy) -> Result<Box<dyn Runtime>, PolicyError> {
    match policy.manifest.architecture.body {
        Body::Module => Ok(Box::new(Scripted::new(policy)?)),
        Body::Mlp { .. } | Body::Gru { .. } => Ok(Box::new(Eager::new(policy))),
    }
}
