//! The members of the workspace: tested by a bare `cargo test`, and named where a reader looks.
use super::finding::Finding;
use super::tree::Manifest;

/// The members, without the root package.
pub(super) fn listed(root: &Manifest) -> Vec<String> {
    names(root, "members")
}

fn names(root: &Manifest, list: &str) -> Vec<String> {
    let names = root.table.get("workspace").and_then(|workspace| workspace.get(list)?.as_array());
    let names = names.unwrap_or_else(|| panic!("{} has no [workspace] {list}", root.path));
    names.iter().filter_map(|name| name.as_str().map(str::to_string)).collect()
}

/// Whether `cargo test` finds nothing in a member: its manifest says so of its library, and there is no other target.
pub(super) fn is_untested(manifest: &Manifest) -> bool {
    let says = |key: &str| manifest.table.get("lib").and_then(|lib| lib.get(key)?.as_bool());
    let others = ["bin", "test", "bench", "example"].iter().any(|kind| manifest.table.contains_key(*kind));
    says("test") == Some(false) && says("doctest") == Some(false) && !others
}

/// The members that a bare `cargo test` skips, of those that have something to test.
pub(super) fn skipped_by_default(root: &Manifest, is_untested: impl Fn(&str) -> bool) -> Vec<Finding> {
    let by_default = names(root, "default-members");
    let all = std::iter::once(".".to_string()).chain(listed(root));
    let skipped = all.filter(|member| !by_default.contains(member) && !is_untested(member));
    skipped
        .map(|member| Finding {
            path: root.path.clone(),
            line: root.line_of("default-members"),
            what: format!("`{member}` is not among the default members"),
            why: "a bare `cargo test` would skip it without a word",
        })
        .collect()
}

pub(super) fn unexplained(root: &Manifest, architecture: &str) -> Vec<Finding> {
    let unnamed = listed(root).into_iter().filter(|member| !architecture.contains(&format!("`{member}/`")));
    unnamed
        .map(|member| Finding {
            path: "ARCHITECTURE.md".into(),
            line: 1,
            what: format!("`{member}/` is not named"),
            why: "a reader looks there for what each folder knows",
        })
        .collect()
}

#[test]
fn a_member_that_a_bare_test_run_skips_is_found() {
    let check = |by_default: &str, expected: &[&str]| {
        let text = format!("[workspace]\nmembers = [\"a\", \"b\", \"c\"]\ndefault-members = [{by_default}]\n");
        super::finding::check(
            skipped_by_default(&Manifest::new("Cargo.toml", &text), |member| member == "c"),
            expected,
        );
    };
    check("\".\", \"a\", \"b\"", &[]);
    check("\".\", \"a\"", &["Cargo.toml:3: `b` is not among the default members"]);
    check("\"a\", \"b\"", &["Cargo.toml:3: `.` is not among the default members"]);
}

#[test]
fn only_a_member_that_says_so_has_nothing_to_test() {
    let check = |text: &str, expected: bool| assert_eq!(is_untested(&Manifest::new("a/Cargo.toml", text)), expected);
    check("[lib]\ntest = false\ndoctest = false", true);
    check("[lib]\ntest = false", false);
    check("[package]\nname = \"a\"", false);
    check("[lib]\ntest = false\ndoctest = false\n[[test]]\nname = \"suite\"", false);
}

#[test]
fn a_member_that_the_architecture_does_not_name_is_found() {
    let root = Manifest::new("Cargo.toml", "[workspace]\nmembers = [\"engine\", \"venues\"]\n");
    super::finding::check(unexplained(&root, "`engine/` knows. `venues/` too."), &[]);
    super::finding::check(unexplained(&root, "`engine/`, venues"), &["ARCHITECTURE.md:1: `venues/` is not named"]);
}
