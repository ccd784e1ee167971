//! The Python door: its wheel, built in release and installed beside stable-baselines3, the script that goes through it, and a policy
//! that is trained through it and comes back.
//!
//! What is in the wheel's package is in `learning/python`; nothing of it is built by the ordinary tests.
use crate::checks;
use crate::failure::Failure;
use crate::python;
use crate::sb3;
use crate::step::Step;
use crate::toolchain::cache;
use std::path::Path;
use std::time::Duration;

const NAME: &str = "door";
const PINNED: &str = "learning/python/tests/requirements.txt";
const SCRIPT: &str = "learning/python/tests/prove_door.py";
const POLICY: &str = "learning/python/tests/make_door_policy.py";

/// Builds, installs, and runs the scripts; returns the lines that begin with `mark` with the time that going through the door took.
pub(crate) fn prove(root: &Path, mark: &str) -> Result<(Vec<String>, Duration), Failure> {
    let python = python::with(root, sb3::NAME, PINNED, sb3::INSTALL_MAX);
    let python = python.map_err(|why| Failure::Missing { step: NAME.into(), why })?;
    let lints = "clippy --package onetape-python --features door --release --quiet --locked -- -D warnings";
    Step::cargo("lints of the door", root, lints).run()?;
    let wheels = cache().join("door-wheels");
    // A wheel of another version would be the one that is installed.
    let _ = std::fs::remove_dir_all(&wheels);
    let wheels = wheels.display().to_string();
    let build = ["-m", "maturin", "build", "--release", "--locked", "--manifest-path", "learning/python/Cargo.toml"];
    let build = Step::new("wheel", root, &python).arguments(build).arguments(["--out", &wheels]);
    build.outside_cargo().run()?;
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index", "--no-deps"];
    let install = Step::new("install", root, &python).arguments(install);
    install.arguments(["--force-reinstall", "--find-links", &wheels, "onetape"]).run()?;
    let (mut figures, took) = Step::new(NAME, root, &python).arguments([SCRIPT]).marked_lines(mark)?;
    checks::build(root)?;
    let folder = cache().join("door-policies");
    let back = sb3::imported(root, &python, &folder.join("through-the-door"), &[POLICY]);
    let back = back.and_then(|()| sb3::compare(root, &folder, mark));
    // What cannot be removed now is written over by the next run.
    let _ = std::fs::remove_dir_all(&folder);
    figures.extend(back?);
    Ok((figures, took))
}
