//! stable-baselines3 and back: policies that it trains just now, by `learning/python`, answer here as they do in Python.
//!
//! It is installed once, pinned, into a folder beside other caches.
use crate::checks;
use crate::failure::Failure;
use crate::python;
use crate::step::Step;
use crate::toolchain;
use std::path::Path;
use std::time::{Duration, Instant};

/// Where it is installed.
pub(crate) const NAME: &str = "sb3";
const PINNED: &str = "learning/python/requirements.txt";
/// Three gigabytes, for torch brings the libraries of graphics cards.
pub(crate) const INSTALL_MAX: Duration = Duration::from_secs(1_800);
const ALGORITHMS: [&str; 4] = ["a2c", "dqn", "ppo", "ppo-amount"];

/// Trains, exports, imports and compares; returns the lines that begin with `mark` with the time that all of it took, without what
/// had to be built and installed before.
pub(crate) fn prove(root: &Path, mark: &str) -> Result<(Vec<String>, Duration), Failure> {
    let missing = |why| Failure::Missing { step: NAME.into(), why };
    let python = python::with(root, NAME, PINNED, INSTALL_MAX).map_err(missing)?;
    checks::build(root)?;
    let start = Instant::now();
    Step::new("tests of the export", root, &python).arguments(["learning/python/test_export_sb3.py"]).run()?;
    let folder = toolchain::cache().join("sb3-policies");
    let made = exports(root, &python, &folder).and_then(|()| compare(root, &folder, mark));
    // What cannot be removed now is written over by the next run.
    let _ = std::fs::remove_dir_all(&folder);
    made.map(|figures| (figures, start.elapsed()))
}

/// A policy of each algorithm in a folder of its name: trained, exported, and imported as a user does it.
fn exports(root: &Path, python: &str, folder: &Path) -> Result<(), Failure> {
    for algorithm in ALGORITHMS {
        let script = ["learning/python/make_sb3_fixture.py", "--algorithm", algorithm, "--seed", "11"];
        imported(root, python, &folder.join(algorithm), &script)?;
    }
    Ok(())
}

/// The policy and the answers that a script writes into a folder, which it is handed last; imported as a user does it.
pub(crate) fn imported(root: &Path, python: &str, folder: &Path, script: &[&str]) -> Result<(), Failure> {
    let path = |name: &str| folder.join(name).display().to_string();
    Step::new("policy", root, python).arguments(script.iter().copied()).arguments([path("").as_str()]).run()?;
    let (module, description, out) = (path("policy.pt"), path("policy.json"), path("imported.policy"));
    let words = ["policy", "import", &module, "--description", &description, "--out", &out, "--replace"];
    Step::new("import", root, &toolchain::built(root, "onetape")).arguments(words).run()
}

/// The tests that hold answers against Python's, over these folders.
pub(crate) fn compare(root: &Path, folder: &Path, mark: &str) -> Result<Vec<String>, Failure> {
    let tests = checks::tests_named(root, "answers", "sb3::");
    tests.variable("ONETAPE_SB3", &folder.display().to_string()).marked_lines(mark).map(|(figures, _)| figures)
}
