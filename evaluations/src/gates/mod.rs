//! Gates: what evidence must show before a version may go on, as a file, and the table that answers.
//!
//! `gates.toml` beside this file is what is shipped. A gate never guesses: a check that is not named, a figure that is
//! missing or not defined, and too small a sample fail with the reason. Nothing here promotes anything.
mod complaint;
mod file;
mod judge;
mod required;
mod table;
mod terms;

pub use complaint::{GatesError, Problem};
pub use judge::judge;
pub use required::required;
pub use table::{Row, Table, Verdict};
pub use terms::{Action, CanaryTerms, WATCHED, WatchTerm, WatchTerms};

use crate::evidence::{Kind, Part, PartDigest};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// The gates file that is shipped.
pub const SHIPPED: &str = include_str!("gates.toml");

/// A gate, by the stage that it leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Gate {
    /// From backtest to paper.
    Paper,
    /// From paper to canary.
    Canary,
    /// From canary to live.
    Live,
}

impl Gate {
    /// All gates, in the order in which a version meets them.
    pub const ALL: [Self; 3] = [Self::Paper, Self::Canary, Self::Live];

    /// As it stands in files: `paper`, `canary`, `live`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Paper => "paper",
            Self::Canary => "canary",
            Self::Live => "live",
        }
    }

    /// The evidence that it reads: the evaluation, and that of the stage before where there is one.
    #[must_use]
    pub fn reads(self) -> &'static [Kind] {
        match self {
            Self::Paper => &[Kind::Evaluation],
            Self::Canary => &[Kind::Evaluation, Kind::Paper],
            Self::Live => &[Kind::Evaluation, Kind::Canary],
        }
    }

    /// The fewest people who have to approve, whatever a file says.
    #[must_use]
    pub fn approvals_min(self) -> u8 {
        match self {
            Self::Paper | Self::Canary => 1,
            Self::Live => 2,
        }
    }
}

impl fmt::Display for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a figure is compared with.
#[derive(Clone, Debug, PartialEq)]
pub enum Bound {
    /// A number, in the unit of the figure.
    Number(f64),
    /// Another figure of the same evidence.
    Figure(String),
}

/// What is asked of a figure.
#[derive(Clone, Debug, PartialEq)]
pub enum Requirement {
    /// It lies within bounds.
    Within {
        /// It is at least this.
        at_least: Option<Bound>,
        /// It is at most this.
        at_most: Option<Bound>,
        /// The smallest sample that counts.
        n: Option<u64>,
    },
    /// It holds, or it does not.
    Is {
        /// Whether it should hold.
        holds: bool,
        /// The smallest sample that counts.
        n: Option<u64>,
    },
    /// Nothing is asked, for this reason.
    Off(String),
}

/// One line of a gate.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// The evidence that it reads.
    pub of: Kind,
    /// The figure, by its name in the catalogue.
    pub figure: &'static str,
    /// What is asked of it.
    pub requirement: Requirement,
}

/// A gate as a file describes it.
#[derive(Clone, Debug, PartialEq)]
pub struct GateTerms {
    /// How many people have to approve.
    pub approvals: u8,
    /// What is asked, in the order of the file.
    pub checks: Vec<Check>,
}

/// A gates file.
#[derive(Clone, Debug, PartialEq)]
pub struct Gates {
    /// The gates that it describes.
    pub gates: BTreeMap<Gate, GateTerms>,
    /// What a canary may do; `None` where the file does not say, and then nothing becomes a canary.
    pub canary: Option<CanaryTerms>,
    /// What is watched after promotion; `None` where the file does not say, and then nothing becomes a canary or live.
    pub watch: Option<WatchTerms>,
    digest: String,
}

impl Gates {
    /// Reads the text of a gates file; `name` is what messages call it.
    ///
    /// # Errors
    /// Every unknown key, wrong value and doubtful requirement, each with line and column.
    pub fn parse(text: &str, name: &str) -> Result<Self, GatesError> {
        file::read(text, name)
    }

    /// The gates that are shipped.
    ///
    /// # Panics
    /// Never: a test reads the shipped file.
    #[must_use]
    pub fn shipped() -> Self {
        Self::parse(SHIPPED, "gates.toml").expect("the shipped gates are read by a test")
    }

    /// The blake3 digest of the file's bytes, in hex: what [`Part::Gates`] of a version holds.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The part of a version that names these gates, shown as `shown`, as the file's name.
    #[must_use]
    pub fn part(&self, shown: &str) -> (Part, PartDigest) {
        (Part::Gates, PartDigest { digest: self.digest.clone(), shown: shown.into() })
    }
}

#[cfg(test)]
mod tests;
