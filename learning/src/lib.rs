//! Policies: how they see, act, learn and are kept.
//!
//! The environment that a policy learns in is the engine itself, driven by its halves; the file that holds a policy holds all
//! that it needs. Nothing here reads a clock or an order of a hash map, and nothing trains but with the feature `torch`.
pub mod cartpole;
pub mod comparison;
pub mod conformance;
pub mod environment;
pub mod features;
pub mod market;
pub mod platform;
pub mod policy;
pub mod policy_strategy;
pub mod portable;
pub mod runtime;
#[cfg(feature = "torch")]
pub mod torch;

pub use environment::{ActionSpace, Choice, Environment, Fleet, Moment, Spaces};
pub use portable::Portable;
pub use runtime::Runtime;
