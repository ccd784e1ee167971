//! Modules and descriptions from outside: what is taken, and what is said of the rest. Nothing here needs libtorch.
use learning::policy::{ActionMap, Body, Head, Policy, import};
use serde_json::{Value, json};
use std::path::Path;

fn fixture() -> (Vec<u8>, Value) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/sb3");
    let description = std::fs::read_to_string(folder.join("policy.json")).unwrap();
    (std::fs::read(folder.join("policy.pt")).unwrap(), serde_json::from_str(&description).unwrap())
}

#[test]
fn an_export_becomes_a_policy_that_is_written_and_read_back() {
    let (module, description) = fixture();
    let policy = import(module.clone(), &description.to_string(), "onetape").unwrap();
    let manifest = &policy.manifest;
    assert_eq!((manifest.architecture.inputs, manifest.architecture.outputs), (16, 3));
    assert_eq!((&manifest.architecture.body, manifest.architecture.head), (&Body::Module, Head::Categorical));
    assert_eq!(manifest.features, ["returns 14", "position"]);
    assert_eq!(manifest.actions, ActionMap::Levels(vec![-1_000_000, 0, 1_000_000]));
    let provenance = &manifest.provenance;
    assert_eq!((provenance.algorithm.as_str(), provenance.seed, provenance.code.as_str()), ("import", 7, "onetape"));
    assert_eq!(provenance.hyper_parameters["library"], "stable-baselines3 2.9.2");
    let (mean, variance) = (&description["normaliser"]["mean"][3], &description["normaliser"]["variance"][3]);
    assert_eq!(policy.normaliser.mean()[3].to_bits(), (mean.as_f64().unwrap() as f32).to_bits());
    let deviation = (variance.as_f64().unwrap() + 1e-8).sqrt() as f32;
    assert_eq!(policy.normaliser.scale()[3].to_bits(), deviation.to_bits());
    assert_eq!(policy.module, module);
    assert_eq!(Policy::from_bytes(&policy.to_bytes().unwrap()).unwrap(), policy);
}

#[test]
fn a_policy_that_was_trained_without_a_normaliser_sees_what_is_there() {
    let (module, mut description) = fixture();
    description["normaliser"] = Value::Null;
    let policy = import(module, &description.to_string(), "").unwrap();
    let seen = [0.25, -3e9, f32::MAX, 1e-30];
    let mut observation = [0.0; 16];
    observation[..4].copy_from_slice(&seen);
    policy.normaliser.apply(&mut observation);
    assert_eq!(observation[..4].iter().map(|x| x.to_bits()).collect::<Vec<_>>(), seen.map(f32::to_bits));
}

#[test]
fn a_wrong_description_is_refused_with_the_field_and_what_it_should_be() {
    let check = |field: &str, value: Value, expected: &str| {
        let (module, mut description) = fixture();
        *description.pointer_mut(field).unwrap() = value;
        let error = import(module, &description.to_string(), "").unwrap_err().to_string();
        assert!(error.contains(expected), "{field}: {error}");
    };
    check("/version", json!(2), "`version` is 2; expected 1");
    check("/module_sha256", json!("00"), "take the description that was written with it");
    check("/inputs", json!(15), "`inputs` is 15; expected 16, which is what the features come to");
    check("/inputs", json!(-1), "invalid value: integer `-1`");
    check("/outputs", json!(2), "`architecture.outputs` is 2; expected 3, as `actions` has");
    check("/outputs", json!(u64::MAX), "`architecture.outputs` is 18446744073709551615; expected");
    check("/head", json!("gaussian"), "`architecture.head` is `gaussian`");
    check("/head", json!("softmax"), "unknown variant `softmax`");
    check("/features", json!([]), "expected 0, which is what the features come to");
    check("/features", json!(["return 14", "position"]), "did you mean `returns`?");
    check("/features/0", json!("returns 9000"), "a window from 1 to 4096 candles");
    check("/normaliser/mean", json!([0.0]), "`normaliser.mean` is 1 numbers; expected 16, one for each input");
    check("/normaliser/variance", json!([]), "`normaliser.variance` is 0 numbers; expected 16");
    check("/normaliser/mean/2", json!(1e300), "`normaliser.mean[2]` is 1");
    check("/normaliser/variance/5", json!(-1e-9), "`normaliser.variance[5]` is -0.000000001; expected zero or above");
    check("/normaliser/variance/5", json!(1e300), "a deviation that 32 bits hold");
    check("/normaliser/epsilon", json!(0.0), "`normaliser.epsilon` is 0; expected above zero and finite");
    check("/normaliser/clip", json!(-10.0), "`normaliser.clip` is -10; expected above zero and finite");
    check("/normaliser/clip", json!(1e-60), "`normaliser.clip` is 0.0");
    check("/actions", json!({"levels": [-2_000_000, 0, 1_000_000]}), "`actions.levels` is -2000000");
    check("/actions", json!({"levels": []}), "`actions.levels` is empty");
    check("/actions", json!({"continuous": {"low": 0, "high": 1}}), "missing field `step`");
    check("/decision_threshold_ppm", json!(2_000_000), "`decision_threshold_ppm` is 2000000");
}

