//! A bundle on the disk: the files first, `evidence.json` last, and read back strictly.
//!
//! Whatever differs from what was written is an error that names it. Links are not followed, and no name leads out of
//! the folder.
use super::{EVIDENCE, Evidence, EvidenceError, SCHEMA, catalogue};
use crate::printable::printable;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

/// The largest `evidence.json`, in bytes.
const SIZE_MAX: u64 = 32 << 20;
/// The most files of a bundle, and how deep their folders nest.
const FILES_MAX: usize = 4096;
const DEPTH_MAX: usize = 8;
/// `evidence.json` while it is written.
const UNFINISHED: &str = ".evidence.json.unfinished";
/// Bytes that are hashed at once.
const BLOCK: usize = 1 << 16;

impl Evidence {
    /// Makes a bundle of everything that stands in `folder`: names each file by its digest and writes `evidence.json`
    /// last, so that an interrupted bundle is none. An older `evidence.json` in the folder is removed first.
    ///
    /// # Errors
    /// When a figure is not in the catalogue or names a file that is not there, a file is no plain file, or the disk
    /// refuses.
    pub fn write(&mut self, folder: &Path) -> Result<(), EvidenceError> {
        let (path, aside) = (folder.join(EVIDENCE), folder.join(UNFINISHED));
        for old in [&path, &aside] {
            match fs::remove_file(old) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(EvidenceError::disk("replace", old)(error));
                }
                _ => {}
            }
        }
        self.schema = SCHEMA;
        for figure in self.figures.values_mut() {
            figure.value = figure.value.filter(|value| value.is_finite());
        }
        self.files = BTreeMap::new();
        for name in names(folder)? {
            let file = folder.join(&name);
            let digest = digest(&file)?;
            File::open(&file).and_then(|file| file.sync_all()).map_err(EvidenceError::disk("make durable", file))?;
            self.files.insert(name, digest);
        }
        self.check_figures(&path)?;
        let put = || {
            let mut file = File::create(&aside)?;
            file.write_all(&self.bytes())?;
            file.sync_all()?;
            fs::rename(&aside, &path)?;
            File::open(folder)?.sync_all()
        };
        put().map_err(EvidenceError::disk("write", &path))
    }

    /// Reads a bundle and compares everything in the folder with what was written.
    ///
    /// # Errors
    /// When there is none, its schema is unknown, or a file was changed, is missing or does not belong to it.
    pub fn read(folder: &Path) -> Result<Self, EvidenceError> {
        let path = folder.join(EVIDENCE);
        let bytes = read_bounded(&path).map_err(|error| match error {
            EvidenceError::Disk { source, .. } if source.kind() == std::io::ErrorKind::NotFound => {
                EvidenceError::None { folder: folder.into() }
            }
            other => other,
        })?;
        let evidence = parse(&bytes, &path)?;
        evidence.check_figures(&path)?;
        for name in evidence.files.keys() {
            check_name(folder, name)?;
        }
        let mut found = names(folder)?;
        found.retain(|name| name != EVIDENCE);
        if let Some(file) = evidence.files.keys().find(|name| !found.contains(name)) {
            return Err(EvidenceError::Missing { folder: folder.into(), file: file.clone() });
        }
        for file in found {
            let found = digest(&folder.join(&file))?;
            match evidence.files.get(&file) {
                None => return Err(EvidenceError::Extra { folder: folder.into(), file }),
                Some(named) if *named != found => {
                    return Err(EvidenceError::Changed { folder: folder.into(), file, named: printable(named), found });
                }
                Some(_) => {}
            }
        }
        Ok(evidence)
    }

    fn check_figures(&self, path: &Path) -> Result<(), EvidenceError> {
        for (name, figure) in &self.figures {
            let wrong = |reason: String| EvidenceError::Figure {
                path: path.into(),
                figure: printable(name),
                reason: printable(&reason),
            };
            catalogue::lookup(self.kind, name).map_err(&wrong)?;
            if !figure.file.is_empty() && figure.file != EVIDENCE && !self.files.contains_key(&figure.file) {
                return Err(wrong(format!("is shown by `{}`, which is not in the bundle", figure.file)));
            }
        }
        Ok(())
    }
}

