//! What can be wrong with a policy or its file, in words for the person who has to mend it.
use std::fmt::Display;
use std::path::{Path, PathBuf};

/// Why a policy could not be read, written or run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// What was wrong with a file.
    #[error("{file}: {error}", file = file.display())]
    InFile {
        /// The file.
        file: PathBuf,
        /// What was wrong with it.
        error: Box<PolicyError>,
    },
    /// The disk refused.
    #[error("cannot {what}: {error}")]
    Io {
        /// What was being done, as `read it`.
        what: &'static str,
        /// What the system said.
        error: String,
    },
    /// The file is larger than any policy.
    #[error("it has more than {most} bytes, and a policy has at most that many; is it another file?")]
    TooLarge {
        /// The most that is read.
        most: usize,
    },
    /// The bytes are no policy at all.
    #[error("it is no policy file: {why}")]
    NotAPolicy {
        /// What was found.
        why: String,
    },
    /// One thing in it is not as it has to be.
    #[error("`{field}` is {found}; expected {expected}")]
    Field {
        /// The name of the field or tensor.
        field: String,
        /// What it is.
        found: String,
        /// What it should be.
        expected: String,
    },
    /// The policy is right, but cannot be run here.
    #[error("{what}")]
    NotHere {
        /// What it needs.
        what: &'static str,
    },
}

impl PolicyError {
    pub(crate) fn field(field: impl Into<String>, found: impl Display, expected: impl Into<String>) -> Self {
        Self::Field { field: printable(&field.into()), found: printable(&found.to_string()), expected: expected.into() }
    }

    pub(super) fn not_a_policy(why: impl Display) -> Self {
        Self::NotAPolicy { why: printable(&why.to_string()) }
    }

    pub(super) fn io(what: &'static str, error: &std::io::Error) -> Self {
        Self::Io { what, error: error.to_string() }
    }

    pub(super) fn in_file(self, file: &Path) -> Self {
        Self::InFile { file: file.to_path_buf(), error: Box::new(self) }
    }
}

/// The text with control characters written out: what a file says goes to a terminal, and must not steer it.
#[must_use]
pub fn printable(text: &str) -> String {
    let written = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
    text.chars().map(written).collect()
}
