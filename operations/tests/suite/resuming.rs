//! Runs that stop, go on and end: one tape, one chain, one digest, as if nothing had been.
use crate::scene::{SECOND, check_prefix, core, entry, header, length, options, steps, write};
use engine::sim::{Merge, Wire};
use engine::tape::{Continued, Kind, RecordSource, Recorded, Verifying};
use engine::{Journal, SharedCandles, Timestamp, run};
use operations::live::rebuild;
use operations::{Disk, LiveError, LiveJournal, LiveOptions, MemoryDisk, OsDisk};
use std::time::{Duration, Instant};

/// Replays what is durable on a tape through a core at rest; how many steps, and the digest.
fn replay<D: Disk>(journal: &LiveJournal<D>, every: u64) -> (u64, [u8; 32], bool) {
    let none = Merge::new(Vec::<(SharedCandles, u8)>::new()).expect("nothing to read");
    let mut world = Recorded::new(Continued::new(journal.records()), none, Wire::default());
    let mut verifying = Verifying::new(Continued::new(journal.records()));
    let steps = run(&mut core(every), &mut world, &mut verifying).expect("a replay repeats every decision");
    (steps, verifying.digest(), verifying.stopped())
}

#[test]
fn a_run_that_stopped_and_went_on_has_the_digest_of_one_that_never_stopped() {
    let (steps, state) = steps(40, 3);
    let mut journal = LiveJournal::create(MemoryDisk::default(), &header(), options()).expect("a new tape");
    write(&mut journal, &steps, &state);
    journal.finish(&state).expect("ended");
    let never = (journal.digest(), replay(&journal, 3));
    assert_eq!(never.1, (40, never.0, false));
    let disk = MemoryDisk::default();
    let mut epoch = 0;
    for (to, stops) in [(7, true), (7, true), (20, false), (29, false), (40, true)] {
        let (mut journal, recovered) = LiveJournal::begin(disk.clone(), &header(), options()).expect("a whole tape");
        epoch += 1;
        assert_eq!((journal.epoch(), journal.header().get("candles")), (epoch, Some("recorded")));
        assert_eq!(recovered.map(|r| (r.epoch, r.ended)), (epoch > 1).then_some((epoch, epoch < 4)), "to step {to}");
        let mut at = core(3);
        let last = rebuild(&journal, &mut at, |_, _, _| ()).expect("the same core") as usize;
        assert_eq!(last as u64, journal.last());
        write(&mut journal, &steps[last..to], &state);
        if stops {
            steps[last..to].iter().for_each(|step| at.step(&step.entry, &mut Vec::new()));
            at.finish();
            journal.finish(at.state()).expect("ended");
            assert_eq!(replay(&journal, 3), (to as u64, journal.digest(), false));
            let more = journal.append(&steps[0].entry);
            assert!(matches!(more, Err(LiveError::Ended)), "{more:?}");
        } else {
            journal.sync().expect("a good disk");
            let (count, _, stopped) = replay(&journal, 3);
            assert_eq!((count, stopped), (to as u64, true));
        }
        if to == 40 {
            assert_eq!((journal.digest(), replay(&journal, 3)), never);
        }
    }
}

#[test]
fn another_core_than_the_one_that_wrote_the_tape_is_refused_at_the_first_step_that_differs() {
    let (steps, state) = steps(40, 3);
    let mut journal = LiveJournal::create(MemoryDisk::default(), &header(), options()).expect("a new tape");
    write(&mut journal, &steps, &state);
    journal.sync().expect("a good disk");
    let mut seen = 0;
    let error = rebuild(&journal, &mut core(4), |entry, _, _| seen = entry.number).expect_err("another core");
    assert_eq!(seen, 2);
    assert!(error.to_string().contains("step 3 differs"), "{error}");
}

#[test]
fn an_entry_stands_on_the_tape_with_the_time_at_which_it_was_seen() {
    let (steps, state) = steps(6, 3);
    let mut journal = LiveJournal::create(MemoryDisk::default(), &header(), options()).expect("a new tape");
    let seen = journal.seen_at();
    write(&mut journal, &steps[..2], &state);
    for step in &steps[2..] {
        seen.set(Timestamp(step.entry.time.0 + 77));
        write(&mut journal, std::slice::from_ref(step), &state);
    }
    let mut reader = journal.records();
    let mut late = Vec::new();
    while let Some(frame) = reader.next().expect("whole") {
        if frame.kind == Kind::Entry {
            late.push(frame.seen_at.0 - frame.time.0);
        }
    }
    assert_eq!(late, [0, 0, 77, 77, 77, 77]);
}

