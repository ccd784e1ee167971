//! Evidence: what an evaluation or a session found about one version of a strategy, as files that explain themselves.
//!
//! A bundle is a folder with `evidence.json`, the files that it names by digest, and nothing else. Gates read it, the
//! registry keeps it. Nothing here computes a figure or judges one.
mod bundle;
mod catalogue;
mod error;
mod version;

pub(crate) use bundle::check_name;
pub use catalogue::{Better, KNOWN, Known, known};
pub(crate) use catalogue::{lookup, nearest};
pub use error::EvidenceError;
pub(crate) use version::short;
pub use version::{Change, Part, PartDigest, Version};

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// The schema of `evidence.json` that this build writes, and the only one that it reads.
pub const SCHEMA: u32 = 1;
/// The file that makes a folder a bundle.
pub const EVIDENCE: &str = "evidence.json";

/// What made the evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// `onetape evaluate`: backtests and statistics.
    Evaluation,
    /// A paper session under a promotion record.
    Paper,
    /// A canary session under a promotion record.
    Canary,
    /// A live session under a promotion record.
    Live,
}

impl Kind {
    /// All kinds, in the order in which a version goes through them.
    pub const ALL: [Self; 4] = [Self::Evaluation, Self::Paper, Self::Canary, Self::Live];

    /// As it stands in files: `evaluation`, `paper`, `canary`, `live`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Evaluation => "evaluation",
            Self::Paper => "paper",
            Self::Canary => "canary",
            Self::Live => "live",
        }
    }

    /// Whether it comes from a session's tape.
    #[must_use]
    pub fn is_session(self) -> bool {
        self != Self::Evaluation
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One thing that was found: what a gate compares. Something that holds or does not is 1 or 0.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    /// The number, in the unit that the catalogue says; `None` where it is not defined.
    pub value: Option<f64>,
    /// How many values of the basis went in.
    pub n: u64,
    /// Which formula made it, as `sharpe/mean-over-std-ddof1`.
    pub formula: String,
    /// What it was taken of, as `daily returns, out of sample`.
    pub basis: String,
    /// The file of the bundle that shows it; empty where none does.
    pub file: String,
    /// What a reader should know besides, as why it is not defined.
    pub note: String,
}

impl Figure {
    /// A figure without a file or a note. What is not finite is not defined.
    #[must_use]
    pub fn new(value: Option<f64>, n: u64, formula: &str, basis: &str) -> Self {
        let value = value.filter(|value| value.is_finite());
        Self { value, n, formula: formula.into(), basis: basis.into(), file: String::new(), note: String::new() }
    }

    /// The same figure, shown by a file of the bundle.
    #[must_use]
    pub fn shown_by(mut self, file: &str) -> Self {
        file.clone_into(&mut self.file);
        self
    }

    /// The same figure with a note.
    #[must_use]
    pub fn noted(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }
}

/// What `evidence.json` holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// [`SCHEMA`].
    pub schema: u32,
    /// What made it.
    pub kind: Kind,
    /// What was judged.
    pub version: Version,
    /// The seed that everything random was drawn from.
    pub seed: u64,
    /// What was found, by the names of the catalogue.
    pub figures: BTreeMap<String, Figure>,
    /// The files of the bundle, as paths from its folder, and their blake3 digests; [`Evidence::write`] fills it.
    pub files: BTreeMap<String, String>,
    /// What pages show and no gate reads. A session names here the promotion record that it ran under, see
    /// [`Evidence::record`].
    pub more: serde_json::Map<String, serde_json::Value>,
}

impl Evidence {
    /// Evidence about `version` without a figure yet.
    #[must_use]
    pub fn new(kind: Kind, version: Version, seed: u64) -> Self {
        let (figures, files, more) = Default::default();
        Self { schema: SCHEMA, kind, version, seed, figures, files, more }
    }

    /// The digest of the promotion record that the session ran under: `more.record`.
    #[must_use]
    pub fn record(&self) -> Option<&str> {
        self.more.get("record")?.as_str()
    }

    /// The bytes of `evidence.json`: the same evidence always gives the same bytes.
    ///
    /// # Panics
    /// Never: a map of texts and numbers is always JSON.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(self).expect("a map of texts and numbers is always JSON");
        bytes.push(b'\n');
        bytes
    }

    /// The blake3 digest of `evidence.json` in hex. It names the digests of all files, so it stands for the bundle.
    #[must_use]
    pub fn digest(&self) -> String {
        blake3::hash(&self.bytes()).to_hex().to_string()
    }
}

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
