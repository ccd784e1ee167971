//! `onetape new`: a strategy project that builds against the engine as a library.
use crate::failure::Failure;
use crate::terminal;
use std::fs;
use std::path::{Path, PathBuf};

/// Every file of the template, by its path in the project.
const TEMPLATE: [(&str, &str); 8] = [
    ("Cargo.toml", include_str!("../../strategies/template/Cargo.toml.tmpl")),
    ("README.md", include_str!("../../strategies/template/README.md.tmpl")),
    (".gitignore", include_str!("../../strategies/template/gitignore.tmpl")),
    ("rustfmt.toml", include_str!("../../strategies/template/rustfmt.toml.tmpl")),
    ("src/main.rs", include_str!("../../strategies/template/src/main.rs")),
    ("src/trend.rs", include_str!("../../strategies/template/src/trend.rs")),
    ("src/candles.rs", include_str!("../../strategies/template/src/candles.rs")),
    ("src/backtest.rs", include_str!("../../strategies/template/src/backtest.rs")),
];

/// Runs the command.
pub(super) fn execute(folder: &Path, engine: Option<PathBuf>, json: bool) -> Result<(), Failure> {
    let name = folder.file_name().and_then(|n| n.to_str()).unwrap_or_default();
    let good = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_');
    if !good {
        return Err(Failure::Usage(format!(
            "`{name}` is no project name: expected small letters, digits, - and _, a letter first"
        )));
    }
    if folder.exists() {
        return Err(Failure::Usage(format!("{} is there already: name another folder", folder.display())));
    }
    let sources = engine.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")));
    let sources = std::path::absolute(&sources).map_err(Failure::failed)?;
    if !sources.join("engine/Cargo.toml").is_file() {
        let text = "holds no engine/Cargo.toml: say where Onetape's sources are with --engine";
        return Err(Failure::Usage(format!("{} {text}", sources.display())));
    }
    for (path, text) in TEMPLATE {
        let target = folder.join(path);
        let parent = target.parent().unwrap_or(folder);
        let text = text.replace("{{name}}", name).replace("{{path}}", &sources.display().to_string());
        let written = fs::create_dir_all(parent).and_then(|()| fs::write(&target, text));
        written.map_err(|e| Failure::Failed(format!("cannot write {}: {e}", target.display())))?;
    }
    if json {
        return terminal::print(&format!("{:#}\n", serde_json::json!({ "project": folder.display().to_string() })));
    }
    terminal::print(&format!(
        "made {}: `cd {} && cargo test` builds it, `cargo run` runs it\n",
        folder.display(),
        folder.display()
    ))
}
