//! The real program, run as a user runs it: its own process, its own home, its own folder.
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// A folder to work in and a home for the trial ledger; both go with the value.
pub(crate) struct Desk {
    pub(crate) folder: TempDir,
}

/// What a command answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Answer {
    /// The JSON on stdout of a command that succeeded.
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.code, 0, "{}", self.err);
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("stdout is no JSON: {e}: {}", self.out))
    }

    /// Checks that it succeeded.
    pub(crate) fn done(&self) {
        assert_eq!(self.code, 0, "{}", self.err);
    }

    /// Checks the exit code and that stderr says this.
    pub(crate) fn refuses(&self, code: i32, text: &str) {
        assert_eq!(self.code, code, "stderr: {}", self.err);
        assert!(self.err.contains(text), "expected `{text}` in: {}", self.err);
    }
}

/// The sources of this project: its examples and sample catalog.
pub(crate) fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder") }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file into the folder; its path.
    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("below the folder")).expect("made");
        std::fs::write(&path, text).expect("written");
        path
    }

    /// Runs `onetape` with these words.
    pub(crate) fn run<S: AsRef<std::ffi::OsStr>>(&self, words: &[S]) -> Answer {
        self.run_with(words, &[])
    }

    /// Runs `onetape` with these words and variables of the environment.
    pub(crate) fn run_with<S: AsRef<std::ffi::OsStr>>(&self, words: &[S], variables: &[(&str, &str)]) -> Answer {
        let mut command = Command::new(env!("CARGO_BIN_EXE_onetape"));
        command.args(words).current_dir(self.folder.path()).env("ONETAPE_HOME", self.path("home"));
        command.envs(variables.iter().copied());
        let Output { status, stdout, stderr } = command.output().expect("the program starts");
        Answer {
            code: status.code().unwrap_or(-1),
            out: String::from_utf8(stdout).expect("text"),
            err: String::from_utf8(stderr).expect("text"),
        }
    }

    /// Runs `onetape` with words separated by spaces; `@` stands for the project's folder.
    pub(crate) fn say(&self, line: &str) -> Answer {
        let project = project().display().to_string();
        let words: Vec<String> = line.split(' ').map(|word| word.replace('@', &project)).collect();
        self.run(&words)
    }
}
