//! The proof that the core and the strategies can name nothing of an operating system: they compile for a target that
//! has none.
use crate::failure::Failure;
use crate::step::{Step, skipped};
use crate::toolchain;
use std::path::Path;

const TARGET: &str = "x86_64-unknown-none";

/// Builds them for that target where it is installed.
pub(crate) fn prove(root: &Path) -> Result<(), Failure> {
    if !toolchain::has_target(TARGET) {
        let why = format!("the target is not installed; `rustup target add {TARGET}` installs it");
        skipped("no_std", &why);
        return Ok(());
    }
    let crates = "build --quiet --locked -p onetape-engine -p onetape-strategies --lib --target";
    Step::cargo("no_std", root, crates).arguments([TARGET]).run()
}