#[test]
fn what_sends_nothing_becomes_durable_by_bytes_by_time_or_with_the_next_that_sends() {
    let (steps, state) = steps(200, 1_000);
    let durable = |options: LiveOptions, count: usize| {
        let mut journal = LiveJournal::create(MemoryDisk::default(), &header(), options).expect("a new tape");
        write(&mut journal, &steps[..count], &state);
        journal.mark().number
    };
    let waits = LiveOptions { unsynced_bytes: u64::MAX, unsynced_ns: i64::MAX, ..options() };
    assert_eq!(durable(waits, 200), 0);
    assert_eq!(durable(LiveOptions { unsynced_ns: 5 * SECOND, ..waits }, 5), 0);
    assert_eq!(durable(LiveOptions { unsynced_ns: 5 * SECOND, ..waits }, 6), 6);
    let by_bytes = |count| durable(LiveOptions { unsynced_bytes: 1_000, ..waits }, count);
    assert_eq!(by_bytes(5), 0);
    assert!((7..15).contains(&by_bytes(15)) && (185..=200).contains(&by_bytes(200)), "{}", by_bytes(15));
    let mut journal = LiveJournal::create(MemoryDisk::default(), &header(), waits).expect("a new tape");
    write(&mut journal, &steps[..5], &state);
    journal.sync_if_due(steps[4].entry.time).expect("a good disk");
    assert_eq!(journal.mark().number, 0);
    journal.sync().expect("a good disk");
    assert_eq!(journal.mark().number, 5);
    check_prefix(&journal, &steps, 5, "synced");
}

#[test]
fn a_new_day_begins_with_a_new_segment() {
    let (steps, state) = steps(6, 3);
    let options = LiveOptions { daily: true, segment_bytes: u64::MAX, ..options() };
    let disk = MemoryDisk::default();
    let mut journal = LiveJournal::create(disk.clone(), &header(), options).expect("a new tape");
    let seen = journal.seen_at();
    for (step, day) in steps.iter().zip([10, 10, 11, 11, 13, 13]) {
        seen.set(Timestamp(day * 86_400 * SECOND + step.entry.time.0));
        write(&mut journal, std::slice::from_ref(step), &state);
    }
    journal.sync().expect("a good disk");
    let names = disk.names().expect("names");
    assert_eq!(names.iter().filter(|name| name.ends_with(".tape")).count(), 3);
    let mut reader = journal.records();
    let mut starts = Vec::new();
    while let Some(frame) = reader.next().expect("whole") {
        if frame.kind == Kind::Segment {
            starts.push(frame.number);
        }
    }
    assert_eq!(starts, [2, 4]);
    check_prefix(&journal, &steps, 6, "by day");
}

#[test]
fn a_long_tape_opens_and_brings_its_core_back_well_within_a_minute() {
    let count = length(1_000_000, 100_000);
    let folder = tempfile::tempdir().expect("a folder");
    let disk = OsDisk::new(folder.path());
    let waits = LiveOptions { unsynced_ns: i64::MAX, ..LiveOptions::default() };
    let mut journal = LiveJournal::create(disk.clone(), &header(), waits).expect("a new tape");
    let (mut sending, mut silent) = (Duration::ZERO, Duration::ZERO);
    let (mut at, mut effects) = (core(100), Vec::new());
    for number in 1..=count {
        let entry = entry(number);
        at.step(&entry, &mut effects);
        let begun = Instant::now();
        journal.append(&entry).expect("a good disk");
        journal.commit(&entry, &effects, at.state()).expect("a good disk");
        *(if effects.is_empty() { &mut silent } else { &mut sending }) += begun.elapsed();
        effects.clear();
    }
    journal.sync().expect("a good disk");
    drop(journal);
    let sends = count / 100;
    let (sending, silent) = (sending / sends as u32, silent / (count - sends) as u32);
    let begun = Instant::now();
    let (journal, _) = LiveJournal::open(disk, waits).expect("a whole tape");
    let opened = begun.elapsed();
    assert_eq!(rebuild(&journal, &mut core(100), |_, _, _| ()).expect("the same core"), count);
    let back = begun.elapsed();
    assert!(back.as_secs() < 60, "{back:?}");
    eprintln!("figure: a tape of {count} events opened in {opened:.1?}, its core back after {back:.1?}");
    eprintln!("figure: a step that sends nothing took {silent:.1?}, one that sends {sending:.1?}");
}
