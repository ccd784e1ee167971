//! Who may sign what, and that an approval is good for one record only.
use super::*;

fn pending(outcome: Outcome) -> Proposal {
    match outcome {
        Outcome::Pending(proposal) => *proposal,
        Outcome::Recorded(record) => panic!("recorded at once: {record:?}"),
    }
}

/// A stand whose candidate waits for a second signature to go live.
fn waiting() -> (Stand, Subject, Proposal) {
    let mut stand = Stand::new();
    let of = stand.register("fast=20");
    stand.promote(&of, Gate::Paper);
    stand.promote(&of, Gate::Canary);
    let wish = stand.wish(&of, Gate::Live);
    let proposal = pending(stand.registry.propose(&wish, &said("ready"), &stand.ann).unwrap());
    (stand, of, proposal)
}

#[test]
fn live_takes_two_people_and_the_same_person_is_one() {
    let (mut stand, of, proposal) = waiting();
    assert_eq!((proposal.lacks(), stand.stage(&of)), (1, Stage::Canary));
    assert_eq!(stand.registry.pending().unwrap(), [(proposal.clone(), true)]);
    refused(stand.registry.approve(&proposal.id, &stand.ann), "`ann` signed the proposal");
    refused(
        stand.registry.approve(&proposal.id, &stand.cid),
        "`cid` may not: approvers.toml does not give them \"live\"",
    );
    refused(stand.registry.approve(&proposal.id, &stand.watch), "`watch` is a machine");
    refused(stand.registry.approve(&proposal.id, &key("eve", 9)), "approvers.toml does not name `eve`");
    refused(stand.registry.approve(&proposal.id, &key("bob", 9)), "the key of `bob` is not the one");
    assert_eq!(stand.stage(&of), Stage::Canary);
    assert!(matches!(stand.registry.approve(&proposal.id, &stand.bob), Ok(Outcome::Recorded(_))));
    assert_eq!((stand.stage(&of), stand.registry.pending().unwrap().len()), (Stage::Live, 0));
    refused(stand.registry.approve(&proposal.id, &stand.bob), "there is no proposal");
}

#[test]
fn a_proposal_is_stale_once_another_record_came_between() {
    let (mut stand, of, proposal) = waiting();
    let number = proposal.record.body.number;
    stand.register("fast=24");
    let said_so = format!("was made for record {number}, and the registry is at record {number}");
    refused(stand.registry.approve(&proposal.id, &stand.bob), &said_so);
    assert_eq!(stand.registry.pending().unwrap(), [(proposal.clone(), false)]);
    assert_eq!(stand.stage(&of), Stage::Canary);
    stand.registry.withdraw(&proposal.id).unwrap();
    assert_eq!(stand.registry.pending().unwrap(), []);
    refused(stand.registry.withdraw(&proposal.id), "there is no proposal");
    refused(stand.registry.withdraw("../records"), "is not the id of a proposal");
}

#[test]
fn a_proposal_that_was_cut_off_can_be_withdrawn_as_it_says() {
    let (mut stand, of, proposal) = waiting();
    let path = stand.folder().join("pending").join(format!("{}.json", proposal.id));
    let kept = fs::read(&path).unwrap();
    fs::write(&path, &kept[..kept.len() / 2]).unwrap();
    refused(stand.registry.approve(&proposal.id, &stand.bob), "withdraw it and propose again");
    stand.registry.withdraw(&proposal.id).unwrap();
    assert!(!path.exists() && stand.stage(&of) == Stage::Canary);
}

#[test]
fn an_approval_that_is_used_again_is_refused() {
    let (mut stand, of, proposal) = waiting();
    let path = stand.folder().join("pending").join(format!("{}.json", proposal.id));
    let kept = fs::read(&path).unwrap();
    stand.registry.approve(&proposal.id, &stand.bob).unwrap();
    // The same place in the chain is taken; its signatures fit no other.
    fs::write(&path, &kept).unwrap();
    refused(stand.registry.approve(&proposal.id, &stand.bob), "what was approved no longer fits");
    let mut moved = stand.registry.records().next_back().unwrap().0.clone();
    moved.body.number += 1;
    moved.body.previous = moved.digest();
    let folder = stand.folder();
    let mut chain = Chain::read(&folder).unwrap().unwrap();
    moved.body.previous = chain.digests.last().unwrap().clone();
    refused(chain.append(&folder, moved), "has a signature of `ann` that is not of this record and their key");
    assert_eq!(stand.stage(&of), Stage::Live);
}

