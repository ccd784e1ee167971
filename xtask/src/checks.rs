//! `cargo xtask test`: everything that has to hold before a change is merged, the cheap checks first.
use crate::failure::Failure;
use crate::libtorch::{self, Look};
use crate::step::Step;
use crate::{clients, deny, no_std, toolchain};
use std::path::Path;

/// Every check.
pub(crate) fn all(root: &Path) -> Result<(), Failure> {
    libtorch::ensure(root, Look::Sizes)?;
    style(root)?;
    let docs = Step::cargo("docs", root, "doc --workspace --no-deps --quiet --locked");
    docs.variable("RUSTDOCFLAGS", "-D warnings").run()?;
    no_std::prove(root)?;
    deny::check(root)?;
    tests(root)?;
    clients::check(root)
}

/// The checks of every few minutes: without the docs, licences, sources and other people's clients.
pub(crate) fn quick(root: &Path) -> Result<(), Failure> {
    libtorch::ensure(root, Look::Sizes)?;
    style(root)?;
    no_std::prove(root)?;
    tests(root)
}

/// What the default build leaves out is code all the same: everything is checked and tested in one build that has it all.
const WHOLE: &str = "--workspace --features onetape/service,onetape/rl --locked";

fn style(root: &Path) -> Result<(), Failure> {
    Step::cargo("format", root, "fmt --all -- --check").run()?;
    Step::cargo("lints", root, "clippy --workspace --all-targets --quiet --locked -- -D warnings").run()?;
    let whole = format!("clippy {WHOLE} --all-targets --quiet -- -D warnings");
    Step::cargo("lints with every feature", root, &whole).run()
}

fn tests(root: &Path) -> Result<(), Failure> {
    if toolchain::has_subcommand("nextest") {
        Step::cargo("tests", root, &format!("nextest run {WHOLE}")).run()?;
    } else {
        Step::cargo("tests", root, &format!("test {WHOLE} --lib --bins --tests --examples --quiet")).run()?;
    }
    // Neither of the two runs the examples in documentation.
    Step::cargo("examples in docs", root, "test --workspace --doc --quiet --locked").run()
}

/// Builds what the tests build, which leaves the command line with everything in it.
pub(crate) fn build(root: &Path) -> Result<(), Failure> {
    Step::cargo("command line", root, &format!("test {WHOLE} --no-run --quiet")).run()
}

/// The tests of this name in the suites of every crate, in the same build.
pub(crate) fn tests_named(root: &Path, step: &str, name: &str) -> Step {
    Step::cargo(step, root, &format!("test {WHOLE} --test suite --quiet -- {name} --nocapture"))
}
