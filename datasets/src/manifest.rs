//! The manifest: what each file of a catalog holds, where it comes from and what is known to be wrong with it.
//!
//! Facts (bytes, digest, rows, range) are measured when it is written; provenance (source, commit, licence, notes, known
//! defects) is kept from the manifest before. Verifying measures again and compares; it changes nothing.
use crate::aside::write_whole;
use crate::catalog::{Catalog, entries, relative};
use crate::error::{DataError, time_text};
use crate::layout::row_count;
use engine::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The folders whose files a manifest lists.
const FOLDERS: [&str; 5] = ["actions", "candles", "funding", "instruments", "ticks"];

/// What is known of all files of a catalog.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The files, sorted by path.
    pub files: Vec<ManifestFile>,
}

/// What is known of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestFile {
    /// Its path below the catalog, with `/`.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// blake3 of its bytes, in hex.
    pub blake3: String,
    /// Rows, of a Parquet file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
    /// First open time, of candles.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_open: Option<String>,
    /// Last open time, of candles.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_open: Option<String>,
    /// Where it comes from.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// The source's commit.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub commit: String,
    /// Its licence.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub licence: String,
    /// Anything a user has to know.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub notes: String,
    /// Rows that are known to be odd and kept as they are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub known_defects: Vec<KnownDefect>,
}

/// A row that is known to be odd.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownDefect {
    /// The open time of the row, or the date of the action.
    pub open_time: String,
    /// What kind of oddity.
    pub kind: String,
    /// What exactly.
    pub what: String,
}

/// A difference between a manifest and its catalog.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ManifestDifference {
    /// There is no manifest at all.
    #[error("manifest.json is missing; write one once the files are known to be right")]
    NoManifest,
    /// A listed file is not there.
    #[error("{path}: listed in the manifest, but missing; fetch it again")]
    Missing {
        /// The file.
        path: String,
    },
    /// A file is not listed.
    #[error("{path}: not listed in the manifest; write the manifest again once its source is known")]
    Unlisted {
        /// The file.
        path: String,
    },
    /// A fact differs.
    #[error(
        "{path}: {fact} is {found}, the manifest says {listed}; the file was changed after the manifest was written"
    )]
    Differs {
        /// The file.
        path: String,
        /// Which fact.
        fact: &'static str,
        /// As measured.
        found: String,
        /// As listed.
        listed: String,
    },
}

impl Catalog {
    fn manifest_path(&self) -> PathBuf {
        self.root().join("manifest.json")
    }

    /// The manifest, if the catalog has one.
    ///
    /// # Errors
    /// When it cannot be read or is not a manifest.
    pub fn manifest(&self) -> Result<Option<Manifest>, DataError> {
        let path = self.manifest_path();
        if !path.is_file() {
            return Ok(None);
        }
        let text = std::fs::read(&path).map_err(|e| DataError::io(&path, "read it", &e))?;
        let bad = |e: serde_json::Error| DataError::BadRecord { file: path.clone(), text: e.to_string() };
        serde_json::from_slice(&text).map(Some).map_err(bad)
    }

    /// Measures every file and writes the manifest; provenance of files that were listed before is kept.
    ///
    /// # Errors
    /// When a file cannot be read, or the manifest cannot be written.
    pub fn write_manifest(&self) -> Result<Manifest, DataError> {
        let mut known = self.manifest()?.unwrap_or_default();
        let mut manifest = self.measured()?;
        for file in &mut manifest.files {
            if let Some(before) = known.files.iter_mut().find(|before| before.path == file.path) {
                file.source = std::mem::take(&mut before.source);
                file.commit = std::mem::take(&mut before.commit);
                file.licence = std::mem::take(&mut before.licence);
                file.notes = std::mem::take(&mut before.notes);
                file.known_defects = std::mem::take(&mut before.known_defects);
            }
        }
        self.save_manifest(&manifest)?;
        Ok(manifest)
    }

