//! Files of policies: what is written reads back, and one policy is one file with one digest.
use super::samples;
use learning::policy::{Activation, Policy};
use std::path::{Path, PathBuf};

fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/small.safetensors")
}

fn small() -> Policy {
    samples::mlp(3, &[4], 3, Activation::Tanh)
}

#[test]
fn what_is_written_reads_back_bit_for_bit_and_is_written_the_same_again() {
    let check = |policy: &Policy| {
        let bytes = policy.to_bytes().unwrap();
        let read = Policy::from_bytes(&bytes).unwrap();
        assert_eq!(&read, policy);
        assert_eq!(read.to_bytes().unwrap(), bytes);
        assert_eq!(read.digest().unwrap(), blake3::hash(&bytes).to_hex().to_string());
    };
    check(&small());
    check(&samples::mlp(33, &[], 2, Activation::Relu));
    check(&samples::mlp(5, &[16, 8, 4], 3, Activation::Relu));
    check(&samples::gru(7, 5));
    check(&samples::module(&[0, 1, 255]));
    let mut trained = small();
    trained.weights.retain(|name, _| !name.starts_with("critic."));
    check(&trained);
    // The bounds themselves are allowed.
    let mut wide = samples::gru(1, 1);
    let whole = learning::policy::WHOLE_PPM;
    wide.manifest.actions = learning::policy::ActionMap::Continuous { low: whole - 1, high: whole, step: whole };
    wide.manifest.decision_threshold_ppm = whole.unsigned_abs();
    check(&wide);
    let mut odd = small();
    odd.weights.get_mut("actor.head.bias").unwrap().values = vec![-0.0, f32::MIN_POSITIVE / 2.0, f32::MAX];
    check(&odd);
}

#[test]
fn the_committed_policy_has_its_digest_and_is_what_is_written_today() {
    let policy = Policy::load(&fixture()).unwrap();
    assert_eq!(policy, small());
    assert_eq!(policy.to_bytes().unwrap(), std::fs::read(fixture()).unwrap());
    expect_test::expect!["bfd0ac73c7eb67a2e39cd785e85fce7cbd95614c65a59737b80278fee8cd2fa6"]
        .assert_eq(&policy.digest().unwrap());
}

#[test]
fn whatever_differs_in_two_policies_their_digests_differ() {
    let edits: [fn(&mut Policy); 7] = [
        |p| p.manifest.features.push("volume 1".into()),
        |p| p.manifest.feature_set.push('2'),
        |p| p.manifest.decision_threshold_ppm += 1,
        |p| p.manifest.provenance.seed -= 1,
        |p| p.normaliser = learning::policy::Normaliser::identity(3, 10.0),
        |p| p.weights.get_mut("actor.hidden.0.weight").unwrap().values[0] += 1e-3,
        |p| p.weights.retain(|name, _| !name.starts_with("critic.")),
    ];
    let mut digests = vec![small().digest().unwrap()];
    for edit in edits {
        let mut policy = small();
        edit(&mut policy);
        digests.push(policy.digest().unwrap());
    }
    let count = digests.len();
    digests.sort();
    digests.dedup();
    assert_eq!(digests.len(), count);
}

#[test]
fn a_file_appears_whole_and_leaves_nothing_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.policy");
    std::fs::write(&path, "an older file").unwrap();
    small().save(&path).unwrap();
    assert_eq!(Policy::load(&path).unwrap(), small());
    // One that cannot be read is not written, and the file that was there stays.
    let mut wrong = small();
    wrong.manifest.features.clear();
    let error = wrong.save(&path).unwrap_err().to_string();
    let expected = format!("{}: `features` is empty; expected what the policy sees, as `returns 32`", path.display());
    assert_eq!(error, expected);
    assert_eq!(Policy::load(&path).unwrap(), small());
    // The name of a folder cannot be taken by a file.
    let taken = folder.path().join("taken");
    std::fs::create_dir_all(taken.join("inside")).unwrap();
    assert!(small().save(&taken).unwrap_err().to_string().contains("cannot rename it into place"));
    let mut names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["a.policy", "taken"]);
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let error = Policy::load(Path::new("no/such.policy")).unwrap_err().to_string();
    assert!(error.starts_with("no/such.policy: cannot open it: "), "{error}");
}
