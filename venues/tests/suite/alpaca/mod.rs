//! Alpaca's connector against what the venue and its own client were recorded to say, and against each of its traps.

mod canary;
mod feeds;
mod fixtures;
mod frames;
mod hostile;
mod orders;
mod questions;
mod recorded;
mod recovery;
mod requests;
pub(crate) mod rig;