#[test]
fn a_proposal_that_somebody_changed_is_refused() {
    let (mut stand, _, proposal) = waiting();
    let path = stand.folder().join("pending").join(format!("{}.json", proposal.id));
    let text = fs::read_to_string(&path).unwrap();
    let mut check = |from: &str, to: &str, expected: &str| {
        assert!(text.contains(from), "{text}");
        fs::write(&path, text.replacen(from, to, 1)).unwrap();
        refused(stand.registry.approve(&proposal.id, &stand.bob), expected);
    };
    check("\"ready\"", "\"steady\"", "is another proposal than its name says");
    check("\"by\":\"ann\"", "\"by\":\"cid\"", "is signed by somebody who may not");
    check("\"approvals\":2", "\"approvals\":1", "is another proposal than its name says");
    let signature = &proposal.record.signatures[0].signature;
    check(signature, &"0".repeat(128), "has a signature of `ann` that is not of this record");
    check("{\"body\"", "{ \"body\"", "is not as it was written");
    check("}\n", "}", "is cut off");
    refused(stand.registry.approve("../../etc/passwd", &stand.bob), "is not the id of a proposal");
}

#[test]
fn what_was_judged_is_compared_again_before_it_is_approved() {
    let (mut stand, _, proposal) = waiting();
    let Act::Promote { evidence, table, .. } = &proposal.record.body.act else { panic!("a promotion") };
    let page = stand.folder().join("evidence").join(&evidence[1]).join("report.html");
    let kept = fs::read(&page).unwrap();
    fs::write(&page, "better").unwrap();
    refused(stand.registry.approve(&proposal.id, &stand.bob), "report.html in ");
    fs::write(&page, kept).unwrap();
    let table = stand.folder().join("tables").join(format!("{table}.json"));
    let text = fs::read_to_string(&table).unwrap();
    fs::write(&table, text.replacen("pass", "fail", 1)).unwrap();
    refused(stand.registry.approve(&proposal.id, &stand.bob), "this was changed since it was signed");
    fs::write(&table, text).unwrap();
    stand.registry.approve(&proposal.id, &stand.bob).unwrap();
}

#[test]
fn a_gate_that_says_no_is_not_overruled_by_signatures() {
    let mut stand = Stand::new();
    let of = stand.register("fast=20");
    let bundles = stand.evidence(&of, Gate::Paper);
    let mut evidence = crate::evidence::Evidence::read(&bundles[0]).unwrap();
    evidence.figures.get_mut("pbo").unwrap().value = Some(0.4);
    evidence.write(&bundles[0]).unwrap();
    let wish = Wish::Promote { of: of.clone(), to: Gate::Paper, evidence: bundles };
    let refusal = stand.registry.propose(&wish, &said("please"), &stand.ann).unwrap_err();
    assert_eq!(refusal.to_string(), "the gate `paper` refuses: pbo: 0.4 is above 0.2");
    assert!(matches!(refusal, RegistryError::Refused(table) if table.failures().count() == 1));
    // A record that says otherwise cannot be signed into the chain, either: its table is not there.
    assert_eq!((stand.stage(&of), stand.folder().join("evidence").exists()), (Stage::Candidate, false));
    let missing = Wish::Promote { of, to: Gate::Paper, evidence: Vec::new() };
    refused(stand.registry.propose(&missing, &said("please"), &stand.ann), "evidence: no evidence: there is no bundle");
}

#[test]
fn evidence_of_another_version_is_refused_with_what_differs() {
    let mut stand = Stand::new();
    let (one, other) = (stand.register("fast=20"), stand.register("fast=24"));
    let wish = Wish::Promote { of: one, to: Gate::Paper, evidence: stand.evidence(&other, Gate::Paper) };
    refused(
        stand.registry.propose(&wish, &said("mixed up"), &stand.ann),
        "the evidence of evaluation is of another version than the one to promote: parameters: fast=24, not fast=20",
    );
}

