//! How long a file and a function may be.
//!
//! Not because line 401 is wrong, but because the split is cheap today.
use super::finding::Finding;
use super::functions;
use super::source::Source;

const FILE_MAX: usize = 400;
const FUNCTION_MAX: usize = 60;

pub(super) fn file(source: &Source) -> Option<Finding> {
    let lines = source.text.lines().count();
    (lines > FILE_MAX).then(|| Finding {
        path: source.path.clone(),
        line: FILE_MAX + 1,
        what: format!("{lines} lines"),
        why: "a file has at most 400: split it by the nouns it defines",
    })
}

pub(super) fn functions(source: &Source) -> Vec<Finding> {
    let found =
        functions::functions(&source.code).into_iter().map(|function| (function.last + 1 - function.first, function));
    let long = found.filter(|(lines, _)| *lines > FUNCTION_MAX);
    long.map(|(lines, function)| Finding {
        path: source.path.clone(),
        line: function.first,
        what: format!("`{}` has {lines} lines", function.name),
        why: "a function has at most 60: decide at the top, compute below",
    })
    .collect()
}

#[test]
fn a_file_of_401_lines_is_too_long() {
    let check = |lines: usize, expected: &[&str]| {
        super::finding::check(file(&Source::new("a.rs", &"//\n".repeat(lines))), expected);
    };
    check(400, &[]);
    check(401, &["a.rs:401: 401 lines"]);
}

#[test]
fn a_function_of_61_lines_is_too_long() {
    let check = |lines: usize, expected: &[&str]| {
        let text = format!("\nfn long() {{{}}}", "\n    f(\"{\");".repeat(lines - 2) + "\n");
        super::finding::check(functions(&Source::new("a.rs", &text)), expected);
    };
    check(60, &[]);
    check(61, &["a.rs:2: `long` has 61 lines"]);
}
