//! A checkpoint as one file: safetensors, its texts in the metadata, every number as it is.
//!
//! Its own checksum tells a file that was cut or changed from one that was written whole.
use super::checkpoint::Checkpoint;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use thiserror::Error;

const KEY: &str = "onetape.checkpoint";
const CHECKSUM: usize = 32;

/// Why a checkpoint cannot be written or read.
#[derive(Debug, Error)]
pub enum CheckpointFileError {
    /// The disk refuses.
    #[error("cannot {doing} the checkpoint {path}: {source}")]
    File {
        /// What was being done.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// What was read is none.
    #[error("{path} is no checkpoint, or is damaged: {why}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
}

/// What stands in the metadata.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    algorithm: String,
    parameters: String,
    texts: BTreeMap<String, String>,
}

impl Checkpoint {
    /// Writes it: aside, made durable, and renamed. What stood there stands until the new one is whole.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn save(&self, path: &Path) -> Result<(), CheckpointFileError> {
        let failed = |doing, source| CheckpointFileError::File { doing, path: path.to_owned(), source };
        let words =
            Words { algorithm: self.algorithm.clone(), parameters: self.parameters.clone(), texts: self.texts.clone() };
        let words = serde_json::to_string(&words).expect("texts by name are JSON");
        let mut parts: BTreeMap<String, (Dtype, usize, Vec<u8>)> = BTreeMap::new();
        for (name, numbers) in &self.floats {
            let bytes = numbers.iter().flat_map(|x| x.to_le_bytes()).collect();
            parts.insert(format!("floats/{name}"), (Dtype::F32, numbers.len(), bytes));
        }
        for (name, numbers) in &self.integers {
            let bytes = numbers.iter().flat_map(|x| x.to_le_bytes()).collect();
            parts.insert(format!("integers/{name}"), (Dtype::U64, numbers.len(), bytes));
        }
        let views = parts.iter().map(|(name, (dtype, count, bytes))| {
            (name, TensorView::new(*dtype, vec![*count], bytes).expect("as many bytes as numbers"))
        });
        let metadata = HashMap::from([(KEY.to_string(), words)]);
        let mut bytes = safetensors::serialize(views, Some(metadata)).expect("numbers by name are safetensors");
        bytes.extend_from_slice(blake3::hash(&bytes).as_bytes());
        let aside = path.with_extension("unfinished");
        let mut file = File::create(&aside).map_err(|e| failed("make", e))?;
        file.write_all(&bytes).and_then(|()| file.sync_all()).map_err(|e| failed("write", e))?;
        fs::rename(&aside, path).map_err(|e| failed("write", e))
    }

    /// Reads one.
    ///
    /// # Errors
    /// When there is none, or it is damaged.
    pub fn load(path: &Path) -> Result<Self, CheckpointFileError> {
        let bytes =
            fs::read(path).map_err(|source| CheckpointFileError::File { doing: "read", path: path.into(), source })?;
        Self::read(&bytes).map_err(|why| CheckpointFileError::Damaged { path: path.into(), why })
    }

    fn read(bytes: &[u8]) -> Result<Self, String> {
        let cut = bytes.len().checked_sub(CHECKSUM).ok_or("it is too short")?;
        let (bytes, checksum) = bytes.split_at(cut);
        if blake3::hash(bytes).as_bytes() != checksum {
            return Err("its checksum does not fit".into());
        }
        let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(|e| e.to_string())?;
        let words = metadata.metadata().as_ref().and_then(|words| words.get(KEY)).ok_or("it says nothing of itself")?;
        let words: Words = serde_json::from_str(words).map_err(|e| e.to_string())?;
        let mut read =
            Self { algorithm: words.algorithm, parameters: words.parameters, texts: words.texts, ..Self::default() };
        for (name, tensor) in SafeTensors::deserialize(bytes).map_err(|e| e.to_string())?.tensors() {
            match (tensor.dtype(), name.split_once('/')) {
                (Dtype::F32, Some(("floats", name))) => {
                    let numbers = tensor.data().as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes));
                    read.floats.insert(name.into(), numbers.collect());
                }
                (Dtype::U64, Some(("integers", name))) => {
                    let numbers = tensor.data().as_chunks().0.iter().map(|bytes| u64::from_le_bytes(*bytes));
                    read.integers.insert(name.into(), numbers.collect());
                }
                _ => return Err(format!("it holds a part `{name}` that no checkpoint has")),
            }
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_comes_back_from_its_file_and_damage_is_found() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("checkpoint.safetensors");
        let mut kept = Checkpoint { algorithm: "ppo".into(), parameters: "{}".into(), ..Checkpoint::default() };
        kept.floats.insert("weights".into(), vec![1.5, f32::MIN_POSITIVE, -0.0]);
        kept.integers.insert("steps".into(), vec![u64::MAX, 0]);
        kept.texts.insert("note".into(), "ä".into());
        kept.save(&path).expect("a disk");
        let back = Checkpoint::load(&path).expect("it was written whole");
        assert_eq!(back, kept);
        assert_eq!(back.floats["weights"][2].to_bits(), (-0.0_f32).to_bits());
        let whole = fs::read(&path).expect("it is there");
        for place in (0..whole.len()).step_by(7) {
            let mut bytes = whole.clone();
            bytes[place] ^= 0x40;
            assert!(Checkpoint::read(&bytes).is_err(), "byte {place}");
            assert!(Checkpoint::read(&whole[..place]).is_err(), "cut at {place}");
        }
        assert!(Checkpoint::load(&folder.path().join("none")).is_err());
    }
}
