//! The house rules that a machine can check, over every tracked file.
//!
//! A finding names the file, the line, what stands there and why it may not. Each rule is a function from what it reads to
//! its findings, with a test that shows it finding something. It never repairs, and it has no list of exceptions.
mod arrows;
mod finding;
mod functions;
mod headers;
mod lengths;
mod lexer;
mod lock;
mod machine_paths;
mod members;
mod names;
mod source;
mod tree;
mod words;

use finding::Finding;
use source::Source;
use tree::Tree;

fn clean(findings: &[Finding]) {
    let shown: Vec<String> = findings.iter().map(Finding::to_string).collect();
    assert!(findings.is_empty(), "{} to put in order:\n{}", findings.len(), shown.join("\n"));
}

fn each_source(rule: impl Fn(&Source) -> Vec<Finding>) {
    let tree = Tree::of_this_repository();
    clean(&tree.sources().iter().flat_map(rule).collect::<Vec<_>>());
}

#[test]
fn the_tree_that_is_checked_is_the_whole_one() {
    let tree = Tree::of_this_repository();
    for path in ["Cargo.toml", "engine/src/step.rs", "tests/suite/tidy.rs", "src/main.rs"] {
        assert!(tree.text(path).is_some(), "{path} is not among the tracked files");
    }
    assert!(tree.sources().iter().any(Source::is_test_file), "no test file was recognised");
}

#[test]
fn no_file_is_longer_than_400_lines() {
    each_source(|source| lengths::file(source).into_iter().collect());
}

#[test]
fn no_function_is_longer_than_60_lines() {
    each_source(lengths::functions);
}

#[test]
fn every_module_opens_with_what_it_is_for() {
    each_source(|source| headers::opening(source).into_iter().collect());
}

#[test]
fn every_file_is_named_by_the_noun_it_defines() {
    each_source(|source| names::vague(&source.path).into_iter().collect());
}

#[test]
fn no_forbidden_word_stands_in_its_folder() {
    each_source(words::forbidden);
}

#[test]
fn the_core_and_the_strategies_are_no_std() {
    let tree = Tree::of_this_repository();
    clean(&words::NO_STD.iter().filter_map(|path| words::std_in(&tree.source(path))).collect::<Vec<_>>());
}

#[test]
fn no_crate_depends_on_what_its_place_forbids() {
    let tree = Tree::of_this_repository();
    let root = tree.manifest("Cargo.toml");
    let findings = members::listed(&root).into_iter().flat_map(|member| {
        let path = format!("{member}/Cargo.toml");
        arrows::forbidden(&member, &tree.manifest(&path), &root)
    });
    clean(&findings.collect::<Vec<_>>());
}

#[test]
fn a_bare_cargo_test_reaches_every_member() {
    let tree = Tree::of_this_repository();
    let is_untested = |member: &str| members::is_untested(&tree.manifest(&format!("{member}/Cargo.toml")));
    clean(&members::skipped_by_default(&tree.manifest("Cargo.toml"), is_untested));
}

#[test]
fn architecture_names_the_folder_of_every_member() {
    let tree = Tree::of_this_repository();
    let architecture = tree.text("ARCHITECTURE.md").expect("the repository has an ARCHITECTURE.md");
    clean(&members::unexplained(&tree.manifest("Cargo.toml"), architecture));
}

#[test]
fn there_is_one_arrow_in_the_tree() {
    let tree = Tree::of_this_repository();
    clean(&lock::doubled_arrow(&tree.manifest("Cargo.lock")));
}

#[test]
fn no_path_of_a_machine_stands_in_a_tracked_file() {
    let tree = Tree::of_this_repository();
    clean(&tree.texts().flat_map(|(path, text)| machine_paths::named(path, text)).collect::<Vec<_>>());
}
