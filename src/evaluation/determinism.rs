//! Whether the run is the same every time: run twice, and once more from its tape.
use crate::commands::{Replay, taped};
use crate::failure::Failure;
use crate::run_file::RunFile;
use crate::setup::Setup;
use serde::Serialize;
use std::path::Path;

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Determinism {
    /// The digest of the run in memory.
    pub digest: String,
    /// The digest of the run that wrote the tape.
    pub taped: String,
    /// Steps that the tape's replay compared; none where it differs.
    pub replayed: Option<u64>,
    /// What differs; none where nothing does.
    pub difference: Option<String>,
}

impl Determinism {
    /// Whether all three are the same.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.difference.is_none()
    }
}

/// Runs it with a tape in `folder`, replays that, and compares both with `digest`.
///
/// # Errors
/// When the tape cannot be written or read.
pub(super) fn determinism(
    config: &RunFile,
    setup: &Setup,
    digest: &str,
    folder: &Path,
) -> Result<Determinism, Failure> {
    let taped = taped(config, setup, folder)?;
    let run_file = folder.join("run.toml");
    std::fs::write(&run_file, config.resolved())
        .map_err(|e| Failure::Failed(format!("cannot write {}: {e}", run_file.display())))?;
    let outcome = Replay::new(folder, None, &[]).and_then(|replay| replay.compare());
    let (replayed, mut difference) = match outcome {
        Ok(steps) => (Some(steps), None),
        Err(Failure::No(text) | Failure::Answer(text, _)) => (None, Some(text)),
        Err(error) => return Err(error),
    };
    if taped != digest {
        difference.get_or_insert_with(|| format!("the run's digest is {digest}, and {taped} the second time"));
    }
    Ok(Determinism { digest: digest.into(), taped, replayed, difference })
}
