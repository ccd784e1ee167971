//! How a command fails: what to tell the user, and the exit code that scripts rely on.
use crate::run_file::ConfigError;
use std::fmt;

/// Why a command did not do what it was asked.
#[derive(Debug)]
pub enum Failure {
    /// It failed: a broken file, a full disk. Exit code 1.
    Failed(String),
    /// It was asked in a way that cannot be done: usage or configuration. Exit code 2.
    Usage(String),
    /// It did its work, and the answer is no: divergence, broken integrity. Exit code 3.
    No(String),
    /// The answer no, with the object that `--json` prints for it.
    Answer(String, serde_json::Value),
}

impl Failure {
    /// The exit code.
    #[must_use]
    pub fn code(&self) -> u8 {
        match self {
            Self::Failed(_) => 1,
            Self::Usage(_) => 2,
            Self::No(_) | Self::Answer(..) => 3,
        }
    }

    /// The object that `--json` prints.
    #[must_use]
    pub fn object(&self) -> serde_json::Value {
        match self {
            Self::Answer(_, object) => object.clone(),
            other => serde_json::json!({ "error": other.to_string(), "code": other.code() }),
        }
    }

    /// A failure of the system or of data.
    pub fn failed(error: impl fmt::Display) -> Self {
        Self::Failed(error.to_string())
    }

    /// A mistake in what was asked.
    pub fn usage(error: impl fmt::Display) -> Self {
        Self::Usage(error.to_string())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(text) | Self::Usage(text) | Self::No(text) | Self::Answer(text, _) => f.write_str(text),
        }
    }
}

impl std::error::Error for Failure {}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::usage(error)
    }
}

impl From<datasets::DataError> for Failure {
    fn from(error: datasets::DataError) -> Self {
        if error.is_unknown_name() { Self::usage(error) } else { Self::failed(error) }
    }
}

impl From<operations::FolderError> for Failure {
    fn from(error: operations::FolderError) -> Self {
        Self::failed(error)
    }
}
