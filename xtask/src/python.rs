//! Pythons of our own: a folder beside other caches that packages are installed into.
//!
//! Nothing of the system's own Python is changed.
use crate::step::Step;
use crate::toolchain::cache;
use std::path::Path;
use std::time::Duration;

/// Long enough for a slow link, short enough for a machine whose packets are dropped.
const INSTALL_MAX: Duration = Duration::from_secs(300);

/// The Python of that folder in the cache, made where it is not there; or why there is none.
pub(crate) fn bare(root: &Path, folder: &str) -> Result<String, String> {
    let folder = cache().join(folder);
    let python = folder.join("bin/python").display().to_string();
    let make = Step::new("python", root, "python3").arguments(["-m", "venv", &folder.display().to_string()]);
    if !Path::new(&python).is_file() && !make.succeeds_within(INSTALL_MAX) {
        return Err("there is no python3 with venv; Debian's package python3-venv has both".into());
    }
    Ok(python)
}

/// The same with the packages of a file of pinned requirements, within `limit`.
pub(crate) fn with(root: &Path, folder: &str, pinned: &str, limit: Duration) -> Result<String, String> {
    let python = bare(root, folder)?;
    // What is installed already is not asked for again, and needs no network.
    let quiet = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", pinned];
    if !Step::new(folder, root, &python).arguments(quiet).succeeds_within(limit) {
        return Err(format!("the packages of {pinned} cannot be installed from here"));
    }
    Ok(python)
}

/// With the packages of a file of pinned requirements, none of them large.
pub(crate) fn with_small(root: &Path, folder: &str, pinned: &str) -> Result<String, String> {
    with(root, folder, pinned, INSTALL_MAX)
}
