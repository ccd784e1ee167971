//! The market as an environment: the engine itself, driven by its two halves.
//!
//! A step of an episode is what the loop of a run does between two decisions: the same core, risk engine, simulated venue,
//! costs and events. There is no second model of a market here.
mod course;
mod episode;
mod fit;
mod passage;
mod plain;
mod reward;
pub mod synthetic;

pub use course::{Course, CourseError, Span, Stage, Trainee};
pub use episode::{Episode, holding, want};
pub use fit::{draw, fit};
pub use passage::{Passage, pass};
pub use plain::{PLAIN_SCALE, PlainStage};
pub use reward::{Reward, Rewarder};

#[cfg(test)]
mod tests;
