//! One Rust file as the rules read it: its text, its code without comments and strings, and which lines are tests.
use super::functions::{item_end, words};
use super::lexer::code_of;

const TEST_ONLY: &str = "#[cfg(test)]";

/// A Rust file.
#[derive(Debug)]
pub(super) struct Source {
    /// From the root, with `/`.
    pub(super) path: String,
    pub(super) text: String,
    /// The text with comments, strings and characters blanked.
    pub(super) code: String,
    /// For each line, whether it is compiled for tests only.
    test_lines: Vec<bool>,
    test_file: bool,
}

impl Source {
    /// A file of the tree; its place tells whether it is a test.
    pub(super) fn new(path: &str, text: &str) -> Self {
        let code = code_of(text);
        let mut test_lines = vec![false; text.lines().count()];
        for (at, _) in code.match_indices(TEST_ONLY) {
            let line_of = |at: usize| code[..at].matches('\n').count();
            let end = item_end(&code, at + TEST_ONLY.len()).map_or(test_lines.len(), |end| line_of(end) + 1);
            test_lines[line_of(at)..end].fill(true);
        }
        let stem = path.rsplit('/').next().and_then(|name| name.strip_suffix(".rs")).unwrap_or_default();
        let test_file = path.split('/').any(|part| part == "tests") || stem == "tests" || stem.ends_with("_tests");
        Self { path: path.into(), text: text.into(), code, test_lines, test_file }
    }

    /// Whether the whole file is compiled for tests only.
    pub(super) fn is_test_file(&self) -> bool {
        self.test_file
    }

    /// Whether line `line`, from 1, is compiled for tests only.
    pub(super) fn is_test(&self, line: usize) -> bool {
        self.test_file || self.test_lines.get(line - 1).copied().unwrap_or(false)
    }

    /// Marks the file as compiled for tests only.
    pub(super) fn into_test(self) -> Self {
        Self { test_file: true, ..self }
    }

    /// The files in which the `#[cfg(test)] mod name;` of this file may stand.
    pub(super) fn test_modules(&self) -> Vec<String> {
        let folder = match self.path.rsplit_once('/') {
            Some((folder, "mod.rs" | "lib.rs" | "main.rs")) => folder,
            _ => self.path.strip_suffix(".rs").unwrap_or(&self.path),
        };
        let mut files = Vec::new();
        for (at, _) in self.code.match_indices(TEST_ONLY) {
            let end = item_end(&self.code, at + TEST_ONLY.len()).unwrap_or(self.code.len());
            let item = &self.code[at..end];
            if let Some(name) = words(item, "mod").next().map(|at| item[at + 3..].trim())
                && !name.contains('{')
            {
                files.extend([format!("{folder}/{name}.rs"), format!("{folder}/{name}/mod.rs")]);
            }
        }
        files
    }
}

#[test]
fn tests_are_known_by_their_place_and_by_their_attribute() {
    let check = |path: &str, text: &str, expected: &[bool]| {
        let source = Source::new(path, text);
        let found: Vec<bool> = (1..=text.lines().count()).map(|line| source.is_test(line)).collect();
        assert_eq!(found, expected, "{path}");
    };
    check(
        "a/src/b.rs",
        "fn a() {}\n#[cfg(test)]\nmod tests {\n  \"}\";\n}\nfn b() {}",
        &[false, true, true, true, true, false],
    );
    check("a/src/b.rs", "#[cfg(test)]\n#[path = \"x.rs\"]\nmod x;\nfn b() {}", &[true, true, true, false]);
    check("a/tests/suite/b.rs", "x", &[true]);
    check("a/src/b/tests.rs", "x", &[true]);
    check("a/src/b_tests.rs", "x", &[true]);
    check("a/src/contests.rs", "x", &[false]);
}

#[test]
fn modules_for_tests_only_are_followed_to_their_files() {
    let text = "mod a;\n#[cfg(test)]\nmod naive;\n#[cfg(test)]\nmod inline { }";
    let check = |path: &str, expected: &[&str]| assert_eq!(Source::new(path, text).test_modules(), expected);
    check("a/src/b/mod.rs", &["a/src/b/naive.rs", "a/src/b/naive/mod.rs"]);
    check("a/src/b.rs", &["a/src/b/naive.rs", "a/src/b/naive/mod.rs"]);
    check("a/src/lib.rs", &["a/src/naive.rs", "a/src/naive/mod.rs"]);
}