#[test]
fn others_approve_only_after_two_of_those_before_said_so() {
    let mut stand = Stand::new();
    let dan = key("dan", 5);
    let text = approvers(&[(&stand.ann, ALL), (&dan, ALL)], &stand.watch);
    let wish = Wish::Approvers { text: text.clone() };
    refused(stand.registry.propose(&wish, &said("dan is here"), &dan), "approvers.toml does not name `dan`");
    refused(stand.registry.propose(&wish, &said("dan is here"), &stand.cid), "does not give them \"approvers\"");
    let proposal = pending(stand.registry.propose(&wish, &said("dan is here"), &stand.ann).unwrap());
    refused(stand.registry.approve(&proposal.id, &dan), "approvers.toml does not name `dan`");
    stand.registry.approve(&proposal.id, &stand.bob).unwrap();
    // From here on it is Ann and Dan, and what Bob signed before still counts.
    stand.reopen();
    let of = stand.register("fast=20");
    let wish = stand.wish(&of, Gate::Paper);
    refused(stand.registry.propose(&wish, &said("on"), &stand.bob), "approvers.toml does not name `bob`");
    stand.registry.propose(&wish, &said("on"), &dan).unwrap();
    // Where one person alone may change the file, one is enough.
    let alone = approvers(&[(&stand.ann, ALL), (&dan, "\"live\"")], &stand.watch);
    let wish = Wish::Approvers { text: alone.clone() };
    let proposal = pending(stand.registry.propose(&wish, &said("fewer"), &stand.ann).unwrap());
    stand.registry.approve(&proposal.id, &dan).unwrap();
    let wish = Wish::Approvers { text };
    assert!(matches!(stand.registry.propose(&wish, &said("more"), &stand.ann), Ok(Outcome::Recorded(_))));
}

#[test]
fn an_approvers_file_that_cannot_be_trusted_is_refused_with_its_place() {
    let (ann, watch) = (key("ann", 1), key("watch", 4));
    let good = approvers(&[(&ann, ALL)], &watch);
    Approvers::parse(&good).unwrap();
    let check = |from: &str, to: &str, expected: &str| {
        assert!(good.contains(from), "{good}");
        refused(Approvers::parse(&good.replacen(from, to, 1)), expected);
    };
    check("may = ", "may_not = ", "approvers.toml:4:1: unknown field `may_not`");
    check("\"live\"", "\"life\"", "approvers.toml:4:27: unknown variant `life`");
    check("name = \"watch\"", "name = \"ann\"", "approvers.toml:5:1: `ann` stands twice; a person has one key");
    check(&watch.public(), &ann.public(), "approvers.toml:5:1: `watch` has the key of `ann`");
    check(&ann.public(), "abc", "the key of `ann` is not 64 lower-case hex digits");
    // The neutral element: anything would be signed by it.
    check(&ann.public(), &format!("01{}", "00".repeat(31)), "the key of `ann` is not a good ed25519 public key");
    check(", \"approvers\"", "", "nobody may change this file");
    check("name = \"ann\"", "name = \"a nn\"", "a name is 1 to 64 letters");
    check("name = \"ann\"", "name = \"\\u001b[2J\"", "approvers.toml:1:1: a name is 1 to 64 letters");
    check(ALL, "", "`ann` may nothing");
    check("[[machine]]", "[[engine]]", "unknown field `engine`");
    refused(Approvers::parse(&"#".repeat(1 << 17)), "larger than 65536 bytes");
    refused(Approvers::parse(""), "nobody may change this file");
}

#[test]
fn a_registry_is_founded_once_and_by_one_of_its_own() {
    let stand = Stand::new();
    let founding = Founding { id: [8; 16], approvers: approvers(&[(&stand.ann, ALL)], &stand.watch) };
    let found = |folder: &Path, key: &Key| Registry::found(folder, &founding, &said("again"), key);
    refused(found(&stand.folder(), &stand.ann), "holds a promotion registry already");
    let elsewhere = stand.root.path().join("other");
    refused(found(&elsewhere, &stand.bob), "approvers.toml does not name `bob`");
    refused(Registry::open(&elsewhere), "there is no promotion registry in");
    let registry = found(&elsewhere, &stand.ann).unwrap();
    assert_eq!(registry.id(), "08".repeat(16));
    refused(Registry::found(&elsewhere, &founding, &said("\n"), &stand.ann), "holds a promotion registry already");
    let empty = stand.root.path().join("third");
    refused(Registry::found(&empty, &founding, &said(" "), &stand.ann), "needs a reason");
}
