//! Files of policies that are wrong in one way each: an error that says what, and never a panic or another policy in silence.
use super::samples;
use learning::policy::{Activation, FILE_BYTES_MAX, Policy, PolicyError};
use proptest::prelude::*;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};

/// A file of a policy, taken apart.
struct Parts {
    manifest: Value,
    tensors: BTreeMap<String, (Dtype, Vec<usize>, Vec<u8>)>,
}

impl Parts {
    fn of(policy: &Policy) -> Self {
        let bytes = policy.to_bytes().unwrap();
        let (_, metadata) = SafeTensors::read_metadata(&bytes).unwrap();
        let manifest = serde_json::from_str(&metadata.metadata().as_ref().unwrap()["onetape.policy"]).unwrap();
        let tensors = SafeTensors::deserialize(&bytes).unwrap().tensors();
        let part = |(name, view): (String, TensorView<'_>)| {
            (name, (view.dtype(), view.shape().to_vec(), view.data().to_vec()))
        };
        Self { manifest, tensors: tensors.into_iter().map(part).collect() }
    }

    fn bytes(&self) -> Vec<u8> {
        let metadata = HashMap::from([("onetape.policy".to_string(), self.manifest.to_string())]);
        self.with_metadata(Some(metadata))
    }

    fn with_metadata(&self, metadata: Option<HashMap<String, String>>) -> Vec<u8> {
        let views = self.tensors.iter().map(|(name, (dtype, shape, bytes))| {
            (name.as_str(), TensorView::new(*dtype, shape.clone(), bytes).unwrap())
        });
        safetensors::serialize(views, metadata).unwrap()
    }

    fn floats(&mut self, name: &str, values: &[f32]) {
        let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.tensors.insert(name.into(), (Dtype::F32, vec![values.len()], bytes));
    }
}

fn small() -> Policy {
    samples::mlp(3, &[4], 3, Activation::Tanh)
}

fn check_policy(policy: &Policy, edit: impl FnOnce(&mut Parts), expected: &str) {
    let mut parts = Parts::of(policy);
    edit(&mut parts);
    let error = Policy::from_bytes(&parts.bytes()).expect_err(expected).to_string();
    assert_eq!(error, expected);
}

fn check(edit: impl FnOnce(&mut Parts), expected: &str) {
    check_policy(&small(), edit, expected);
}

fn check_manifest(pointer: &str, value: Value, expected: &str) {
    check(|parts| *parts.manifest.pointer_mut(pointer).unwrap() = value, expected);
}

#[test]
fn a_manifest_that_is_wrong_in_one_way_is_refused_with_its_field() {
    check_manifest("/version", json!(2), "`version` is 2; expected 1, which is what this version of the program reads");
    check_manifest("/features", json!([]), "`features` is empty; expected what the policy sees, as `returns 32`");
    let blank = "`features` is a list with an empty name; expected declarations, as `returns 32`";
    check_manifest("/features", json!([" "]), blank);
    check_manifest("/feature_set", json!(""), "`feature_set` is empty; expected the name of the feature set");
    check_manifest(
        "/actions",
        json!({"levels": []}),
        "`actions.levels` is empty; expected one exposure for each action",
    );
    let outside = "`actions.levels` is 1000001; expected from -1000000 to 1000000";
    check_manifest("/actions/levels/1", json!(1_000_001), outside);
    check_manifest(
        "/decision_threshold_ppm",
        json!(1_000_001),
        "`decision_threshold_ppm` is 1000001; expected at most 1000000",
    );
    let head = "`architecture.head` is `gaussian`; expected `categorical` or `values`, because `actions` is `levels`";
    check_manifest("/architecture/head", json!("gaussian"), head);
    check_manifest("/architecture/outputs", json!(4), "`architecture.outputs` is 4; expected 3, as `actions` has");
    check_manifest(
        "/architecture/inputs",
        json!(0),
        "`architecture.inputs` is 0; expected a whole number from 1 to 32768",
    );
    let wide = "`architecture.body.hidden` is 18446744073709551615; expected a whole number from 1 to 32768";
    check_manifest("/architecture/body/mlp/hidden/0", json!(u64::MAX), wide);
    let deep = "`architecture.body.hidden` is a list of 65; expected at most 64 layers";
    check_manifest("/architecture/body/mlp/hidden", json!(vec![1; 65]), deep);
}

