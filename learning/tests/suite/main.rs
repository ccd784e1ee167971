//! What the crate promises, from the outside: one binary for all of it.
#![allow(clippy::unwrap_used, reason = "all of this is tests; helpers outside of test functions are too")]
mod conformance;
#[cfg(feature = "torch")]
mod cross_check;
mod curves;
#[cfg(feature = "torch")]
mod eager;
#[cfg(feature = "torch")]
mod honesty;
mod hostile_policies;
mod import;
#[cfg(feature = "torch")]
mod libtorch;
mod policy_files;
mod portable;
mod samples;
#[cfg(feature = "torch")]
mod sb3;
#[cfg(feature = "torch")]
mod scripted;
