//! Names that say nothing about what a file holds.
use super::finding::Finding;

const VAGUE: [&str; 10] =
    ["util", "utils", "common", "helper", "helpers", "manager", "managers", "types", "misc", "stuff"];

pub(super) fn vague(path: &str) -> Option<Finding> {
    let named = path.split('/').map(|part| part.strip_suffix(".rs").unwrap_or(part));
    let found = named.into_iter().find(|name| VAGUE.contains(name))?;
    Some(Finding {
        path: path.into(),
        line: 1,
        what: format!("named `{found}`"),
        why: "a file is named by the noun it defines, and a folder as its crate or module",
    })
}

#[test]
fn a_name_that_says_nothing_is_found_in_files_and_folders() {
    let check = |path: &str, expected: &[&str]| super::finding::check(vague(path), expected);
    check("engine/src/ledger.rs", &[]);
    check("engine/src/prototypes.rs", &[]);
    check("engine/src/utils.rs", &["engine/src/utils.rs:1: named `utils`"]);
    check("src/helpers/text.rs", &["src/helpers/text.rs:1: named `helpers`"]);
    check("src/types/mod.rs", &["src/types/mod.rs:1: named `types`"]);
}
