//! A policy: everything that is needed to let it trade, as one value and one file.
mod action_map;
mod architecture;
mod archive;
mod check;
mod error;
mod file;
mod import;
mod manifest;
mod normaliser;

pub use action_map::{ActionMap, WHOLE_PPM};
pub use architecture::{Activation, Architecture, Body, Head, LAYERS_MAX, WIDTH_MAX, Weight};
pub use error::{PolicyError, printable};
pub use file::FILE_BYTES_MAX;
pub use import::import;
pub use manifest::{Manifest, Policy, Provenance, Tensor, VERSION};
pub use normaliser::Normaliser;
