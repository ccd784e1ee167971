//! Records that were forged, edited, moved, dropped or used twice are refused with their number.
use super::*;
use proptest::prelude::*;
use std::sync::OnceLock;

/// A registry with a dozen records of all kinds, made once: its folder is copied for each case.
fn long() -> &'static Stand {
    static STAND: OnceLock<Stand> = OnceLock::new();
    STAND.get_or_init(|| {
        let mut stand = Stand::new();
        let first = stand.live("fast=20");
        let second = stand.live("fast=24");
        stand.registry.relieve(&Relief::Pause { of: second.clone() }, &said("drift"), &stand.watch).unwrap();
        stand.grant(&Wish::Resume { of: second });
        stand.grant(&Wish::Rollback { of: first, to: Gate::Live });
        let text = approvers(&[(&stand.ann, ALL)], &stand.watch);
        stand.grant(&Wish::Approvers { text });
        // The last one is signed by nobody.
        stand.register("fast=30");
        stand
    })
}

/// The records of [`long`] with something done to their lines, opened in a folder of their own.
fn opened(lines: &[Vec<u8>]) -> Result<Registry, RegistryError> {
    let (stand, root) = (long(), tempfile::tempdir().unwrap());
    for name in ["approvers", "head.json"] {
        let from = stand.folder().join(name);
        if from.is_dir() {
            fs::create_dir(root.path().join(name)).unwrap();
            for entry in fs::read_dir(from).unwrap() {
                let entry = entry.unwrap();
                fs::copy(entry.path(), root.path().join(name).join(entry.file_name())).unwrap();
            }
        } else {
            fs::copy(from, root.path().join(name)).unwrap();
        }
    }
    fs::write(root.path().join("records.jsonl"), lines.concat()).unwrap();
    Registry::open(root.path())
}

#[track_caller]
fn check(lines: &[Vec<u8>], expected: &str) {
    refused(opened(lines), expected);
}

#[test]
fn what_nobody_touched_is_believed() {
    let registry = opened(&long().lines()).unwrap();
    assert_eq!((registry.records().count(), registry.torn()), (14, None));
}

/// A part of the cases runs in the tests, many where `ONETAPE_PROVE` is set.
fn cases() -> u32 {
    if std::env::var_os("ONETAPE_PROVE").is_some() { 4096 } else { 48 }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_byte_that_was_changed_is_found(at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let mut bytes = long().lines().concat();
        let at = at.index(bytes.len());
        prop_assume!(bytes[at] != to);
        bytes[at] = to;
        prop_assert!(opened(&[bytes]).is_err(), "byte {} as {}", at, to);
    }

    #[test]
    fn a_byte_that_was_taken_out_or_put_in_is_found(at in any::<prop::sample::Index>(), put in any::<Option<u8>>()) {
        let mut bytes = long().lines().concat();
        let at = at.index(bytes.len());
        match put {
            Some(byte) => bytes.insert(at, byte),
            None => drop(bytes.remove(at)),
        }
        prop_assert!(opened(&[bytes]).is_err(), "byte {} {:?}", at, put);
    }

    #[test]
    fn lines_that_were_swapped_are_found(a in any::<prop::sample::Index>(), b in any::<prop::sample::Index>()) {
        let mut lines = long().lines();
        let (a, b) = (a.index(lines.len()), b.index(lines.len()));
        prop_assume!(a != b);
        lines.swap(a, b);
        prop_assert!(opened(&lines).is_err(), "{} and {}", a, b);
    }

    #[test]
    fn a_line_that_stands_again_is_found(from in any::<prop::sample::Index>(), to in any::<prop::sample::Index>()) {
        let mut lines = long().lines();
        let line = lines[from.index(lines.len())].clone();
        let to = to.index(lines.len());
        lines.insert(to, line);
        prop_assert!(opened(&lines).is_err(), "again before {}", to);
    }

    #[test]
    fn lines_that_were_taken_out_are_found(from in any::<prop::sample::Index>(), count in 1_usize..4) {
        let mut lines = long().lines();
        let from = from.index(lines.len());
        lines.drain(from..lines.len().min(from + count));
        prop_assert!(opened(&lines).is_err(), "{} from {}", count, from);
    }
}

