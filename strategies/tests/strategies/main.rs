//! The strategies through the real engine: scripted markets, pinned runs, and the exact reference workloads.
mod bars;
mod ensemble;
mod ensemble_of_one;
mod golden;
mod market;
mod scripted;
mod watched;
mod workloads;
