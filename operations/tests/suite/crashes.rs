//! The power goes: at every change of the disk, at every byte of a group, and again while the tape is opened again.
use crate::scene::{Chance, Step, check_prefix, core, header, length, options, steps, write};
use engine::{Journal, State};
use operations::disk::{Faults, Kept, Pending};
use operations::live::rebuild;
use operations::{Disk, LiveError, LiveJournal, MemoryDisk};

const STEPS: u64 = 24;
const EVERY: u64 = 3;

/// Begins a tape and writes on it until the machine goes off after so many changes; what was acknowledged.
fn play(disk: &MemoryDisk, steps: &[Step], state: &State, off_after: Option<u64>) -> u64 {
    disk.set_faults(Faults { off_after, ..Faults::default() });
    match LiveJournal::create(disk.clone(), &header(), options()) {
        Ok(mut journal) => write(&mut journal, steps, state).0,
        Err(_) => 0,
    }
}

/// Ways for pending changes to reach the disk or not.
fn crash(disk: &MemoryDisk, way: u64) -> MemoryDisk {
    let mut chance = Chance::new(way);
    let mut names = Chance::new(way + 1_000_003);
    disk.crash(
        |_, change| match way {
            0 => Kept::Nothing,
            1 => Kept::All,
            _ => match (chance.below(4), change) {
                (0, _) => Kept::Nothing,
                (1, _) => Kept::All,
                (2, Pending::Write { bytes, .. }) => Kept::First(chance.below(bytes.len() as u64 + 1) as usize),
                _ => Kept::Blocks(chance.next()),
            },
        },
        |_| match way {
            0 => false,
            1 => true,
            _ => names.below(2) == 0,
        },
    )
}

/// Opens a tape after a crash, checks it, goes on with it to the end, and brings a core back from it.
fn go_on(disk: &MemoryDisk, steps: &[Step], state: &State, acknowledged: u64, what: &str) {
    let (mut journal, recovered) =
        LiveJournal::begin(disk.clone(), &header(), options()).unwrap_or_else(|error| panic!("{what}: {error}"));
    check_prefix(&journal, steps, acknowledged, what);
    if let Some(recovered) = &recovered {
        assert_eq!(recovered.number, journal.last(), "{what}");
        for cut in &recovered.cut {
            let kept = disk.bytes(&cut.kept_in).expect("what was cut is kept");
            assert!(cut.bytes > 0 && kept.len() as u64 == cut.bytes, "{what}: {cut:?}");
        }
    }
    let last = journal.last() as usize;
    let (_, error) = write(&mut journal, &steps[last..], state);
    assert!(error.is_none(), "{what}: {error:?}");
    journal.sync().expect("a good disk");
    check_prefix(&journal, steps, steps.len() as u64, what);
    let mut again = core(EVERY);
    let count = rebuild(&journal, &mut again, |_, _, _| ()).unwrap_or_else(|error| panic!("{what}: {error}"));
    assert_eq!(count, steps.len() as u64, "{what}");
}

#[test]
fn a_crash_after_any_change_of_the_disk_loses_nothing_that_was_acknowledged() {
    let (steps, state) = steps(STEPS, EVERY);
    let whole = MemoryDisk::default();
    assert_eq!(play(&whole, &steps, &state, None), STEPS);
    let changes = whole.counts().0;
    let segments = whole.names().expect("names").iter().filter(|name| name.ends_with(".tape")).count();
    assert!(changes > 50 && segments > 2, "{changes} changes, {segments} segments");
    for off_after in 0..=changes {
        let disk = MemoryDisk::default();
        let acknowledged = play(&disk, &steps, &state, Some(off_after));
        for way in 0..length(400, 12) {
            go_on(&crash(&disk, way), &steps, &state, acknowledged, &format!("off after {off_after}, way {way}"));
        }
        go_on(&disk.killed(), &steps, &state, acknowledged, &format!("killed after {off_after}"));
    }
}

