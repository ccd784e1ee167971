//! Candidates that retraining made: their policy files and one line of record for each, in the order in which they came.
//!
//! Nothing here trades, and nothing is ever promoted: a candidate stays one until somebody decides, with evidence, that it is more.
use crate::failure::Failure;
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

const FILE: &str = "candidates.jsonl";

/// Figures of a policy on a validation range.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judged {
    /// The policy's digest.
    pub digest: String,
    /// Annual Sharpe ratio from candle to candle.
    pub sharpe: f64,
    /// Logarithmic return.
    pub log_return: f64,
    /// Whether it was trained on, or chosen by, candles of that range: then its figures prove nothing.
    pub saw_it: bool,
}

/// One candidate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// Always `candidate`: nothing is promoted here.
    pub stage: String,
    /// The name of its run.
    pub run: String,
    /// Digest of everything that it was trained by: the run file, its window and its parent.
    pub recipe: String,
    /// Training range and validation range, by open times.
    pub window: String,
    /// The policy's file, beside the record.
    pub file: String,
    /// What it is worth on its validation range.
    pub candidate: Judged,
    /// What the policy that the run file names is worth there, where there is one.
    pub incumbent: Option<Judged>,
    /// Digest of the policy that it began with; empty where it began with none.
    pub parent: String,
}

/// A folder of candidates.
#[derive(Clone, Debug)]
pub struct Register(PathBuf);

impl Register {
    /// The register in a folder, which is made where it is absent.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn open(folder: &Path) -> Result<Self, Failure> {
        fs::create_dir_all(folder).map_err(|e| cannot("make", folder, &e))?;
        Ok(Self(folder.to_path_buf()))
    }

    /// Every candidate, the first that came first.
    ///
    /// # Errors
    /// When a line is damaged; it is named.
    pub fn candidates(&self) -> Result<Vec<Candidate>, Failure> {
        let path = self.0.join(FILE);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(cannot("read", &path, &error)),
        };
        let read = |(number, line): (usize, &str)| {
            serde_json::from_str(line).map_err(|e| Failure::Failed(format!("{}:{number}: {e}", path.display())))
        };
        (1..).zip(text.lines()).map(read).collect()
    }

    /// Where a candidate's policy lies.
    #[must_use]
    pub fn path(&self, file: &str) -> PathBuf {
        self.0.join(file)
    }

    /// Adds a line, durable when this returns. Its policy file is there already.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn add(&self, candidate: &Candidate) -> Result<(), Failure> {
        let path = self.0.join(FILE);
        let line = serde_json::to_string(candidate).map_err(Failure::failed)?;
        let write = || -> std::io::Result<()> {
            let mut file: File = OpenOptions::new().create(true).append(true).open(&path)?;
            file.write_all(format!("{line}\n").as_bytes())?;
            file.sync_all()
        };
        write().map_err(|e| cannot("write", &path, &e))
    }
}

fn cannot(what: &str, path: &Path, error: &std::io::Error) -> Failure {
    Failure::Failed(format!("cannot {what} {}: {error}", path.display()))
}
