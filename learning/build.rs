//! Tells where libtorch lies, so that nobody has to set a search path: to our own tests by a run path, and, through the key
//! `links`, to build scripts of packages that depend on this one, which set theirs.
use std::io::Write;
use std::path::PathBuf;

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(b"cargo::rerun-if-changed=build.rs\n")?;
    // torch-sys tells it; without the feature `torch`, and on Windows, which has no run paths, there is none.
    let Some(named) = std::env::var_os("DEP_TCH_LIBTORCH_LIB").map(PathBuf::from) else { return Ok(()) };
    // A link may lead elsewhere tomorrow, and a program goes on with what it was linked with.
    let folder = named.canonicalize().unwrap_or_else(|_| named.clone());
    let lines = format!(
        "cargo::rerun-if-changed={}\ncargo::rustc-link-arg=-Wl,-rpath,{1}\ncargo::metadata=libtorch_lib={1}\n",
        named.display(),
        folder.display()
    );
    out.write_all(lines.as_bytes())
}
