//! The conformance suite: what every venue has to do with every kind of order, in scenarios that a trader can read.
//!
//! The files stand in `tests/conformance`, one for each theme. A scenario is a title behind `==`, statements of the
//! language in `language.rs`, a line `--`, and what must happen, in the words of `scene.rs`; marks of the account are left
//! out. Lines of `#` are remarks. What must happen is decided before it is played: `ONETAPE_UPDATE_CONFORMANCE=1` writes
//! what did happen into the files, for a change that was decided, and the difference is to be read line by line.
use crate::language::Scene;
use crate::scene::play;
use std::fmt::Write;

/// A venue that the suite can question. It plays a scenario and says what happened, line by line.
pub(crate) trait Venue {
    fn play(&self, scene: &Scene) -> String;
}

/// The simulated venue behind the real core.
struct Simulated;

impl Venue for Simulated {
    fn play(&self, scene: &Scene) -> String {
        play(scene).lines().filter(|line| !line.contains(" equity ")).fold(String::new(), |all, line| all + line + "\n")
    }
}

macro_rules! themes {
    ($($name:literal)*) => {
        &[$(($name, include_str!(concat!("../conformance/", $name, ".txt")))),*]
    };
}

const THEMES: &[(&str, &str)] = themes!(
    "market" "limit" "stop" "stop-limit" "trailing" "touched" "day" "good-til-date" "immediate" "auctions" "post-only"
    "reduce-only" "brackets" "one-cancels-other" "amend" "cancel" "participation" "costs" "dated" "latency" "gaps" "paths"
    "impact" "targets" "instruments" "refusals" "buying-power" "isolated" "ticks" "queues"
);

/// One scenario of a file.
#[derive(Debug)]
pub(crate) struct Case<'a> {
    line: usize,
    title: &'a str,
    pub(crate) scene: String,
    expected: String,
}

pub(crate) fn cases(text: &str) -> Vec<Case<'_>> {
    let mut cases: Vec<Case<'_>> = Vec::new();
    let mut speaks = false;
    for (line, words) in (1..).zip(text.lines()).filter(|(_, words)| !words.is_empty() && !words.starts_with('#')) {
        if let Some(title) = words.strip_prefix("== ") {
            cases.push(Case { line, title, scene: String::new(), expected: String::new() });
            speaks = false;
            continue;
        }
        let case = cases.last_mut().unwrap_or_else(|| panic!("line {line}: `{words}` stands before the first title"));
        if words == "--" {
            speaks = true;
        } else {
            let part = if speaks { &mut case.expected } else { &mut case.scene };
            writeln!(part, "{words}").expect("text grows");
        }
    }
    cases
}

/// Lines of two texts: what both have, what is missing from the second behind `-`, and what it has instead behind `+`.
fn difference(expected: &str, actual: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), actual.lines().collect());
    let mut longest = vec![vec![0; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            longest[i][j] =
                if old[i] == new[j] { 1 + longest[i + 1][j + 1] } else { longest[i + 1][j].max(longest[i][j + 1]) };
        }
    }
    let (mut i, mut j, mut text) = (0, 0, String::new());
    while i < old.len() || j < new.len() {
        let (sign, line) = if i < old.len() && j < new.len() && old[i] == new[j] {
            (i, j) = (i + 1, j + 1);
            (' ', old[i - 1])
        } else if j == new.len() || (i < old.len() && longest[i + 1][j] >= longest[i][j + 1]) {
            i += 1;
            ('-', old[i - 1])
        } else {
            j += 1;
            ('+', new[j - 1])
        };
        writeln!(text, "  {sign} {line}").expect("text grows");
    }
    text
}

/// A theme's file with what did happen in the place of what must.
fn updated(text: &str, venue: &impl Venue) -> String {
    let mut new = String::new();
    let mut cases = cases(text).into_iter();
    let mut skips = false;
    for line in text.lines() {
        skips &= !line.is_empty();
        if skips {
            continue;
        }
        writeln!(new, "{line}").expect("text grows");
        if line == "--" {
            let case = cases.next().expect("a scenario has one answer");
            new += &venue.play(&Scene::parse(&case.scene));
            skips = true;
        }
    }
    new
}

fn failures(theme: &str, text: &str, venue: &impl Venue) -> Vec<String> {
    let played = cases(text).into_iter().filter_map(|case| {
        let actual = venue.play(&Scene::parse(&case.scene));
        let diff = || format!("{theme}.txt:{}: {}\n{}", case.line, case.title, difference(&case.expected, &actual));
        (actual != case.expected).then(diff)
    });
    played.collect()
}

#[test]
fn the_simulated_venue_does_what_every_scenario_says() {
    if std::env::var_os("ONETAPE_UPDATE_CONFORMANCE").is_some() {
        for (theme, text) in THEMES {
            let path = format!("{}/tests/conformance/{theme}.txt", env!("CARGO_MANIFEST_DIR"));
            std::fs::write(path, updated(text, &Simulated)).expect("the file can be written");
        }
        return;
    }
    let failed: Vec<String> = THEMES.iter().flat_map(|(theme, text)| failures(theme, text, &Simulated)).collect();
    assert!(failed.is_empty(), "{} scenarios fail:\n{}", failed.len(), failed.join("\n"));
}

#[test]
fn there_are_enough_scenarios_each_with_a_title_of_its_own() {
    let mut titles: Vec<&str> = THEMES.iter().flat_map(|(_, text)| cases(text)).map(|case| case.title).collect();
    assert!(titles.len() >= 200, "only {} scenarios", titles.len());
    titles.sort_unstable();
    let twice: Vec<&[&str]> = titles.windows(2).filter(|pair| pair[0] == pair[1]).collect();
    assert!(twice.is_empty(), "titles stand twice: {twice:?}");
}

/// A venue that ignores everything.
struct Deaf;

impl Venue for Deaf {
    fn play(&self, _: &Scene) -> String {
        "end\n".into()
    }
}

#[test]
fn a_venue_that_ignores_everything_fails_with_file_line_title_and_difference() {
    let text = "# A remark.\n\n== A buy fills.\ncandle 100\nbuy 1 market\n--\n1h send 1 buy 1 market\nend\n";
    let failed = failures("market", text, &Deaf);
    assert_eq!(failed, ["market.txt:3: A buy fills.\n  - 1h send 1 buy 1 market\n    end\n"]);
    assert_eq!(updated(text, &Deaf), text.replace("1h send 1 buy 1 market\n", ""));
    for (theme, text) in THEMES {
        assert_eq!(failures(theme, text, &Deaf).len(), cases(text).len(), "a scenario of {theme} expects nothing");
    }
}
