//! How much of a tape is durable, kept outside the stream of records.
//!
//! A checksum alone cannot tell a torn tail from rot: what ends before the watermark was lost or cut, what is damaged
//! behind it was never promised.
use crate::tape_folder::FolderError;
use std::fs;
use std::io::Write;
use std::path::Path;

const FILE: &str = "watermark";

/// The durable part of a tape.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Watermark {
    /// Bytes over all segments.
    pub bytes: u64,
}

impl Watermark {
    /// Reads the watermark of a tape folder.
    ///
    /// # Errors
    /// When it is missing or is not a watermark.
    pub fn read(folder: &Path) -> Result<Self, FolderError> {
        let path = folder.join(FILE);
        let text = fs::read_to_string(&path).map_err(|source| FolderError::Read { path: path.clone(), source })?;
        Self::parse(text.as_bytes()).ok_or(FolderError::Watermark { path })
    }

    /// The watermark that a file of these bytes is, if it is one of a backtest's tape.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let number = std::str::from_utf8(bytes).ok()?.strip_suffix(" bytes\n")?;
        number.parse().ok().map(|bytes| Self { bytes })
    }

    /// Writes it aside, makes it durable and renames it into place.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn write(self, folder: &Path) -> Result<(), FolderError> {
        let (aside, path) = (folder.join("watermark.new"), folder.join(FILE));
        let write = || {
            let mut file = fs::File::create(&aside)?;
            file.write_all(format!("{} bytes\n", self.bytes).as_bytes())?;
            file.sync_all()?;
            fs::rename(&aside, &path)?;
            fs::File::open(folder)?.sync_all()
        };
        write().map_err(|source| FolderError::Write { path: path.clone(), source })
    }
}
