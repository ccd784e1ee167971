//! The path of a version: candidate, paper, canary, live, and back.
use super::*;

#[test]
fn a_version_goes_from_candidate_to_live_and_back_and_the_one_before_returns() {
    let mut stand = Stand::new();
    let first = stand.live("fast=20");
    let holder = stand.registry.live_record(LINE).unwrap().unwrap();
    assert_eq!(holder.version.digest(), first.version);
    assert_eq!((holder.paused, holder.terms.clone()), (None, None));
    assert_eq!(stand.registry.find(&holder.digest), Some(&holder.record));
    assert_eq!(stand.registry.prior(LINE, Stage::Live), None);

    // A challenger of the same line stands on paper beside the champion.
    let second = stand.register("fast=24");
    stand.promote(&second, Gate::Paper);
    assert_eq!((stand.stage(&first), stand.stage(&second)), (Stage::Live, Stage::Paper));
    let canary = stand.promote(&second, Gate::Canary);
    assert!(matches!(canary.body.act, Act::Promote { terms: Some(_), .. }));
    assert!(stand.registry.holder(LINE, Stage::Canary).unwrap().unwrap().terms.is_some());
    let record = stand.promote(&second, Gate::Live);
    assert!(matches!(&record.body.act, Act::Promote { displaces: Some(was), .. } if *was == first.version));
    assert_eq!((stand.stage(&first), stand.stage(&second)), (Stage::Retired, Stage::Live));

    // The watch takes it down by itself; then two people bring back the one before.
    let relief = Relief::Demote { of: second.clone(), to: Stage::Paper };
    stand.registry.relieve(&relief, &said("returns drift"), &stand.watch).unwrap();
    assert_eq!((stand.stage(&second), stand.registry.live_record(LINE).unwrap()), (Stage::Paper, None));
    assert_eq!(stand.registry.prior(LINE, Stage::Live), Some(first.clone()));
    let record = stand.grant(&Wish::Rollback { of: first.clone(), to: Gate::Live });
    assert_eq!(record.signatures.len(), 2);
    assert_eq!((stand.stage(&first), stand.stage(&second)), (Stage::Live, Stage::Paper));

    let acts: Vec<&str> = stand.registry.history(LINE).map(|(record, _)| record.body.act.name()).collect();
    let path = "register promote promote promote register promote promote promote demote rollback";
    assert_eq!(acts.join(" "), path);
    stand.registry.audit(LINE).unwrap();
    let before: Vec<String> = stand.registry.records().map(|(_, digest)| digest.to_string()).collect();
    stand.reopen();
    assert_eq!(stand.registry.records().map(|(_, digest)| digest).collect::<Vec<_>>(), before);
    assert_eq!((stand.registry.id(), stand.registry.torn()), ("07".repeat(16).as_str(), None));
}

#[test]
fn live_is_reached_from_canary_only_and_canary_from_paper_only() {
    let mut stand = Stand::new();
    let of = stand.register("fast=20");
    for gate in [Gate::Canary, Gate::Live] {
        // Evidence of a session that could not have been.
        let wish = stand.wish(&of, gate);
        refused(stand.registry.propose(&wish, &said("hurry"), &stand.ann), "session ran under the record ");
    }
    stand.promote(&of, Gate::Paper);
    let wish = stand.wish(&of, Gate::Paper);
    refused(stand.registry.propose(&wish, &said("again"), &stand.ann), "no gate leads from paper to paper");
    let unknown = Subject { line: LINE.into(), version: "ab".repeat(32) };
    let wish = Wish::Promote { of: unknown.clone(), to: Gate::Paper, evidence: Vec::new() };
    refused(stand.registry.propose(&wish, &said("who"), &stand.ann), "has no version abababababab; register it first");
    refused(
        stand.registry.register(&Stand::material("fast=20"), &said("again")),
        &format!("version {} of `{LINE}` is registered already", &of.version[..12]),
    );
}

#[test]
fn what_was_demoted_or_retired_comes_back_through_its_gates_or_not_at_all() {
    let mut stand = Stand::new();
    let of = stand.live("fast=20");
    stand.registry.relieve(&Relief::Demote { of: of.clone(), to: Stage::Paper }, &said("decay"), &stand.ann).unwrap();
    let back = Wish::Rollback { of: of.clone(), to: Gate::Live };
    let only = "only what was promoted there and then displaced can come back";
    refused(stand.registry.propose(&back, &said("it was good"), &stand.ann), only);
    // Its session of before does not count any more; a new one does.
    let stale = stand.evidence(&of, Gate::Canary);
    stand
        .registry
        .relieve(&Relief::Demote { of: of.clone(), to: Stage::Candidate }, &said("rest"), &stand.ann)
        .unwrap();
    stand.promote(&of, Gate::Paper);
    let wish = Wish::Promote { of: of.clone(), to: Gate::Canary, evidence: stale };
    refused(stand.registry.propose(&wish, &said("again"), &stand.ann), "run a session under that record");
    stand.promote(&of, Gate::Canary);
    assert_eq!(stand.stage(&of), Stage::Canary);
    let retire = Relief::Retire { of: of.clone() };
    stand.registry.relieve(&retire, &said("done"), &stand.ann).unwrap();
    refused(stand.registry.relieve(&retire, &said("done"), &stand.ann), "retired already");
    let back = Wish::Rollback { of, to: Gate::Paper };
    refused(stand.registry.propose(&back, &said("no"), &stand.ann), only);
}

