//! A folder of the operating system.
use super::{Disk, DiskFile, Space};
use rustix::fs::FallocateFlags;
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// A folder on a real disk.
#[derive(Clone, Debug)]
pub struct OsDisk {
    folder: PathBuf,
}

impl OsDisk {
    /// This folder, which may not be there yet.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.into() }
    }
}

impl Disk for OsDisk {
    type File = File;

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn make(&self) -> io::Result<()> {
        std::fs::create_dir_all(&self.folder)?;
        // The folder's own name stands in its parent.
        let absolute = std::path::absolute(&self.folder)?;
        absolute.parent().map_or(Ok(()), |parent| File::open(parent)?.sync_all())
    }

    fn names(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(&self.folder)? {
            let entry = entry?;
            if entry.file_type()?.is_file() {
                names.extend(entry.file_name().into_string()); // a name that is no text is none of ours
            }
        }
        names.sort();
        Ok(names)
    }

    fn create(&self, name: &str) -> io::Result<File> {
        OpenOptions::new().read(true).write(true).create_new(true).open(self.path(name))
    }

    fn open(&self, name: &str) -> io::Result<File> {
        File::open(self.path(name))
    }

    fn open_to_write(&self, name: &str) -> io::Result<File> {
        OpenOptions::new().read(true).write(true).open(self.path(name))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        std::fs::remove_file(self.path(name))
    }

    fn sync_names(&self) -> io::Result<()> {
        File::open(&self.folder)?.sync_all()
    }

    fn space(&self) -> io::Result<Space> {
        // What is kept for the administrator is not ours to count on.
        let facts = rustix::fs::statvfs(&self.folder)?;
        let bytes = |blocks: u64| blocks.saturating_mul(facts.f_frsize);
        Ok(Space { free: bytes(facts.f_bavail), total: bytes(facts.f_blocks) })
    }
}

impl DiskFile for File {
    fn length(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    fn read_at(&mut self, out: &mut [u8], at: u64) -> io::Result<usize> {
        loop {
            match FileExt::read_at(self, out, at) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => return read,
            }
        }
    }

    fn write_at(&mut self, bytes: &[u8], at: u64) -> io::Result<()> {
        self.write_all_at(bytes, at)
    }

    fn take_room(&mut self, length: u64) -> io::Result<()> {
        let had = self.metadata()?.len();
        if length > had {
            rustix::fs::fallocate(&*self, FallocateFlags::empty(), had, length - had)?;
        }
        Ok(())
    }

    fn set_length(&mut self, length: u64) -> io::Result<()> {
        self.set_len(length)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }

    fn sync_all(&mut self) -> io::Result<()> {
        File::sync_all(self)
    }

    fn lock(&self) -> io::Result<bool> {
        match self.try_lock() {
            Ok(()) => Ok(true),
            Err(TryLockError::WouldBlock) => Ok(false),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}
