//! The statistics behind the gates: what of a result is skill, what is luck, and what was chosen among many.
//!
//! Plain slices go in and structs come out; nothing here reads a file, knows a strategy or decides. Undefined is `None`.
//! Work is split by index and each index draws from its own random stream, so that nothing depends on the number of threads.
pub mod block_length;
pub mod bootstrap;
pub mod haircut;
pub mod intervals;
pub mod overfitting;
pub mod paired;
pub mod paths;
#[cfg(test)]
mod peers;
mod sample;
pub mod serial;
pub mod shuffle;
#[cfg(test)]
mod speed;
pub mod splits;
pub mod superior;
pub mod trials;
pub mod walk_forward;

pub use sample::SampleError;
pub(crate) use sample::{at_least, finite};

use engine::Rng;

/// The random stream of one index of a purpose.
pub(crate) fn stream(seed: u64, purpose: &str, index: usize) -> Rng {
    Rng::stream(seed, &format!("{purpose}/{index}"))
}

/// The quantile `p` of values in any order, interpolated linearly between neighbours; `None` of nothing.
pub(crate) fn quantiles<const N: usize>(values: &[f64], places: [f64; N]) -> Option<[f64; N]> {
    let sorted = crate::metrics::distribution::sorted(values);
    let found = places.map(|p| crate::metrics::distribution::quantile(&sorted, p));
    found[0].map(|_| found.map(|q| q.expect("one quantile is defined, so there are values")))
}
