//! The libtorch that the feature `rl` builds with: put together once from wheels of PyPI, whole or not at all.
//!
//! It lies in the user's cache, and a link in the repository that git does not see leads there. A libtorch of one's own,
//! named by `LIBTORCH` or by that link, is never touched.
use crate::failure::Failure;
use crate::python;
use crate::step::Step;
use crate::toolchain::cache;
use std::path::{Path, PathBuf};
use std::time::Duration;

const NAME: &str = "libtorch";
const VERSION: &str = "libtorch-2.13.0";
/// Where `.cargo/config.toml` looks.
const LINK: &str = ".libtorch";
const PINNED: &str = "xtask/src/libtorch.txt";
const SCRIPT: &str = "xtask/src/libtorch.py";
const CONTENTS: &str = "CONTENTS";
/// Half a gigabyte is read and hashed.
const CHECK_MAX: Duration = Duration::from_secs(120);
/// The platforms of the pinned wheels, as they are named there. pip does not see that the newest includes the others.
const PLATFORMS: [&str; 4] =
    ["manylinux_2_28_x86_64", "manylinux_2_25_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"];
const ELSE: &str = "\
What else does: unpack libtorch 2.13.0 of pytorch.org and set LIBTORCH to its folder, or install torch 2.13.0 for Python and
set LIBTORCH_USE_PYTORCH=1. Both may be builds for a graphics card. Without the feature `rl` nothing here needs libtorch.";

/// What is looked at before a folder that is there is taken for whole.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Look {
    /// That each file is there and has its size.
    Sizes,
    /// Every byte.
    Bytes,
}

/// Sees to it that there is a libtorch: somebody's own, ours from an earlier time, or a new one.
pub(crate) fn ensure(root: &Path, look: Look) -> Result<(), Failure> {
    if let Some(own) = own(root)? {
        eprintln!("==> {NAME}: {own} is used as it stands, and nothing is fetched");
        return Ok(());
    }
    if !cfg!(all(target_os = "linux", target_arch = "x86_64", target_env = "gnu")) {
        return Err(missing(&format!("it is put together for Linux on x86-64 with glibc alone.\n{ELSE}")));
    }
    let folder = cache().join(VERSION);
    if is_whole(root, &folder, look) {
        eprintln!("==> {NAME}: {} is there", folder.display());
    } else {
        assemble(root, &folder)?;
    }
    link(root, &folder)
}

/// What names a libtorch of somebody's own.
fn own(root: &Path) -> Result<Option<String>, Failure> {
    let named = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let link = root.join(LINK);
    if named("LIBTORCH_USE_PYTORCH").is_some() {
        return Ok(Some("the torch of the installed Python (LIBTORCH_USE_PYTORCH)".into()));
    }
    // Cargo hands us the link as LIBTORCH where nobody set another.
    if let Some(folder) = named("LIBTORCH").filter(|folder| *folder != link) {
        let folder = Path::new(&folder);
        let said = format!("LIBTORCH={}", folder.display());
        return if folder.is_dir() { Ok(Some(said)) } else { Err(missing(&format!("{said} names no folder"))) };
    }
    let leads_to = link.canonicalize();
    let ours = |to: &PathBuf| cache().canonicalize().is_ok_and(|cache| to.starts_with(cache));
    let own = leads_to.ok().filter(|to| !ours(to));
    Ok(own.map(|to| format!("{LINK}, which leads to {},", to.display())))
}

fn is_whole(root: &Path, folder: &Path, look: Look) -> bool {
    let contents = std::fs::read_to_string(folder.join(CONTENTS)).unwrap_or_default();
    let stands = |line: &str| {
        let mut fields = line.splitn(3, ' ').skip(1);
        let (size, name) = (fields.next()?.parse::<u64>().ok()?, fields.next()?);
        (std::fs::metadata(folder.join(name)).ok()?.len() == size).then_some(())
    };
    let check = || Step::new(NAME, root, "python3").arguments([SCRIPT, "check", &folder.display().to_string()]);
    let sizes = !contents.is_empty() && contents.lines().all(|line| stands(line).is_some());
    let whole = sizes && (look == Look::Sizes || check().succeeds_within(CHECK_MAX));
    if folder.exists() && !whole {
        eprintln!("==> {NAME}: {} is not whole, and is made again", folder.display());
    }
    whole
}

/// Makes it aside, and puts it in its place when it is whole.
fn assemble(root: &Path, folder: &Path) -> Result<(), Failure> {
    let python = python::bare(root, "python").map_err(|why| missing(&format!("{why}.\n{ELSE}")))?;
    let aside = Aside::new(folder)?;
    let (wheels, new) = (aside.0.join("wheels"), aside.0.join("new"));
    let written = |path: &Path| path.display().to_string();
    let mut fetch = Step::new(NAME, root, &python).arguments(["-m", "pip", "download", "--disable-pip-version-check"]);
    fetch = fetch.arguments(["--require-hashes", "--no-deps", "--only-binary", ":all:", "--python-version", "3.11"]);
    fetch = fetch.arguments(PLATFORMS.iter().flat_map(|platform| ["--platform", platform]));
    fetch.arguments(["--requirement", PINNED, "--dest", &written(&wheels)]).run().map_err(|failure| {
        missing(&format!("the wheels of {PINNED} cannot be had from PyPI ({failure}); pip says why above.\n{ELSE}"))
    })?;
    Step::new(NAME, root, &python).arguments([SCRIPT, "assemble", &written(&wheels), &written(&new)]).run()?;
    let failed = |source| Failure::File { path: written(folder), source };
    if folder.exists() {
        // Programs that run with the old one keep its files open.
        std::fs::rename(folder, aside.0.join("old")).map_err(failed)?;
    }
    std::fs::rename(&new, folder).map_err(failed)
}

/// A folder beside the one that is made, which goes with its value.
struct Aside(PathBuf);

impl Aside {
    fn new(folder: &Path) -> Result<Self, Failure> {
        let cache = folder.parent().expect("the folder lies in the cache");
        let begin = format!("{VERSION}.aside-");
        for left in std::fs::read_dir(cache).into_iter().flatten().flatten() {
            let name = left.file_name().display().to_string();
            // What a killed run left; that of a run at the same time is not ours.
            if name.strip_prefix(&begin).is_some_and(|process| !Path::new("/proc").join(process).exists()) {
                let _ = std::fs::remove_dir_all(left.path());
            }
        }
        let path = cache.join(format!("{begin}{}", std::process::id()));
        let made = std::fs::create_dir_all(&path);
        made.map_err(|source| Failure::File { path: path.display().to_string(), source })?;
        Ok(Self(path))
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        // What cannot be removed now is removed by the next run that makes one.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Leads the link of the repository to the folder.
fn link(root: &Path, folder: &Path) -> Result<(), Failure> {
    let link = root.join(LINK);
    if std::fs::read_link(&link).is_ok_and(|to| to == folder) {
        return Ok(());
    }
    let failed = |source| Failure::File { path: LINK.into(), source };
    if link.is_symlink() {
        std::fs::remove_file(&link).map_err(failed)?;
    }
    make_link(folder, &link).map_err(failed)
}

#[cfg(unix)]
fn make_link(folder: &Path, link: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(folder, link)
}

#[cfg(not(unix))]
fn make_link(_: &Path, _: &Path) -> std::io::Result<()> {
    unreachable!("it is made on Linux alone")
}

fn missing(why: &str) -> Failure {
    Failure::Missing { step: NAME.into(), why: why.into() }
}
