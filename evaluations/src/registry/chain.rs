//! The chain of records on the disk: `records.jsonl`, and `head.json`, which says how much of it was acknowledged.
//!
//! What the head names was promised, and anything wrong in it is refused with its number. What lies behind was never
//! acknowledged: a whole record there is taken, a torn one is set aside and told. It cannot see that the registry and
//! its head were both put back to an earlier time; a tape that names a later record can.
use super::approvers::Approvers;
use super::disk;
use super::error::RegistryError;
use super::record::{Body, Record, unhex};
use super::stage::Act;
use super::standing::{self, By, Lines};
use crate::printable::printable;
use serde::{Deserialize, Serialize};
use std::fs::OpenOptions;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// The file of records.
pub(super) const RECORDS: &str = "records.jsonl";
/// The file that says how much of it was acknowledged.
pub(super) const HEAD: &str = "head.json";
/// The folder of what was set aside.
const TORN: &str = "torn";
/// The largest file of records, and the longest record, in bytes.
const SIZE_MAX: u64 = 256 << 20;
const RECORD_MAX: usize = 1 << 20;
const SMALL_MAX: u64 = 1 << 16;

/// How much was acknowledged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    /// The number of the last record.
    number: u64,
    /// Its digest.
    digest: String,
    /// Bytes of the file up to its end.
    length: u64,
}

/// The end of an append that was interrupted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Torn {
    /// The record that it would have been.
    pub number: u64,
    /// How many bytes of it there were.
    pub bytes: u64,
    /// Where they are now.
    pub path: PathBuf,
}

/// Every record, verified, and what follows from them.
#[derive(Debug)]
pub(super) struct Chain {
    pub(super) records: Vec<Record>,
    pub(super) digests: Vec<String>,
    pub(super) approvers: Approvers,
    pub(super) lines: Lines,
    /// Bytes of the file that are records.
    length: u64,
    /// Whole records behind what the head says.
    unsettled: Vec<u8>,
    /// What is behind the last whole record.
    tail: Vec<u8>,
}

impl Chain {
    /// Reads and verifies everything; `None` where no registry was founded.
    pub(super) fn read(folder: &Path) -> Result<Option<Self>, RegistryError> {
        let head = read_head(folder)?;
        let bytes = disk::read(&folder.join(RECORDS), SIZE_MAX)?.unwrap_or_default();
        let Some(head) = head else {
            // A founding that was interrupted leaves at most its one record.
            let ends = bytes.iter().filter(|byte| **byte == b'\n').count();
            let reason = "is missing, and says how much of records.jsonl was acknowledged: restore it from a backup";
            return if ends > 1 { Err(RegistryError::file(folder.join(HEAD), reason)) } else { Ok(None) };
        };
        let mut reading = Reading { folder, verified: Verified::default(), number: 0 };
        let (mut at, acknowledged) = (0, usize::try_from(head.length).unwrap_or(usize::MAX));
        let mut met = false;
        while let Some(end) = bytes[at..].iter().position(|byte| *byte == b'\n') {
            let line = &bytes[at..at + end];
            match reading.next(line) {
                Ok(()) => at += end + 1,
                // Behind the head nothing was promised, so that what is no record is an append that was interrupted. No
                // crash leaves a record that does not belong there.
                Err(_) if at >= acknowledged && Record::parse(line).is_err() => break,
                Err(reason) => return Err(refused(folder, reading.number + 1, reason)),
            }
            met |= at == acknowledged && reading.is_at(&head);
        }
        if !met {
            return Err(unmet(folder, &head, reading.number));
        }
        let Verified { records, digests, approvers, lines } = reading.verified;
        let approvers = approvers.ok_or_else(|| unmet(folder, &head, 0))?;
        let (length, unsettled, tail) = (at as u64, bytes[acknowledged..at].to_vec(), bytes[at..].to_vec());
        Ok(Some(Self { records, digests, approvers, lines, length, unsettled, tail }))
    }

    /// Whether an append was interrupted, so that [`Chain::settle`] has something to do.
    pub(super) fn is_unsettled(&self) -> bool {
        !self.unsettled.is_empty() || !self.tail.is_empty()
    }

    /// Finishes what an interrupted append left, under the lock: a whole record is made durable and acknowledged, a
    /// torn one is set aside.
    pub(super) fn settle(&mut self, folder: &Path) -> Result<Option<Torn>, RegistryError> {
        let torn = if self.tail.is_empty() { None } else { Some(self.set_aside(folder)?) };
        if !self.unsettled.is_empty() {
            // Written once more: a sync that failed before would otherwise be tried again over pages that are gone.
            self.write_at(folder, self.length - self.unsettled.len() as u64, &self.unsettled)?;
            self.acknowledge(folder)?;
            self.unsettled.clear();
        }
        Ok(torn)
    }

