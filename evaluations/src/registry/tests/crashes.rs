//! A crash at any byte of an append loses nothing that was acknowledged, and the next append goes on.
use super::*;

/// A stand before an append, the records' bytes before and after it, and the head after it.
fn interrupted() -> (Stand, Vec<u8>, Vec<u8>, Vec<u8>) {
    let mut stand = Stand::new();
    let of = stand.register("fast=20");
    let head = stand.folder().join("head.json");
    let (before, head_before) = (stand.lines().concat(), fs::read(&head).unwrap());
    stand.promote(&of, Gate::Paper);
    let (after, head_after) = (stand.lines().concat(), fs::read(&head).unwrap());
    fs::write(&head, head_before).unwrap();
    (stand, before, after, head_after)
}

#[test]
fn a_crash_at_each_byte_of_an_append_keeps_every_acknowledged_record() {
    let (mut stand, before, after, _) = interrupted();
    let (folder, head) = (stand.folder(), stand.folder().join("head.json"));
    let head_before = fs::read(&head).unwrap();
    for end in before.len()..=after.len() {
        fs::write(folder.join("records.jsonl"), &after[..end]).unwrap();
        fs::write(&head, &head_before).unwrap();
        stand.reopen();
        let whole = end == after.len();
        assert_eq!(stand.registry.records().count(), if whole { 3 } else { 2 }, "byte {end}");
        match stand.registry.torn() {
            None => assert!(whole || end == before.len()),
            Some(torn) => {
                assert_eq!((torn.number, torn.bytes), (3, (end - before.len()) as u64));
                assert_eq!(fs::read(&torn.path).unwrap(), after[before.len()..end]);
            }
        }
        // What opening left behind needs no second look.
        assert_eq!(fs::read(folder.join("records.jsonl")).unwrap(), if whole { &after } else { &before }[..]);
        stand.reopen();
        assert_eq!(stand.registry.torn(), None);
    }
}

#[test]
fn after_a_torn_append_the_next_one_goes_on() {
    let (mut stand, before, after, _) = interrupted();
    fs::write(stand.folder().join("records.jsonl"), &after[..after.len() - 1]).unwrap();
    // Also through a registry that was open all the while.
    let second = stand.register("fast=24");
    assert_eq!(stand.registry.torn().map(|torn| torn.number), Some(3));
    assert!(stand.lines().concat().starts_with(&before));
    stand.promote(&second, Gate::Paper);
    stand.reopen();
    assert_eq!(stand.registry.records().count(), 4);
}

#[test]
fn what_only_looks_like_a_record_behind_the_head_is_set_aside() {
    let (mut stand, before, after, _) = interrupted();
    let zeros = vec![0; after.len() - before.len()];
    let mut halves = after.clone();
    halves[before.len() + 100..].fill(0);
    halves.push(b'\n');
    for bytes in [[before.clone(), zeros].concat(), halves, [before.clone(), b"\n\n".to_vec()].concat()] {
        fs::write(stand.folder().join("records.jsonl"), &bytes).unwrap();
        stand.reopen();
        assert_eq!(stand.registry.records().count(), 2);
        let torn = stand.registry.torn().unwrap();
        assert_eq!(torn.bytes, (bytes.len() - before.len()) as u64);
        assert_eq!(stand.lines().concat(), before);
    }
}

#[test]
fn a_head_that_was_half_written_aside_does_not_count() {
    let (mut stand, _, after, head_after) = interrupted();
    for end in 0..=head_after.len() {
        fs::write(stand.folder().join(".head.json.new"), &head_after[..end]).unwrap();
        stand.reopen();
        assert_eq!(stand.registry.records().count(), 3);
    }
    assert_eq!(stand.lines().concat(), after);
    assert_eq!(fs::read(stand.folder().join("head.json")).unwrap(), head_after);
}

#[test]
fn a_founding_that_was_interrupted_is_none_and_can_be_done_again() {
    let stand = Stand::new();
    let (record, head) = (stand.lines().concat(), stand.folder().join("head.json"));
    for end in [0, 1, record.len() - 1, record.len()] {
        fs::write(stand.folder().join("records.jsonl"), &record[..end]).unwrap();
        let _ = fs::remove_file(&head);
        refused(Registry::open(&stand.folder()), "there is no promotion registry in");
        let founding = Founding { id: [9; 16], approvers: approvers(&[(&stand.ann, ALL)], &stand.watch) };
        let again = Registry::found(&stand.folder(), &founding, &said("again"), &stand.ann).unwrap();
        assert_eq!(again.records().count(), 1);
    }
}

#[test]
fn two_who_write_at_once_both_get_through() {
    let stand = Stand::new();
    let folder = stand.folder();
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let folder = &folder;
            scope.spawn(move || {
                let mut registry = Registry::open(folder).unwrap();
                for index in 0..5 {
                    let material = Stand::material(&format!("writer={writer} index={index}"));
                    registry.register(&material, &said("at once")).unwrap();
                }
            });
        }
    });
    assert_eq!(Registry::open(&folder).unwrap().records().count(), 21);
}
