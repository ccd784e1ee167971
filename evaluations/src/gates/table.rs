//! A gate's answer: one row per check, with what was asked, what was found, where it stands, and why.
use super::Gate;
use serde::{Deserialize, Serialize};

/// What a row says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The evidence shows what is asked.
    Pass,
    /// It does not, or there is none.
    Fail,
    /// Nothing is asked: the file says why.
    Off,
}

impl Verdict {
    /// As it stands in tables: `pass`, `fail`, `off`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Off => "off",
        }
    }
}

/// One check.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// The figure, or what else is checked: `version`, `gates`, `evidence`, `canary`, `watch`.
    pub check: String,
    /// The evidence that it reads: `evaluation`, `paper`, `canary`; empty where it is about all of it.
    pub of: String,
    /// What is asked, in words: `at least 0.95, n at least 250`.
    pub threshold: String,
    /// What was found.
    pub value: Option<f64>,
    /// How many values it was taken of.
    pub n: Option<u64>,
    /// The digest of the evidence that was read; empty where there is none.
    pub evidence: String,
    /// The file of the bundle that shows it; empty where none does.
    pub file: String,
    /// Pass, fail or off.
    pub verdict: Verdict,
    /// Why it fails or is off; empty where it passes.
    pub reason: String,
}

/// The answer of a gate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// The gate.
    pub gate: Gate,
    /// The digest of the gates file.
    pub gates: String,
    /// The digest of the version that was judged; empty where there was no evidence.
    pub version: String,
    /// How many people have to approve.
    pub approvals: u8,
    /// The rows: what is about all evidence first, then the checks in the order of the file, then what it lacks.
    pub rows: Vec<Row>,
}

impl Table {
    /// Whether no check fails.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.failures().next().is_none()
    }

    /// The rows that fail.
    pub fn failures(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| row.verdict == Verdict::Fail)
    }

    /// The table as JSON: the same table always gives the same bytes.
    ///
    /// # Panics
    /// Never: texts and numbers are always JSON.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(self).expect("texts and numbers are always JSON");
        bytes.push(b'\n');
        bytes
    }

    /// The blake3 digest of [`Table::bytes`], in hex.
    #[must_use]
    pub fn digest(&self) -> String {
        blake3::hash(&self.bytes()).to_hex().to_string()
    }
}
