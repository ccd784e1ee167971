//! What a version is made of, kept by digest: the files that restore it exactly, and what changed between two.
//!
//! A folder `versions/DIGEST` holds `version.json` and the files that it names. The record that registered the version
//! holds the digest of `version.json`, so that every byte hangs on the chain.
use super::disk;
use super::error::RegistryError;
use crate::evidence::{Change, Part, Version, check_name, short};
use crate::gates::Gates;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The file that names the others.
const VERSION: &str = "version.json";
/// The run file. Whatever there is beside it and the gates file are policies.
pub const RUN: &str = "run.toml";
/// The gates file.
pub const GATES: &str = "gates.toml";
/// The largest file and the largest `version.json`, in bytes.
const FILE_MAX: u64 = 1 << 30;
const VERSION_MAX: u64 = 1 << 20;

/// What a version is restored from, as it is handed in.
#[derive(Clone, Debug)]
pub struct Material {
    /// The version.
    pub version: Version,
    /// The files by the name that they are restored to: `run.toml`, `gates.toml`, and each policy at the path by which
    /// the run file names it.
    pub files: BTreeMap<String, Vec<u8>>,
}

/// What `version.json` holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Snapshot {
    /// The version.
    pub version: Version,
    /// The files by name, with their blake3 digests in hex.
    pub files: BTreeMap<String, String>,
}

/// How two versions differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The parts, in words.
    pub changes: Vec<Change>,
    /// The files that are not the same, or that only one of them has.
    pub files: Vec<String>,
}

impl Snapshot {
    /// The bytes of `version.json`.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(self).expect("a map of texts is always JSON");
        bytes.push(b'\n');
        bytes
    }

    pub(super) fn digest(&self) -> String {
        blake3::hash(&self.bytes()).to_hex().to_string()
    }
}

fn folder_of(registry: &Path, version: &str) -> PathBuf {
    registry.join("versions").join(version)
}

/// Keeps what restores a version that no record names yet, under the lock.
///
/// # Errors
/// When a file is missing or the gates are not those of the version.
pub(super) fn keep(registry: &Path, material: &Material) -> Result<Snapshot, RegistryError> {
    let snapshot = check(material)?;
    let version = snapshot.version.digest();
    let folder = folder_of(registry, &version);
    // Of a registration that was interrupted, and of other files: no record names it.
    if folder.exists() && !read(registry, &version, None).is_ok_and(|(kept, _)| kept == snapshot) {
        disk::remove_folder(&folder)?;
    }
    disk::keep_folder(&folder, |aside| {
        for (name, bytes) in &material.files {
            disk::put(aside, name, bytes)?;
        }
        disk::put(aside, VERSION, &snapshot.bytes())
    })?;
    Ok(snapshot)
}

/// Whether the files are those of the version.
fn check(material: &Material) -> Result<Snapshot, RegistryError> {
    let illegal = |reason: String| RegistryError::Illegal(reason);
    for name in [RUN, GATES] {
        if !material.files.contains_key(name) {
            return Err(illegal(format!("a version cannot be registered without its {name}")));
        }
    }
    if material.version.parts.contains_key(&Part::Policy) != (material.files.len() > 2) {
        let reason = "a version with a policy is registered with its policy file, and one without has none";
        return Err(illegal(reason.into()));
    }
    let text = std::str::from_utf8(&material.files[GATES]).map_err(|_| illegal(format!("{GATES} is not UTF-8")))?;
    let gates = Gates::parse(text, GATES)?;
    let named = material.version.parts.get(&Part::Gates).map(|part| part.digest.as_str());
    if named != Some(gates.digest()) {
        let named = named.map_or("none", short);
        let reason = format!("the version names the gates {named}, the file has {}", short(gates.digest()));
        return Err(illegal(reason + "; evaluate again under these gates"));
    }
    let mut files = BTreeMap::new();
    for (name, bytes) in &material.files {
        check_name(Path::new("the version"), name)?;
        if name == VERSION || bytes.len() as u64 > FILE_MAX {
            return Err(illegal(format!("`{name}` cannot be a file of a version")));
        }
        files.insert(name.clone(), blake3::hash(bytes).to_hex().to_string());
    }
    Ok(Snapshot { version: material.version.clone(), files })
}

/// A version and its files, each compared with its digest; with `snapshot`, also with the record that registered it.
///
/// # Errors
/// When something was changed or is missing.
pub(super) fn read(
    registry: &Path,
    version: &str,
    snapshot: Option<&str>,
) -> Result<(Snapshot, BTreeMap<String, Vec<u8>>), RegistryError> {
    let folder = folder_of(registry, version);
    let path = folder.join(VERSION);
    let wrong = |path: &Path, what: &str| {
        RegistryError::file(path, format!("{what}: restore the registry from a backup, this version is not to be used"))
    };
    let bytes = disk::read(&path, VERSION_MAX)?.ok_or_else(|| wrong(&path, "this is missing"))?;
    let read: Snapshot = serde_json::from_slice(&bytes).map_err(|error| wrong(&path, &format!("{error}")))?;
    let is_named = snapshot.is_none_or(|digest| read.digest() == digest);
    if read.bytes() != bytes || read.version.digest() != version || !is_named {
        return Err(wrong(&path, "this was changed since it was registered"));
    }
    let mut files = BTreeMap::new();
    for (name, digest) in &read.files {
        check_name(&folder, name)?;
        let path = folder.join(name);
        let bytes = disk::read(&path, FILE_MAX)?.ok_or_else(|| wrong(&path, "this is missing"))?;
        if blake3::hash(&bytes).to_hex().as_str() != digest {
            return Err(wrong(&path, "this was changed since it was registered"));
        }
        files.insert(name.clone(), bytes);
    }
    Ok((read, files))
}

/// Writes the files of a version into a folder that is absent or empty, exactly as they were.
pub(super) fn restore(files: &BTreeMap<String, Vec<u8>>, folder: &Path) -> Result<(), RegistryError> {
    let occupied = match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => false,
        Err(error) => return Err(RegistryError::disk("list", folder)(error)),
    };
    if occupied {
        return Err(RegistryError::file(folder, "this is not empty: name a folder that is, nothing is overwritten"));
    }
    // The run file comes last: without it nothing starts from a folder that is not whole.
    let (run, others): (Vec<_>, Vec<_>) = files.iter().partition(|(name, _)| *name == RUN);
    others.into_iter().chain(run).try_for_each(|(name, bytes)| disk::put(folder, name, bytes))
}

/// How `a` differs from `b`.
pub(super) fn difference(a: &Snapshot, b: &Snapshot) -> Difference {
    Difference { changes: a.version.changes(&b.version), files: differing(&a.files, &b.files) }
}

fn differing(a: &BTreeMap<String, String>, b: &BTreeMap<String, String>) -> Vec<String> {
    let names: std::collections::BTreeSet<&String> = a.keys().chain(b.keys()).collect();
    names.into_iter().filter(|name| a.get(*name) != b.get(*name)).cloned().collect()
}
