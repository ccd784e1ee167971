//! What a tape needs of a disk, in few verbs, so that a disk that fails on demand can stand in for the real one.
//!
//! A disk is one folder; names in it are plain. What was written is durable once its file was synced, and a name once the
//! names were. It decides nothing: when to sync is the business of who writes.
mod memory;
mod os;

pub use memory::{Faults, Kept, MemoryDisk, MemoryFile, Pending};
pub use os::OsDisk;

use std::fmt;
use std::io;
use std::path::PathBuf;

/// How much room a disk has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Space {
    /// Bytes that may still be taken.
    pub free: u64,
    /// Bytes in all.
    pub total: u64,
}

/// A folder of files.
pub trait Disk: Clone + fmt::Debug {
    /// One of its files.
    type File: DiskFile;

    /// The name in full, for messages.
    fn path(&self, name: &str) -> PathBuf;

    /// Makes the folder where it is not there.
    ///
    /// # Errors
    /// When the disk refuses.
    fn make(&self) -> io::Result<()>;

    /// The names of its files, in order.
    ///
    /// # Errors
    /// When the disk refuses.
    fn names(&self) -> io::Result<Vec<String>>;

    /// A new file, which must not be there.
    ///
    /// # Errors
    /// When it is there, or the disk refuses.
    fn create(&self, name: &str) -> io::Result<Self::File>;

    /// A file to read.
    ///
    /// # Errors
    /// When it is not there, or the disk refuses.
    fn open(&self, name: &str) -> io::Result<Self::File>;

    /// A file to read and write.
    ///
    /// # Errors
    /// When it is not there, or the disk refuses.
    fn open_to_write(&self, name: &str) -> io::Result<Self::File>;

    /// Takes a file away.
    ///
    /// # Errors
    /// When it is not there, or the disk refuses.
    fn remove(&self, name: &str) -> io::Result<()>;

    /// Makes durable which names there are.
    ///
    /// # Errors
    /// When the disk refuses.
    fn sync_names(&self) -> io::Result<()>;

    /// How much room there is.
    ///
    /// # Errors
    /// When the disk does not say.
    fn space(&self) -> io::Result<Space>;
}

/// A file, read and written by place.
pub trait DiskFile: fmt::Debug {
    /// Its length in bytes.
    ///
    /// # Errors
    /// When the disk refuses.
    fn length(&self) -> io::Result<u64>;

    /// Reads some bytes from this place; zero at the end.
    ///
    /// # Errors
    /// When the disk refuses.
    fn read_at(&mut self, out: &mut [u8], at: u64) -> io::Result<usize>;

    /// Writes all bytes at this place; the file grows where it must.
    ///
    /// # Errors
    /// When the disk refuses; some of the bytes may then be written.
    fn write_at(&mut self, bytes: &[u8], at: u64) -> io::Result<()>;

    /// Takes room up to this length, read as zeros, so that writing there needs no more of it.
    ///
    /// # Errors
    /// When there is not so much room (`StorageFull`), or the disk cannot do it (`Unsupported`).
    fn take_room(&mut self, length: u64) -> io::Result<()>;

    /// Cuts or grows the file.
    ///
    /// # Errors
    /// When the disk refuses.
    fn set_length(&mut self, length: u64) -> io::Result<()>;

    /// Makes durable what was written.
    ///
    /// # Errors
    /// When the disk refuses. What was written may then be lost, and another sync that succeeds says nothing about it.
    fn sync(&mut self) -> io::Result<()>;

    /// Makes durable what was written, and the length.
    ///
    /// # Errors
    /// As for [`Self::sync`].
    fn sync_all(&mut self) -> io::Result<()>;

    /// Locks the file against everybody else, until it is dropped or its process ends; `false` when somebody else has it.
    ///
    /// # Errors
    /// When the disk cannot lock.
    fn lock(&self) -> io::Result<bool>;
}

/// Reads until `out` is full or the file ends; how many bytes.
pub(crate) fn read_full<F: DiskFile>(file: &mut F, out: &mut [u8], at: u64) -> io::Result<usize> {
    let mut had = 0;
    while had < out.len() {
        match file.read_at(&mut out[had..], at + had as u64)? {
            0 => break,
            n => had += n,
        }
    }
    Ok(had)
}

/// Whether the disk, or what we may have of it, is full.
pub(crate) fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}
