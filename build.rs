//! Hands the compiler's version to the program: it stands in the header of every tape.
use std::process::Command;

fn main() {
    let compiler = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".into());
    let output = Command::new(compiler).arg("--version").output();
    let version = output.ok().and_then(|o| String::from_utf8(o.stdout).ok()).unwrap_or_default();
    let mut out = std::io::stdout().lock();
    let _ = std::io::Write::write_all(
        &mut out,
        format!("cargo::rustc-env=ONETAPE_COMPILER={}\n", version.trim()).as_bytes(),
    );
    let _ = std::io::Write::write_all(&mut out, b"cargo::rerun-if-changed=build.rs\n");
}
