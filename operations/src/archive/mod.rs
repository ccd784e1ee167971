//! Closed segments of a live tape as Parquet, one row per record, and back again byte for byte.
//!
//! An archive counts as one once the segment was rebuilt from it and was the same. It never changes a segment, and it knows
//! the words for a record only from its caller.
mod retention;
mod rows;

pub use retention::{Keep, Pruned, Remove, prune};

use crate::disk::{Disk, DiskFile, OsDisk};
use crate::live::{SegmentSource, segment_name};
use crate::tape_folder::{FolderError, FolderSource, LiveFacts};
use engine::tape::{Frame, RecordSource, SegmentStart, TapeError, TapeReader};
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// Why segments cannot be archived, pruned or brought back.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The tape's folder cannot be used.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// It is a backtest's tape.
    #[error("{path} is the tape of a backtest: it is made again from its run file, and is neither archived nor pruned")]
    NotLive {
        /// The folder.
        path: PathBuf,
    },
    /// A segment is damaged.
    #[error("{path} is damaged and was left alone: {what}")]
    Damaged {
        /// The segment.
        path: PathBuf,
        /// How.
        what: String,
    },
    /// An archive file is not what it should be.
    #[error("{path} is no archive of this segment: {what}")]
    Archive {
        /// The file.
        path: PathBuf,
        /// Why.
        what: String,
    },
    /// A file cannot be used.
    #[error("cannot {doing} {path}: {source}")]
    File {
        /// What was being done.
        doing: &'static str,
        /// To which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The tape was found damaged: everything of it is evidence.
    #[error("{path} says that the tape was found damaged: nothing is pruned until somebody removed that note")]
    SetAside {
        /// The note.
        path: PathBuf,
    },
    /// A segment would be pruned that the archive does not hold.
    #[error("{segment} is not in the archive {archive}: archive it first; nothing newer was pruned either")]
    NotArchived {
        /// The segment.
        segment: String,
        /// The folder of the archive.
        archive: PathBuf,
    },
}

impl ArchiveError {
    fn file(doing: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::File { doing, path, source }
    }
}

/// What became of a segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archived {
    /// Which.
    pub segment: u32,
    /// The file that holds it.
    pub file: PathBuf,
    /// Its records.
    pub records: u64,
    /// Its bytes.
    pub bytes: u64,
    /// Whether it was there before, and the same.
    pub was_there: bool,
}

/// The archive file of a segment.
#[must_use]
pub fn archive_path(archive: &Path, segment: u32) -> PathBuf {
    archive.join(format!("{segment:06}.parquet"))
}

/// What is known of a live tape, whose folder this must be.
fn facts(tape: &Path) -> Result<LiveFacts, ArchiveError> {
    let source = FolderSource::open(tape)?;
    source.live().copied().ok_or_else(|| ArchiveError::NotLive { path: tape.into() })
}

/// The segments that are closed and there: nothing will be added to them.
fn closed(facts: &LiveFacts) -> std::ops::Range<u32> {
    facts.first_segment..facts.mark.segment + u32::from(facts.mark.ended)
}

/// Writes every closed segment of a tape that is not there yet into the folder `archive`; `text` says a record in words.
///
/// # Errors
/// When the tape is no live run's, a segment is damaged, what stands in the archive is another segment, or a disk refuses.
pub fn archive(tape: &Path, archive: &Path, text: &dyn Fn(&Frame) -> String) -> Result<Vec<Archived>, ArchiveError> {
    let facts = facts(tape)?;
    fs::create_dir_all(archive).map_err(ArchiveError::file("make", archive))?;
    closed(&facts).map(|segment| archive_one(tape, segment, &archive_path(archive, segment), text)).collect()
}

fn archive_one(
    tape: &Path,
    segment: u32,
    file: &Path,
    text: &dyn Fn(&Frame) -> String,
) -> Result<Archived, ArchiveError> {
    let bytes = segment_bytes(tape, segment)?;
    let frames = frames(&bytes, &tape.join(segment_name(segment)))?;
    let (length, records) = (bytes.len() as u64, frames.len() as u64);
    let done = |was_there| Archived { segment, file: file.into(), records, bytes: length, was_there };
    if file.exists() {
        return same(file, &bytes).map(|()| done(true));
    }
    let aside = file.with_extension("part");
    let out = File::create(&aside).map_err(ArchiveError::file("make", &aside))?;
    let broken = |e: parquet::errors::ParquetError| ArchiveError::Archive { path: aside.clone(), what: e.to_string() };
    let out = rows::write(out, segment, &bytes, &frames, text).map_err(broken)?;
    out.sync_all().map_err(ArchiveError::file("make durable", &aside))?;
    same(&aside, &bytes)?;
    fs::rename(&aside, file).map_err(ArchiveError::file("give its name to", file))?;
    let folder = file.parent().unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(ArchiveError::file("make durable", folder))?;
    Ok(done(false))
}

