//! The strategies through the real engine: scripted markets, pinned runs, and the exact reference workloads.
mod bars;
mod market;
mod watched;
mod workloads;
