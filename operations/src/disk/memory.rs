//! A disk in memory that keeps apart what was written and what is durable, and fails when told to.
//!
//! Until a file is synced each of its writes is pending; when the power goes, any part of any of them may have reached the
//! disk, in any order. The same holds for names. It never touches a real file.
use super::{Disk, DiskFile, Space};
use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};

/// What reaches a disk whole or not at all.
const BLOCK: usize = 512;

/// What goes wrong, and when. Operations that change something are counted from one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// After so many changes the machine is off: everything fails.
    pub off_after: Option<u64>,
    /// This sync fails, and what it should have made durable never will be, whatever later syncs say.
    pub sync_fails: Option<u64>,
    /// This write fails half done.
    pub write_fails: Option<u64>,
    /// So many bytes are there in all.
    pub room: Option<u64>,
}

/// A change of a file that was not made durable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pending {
    /// Bytes at a place.
    Write {
        /// Where.
        at: u64,
        /// Which.
        bytes: Vec<u8>,
    },
    /// Another length.
    Length(u64),
}

/// How much of a pending change reached the disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Nothing.
    Nothing,
    /// All of it.
    All,
    /// Its first bytes. Of a length, all of it.
    First(usize),
    /// The bytes whose place in it is in a block of 512 that is named. Of a length, all of it.
    Blocks(u64),
}

#[derive(Clone, Debug, Default)]
struct Content {
    durable: Vec<u8>,
    now: Vec<u8>,
    pending: Vec<Pending>,
    locked: Option<u64>,
}

#[derive(Clone, Debug, Default)]
struct Inside {
    files: BTreeMap<u64, Content>,
    names: BTreeMap<String, u64>,
    durable_names: BTreeMap<String, u64>,
    handles: u64,
    changes: u64,
    syncs: u64,
    writes: u64,
    faults: Faults,
}

/// A folder in memory.
#[derive(Clone, Debug, Default)]
pub struct MemoryDisk(Arc<Mutex<Inside>>);

/// A file in memory.
#[derive(Debug)]
pub struct MemoryFile {
    disk: MemoryDisk,
    file: u64,
    handle: u64,
}

fn apply(content: &mut Vec<u8>, change: &Pending, kept: &Kept) {
    match (change, kept) {
        (_, Kept::Nothing) => {}
        (Pending::Length(length), _) => content.resize(*length as usize, 0),
        (Pending::Write { at, bytes }, Kept::All) => put(content, *at as usize, bytes),
        (Pending::Write { at, bytes }, Kept::First(count)) => {
            put(content, *at as usize, &bytes[..bytes.len().min(*count)]);
        }
        (Pending::Write { at, bytes }, Kept::Blocks(mask)) => {
            for (block, bytes) in bytes.chunks(BLOCK).enumerate().filter(|(block, _)| mask & (1 << (block % 64)) != 0) {
                put(content, *at as usize + block * BLOCK, bytes);
            }
        }
    }
}

fn put(content: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    if !bytes.is_empty() {
        content.resize(content.len().max(at + bytes.len()), 0);
        content[at..at + bytes.len()].copy_from_slice(bytes);
    }
}

fn not_found(name: &str) -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, format!("there is no {name}"))
}

impl Inside {
    /// Counts a change; the machine may be off.
    fn change(&mut self) -> io::Result<()> {
        if self.faults.off_after.is_some_and(|after| self.changes >= after) {
            return Err(io::Error::other("the machine is off"));
        }
        self.changes += 1;
        Ok(())
    }

    fn content(&mut self, file: u64) -> &mut Content {
        self.files.entry(file).or_default()
    }

    /// Grows a file, if there is room.
    fn grow(&mut self, file: u64, length: u64) -> io::Result<()> {
        let had = self.content(file).now.len() as u64;
        let used: u64 = self.files.values().map(|content| content.now.len() as u64).sum();
        match self.faults.room {
            Some(room) if length > had && used + (length - had) > room => {
                Err(io::Error::new(io::ErrorKind::StorageFull, "no room is left"))
            }
            _ => Ok(()),
        }
    }

