//! Why a strategy cannot be made.
use alloc::string::{String, ToString};
use core::fmt;

/// Why a strategy cannot be made, and what was probably meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildError {
    /// The parameter it is about; `None` when it is about the strategy or its instruments.
    pub parameter: Option<String>,
    /// What was wrong and what is expected.
    pub message: String,
    /// The known name nearest to an unknown one.
    pub nearest: Option<String>,
}

impl BuildError {
    /// About the strategy as a whole.
    #[must_use]
    pub fn new(message: String) -> Self {
        Self { parameter: None, message, nearest: None }
    }

    /// About one parameter.
    #[must_use]
    pub fn of(parameter: &str, message: String) -> Self {
        Self { parameter: Some(parameter.to_string()), message, nearest: None }
    }

    /// With the name that was probably meant, if there is one.
    #[must_use]
    pub fn near(self, nearest: Option<&str>) -> Self {
        Self { nearest: nearest.map(ToString::to_string), ..self }
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.nearest {
            Some(nearest) => write!(f, " (did you mean `{nearest}`?)"),
            None => Ok(()),
        }
    }
}

impl core::error::Error for BuildError {}
