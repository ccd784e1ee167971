//! Absolute paths of somebody's machine in files that everybody gets.
use super::finding::Finding;

/// The first folders of such paths, without their slashes, so that this file does not name one.
const HOMES: [&str; 3] = ["root", "work", "home"];

pub(super) fn named(path: &str, text: &str) -> Vec<Finding> {
    let homes = HOMES.map(|home| format!("/{home}/"));
    let mut found = Vec::new();
    for (line, text) in (1..).zip(text.lines()) {
        for home in homes.iter().filter(|home| stands_alone(text, home)) {
            found.push(Finding {
                path: path.into(),
                line,
                what: format!("`{home}`"),
                why: "a path of one machine means nothing on another",
            });
        }
    }
    found
}

/// Whether `home` begins a path, and is not a part of a longer one or of an address.
fn stands_alone(line: &str, home: &str) -> bool {
    let part_of_more = |before: char| before.is_alphanumeric() || "._-~}/".contains(before);
    line.match_indices(home).any(|(at, _)| !line[..at].ends_with(part_of_more))
}

#[test]
fn a_path_of_a_machine_is_found_wherever_it_begins() {
    let at = |home: &str| format!("/{home}/ann/x");
    let check = |text: &str, expected: &[(usize, &str)]| {
        let expected: Vec<String> = expected.iter().map(|(line, home)| format!("a.md:{line}: `/{home}/`")).collect();
        let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
        super::finding::check(named("a.md", text), &expected);
    };
    check(&at("home"), &[(1, "home")]);
    check(&format!("one\n\"{}\"", at("root")), &[(2, "root")]);
    check(&format!("cd {};ls", at("work")), &[(1, "work")]);
    check(&format!("~{0} target{0} https://a.org{0}", at("work")), &[]);
    check("/homework/ /rooted", &[]);
}
