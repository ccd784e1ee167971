//! A policy as one file: safetensors, with the manifest as the one entry of its metadata.
//!
//! The same policy gives the same bytes, and nothing but those bytes is read: what reads back otherwise than it was written is
//! refused. Nothing in a file is executed here, no byte can make reading panic, and no more memory is taken than a few times
//! the size of the file.
use super::check;
use super::error::PolicyError;
use super::manifest::{Manifest, Policy, Tensor};
use super::normaliser::Normaliser;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

/// No file of more bytes is read.
pub const FILE_BYTES_MAX: usize = 256 << 20;

/// Names, shapes and the manifest together; a thousand weights take a tenth of it.
const HEADER_BYTES_MAX: usize = 1 << 20;

/// The key of the manifest.
const KEY: &str = "onetape.policy";
const MEAN: &str = "normaliser.mean";
const SCALE: &str = "normaliser.scale";
const CLIP: &str = "normaliser.clip";
const MODULE: &str = "module";

impl Policy {
    /// The bytes of its file. The same policy gives the same bytes.
    ///
    /// # Errors
    /// When its parts are not right ([`Policy::check`]), or are too large for a file.
    pub fn to_bytes(&self) -> Result<Vec<u8>, PolicyError> {
        self.check()?;
        let manifest = serde_json::to_string(&self.manifest).expect("a manifest has text keys only");
        let (normaliser, width) = (&self.normaliser, self.normaliser.mean().len());
        let mut tensors: BTreeMap<&str, (Dtype, Vec<usize>, Vec<u8>)> = BTreeMap::new();
        let floats = |shape: &[usize], values: &[f32]| (Dtype::F32, shape.to_vec(), to_little_endian(values));
        tensors.insert(MEAN, floats(&[width], normaliser.mean()));
        tensors.insert(SCALE, floats(&[width], normaliser.scale()));
        tensors.insert(CLIP, floats(&[1], &[normaliser.clip()]));
        for (name, tensor) in &self.weights {
            tensors.insert(name, floats(&tensor.shape, &tensor.values));
        }
        if !self.module.is_empty() {
            tensors.insert(MODULE, (Dtype::U8, vec![self.module.len()], self.module.clone()));
        }
        let views = tensors.iter().map(|(&name, (dtype, shape, bytes))| {
            (name, TensorView::new(*dtype, shape.clone(), bytes).expect("a checked tensor has the bytes of its shape"))
        });
        let bytes = safetensors::serialize(views, Some(HashMap::from([(KEY.to_string(), manifest)])));
        let bytes = bytes.map_err(PolicyError::not_a_policy)?;
        header_fits(&bytes)?;
        if bytes.len() > FILE_BYTES_MAX { Err(PolicyError::TooLarge { most: FILE_BYTES_MAX }) } else { Ok(bytes) }
    }

    /// The policy that these bytes are.
    ///
    /// # Errors
    /// When they are not the bytes of a policy: the first thing that is not as it should be.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, PolicyError> {
        if bytes.len() > FILE_BYTES_MAX {
            return Err(PolicyError::TooLarge { most: FILE_BYTES_MAX });
        }
        header_fits(bytes)?;
        let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(PolicyError::not_a_policy)?;
        let manifest = metadata.metadata().as_ref().and_then(|metadata| metadata.get(KEY));
        let manifest =
            manifest.ok_or_else(|| PolicyError::field(KEY, "missing", "the manifest in the file's metadata"))?;
        let manifest = read_manifest(manifest)?;
        let tensors = SafeTensors::deserialize(bytes).map_err(PolicyError::not_a_policy)?;
        let mut tensors: BTreeMap<String, TensorView<'_>> = tensors.tensors().into_iter().collect();
        let (mean, scale) = (take(&mut tensors, MEAN)?.values, take(&mut tensors, SCALE)?.values);
        if mean.len() != scale.len() {
            return Err(PolicyError::field(
                SCALE,
                format!("{} numbers", scale.len()),
                format!("{} as `{MEAN}` has", mean.len()),
            ));
        }
        let clip = match take(&mut tensors, CLIP)?.values[..] {
            [clip] => clip,
            ref several => return Err(PolicyError::field(CLIP, format!("{} numbers", several.len()), "one")),
        };
        let module = tensors.remove(MODULE).map_or(Ok(Vec::new()), |view| module(&view))?;
        let names: Vec<String> = tensors.keys().cloned().collect();
        let weights = names.into_iter().map(|name| Ok((name.clone(), take(&mut tensors, &name)?)));
        let weights = weights.collect::<Result<BTreeMap<_, _>, PolicyError>>()?;
        let policy = Self { manifest, normaliser: Normaliser::new(mean, scale, clip), weights, module };
        // Else two files could be one policy, and a digest would name two things.
        if policy.to_bytes()? != bytes {
            let why = "its bytes are not those that this policy is written as; write it with this program";
            return Err(PolicyError::not_a_policy(why));
        }
        Ok(policy)
    }

    /// The name of the policy: blake3 of the bytes of its file, in hex.
    ///
    /// # Errors
    /// As [`Policy::to_bytes`].
    pub fn digest(&self) -> Result<String, PolicyError> {
        Ok(blake3::hash(&self.to_bytes()?).to_hex().to_string())
    }

    /// Writes the file: aside, made durable, then renamed, so that its name never shows half a policy.
    ///
    /// # Errors
    /// As [`Policy::to_bytes`], or when the disk refuses; then nothing is left behind, and a file of this name stays as it was.
    pub fn save(&self, path: &Path) -> Result<(), PolicyError> {
        let written = self.to_bytes().and_then(|bytes| write_whole(path, &bytes));
        written.map_err(|error| error.in_file(path))
    }

    /// Reads a file.
    ///
    /// # Errors
    /// When it cannot be read, or is not the file of a policy; with its name, and what should stand there.
    pub fn load(path: &Path) -> Result<Self, PolicyError> {
        let policy = read_whole(path).and_then(|bytes| Self::from_bytes(&bytes));
        policy.map_err(|error| error.in_file(path))
    }
}

