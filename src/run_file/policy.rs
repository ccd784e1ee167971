//! The file of a policy: where the run file says it lies, and what it holds.
//!
//! A run is bound to the digest and never to the path: a file that was moved is the same run, one that was changed another.
//! Whether the file is a policy is not looked at here.
use super::data::{CatalogPath, found};
use super::error::Complaint;
use super::node::Node;
use learning::policy::FILE_BYTES_MAX;
use std::fs::File;
use std::path::Path;

/// The strategy that has such a file.
const KIND: &str = "policy";

/// The parameter that says where the file lies.
const FILE: &str = "policy";

/// Both parameters that say which policy it is.
pub(super) const KEYS: [&str; 2] = [FILE, PolicyFile::DIGEST];

const EXPECTED: &str = "the path of a policy file as in \"policies/trend.policy\"";

/// Whether this parameter of a strategy of this kind is the file of a policy.
pub(super) fn is_file(kind: Option<&str>, key: &str) -> bool {
    kind == Some(KIND) && key == FILE
}

/// The file of a policy, and what it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyFile {
    place: CatalogPath,
    digest: Option<String>,
}

impl PolicyFile {
    /// The parameter that says what the file holds, and the key by which a run is bound to it.
    pub const DIGEST: &str = "digest";

    /// The file that a run file in the folder `base` speaks of.
    pub(super) fn found(node: &Node, base: &Path) -> Result<Self, Complaint> {
        Ok(Self { place: found(node, base, EXPECTED)?, digest: None })
    }

    /// The absolute path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.place.path
    }

    /// The absolute path as text.
    #[must_use]
    pub fn text(&self) -> &str {
        self.place.path.to_str().expect("checked when the path was read")
    }

    /// blake3 of the file's bytes, in hex; `None` where it was not read, or could not be.
    #[must_use]
    pub fn digest(&self) -> Option<&str> {
        self.digest.as_deref()
    }

    /// The digest as it binds a run.
    pub(super) fn digest_text(&self) -> &str {
        self.digest().unwrap_or("unread")
    }

    /// Reads the file. One that cannot be read is found when the strategy is made.
    pub(super) fn read_digest(&mut self) {
        let mut hasher = blake3::Hasher::new();
        // What is no plain file, or is longer than any policy, is never read to its end.
        let plain = self.place.path.metadata().is_ok_and(|it| it.is_file() && it.len() <= FILE_BYTES_MAX as u64);
        let read = plain && File::open(&self.place.path).is_ok_and(|file| hasher.update_reader(file).is_ok());
        self.digest = read.then(|| hasher.finalize().to_hex().to_string());
    }
}
