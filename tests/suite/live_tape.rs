//! The tape of a live run through the commands: whole, killed, damaged, archived and pruned.
//!
//! A backtest stands in for the live run: to the journal one is as good as the other.
use crate::onetape::{Desk, project};
use engine::{Effect, Entry, Journal, State};
use onetape::backtest::{backtest, counted_sources, venue_sources};
use onetape::recorder::Detail;
use onetape::registry::registry;
use onetape::run_file::RunFile;
use onetape::setup::Setup;
use onetape::{strategy_setup, tape_header};
use operations::{FolderSource, LiveError, LiveJournal, LiveOptions, OsDisk};

/// A journal whose process is killed after a step.
struct Killed<J>(J, u64);

impl<J: Journal<Error = LiveError>> Journal for Killed<J> {
    type Error = LiveError;

    fn append(&mut self, entry: &Entry) -> Result<(), LiveError> {
        if entry.number > self.1 { Err(LiveError::Ended) } else { self.0.append(entry) }
    }

    fn commit(&mut self, entry: &Entry, effects: &[Effect], state: &State) -> Result<(), LiveError> {
        self.0.commit(entry, effects, state)
    }

    fn finish(&mut self, state: &State) -> Result<(), LiveError> {
        self.0.finish(state)
    }
}

/// A desk with a run of an example, and its tape as a live run writes it, up to this step; the digest of the backtest.
fn recorded(last: u64) -> (Desk, String) {
    let desk = Desk::new();
    let example = std::fs::read_to_string(project().join("examples/btc-ema-cross.toml")).expect("an example");
    let catalog = project().join("datasets/sample");
    let path = desk.write("run.toml", &example.replace("../datasets/sample", &catalog.display().to_string()));
    let summary = desk.say("--json backtest run.toml --out out").json();
    let config = RunFile::load(&path, &[]).expect("a run file");
    let setup = Setup::new(&config).expect("a set-up");
    let mut header = tape_header::backtest_header(&config, &setup).expect("a header");
    header.set("mode", "paper");
    let options = LiveOptions { segment_bytes: 300_000, ..LiveOptions::default() };
    let tape = LiveJournal::create(OsDisk::new(&desk.path("out/tape")), &header, options).expect("a new tape");
    let strategy = strategy_setup::build(&config, &registry()).expect("a strategy");
    let sources = counted_sources(&setup, false, &indicatif::ProgressBar::hidden()).expect("candles");
    let sight = venue_sources(&setup).expect("candles");
    let ended = backtest(&config, &setup, strategy, sources, sight, Killed(tape, last), Detail::Figures);
    assert_eq!(ended.is_ok(), last == u64::MAX);
    (desk, summary["digest"].as_str().expect("a digest").to_string())
}

#[test]
fn a_live_tape_that_was_closed_verifies_and_replays_without_its_dataset() {
    let (desk, digest) = recorded(u64::MAX);
    let verified = desk.say("--json tape verify out").json();
    assert_eq!((verified["closed"].as_bool(), verified["digest"].as_str()), (Some(true), Some(digest.as_str())));
    let text = desk.say("tape verify out");
    assert!(text.code == 0 && !text.out.contains("not closed"), "{}", text.out);
    let replayed = desk.say("--json replay out").json();
    assert_eq!((replayed["digest"].as_str(), replayed["closed"].as_bool()), (Some(digest.as_str()), Some(true)));
    desk.say("replay out --set strategy.fast=19").refuses(3, "step ");
    assert_eq!(desk.say("tape diff out out").code, 0);
    let shown = desk.say("tape show out --from 1 --count 40000").out;
    assert!(shown.contains("segment 2 of session 1 after entry"), "no segment begins there");
    let lines = desk.say("tape export out").out;
    assert!(lines.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()));
}

#[test]
fn a_live_tape_without_an_end_says_where_it_ends_and_is_whole() {
    let (desk, digest) = recorded(9_000);
    let verified = desk.say("--json tape verify out").json();
    assert_eq!((verified["closed"].as_bool(), verified["whole"].as_bool()), (Some(false), Some(true)));
    let entries = verified["entries"].as_u64().expect("a number");
    assert!((1_000..=9_000).contains(&entries), "{entries}");
    let text = desk.say("tape verify out");
    let expected = format!("not closed: it ends with entry {entries} at ");
    assert!(text.code == 0 && text.out.contains(&expected), "{}", text.out);
    let replayed = desk.say("replay out");
    assert!(replayed.code == 0 && replayed.err.contains("the tape was not closed"), "{}", replayed.err);
    let replayed = desk.say("--json replay out").json();
    assert_eq!((replayed["replayed"].as_u64(), replayed["closed"].as_bool()), (Some(entries), Some(false)));
    assert_ne!(replayed["digest"].as_str(), Some(digest.as_str()));
    desk.say("replay out --set strategy.fast=19").refuses(3, "step ");
    assert_eq!(desk.say("tape show out").code, 0);
    assert_eq!(desk.say("tape export out").code, 0);
}

#[test]
fn damage_before_the_watermark_is_an_answer_no() {
    let (desk, _) = recorded(9_000);
    let path = desk.path("out/tape/000001.tape");
    let whole = std::fs::read(&path).expect("a segment");
    for place in [0, 9, 100, whole.len() / 3, whole.len() / 2] {
        let mut edited = whole.clone();
        edited[place] ^= 1;
        std::fs::write(&path, &edited).expect("written");
        for command in ["replay out", "tape verify out"] {
            desk.say(command).refuses(3, "step ");
        }
    }
    std::fs::write(&path, &whole).expect("written");
    let last = *FolderSource::segments(&desk.path("out/tape")).expect("segments").last().expect("one at least");
    let path = desk.path(&format!("out/tape/{last:06}.tape"));
    std::fs::write(&path, &std::fs::read(&path).expect("a segment")[..100]).expect("written");
    desk.say("tape verify out").refuses(3, "the tape was cut");
}

#[test]
fn closed_segments_are_archived_pruned_and_brought_back() {
    let (desk, _) = recorded(u64::MAX);
    let segments = FolderSource::segments(&desk.path("out/tape")).expect("segments").len();
    assert!(segments > 3, "{segments}");
    desk.say("tape prune out --keep-bytes 1 --archive kept").refuses(3, "not in the archive");
    desk.say("tape prune out --keep-bytes 1").refuses(2, "--without-archive");
    desk.say("tape prune out --archive kept").refuses(2, "--keep-days");
    let archived = desk.say("--json tape archive out --archive kept").json();
    assert_eq!(archived.as_array().map(Vec::len), Some(segments), "a closed tape has no open segment");
    let dry = desk.say("--json tape prune out --keep-days 1 --archive kept --dry-run").json();
    assert_eq!((dry["segments"].as_array().map(Vec::len), dry["removed"].as_bool()), (Some(segments - 1), Some(false)));
    let gone = desk.say("--json tape prune out --keep-bytes 700000 --archive kept").json();
    let count = gone["segments"].as_array().expect("segments").len();
    assert!(count > 0 && count < segments - 1, "{gone}");
    let verified = desk.say("tape verify out");
    assert!(verified.code == 0 && verified.out.contains("the segments before were pruned"), "{}", verified.out);
    desk.say("replay out").refuses(2, "tape restore");
    assert_eq!(
        desk.say("--json tape restore out --archive kept").json()["segments"].as_array().map(Vec::len),
        Some(count)
    );
    assert_eq!(desk.say("replay out").code, 0);
    desk.say("--json backtest run.toml --out plain --tape").json();
    desk.say("tape archive plain --archive other").refuses(2, "tape of a backtest");
}