/// Whether the header is one that is worth reading. Its length stands in the first eight bytes.
fn header_fits(bytes: &[u8]) -> Result<(), PolicyError> {
    let no = |why: String| Err(PolicyError::not_a_policy(why));
    let Some(length) = bytes.first_chunk().map(|length| u64::from_le_bytes(*length)) else {
        return no(format!("it has {} bytes", bytes.len()));
    };
    if length > HEADER_BYTES_MAX as u64 {
        return no(format!("its header would have {length} bytes, where at most {HEADER_BYTES_MAX} are read"));
    }
    Ok(())
}

fn read_manifest(text: &str) -> Result<Manifest, PolicyError> {
    #[derive(Deserialize)]
    struct Version {
        version: u32,
    }
    let bad =
        |e: serde_json::Error| PolicyError::field(KEY, format!("not a manifest: {e}"), "the manifest of a policy");
    // A later version has other keys; that it is later is the better thing to hear.
    check::version(serde_json::from_str::<Version>(text).map_err(bad)?.version)?;
    serde_json::from_str(text).map_err(bad)
}

/// Takes a tensor of 32-bit floats out.
fn take(tensors: &mut BTreeMap<String, TensorView<'_>>, name: &str) -> Result<Tensor, PolicyError> {
    let expected = "a tensor of 32-bit floats (F32)";
    let view = tensors.remove(name).ok_or_else(|| PolicyError::field(name, "missing", expected))?;
    if view.dtype() != Dtype::F32 {
        return Err(PolicyError::field(name, format!("of type {:?}", view.dtype()), expected));
    }
    let (numbers, _) = view.data().as_chunks();
    Ok(Tensor { shape: view.shape().to_vec(), values: numbers.iter().map(|&b| f32::from_le_bytes(b)).collect() })
}

fn module(view: &TensorView<'_>) -> Result<Vec<u8>, PolicyError> {
    let right = view.dtype() == Dtype::U8 && view.shape().len() == 1 && !view.data().is_empty();
    let found = || format!("of type {:?} and shape {:?}", view.dtype(), view.shape());
    if right { Ok(view.data().to_vec()) } else { Err(PolicyError::field(MODULE, found(), "a list of bytes (U8)")) }
}

fn to_little_endian(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

fn read_whole(path: &Path) -> Result<Vec<u8>, PolicyError> {
    let file = File::open(path).map_err(|e| PolicyError::io("open it", &e))?;
    if file.metadata().map_err(|e| PolicyError::io("read its size", &e))?.len() > FILE_BYTES_MAX as u64 {
        return Err(PolicyError::TooLarge { most: FILE_BYTES_MAX });
    }
    let mut bytes = Vec::new();
    // It may grow meanwhile, or have no size of its own. One byte more than is allowed tells that there are more.
    file.take(FILE_BYTES_MAX as u64 + 1).read_to_end(&mut bytes).map_err(|e| PolicyError::io("read it", &e))?;
    Ok(bytes)
}

fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), PolicyError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("policy");
    let aside = folder.join(format!(".{name}.{}.unfinished", std::process::id()));
    let write = || {
        let mut file = File::create(&aside).map_err(|e| PolicyError::io("make it", &e))?;
        file.write_all(bytes).map_err(|e| PolicyError::io("write it", &e))?;
        file.sync_all().map_err(|e| PolicyError::io("make it durable", &e))?;
        std::fs::rename(&aside, path).map_err(|e| PolicyError::io("rename it into place", &e))?;
        File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(|e| PolicyError::io("make its name durable", &e))
    };
    let written = write();
    if written.is_err() {
        let _ = std::fs::remove_file(&aside); // the first error is the one to tell
    }
    written
}
