//! A policy of stable-baselines3 answers here as it answered in Python; `learning/python/make_sb3_fixture.py` wrote both.
//!
//! `cargo xtask prove sb3` names a folder of its own with `ONETAPE_SB3`: policies trained and imported just now.
use learning::Runtime;
use learning::policy::{Normaliser, Policy, import};
use learning::torch::Scripted;
use safetensors::SafeTensors;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Above this gap between the best two outputs there is one right action.
const GAP: f32 = 1e-4;
const TOLERANCE: f32 = 1e-5;

/// What Python answered.
struct Answers {
    observations: Vec<f32>,
    outputs: Vec<f32>,
    /// None where the action is an amount.
    actions: Vec<i64>,
}

/// What ours are beside it.
struct Compared {
    /// The largest difference of an output.
    worst: f32,
    /// Actions that differ where there is one right action.
    others: usize,
    /// Rows in which there is one.
    clear: usize,
    rows: usize,
    seconds: f64,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/sb3")
}

fn policy() -> Policy {
    let module = std::fs::read(folder().join("policy.pt")).unwrap();
    let description = std::fs::read_to_string(folder().join("policy.json")).unwrap();
    import(module, &description, "a test").unwrap()
}

fn answers(folder: &Path) -> Answers {
    let bytes = std::fs::read(folder.join("answers.safetensors")).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let floats = |name: &str| {
        let (numbers, _) = tensors.tensor(name).unwrap().data().as_chunks();
        numbers.iter().map(|&b| f32::from_le_bytes(b)).collect()
    };
    let whole = |data: &[u8]| data.as_chunks().0.iter().map(|&b| i64::from_le_bytes(b)).collect();
    let actions = tensors.tensor("actions").map(|actions| whole(actions.data())).unwrap_or_default();
    Answers { observations: floats("observations"), outputs: floats("outputs"), actions }
}

fn compare(policy: &Policy, normaliser: &Normaliser, answers: &Answers) -> Compared {
    let mut runtime = Scripted::new(policy).unwrap();
    let (inputs, outputs) = (policy.manifest.architecture.inputs, policy.manifest.architecture.outputs);
    let mut compared = Compared { worst: 0.0, others: 0, clear: 0, rows: 0, seconds: 0.0 };
    let mut ours = vec![0.0; outputs];
    let rows = answers.observations.chunks(inputs).zip(answers.outputs.chunks(outputs));
    for (row, (observation, theirs)) in rows.enumerate() {
        let mut observation = observation.to_vec();
        let start = Instant::now();
        normaliser.apply(&mut observation);
        runtime.answer(&observation, &mut [], &mut ours);
        compared.seconds += start.elapsed().as_secs_f64();
        compared.rows += 1;
        let difference = ours.iter().zip(theirs).map(|(ours, theirs)| (ours - theirs).abs()).fold(0.0, f32::max);
        compared.worst = compared.worst.max(difference);
        let Some(action) = answers.actions.get(row) else { continue };
        let best = (0..outputs).max_by(|&a, &b| ours[a].total_cmp(&ours[b])).unwrap();
        let mut sorted = theirs.to_vec();
        sorted.sort_by(|a, b| b.total_cmp(a));
        let clear = sorted[0] - sorted[1] > GAP;
        compared.clear += usize::from(clear);
        compared.others += usize::from(clear && best as i64 != *action);
    }
    compared
}

fn check(name: &str, policy: &Policy, answers: &Answers) {
    let compared = compare(policy, &policy.normaliser, answers);
    let Compared { worst, others, clear, rows, seconds } = compared;
    assert_eq!(rows, 10_000);
    assert!(worst <= TOLERANCE, "{name}: an output differs by {worst}");
    assert_eq!(others, 0, "{name}: actions differ");
    let each = 1e6 * seconds / rows as f64;
    eprintln!(
        "figure: {name}: {rows} answers within {worst:.1e} of Python's, {clear} of {clear} clear actions, {each:.1} us each"
    );
}

#[test]
fn an_exported_policy_answers_ten_thousand_observations_as_it_did_in_python() {
    let answers = answers(&folder());
    assert_eq!(answers.actions.len(), 10_000);
    check("committed ppo", &policy(), &answers);
}

#[test]
fn policies_that_were_trained_and_imported_just_now_answer_as_in_python() {
    let Some(made) = std::env::var_os("ONETAPE_SB3") else { return };
    let mut folders: Vec<PathBuf> = std::fs::read_dir(made).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    assert!(!folders.is_empty());
    for folder in folders {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        check(&name, &Policy::load(&folder.join("imported.policy")).unwrap(), &answers(&folder));
    }
}

#[test]
fn a_normaliser_of_another_mean_is_seen_in_the_answers() {
    let (policy, answers) = (policy(), answers(&folder()));
    let right = &policy.normaliser;
    let mean = right.mean().iter().zip(right.scale()).map(|(mean, scale)| mean + 0.01 * scale).collect();
    let moved = Normaliser::new(mean, right.scale().to_vec(), right.clip());
    let compared = compare(&policy, &moved, &answers);
    assert!(compared.worst > 100.0 * TOLERANCE, "a hundredth of a deviation moves logits by {} only", compared.worst);
    assert!(compared.others > 0, "and some actions");
}

#[test]
fn an_archive_that_is_cut_is_refused() {
    let check = |length: usize| {
        let mut cut = policy();
        cut.module.truncate(length);
        let error = Scripted::new(&cut).unwrap_err().to_string();
        assert!(error.contains("expected a TorchScript archive that libtorch 2.13 loads"), "{error}");
    };
    let whole = policy().module.len();
    [0, 1, 4, 20_000, whole - 1].into_iter().for_each(check);
}

#[test]
fn an_observation_of_strange_numbers_gets_an_answer_and_no_panic() {
    let policy = policy();
    let mut runtime = Scripted::new(&policy).unwrap();
    let mut outputs = [0.0; 3];
    for number in [f32::NAN, f32::INFINITY, f32::MIN, f32::MIN_POSITIVE] {
        runtime.answer(&[number; 16], &mut [], &mut outputs);
    }
    runtime.answer(&[0.0; 16], &mut [], &mut outputs);
    assert!(outputs.iter().all(|output| output.is_finite()), "{outputs:?}");
}