#[test]
fn what_is_wrong_is_said_with_the_number_of_the_record() {
    let lines = long().lines();
    let with = |change: &dyn Fn(&mut Vec<Vec<u8>>)| {
        let mut lines = lines.clone();
        change(&mut lines);
        lines
    };
    let edited = |number: usize, from: &str, to: &str| {
        let mut lines = lines.clone();
        let text = String::from_utf8(lines[number - 1].clone()).unwrap();
        assert!(text.contains(from), "{text}");
        lines[number - 1] = text.replacen(from, to, 1).into_bytes();
        lines
    };
    check(
        &with(&|lines| drop(lines.remove(4))),
        "records.jsonl:5: record 5 calls itself number 6: records were dropped",
    );
    check(&with(&|lines| lines.swap(4, 5)), "record 5 calls itself number 6");
    check(
        &edited(3, "\"it earned it\"", "\"it paid me\""),
        "record 3 has a signature of `ann` that is not of this record",
    );
    // Signed by nobody, so that only the one after it tells.
    check(&edited(2, "\"trained\"", "\"dreamt\""), "record 3 does not follow on the record before it");
    check(&edited(3, "\"body\"", "\"soul\""), "record 3 is no record: missing field `body`");
    check(&edited(3, "{\"body\"", "{ \"body\""), "record 3 is not as it was written: somebody edited it");
    check(&edited(3, "\"schema\":1", "\"schema\":2"), "record 3 has schema 2, this build reads 1");
    check(&edited(1, "\"registry\":\"07", "\"registry\":\"08"), "record 1 has a signature of `ann`");
    check(&with(&|lines| drop(lines.pop())), "record 14 is cut off: head.json says that 14 were acknowledged");
    check(&[Vec::new()], "record 1 is cut off");
    let advice = "restore the folder from a backup, nothing is promoted or goes live until then";
    for dreamt in ["\"dreamt\"", "\"dreamed\""] {
        check(
            &edited(14, "\"trained\"", dreamt),
            "record 14 is not the one that was acknowledged, which head.json names",
        );
    }
    check(&with(&|lines| lines.swap(0, 1)), advice);
}

#[test]
fn a_record_that_was_put_behind_the_last_one_is_refused_and_not_taken_for_torn() {
    let lines = long().lines();
    for again in 0..lines.len() {
        let more = [lines.clone(), vec![lines[again].clone()]].concat();
        check(&more, &format!("record 15 calls itself number {}", again + 1));
    }
}

#[test]
fn what_a_records_file_says_is_told_without_moving_the_cursor() {
    let mut lines = long().lines();
    let text = String::from_utf8(lines[2].clone()).unwrap();
    lines[2] = text.replace("\"by\":\"ann\"", "\"by\":\"\\u001b[2J\"").into_bytes();
    check(&lines, "record 3 is signed by `\u{fffd}[2J`, whom approvers.toml does not name");
}

/// Appends a made-up record behind what was acknowledged, as somebody could who may write the folder but has no key.
fn forged(change: impl Fn(&mut Record), signers: &[&Key], expected: &str) {
    let stand = Stand::new();
    let folder = stand.folder();
    let mut chain = Chain::read(&folder).unwrap().unwrap();
    let (mut record, previous) = (chain.records[0].clone(), chain.digests[0].clone());
    (record.body.number, record.body.previous) = (2, previous);
    record.body.act = Act::Approvers { approvers: chain.approvers.digest.clone() };
    record.body.approvals = 2;
    change(&mut record);
    record.signatures = signers.iter().map(|key| key.sign(&record.body)).collect();
    refused(chain.append(&folder, record.clone()), expected);
    // Put there by hand it is no part of the chain, nor can a head that counts it make it one.
    let bytes = [stand.lines().concat(), record.line(), b"\n".to_vec()].concat();
    fs::write(folder.join("records.jsonl"), &bytes).unwrap();
    let head = serde_json::json!({ "number": 2, "digest": record.digest(), "length": bytes.len() });
    let (number, digest, length) = (&head["number"], &head["digest"], &head["length"]);
    let text = format!("{{\"number\":{number},\"digest\":{digest},\"length\":{length}}}\n");
    fs::write(folder.join("head.json"), text).unwrap();
    refused(Registry::open(&folder), &format!("record 2 {expected}"));
}