#[test]
fn a_group_and_its_watermark_may_be_torn_at_any_byte() {
    let (steps, state) = steps(STEPS, EVERY);
    let whole = MemoryDisk::default();
    play(&whole, &steps, &state, None);
    let (changes, mut torn) = (whole.counts().0, 0);
    for off_after in changes.saturating_sub(12)..=changes {
        let disk = MemoryDisk::default();
        let acknowledged = play(&disk, &steps, &state, Some(off_after));
        let longest = std::cell::Cell::new(0);
        let _ = disk.crash(
            |_, change| {
                if let Pending::Write { bytes, .. } = change {
                    longest.set(longest.get().max(bytes.len()));
                }
                Kept::All
            },
            |_| true,
        );
        // The blocks of a watermark are mostly zeros: their bytes that say something, and the edges of the blocks.
        let places = (0..=longest.get()).filter(|place| *place <= 400 || (4_090..4_400).contains(place));
        for first in places {
            let after = disk.crash(|_, _| Kept::First(first), |_| true);
            go_on(&after, &steps, &state, acknowledged, &format!("off after {off_after}, {first} bytes kept"));
            torn += 1;
        }
    }
    assert!(torn > 2_000, "{torn}");
}

#[test]
fn a_crash_while_a_tape_is_opened_again_loses_nothing_either() {
    let (steps, state) = steps(STEPS, EVERY);
    let whole = MemoryDisk::default();
    play(&whole, &steps, &state, None);
    let changes = whole.counts().0;
    for off_after in (changes / 2..changes).step_by(length(1, 3) as usize) {
        let disk = MemoryDisk::default();
        let acknowledged = play(&disk, &steps, &state, Some(off_after));
        for way in 1..length(40, 5) {
            for off_again in 0.. {
                let first = crash(&disk, way);
                first.set_faults(Faults { off_after: Some(off_again), ..Faults::default() });
                let opened = LiveJournal::begin(first.clone(), &header(), options()).is_ok();
                for second in [0, 1, way + 7, way + 8] {
                    let what = format!("off after {off_after}, way {way}, off again after {off_again}, way {second}");
                    go_on(&crash(&first, second), &steps, &state, acknowledged, &what);
                }
                if opened {
                    break;
                }
            }
        }
    }
}

#[test]
fn what_is_torn_behind_the_watermark_is_cut_kept_and_told() {
    let (steps, state) = steps(8, 4);
    let disk = MemoryDisk::default();
    let mut journal = LiveJournal::create(disk.clone(), &header(), options()).expect("a new tape");
    write(&mut journal, &steps[..4], &state);
    let durable = journal.mark();
    drop(journal);
    let name = "000001.tape";
    let mut bytes = disk.bytes(name).expect("a segment");
    bytes.truncate(durable.in_segment as usize);
    // Two entries whose group never became whole.
    let mut more = engine::tape::GroupWriter::resumed(
        engine::tape::Standing {
            chain: durable.chain,
            digest: engine::tape::Digest::default(),
            number: 4,
            time: engine::Timestamp(0),
        },
        1,
    );
    more.entry(&steps[4].entry, steps[4].entry.time);
    more.entry(&steps[5].entry, steps[5].entry.time);
    let mut torn = Vec::new();
    more.close::<LiveError>(|group| {
        torn.extend_from_slice(&group[..group.len() - 9]);
        Ok(())
    })
    .expect("memory");
    disk.put(name, &[bytes.as_slice(), &torn, &[0; 99]].concat());
    let (journal, recovered) = LiveJournal::open(disk.clone(), options()).expect("a torn tail is no damage");
    let [cut] = &recovered.cut[..] else { panic!("{recovered:?}") };
    assert_eq!((cut.segment, cut.from, cut.entries), (1, durable.in_segment, 2));
    assert_eq!(disk.bytes(&cut.kept_in), Some(torn));
    assert_eq!(disk.bytes(name), Some(bytes));
    assert_eq!((journal.last(), recovered.number, recovered.epoch, recovered.ended), (4, 4, 2, false));
}
