//! Which closed segments of a live tape may go, oldest first.
//!
//! The segment that is written, or was written last, always stays; so does everything that a wanted archive lacks.
use super::{ArchiveError, archive_path, facts, same, segment_bytes};
use crate::disk::{Disk, OsDisk};
use crate::live::{DAMAGED, SegmentSource, segment_name};
use crate::tape_folder::FolderError;
use engine::Timestamp;
use engine::tape::{RecordSource, TapeReader};
use std::path::Path;

/// What is to be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keep {
    /// Segments that end behind this instant.
    pub since: Option<Timestamp>,
    /// So many bytes of the newest segments.
    pub bytes: Option<u64>,
}

/// A segment that went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pruned {
    /// Which.
    pub segment: u32,
    /// Its bytes.
    pub bytes: u64,
}

/// Names the segments that may go, oldest first, and takes them away where `remove` says so. Where an archive is named,
/// only what it holds byte for byte.
///
/// # Errors
/// When the tape is no live run's or was found damaged, the archive lacks a segment, or a disk refuses; what went before
/// stays gone.
pub fn prune(tape: &Path, keep: Keep, archive: Option<&Path>, remove: Remove) -> Result<Vec<Pruned>, ArchiveError> {
    let facts = facts(tape)?;
    let disk = OsDisk::new(tape);
    let note = disk.path(DAMAGED);
    if note.exists() {
        return Err(ArchiveError::SetAside { path: note });
    }
    let mut sizes = Vec::new();
    for segment in facts.first_segment..=facts.mark.segment {
        let path = disk.path(&segment_name(segment));
        sizes.push(std::fs::metadata(&path).map_err(ArchiveError::file("read", &path))?.len());
    }
    let mut left: u64 = sizes.iter().sum();
    let mut pruned = Vec::new();
    for (segment, bytes) in (facts.first_segment..facts.mark.segment).zip(sizes) {
        let too_many = keep.bytes.is_some_and(|most| left > most);
        let too_old = match keep.since {
            Some(since) => ends_before(&disk, segment, since)?,
            None => false,
        };
        if !(too_many || too_old) {
            break;
        }
        if let Some(archive) = archive {
            let file = archive_path(archive, segment);
            if !file.exists() {
                return Err(ArchiveError::NotArchived { segment: segment_name(segment), archive: archive.into() });
            }
            same(&file, &segment_bytes(tape, segment)?)?;
        }
        if remove == Remove::Really {
            let path = disk.path(&segment_name(segment));
            std::fs::remove_file(&path).map_err(ArchiveError::file("remove", &path))?;
            disk.sync_names().map_err(ArchiveError::file("make durable", tape))?;
        }
        left -= bytes;
        pruned.push(Pruned { segment, bytes });
    }
    Ok(pruned)
}

/// Whether segments are taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remove {
    /// They are.
    Really,
    /// They are named and stay.
    NameOnly,
}

/// Whether a segment ends before an instant: the first record of the next one was written when it was closed.
fn ends_before(disk: &OsDisk, segment: u32, since: Timestamp) -> Result<bool, ArchiveError> {
    let next = segment + 1;
    let mut reader = TapeReader::open_ended(SegmentSource::up_to(disk.clone(), next, next, u64::MAX));
    let damaged = |what: String| ArchiveError::Damaged { path: disk.path(&segment_name(next)), what };
    let frame = reader.next().map_err(|e: engine::tape::TapeError<FolderError>| damaged(e.to_string()))?;
    let frame = frame.ok_or_else(|| damaged("it is empty".into()))?;
    Ok(frame.seen_at.max(frame.time) < since)
}
