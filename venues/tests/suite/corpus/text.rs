//! Cases as lines of text: one case a line, with every byte that is not plain written as an escape. A line that begins with
//! `#` is a comment.

/// The cases of a file.
pub(super) fn cases(text: &str) -> Vec<Vec<u8>> {
    text.lines().filter(|line| !line.starts_with('#')).map(bytes).collect()
}

/// Cases as a file has them.
pub(super) fn written(cases: &[Vec<u8>]) -> String {
    let mut text = String::new();
    for case in cases {
        // A case may begin with what would be a comment.
        let line = case.escape_ascii().to_string();
        match line.strip_prefix('#') {
            Some(rest) => text.push_str(&format!("\\x23{rest}\n")),
            None => text.push_str(&format!("{line}\n")),
        }
    }
    text
}

fn bytes(line: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = line.chars();
    while let Some(it) = rest.next() {
        let byte = match it {
            '\\' => match rest.next().expect("an escape") {
                'n' => b'\n',
                'r' => b'\r',
                't' => b'\t',
                'x' => {
                    let hex: String = rest.by_ref().take(2).collect();
                    u8::from_str_radix(&hex, 16).expect("two digits")
                }
                plain => u8::try_from(plain).expect("ASCII"),
            },
            plain => u8::try_from(plain).expect("ASCII"),
        };
        bytes.push(byte);
    }
    bytes
}

#[test]
fn a_case_is_read_as_it_was_written() {
    let all: Vec<u8> = (0..=255).collect();
    let cases_of = vec![all, b"# no comment".to_vec(), b"\\x41".to_vec(), Vec::new(), b"a\n".to_vec()];
    assert_eq!(cases(&written(&cases_of)), cases_of);
    assert_eq!(cases("# a comment\nab\n"), [b"ab"]);
}
