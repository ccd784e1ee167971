//! Training in Rust through libtorch: the algorithms, their networks and optimiser, and how a training is kept.
//!
//! Every random number is drawn from a stream of `engine::Rng` with a purpose, libtorch works on one thread, and experience does
//! not depend on how many threads gather it: one seed trains one policy, bit for bit, on one machine. Nothing here knows candles.
mod acting;
mod adam;
mod advantages;
mod batch;
mod checkpoint;
mod choosing;
mod evaluation;
mod initial;
mod learner;
mod network;
mod parameters;
mod plain;
mod ppo;
mod rollout;
mod surrogate;

pub use advantages::{Steps, advantages};
pub use checkpoint::{Checkpoint, CheckpointError};
pub use evaluation::{Outcome, evaluate};
pub use learner::{Learner, Progress, Weights};
pub use parameters::WeightsError;
pub use ppo::{Ppo, PpoParameters};