#[test]
fn a_field_that_is_missing_or_unknown_is_named() {
    let (module, full) = fixture();
    let check = |description: &Value, expected: &str| {
        let error = import(module.clone(), &description.to_string(), "").unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    };
    for name in full.as_object().unwrap().keys() {
        let mut description = full.clone();
        description.as_object_mut().unwrap().remove(name);
        check(&description, &format!("missing field `{name}`"));
    }
    let mut description = full.clone();
    description["normalizer"] = Value::Null;
    check(&description, "unknown field `normalizer`");
    check(&json!([1]), "`description` is not as it should be");
    for text in ["", "{", "{\"version\": 1e999}", "\u{0}"] {
        let error = import(module.clone(), text, "").unwrap_err().to_string();
        assert!(error.contains("`description` is not as it should be"), "{error}");
    }
}

/// A zip archive of empty files, as far as its list of files goes.
fn archive(names: &[&str]) -> Vec<u8> {
    let mut bytes = b"PK\x03\x04".to_vec();
    let at = bytes.len() as u32;
    for name in names {
        let mut file = [0; 46];
        file[..4].copy_from_slice(b"PK\x01\x02");
        file[28..30].copy_from_slice(&(name.len() as u16).to_le_bytes());
        bytes.extend(file);
        bytes.extend(name.as_bytes());
    }
    let mut end = [0; 22];
    end[..4].copy_from_slice(b"PK\x05\x06");
    end[10..12].copy_from_slice(&(names.len() as u16).to_le_bytes());
    end[16..20].copy_from_slice(&at.to_le_bytes());
    bytes.extend(end);
    bytes
}

#[test]
fn another_file_than_a_module_is_named_with_how_one_is_made_of_it() {
    let (whole, description) = fixture();
    let check = |module: &[u8], expected: &str| {
        let error = import(module.to_vec(), &description.to_string(), "").unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    };
    check(b"", "`module` is no zip archive; expected a TorchScript archive");
    check(&whole[..whole.len() - 1], "no zip archive");
    check(&whole[1..], "no zip archive");
    check(&archive(&["data", "policy.pth", "_stable_baselines3_version"]), "export_sb3.py makes one of it");
    check(&archive(&["m/data.pkl", "m/data/0", "m/version"]), "weights that `torch.save` wrote");
    check(&archive(&["word/document.xml"]), "another zip archive");
    check(&archive(&[]), "another zip archive");
    let mut other = whole.clone();
    other[100] ^= 1;
    check(&other, "take the description that was written with it");
}

#[test]
fn no_cut_and_no_changed_byte_of_an_archive_is_a_panic() {
    let (whole, description) = fixture();
    let description = description.to_string();
    let tail = whole.len() - 2_000;
    for at in (0..whole.len()).step_by(997).chain(tail..whole.len()) {
        let mut changed = whole.clone();
        changed[at] ^= 0xff;
        assert!(import(changed, &description, "").is_err());
        assert!(import(whole[..at].to_vec(), &description, "").is_err());
    }
}
