//! How a module opens: with what it is for and what it never does.
use super::finding::Finding;
use super::source::Source;

/// Two to eight lines are meant; the bound leaves room for a picture.
const OPENING_MAX: usize = 12;

pub(super) fn opening(source: &Source) -> Option<Finding> {
    let lines = source.text.lines().take_while(|line| line.starts_with("//!")).count();
    let what = match lines {
        0 => "the first line is no `//!`".into(),
        1..=OPENING_MAX => return None,
        _ => format!("{lines} lines of `//!`"),
    };
    Some(Finding {
        path: source.path.clone(),
        line: lines.max(1),
        what,
        why: "a module opens with one to twelve lines: what it is for and what it never does",
    })
}

#[test]
fn a_module_opens_with_some_lines_and_not_with_an_essay() {
    let check = |text: &str, expected: &[&str]| super::finding::check(opening(&Source::new("a.rs", text)), expected);
    check("//! What it is for.\nuse x;", &[]);
    check(&"//! More.\n".repeat(12), &[]);
    check(&"//! More.\n".repeat(13), &["a.rs:13: 13 lines of `//!`"]);
    check("use x;\n//! Too late.", &["a.rs:1: the first line is no `//!`"]);
    check("\n//! After an empty line.", &["a.rs:1: the first line is no `//!`"]);
    check("", &["a.rs:1: the first line is no `//!`"]);
}
