//! `onetape policy`: what a policy file holds, and what differs between two.
use crate::onetape::Desk;
use learning::policy::{Normaliser, Policy};
use std::path::PathBuf;

const SMALL: &str = "@/learning/tests/fixtures/small.safetensors";

fn small() -> Policy {
    let path = crate::onetape::project().join("learning/tests/fixtures/small.safetensors");
    Policy::load(&path).expect("the committed policy")
}

/// Writes the small policy with an edit; its path.
fn edited(desk: &Desk, name: &str, edit: impl FnOnce(&mut Policy)) -> PathBuf {
    let mut policy = small();
    edit(&mut policy);
    let path = desk.path(name);
    policy.save(&path).expect("saved");
    path
}

#[test]
fn a_policy_is_shown_with_all_that_it_says_of_itself() {
    let answer = Desk::new().say(&format!("policy show {SMALL}"));
    assert_eq!(answer.code, 0, "{}", answer.err);
    let expected = expect_test::expect![[r#"
        digest              bfd0ac73c7eb67a2e39cd785e85fce7cbd95614c65a59737b80278fee8cd2fa6
        size                1660 bytes
        sees                returns 3
        feature set         sample
        observation         3 numbers, each within 10 deviations
        network             MLP 3-4-3, tanh; logits of actions
        parameters          31, and 21 of the critic
        actions             -1, 0, 1 of the size
        decision threshold  0.05
        algorithm           ppo
        dataset             0123456789ab 2018-01-01..2022-01-01
        code                onetape 0.1.0, rustc 1.95.0
        seed                18446744073709551615
        parent              none
        range train         2018-01-01..2021-01-01
        parameter clip      0.2
        parameter gamma     0.99
    "#]];
    expected.assert_eq(&answer.out);
}

#[test]
fn a_program_is_shown_a_policy_as_one_object() {
    let shown = Desk::new().say(&format!("--json policy show {SMALL}")).json();
    assert_eq!(shown["digest"], small().digest().expect("right").as_str());
    assert_eq!((&shown["bytes"], &shown["parameters"]["actor"]), (&1660.into(), &31.into()));
    assert_eq!(shown["manifest"]["architecture"]["body"]["mlp"]["hidden"], serde_json::json!([4]));
    assert_eq!(shown["manifest"]["decision_threshold_ppm"], 50_000);
}

#[test]
fn two_policies_are_compared_by_field_tensor_and_choice_and_that_is_no_failure() {
    let desk = Desk::new();
    edited(&desk, "other", |policy| {
        policy.manifest.decision_threshold_ppm = 100_000;
        policy.manifest.provenance.hyper_parameters.remove("clip");
        policy.normaliser = Normaliser::new(policy.normaliser.mean().to_vec(), vec![1.0; 3], 10.0);
        policy.weights.get_mut("actor.head.bias").expect("there").values[0] += 0.5;
        policy.weights.retain(|name, _| !name.starts_with("critic."));
    });
    let answer = desk.say(&format!("policy compare {SMALL} other"));
    assert_eq!(answer.code, 0, "{}", answer.err);
    let expected = expect_test::expect![[r#"
        A bfd0ac73c7eb67a2e39cd785e85fce7cbd95614c65a59737b80278fee8cd2fa6
        B 92ecf7fd58080080c5612677f1c3c055a39895be79404fdd65e0ecce7bb99028

        field                             A      B
        decision_threshold_ppm            50000    100000
        provenance.hyper_parameters.clip    0.2  (absent)

        tensor                  greatest difference         relative
        actor.head.bias                           5.000e-1  7.318e-1
        critic.head.bias        (another shape, or absent)
        critic.head.weight      (another shape, or absent)
        critic.hidden.0.bias    (another shape, or absent)
        critic.hidden.0.weight  (another shape, or absent)
        normaliser.scale                          9.122e-2  7.538e-2

        they choose differently in 3293 of 10000 drawn observations (seed 0)
    "#]];
    expected.assert_eq(&answer.out);
    let compared = desk.say(&format!("--json policy compare {SMALL} other --observations 100 --seed 7")).json();
    assert_eq!((&compared["identical"], &compared["fields"][0]["b"]), (&false.into(), &"100000".into()));
    assert_eq!((&compared["choices"]["observations"], &compared["choices"]["seed"]), (&100.into(), &7.into()));
    let bias = &compared["tensors"][0];
    assert_eq!((&bias["name"], &bias["distance"]["max_abs"]), (&"actor.head.bias".into(), &0.5.into()));
}

#[test]
fn one_policy_under_two_names_is_one() {
    let desk = Desk::new();
    edited(&desk, "same", |_| {});
    let answer = desk.say(&format!("policy compare {SMALL} same"));
    assert!(answer.code == 0 && answer.out.ends_with("the two are one policy\n"), "{answer:?}");
    let compared = desk.say(&format!("--json policy compare {SMALL} same")).json();
    assert_eq!((&compared["identical"], &compared["choices"]["different"]), (&true.into(), &0.into()));
}

#[test]
fn policies_that_see_different_things_are_compared_in_all_but_their_choices() {
    let desk = Desk::new();
    edited(&desk, "other", |policy| policy.manifest.features = vec!["volume 3".into()]);
    let answer = desk.say(&format!("policy compare {SMALL} other"));
    assert_eq!(answer.code, 0, "{}", answer.err);
    assert!(answer.out.contains("what they choose was not compared: the two see different things"), "{}", answer.out);
}

#[test]
fn what_a_file_says_does_not_steer_a_terminal() {
    let desk = Desk::new();
    edited(&desk, "other", |policy| policy.manifest.features = vec!["\u{1b}[2Jvolume\n3".into()]);
    for line in ["policy show other".to_string(), format!("policy compare {SMALL} other")] {
        let answer = desk.say(&line);
        assert!(answer.code == 0 && !answer.out.contains('\u{1b}'), "{answer:?}");
        // A list is compared as JSON, which has its own way of writing the character.
        assert!(answer.out.contains("1b") && answer.out.contains("[2Jvolume"), "{}", answer.out);
    }
}

#[test]
fn a_file_that_is_no_policy_is_named_with_what_is_wrong() {
    let desk = Desk::new();
    desk.write("broken", "{}");
    desk.say("policy show broken").refuses(1, "broken: it is no policy file: it has 2 bytes");
    desk.say(&format!("policy compare {SMALL} none")).refuses(1, "none: cannot open it");
    desk.say(&format!("policy compare {SMALL} {SMALL} --observations 0")).refuses(2, "--observations");
}