/// The evidence that `bytes` are, if they are what [`Evidence::bytes`] writes.
fn parse(bytes: &[u8], path: &Path) -> Result<Evidence, EvidenceError> {
    let json = |error: serde_json::Error| {
        let (line, column, whole) = (error.line(), error.column(), error.to_string());
        // The place stands at the front already.
        let reason = whole.rsplit_once(" at line ").map_or(whole.as_str(), |(reason, _)| reason);
        let reason = printable(reason);
        EvidenceError::Json { path: path.into(), line, column, reason }
    };
    // The schema comes first: a newer one may have any shape.
    let schema: Schema = serde_json::from_slice(bytes).map_err(json)?;
    if schema.schema != u64::from(SCHEMA) {
        return Err(EvidenceError::Schema { path: path.into(), found: schema.schema, known: SCHEMA });
    }
    let evidence: Evidence = serde_json::from_slice(bytes).map_err(json)?;
    let written = evidence.bytes();
    if written == bytes {
        return Ok(evidence);
    }
    let same = written.iter().zip(bytes).take_while(|(a, b)| a == b).count();
    let line = 1 + bytes[..same].iter().filter(|byte| **byte == b'\n').count();
    Err(EvidenceError::Edited { path: path.into(), line })
}

#[derive(serde::Deserialize)]
struct Schema {
    schema: u64,
}

fn read_bounded(path: &Path) -> Result<Vec<u8>, EvidenceError> {
    let mut bytes = Vec::new();
    let file = File::open(path).and_then(|file| file.take(SIZE_MAX + 1).read_to_end(&mut bytes));
    file.map_err(EvidenceError::disk("read", path))?;
    if bytes.len() as u64 > SIZE_MAX {
        return Err(EvidenceError::Large { path: path.into(), max: SIZE_MAX });
    }
    Ok(bytes)
}

/// The digest of a file, in bounded memory.
fn digest(path: &Path) -> Result<String, EvidenceError> {
    let mut hasher = blake3::Hasher::new();
    let mut block = vec![0; BLOCK];
    let mut file = File::open(path).map_err(EvidenceError::disk("read", path))?;
    loop {
        match file.read(&mut block).map_err(EvidenceError::disk("read", path))? {
            0 => return Ok(hasher.finalize().to_hex().to_string()),
            read => hasher.update(&block[..read]),
        };
    }
}

/// Every file below `folder` by its name from there, sorted.
fn names(folder: &Path) -> Result<Vec<String>, EvidenceError> {
    let mut found = Vec::new();
    let mut open: Vec<(PathBuf, String, usize)> = vec![(folder.into(), String::new(), 0)];
    while let Some((path, before, depth)) = open.pop() {
        let failed = || EvidenceError::disk("list", &path);
        for entry in fs::read_dir(&path).map_err(failed())? {
            let entry = entry.map_err(failed())?;
            let file_name = entry.file_name();
            let name = format!("{before}{}", file_name.to_string_lossy());
            let wrong = |reason| EvidenceError::Name { folder: folder.into(), file: printable(&name), reason };
            if file_name.to_str().is_none() {
                return Err(wrong("its name is not UTF-8"));
            }
            if found.len() + open.len() >= FILES_MAX {
                return Err(wrong("there are more than 4096 files and folders"));
            }
            // Not followed: what a link points to may change without the folder.
            let kind = entry.file_type().map_err(failed())?;
            if kind.is_dir() && depth < DEPTH_MAX {
                open.push((entry.path(), format!("{name}/"), depth + 1));
            } else if kind.is_file() {
                check_name(folder, &name)?;
                found.push(name);
            } else {
                return Err(wrong("it is neither a plain file nor a folder near the top"));
            }
        }
    }
    found.sort_unstable();
    Ok(found)
}

/// Refuses names that could lead out of the folder or that a page cannot link to.
pub(crate) fn check_name(folder: &Path, name: &str) -> Result<(), EvidenceError> {
    let reason = if name.split('/').any(|part| part.is_empty() || part == "." || part == "..") {
        "it is not a path below the folder"
    } else if name.len() > 200 || name.chars().any(|c| c.is_control() || c == '\\') {
        "it is too long or holds a backslash or a control character"
    } else {
        return Ok(());
    };
    Err(EvidenceError::Name { folder: folder.into(), file: printable(name), reason })
}
