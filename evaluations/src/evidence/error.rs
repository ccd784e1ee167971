//! Why a bundle cannot be written or is not believed: which file it is, and what to do.
use std::path::PathBuf;

/// Why a bundle cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceError {
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
    /// There is no bundle.
    #[error(
        "{folder} holds no evidence.json: a bundle that was not finished has none; make it again or name another folder"
    )]
    None {
        /// The folder.
        folder: PathBuf,
    },
    /// A file is larger than any that we write.
    #[error("{path} is larger than {max} bytes: it is not one of ours")]
    Large {
        /// The file.
        path: PathBuf,
        /// The bound.
        max: u64,
    },
    /// `evidence.json` is not evidence.
    #[error("{path}:{line}:{column}: {reason}; make the evidence again")]
    Json {
        /// The file.
        path: PathBuf,
        /// The line, from one.
        line: usize,
        /// The column, from one.
        column: usize,
        /// What is wrong.
        reason: String,
    },
    /// It was written by another build.
    #[error("{path} has schema {found}, this build reads {known}: make the evidence again with this build")]
    Schema {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: u64,
        /// Ours.
        known: u32,
    },
    /// Its bytes are not those that its content is written with.
    #[error("{path}:{line}: this is not as it was written, somebody edited it; make the evidence again")]
    Edited {
        /// The file.
        path: PathBuf,
        /// The first line that differs, from one.
        line: usize,
    },
    /// A figure is not in the catalogue, or shows what is not there.
    #[error("{path}: the figure `{figure}` {reason}")]
    Figure {
        /// The file.
        path: PathBuf,
        /// The figure.
        figure: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A file that it names is not there.
    #[error("{folder} lacks {file}, which its evidence.json names: copy the whole folder, or make the evidence again")]
    Missing {
        /// The folder.
        folder: PathBuf,
        /// The file.
        file: String,
    },
    /// A file is another than the one that was written.
    #[error("{file} in {folder} was changed: it has digest {found}, its evidence.json names {named}; make it again")]
    Changed {
        /// The folder.
        folder: PathBuf,
        /// The file.
        file: String,
        /// The digest in `evidence.json`.
        named: String,
        /// The digest of the file.
        found: String,
    },
    /// There is a file that it does not name.
    #[error("{folder} holds {file}, which its evidence.json does not name: take it out")]
    Extra {
        /// The folder.
        folder: PathBuf,
        /// The file.
        file: String,
    },
    /// A name that no file of a bundle has.
    #[error("{folder}: `{file}` cannot be a file of a bundle: {reason}")]
    Name {
        /// The folder.
        folder: PathBuf,
        /// The name.
        file: String,
        /// Why not.
        reason: &'static str,
    },
}

impl EvidenceError {
    /// For `map_err`: the disk refused to do something to `path`.
    pub(crate) fn disk(doing: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Disk { doing, path, source }
    }
}