#[test]
fn a_demotion_takes_nobodys_place_and_leads_down() {
    let mut stand = Stand::new();
    let champion = stand.live("fast=20");
    let challenger = stand.register("fast=24");
    stand.promote(&challenger, Gate::Paper);
    let canary = Relief::Demote { of: champion.clone(), to: Stage::Canary };
    refused(stand.registry.relieve(&canary, &said("half"), &stand.ann), "down to paper or candidate, not from live");
    let paper = Relief::Demote { of: champion.clone(), to: Stage::Paper };
    let record = stand.registry.relieve(&paper, &said("decay"), &stand.watch).unwrap();
    assert!(matches!(record.body.act, Act::Demote { from: Stage::Live, to: Stage::Candidate, .. }));
    assert_eq!((stand.stage(&champion), stand.stage(&challenger)), (Stage::Candidate, Stage::Paper));
    refused(
        stand.registry.relieve(&paper, &said("more"), &stand.watch),
        "down to paper or candidate, not from candidate",
    );
    // A newcomer takes the place on paper, and the record says whose.
    let newcomer = stand.register("fast=30");
    let record = stand.promote(&newcomer, Gate::Paper);
    assert!(matches!(&record.body.act, Act::Promote { displaces: Some(was), .. } if *was == challenger.version));
    assert_eq!(stand.stage(&challenger), Stage::Candidate);
}

#[test]
fn a_paused_version_stays_where_it_is_until_as_many_resume_it_as_let_it_in() {
    let mut stand = Stand::new();
    let of = stand.live("fast=20");
    let pause = Relief::Pause { of: of.clone() };
    let record = stand.registry.relieve(&pause, &said("slippage"), &stand.watch).unwrap();
    let holder = stand.registry.live_record(LINE).unwrap().unwrap();
    assert_eq!((holder.paused, stand.stage(&of)), (Some(record.body.number), Stage::Live));
    refused(stand.registry.relieve(&pause, &said("more"), &stand.watch), "it is paused already, by record");
    let resume = Wish::Resume { of: of.clone() };
    refused(stand.registry.propose(&resume, &said("fine"), &stand.watch), "a machine, which may demote and pause");
    assert_eq!(stand.grant(&resume).signatures.len(), 2);
    assert_eq!(stand.registry.live_record(LINE).unwrap().unwrap().paused, None);
    refused(stand.registry.propose(&resume, &said("fine"), &stand.ann), "it is not paused");
    let candidate = stand.register("fast=24");
    let pause = Relief::Pause { of: candidate.clone() };
    refused(stand.registry.relieve(&pause, &said("why"), &stand.ann), "a version in candidate does not trade");
    // A paused one goes through no gate.
    stand.promote(&candidate, Gate::Paper);
    stand.registry.relieve(&Relief::Pause { of: candidate.clone() }, &said("wait"), &stand.ann).unwrap();
    let wish = stand.wish(&candidate, Gate::Canary);
    refused(
        stand.registry.propose(&wish, &said("on"), &stand.ann),
        "a paused version is not promoted; resume it first",
    );
}

#[test]
fn a_rollback_keeps_what_it_displaced_within_reach() {
    let mut stand = Stand::new();
    let (first, second) = (stand.live("fast=20"), stand.live("fast=24"));
    stand.grant(&Wish::Rollback { of: first.clone(), to: Gate::Live });
    assert_eq!((stand.stage(&first), stand.stage(&second)), (Stage::Live, Stage::Retired));
    assert_eq!(stand.registry.prior(LINE, Stage::Live), Some(second.clone()));
    stand.grant(&Wish::Rollback { of: second.clone(), to: Gate::Live });
    assert_eq!(stand.registry.prior(LINE, Stage::Live), Some(first.clone()));
    // It went from canary to live by a gate, and not out of canary: nothing to come back to there.
    let down = Wish::Rollback { of: second, to: Gate::Canary };
    refused(stand.registry.propose(&down, &said("down"), &stand.ann), "cannot be rolled back to canary");
    let to_canary = Wish::Rollback { of: first.clone(), to: Gate::Canary };
    let record = stand.grant(&to_canary);
    assert!(matches!(record.body.act, Act::Rollback { terms: Some(_), .. }));
    assert_eq!((stand.stage(&first), record.signatures.len()), (Stage::Canary, 1));
}
