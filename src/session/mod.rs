//! Paper sessions: the run file's strategy against a venue's real stream, filled by the simulated venue, on a tape that a restart
//! goes on with.
mod demo;
mod folder;
mod journal;
mod links;
mod market;
mod running;
mod terms;

pub use running::{SessionWish, paper};