#[test]
fn a_forged_record_is_refused_by_its_signatures() {
    let (ann, bob, cid, eve) = (key("ann", 1), key("bob", 2), key("cid", 3), key("eve", 9));
    let nothing = |_: &mut Record| {};
    forged(nothing, &[], "has 0 of the 2 signatures that it needs");
    forged(nothing, &[&ann], "has 1 of the 2 signatures that it needs");
    forged(nothing, &[&ann, &ann], "is signed twice by `ann`");
    forged(nothing, &[&ann, &eve], "is signed by `eve`, whom approvers.toml does not name");
    forged(nothing, &[&ann, &key("bob", 9)], "has a signature of `bob` that is not of this record and their key");
    forged(nothing, &[&ann, &cid], "is signed by somebody who may not: `cid` may not");
    forged(|record| record.body.approvals = 1, &[&ann], "asks for 1 signatures, a approvers needs 2");
    forged(|record| record.body.registry = "09".repeat(16), &[&ann, &bob], "is of the registry 0909");
    forged(|record| record.body.number = 3, &[&ann, &bob], "calls itself number 3");
    forged(|record| record.body.previous = "00".repeat(32), &[&ann, &bob], "does not follow on the record before it");
    forged(|record| record.body.reason.clear(), &[&ann, &bob], "needs a reason");
    let act = Act::Approvers { approvers: "00".repeat(32) };
    forged(|record| record.body.act = act.clone(), &[&ann, &bob], "names an approvers.toml that is missing");
    let act = Act::Found { approvers: "00".repeat(32) };
    forged(|record| record.body.act = act.clone(), &[&ann, &bob], "is a founding, or should be");
}

#[test]
fn a_record_that_may_not_follow_is_refused_however_well_it_is_signed() {
    let (ann, bob) = (key("ann", 1), key("bob", 2));
    let of = Subject { line: LINE.into(), version: "ab".repeat(32) };
    let act = |act: Act| move |record: &mut Record| record.body.act = act.clone();
    let nowhere = format!("there is no line `{LINE}`; register a version");
    forged(act(Act::Pause { of: of.clone(), at: Stage::Live }), &[&ann, &ann], "is signed twice");
    forged(act(Act::Resume { of: of.clone(), at: Stage::Live }), &[&ann, &bob], &nowhere);
    let promote = Act::Promote {
        of: of.clone(),
        from: Stage::Canary,
        to: Stage::Live,
        displaces: None,
        evidence: vec!["00".repeat(32), "11".repeat(32)],
        table: "22".repeat(32),
        terms: None,
    };
    forged(act(promote), &[&ann, &bob], &nowhere);
    let bad = Subject { line: "a\u{1b}[2J".into(), version: of.version };
    forged(act(Act::Resume { of: bad, at: Stage::Live }), &[&ann, &bob], "the name of a line is 1 to 200 characters");
}

#[test]
fn approvers_that_were_changed_on_the_disk_are_refused() {
    let mut stand = Stand::new();
    stand.register("fast=20");
    let path = stand.folder().join("approvers").join(format!("{}.toml", stand.registry.approvers().digest));
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace(&stand.bob.public(), &key("eve", 9).public())).unwrap();
    refused(Registry::open(&stand.folder()), "record 1 names");
    fs::remove_file(&path).unwrap();
    refused(Registry::open(&stand.folder()), "record 1 names an approvers.toml that is missing");
}

#[test]
fn a_head_that_is_missing_or_was_changed_is_refused() {
    let mut stand = Stand::new();
    stand.register("fast=20");
    let path = stand.folder().join("head.json");
    let kept = fs::read_to_string(&path).unwrap();
    let check = |text: &str, expected: &str| {
        fs::write(&path, text).unwrap();
        refused(Registry::open(&stand.folder()), expected);
    };
    check(&kept.replace("\"number\":2", "\"number\":1"), "record 1 is not the one that was acknowledged");
    check(&kept.replace("\"length\":", "\"length\":1"), "record 2 is not the one that was acknowledged");
    check(&kept.replace("\"number\":2", "\"number\":3"), "record 3 is cut off");
    check(&kept.replace("\"length\":", "\"length\": "), "head.json: was edited");
    check(&kept.replace("\"digest\":\"", "\"digest\":\"0"), "record 2 is not the one that was acknowledged");
    check("", "head.json: was edited");
    fs::remove_file(&path).unwrap();
    refused(Registry::open(&stand.folder()), "head.json: is missing, and says how much of records.jsonl");
}
