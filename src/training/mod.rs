//! Training of policies: from a run file with a section `[learning]` to a policy file.
//!
//! The environment is the run's own core, risk engine, venue and costs. What is learnt from and what is judged by never overlap:
//! both ranges, with an embargo between them, are worked out here and nowhere else.
mod material;
mod stage;

pub use material::{Material, Snapshot};
pub use stage::RunStage;
