//! Statistics of other people's libraries against ours: arch and skfolio are asked new questions, and a test compares.
//!
//! They are installed once, pinned, into a folder beside other caches.
use crate::failure::Failure;
use crate::python;
use crate::step::Step;
use crate::toolchain::cache;
use std::path::Path;
use std::time::Duration;

const NAME: &str = "statistics";
const PINNED: &str = "evaluations/peers/requirements.txt";
const SCRIPT: &str = "evaluations/peers/statistics.py";
/// skfolio brings solvers and a library of charts.
const INSTALL_MAX: Duration = Duration::from_secs(900);
const TESTS: &str = "test --release --locked -p onetape-evaluations --lib -- statistics::peers --nocapture";

/// Asks, compares, and returns the lines that begin with `mark` with the time that comparing took.
pub(crate) fn prove(root: &Path, mark: &str) -> Result<(Vec<String>, Duration), Failure> {
    let missing = |why| Failure::Missing { step: NAME.into(), why };
    let python = python::with(root, NAME, PINNED, INSTALL_MAX).map_err(missing)?;
    let answers = cache().join("statistics.json");
    let file = answers.display().to_string();
    let script = [SCRIPT, file.as_str(), "--seed", "2026", "--large"];
    Step::new("questions", root, &python).arguments(script).run()?;
    let compared = Step::cargo(NAME, root, TESTS).variable("ONETAPE_PEERS", &file).marked_lines(mark);
    // What cannot be removed now is written over by the next run.
    let _ = std::fs::remove_file(&answers);
    compared
}
