//! Licences, sources and doubles of the dependencies, by cargo-deny and `deny.toml`.
//!
//! The tool is installed once, pinned, into a folder beside other caches. Advisories need a database from the network, so
//! they are checked where it can be fetched, and their absence is told.
use crate::failure::Failure;
use crate::step::{Step, skipped};
use crate::toolchain::cache;
use std::path::Path;
use std::time::Duration;

const VERSION: &str = "0.20.2";
/// Long enough for a slow link, short enough for a machine whose packets are dropped.
const FETCH_MAX: Duration = Duration::from_secs(60);

/// Checks the tree of dependencies.
pub(crate) fn check(root: &Path) -> Result<(), Failure> {
    let program = tool(root)?;
    let deny =
        |name: &str| Step::new(name, root, &program).arguments(["--locked", "--all-features", "--log-level", "error"]);
    deny("licences, doubles and sources").arguments(["check", "licenses", "bans", "sources"]).run()?;
    let database = Step::new("advisory database", root, &program).arguments(["fetch", "db"]);
    if database.succeeds_within(FETCH_MAX) {
        return deny("advisories").arguments(["check", "advisories"]).run();
    }
    skipped("advisories", "the advisory database cannot be fetched from here");
    Ok(())
}

/// The program: the installed one, ours from an earlier time, or a new one.
fn tool(root: &Path) -> Result<String, Failure> {
    let installed = || Step::new("", root, "cargo-deny").arguments(["--version"]).succeeds_within(FETCH_MAX);
    let ours = cache().join("cargo-deny").join(VERSION);
    let program = ours.join("bin").join(format!("cargo-deny{}", std::env::consts::EXE_SUFFIX));
    if program.is_file() {
        return Ok(program.display().to_string());
    }
    if installed() {
        return Ok("cargo-deny".into());
    }
    let folder = ours.display().to_string();
    let install = Step::cargo("install cargo-deny", root, "install --quiet --locked cargo-deny --version");
    install.arguments([VERSION, "--root", &folder]).run()?;
    Ok(program.display().to_string())
}
