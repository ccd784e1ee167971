//! Why the tape of a live run cannot be written, or cannot be opened again.
use std::path::PathBuf;

/// What is wrong, where, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum LiveError {
    /// The disk refused. Where the tape was being written it is halted from here on.
    #[error("cannot {doing} {path}: {source}")]
    Disk {
        /// What was being done.
        doing: &'static str,
        /// To which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The tape was halted by an error before: what was written since is not known to be durable.
    #[error(
        "the tape is halted since its disk failed ({first}): nothing may be sent any more; end the process, look at the disk, and start again"
    )]
    Halted {
        /// The error that halted it.
        first: String,
    },
    /// Another session writes this tape.
    #[error("{path} is locked: another session writes this tape; stop it first")]
    InUse {
        /// The watermark, which is what is locked.
        path: PathBuf,
    },
    /// Somebody else has written to the watermark while we held the tape.
    #[error(
        "{path} was written by somebody else while this session (epoch {epoch}) held the tape: nothing may be sent any more; end both sessions before one is started"
    )]
    TakenOver {
        /// The watermark.
        path: PathBuf,
        /// Our epoch.
        epoch: u32,
    },
    /// There is a tape where a new one should begin.
    #[error("{path} holds a tape: open it to go on with it, or name another folder")]
    Exists {
        /// The folder.
        path: PathBuf,
    },
    /// There is no tape of a live run.
    #[error("{path} holds no tape of a live run: expected a watermark and 000001.tape")]
    NoTape {
        /// The folder.
        path: PathBuf,
    },
    /// The watermark cannot be read.
    #[error(
        "{path} is damaged in all its copies: nothing says how much of the tape was durable; restore it from a backup"
    )]
    Mark {
        /// The watermark.
        path: PathBuf,
    },
    /// What was durable is damaged. Nothing was changed, and a note was left so that nobody goes on by mistake.
    #[error(
        "{path} is damaged before its watermark, at step {step} (byte {offset}): {damage}; nothing was cut. Restore the segment from the archive or a backup, let `onetape tape verify` say that it is whole, then remove the file `damaged` beside it"
    )]
    Damaged {
        /// The folder.
        path: PathBuf,
        /// The first step that is not whole.
        step: u64,
        /// Where in the stream, in bytes.
        offset: u64,
        /// What is wrong.
        damage: String,
    },
    /// The tape was found damaged before, and nobody has said that it is whole again.
    #[error("{path} says that the tape was found damaged: {text}; repair it, then remove that file")]
    Quarantined {
        /// The note.
        path: PathBuf,
        /// What it says.
        text: String,
    },
    /// The first segments are gone.
    #[error(
        "{path} begins with segment {first}: those before it were pruned; bring them back with `onetape tape restore` to go on with this run"
    )]
    Pruned {
        /// The folder.
        path: PathBuf,
        /// The first segment that is there.
        first: u32,
    },
    /// The run has ended.
    #[error("the tape was ended: open it again to go on with it")]
    Ended,
}

impl LiveError {
    pub(crate) fn disk(doing: &'static str, path: PathBuf) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Disk { doing, path, source }
    }
}
