//! Bundles are read back as they were written, and nothing else is believed.
use super::testing::{excellent, version, write};
use super::*;
use std::fs;
use std::path::Path;

/// Writes a bundle, spoils the folder, and compares what reading it says.
fn check(spoil: impl Fn(&Path), expected: &str) {
    let root = tempfile::tempdir().unwrap();
    let mut evidence = excellent(Kind::Evaluation, &version("btc", "fast=20", ""));
    write(&mut evidence, root.path());
    spoil(root.path());
    let error = Evidence::read(root.path()).unwrap_err().to_string();
    assert!(error.contains(expected), "{error}\nlacks {expected}");
}

fn edit(folder: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(folder.join(EVIDENCE)).unwrap();
    assert!(text.contains(from), "{text}");
    fs::write(folder.join(EVIDENCE), text.replacen(from, to, 1)).unwrap();
}

#[test]
fn a_bundle_is_read_back_as_it_was_written_and_has_the_digest_of_its_file() {
    for kind in Kind::ALL {
        let root = tempfile::tempdir().unwrap();
        let mut evidence = excellent(kind, &version("btc", "fast=20", ""));
        let odd = Figure::new(Some(0.1 + 0.2), 3, "a/b", "c").shown_by("tables/folds.csv").noted("odd");
        evidence.figures.insert("days".into(), odd);
        evidence.figures.insert("round_trips".into(), Figure::new(Some(f64::NAN), 0, "a/b", "c"));
        evidence.more.insert("record".into(), "abc".into());
        write(&mut evidence, root.path());
        let read = Evidence::read(root.path()).unwrap();
        assert_eq!(read, evidence);
        assert_eq!(read.files.keys().collect::<Vec<_>>(), ["report.html", "tables/folds.csv"]);
        assert_eq!((read.figures["round_trips"].value, read.record()), (None, Some("abc")));
        let bytes = fs::read(root.path().join(EVIDENCE)).unwrap();
        assert_eq!(read.digest(), blake3::hash(&bytes).to_hex().to_string());
        // Written once more over itself it is the same bundle.
        evidence.write(root.path()).unwrap();
        assert_eq!(fs::read(root.path().join(EVIDENCE)).unwrap(), bytes);
    }
}

#[test]
fn a_folder_without_evidence_is_no_bundle() {
    check(|folder| fs::remove_file(folder.join(EVIDENCE)).unwrap(), "holds no evidence.json: a bundle that was not");
    let nowhere = Evidence::read(Path::new("nowhere")).unwrap_err().to_string();
    assert!(nowhere.starts_with("nowhere holds no evidence.json"), "{nowhere}");
}

#[test]
fn an_interrupted_bundle_is_none_also_where_an_older_one_stood() {
    let root = tempfile::tempdir().unwrap();
    let mut evidence = excellent(Kind::Paper, &version("btc", "fast=20", ""));
    write(&mut evidence, root.path());
    evidence.figures.insert("nonsense".into(), Figure::new(None, 0, "", ""));
    evidence.write(root.path()).unwrap_err();
    assert!(matches!(Evidence::read(root.path()), Err(EvidenceError::None { .. })));
}

#[test]
fn a_file_that_was_changed_taken_or_added_is_named() {
    check(|folder| fs::write(folder.join("tables/folds.csv"), "1,3\n").unwrap(), "tables/folds.csv in ");
    check(|folder| fs::write(folder.join("report.html"), "").unwrap(), "was changed: it has digest af1349b9");
    check(|folder| fs::remove_file(folder.join("report.html")).unwrap(), "lacks report.html");
    check(|folder| fs::write(folder.join("tables/more.csv"), "").unwrap(), "holds tables/more.csv, which");
    check(|folder| fs::write(folder.join(".hidden"), "").unwrap(), "holds .hidden, which");
}

