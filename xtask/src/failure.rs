//! Why a task ended, and the code with which the process says so.
use std::fmt;
use std::process::ExitCode;

/// The end of a task that did not reach its last step.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The arguments mean nothing to us.
    Usage(String),
    /// A tool could not be started.
    Start {
        /// The step.
        step: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A tool said no.
    Step {
        /// The step.
        step: String,
        /// The tool's own exit code; `None` when a signal ended it.
        code: Option<i32>,
    },
    /// What a step needs is not there.
    Missing {
        /// The step.
        step: String,
        /// What, and how it is had.
        why: String,
    },
    /// A file of the task could not be read or written.
    File {
        /// Which file.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
}

impl Failure {
    /// The tool's code where one ran, 2 for usage, else 1.
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Usage(_) => ExitCode::from(2),
            Self::Step { code: Some(code), .. } => ExitCode::from(u8::try_from(*code).unwrap_or(1).max(1)),
            Self::Step { code: None, .. } | Self::Start { .. } | Self::Missing { .. } | Self::File { .. } => {
                ExitCode::FAILURE
            }
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(message) => f.write_str(message),
            Self::Start { step, source } => write!(f, "{step}: cannot be started: {source}"),
            Self::Step { step, code: Some(code) } => write!(f, "{step}: failed with exit code {code}"),
            Self::Step { step, code: None } => write!(f, "{step}: was ended by a signal"),
            Self::Missing { step, why } => write!(f, "{step}: {why}"),
            Self::File { path, source } => write!(f, "{path}: {source}"),
        }
    }
}
