//! What a module's file is, by the list of files in it: a zip archive with code and constants.
//!
//! It tells a TorchScript archive from others that people have at hand. Nothing is unpacked or run.
use super::error::PolicyError;
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// No archive holds more files than that.
const FILES_MAX: usize = 65_535;
/// Where the list of files is told of: a record of at least so many bytes at the end, before a comment of at most 65,535.
const END_BYTES: usize = 22;
const END_MARK: [u8; 4] = *b"PK\x05\x06";
const FILE_BYTES: usize = 46;
const FILE_MARK: [u8; 4] = *b"PK\x01\x02";

/// Whether these are the bytes of a TorchScript archive.
///
/// # Errors
/// When they are not: what they seem to be, and how a module is made of that.
pub(super) fn check(bytes: &[u8]) -> Result<(), PolicyError> {
    let expected = "a TorchScript archive, as `torch.jit.save` writes it";
    let wrong = |found: &str, how: &str| Err(PolicyError::field("module", found, format!("{expected}{how}")));
    let Some(names) = names(bytes) else { return wrong("no zip archive", "") };
    let has = |end: &str| names.iter().any(|name| name == end || name.ends_with(&format!("/{end}")));
    let code = names.iter().any(|name| name.contains("/code/") && name.ends_with(".py"));
    if has("constants.pkl") && has("data.pkl") && code {
        return Ok(());
    }
    if has("policy.pth") && has("_stable_baselines3_version") {
        return wrong("a model of stable-baselines3", "; learning/python/export_sb3.py makes one of it");
    }
    if has("data.pkl") {
        return wrong("weights that `torch.save` wrote", "; trace the module that they belong to");
    }
    wrong("another zip archive", "")
}

/// SHA-256 in hex.
pub(super) fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").expect("a string takes what is written to it");
        hex
    })
}

/// Names of the files in a zip archive, of its central directory (APPNOTE 6.3.10 of PKWARE, sections 4.3.12 and 4.3.16); nothing
/// when it is none.
fn names(bytes: &[u8]) -> Option<Vec<String>> {
    let earliest = bytes.len().saturating_sub(END_BYTES + usize::from(u16::MAX));
    let ends = (earliest..=bytes.len().checked_sub(END_BYTES)?).rev();
    let end = ends.map(|at| &bytes[at..]).find(|end| end.starts_with(&END_MARK))?;
    let (count, mut at) = (number(end, 10, 2)?, number(end, 16, 4)?);
    let mut names = Vec::new();
    for _ in 0..count.min(FILES_MAX) {
        let file = bytes.get(at..)?;
        if !file.starts_with(&FILE_MARK) {
            return None;
        }
        let (name, extra, comment) = (number(file, 28, 2)?, number(file, 30, 2)?, number(file, 32, 2)?);
        names.push(String::from_utf8_lossy(file.get(FILE_BYTES..FILE_BYTES + name)?).into_owned());
        at += FILE_BYTES + name + extra + comment;
    }
    Some(names)
}

/// A number of so many bytes, the least first.
fn number(bytes: &[u8], at: usize, length: usize) -> Option<usize> {
    Some(bytes.get(at..at + length)?.iter().rev().fold(0, |sum, byte| sum << 8 | usize::from(*byte)))
}
