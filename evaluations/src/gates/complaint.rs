//! What is wrong with a gates file: line, column, and what was probably meant. All problems are told together.
use crate::printable::printable;
use std::fmt;

/// How many problems are told; the rest is counted.
const SHOWN_MAX: usize = 20;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line, from one.
    pub line: usize,
    /// The column in characters, from one.
    pub column: usize,
    /// What is wrong and what to do.
    pub message: String,
}

/// Why a gates file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GatesError {
    /// The file as the user named it.
    pub file: String,
    /// The problems in the order of the file, at least one.
    pub problems: Vec<Problem>,
    /// How many more there are.
    pub omitted: usize,
}

impl fmt::Display for GatesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            let separator = if index == 0 { "" } else { "\n" };
            write!(f, "{separator}{}:{}:{}: {}", self.file, problem.line, problem.column, problem.message)?;
        }
        match self.omitted {
            0 => Ok(()),
            more => write!(f, "\n... and {more} more"),
        }
    }
}

impl std::error::Error for GatesError {}

/// Complaints about one text, by the byte where each stands.
#[derive(Debug, Default)]
pub(super) struct Complaints(Vec<(usize, String)>);

impl Complaints {
    pub(super) fn add(&mut self, at: usize, message: impl Into<String>) {
        self.0.push((at, message.into()));
    }

    /// `value`, if nobody complained.
    pub(super) fn unless_any<T>(mut self, value: T, text: &str, file: &str) -> Result<T, GatesError> {
        if self.0.is_empty() {
            return Ok(value);
        }
        self.0.sort();
        let omitted = self.0.len().saturating_sub(SHOWN_MAX);
        let problem = |(at, message): &(usize, String)| {
            let before = text.get(..*at).unwrap_or(text);
            let line_start = before.rfind('\n').map_or(0, |end| end + 1);
            Problem {
                line: 1 + before.matches('\n').count(),
                column: 1 + before[line_start..].chars().count(),
                message: printable(message),
            }
        };
        let problems = self.0.iter().take(SHOWN_MAX).map(problem).collect();
        Err(GatesError { file: file.into(), problems, omitted })
    }
}
