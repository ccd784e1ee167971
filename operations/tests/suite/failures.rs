//! A disk that refuses: a failed sync, a failed write, no room, and somebody else who writes.
use crate::scene::{check_prefix, header, options, steps, write};
use engine::Journal;
use operations::disk::{Faults, Kept};
use operations::live::{DiskState, RoomPolicy};
use operations::{Disk, LiveError, LiveJournal, LiveOptions, MemoryDisk};

#[test]
fn the_first_failed_sync_halts_and_nothing_is_tried_again() {
    let (steps, state) = steps(24, 3);
    let whole = MemoryDisk::default();
    let mut journal = LiveJournal::create(whole.clone(), &header(), options()).expect("a new tape");
    let before = whole.counts();
    write(&mut journal, &steps, &state);
    let after = whole.counts();
    for (syncs, writes) in
        (before.1 + 1..=after.1).map(|n| (Some(n), None)).chain((before.2 + 1..=after.2).map(|n| (None, Some(n))))
    {
        let what = format!("sync {syncs:?}, write {writes:?}");
        let disk = MemoryDisk::default();
        disk.set_faults(Faults { sync_fails: syncs, write_fails: writes, ..Faults::default() });
        let mut journal = LiveJournal::create(disk.clone(), &header(), options()).expect("a new tape");
        let (acknowledged, error) = write(&mut journal, &steps, &state);
        let error = error.unwrap_or_else(|| panic!("{what}: nothing was said"));
        assert!(matches!(error, LiveError::Disk { .. }), "{what}: {error}");
        assert!(acknowledged < 24, "{what}");
        assert_eq!(journal.disk_state(), DiskState::Halted, "{what}");
        let (changes, ..) = disk.counts();
        let last = journal.last();
        let next = &steps[last as usize - 1];
        for tried in [
            journal.append(&next.entry),
            journal.commit(&next.entry, &next.effects, &state),
            journal.commit(&next.entry, &[], &state),
            journal.sync(),
            journal.finish(&state),
        ] {
            let text = tried.expect_err("halted").to_string();
            assert!(text.contains("halted") && text.contains("input/output error"), "{what}: {text}");
        }
        assert_eq!(disk.counts().0, changes, "{what}: the disk was touched after it had failed");
        drop(journal);
        // The process starts again without a reboot: what a failed sync left in memory looks written, and is not.
        let restarted = disk.killed();
        let (journal, _) = LiveJournal::open(restarted.clone(), options()).unwrap_or_else(|e| panic!("{what}: {e}"));
        check_prefix(&journal, &steps, acknowledged, &what);
        let claimed = journal.last();
        drop(journal);
        let (journal, _) = LiveJournal::open(restarted.crash(|_, _| Kept::Nothing, |_| false), options())
            .unwrap_or_else(|e| panic!("{what}: {e}"));
        check_prefix(&journal, &steps, claimed, &what);
    }
}

#[test]
fn a_full_disk_gives_up_its_reserve_and_writes_on_until_that_is_used_too() {
    let (steps, state) = steps(20_000, 1);
    let room = 13 << 20;
    let disk = MemoryDisk::default();
    disk.set_faults(Faults { room: Some(room), ..Faults::default() });
    let policy = RoomPolicy { free_pct: 5, free_bytes: 1 << 30, reserve_bytes: 1 << 20 };
    let options = LiveOptions { segment_bytes: 256 << 10, room: policy, ..LiveOptions::default() };
    let mut journal = LiveJournal::create(disk.clone(), &header(), options).expect("a new tape");
    assert_eq!(journal.disk_state(), DiskState::Ample);
    // Somebody else fills the disk.
    disk.put("foreign", &vec![1; (room - (3 << 20)) as usize]);
    let mut low_at = 0;
    for (at, step) in (1..).zip(&steps) {
        let written = journal.append(&step.entry).and_then(|()| journal.commit(&step.entry, &step.effects, &state));
        if low_at == 0 && journal.disk_state() != DiskState::Ample {
            low_at = at;
        }
        if let Err(error) = written {
            assert!(error.to_string().contains("take room for"), "{error}");
            assert!(low_at > 0 && at > low_at + 2_000, "low at step {low_at}, halted at step {at}");
            assert_eq!(journal.disk_state(), DiskState::Halted);
            drop(journal);
            let full = disk.killed();
            full.put("foreign", &[]);
            let (journal, _) = LiveJournal::open(full, options).expect("with room it goes on");
            return check_prefix(&journal, &steps, at - 1, "after a full disk");
        }
    }
    panic!("the disk never was full; low at step {low_at}");
}

