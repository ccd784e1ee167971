//! What is kept by digest restores exactly, and whatever was changed is found.
use super::*;
use crate::evidence::{Part, PartDigest};

fn learned(policy: &[u8]) -> Material {
    let mut material = Stand::material("policy");
    material.files.insert("models/btc.policy".into(), policy.to_vec());
    material.version.parts.insert(Part::Policy, PartDigest::of(policy, "ppo"));
    material
}

#[test]
fn a_version_is_restored_to_the_byte_with_its_policy() {
    let mut stand = Stand::new();
    let material = learned(b"weights\0\xff\r\n");
    let record = stand.registry.register(&material, &said("trained")).unwrap();
    let of = record.body.act.subject().unwrap().clone();
    let into = stand.root.path().join("restored");
    let snapshot = stand.registry.restore(&of, &into).unwrap();
    assert_eq!(snapshot.version, material.version);
    for (name, bytes) in &material.files {
        assert_eq!(fs::read(into.join(name)).unwrap(), *bytes, "{name}");
    }
    refused(stand.registry.restore(&of, &into), "this is not empty: name a folder that is");
    assert_eq!(stand.registry.named(LINE, &of.version[..6]).unwrap(), of);
    refused(stand.registry.named(LINE, &of.version[..5]), "write six or more");
    refused(stand.registry.named("eth", &of.version), "`eth` has no version");
}

#[test]
fn a_file_of_a_version_that_was_changed_is_found_before_it_is_used() {
    let mut stand = Stand::new();
    let of = stand.live("fast=20");
    let folder = stand.folder().join("versions").join(&of.version);
    for name in ["run.toml", "gates.toml", "version.json"] {
        let path = folder.join(name);
        let kept = fs::read(&path).unwrap();
        let mut changed = kept.clone();
        *changed.last_mut().unwrap() = b' ';
        for spoiled in [Some(changed), None] {
            match spoiled {
                Some(bytes) => fs::write(&path, bytes).unwrap(),
                None => fs::remove_file(&path).unwrap(),
            }
            for error in [
                stand.registry.live_record(LINE).err(),
                stand.registry.restore(&of, &stand.root.path().join("restored")).err(),
                stand.registry.audit(LINE).err(),
            ] {
                let error = error.expect("it is found").to_string();
                assert!(error.contains(name) && error.contains("this version is not to be used"), "{error}");
            }
        }
        fs::write(&path, kept).unwrap();
    }
    stand.registry.audit(LINE).unwrap();
}

#[test]
fn what_a_person_reads_about_a_version_hangs_on_its_record_too() {
    let mut stand = Stand::new();
    let of = stand.live("fast=20");
    let path = stand.folder().join("versions").join(&of.version).join("version.json");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("\"fast=20\"", "\"fast=21\"")).unwrap();
    refused(stand.registry.live_record(LINE), "this was changed since it was registered");
}

#[test]
fn two_versions_differ_by_their_parts_and_files() {
    let mut stand = Stand::new();
    let (a, b) = (stand.register("fast=20"), stand.register("fast=24"));
    let difference = stand.registry.diff(&a, &b).unwrap();
    let changes: Vec<String> = difference.changes.iter().map(ToString::to_string).collect();
    assert_eq!(changes, ["parameters: fast=20, not fast=24"]);
    assert_eq!(difference.files, ["run.toml"]);
    assert_eq!(stand.registry.diff(&a, &a).unwrap(), Difference { changes: Vec::new(), files: Vec::new() });
}

#[test]
fn material_that_is_not_the_versions_own_is_refused() {
    let mut stand = Stand::new();
    let mut check = |change: &dyn Fn(&mut Material), expected: &str| {
        let mut material = Stand::material("fast=20");
        change(&mut material);
        refused(stand.registry.register(&material, &said("trained")), expected);
    };
    let loose = b"[gate.paper]\n".to_vec();
    check(
        &|material| drop(material.files.insert("gates.toml".into(), loose.clone())),
        "evaluate again under these gates",
    );
    check(
        &|material| drop(material.files.insert("gates.toml".into(), b"x = 1".to_vec())),
        "gates.toml:1:1: unknown key",
    );
    check(&|material| drop(material.files.remove("run.toml")), "cannot be registered without its run.toml");
    check(&|material| drop(material.files.insert("a.policy".into(), Vec::new())), "one without has none");
    check(&|material| *material = learned(b"x").clone_without_policy(), "is registered with its policy file");
    check(
        &|material| {
            *material = learned(b"x");
            material.files.insert("../../evil".into(), Vec::new());
        },
        "`../../evil` cannot be a file",
    );
    check(&|material| material.version.name.clear(), "the name of a line is 1 to 200 characters");
    assert_eq!(stand.registry.records().count(), 1);
}