    fn put(&mut self, file: u64, change: Pending) {
        let content = self.content(file);
        apply(&mut content.now, &change, &Kept::All);
        content.pending.push(change);
    }

    fn sync(&mut self, file: u64) -> io::Result<()> {
        self.change()?;
        self.syncs += 1;
        let fails = self.faults.sync_fails == Some(self.syncs);
        let content = self.content(file);
        let pending = std::mem::take(&mut content.pending);
        if fails {
            return Err(io::Error::other("input/output error"));
        }
        pending.iter().for_each(|change| apply(&mut content.durable, change, &Kept::All));
        Ok(())
    }
}

impl MemoryDisk {
    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().expect("nobody panics while holding it")
    }

    /// What goes wrong from here on.
    pub fn set_faults(&self, faults: Faults) {
        self.inside().faults = faults;
    }

    /// Changes, syncs and writes so far.
    #[must_use]
    pub fn counts(&self) -> (u64, u64, u64) {
        let inside = self.inside();
        (inside.changes, inside.syncs, inside.writes)
    }

    /// What a file holds as everybody sees it.
    #[must_use]
    pub fn bytes(&self, name: &str) -> Option<Vec<u8>> {
        let inside = self.inside();
        inside.names.get(name).and_then(|file| inside.files.get(file)).map(|content| content.now.clone())
    }

    /// Puts bytes into a file, durably and past all faults: damage, or a copy from elsewhere.
    pub fn put(&self, name: &str, bytes: &[u8]) {
        let mut inside = self.inside();
        let next = inside.files.keys().next_back().map_or(0, |last| last + 1);
        let file = *inside.names.entry(name.into()).or_insert(next);
        inside.durable_names.insert(name.into(), file);
        let locked = inside.content(file).locked;
        let content = Content { durable: bytes.to_vec(), now: bytes.to_vec(), locked, ..Content::default() };
        inside.files.insert(file, content);
    }

    /// The disk after the power went: of each pending change as much as `keep` says of its file, and no locks and no faults.
    /// Of the names that were not synced those that `keep_names` says.
    #[must_use]
    pub fn crash(
        &self,
        mut keep: impl FnMut(&str, &Pending) -> Kept,
        mut keep_names: impl FnMut(&str) -> bool,
    ) -> Self {
        let inside = self.inside();
        let mut names = inside.durable_names.clone();
        for name in inside.names.keys().chain(inside.durable_names.keys()) {
            let (now, then) = (inside.names.get(name), inside.durable_names.get(name));
            if now != then && keep_names(name) {
                match now {
                    Some(file) => names.insert(name.clone(), *file),
                    None => names.remove(name),
                };
            }
        }
        let mut after = Inside { names: names.clone(), durable_names: names.clone(), ..Inside::default() };
        for (name, file) in &names {
            let Some(content) = inside.files.get(file) else { continue };
            let mut durable = content.durable.clone();
            for change in &content.pending {
                apply(&mut durable, change, &keep(name, change));
            }
            after.files.insert(*file, Content { now: durable.clone(), durable, ..Content::default() });
        }
        Self(Arc::new(Mutex::new(after)))
    }

    /// The disk after its process was killed and the power stayed: everything that was written is seen, durable or not.
    #[must_use]
    pub fn killed(&self) -> Self {
        let mut after = self.inside().clone();
        after.files.values_mut().for_each(|content| content.locked = None);
        after.faults = Faults::default();
        Self(Arc::new(Mutex::new(after)))
    }

    fn handle(&self, file: u64) -> MemoryFile {
        let mut inside = self.inside();
        inside.handles += 1;
        MemoryFile { disk: self.clone(), file, handle: inside.handles }
    }
}

impl Disk for MemoryDisk {
    type File = MemoryFile;

    fn path(&self, name: &str) -> PathBuf {
        PathBuf::from("memory").join(name)
    }

    fn make(&self) -> io::Result<()> {
        Ok(())
    }

