//! `onetape tape archive`, `prune` and `restore`: what becomes of the closed segments of a live run's tape.
use super::tape::{TapeFolder, instruments, record_texts};
use crate::failure::Failure;
use crate::tape_arguments::PruneArguments;
use crate::terminal;
use engine::Timestamp;
use engine::tape::{Frame, upcast};
use operations::archive::{self, ArchiveError, Keep, Remove};
use serde_json::json;
use std::path::Path;

const DAY_NS: i64 = 86_400_000_000_000;

impl From<ArchiveError> for Failure {
    fn from(error: ArchiveError) -> Self {
        match error {
            ArchiveError::Folder(error) => error.into(),
            ArchiveError::File { .. } => Self::failed(error),
            ArchiveError::NotLive { .. } => Self::usage(error),
            _ => Self::No(error.to_string()),
        }
    }
}

/// Writes the closed segments into an archive.
pub(super) fn archive(tape: &TapeFolder, archive: &Path, json: bool) -> Result<(), Failure> {
    let instruments = tape.header().map(|header| instruments(&header))?;
    // A record that cannot be said in words is kept all the same.
    let text = |frame: &Frame| {
        let frame = upcast(frame.clone()).unwrap_or_else(|_| frame.clone());
        record_texts(&frame, &instruments).map_or_else(|error| error.to_string(), |texts| texts.join("; "))
    };
    let done = archive::archive(tape.path(), archive, &text)?;
    if json {
        let object = |one: &archive::Archived| json!({ "segment": one.segment, "file": one.file, "records": one.records, "bytes": one.bytes, "was_there": one.was_there });
        return terminal::print(&format!("{:#}\n", json!(done.iter().map(object).collect::<Vec<_>>())));
    }
    let line = |one: &archive::Archived| {
        let how =
            if one.was_there { "was there, and is the same" } else { "written, and rebuilt from there byte for byte" };
        format!(
            "segment {}: {} records, {} bytes, {how}: {}\n",
            one.segment,
            one.records,
            one.bytes,
            one.file.display()
        )
    };
    let lines: String = done.iter().map(line).collect();
    terminal::print(if lines.is_empty() { "no segment is closed yet\n" } else { &lines })
}

/// Takes the oldest segments away.
pub(super) fn prune(tape: &TapeFolder, arguments: &PruneArguments, json: bool) -> Result<(), Failure> {
    let since = arguments.keep_days.map(days_ago).transpose()?;
    let keep = Keep { since, bytes: arguments.keep_bytes };
    let remove = if arguments.dry_run { Remove::NameOnly } else { Remove::Really };
    let gone = archive::prune(tape.path(), keep, arguments.archive.as_deref(), remove)?;
    let bytes: u64 = gone.iter().map(|one| one.bytes).sum();
    if json {
        let segments: Vec<u32> = gone.iter().map(|one| one.segment).collect();
        let object = json!({ "segments": segments, "bytes": bytes, "removed": !arguments.dry_run });
        return terminal::print(&format!("{object:#}\n"));
    }
    let would = if arguments.dry_run { "would go" } else { "went" };
    terminal::print(&format!("{} segments {would}, {bytes} bytes\n", gone.len()))
}

fn days_ago(days: u32) -> Result<Timestamp, Failure> {
    let now = i64::try_from(jiff::Timestamp::now().as_nanosecond());
    let now = now.map_err(|_| Failure::Failed("the clock of this machine is out of range".into()))?;
    Ok(Timestamp(now.saturating_sub(i64::from(days) * DAY_NS)))
}

/// Brings the first segments back.
pub(super) fn restore(tape: &TapeFolder, archive: &Path, json: bool) -> Result<(), Failure> {
    let segments = archive::restore(tape.path(), archive)?;
    if json {
        return terminal::print(&format!("{:#}\n", json!({ "segments": segments })));
    }
    terminal::print(&match segments.len() {
        0 => "no segment is missing\n".to_string(),
        count => format!("{count} segments are back\n"),
    })
}
