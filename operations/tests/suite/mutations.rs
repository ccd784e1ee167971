//! Damage of every kind to the files of a tape: what was durable is never lost unsaid, and nothing panics.
use crate::scene::{Chance, check_prefix, header, length, options, steps, write};
use operations::{Disk, LiveError, LiveJournal, LiveOptions, MemoryDisk};
use std::collections::BTreeMap;

/// The files of a disk.
fn files(disk: &MemoryDisk) -> BTreeMap<String, Vec<u8>> {
    disk.names().expect("names").into_iter().map(|name| (name.clone(), disk.bytes(&name).expect("a file"))).collect()
}

/// A file as it was earlier, put back: a write that the disk lost. One block of it, or all.
fn lose(now: &mut Vec<u8>, before: &[u8], chance: &mut Chance) {
    if chance.below(2) == 0 {
        *now = before.to_vec();
    } else {
        let block = (chance.below(now.len() as u64 / 512 + 1) * 512) as usize;
        for place in block..(block + 512).min(now.len()) {
            now[place] = before.get(place).copied().unwrap_or(0);
        }
    }
}

/// One fault of a disk in one file.
fn damage(bytes: &mut Vec<u8>, before: &[u8], chance: &mut Chance) -> &'static str {
    let length = bytes.len() as u64;
    let place = |chance: &mut Chance| chance.below(length.max(1)) as usize;
    if bytes.is_empty() {
        return "nothing";
    }
    match chance.below(8) {
        0 | 1 => {
            bytes[place(chance)] ^= 1 << chance.below(8);
            "a flipped bit"
        }
        2 => {
            bytes.truncate(place(chance));
            "a cut"
        }
        3 => {
            let from = place(chance);
            bytes[from..].iter_mut().take(1 + chance.below(512) as usize).for_each(|byte| *byte = 0);
            "zeros"
        }
        4 => {
            let from = place(chance);
            bytes[from..].iter_mut().take(1 + chance.below(64) as usize).for_each(|byte| *byte = chance.next() as u8);
            "garbage"
        }
        5 => {
            let (from, to, count) = (place(chance), place(chance), 1 + chance.below(512) as usize);
            let moved: Vec<u8> = bytes[from..].iter().take(count).copied().collect();
            bytes[to..].iter_mut().zip(moved).for_each(|(byte, other)| *byte = other);
            "a misdirected write"
        }
        6 => {
            lose(bytes, before, chance);
            "a lost write"
        }
        _ => {
            let extra = 1 + chance.below(300);
            bytes.extend((0..extra).map(|_| chance.next() as u8));
            "bytes behind"
        }
    }
}

#[test]
fn no_damage_of_a_file_is_cut_in_silence_or_makes_anything_panic() {
    let (steps, state) = steps(30, 3);
    let disk = MemoryDisk::default();
    let mut journal = LiveJournal::create(disk.clone(), &header(), options()).expect("a new tape");
    write(&mut journal, &steps[..20], &state);
    let before = files(&disk);
    // The last steps send nothing more, so that something stands behind the watermark.
    let (acknowledged, _) = write(&mut journal, &steps[20..], &state);
    let mark = journal.mark();
    assert!(acknowledged == 30 && mark.number == 30 && mark.segment > 2);
    drop(journal);
    let whole = files(&disk);
    let names: Vec<&String> = whole.keys().filter(|name| name.as_str() != "reserve").collect();
    let (mut refused, mut opened, mut cut) = (0_u64, 0_u64, 0_u64);
    let count = length(100_000, 3_000);
    for seed in 0..count {
        let mut chance = Chance::new(seed);
        let name = names[chance.below(names.len() as u64) as usize];
        let damaged = MemoryDisk::default();
        whole.iter().for_each(|(name, bytes)| damaged.put(name, bytes));
        let mut bytes = whole[name].clone();
        let kind = damage(&mut bytes, before.get(name).map_or(&[], Vec::as_slice), &mut chance);
        damaged.put(name, &bytes);
        let what = format!("seed {seed}: {kind} in {name}");
        match LiveJournal::open(damaged.clone(), options()) {
            Ok((journal, recovered)) => {
                // Everything stood before the watermark, so everything has to be there.
                check_prefix(&journal, &steps, 30, &what);
                opened += 1;
                cut += u64::from(!recovered.cut.is_empty());
                for cut in recovered.cut {
                    assert!(cut.segment == mark.segment && cut.from >= mark.in_segment, "{what}: {cut:?}");
                    assert!(damaged.bytes(&cut.kept_in).is_some_and(|kept| kept.len() as u64 == cut.bytes), "{what}");
                }
            }
            Err(LiveError::Damaged { .. } | LiveError::Mark { .. }) => {
                refused += 1;
                assert_eq!(damaged.bytes(name), Some(bytes), "{what}: a damaged file was touched");
            }
            Err(other) => panic!("{what}: {other}"),
        }
    }
    assert!(refused > count / 4 && opened > count / 20 && cut > 0, "{refused} refused, {opened} opened, {cut} cut");
    eprintln!(
        "figure: {count} faults in the files of a tape: {refused} refused, {opened} harmless, {cut} of them cut behind the watermark and told, none in silence"
    );
}

