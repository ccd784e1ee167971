//! Texts that are no TOML, no text, no run file at all.
use super::{GOOD, RunFile, check_each, parse};
use expect_test::expect;
use std::io::Write;
use std::path::Path;

fn load(bytes: &[u8]) -> Result<RunFile, super::super::ConfigError> {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(bytes).expect("written");
    RunFile::load(file.path(), &[])
}

#[test]
fn broken_toml_is_quoted_where_it_breaks() {
    check_each(
        &[
            ("seed = 7", "seed ="),
            ("seed = 7", "seed 7"),
            ("name = \"btc\"", "name = \"btc"),
            ("name = \"btc\"", "name = btc"),
            ("seed = 7", "seed = 7\nseed = 8"),
            ("[account]", "[run]\n[account]"),
            ("[run]", "[run"),
            ("seed = 7", "seed = 7 8\nname = ]\n"),
        ],
        expect![[r#"
            run.toml:3:7: not valid TOML: string values must be quoted, expected literal string
              3 | seed =
                |       ^

            run.toml:3:6: not valid TOML: key with no value, expected `=`
              3 | seed 7
                |      ^

            run.toml:2:12: not valid TOML: invalid basic string, expected `"`
              2 | name = "btc
                |            ^

            run.toml:2:8: not valid TOML: string values must be quoted, expected literal string
              2 | name = btc
                |        ^^^

            run.toml:4:1: not valid TOML: duplicate key
              4 | seed = 8
                | ^^^^

            run.toml:15:2: not valid TOML: duplicate key
              15 | [run]
                 |  ^^^

            run.toml:1:5: not valid TOML: unclosed table, expected `]`
              1 | [run
                |     ^

            run.toml:3:8: not valid TOML: string values must be quoted, expected literal string
              3 | seed = 7 8
                |        ^^^
            run.toml:4:8: not valid TOML: missing array opening, expected `[`
              4 | name = ]
                |        ^"#]],
    );
}

#[test]
fn what_is_quoted_cannot_drive_a_terminal() {
    check_each(
        &[("seed = 7", "\"s\\u001b[31m\" = \"\u{202e}x\"")],
        expect![[r#"
        run.toml:3:1: unknown key `s�[31m` in [run]
          3 | "s\u001b[31m" = "�x"
            | ^^^^^^^^^^^^^
            = expected one of: name, seed"#]],
    );
}

#[test]
fn hostile_nesting_is_an_error_and_no_overflow() {
    let deep = |open: &str, close: &str| {
        let text = format!("x = {}1{}\n{GOOD}", open.repeat(100_000), close.repeat(100_000));
        let error = parse(&text).expect_err("far too deep");
        assert!(error.to_string().len() < 20_000, "{error}");
    };
    deep("[", "]");
    deep("{ a = ", " }");
    deep("[", "");
    let path = vec!["a"; 100_000].join(".");
    for text in [format!("[{path}]\n"), format!("{path} = 1\n"), format!("[[{path}]]\n").repeat(3)] {
        assert!(parse(&text).is_err());
    }
    for line in ["]", "[", "a=1 ", "\"", "a.", "\u{0}", "é"] {
        let error = parse(&line.repeat(500_000 / line.len())).expect_err("one long line of nonsense");
        assert!(error.to_string().len() < 20_000, "{error}");
    }
    let setting = format!("{path}=1");
    assert!(RunFile::parse(GOOD, "run.toml", Path::new("/runs"), &[setting]).is_err());
}

#[test]
fn a_file_of_ten_megabytes_is_refused_by_its_size() {
    let error = load(&vec![b'#'; 10 << 20]).expect_err("too large").to_string();
    assert!(
        error.ends_with("this is larger than a run file may be, 1048576 bytes\n   = help: is it the right file?"),
        "{error}"
    );
    assert!(load(format!("{}\n{GOOD}", "#".repeat(1_000_000)).as_bytes()).is_ok());
}

#[test]
fn bytes_that_are_not_utf_8_are_named_by_their_place() {
    let error = load(b"[run]\nname = \"caf\xE9\"\n").expect_err("not UTF-8");
    let problem = &error.problems[0];
    assert_eq!((problem.line, problem.column), (Some(2), Some(12)));
    assert_eq!(problem.message, "this is not UTF-8 text: the byte 0xE9 stands here");
    assert!(load(b"\xFF").is_err());
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let error = RunFile::load(Path::new("no/such/run.toml"), &[]).expect_err("no file").to_string();
    assert!(error.starts_with("no/such/run.toml: the run file cannot be read: "), "{error}");
    assert!(RunFile::load(Path::new("."), &[]).is_err());
}
