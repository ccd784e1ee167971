//! A policy: everything that is needed to let it trade, as one value and one file.
mod action_map;
mod architecture;
mod manifest;
mod normaliser;

pub use action_map::{ActionMap, WHOLE_PPM};
pub use architecture::{Activation, Architecture, Body, Head};
pub use manifest::{Manifest, Policy, Provenance, Tensor};
pub use normaliser::Normaliser;
