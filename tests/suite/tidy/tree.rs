//! The files of the repository: those that git tracks, and new ones that it does not ignore.
//!
//! It reads; it never writes, and it never looks outside the repository.
use super::source::Source;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

/// A TOML file with its text, so that a finding can name a line.
#[derive(Debug)]
pub(super) struct Manifest {
    pub(super) path: String,
    pub(super) text: String,
    pub(super) table: toml::Table,
}

impl Manifest {
    pub(super) fn new(path: &str, text: &str) -> Self {
        let table = text.parse().unwrap_or_else(|error| panic!("{path} is not TOML: {error}"));
        Self { path: path.into(), text: text.into(), table }
    }

    /// The first line that begins with `key`, from 1.
    pub(super) fn line_of(&self, key: &str) -> usize {
        1 + self.text.lines().position(|line| line.trim_start().starts_with(key)).unwrap_or(0)
    }
}

/// Every text file of the repository by its path.
#[derive(Debug)]
pub(super) struct Tree {
    files: BTreeMap<String, String>,
}

impl Tree {
    pub(super) fn of_this_repository() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        // A checkout that belongs to another user, as in a container, is as good to read as our own.
        let listed = Command::new("git")
            .args(["-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .current_dir(root)
            .output()
            .expect("git lists the files that the house rules are checked on: install git");
        assert!(listed.status.success(), "git ls-files: {}", String::from_utf8_lossy(&listed.stderr));
        let names = String::from_utf8(listed.stdout).expect("file names are UTF-8");
        // A file that is listed and not there was removed and not yet committed; one that is not UTF-8 is no text.
        let read = |path: &str| Some((path.to_string(), std::fs::read_to_string(root.join(path)).ok()?));
        Self { files: names.split('\0').filter(|path| !path.is_empty()).filter_map(read).collect() }
    }

    pub(super) fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    pub(super) fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    pub(super) fn manifest(&self, path: &str) -> Manifest {
        Manifest::new(path, self.text(path).unwrap_or_else(|| panic!("{path} is not in the repository")))
    }

    pub(super) fn source(&self, path: &str) -> Source {
        Source::new(path, self.text(path).unwrap_or_else(|| panic!("{path} is not in the repository")))
    }

    /// Every Rust file.
    pub(super) fn sources(&self) -> Vec<Source> {
        let rust = self.texts().filter(|(path, _)| path.ends_with(".rs"));
        let sources: Vec<Source> = rust.map(|(path, text)| Source::new(path, text)).collect();
        let for_tests: BTreeSet<String> = sources.iter().flat_map(Source::test_modules).collect();
        let marked = |source: Source| if for_tests.contains(&source.path) { source.into_test() } else { source };
        sources.into_iter().map(marked).collect()
    }
}