    fn set_aside(&mut self, folder: &Path) -> Result<Torn, RegistryError> {
        let number = self.records.len() as u64 + 1;
        let digest = blake3::hash(&self.tail).to_hex();
        let into = folder.join(TORN);
        disk::put(&into, &format!("{number}-{}", &digest[..12]), &self.tail)?;
        disk::sync_folder(folder)?;
        let path = folder.join(RECORDS);
        let cut = || {
            let file = OpenOptions::new().write(true).open(&path)?;
            file.set_len(self.length)?;
            file.sync_all()
        };
        cut().map_err(RegistryError::disk("cut the torn record from", &path))?;
        let bytes = self.tail.len() as u64;
        self.tail.clear();
        Ok(Torn { number, bytes, path: into.join(format!("{number}-{}", &digest[..12])) })
    }

    /// Appends a record that fits, under the lock. It is acknowledged when this returns.
    ///
    /// # Errors
    /// When it may not follow on what stands, or the disk refuses.
    pub(super) fn append(&mut self, folder: &Path, record: Record) -> Result<(), RegistryError> {
        let (digests, approvers) = (self.digests.clone(), Some(self.approvers.clone()));
        let (records, lines) = (std::mem::take(&mut self.records), self.lines.clone());
        let number = records.len() as u64;
        let mut reading = Reading { folder, verified: Verified { records, digests, approvers, lines }, number };
        let mut line = record.line();
        let fits = reading.next(&line);
        let Verified { records, digests, approvers, lines } = reading.verified;
        self.records = records;
        fits.map_err(|reason| RegistryError::Illegal(format!("record {} {reason}", number + 1)))?;
        (self.digests, self.lines) = (digests, lines);
        self.approvers = approvers.unwrap_or_else(|| self.approvers.clone());
        line.push(b'\n');
        self.write_at(folder, self.length, &line)?;
        self.length += line.len() as u64;
        self.acknowledge(folder)
    }

    fn write_at(&self, folder: &Path, at: u64, bytes: &[u8]) -> Result<(), RegistryError> {
        let path = folder.join(RECORDS);
        let write = || {
            let mut file = OpenOptions::new().write(true).open(&path)?;
            file.seek(SeekFrom::Start(at))?;
            file.write_all(bytes)?;
            file.sync_all()
        };
        write().map_err(RegistryError::disk("append to", &path))
    }

    /// Whether a body could be recorded now, apart from its signatures.
    pub(super) fn check(&self, body: &Body) -> Result<(), String> {
        let mut lines = self.lines.clone();
        standing::apply(&mut lines, &body.act, &By { number: body.number, digest: "" })
    }

    fn acknowledge(&self, folder: &Path) -> Result<(), RegistryError> {
        let (number, digest) = (self.records.len() as u64, self.digests.last().cloned().unwrap_or_default());
        write_head(folder, &Head { number, digest, length: self.length })
    }
}

/// Writes the first record of a registry, and its head last: before that there is none.
pub(super) fn begin(folder: &Path, record: &Record) -> Result<(), RegistryError> {
    let mut line = record.line();
    let mut reading = Reading { folder, verified: Verified::default(), number: 0 };
    reading.next(&line).map_err(|reason| RegistryError::Illegal(format!("the founding record {reason}")))?;
    line.push(b'\n');
    disk::replace(&folder.join(RECORDS), &line)?;
    write_head(folder, &Head { number: 1, digest: record.digest(), length: line.len() as u64 })
}

/// The `approvers.toml` of a digest.
pub(super) fn approvers(folder: &Path, digest: &str) -> Result<Approvers, String> {
    let path = folder.join("approvers").join(format!("{digest}.toml"));
    let read = disk::read(&path, SMALL_MAX).map_err(|error| error.to_string())?;
    let bytes = read.ok_or_else(|| format!("names an approvers.toml that is missing: {}", path.display()))?;
    let text = String::from_utf8(bytes).map_err(|_| format!("names {}, which is not UTF-8", path.display()))?;
    let approvers = Approvers::parse(&text).map_err(|error| format!("names {}: {error}", path.display()))?;
    if approvers.digest != digest {
        return Err(format!("names {}, which was changed since", path.display()));
    }
    Ok(approvers)
}

