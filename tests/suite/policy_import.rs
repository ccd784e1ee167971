//! `onetape policy import`: a module and its description become a policy file.
use crate::onetape::{Desk, project};

const FIXTURE: &str = "learning/tests/fixtures/sb3";

/// A desk with the module and the description, which may be changed.
fn desk(change: impl Fn(String) -> String) -> Desk {
    let desk = Desk::new();
    std::fs::copy(project().join(FIXTURE).join("policy.pt"), desk.path("policy.pt")).expect("copied");
    let description = std::fs::read_to_string(project().join(FIXTURE).join("policy.json")).expect("read");
    desk.write("policy.json", &change(description));
    desk
}

#[test]
fn a_module_becomes_a_policy_file_and_the_same_one_each_time() {
    let desk = desk(|text| text);
    let first = desk.say("--json policy import policy.pt --description policy.json --out a.policy").json();
    assert_eq!(first["features"], serde_json::json!(["returns 14", "position"]));
    assert_eq!((&first["inputs"], &first["outputs"]), (&16.into(), &3.into()));
    assert_eq!(first["tried"], cfg!(feature = "rl"));
    let policy = learning::policy::Policy::load(&desk.path("a.policy")).expect("a policy");
    assert_eq!(first["digest"], policy.digest().expect("a digest"));
    assert!(policy.manifest.provenance.code.starts_with("onetape "), "{}", policy.manifest.provenance.code);
    let again = desk.say("policy import policy.pt --description policy.json --out a.policy");
    again.refuses(2, "a.policy is there already: name another file, or say --replace");
    let again = desk.say("policy import policy.pt --description policy.json --out a.policy --replace");
    assert!(again.out.contains(first["digest"].as_str().expect("text")), "{}", again.out);
}

#[test]
fn what_is_no_export_is_refused_with_both_files_named_and_nothing_is_written() {
    let words = "policy import policy.pt --description policy.json --out a.policy";
    let check = |desk: &Desk, words: &str, code: i32, expected: &str| {
        desk.say(words).refuses(code, expected);
        assert!(!desk.path("a.policy").exists());
    };
    let wrong = desk(|text| text.replace("\"returns 14\"", "\"returns 15\""));
    check(&wrong, words, 1, "policy.pt with policy.json: `inputs` is 16; expected 17");
    let other = desk(|text| text);
    other.write("policy.pt", "not a module");
    check(&other, words, 1, "`module` is no zip archive");
    check(&other, "policy import none.pt --description policy.json --out a.policy", 2, "none.pt cannot be read");
    check(&other, "policy import policy.pt --out a.policy", 2, "--description");
}

#[cfg(feature = "rl")]
#[test]
fn a_module_of_another_shape_than_described_is_refused_before_it_is_written() {
    let two = |text: String| text.replace("\"outputs\": 3", "\"outputs\": 2").replace("   0,\n", "");
    let desk = desk(two);
    let answer = desk.say("policy import policy.pt --description policy.json --out a.policy");
    answer.refuses(1, "one that answers Float [1, 3] to an observation of 16 numbers");
    assert!(!desk.path("a.policy").exists());
}
