//! Closed segments as Parquet and back, and which of them may go.
use crate::scene::{SECOND, header, options, steps, write};
use engine::tape::{Frame, Kind, RecordSource, TapeReader};
use engine::{Journal, Timestamp};
use operations::archive::{ArchiveError, Keep, Remove, archive, archive_path, prune, rebuild, restore};
use operations::{FolderSource, LiveError, LiveJournal, OsDisk};
use std::fs;
use std::path::Path;

/// A tape of several segments in `folder`, still open.
fn written(folder: &Path) -> LiveJournal<OsDisk> {
    let (steps, state) = steps(40, 3);
    let mut journal = LiveJournal::create(OsDisk::new(folder), &header(), options()).expect("a new tape");
    assert!(write(&mut journal, &steps, &state).1.is_none());
    journal
}

fn words(frame: &Frame) -> String {
    format!("{} of step {}", frame.kind.name(), frame.number)
}

/// How many records a tape reads, and the segment that it begins with.
fn reads(folder: &Path) -> (usize, u32) {
    let source = FolderSource::open(folder).expect("a tape");
    let first = source.live().expect("a live run's").first_segment;
    let mut reader = TapeReader::open_ended(source);
    let mut records = 0;
    while reader.next().expect("whole").is_some() {
        records += 1;
    }
    (records, first)
}

#[test]
fn an_archived_segment_is_rebuilt_byte_for_byte() {
    let (tape, kept) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let mut journal = written(tape.path());
    let last = journal.mark().segment;
    let done = archive(tape.path(), kept.path(), &words).expect("archived");
    assert_eq!(done.iter().map(|one| one.segment).collect::<Vec<_>>(), (1..last).collect::<Vec<_>>());
    for one in &done {
        let bytes = fs::read(tape.path().join(format!("{:06}.tape", one.segment))).expect("a segment");
        assert!(!one.was_there && one.bytes == bytes.len() as u64 && one.records > 3, "{one:?}");
        assert_eq!(rebuild(&one.file).expect("an archive"), bytes, "{one:?}");
    }
    // A second time finds what is there; the end of the run closes the last one.
    let (_, state) = steps(40, 3);
    journal.finish(&state).expect("ended");
    let again = archive(tape.path(), kept.path(), &words).expect("archived");
    let were_there: Vec<bool> = again.iter().map(|one| one.was_there).collect();
    assert_eq!((were_there.len() as u32, were_there.iter().filter(|there| !**there).count()), (last, 1));
}

#[test]
fn an_archive_that_is_damaged_or_anothers_is_found() {
    let (tape, kept) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    drop(written(tape.path()));
    archive(tape.path(), kept.path(), &words).expect("archived");
    fs::copy(archive_path(kept.path(), 2), archive_path(kept.path(), 1)).expect("copied");
    for answer in [
        archive(tape.path(), kept.path(), &words).map(|_| ()),
        prune(tape.path(), Keep { since: None, bytes: Some(1) }, Some(kept.path()), Remove::Really).map(|_| ()),
    ] {
        assert!(matches!(answer, Err(ArchiveError::Archive { .. })), "{answer:?}");
    }
    let path = archive_path(kept.path(), 2);
    let whole = fs::read(&path).expect("an archive");
    for place in (0..whole.len()).step_by(37) {
        let mut rotten = whole.clone();
        rotten[place] ^= 1;
        fs::write(&path, rotten).expect("written");
        // Statistics and padding may change unseen; the bytes of the segment may not.
        let Ok(bytes) = rebuild(&path) else { continue };
        assert_eq!(bytes, fs::read(tape.path().join("000002.tape")).expect("a segment"), "byte {place}");
    }
}

#[test]
fn the_oldest_go_by_bytes_or_by_age_and_the_open_one_and_what_is_not_archived_stay() {
    let (tape, kept) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let journal = written(tape.path());
    let last = journal.mark().segment;
    let whole = reads(tape.path());
    let everything = Keep { since: None, bytes: Some(0) };
    let missing = prune(tape.path(), everything, Some(kept.path()), Remove::Really);
    assert!(matches!(missing, Err(ArchiveError::NotArchived { .. })), "{missing:?}");
    assert_eq!(reads(tape.path()), whole);
    archive(tape.path(), kept.path(), &words).expect("archived");
    let check = |keep: Keep, expected: u32| {
        let named = prune(tape.path(), keep, None, Remove::NameOnly).expect("named");
        assert_eq!(
            named.iter().map(|one| one.segment).collect::<Vec<_>>(),
            (1..=expected).collect::<Vec<_>>(),
            "{keep:?}"
        );
    };
    check(Keep { since: None, bytes: None }, 0);
    check(Keep { since: None, bytes: Some(u64::MAX) }, 0);
    check(everything, last - 1);
    check(Keep { since: Some(Timestamp(i64::MAX)), bytes: None }, last - 1);
    check(Keep { since: Some(Timestamp(0)), bytes: None }, 0);
    // The second segment begins after some step; the first goes once that step is too old.
    let mut records = journal.records();
    let begins = std::iter::from_fn(|| records.next().expect("whole")).find(|frame| frame.kind == Kind::Segment);
    let step = begins.expect("a second segment").number as i64;
    check(Keep { since: Some(Timestamp(step * SECOND)), bytes: None }, 0);
    check(Keep { since: Some(Timestamp(step * SECOND + 1)), bytes: None }, 1);
    assert_eq!(reads(tape.path()), whole);
    let gone = prune(tape.path(), everything, Some(kept.path()), Remove::Really).expect("pruned");
    assert_eq!(gone.len() as u32, last - 1);
    let (records, first) = reads(tape.path());
    assert!(records < whole.0 && first == last, "{records} records from segment {first}");
    drop(journal);
    let opened = LiveJournal::open(OsDisk::new(tape.path()), options()).map(|opened| opened.1);
    assert!(matches!(opened, Err(LiveError::Pruned { .. })), "{opened:?}");
    assert_eq!(restore(tape.path(), kept.path()).expect("restored"), (1..last).rev().collect::<Vec<_>>());
    assert_eq!(reads(tape.path()), whole);
    LiveJournal::open(OsDisk::new(tape.path()), options()).expect("whole again");
}
