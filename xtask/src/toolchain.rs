//! What the installed toolchain has, and where tools of ours are kept.
use std::path::{Path, PathBuf};
use std::process::Command;

/// Whether `cargo NAME` is there.
pub(crate) fn has_subcommand(name: &str) -> bool {
    Command::new("cargo").args([name, "--version"]).output().is_ok_and(|output| output.status.success())
}

/// Whether the standard library's parts for `target` are installed.
pub(crate) fn has_target(target: &str) -> bool {
    let asked = Command::new("rustc").args(["--print", "target-libdir", "--target", target]).output();
    asked.is_ok_and(|output| {
        let folder = String::from_utf8_lossy(&output.stdout);
        output.status.success() && Path::new(folder.trim()).is_dir()
    })
}

/// What `program` with these arguments writes, without its last line end; empty when it fails.
pub(crate) fn answer(root: &Path, program: &str, arguments: &[&str]) -> String {
    let asked = Command::new(program).args(arguments).current_dir(root).output();
    let said = asked.ok().filter(|output| output.status.success()).map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&said).trim_end().to_string()
}

/// Where tools are kept between runs.
pub(crate) fn cache() -> PathBuf {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let user = || Some(variable("XDG_CACHE_HOME").or(Some(variable("HOME")?.join(".cache")))?.join("onetape"));
    user().unwrap_or_else(|| std::env::temp_dir().join("onetape"))
}

/// The path of a program of ours in the debug build.
pub(crate) fn built(root: &Path, name: &str) -> String {
    let program = target(root).join("debug").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    program.display().to_string()
}

/// Where cargo builds.
fn target(root: &Path) -> PathBuf {
    const KEY: &str = "\"target_directory\":\"";
    let metadata = answer(root, "cargo", &["metadata", "--format-version", "1", "--no-deps", "--locked"]);
    let named = metadata.split_once(KEY).and_then(|(_, rest)| rest.split_once('"'));
    named.map_or_else(|| root.join("target"), |(folder, _)| folder.into())
}
