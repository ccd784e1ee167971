//! A tape as a folder of segment files, `000001.tape` and on, written group by group.
use crate::disk::{Disk, OsDisk};
use crate::live::{MARK, Mark, SegmentSource, segment_name, segment_number};
use crate::watermark::Watermark;
use engine::tape::{ByteSource, TapeSink};
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Bytes after which a segment is closed and the next begun.
pub const SEGMENT_BYTES: u64 = 64 * 1024 * 1024;

/// Why a tape's files cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// A file cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file cannot be written.
    #[error("cannot write {path}: {source}")]
    Write {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The folder holds no tape.
    #[error("{path} is not a tape: expected a folder with 000001.tape")]
    NoTape {
        /// Which folder.
        path: PathBuf,
    },
    /// A segment is missing between others.
    #[error("{path} is missing: the segments of a tape have no gaps")]
    Gap {
        /// Which file.
        path: PathBuf,
    },
    /// The watermark is no watermark.
    #[error("{path} is not a watermark: expected a number of bytes")]
    Watermark {
        /// Which file.
        path: PathBuf,
    },
    /// Less is there than the watermark promises.
    #[error("{path} holds {found} bytes and its watermark promises {promised}: the tape was cut")]
    Cut {
        /// Which folder.
        path: PathBuf,
        /// Bytes found.
        found: u64,
        /// Bytes promised.
        promised: u64,
    },
}

fn segment_path(folder: &Path, number: u32) -> PathBuf {
    folder.join(segment_name(number))
}

/// Writes a tape into a new folder.
#[derive(Debug)]
pub struct FolderSink {
    folder: PathBuf,
    file: File,
    path: PathBuf,
    number: u32,
    in_segment: u64,
    bytes: u64,
}

impl FolderSink {
    /// A new tape in `folder`, which is made and must not hold one.
    ///
    /// # Errors
    /// When the folder or the first segment cannot be made.
    pub fn create(folder: &Path) -> Result<Self, FolderError> {
        fs::create_dir_all(folder).map_err(|source| FolderError::Write { path: folder.into(), source })?;
        let (file, path) = Self::open_segment(folder, 1)?;
        Ok(Self { folder: folder.into(), file, path, number: 1, in_segment: 0, bytes: 0 })
    }

    fn open_segment(folder: &Path, number: u32) -> Result<(File, PathBuf), FolderError> {
        let path = segment_path(folder, number);
        let file = File::create_new(&path).map_err(|source| FolderError::Write { path: path.clone(), source })?;
        Ok((file, path))
    }

    /// Makes everything durable and says so in the watermark.
    ///
    /// # Errors
    /// When the disk refuses; a failed sync is never tried again.
    pub fn finish(self) -> Result<(), FolderError> {
        self.file.sync_all().map_err(|source| FolderError::Write { path: self.path.clone(), source })?;
        Watermark { bytes: self.bytes }.write(&self.folder)
    }

    fn next_segment(&mut self) -> Result<(), FolderError> {
        self.file.sync_all().map_err(|source| FolderError::Write { path: self.path.clone(), source })?;
        self.number += 1;
        (self.file, self.path) = Self::open_segment(&self.folder, self.number)?;
        self.in_segment = 0;
        Ok(())
    }
}

impl TapeSink for FolderSink {
    type Error = FolderError;

    fn write(&mut self, group: &[u8]) -> Result<(), FolderError> {
        if self.in_segment >= SEGMENT_BYTES {
            self.next_segment()?;
        }
        self.file.write_all(group).map_err(|source| FolderError::Write { path: self.path.clone(), source })?;
        self.in_segment += group.len() as u64;
        self.bytes += group.len() as u64;
        Ok(())
    }
}

/// What is known of a live tape beside its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LiveFacts {
    /// The watermark.
    pub mark: Mark,
    /// The first segment that is there.
    pub first_segment: u32,
    /// Bytes behind the watermark: of a session that still runs or was killed. They are not read. The room that a segment
    /// took for what is to come is among them.
    pub behind: u64,
}

/// Reads a tape's segments as one stream of bytes; of a live tape what is durable.
#[derive(Debug)]
pub struct FolderSource {
    source: SegmentSource<OsDisk>,
    live: Option<LiveFacts>,
}

impl FolderSource {
    /// The numbers of the segments that a folder holds, in order; none where it is no tape.
    ///
    /// # Errors
    /// When the folder is there and cannot be read.
    pub fn segments(folder: &Path) -> Result<Vec<u32>, FolderError> {
        match OsDisk::new(folder).names() {
            Ok(names) => {
                let mut numbers: Vec<u32> = names.iter().filter_map(|name| segment_number(name)).collect();
                numbers.sort_unstable();
                Ok(numbers)
            }
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(Vec::new()),
            Err(source) => Err(FolderError::Read { path: folder.into(), source }),
        }
    }

