//! Other people's clients against the loopback venues, by the scripts in `tests/acceptance`.
//!
//! The clients are installed once, pinned, into a folder beside other caches.
use crate::checks;
use crate::failure::Failure;
use crate::python;
use crate::step::{Step, skipped};
use crate::toolchain;
use std::path::Path;
use std::time::{Duration, Instant};

const NAME: &str = "clients";
const SCRIPTS: [&str; 2] = ["ccxt_bingx", "alpaca_py"];
const PINNED: &str = "tests/acceptance/requirements.txt";

/// Runs the scripts where Python and the clients can be had, and says so where not.
pub(crate) fn check(root: &Path) -> Result<(), Failure> {
    match python::with_small(root, NAME, PINNED) {
        Ok(python) => run(root, &python, "").map(drop),
        Err(why) => {
            skipped(NAME, &why);
            Ok(())
        }
    }
}

/// Runs the scripts, and returns their lines that begin with `mark` with the time that they took, without what had to be built
/// and installed before.
pub(crate) fn prove(root: &Path, mark: &str) -> Result<(Vec<String>, Duration), Failure> {
    let python = python::with_small(root, NAME, PINNED).map_err(|why| Failure::Missing { step: NAME.into(), why })?;
    run(root, &python, mark)
}

fn run(root: &Path, python: &str, mark: &str) -> Result<(Vec<String>, Duration), Failure> {
    // The same build as that of the tests, which leaves the command line with everything in it.
    checks::build(root)?;
    let program = toolchain::built(root, "onetape");
    let start = Instant::now();
    let mut marked = Vec::new();
    for script in SCRIPTS {
        let file = format!("tests/acceptance/{script}.py");
        let step = Step::new(script, root, python).arguments([file.as_str(), &program]);
        marked.extend(step.marked_lines(mark)?.0);
    }
    Ok((marked, start.elapsed()))
}
