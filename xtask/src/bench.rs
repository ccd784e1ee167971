//! `cargo xtask bench`: the benches, in release, with cargo's own arguments.
use crate::failure::Failure;
use crate::step::Step;
use std::path::Path;

/// Runs them; `arguments` go to `cargo bench`.
pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<(), Failure> {
    let bench = Step::cargo("benches", root, "bench --locked --package onetape-benches --features live");
    bench.arguments(arguments.iter().map(String::as_str)).run()
}
