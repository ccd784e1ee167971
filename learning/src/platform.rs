//! What libtorch's numbers depend on: its build and the processor. Two platforms that are equal compute the same bits.
//!
//! A build without the feature `torch` has none. The portable runtime depends on neither.
use std::fmt;

/// A build of libtorch on a processor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Platform {
    /// The version of libtorch.
    pub libtorch: String,
    /// The instructions that libtorch uses, as `AVX512`, and the maker and family of the processor, by which the libraries below
    /// it choose theirs.
    pub cpu: String,
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "libtorch {} on {}", self.libtorch, self.cpu)
    }
}

/// This one; `None` in a build without libtorch.
#[must_use]
pub fn here() -> Option<Platform> {
    #[cfg(feature = "torch")]
    return Some(crate::torch::platform());
    #[cfg(not(feature = "torch"))]
    None
}
