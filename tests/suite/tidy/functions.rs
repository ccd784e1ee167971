//! Functions in blanked code: where each begins and ends.
//!
//! Braces are matched, nothing is parsed; a signature without a body is not a function here.
use super::lexer::in_name;

/// One function with a body.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Function<'a> {
    pub(super) name: &'a str,
    /// The line of its `fn`, from 1.
    pub(super) first: usize,
    /// The line of its closing brace.
    pub(super) last: usize,
}

/// Every function of `code`, inner ones after the one around them.
pub(super) fn functions(code: &str) -> Vec<Function<'_>> {
    let line_of = |at: usize| 1 + code[..at].matches('\n').count();
    let mut found = Vec::new();
    for at in words(code, "fn") {
        let after = code[at + 2..].trim_start();
        let name = &after[..after.bytes().position(|b| !in_name(b)).unwrap_or(after.len())];
        // `fn(u8) -> u8` is a type.
        if name.is_empty() {
            continue;
        }
        if let Some(end) = item_end(code, at).filter(|&end| code.as_bytes()[end] == b'}') {
            found.push(Function { name, first: line_of(at), last: line_of(end) });
        }
    }
    found
}

/// Where `word` stands on its own.
pub(super) fn words<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let bytes = code.as_bytes();
    let (opens, closes) = (word.as_bytes()[0], word.as_bytes()[word.len() - 1]);
    code.match_indices(word).map(|(at, _)| at).filter(move |&at| {
        let before = at.checked_sub(1).map(|before| bytes[before]);
        let after = bytes.get(at + word.len()).copied();
        let joined = |edge: u8, beside: Option<u8>| in_name(edge) && beside.is_some_and(in_name);
        !joined(opens, before) && !joined(closes, after)
    })
}

/// The closing brace of the item that begins at `start`, or its semicolon; `None` where the text ends first.
pub(super) fn item_end(code: &str, start: usize) -> Option<usize> {
    let (mut brackets, mut braces) = (0_i32, 0_i32);
    for (at, byte) in code.bytes().enumerate().skip(start) {
        match byte {
            b'(' | b'[' => brackets += 1,
            b')' | b']' => brackets -= 1,
            b'{' => braces += 1,
            b'}' => {
                braces -= 1;
                // A block inside brackets, as in `[u8; { N }]`, is no body.
                if braces == 0 && brackets == 0 {
                    return Some(at);
                }
            }
            b';' if brackets == 0 && braces == 0 => return Some(at),
            _ => {}
        }
    }
    None
}

#[test]
fn functions_are_found_with_their_first_and_last_line() {
    let check = |code: &str, expected: &[(&str, usize, usize)]| {
        let found: Vec<_> = functions(code).iter().map(|f| (f.name, f.first, f.last)).collect();
        assert_eq!(found, expected, "{code}");
    };
    check("fn a() {}\n\nfn b(\n  x: [u8; 2],\n) {\n  if x { }\n}", &[("a", 1, 1), ("b", 3, 7)]);
    check("trait T { fn a(&self) -> [u8; 3]; fn b(f: fn(u8) -> u8) {\n} }", &[("b", 1, 2)]);
    check("fn a() {\n fn b() {\n }\n}", &[("a", 1, 4), ("b", 2, 3)]);
    check("fn a(x: [u8; { 1 + 1 }]) {\n}", &[("a", 1, 2)]);
    check("let often = 1; fnord();", &[]);
}