    /// The tape in `folder`, which must hold what its watermark promises.
    ///
    /// # Errors
    /// When the folder is no tape, a segment or the watermark is missing, or bytes are missing.
    pub fn open(folder: &Path) -> Result<Self, FolderError> {
        // Read before the segments are listed: a session that runs only adds to them.
        let mark = Self::mark(folder);
        let segments = Self::segments(folder)?;
        let (Some(first), Some(last)) = (segments.first().copied(), segments.last().copied()) else {
            return Err(FolderError::NoTape { path: folder.into() });
        };
        let mark = mark?;
        let begins = if mark.is_some() { first } else { 1 };
        let ends = mark.map_or(last, |mark| mark.segment.max(first));
        if let Some(missing) = (begins..=ends).find(|number| segments.binary_search(number).is_err()) {
            return Err(FolderError::Gap { path: segment_path(folder, missing) });
        }
        let mut lengths = Vec::new();
        for number in &segments {
            let path = segment_path(folder, *number);
            lengths.push(fs::metadata(&path).map_err(|source| FolderError::Read { path, source })?.len());
        }
        let disk = OsDisk::new(folder);
        let cut = |found, promised| FolderError::Cut { path: folder.into(), found, promised };
        let Some(mark) = mark else {
            let (found, promised) = (lengths.iter().sum(), Watermark::read(folder)?.bytes);
            let source = SegmentSource::up_to(disk, 1, last, u64::MAX);
            return if found < promised { Err(cut(found, promised)) } else { Ok(Self { source, live: None }) };
        };
        let of_last =
            segments.iter().zip(&lengths).find(|(number, _)| **number == ends).map_or(0, |(_, length)| *length);
        if of_last < mark.in_segment {
            return Err(cut(mark.bytes.saturating_sub(mark.in_segment - of_last), mark.bytes));
        }
        let behind = segments.iter().zip(&lengths).filter(|(number, _)| **number > ends).map(|(_, length)| length);
        let behind = behind.sum::<u64>() + (of_last - mark.in_segment);
        let source = SegmentSource::up_to(disk, first, ends, mark.in_segment);
        Ok(Self { source, live: Some(LiveFacts { mark, first_segment: first, behind }) })
    }

    /// The watermark of a live tape; `None` of a backtest's.
    fn mark(folder: &Path) -> Result<Option<Mark>, FolderError> {
        let path = folder.join(MARK);
        let bytes = fs::read(&path).map_err(|source| FolderError::Read { path: path.clone(), source })?;
        if !Mark::is_live(&bytes) {
            return Ok(None);
        }
        Mark::find(&bytes).newest.map(Some).ok_or(FolderError::Watermark { path })
    }

    /// What is known of a live tape; `None` of a backtest's.
    #[must_use]
    pub fn live(&self) -> Option<&LiveFacts> {
        self.live.as_ref()
    }
}

impl ByteSource for FolderSource {
    type Error = FolderError;

    fn read(&mut self, out: &mut [u8]) -> Result<usize, FolderError> {
        self.source.read(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(groups: &[&[u8]]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        let mut sink = FolderSink::create(folder.path()).expect("a new tape");
        groups.iter().for_each(|g| sink.write(g).expect("written"));
        sink.finish().expect("durable");
        folder
    }

    fn read(folder: &Path) -> Result<Vec<u8>, FolderError> {
        let (mut source, mut all, mut chunk) = (FolderSource::open(folder)?, Vec::new(), [0; 7]);
        loop {
            match source.read(&mut chunk)? {
                0 => return Ok(all),
                n => all.extend_from_slice(&chunk[..n]),
            }
        }
    }

    #[test]
    fn what_was_written_is_read_over_segments() {
        let folder = written(&[b"one", b"two"]);
        fs::write(folder.path().join("000002.tape"), b"three").expect("written");
        assert_eq!(read(folder.path()).expect("a tape"), b"onetwothree");
    }

    #[test]
    fn a_cut_tape_is_found_before_it_is_read() {
        let folder = written(&[b"one", b"two"]);
        fs::write(folder.path().join("000001.tape"), b"onetw").expect("written");
        assert!(matches!(read(folder.path()), Err(FolderError::Cut { found: 5, promised: 6, .. })));
    }

    #[test]
    fn a_missing_or_foreign_watermark_is_an_error() {
        let folder = written(&[b"one"]);
        fs::write(folder.path().join("watermark"), b"three").expect("written");
        assert!(matches!(read(folder.path()), Err(FolderError::Watermark { .. })));
        fs::remove_file(folder.path().join("watermark")).expect("removed");
        assert!(matches!(read(folder.path()), Err(FolderError::Read { .. })));
        assert!(matches!(read(Path::new("/nowhere")), Err(FolderError::NoTape { .. })));
    }
}
