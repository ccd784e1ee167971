//! Hands the compiler's version to the program: it stands in the header of every tape. With the feature `rl` the program also
//! learns where libtorch lies.
use std::io::Write;
use std::process::Command;

fn main() -> std::io::Result<()> {
    let compiler = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".into());
    let output = Command::new(compiler).arg("--version").output();
    let version = output.ok().and_then(|o| String::from_utf8(o.stdout).ok()).unwrap_or_default();
    let mut out = std::io::stdout().lock();
    out.write_all(format!("cargo::rustc-env=ONETAPE_COMPILER={}\n", version.trim()).as_bytes())?;
    if let Ok(folder) = std::env::var("DEP_ONETAPE_LEARNING_LIBTORCH_LIB") {
        out.write_all(format!("cargo::rustc-link-arg=-Wl,-rpath,{folder}\n").as_bytes())?;
    }
    out.write_all(b"cargo::rerun-if-changed=build.rs\n")
}
