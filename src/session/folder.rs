//! Where a session keeps its tape and the run file that it was started with.
use crate::commands::GIVEN;
use crate::failure::Failure;
use crate::run_file::RunFile;
use std::fs::File;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// The folder of a session.
#[derive(Clone, Debug)]
pub(super) struct SessionFolder(PathBuf);

impl SessionFolder {
    pub(super) fn new(path: PathBuf) -> Self {
        Self(path)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    pub(super) fn tape(&self) -> PathBuf {
        self.0.join("tape")
    }

    /// Where a running session hears requests.
    pub(super) fn socket(&self) -> PathBuf {
        self.0.join("control")
    }

    /// Where what a real venue would have been sent is written down.
    pub(super) fn shadow(&self) -> PathBuf {
        self.0.join("shadow.jsonl")
    }

    fn latched(&self) -> PathBuf {
        self.0.join("KILLED")
    }

    /// Why this session was killed, if it was. What cannot be read counts as a kill.
    pub(super) fn killed(&self) -> Option<String> {
        match std::fs::read_to_string(self.latched()) {
            Ok(text) => Some(text.trim().to_string()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => Some(format!("the latch cannot be read: {error}")),
        }
    }

    /// Latches a kill: durable when this returns.
    pub(super) fn latch(&self, why: &str) -> Result<(), Failure> {
        let path = self.latched();
        let failed = |error: std::io::Error| Failure::Failed(format!("cannot write {}: {error}", path.display()));
        match std::fs::OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(mut file) => {
                // The file's name alone is the latch; the reason is for people.
                let written = file.write_all(why.as_bytes()).and_then(|()| file.sync_all());
                File::open(&self.0).and_then(|folder| folder.sync_all()).map_err(failed)?;
                written.map_err(failed)
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(failed(error)),
        }
    }

    fn run_file(&self) -> PathBuf {
        self.0.join("run.toml")
    }

    /// Whether an earlier session stands here.
    pub(super) fn holds_a_session(&self) -> bool {
        self.run_file().is_file()
    }

    /// Refuses a folder that holds something else.
    pub(super) fn check(&self) -> Result<(), Failure> {
        let strangers = match std::fs::read_dir(&self.0) {
            Ok(entries) => entries.count(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => 0,
            Err(error) => return Err(Failure::Failed(format!("cannot read {}: {error}", self.0.display()))),
        };
        if strangers > 0 && !self.holds_a_session() {
            let text = "holds something else: choose another folder with --out";
            return Err(Failure::Usage(format!("{} {text}", self.0.display())));
        }
        Ok(())
    }

    /// The run file of the earlier session, which the one that is given now has to agree with: a tape belongs to one
    /// configuration.
    pub(super) fn stored(&self, given: &RunFile) -> Result<RunFile, Failure> {
        let stored = RunFile::load(&self.run_file(), &[])?;
        // What was looked up at the first start stands in the stored one alone.
        let changed: Vec<String> = given
            .difference(&stored)
            .into_iter()
            .filter(|(key, now, _)| {
                !now.is_empty() && key != "data.from" && key != "data.to" && key != "data.warmup_candles"
            })
            .map(|(key, now, was)| format!("{key} is {now} and was {was}"))
            .collect();
        if changed.is_empty() {
            return Ok(stored);
        }
        let text = "a session goes on with the configuration that it was begun with: choose another folder with --out";
        Err(Failure::Usage(format!("{}: {}; {text}", self.0.display(), changed.join(", "))))
    }

    /// Writes the run file of a first start, and the one that it was asked for, which is what was promoted.
    pub(super) fn begin(&self, config: &RunFile, given: &RunFile) -> Result<(), Failure> {
        let failed = |error: std::io::Error| Failure::Failed(format!("cannot write {}: {error}", self.0.display()));
        std::fs::create_dir_all(&self.0).map_err(failed)?;
        // Whoever may enter may stop the session.
        std::fs::set_permissions(&self.0, std::fs::Permissions::from_mode(0o700)).map_err(failed)?;
        std::fs::write(self.0.join(GIVEN), given.resolved()).map_err(failed)?;
        let (aside, path) = (self.0.join("run.toml.new"), self.run_file());
        std::fs::write(&aside, config.resolved()).map_err(failed)?;
        std::fs::rename(aside, path).map_err(failed)
    }
}