    fn names(&self) -> io::Result<Vec<String>> {
        Ok(self.inside().names.keys().cloned().collect())
    }

    fn create(&self, name: &str) -> io::Result<MemoryFile> {
        let mut inside = self.inside();
        inside.change()?;
        if inside.names.contains_key(name) {
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, format!("{name} is there")));
        }
        let file = inside.files.keys().next_back().map_or(0, |last| last + 1);
        inside.files.insert(file, Content::default());
        inside.names.insert(name.into(), file);
        drop(inside);
        Ok(self.handle(file))
    }

    fn open(&self, name: &str) -> io::Result<MemoryFile> {
        let file = self.inside().names.get(name).copied().ok_or_else(|| not_found(name))?;
        Ok(self.handle(file))
    }

    fn open_to_write(&self, name: &str) -> io::Result<MemoryFile> {
        self.open(name)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let mut inside = self.inside();
        inside.change()?;
        inside.names.remove(name).map(|_| ()).ok_or_else(|| not_found(name))
    }

    fn sync_names(&self) -> io::Result<()> {
        let mut inside = self.inside();
        inside.change()?;
        inside.syncs += 1;
        if inside.faults.sync_fails == Some(inside.syncs) {
            return Err(io::Error::other("input/output error"));
        }
        inside.durable_names = inside.names.clone();
        Ok(())
    }

    fn space(&self) -> io::Result<Space> {
        let inside = self.inside();
        let used: u64 = inside.files.values().map(|content| content.now.len() as u64).sum();
        let total = inside.faults.room.unwrap_or(1 << 40);
        Ok(Space { free: total.saturating_sub(used), total })
    }
}

impl DiskFile for MemoryFile {
    fn length(&self) -> io::Result<u64> {
        Ok(self.disk.inside().content(self.file).now.len() as u64)
    }

    fn read_at(&mut self, out: &mut [u8], at: u64) -> io::Result<usize> {
        let mut inside = self.disk.inside();
        let now = &inside.content(self.file).now;
        let from = now.len().min(at as usize);
        let n = out.len().min(now.len() - from);
        out[..n].copy_from_slice(&now[from..from + n]);
        Ok(n)
    }

    fn write_at(&mut self, bytes: &[u8], at: u64) -> io::Result<()> {
        let mut inside = self.disk.inside();
        inside.change()?;
        inside.writes += 1;
        inside.grow(self.file, at + bytes.len() as u64)?;
        let fails = inside.faults.write_fails == Some(inside.writes);
        let bytes = if fails { &bytes[..bytes.len() / 2] } else { bytes };
        inside.put(self.file, Pending::Write { at, bytes: bytes.to_vec() });
        if fails { Err(io::Error::other("input/output error")) } else { Ok(()) }
    }

    fn take_room(&mut self, length: u64) -> io::Result<()> {
        let mut inside = self.disk.inside();
        inside.change()?;
        inside.grow(self.file, length)?;
        if length > inside.content(self.file).now.len() as u64 {
            inside.put(self.file, Pending::Length(length));
        }
        Ok(())
    }

    fn set_length(&mut self, length: u64) -> io::Result<()> {
        let mut inside = self.disk.inside();
        inside.change()?;
        inside.grow(self.file, length)?;
        inside.put(self.file, Pending::Length(length));
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        self.disk.inside().sync(self.file)
    }

    fn sync_all(&mut self) -> io::Result<()> {
        self.disk.inside().sync(self.file)
    }

    fn lock(&self) -> io::Result<bool> {
        let mut inside = self.disk.inside();
        let content = inside.content(self.file);
        if content.locked.is_some_and(|holder| holder != self.handle) {
            return Ok(false);
        }
        content.locked = Some(self.handle);
        Ok(true)
    }
}

impl Drop for MemoryFile {
    fn drop(&mut self) {
        let mut inside = self.disk.inside();
        let content = inside.content(self.file);
        content.locked.take_if(|holder| *holder == self.handle);
    }
}
