//! Training of policies: from a run file with a section `[learning]` to a policy file.
//!
//! The environment is the run's own core, risk engine, venue and costs. What is learnt from and what is judged by never overlap:
//! both ranges, with an embargo between them, are worked out here and nowhere else.
#[cfg(feature = "rl")]
mod algorithm;
#[cfg(feature = "rl")]
mod judge;
mod material;
mod register;
#[cfg(feature = "rl")]
mod report;
mod seen;
mod stage;
#[cfg(feature = "rl")]
mod trainer;

#[cfg(feature = "rl")]
pub use judge::{Judge, Verdict};
pub use material::Material;
pub use register::{Candidate, Judged, Register};
#[cfg(feature = "rl")]
pub use report::{POLICY as TRAINING_POLICY, SUMMARY as TRAINING_SUMMARY, Trained};
pub use seen::seen_before;
pub use stage::RunStage;
#[cfg(feature = "rl")]
pub use trainer::Trainer;
