//! Why the registry refuses: the file, the record, and what to do.
use crate::evidence::EvidenceError;
use crate::gates::{GatesError, Table, Verdict};
use crate::printable::printable;
use std::path::PathBuf;

/// Why something cannot be done with the registry.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// The disk refuses.
    #[error("cannot {doing} {path}: {source}")]
    Disk {
        /// What was being done.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// There is no registry.
    #[error("there is no promotion registry in {folder}: found one first, or set ONETAPE_HOME to where it is")]
    None {
        /// The folder.
        folder: PathBuf,
    },
    /// There is one already.
    #[error("{folder} holds a promotion registry already: what stands in it is never replaced")]
    Founded {
        /// The folder.
        folder: PathBuf,
    },
    /// A record is not believed.
    #[error(
        "{path}:{number}: record {number} {reason}; something else than onetape changed the registry: restore the \
         folder from a backup, nothing is promoted or goes live until then"
    )]
    Record {
        /// The file of records.
        path: PathBuf,
        /// The record, which is also the line, from one.
        number: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// A file that is no record is not believed.
    #[error("{path}: {reason}")]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it and what to do.
        reason: String,
    },
    /// `approvers.toml` cannot be used.
    #[error("approvers.toml:{line}:{column}: {reason}")]
    Approvers {
        /// The line, from one.
        line: usize,
        /// The column, from one.
        column: usize,
        /// What is wrong and what to do.
        reason: String,
    },
    /// Something cannot follow on what stands.
    #[error("{0}")]
    Illegal(String),
    /// Somebody may not do this.
    #[error("{0}")]
    NotAllowed(String),
    /// A gate said no.
    #[error("the gate `{}` refuses: {}", .0.gate, refusals(.0))]
    Refused(Box<Table>),
    /// A proposal was overtaken.
    #[error(
        "the proposal {id} was made for record {number}, and the registry is at record {at}: what was approved no \
         longer fits; propose it again"
    )]
    Stale {
        /// The proposal.
        id: String,
        /// The record that it would have been.
        number: u64,
        /// The last record.
        at: u64,
    },
    /// A bundle of evidence is not believed.
    #[error(transparent)]
    Evidence(#[from] EvidenceError),
    /// A gates file cannot be used.
    #[error(transparent)]
    Gates(#[from] GatesError),
}

impl RegistryError {
    /// For `map_err`: the disk refused to do something to `path`.
    pub(super) fn disk(doing: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Disk { doing, path, source }
    }

    /// A file that is not believed.
    pub(super) fn file(path: impl Into<PathBuf>, reason: impl Into<String>) -> Self {
        Self::File { path: path.into(), reason: printable(&reason.into()) }
    }
}

/// The first reasons of a table that fails.
fn refusals(table: &Table) -> String {
    const SHOWN: usize = 3;
    let failed: Vec<_> = table.rows.iter().filter(|row| row.verdict == Verdict::Fail).collect();
    let reasons: Vec<String> = failed.iter().take(SHOWN).map(|row| format!("{}: {}", row.check, row.reason)).collect();
    let more = failed.len().saturating_sub(SHOWN);
    let tail = if more > 0 { format!("; and {more} more") } else { String::new() };
    reasons.join("; ") + &tail
}