#[test]
fn what_is_no_plain_file_below_the_folder_is_refused() {
    check(
        |folder| std::os::unix::fs::symlink("report.html", folder.join("link")).unwrap(),
        "`link` cannot be a file of a bundle: it is neither a plain file",
    );
    check(|folder| edit(folder, "\"report.html\":", "\"../report.html\":"), "`../report.html` cannot be");
    check(|folder| edit(folder, "\"report.html\":", "\"/report.html\":"), "`/report.html` cannot be");
    check(|folder| fs::write(folder.join("a\\b"), "").unwrap(), "holds a backslash");
}

#[test]
fn evidence_that_is_not_as_it_was_written_is_refused_with_its_place() {
    check(|folder| edit(folder, "\"seed\": 7", "\"seed\":  7"), "evidence.json:33: this is not as it was written");
    check(|folder| edit(folder, "\"seed\": 7", "\"seed\": x"), "evidence.json:33:11: expected value");
    check(|folder| edit(folder, "\"seed\": 7", "\"sead\": 7"), "unknown field `sead`");
    check(|folder| edit(folder, "\"kind\": \"evaluation\"", "\"kind\": \"gossip\""), "unknown variant `gossip`");
    check(|folder| edit(folder, "\"schema\": 1", "\"schema\": 2"), "has schema 2, this build reads 1");
    check(|folder| edit(folder, "\"n\": 100000,\n", "\"n\": -1,\n"), "invalid value: integer `-1`");
    check(|folder| fs::write(folder.join(EVIDENCE), "").unwrap(), "evidence.json:1:0: EOF");
}

#[test]
fn a_figure_that_nobody_knows_or_that_shows_what_is_not_there_is_refused() {
    let check = |name: &str, figure: Figure, expected: &str| {
        let root = tempfile::tempdir().unwrap();
        let mut evidence = Evidence::new(Kind::Evaluation, version("btc", "", ""), 1);
        evidence.figures.insert(name.into(), figure);
        let error = evidence.write(root.path()).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    };
    let figure = || Figure::new(Some(1.0), 1, "a", "b");
    check("shrape", figure(), "the figure `shrape` is not in the catalogue of figures; did you mean `sharpe`?");
    check("parity_gap", figure(), "the figure `parity_gap` is one of sessions, not of evaluations");
    check("dsr", figure().shown_by("page.html"), "is shown by `page.html`, which is not in the bundle");
}

#[test]
fn the_catalogue_names_each_figure_once() {
    for (index, known) in KNOWN.iter().enumerate() {
        assert!(KNOWN[..index].iter().all(|other| other.name != known.name), "{}", known.name);
        assert!(known.of_evaluations || known.of_sessions);
    }
    assert_eq!(KNOWN.len(), 44);
}

#[test]
fn a_version_is_its_name_and_the_digests_of_its_parts() {
    let base = version("btc", "fast=20", "g");
    let check = |other: &Version, expected: &[&str]| {
        let said: Vec<String> = base.changes(other).iter().map(ToString::to_string).collect();
        assert_eq!(said, expected);
        assert_eq!(base.digest() == other.digest(), expected.is_empty());
    };
    check(&base, &[]);
    check(&version("btc", "fast=21", "g"), &["parameters: fast=20, not fast=21"]);
    check(&version("eth", "fast=20", "g"), &["name: `btc`, not `eth`"]);
    let short = |text: &str| blake3::hash(text.as_bytes()).to_hex()[..12].to_string();
    let said = format!("gates: a gates file ({}), not a gates file ({})", short("g"), short("h"));
    check(&version("btc", "fast=20", "h"), &[&said]);
    let mut learned = base.clone();
    learned.parts.insert(Part::Policy, PartDigest::of(b"weights", "ppo"));
    check(&learned, &["policy: none, not ppo"]);
    let mut reworded = base.clone();
    reworded.parts.get_mut(&Part::Code).unwrap().shown = "otherwise".into();
    check(&reworded, &[]);
}
