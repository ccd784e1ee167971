//! A tape as a folder of segment files, `000001.tape` and on, written group by group.
use crate::watermark::Watermark;
use engine::tape::{ByteSource, TapeSink};
use std::fs::{self, File};
use std::io::{Read, Write};
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
    folder.join(format!("{number:06}.tape"))
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

/// Reads a tape's segments as one stream of bytes.
#[derive(Debug)]
pub struct FolderSource {
    segments: std::vec::IntoIter<PathBuf>,
    file: Option<(File, PathBuf)>,
}

impl FolderSource {
    /// The tape in `folder`, which must hold what its watermark promises.
    ///
    /// # Errors
    /// When the folder is no tape, a segment or the watermark is missing, or bytes are missing.
    pub fn open(folder: &Path) -> Result<Self, FolderError> {
        let (mut segments, mut found) = (Vec::new(), 0);
        for number in 1.. {
            let path = segment_path(folder, number);
            match fs::metadata(&path) {
                Ok(facts) => found += facts.len(),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => break,
                Err(source) => return Err(FolderError::Read { path, source }),
            }
            segments.push(path);
        }
        if segments.is_empty() {
            return Err(FolderError::NoTape { path: folder.into() });
        }
        let after = segment_path(folder, u32::try_from(segments.len()).unwrap_or(u32::MAX).saturating_add(2));
        if after.exists() {
            return Err(FolderError::Gap { path: segment_path(folder, segments.len() as u32 + 1) });
        }
        let promised = Watermark::read(folder)?.bytes;
        if found < promised {
            return Err(FolderError::Cut { path: folder.into(), found, promised });
        }
        Ok(Self { segments: segments.into_iter(), file: None })
    }
}

impl ByteSource for FolderSource {
    type Error = FolderError;

    fn read(&mut self, out: &mut [u8]) -> Result<usize, FolderError> {
        loop {
            if let Some((file, path)) = &mut self.file {
                let n = file.read(out).map_err(|source| FolderError::Read { path: path.clone(), source })?;
                if n > 0 {
                    return Ok(n);
                }
            }
            let Some(path) = self.segments.next() else { return Ok(0) };
            let file = File::open(&path).map_err(|source| FolderError::Read { path: path.clone(), source })?;
            self.file = Some((file, path));
        }
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
