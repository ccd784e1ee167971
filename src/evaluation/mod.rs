//! Evaluation: what is run to find out whether a result can be believed, and the evidence of it.
//!
//! Here are the runs; what is computed of their figures is in the crate `evaluations`. Nothing of it decides what is promoted: gates
//! read the evidence.
mod bundle;
mod cross_validation;
mod data;
mod days;
mod decisions;
mod determinism;
mod features;
mod figures;
mod found;
mod luck;
mod matrix;
mod monte_carlo;
mod neighbours;
mod page;
mod session;
mod session_figures;
mod stress;
mod version;
mod walk_forward;
mod watch;

pub use bundle::write_files;
pub use decisions::{Decider, decisions};
pub use figures::{Figures, Tried, figures};
pub use found::{Found, Listener, find};
pub use luck::{Luck, LuckSettings};
pub use page::page;
pub use session::{SessionSeen, session_seen};
pub use session_figures::session_figures;
pub use version::{version, version_of};
pub use walk_forward::{Ground, Walked, walk_forward};
pub use watch::{expectation, watched};
