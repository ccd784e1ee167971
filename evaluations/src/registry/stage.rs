//! The stages of a version, and what a record of the registry can say.
//!
//! Only what is said stands here; whether it may be said is decided by the standing of its line.
use crate::evidence::Kind;
use crate::gates::{CanaryTerms, Gate};
use serde::{Deserialize, Serialize};
use std::fmt;

/// How far a version has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// It is known, and nothing more.
    Candidate,
    /// It trades on paper.
    Paper,
    /// It trades little money, within its terms.
    Canary,
    /// It trades.
    Live,
    /// It was taken out, or another took its place.
    Retired,
}

impl Stage {
    /// All stages, from the first to the last.
    pub const ALL: [Self; 5] = [Self::Candidate, Self::Paper, Self::Canary, Self::Live, Self::Retired];

    /// As it stands in files: `candidate`, `paper`, ...
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Candidate => "candidate",
            Self::Paper => "paper",
            Self::Canary => "canary",
            Self::Live => "live",
            Self::Retired => "retired",
        }
    }

    /// The stage of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.name() == name)
    }

    /// The gate that leads to it; `None` for stages that no gate leads to.
    #[must_use]
    pub fn gate(self) -> Option<Gate> {
        match self {
            Self::Paper => Some(Gate::Paper),
            Self::Canary => Some(Gate::Canary),
            Self::Live => Some(Gate::Live),
            Self::Candidate | Self::Retired => None,
        }
    }

    /// The stage that its gate is reached from.
    pub(super) fn before(self) -> Option<Self> {
        match self {
            Self::Paper => Some(Self::Candidate),
            Self::Canary => Some(Self::Paper),
            Self::Live => Some(Self::Canary),
            Self::Candidate | Self::Retired => None,
        }
    }

    /// The evidence that sessions of this stage leave.
    #[must_use]
    pub fn kind(self) -> Option<Kind> {
        match self {
            Self::Paper => Some(Kind::Paper),
            Self::Canary => Some(Kind::Canary),
            Self::Live => Some(Kind::Live),
            Self::Candidate | Self::Retired => None,
        }
    }
}

impl From<Gate> for Stage {
    fn from(gate: Gate) -> Self {
        match gate {
            Gate::Paper => Self::Paper,
            Gate::Canary => Self::Canary,
            Gate::Live => Self::Live,
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A version of a line: digests in hex, and the name of the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// The line: one strategy, by the name of its run.
    pub line: String,
    /// The digest of the version.
    pub version: String,
}

/// What a record says happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "lowercase", deny_unknown_fields)]
pub enum Act {
    /// The registry began.
    Found {
        /// The digest of `approvers.toml`.
        approvers: String,
    },
    /// Others approve from here on.
    Approvers {
        /// The digest of the new `approvers.toml`.
        approvers: String,
    },
    /// A version became a candidate.
    Register {
        /// The version.
        of: Subject,
        /// The digest of its `version.json`, which names every file that restores it.
        snapshot: String,
    },
    /// A gate let a version through.
    Promote {
        /// The version.
        of: Subject,
        /// Where it was.
        from: Stage,
        /// Where it is now.
        to: Stage,
        /// The version that held the place, if one did.
        displaces: Option<String>,
        /// The digests of the evidence bundles.
        evidence: Vec<String>,
        /// The digest of the judged table.
        table: String,
        /// What it may do, for a canary.
        terms: Option<CanaryTerms>,
    },
    /// A version was sent back.
    Demote {
        /// The version.
        of: Subject,
        /// Where it was.
        from: Stage,
        /// Where it is now.
        to: Stage,
    },
    /// A version stopped trading where it is.
    Pause {
        /// The version.
        of: Subject,
        /// Where it is.
        at: Stage,
    },
    /// It trades again.
    Resume {
        /// The version.
        of: Subject,
        /// Where it is.
        at: Stage,
    },
    /// A version was taken out for good.
    Retire {
        /// The version.
        of: Subject,
        /// Where it was.
        from: Stage,
    },
    /// A version that had been displaced came back.
    Rollback {
        /// The version.
        of: Subject,
        /// Where it was.
        from: Stage,
        /// Where it is now.
        to: Stage,
        /// The version that held the place, if one did.
        displaces: Option<String>,
        /// What it may do, for a canary.
        terms: Option<CanaryTerms>,
    },
}

impl Act {
    /// As it stands in files: `found`, `promote`, ...
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Found { .. } => "found",
            Self::Approvers { .. } => "approvers",
            Self::Register { .. } => "register",
            Self::Promote { .. } => "promote",
            Self::Demote { .. } => "demote",
            Self::Pause { .. } => "pause",
            Self::Resume { .. } => "resume",
            Self::Retire { .. } => "retire",
            Self::Rollback { .. } => "rollback",
        }
    }

    /// The version that it is about, if it is about one.
    #[must_use]
    pub fn subject(&self) -> Option<&Subject> {
        match self {
            Self::Found { .. } | Self::Approvers { .. } => None,
            Self::Register { of, .. }
            | Self::Promote { of, .. }
            | Self::Demote { of, .. }
            | Self::Pause { of, .. }
            | Self::Resume { of, .. }
            | Self::Retire { of, .. }
            | Self::Rollback { of, .. } => Some(of),
        }
    }

    /// The stage that the version has after it.
    #[must_use]
    pub fn stage(&self) -> Option<Stage> {
        match self {
            Self::Found { .. } | Self::Approvers { .. } => None,
            Self::Register { .. } => Some(Stage::Candidate),
            Self::Promote { to, .. } | Self::Demote { to, .. } | Self::Rollback { to, .. } => Some(*to),
            Self::Pause { at, .. } | Self::Resume { at, .. } => Some(*at),
            Self::Retire { .. } => Some(Stage::Retired),
        }
    }
}