#[test]
fn an_amount_that_is_wrong_in_one_way_is_refused_with_its_field() {
    let check = |key: &str, value: i32, expected: &str| {
        let edit = |parts: &mut Parts| parts.manifest["actions"]["continuous"][key] = value.into();
        check_policy(&samples::gru(2, 3), edit, expected);
    };
    check("low", -1_000_001, "`actions.continuous.low` is -1000001; expected from -1000000 to 1000000");
    check("high", 1_000_001, "`actions.continuous.high` is 1000001; expected from -1000000 to 1000000");
    check("low", 1_000_000, "`actions.continuous.low` is 1000000; expected less than `high`, 1000000");
    check("step", 0, "`actions.continuous.step` is 0; expected from 1 to 1000000");
    check("step", -1, "`actions.continuous.step` is -1; expected from 1 to 1000000");
    let edit = |parts: &mut Parts| parts.manifest["architecture"]["head"] = "values".into();
    let expected = "`architecture.head` is `values`; expected `gaussian`, because `actions` is `continuous`";
    check_policy(&samples::gru(2, 3), edit, expected);
    let edit = |parts: &mut Parts| parts.manifest["architecture"]["body"]["gru"]["width"] = 32_769.into();
    let expected = "`architecture.body.width` is 32769; expected a whole number from 1 to 32768";
    check_policy(&samples::gru(2, 3), edit, expected);
}

#[test]
fn keys_that_are_not_known_or_not_there_are_refused_by_name() {
    let check = |edit: fn(&mut Value), key: &str| {
        let mut parts = Parts::of(&small());
        edit(&mut parts.manifest);
        let error = Policy::from_bytes(&parts.bytes()).expect_err(key).to_string();
        assert!(error.contains(&format!("field `{key}`")), "{error}");
    };
    check(|m| m["novelty"] = json!(1), "novelty");
    check(|m| m["provenance"]["host"] = json!("x"), "host");
    check(|m| m["architecture"]["dropout"] = json!(0.1), "dropout");
    check(|m| m["architecture"]["body"]["mlp"]["bias"] = json!(false), "bias");
    check(|m| drop(m.as_object_mut().unwrap().remove("provenance")), "provenance");
    check(|m| drop(m["architecture"].as_object_mut().unwrap().remove("activation")), "activation");
}

#[test]
fn a_later_version_is_told_as_such_whatever_else_it_brings() {
    let edit = |parts: &mut Parts| parts.manifest = json!({"version": 7, "novelty": {}});
    check(edit, "`version` is 7; expected 1, which is what this version of the program reads");
}

#[test]
fn tensors_that_are_wrong_in_one_way_are_refused_by_name() {
    let wanted = "expected 32-bit floats of shape [3], as the architecture says";
    check(|p| drop(p.tensors.remove("actor.head.bias")), &format!("`actor.head.bias` is missing; {wanted}"));
    check(|p| p.floats("actor.head.bias", &[1.0]), &format!("`actor.head.bias` is of shape [1]; {wanted}"));
    let more = "`actor.hidden.1.bias` is there; expected no tensor of this name: the architecture has none";
    check(|p| p.floats("actor.hidden.1.bias", &[1.0]), more);
    let half = "`critic.head.weight` is missing; expected 32-bit floats of shape [1, 4], as the architecture says";
    check(|p| drop(p.tensors.remove("critic.head.weight")), half);
    let wide = "`actor.head.bias` is of type F64; expected a tensor of 32-bit floats (F32)";
    check(|p| drop(p.tensors.insert("actor.head.bias".into(), (Dtype::F64, vec![3], vec![0; 24]))), wide);
    for (value, text) in [(f32::NAN, "NaN"), (f32::INFINITY, "inf"), (f32::NEG_INFINITY, "-inf")] {
        let expected = format!("`actor.head.bias[1]` is {text}; expected a finite number");
        check(|p| p.floats("actor.head.bias", &[0.0, value, 0.0]), &expected);
    }
    let steering = "`\\u{1b}[2J` is there; expected no tensor of this name: the architecture has none";
    check(|p| p.floats("\u{1b}[2J", &[1.0]), steering);
    let deviation = "`actor.log_std` is missing; expected 32-bit floats of shape [1], as the architecture says";
    check_policy(&samples::gru(2, 3), |p| drop(p.tensors.remove("actor.log_std")), deviation);
}

#[test]
fn a_policy_without_a_whole_normaliser_cannot_be_loaded() {
    for name in ["normaliser.mean", "normaliser.scale", "normaliser.clip"] {
        let expected = format!("`{name}` is missing; expected a tensor of 32-bit floats (F32)");
        check(|p| drop(p.tensors.remove(name)), &expected);
    }
    check(
        |p| p.floats("normaliser.scale", &[1.0]),
        "`normaliser.scale` is 1 numbers; expected 3 as `normaliser.mean` has",
    );
    let short = "`normaliser.mean` is 1 numbers; expected 3 numbers, as `architecture.inputs` says";
    let both = |p: &mut Parts| {
        p.floats("normaliser.mean", &[1.0]);
        p.floats("normaliser.scale", &[1.0]);
    };
    check(both, short);
    check(|p| p.floats("normaliser.clip", &[1.0, 2.0]), "`normaliser.clip` is 2 numbers; expected one");
    for (value, text) in [(0.0, "0"), (-0.0, "-0"), (-1.0, "-1")] {
        let expected = format!("`normaliser.scale[2]` is {text}; expected more than zero");
        check(|p| p.floats("normaliser.scale", &[1.0, 1.0, value]), &expected);
    }
    check(|p| p.floats("normaliser.clip", &[0.0]), "`normaliser.clip[0]` is 0; expected more than zero");
    let unknown = "`normaliser.mean[0]` is NaN; expected a finite number";
    check(|p| p.floats("normaliser.mean", &[f32::NAN, 0.0, 0.0]), unknown);
    check(
        |p| p.floats("normaliser.scale", &[1.0, f32::INFINITY, 1.0]),
        "`normaliser.scale[1]` is inf; expected a finite number",
    );
}