#[test]
fn a_missing_file_is_said() {
    let (steps, state) = steps(30, 3);
    let disk = MemoryDisk::default();
    let mut journal = LiveJournal::create(disk.clone(), &header(), options()).expect("a new tape");
    write(&mut journal, &steps, &state);
    drop(journal);
    let whole = files(&disk);
    for gone in whole.keys() {
        let damaged = MemoryDisk::default();
        whole.iter().filter(|(name, _)| *name != gone).for_each(|(name, bytes)| damaged.put(name, bytes));
        let opened = LiveJournal::open(damaged, options());
        match gone.as_str() {
            "reserve" => assert!(opened.is_ok()),
            "watermark" => assert!(matches!(opened, Err(LiveError::NoTape { .. }))),
            "000001.tape" => assert!(matches!(opened, Err(LiveError::Pruned { first: 2, .. }))),
            _ => assert!(matches!(opened, Err(LiveError::Damaged { .. })), "{gone}: {:?}", opened.map(|o| o.1)),
        }
    }
}

#[test]
fn an_older_watermark_than_the_tape_is_found_where_a_segment_says_so() {
    let (steps, state) = steps(30, 3);
    let disk = MemoryDisk::default();
    let mut journal = LiveJournal::create(disk.clone(), &header(), options()).expect("a new tape");
    write(&mut journal, &steps[..9], &state);
    let old = disk.bytes("watermark").expect("a watermark");
    write(&mut journal, &steps[9..], &state);
    drop(journal);
    disk.put("watermark", &old);
    let error = LiveJournal::open(disk, options()).map(|opened| opened.1).expect_err("more is there than it knows");
    assert!(error.to_string().contains("older than the tape"), "{error}");
}

#[test]
fn two_faults_that_together_look_like_a_torn_tail_are_damage() {
    let (steps, state) = steps(30, 3);
    let (disk, options) = (MemoryDisk::default(), LiveOptions { segment_bytes: 100_000, ..options() });
    let mut journal = LiveJournal::create(disk.clone(), &header(), options).expect("a new tape");
    write(&mut journal, &steps[..27], &state);
    let before = journal.mark();
    assert_eq!(write(&mut journal, &steps[27..], &state).0, 30);
    let mark = journal.mark();
    assert_eq!((mark.segment, mark.sequence), (before.segment, before.sequence + 1), "one group more");
    drop(journal);
    // Step 30 was acknowledged. Its group rots, and so do both copies of the watermark that covers it.
    let slot = (mark.sequence % 2) as usize * 8_192;
    let segment = format!("{:06}.tape", mark.segment);
    let (mut marks, mut bytes) = (disk.bytes("watermark").expect("a file"), disk.bytes(&segment).expect("a file"));
    let whole = bytes.clone();
    bytes[before.in_segment as usize + 30] ^= 1;
    disk.put(&segment, &bytes);
    let error = LiveJournal::open(disk.killed(), options).map(|opened| opened.1).expect_err("behind no watermark");
    assert!(matches!(error, LiveError::Damaged { step: 28, .. }), "{error}");
    for copy in [slot, slot + 4_096] {
        marks[copy + 20] ^= 1;
    }
    disk.put("watermark", &marks);
    let error = LiveJournal::open(disk.killed(), options).map(|opened| opened.1).expect_err("not a torn tail");
    assert!(error.to_string().contains("both copies of a watermark are broken"), "{error}");
    disk.put(&segment, &whole);
    let (journal, recovered) = LiveJournal::open(disk.killed(), options).expect("the group is whole");
    check_prefix(&journal, &steps, 30, "repaired");
    assert_eq!((recovered.number, recovered.taken_in, recovered.broken_marks), (30, 3, 2));
}
