//! The line that an import names is the one that an editor shows.
use crate::importers::{imported, places, spec};
use datasets::import::{Columns, Format};
use engine::Interval;

/// Imports lines with one end of line; the error has to name the last of them, or the one that is given.
fn check(lines: &[&str], header: bool, named: usize) {
    for end in ["\n", "\r\n"] {
        for last in [end, ""] {
            let folder = tempfile::tempdir().unwrap();
            let input = folder.path().join("a.csv");
            std::fs::write(&input, lines.join(end) + last).unwrap();
            let columns = Columns { header, ..places() };
            let error = imported(&spec(Format::Csv(columns), input, Interval::HOUR)).unwrap_err().to_string();
            let expected = format!("a.csv: line {named}: `open` = `x` is not a decimal number");
            assert!(error.ends_with(&expected), "{lines:?} with {end:?}, last {last:?}: {error}");
        }
    }
}

#[test]
fn a_line_has_the_number_that_an_editor_shows() {
    let [head, good, bad] = ["a;b;c;d;e;f", "2021-03-01;10;12;9;11;5", "2021-03-02;x;12;9;11;5"];
    check(&[bad], false, 1);
    check(&[good, bad], false, 2);
    check(&[head, bad], true, 2);
    check(&[head, good, bad], true, 3);
    check(&[head, good, bad, good], true, 3);
    check(&["", good, "", "", bad], false, 5);
    check(&["\"2021-03-01\";10;12;9;11;\"5\"", bad], false, 2);
    check(&["time;\"two", "lines\";c;d;e;f", good, bad], true, 4);
}

#[test]
fn a_line_that_is_no_text_is_named_as_well() {
    for end in ["\n", "\r\n"] {
        let folder = tempfile::tempdir().unwrap();
        let input = folder.path().join("a.csv");
        let good = format!("2021-03-01;10;12;9;11;5{end}{end}").into_bytes();
        std::fs::write(&input, [good, b"2021-03-02;\xff;12;9;11;5".to_vec()].concat()).unwrap();
        let error = imported(&spec(Format::Csv(places()), input, Interval::HOUR)).unwrap_err().to_string();
        assert!(error.contains("a.csv: line 3: cannot be read"), "{end:?}: {error}");
    }
}
