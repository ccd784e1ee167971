//! What is wrong with a run file, as a user reads it: place, line, caret, what was expected.
//!
//! All problems of a file are reported together. The text is plain, without colour codes, and never quotes a line that
//! looks as if it held a secret.
use super::known;
use super::source::{Place, Printable, Quote, Source};
use std::fmt;

/// How many problems are shown; the rest is counted.
pub const SHOWN_MAX: usize = 20;
/// Characters of a message that are shown at most.
const MESSAGE_MAX: usize = 400;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file as the user named it, or `--set`.
    pub file: String,
    /// The line, from one; `None` where something is missing altogether.
    pub line: Option<usize>,
    /// The column in characters, from one.
    pub column: Option<usize>,
    /// The setting, as `section.key`.
    pub key: Option<String>,
    /// What is wrong.
    pub message: String,
    /// What would have been right.
    pub expected: Option<String>,
    /// What to do about it.
    pub hint: Option<String>,
    /// The line itself.
    pub quote: Option<Quote>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        let number = match (self.line, self.column) {
            // An override is one line, which is quoted below.
            (Some(line), Some(column)) if self.file != SET => {
                write!(f, ":{line}:{column}")?;
                line.to_string()
            }
            _ => String::new(),
        };
        write!(f, ": {}", self.message)?;
        let margin = " ".repeat(number.len() + 3);
        if let Some(quote) = &self.quote {
            write!(f, "\n{}", format!("  {number} | {}", quote.text).trim_end())?;
            write!(f, "\n{margin}| {}{}", " ".repeat(quote.indent), "^".repeat(quote.marked))?;
        }
        if let Some(expected) = &self.expected {
            write!(f, "\n{margin}= expected {expected}")?;
        }
        if let Some(hint) = &self.hint {
            write!(f, "\n{margin}= help: {hint}")?;
        }
        Ok(())
    }
}

/// How overrides are called in messages.
pub(super) const SET: &str = "--set";

/// Why a run file cannot be used: every problem found, in the order of the file, overrides and missing parts last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// The problems, at most [`SHOWN_MAX`] and at least one.
    pub problems: Vec<Problem>,
    /// How many more there are.
    pub omitted: usize,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            let separator = if index == 0 { "" } else { "\n" };
            write!(f, "{separator}{problem}")?;
        }
        match self.omitted {
            0 => Ok(()),
            more => write!(f, "\n... and {more} more"),
        }
    }
}

impl std::error::Error for ConfigError {}

impl ConfigError {
    /// Joins errors about one run file, for callers that check more than the file itself; `None` when there are none.
    #[must_use]
    pub fn join(errors: Vec<Self>) -> Option<Self> {
        let omitted: usize = errors.iter().map(|error| error.omitted).sum();
        let problems: Vec<Problem> = errors.into_iter().flat_map(|error| error.problems).collect();
        (!problems.is_empty()).then(|| Self::capped(problems, omitted))
    }

    /// A problem with the file as a whole.
    pub(super) fn of_file(file: &str, message: &str, hint: Option<&str>) -> Self {
        let problem = Problem {
            file: shown(file),
            line: None,
            column: None,
            key: None,
            message: shown(message),
            expected: None,
            hint: hint.map(str::to_string),
            quote: None,
        };
        Self { problems: vec![problem], omitted: 0 }
    }

    /// The complaints, sorted by place.
    pub(super) fn new(sources: &[Source], mut complaints: Vec<Complaint>) -> Self {
        complaints.sort_by_key(|complaint| (complaint.place.is_none(), complaint.place));
        let omitted = complaints.len().saturating_sub(SHOWN_MAX);
        complaints.truncate(SHOWN_MAX);
        let problems = complaints.into_iter().map(|complaint| complaint.in_words(sources)).collect();
        Self { problems, omitted }
    }

    fn capped(mut problems: Vec<Problem>, omitted: usize) -> Self {
        let more = problems.len().saturating_sub(SHOWN_MAX);
        problems.truncate(SHOWN_MAX);
        Self { problems, omitted: omitted + more }
    }
}

/// A problem that still points into the sources.
#[derive(Debug)]
pub(super) struct Complaint {
    pub(super) place: Option<Place>,
    pub(super) key: Option<String>,
    pub(super) message: String,
    pub(super) expected: Option<Box<str>>,
    pub(super) hint: Option<String>,
}

impl Complaint {
    pub(super) fn new(place: Option<Place>, message: impl Into<String>) -> Self {
        Self { place, key: None, message: message.into(), expected: None, hint: None }
    }

    pub(super) fn expected(mut self, expected: impl Into<Box<str>>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    pub(super) fn hint(mut self, hint: Option<String>) -> Self {
        self.hint = hint;
        self
    }

    /// Names the setting, unless a more exact name is known already.
    pub(super) fn about(mut self, key: impl Into<String>) -> Self {
        self.key.get_or_insert_with(|| key.into());
        self
    }

    fn in_words(self, sources: &[Source]) -> Problem {
        let source = &sources[self.place.map_or(0, |place| place.source)];
        let position = self.place.map(|place| source.position(place.start));
        let quote = self.place.map(|place| source.quote(place.start, place.end));
        Problem {
            file: source.name.clone(),
            line: position.map(|(line, _)| line),
            column: position.map(|(_, column)| column),
            key: self.key.as_deref().map(shown),
            message: shown(&self.message),
            expected: self.expected.as_deref().map(shown),
            hint: self.hint.as_deref().map(shown),
            quote: quote.filter(|quote| !known::looks_secret(&quote.text)),
        }
    }
}

/// Text of a message: it may repeat what a file says, so it is made printable and cut.
fn shown(text: &str) -> String {
    let cut: String = text.chars().take(MESSAGE_MAX).collect();
    let tail = if cut.len() < text.len() { "…" } else { "" };
    format!("{}{tail}", Printable(&cut))
}