impl Material {
    fn clone_without_policy(&self) -> Self {
        let mut material = self.clone();
        material.files.remove("models/btc.policy");
        material
    }
}

#[test]
fn what_an_interrupted_registration_left_is_put_right_by_the_next() {
    let mut stand = Stand::new();
    let material = Stand::material("fast=20");
    let folder = stand.folder().join("versions").join(material.version.digest());
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("run.toml"), "half").unwrap();
    fs::create_dir_all(stand.folder().join("versions").join(format!(".{}.new", material.version.digest()))).unwrap();
    stand.registry.register(&material, &said("again")).unwrap();
    stand.registry.audit(LINE).unwrap();
}

#[test]
fn evidence_that_was_spoiled_where_it_is_kept_cannot_be_promoted_on() {
    let mut stand = Stand::new();
    let of = stand.register("fast=20");
    let wish = stand.wish(&of, Gate::Paper);
    let Wish::Promote { evidence, .. } = &wish else { panic!("a promotion") };
    let kept = stand.folder().join("evidence").join(crate::evidence::Evidence::read(&evidence[0]).unwrap().digest());
    fs::create_dir_all(&kept).unwrap();
    refused(stand.registry.propose(&wish, &said("on"), &stand.ann), "holds no evidence.json");
    fs::remove_dir(&kept).unwrap();
    stand.registry.propose(&wish, &said("on"), &stand.ann).unwrap();
}

#[test]
fn an_audit_finds_that_fewer_signed_than_the_gates_of_a_version_ask() {
    let mut stand = Stand::new();
    let text = SHIPPED.replace("approvals = 2", "approvals = 3");
    let mut material = Stand::material("fast=20");
    material.version = version(LINE, "fast=20", &text);
    material.files.insert("gates.toml".into(), text.into_bytes());
    let of = Subject { line: LINE.into(), version: material.version.digest() };
    stand.registry.register(&material, &said("trained")).unwrap();
    stand.promote(&of, Gate::Paper);
    stand.promote(&of, Gate::Canary);
    let wish = stand.wish(&of, Gate::Live);
    let Outcome::Pending(proposal) = stand.registry.propose(&wish, &said("on"), &stand.ann).unwrap() else {
        panic!("two more have to sign")
    };
    assert_eq!(proposal.lacks(), 2);
    // Two who hold keys sign a body that asks for two: enough for the stage, not for these gates.
    let mut body = proposal.record.body.clone();
    body.approvals = 2;
    let signatures = vec![stand.ann.sign(&body), stand.bob.sign(&body)];
    let folder = stand.folder();
    Chain::read(&folder).unwrap().unwrap().append(&folder, Record { body, signatures }).unwrap();
    stand.reopen();
    refused(stand.registry.audit(LINE), "record 5 asks for 2 signatures, the gates of its version for 3");
}

#[test]
fn an_audit_finds_evidence_or_a_table_that_is_gone_or_was_changed() {
    let mut stand = Stand::new();
    let of = stand.live("fast=20");
    let act = stand.registry.history(LINE).nth(2).unwrap().0.body.act.clone();
    assert!(stand.registry.table_of(&act).unwrap().unwrap().passed());
    let folder = stand.registry.evidence_of(&act).nth(1).unwrap();
    let page = folder.join("tables/folds.csv");
    let kept = fs::read(&page).unwrap();
    fs::write(&page, "9,9\n").unwrap();
    refused(stand.registry.audit(LINE), "tables/folds.csv in ");
    fs::write(&page, kept).unwrap();
    // A whole bundle that is good in itself, in the place of another.
    let other = stand.evidence(&of, Gate::Live).remove(0);
    let aside = stand.root.path().join("aside");
    fs::rename(&folder, &aside).unwrap();
    fs::create_dir_all(folder.join("tables")).unwrap();
    for name in ["report.html", "tables/folds.csv", "evidence.json"] {
        fs::copy(other.join(name), folder.join(name)).unwrap();
    }
    refused(stand.registry.audit(LINE), "this is other evidence than its name says");
    fs::remove_dir_all(&folder).unwrap();
    refused(stand.registry.audit(LINE), "holds no evidence.json");
    fs::rename(&aside, &folder).unwrap();
    stand.registry.audit(LINE).unwrap();
}
