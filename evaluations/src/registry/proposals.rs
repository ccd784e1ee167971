//! Proposals that wait for signatures: one file each in `pending`, named by what it says.
//!
//! A proposal is a record without enough signatures. Its body holds the number and the record before, so that it can
//! only become that record: once another stands there, it is stale.
use super::disk;
use super::error::RegistryError;
use super::record::Record;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The largest proposal, in bytes, and the most that are listed.
const SIZE_MAX: u64 = 1 << 20;
const COUNT_MAX: usize = 1000;

/// A record that lacks signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// 16 hex digits of the digest of its body.
    pub id: String,
    /// What it will be.
    pub record: Record,
}

impl Proposal {
    /// How many signatures it still needs.
    #[must_use]
    pub fn lacks(&self) -> usize {
        usize::from(self.record.body.approvals).saturating_sub(self.record.signatures.len())
    }
}

fn folder_of(registry: &Path) -> PathBuf {
    registry.join("pending")
}

fn path_of(registry: &Path, id: &str) -> PathBuf {
    folder_of(registry).join(format!("{id}.json"))
}

/// Writes a proposal, under the lock.
pub(super) fn write(registry: &Path, proposal: &Proposal) -> Result<(), RegistryError> {
    disk::make_folder(&folder_of(registry))?;
    let mut bytes = proposal.record.line();
    bytes.push(b'\n');
    disk::replace(&path_of(registry, &proposal.id), &bytes)
}

/// The proposal of an id.
///
/// # Errors
/// When there is none, or it was changed.
pub(super) fn read(registry: &Path, id: &str) -> Result<Proposal, RegistryError> {
    let path = path_of(registry, checked(id)?);
    let bytes = disk::read(&path, SIZE_MAX)?.ok_or_else(|| none(id))?;
    let parsed = bytes.strip_suffix(b"\n").ok_or_else(|| "is cut off".to_string()).and_then(Record::parse);
    match parsed {
        Ok(record) if record.body.id() == id => Ok(Proposal { id: id.into(), record }),
        Ok(_) => Err(changed(&path, "is another proposal than its name says")),
        Err(reason) => Err(changed(&path, &reason)),
    }
}

/// An id, which is a part of a path.
fn checked(id: &str) -> Result<&str, RegistryError> {
    if id.len() == 16 && id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(id);
    }
    Err(RegistryError::Illegal(format!("`{id}` is not the id of a proposal: 16 hex digits")))
}

fn none(id: &str) -> RegistryError {
    RegistryError::Illegal(format!("there is no proposal {id}; it was taken, or never made"))
}

/// Removes the proposal of an id, whatever stands in it.
///
/// # Errors
/// When there is none, or the disk refuses.
pub(super) fn withdraw(registry: &Path, id: &str) -> Result<(), RegistryError> {
    if !path_of(registry, checked(id)?).exists() {
        return Err(none(id));
    }
    remove(registry, id)
}

fn changed(path: &Path, reason: &str) -> RegistryError {
    RegistryError::file(path, format!("the proposal {reason}; withdraw it and propose again"))
}

/// All proposals by id.
pub(super) fn list(registry: &Path) -> Result<Vec<Proposal>, RegistryError> {
    let folder = folder_of(registry);
    let entries = match fs::read_dir(&folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.map_err(RegistryError::disk("list", &folder))?,
    };
    let mut ids = Vec::new();
    for entry in entries.take(COUNT_MAX) {
        let name = entry.map_err(RegistryError::disk("list", &folder))?.file_name();
        ids.extend(name.to_str().and_then(|name| name.strip_suffix(".json")).map(str::to_string));
    }
    // What a crash left aside begins with a point.
    ids.retain(|id| !id.starts_with('.'));
    ids.sort_unstable();
    ids.iter().map(|id| read(registry, id)).collect()
}

/// Removes a proposal, under the lock.
pub(super) fn remove(registry: &Path, id: &str) -> Result<(), RegistryError> {
    let path = path_of(registry, id);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(RegistryError::disk("remove", path)(error)),
        _ => Ok(()),
    }
}