#[test]
fn a_module_stands_where_the_body_is_one_and_nowhere_else() {
    let missing = "`module` is missing; expected the archive of a TorchScript module";
    check_policy(&samples::module(b"archive"), |p| drop(p.tensors.remove("module")), missing);
    let bytes = |p: &mut Parts| drop(p.tensors.insert("module".into(), (Dtype::U8, vec![2], vec![1, 2])));
    check(bytes, "`module` is of 2 bytes; expected none: the body is no module");
    let floats = "`module` is of type F32 and shape [1]; expected a list of bytes (U8)";
    check_policy(&samples::module(b"archive"), |p| p.floats("module", &[1.0]), floats);
    let weight = "`actor.head.bias` is there; expected no tensor of this name: the architecture has none";
    check_policy(&samples::module(b"archive"), |p| p.floats("actor.head.bias", &[1.0, 1.0, 1.0]), weight);
}

#[test]
fn a_file_that_another_program_wrote_is_refused_though_its_content_is_right() {
    // The keys of a JSON object come sorted here, and those of a manifest do not.
    let other =
        "it is no policy file: its bytes are not those that this policy is written as; write it with this program";
    check(|_| {}, other);
    let one_key = "`onetape.policy` is missing; expected the manifest in the file's metadata";
    let error = |metadata| Policy::from_bytes(&Parts::of(&small()).with_metadata(metadata)).unwrap_err().to_string();
    assert_eq!(error(None), one_key);
    assert_eq!(error(Some(HashMap::from([("format".into(), "pt".into())]))), one_key);
}

#[test]
fn what_is_too_large_is_refused_before_it_is_read() {
    let long = [&u64::MAX.to_le_bytes()[..], b"{}"].concat();
    let error = Policy::from_bytes(&long).unwrap_err().to_string();
    assert!(error.contains("its header would have 18446744073709551615 bytes"), "{error}");
    // A sparse file takes no room on the disk.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large");
    std::fs::File::create(&path).unwrap().set_len(FILE_BYTES_MAX as u64 + 1).unwrap();
    let error = Policy::load(&path).unwrap_err();
    let PolicyError::InFile { error, .. } = error else { panic!("{error}") };
    assert_eq!(*error, PolicyError::TooLarge { most: FILE_BYTES_MAX });
    assert_eq!(Policy::from_bytes(b"").unwrap_err().to_string(), "it is no policy file: it has 0 bytes");
}

/// An error, or a policy of another digest: never the one that it was.
fn check_damage(good: &[u8], damaged: &[u8]) {
    if let Ok(policy) = Policy::from_bytes(damaged) {
        let digest = |bytes: &[u8]| blake3::hash(bytes).to_hex().to_string();
        assert_eq!(policy.digest().unwrap(), digest(damaged));
        assert_ne!(policy.digest().unwrap(), digest(good));
    }
}

#[test]
fn every_flipped_bit_and_every_length_is_an_error_or_another_digest() {
    let good = small().to_bytes().unwrap();
    for at in 0..good.len() {
        for bit in 0..8 {
            let mut damaged = good.clone();
            damaged[at] ^= 1 << bit;
            check_damage(&good, &damaged);
        }
        assert!(Policy::from_bytes(&good[..at]).is_err(), "cut to {at} bytes");
    }
    assert!(Policy::from_bytes(&[&good[..], b" "].concat()).is_err());
}

proptest! {
    #[test]
    fn no_bytes_make_reading_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(Policy::from_bytes(&bytes).is_err());
        // Behind a header of the right length more of the reader is met.
        let framed = [&(bytes.len() as u64).to_le_bytes()[..], &bytes].concat();
        prop_assert!(Policy::from_bytes(&framed).is_err());
    }

    #[test]
    fn every_changed_byte_is_an_error_or_another_digest(at in any::<proptest::sample::Index>(), by in 1_u8..) {
        let good = small().to_bytes().unwrap();
        let mut damaged = good.clone();
        damaged[at.index(good.len())] ^= by;
        check_damage(&good, &damaged);
    }
}