/// The segment that an archive file holds, byte for byte.
///
/// # Errors
/// When the file cannot be read, is no archive, or does not give the bytes that it was made of.
pub fn rebuild(file: &Path) -> Result<Vec<u8>, ArchiveError> {
    let open = File::open(file).map_err(ArchiveError::file("open", file))?;
    rows::read(open).map_err(|what| ArchiveError::Archive { path: file.into(), what })
}

/// Whether an archive file holds these bytes.
fn same(file: &Path, bytes: &[u8]) -> Result<(), ArchiveError> {
    let what = "it gives other bytes than the segment has".to_string();
    if rebuild(file)? == bytes { Ok(()) } else { Err(ArchiveError::Archive { path: file.into(), what }) }
}

fn segment_bytes(tape: &Path, segment: u32) -> Result<Vec<u8>, ArchiveError> {
    let path = tape.join(segment_name(segment));
    fs::read(&path).map_err(ArchiveError::file("read", &path))
}

/// The records of a segment, in the schema that they were written in, once its chain was verified.
fn frames(bytes: &[u8], path: &Path) -> Result<Vec<Frame>, ArchiveError> {
    let damaged = |what: String| ArchiveError::Damaged { path: path.into(), what };
    let mut reader = TapeReader::open_ended(bytes);
    while reader.next().map_err(|e| damaged(e.to_string()))?.is_some() {}
    let (mut frames, mut rest) = (Vec::new(), bytes);
    while let Some((frame, length)) = Frame::first(rest).map_err(|e| damaged(e.to_string()))? {
        frames.push(frame);
        rest = &rest[length..];
    }
    Ok(frames)
}

/// Brings the first segments of a tape back from the archive, the last one that is missing first; which ones.
///
/// # Errors
/// When the archive lacks one, one does not lead to what follows it, or a disk refuses. Those before it are then missing still.
pub fn restore(tape: &Path, archive: &Path) -> Result<Vec<u32>, ArchiveError> {
    let first = facts(tape)?.first_segment;
    let disk = OsDisk::new(tape);
    let mut restored = Vec::new();
    for segment in (1..first).rev() {
        let file = archive_path(archive, segment);
        if !file.exists() {
            return Err(ArchiveError::NotArchived { segment: segment_name(segment), archive: archive.into() });
        }
        let bytes = rebuild(&file)?;
        leads_on(&disk, &bytes, segment).map_err(|what| ArchiveError::Archive { path: file.clone(), what })?;
        let path = disk.path(&segment_name(segment));
        let aside = path.with_extension("part");
        fs::write(&aside, &bytes).map_err(ArchiveError::file("write", &aside))?;
        File::open(&aside).and_then(|f| f.sync_all()).map_err(ArchiveError::file("make durable", &aside))?;
        fs::rename(&aside, &path).map_err(ArchiveError::file("give its name to", &path))?;
        disk.sync_names().map_err(ArchiveError::file("make durable", tape))?;
        restored.push(segment);
    }
    Ok(restored)
}

/// Whether these bytes are whole, and the segment behind them follows.
fn leads_on(disk: &OsDisk, bytes: &[u8], segment: u32) -> Result<(), String> {
    let mut reader = TapeReader::open_ended(bytes);
    while reader.next().map_err(|e| e.to_string())?.is_some() {}
    let (chain, offset) = reader.chain();
    let next = start_of(disk, segment + 1)?;
    let follows = (next.segment, next.chain, next.offset) == (segment + 1, chain, offset);
    let header = reader.header() == Some(&next.header);
    if follows && header { Ok(()) } else { Err(format!("{} does not follow it", segment_name(segment + 1))) }
}

/// The first record of a segment.
fn start_of(disk: &OsDisk, segment: u32) -> Result<SegmentStart, String> {
    let length = disk.open(&segment_name(segment)).and_then(|file| file.length()).map_err(|e| e.to_string())?;
    let mut reader = TapeReader::open_ended(SegmentSource::up_to(disk.clone(), segment, segment, length));
    let frame = reader.next().map_err(|e: TapeError<FolderError>| e.to_string())?;
    let payload = frame.map(|frame| frame.payload).unwrap_or_default();
    SegmentStart::decode(&payload).map_err(|e| e.to_string())
}
