//! `cargo xtask test`: everything that has to hold before a change is merged, the cheap checks first.
use crate::failure::Failure;
use crate::step::Step;
use crate::{clients, deny, no_std, toolchain};
use std::path::Path;

/// Every check.
pub(crate) fn all(root: &Path) -> Result<(), Failure> {
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
    style(root)?;
    no_std::prove(root)?;
    tests(root)
}

fn style(root: &Path) -> Result<(), Failure> {
    Step::cargo("format", root, "fmt --all -- --check").run()?;
    Step::cargo("lints", root, "clippy --workspace --all-targets --quiet --locked -- -D warnings").run()?;
    // What the default build leaves out is code all the same.
    let service = "clippy --package onetape --package onetape-benches --features onetape/service,onetape-benches/live \
                   --all-targets --quiet --locked -- -D warnings";
    Step::cargo("lints of the service", root, service).run()
}

fn tests(root: &Path) -> Result<(), Failure> {
    if toolchain::has_subcommand("nextest") {
        Step::cargo("tests", root, "nextest run --workspace --features onetape/service --locked").run()?;
    } else {
        Step::cargo("tests", root, "test --workspace --all-targets --quiet --locked").run()?;
    }
    // Neither of the two runs the examples in documentation.
    Step::cargo("examples in docs", root, "test --workspace --doc --quiet --locked").run()
}
