//! Tells where libtorch lies, so that nobody has to set a search path: to our own tests by a run path, and, through the key
//! `links`, to build scripts of packages that depend on this one, which set theirs. And which version it is, for tapes.
use std::io::Write;
use std::path::{Path, PathBuf};

/// The version that tch 0.26 binds.
const BOUND: &str = "2.13.0";

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(b"cargo::rerun-if-changed=build.rs\n")?;
    let library = std::env::var_os("DEP_TCH_LIBTORCH_LIB").map(PathBuf::from);
    let version = library.as_deref().and_then(version).unwrap_or_else(|| BOUND.into());
    out.write_all(format!("cargo::rustc-env=ONETAPE_LIBTORCH={version}\n").as_bytes())?;
    // torch-sys tells it; without the feature `torch`, and on Windows, which has no run paths, there is none.
    let Some(named) = library else { return Ok(()) };
    // A link may lead elsewhere tomorrow, and a program goes on with what it was linked with.
    let folder = named.canonicalize().unwrap_or_else(|_| named.clone());
    let lines = format!(
        "cargo::rerun-if-changed={}\ncargo::rustc-link-arg=-Wl,-rpath,{1}\ncargo::metadata=libtorch_lib={1}\n",
        named.display(),
        folder.display()
    );
    out.write_all(lines.as_bytes())
}

/// What the headers beside the library say.
fn version(library: &Path) -> Option<String> {
    let headers = ["torch/headeronly/version.h", "torch/csrc/api/include/torch/version.h"];
    headers.iter().find_map(|header| {
        let text = std::fs::read_to_string(library.parent()?.join("include").join(header)).ok()?;
        let (_, after) = text.split_once("#define TORCH_VERSION \\")?;
        after.split('"').nth(1).map(str::to_string)
    })
}