    /// Writes a manifest as it is given; [`Catalog::write_manifest`] then measures the facts.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn save_manifest(&self, manifest: &Manifest) -> Result<(), DataError> {
        let path = self.manifest_path();
        let bad = |e: serde_json::Error| DataError::BadRecord { file: path.clone(), text: e.to_string() };
        let mut text = serde_json::to_string_pretty(manifest).map_err(bad)?;
        text.push('\n');
        write_whole(&path, text.as_bytes())
    }

    /// Compares every file with the manifest; empty when all agree.
    ///
    /// # Errors
    /// When a file or the manifest cannot be read.
    pub fn verify_manifest(&self) -> Result<Vec<ManifestDifference>, DataError> {
        let Some(listed) = self.manifest()? else { return Ok(vec![ManifestDifference::NoManifest]) };
        let mut differences = Vec::new();
        let mut present: BTreeMap<String, PathBuf> =
            self.paths()?.into_iter().map(|path| (relative(self.root(), &path), path)).collect();
        for file in &listed.files {
            let path = file.path.clone();
            match present.remove(&path) {
                Some(found) => differences.extend(self.compare(file, &found)?),
                None => differences.push(ManifestDifference::Missing { path }),
            }
        }
        differences.extend(present.into_keys().map(|path| ManifestDifference::Unlisted { path }));
        Ok(differences)
    }

    /// A changed digest is reported alone: a file that is not the one listed may not even be readable.
    fn compare(&self, listed: &ManifestFile, path: &Path) -> Result<Vec<ManifestDifference>, DataError> {
        let (bytes, blake3) = digest(path)?;
        let differs = |fact, found: String, listed: String| ManifestDifference::Differs {
            path: relative(self.root(), path),
            fact,
            found,
            listed,
        };
        if blake3 != listed.blake3 {
            return Ok(vec![differs("blake3", blake3, listed.blake3.clone())]);
        }
        let found = self.measure(path, bytes, blake3)?;
        let text = |value: &Option<u64>| value.map_or_else(|| "none".to_string(), |rows| rows.to_string());
        let or_none = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".to_string());
        let facts = [
            ("size", found.bytes.to_string(), listed.bytes.to_string()),
            ("number of rows", text(&found.rows), text(&listed.rows)),
            ("first_open", or_none(&found.first_open), or_none(&listed.first_open)),
            ("last_open", or_none(&found.last_open), or_none(&listed.last_open)),
        ];
        let wrong = facts.into_iter().filter(|(_, found, listed)| found != listed);
        Ok(wrong.map(|(fact, found, listed)| differs(fact, found, listed)).collect())
    }

    fn measured(&self) -> Result<Manifest, DataError> {
        let mut files = Vec::new();
        for path in self.paths()? {
            let (bytes, blake3) = digest(&path)?;
            files.push(self.measure(&path, bytes, blake3)?);
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(Manifest { files })
    }

    fn measure(&self, path: &Path, bytes: u64, blake3: String) -> Result<ManifestFile, DataError> {
        let mut file = ManifestFile { path: relative(self.root(), path), bytes, blake3, ..Default::default() };
        if path.starts_with(self.root().join("candles")) {
            let described = self.describe_file(path)?;
            let text = |time: Timestamp| Some(time_text(time));
            file.rows = Some(described.rows);
            (file.first_open, file.last_open) = (text(described.first_open), text(described.last_open));
        } else if path.extension().is_some_and(|e| e == "parquet") {
            file.rows = Some(row_count(path)?);
        }
        Ok(file)
    }

    /// Every file that a manifest lists.
    fn paths(&self) -> Result<Vec<PathBuf>, DataError> {
        let (mut files, mut folders) = (Vec::new(), Vec::new());
        folders.extend(FOLDERS.iter().map(|name| self.root().join(name)).filter(|path| path.is_dir()));
        while let Some(folder) = folders.pop() {
            for path in entries(&folder)? {
                if path.is_dir() {
                    folders.push(path);
                } else {
                    files.push(path);
                }
            }
        }
        Ok(files)
    }
}

/// Size and blake3 of a file, read in pieces.
fn digest(path: &Path) -> Result<(u64, String), DataError> {
    let io = |e: std::io::Error| DataError::io(path, "read it", &e);
    let mut file = std::fs::File::open(path).map_err(io)?;
    let (mut hasher, mut buffer, mut bytes) = (blake3::Hasher::new(), vec![0; 1 << 16], 0);
    loop {
        let read = std::io::Read::read(&mut file, &mut buffer).map_err(io)?;
        if read == 0 {
            return Ok((bytes, hasher.finalize().to_hex().to_string()));
        }
        bytes += read as u64;
        hasher.update(&buffer[..read]);
    }
}
