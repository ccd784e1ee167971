//! What is judged and promoted: a strategy with everything that decides how it trades, part by part, each by digest.
//!
//! How a digest is made is the business of whoever knows the part; here two versions are compared and what changed is
//! put into words.
use crate::printable::printable;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// A part of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// The build: engine and strategies.
    Code,
    /// The strategy's kind.
    Strategy,
    /// Its parameters.
    Parameters,
    /// The policy file, where it has one.
    Policy,
    /// The data that it was evaluated on.
    Data,
    /// Everything else in the run file that affects a decision.
    Run,
    /// The gates file: [`crate::gates::Gates::digest`].
    Gates,
}

impl Part {
    /// All parts, in their fixed order.
    pub const ALL: [Self; 7] =
        [Self::Code, Self::Strategy, Self::Parameters, Self::Policy, Self::Data, Self::Run, Self::Gates];

    /// As it stands in files: `code`, `strategy`, ...
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Strategy => "strategy",
            Self::Parameters => "parameters",
            Self::Policy => "policy",
            Self::Data => "data",
            Self::Run => "run",
            Self::Gates => "gates",
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The digest of a part, and what a person reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartDigest {
    /// blake3 in hex.
    pub digest: String,
    /// In words, as `fast=20 slow=50`. It does not count when versions are compared.
    pub shown: String,
}

impl PartDigest {
    /// The digest of `bytes`, shown as `shown`.
    #[must_use]
    pub fn of(bytes: &[u8], shown: impl Into<String>) -> Self {
        Self { digest: blake3::hash(bytes).to_hex().to_string(), shown: shown.into() }
    }
}

/// A version of a strategy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Version {
    /// The name of the run: the line that it is a version of.
    pub name: String,
    /// Its parts; one that does not exist, as a policy, is left out.
    pub parts: BTreeMap<Part, PartDigest>,
}

/// A part that differs between two versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Which: the name of a [`Part`], or `name`.
    pub what: &'static str,
    /// What this version has, in words.
    pub here: String,
    /// What the other has.
    pub there: String,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What is shown was read from files that others may have written.
        write!(f, "{}: {}, not {}", self.what, printable(&self.here), printable(&self.there))
    }
}

/// How many hex digits of a digest a person is shown.
const SHORT: usize = 12;

/// The first twelve hex digits of a digest.
pub(crate) fn short(digest: &str) -> &str {
    digest.get(..SHORT).unwrap_or(digest)
}

impl Version {
    /// The digest of its name and of the digests of its parts, in hex.
    ///
    /// # Panics
    /// Never: a list of texts is always JSON.
    #[must_use]
    pub fn digest(&self) -> String {
        let parts: Vec<[&str; 2]> = self.parts.iter().map(|(part, of)| [part.name(), of.digest.as_str()]).collect();
        let text = serde_json::to_string(&("onetape version 1", &self.name, parts)).expect("texts are always JSON");
        blake3::hash(text.as_bytes()).to_hex().to_string()
    }

    /// What differs from `other`, in the order of the parts; empty where both are the same version.
    #[must_use]
    pub fn changes(&self, other: &Self) -> Vec<Change> {
        let mut changes = Vec::new();
        if self.name != other.name {
            let (here, there) = (format!("`{}`", self.name), format!("`{}`", other.name));
            changes.push(Change { what: "name", here, there });
        }
        for part in Part::ALL {
            let (here, there) = (self.parts.get(&part), other.parts.get(&part));
            if here.map(|of| &of.digest) != there.map(|of| &of.digest) {
                // Where the words are the same, the digests tell the two apart.
                let same = here.zip(there).is_some_and(|(a, b)| a.shown == b.shown);
                let shown = |of: Option<&PartDigest>| match of {
                    None => "none".to_string(),
                    Some(of) if same || of.shown.is_empty() => {
                        format!("{} ({})", of.shown, short(&of.digest)).trim_start().to_string()
                    }
                    Some(of) => of.shown.clone(),
                };
                changes.push(Change { what: part.name(), here: shown(here), there: shown(there) });
            }
        }
        changes
    }
}