#[test]
fn room_that_comes_back_is_a_reserve_first() {
    let disk = MemoryDisk::default();
    disk.set_faults(Faults { room: Some(6 << 20), ..Faults::default() });
    let policy = RoomPolicy { free_pct: 10, free_bytes: 1 << 30, reserve_bytes: 1 << 20 };
    let options = LiveOptions { room: policy, ..LiveOptions::default() };
    disk.put("foreign", &vec![1; 11 << 19]);
    let mut journal = LiveJournal::create(disk.clone(), &header(), options).expect("a header fits");
    let low = journal.disk_state();
    assert!(matches!(low, DiskState::Low { free, wanted } if free < 1 << 20 && wanted > 600_000), "{low:?}");
    disk.put("foreign", &[]);
    assert_eq!(journal.disk_state(), DiskState::Ample);
    assert_eq!(disk.bytes("reserve").map(|bytes| bytes.len()), Some(1 << 20));
}

#[test]
fn a_second_session_is_refused_while_the_first_lives() {
    let disk = MemoryDisk::default();
    let journal = LiveJournal::create(disk.clone(), &header(), options()).expect("a new tape");
    for refused in [
        LiveJournal::open(disk.clone(), options()).map(|_| ()),
        LiveJournal::create(disk.clone(), &header(), options()).map(|_| ()),
        LiveJournal::begin(disk.clone(), &header(), options()).map(|_| ()),
    ] {
        assert!(matches!(refused, Err(LiveError::InUse { .. })), "{refused:?}");
    }
    drop(journal);
    let (journal, recovered) = LiveJournal::open(disk.clone(), options()).expect("free again");
    assert_eq!((journal.epoch(), recovered.epoch, recovered.cut.len()), (2, 2, 0));
    drop(journal);
    let exists = LiveJournal::create(disk, &header(), options()).map(|_| ());
    assert!(matches!(exists, Err(LiveError::Exists { .. })), "{exists:?}");
}

#[test]
fn a_session_whose_watermark_somebody_else_wrote_stops_before_it_acknowledges() {
    let (steps, state) = steps(9, 3);
    let disk = MemoryDisk::default();
    let mut journal = LiveJournal::create(disk.clone(), &header(), options()).expect("a new tape");
    assert_eq!(write(&mut journal, &steps[..3], &state).0, 3);
    // The lock was taken away by force, and another session went on with the tape.
    let stolen = disk.killed();
    drop(LiveJournal::open(stolen.clone(), options()).expect("opened"));
    disk.put("watermark", &stolen.bytes("watermark").expect("a watermark"));
    let (acknowledged, error) = write(&mut journal, &steps[3..], &state);
    assert!(acknowledged == 0 && matches!(error, Some(LiveError::TakenOver { epoch: 1, .. })), "{error:?}");
    assert_eq!(journal.disk_state(), DiskState::Halted);
}

#[test]
fn a_tape_that_was_found_damaged_stays_closed_until_somebody_says_that_it_is_whole() {
    let (steps, state) = steps(9, 3);
    let disk = MemoryDisk::default();
    let mut journal = LiveJournal::create(disk.clone(), &header(), options()).expect("a new tape");
    write(&mut journal, &steps, &state);
    drop(journal);
    let whole = disk.bytes("000001.tape").expect("a segment");
    let mut rotten = whole.clone();
    rotten[whole.len() / 2] ^= 4;
    disk.put("000001.tape", &rotten);
    let names = disk.names().expect("names");
    let error = LiveJournal::open(disk.clone(), options()).map(|_| ()).expect_err("damaged");
    assert!(matches!(error, LiveError::Damaged { .. }) && error.to_string().contains("nothing was cut"), "{error}");
    assert_eq!(disk.bytes("000001.tape"), Some(rotten));
    assert_eq!(disk.names().expect("names").len(), names.len() + 1, "a note is left, and nothing else");
    disk.put("000001.tape", &whole);
    let error = LiveJournal::open(disk.clone(), options()).map(|_| ()).expect_err("set aside");
    assert!(matches!(error, LiveError::Quarantined { .. }) && error.to_string().contains("damaged at step"), "{error}");
    disk.remove("damaged").expect("removed");
    let (journal, _) = LiveJournal::open(disk, options()).expect("whole again");
    check_prefix(&journal, &steps, 9, "repaired");
}