/// A reason stands in messages and pages: some words that can be printed.
pub(super) fn check_reason(reason: &str) -> Result<(), String> {
    if reason.trim().is_empty() || reason.len() > 2000 || reason.chars().any(char::is_control) {
        return Err("needs a reason: 1 to 2000 characters that can be printed, on one line".into());
    }
    Ok(())
}

fn refused(folder: &Path, number: u64, reason: String) -> RegistryError {
    RegistryError::Record { path: folder.join(RECORDS), number, reason: printable(&reason) }
}

/// What is wrong where the records do not meet their head: `number` of them are good.
fn unmet(folder: &Path, head: &Head, number: u64) -> RegistryError {
    let reason = if number < head.number {
        format!("is cut off: {HEAD} says that {} were acknowledged", head.number)
    } else {
        format!("is not the one that was acknowledged, which {HEAD} names")
    };
    refused(folder, head.number.min(number + 1), reason)
}

fn read_head(folder: &Path) -> Result<Option<Head>, RegistryError> {
    let path = folder.join(HEAD);
    let Some(bytes) = disk::read(&path, SMALL_MAX)? else { return Ok(None) };
    let head = serde_json::from_slice::<Head>(&bytes).ok().filter(|head| head_bytes(head) == bytes);
    head.map(Some).ok_or_else(|| RegistryError::file(path, "was edited: restore it with records.jsonl from a backup"))
}

fn head_bytes(head: &Head) -> Vec<u8> {
    let mut bytes = serde_json::to_vec(head).expect("texts and numbers are always JSON");
    bytes.push(b'\n');
    bytes
}

fn write_head(folder: &Path, head: &Head) -> Result<(), RegistryError> {
    disk::replace(&folder.join(HEAD), &head_bytes(head))
}

/// What follows from the records so far.
#[derive(Default)]
struct Verified {
    records: Vec<Record>,
    digests: Vec<String>,
    approvers: Option<Approvers>,
    lines: Lines,
}

/// A chain while it is read.
struct Reading<'a> {
    folder: &'a Path,
    verified: Verified,
    /// The last record that was taken.
    number: u64,
}

impl Reading<'_> {
    /// Takes one line, or says what is wrong with it; then nothing has changed.
    fn next(&mut self, line: &[u8]) -> Result<(), String> {
        if line.len() > RECORD_MAX {
            return Err(format!("is longer than {RECORD_MAX} bytes"));
        }
        let record = Record::parse(line)?;
        self.check_place(&record)?;
        let body = &record.body;
        let next_approvers = match &body.act {
            Act::Found { approvers: digest } | Act::Approvers { approvers: digest } => {
                Some(approvers(self.folder, digest)?)
            }
            _ => None,
        };
        // The first is signed by those whom it names, every other by those who were there before.
        let in_force = self.verified.approvers.as_ref().or(next_approvers.as_ref());
        in_force.ok_or("is not a founding, and there is none before it")?.check_all(body, &record.signatures)?;
        let digest = record.digest();
        standing::apply(&mut self.verified.lines, &body.act, &By { number: body.number, digest: &digest })?;
        if next_approvers.is_some() {
            self.verified.approvers = next_approvers;
        }
        self.number = body.number;
        self.verified.digests.push(digest);
        self.verified.records.push(record);
        Ok(())
    }

    /// Whether a record says that it stands where it does.
    fn check_place(&self, record: &Record) -> Result<(), String> {
        let body = &record.body;
        let expected = self.number + 1;
        if body.number != expected {
            return Err(format!("calls itself number {}: records were dropped, repeated or moved", body.number));
        }
        let previous = self.verified.digests.last().map(String::as_str).unwrap_or_default();
        if body.previous != previous {
            return Err("does not follow on the record before it, which was changed or replaced".into());
        }
        let first = self.verified.records.first();
        if first.is_some_and(|first| first.body.registry != body.registry) {
            return Err(format!("is of the registry {}, not of this one", body.registry));
        }
        if matches!(body.act, Act::Found { .. }) != first.is_none() {
            return Err("is a founding, or should be: only the first record is one".into());
        }
        if unhex::<16>(&body.registry).is_none() {
            return Err("names a registry that is not 32 lower-case hex digits".into());
        }
        check_reason(&body.reason)
    }

    /// Whether the last record that was taken is the one that a head names.
    fn is_at(&self, head: &Head) -> bool {
        head.number == self.number && self.verified.digests.last() == Some(&head.digest)
    }
}
