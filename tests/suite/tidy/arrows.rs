//! Which crate may depend on which: arrows point at the engine and never back.
//!
//! Tests and build scripts are bound like the code. A new arrow needs its line here and its reason in ARCHITECTURE.md.
use super::finding::Finding;
use super::tree::Manifest;

/// What each member may depend on. The root package, which wires everything, is not a member and may use all.
const ALLOWED: &[(&str, &[&str])] = &[
    ("benches", &["datasets", "engine", "evaluations", "learning", "operations", "strategies", "venues"]),
    ("compliance", &["engine"]),
    ("datasets", &["engine"]),
    ("engine", &[]),
    ("evaluations", &["engine"]),
    ("learning", &["datasets", "engine", "strategies"]),
    // The Python door is a second place that wires things: it hands the command line's own material to Python.
    ("learning/python", &["learning", "onetape"]),
    ("loopback", &["engine"]),
    ("operations", &["datasets", "engine", "venues"]),
    ("strategies", &["engine"]),
    ("venues", &["engine"]),
    ("xtask", &[]),
];

/// The arrows of `member` that may not be. `root` holds the dependencies that members share.
pub(super) fn forbidden(member: &str, manifest: &Manifest, root: &Manifest) -> Vec<Finding> {
    let allowed = ALLOWED.iter().find(|(name, _)| *name == member).map(|(_, allowed)| *allowed);
    let Some(allowed) = allowed else {
        return vec![Finding {
            path: manifest.path.clone(),
            line: 1,
            what: format!("`{member}` has no line in the table of arrows"),
            why: "a new crate says what it may depend on",
        }];
    };
    let arrows = dependencies(&manifest.table).into_iter().filter_map(|(key, written)| {
        let shared = || root.table.get("workspace")?.get("dependencies")?.get(&key)?.get("path");
        let path = written.get("path").or_else(shared)?.as_str()?;
        // The root package lies in no folder of its own.
        let folder = path.rsplit('/').next().unwrap_or(path);
        Some((if folder.starts_with('.') { key.clone() } else { folder.to_string() }, key))
    });
    let wrong = arrows.filter(|(to, _)| !allowed.contains(&to.as_str()));
    wrong
        .map(|(to, key)| Finding {
            path: manifest.path.clone(),
            line: manifest.line_of(&key),
            what: format!("`{member}` depends on `{to}`"),
            why: "arrows point at the engine; siblings meet through traits that the root package wires",
        })
        .collect()
}

/// Every dependency of a manifest, of every kind and for every target, by the name that it is given there.
fn dependencies(manifest: &toml::Table) -> Vec<(String, &toml::Value)> {
    const KINDS: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];
    let targets = manifest.get("target").and_then(toml::Value::as_table);
    let per_target = targets.into_iter().flat_map(toml::Table::values).filter_map(toml::Value::as_table);
    let tables = std::iter::once(manifest).chain(per_target);
    let of_kinds = tables.flat_map(|table| KINDS.iter().filter_map(|kind| table.get(*kind)?.as_table()));
    of_kinds.flatten().map(|(key, written)| (key.clone(), written)).collect()
}

#[test]
fn an_arrow_that_points_the_wrong_way_is_found() {
    let root =
        "[workspace.dependencies]\nengine = { path = \"engine\" }\ndatasets = { path = \"datasets\" }\nlibm = \"0.2\"";
    let root = Manifest::new("Cargo.toml", root);
    let check = |member: &str, text: &str, expected: &[&str]| {
        let manifest = Manifest::new(&format!("{member}/Cargo.toml"), text);
        super::finding::check(forbidden(member, &manifest, &root), expected);
    };
    check("datasets", "[dependencies]\nengine.workspace = true\nlibm = \"0.2\"", &[]);
    check("operations", "[dependencies]\nengine.workspace = true\ndatasets.workspace = true", &[]);
    check(
        "engine",
        "[dependencies]\nlibm.workspace = true\ndatasets.workspace = true",
        &["engine/Cargo.toml:3: `engine` depends on `datasets`"],
    );
    check(
        "strategies",
        "[dev-dependencies]\nbook = { path = \"../datasets\" }",
        &["strategies/Cargo.toml:2: `strategies` depends on `datasets`"],
    );
    check(
        "evaluations",
        "[target.'cfg(unix)'.build-dependencies]\ndatasets.workspace = true",
        &["evaluations/Cargo.toml:2: `evaluations` depends on `datasets`"],
    );
    check(
        "evaluations",
        "[dependencies]\nonetape = { path = \"..\" }",
        &["evaluations/Cargo.toml:2: `evaluations` depends on `onetape`"],
    );
    check("learning/python", "[dependencies]\nonetape = { path = \"../..\" }", &[]);
    check("xtask", "[dependencies]\nengine.workspace = true", &["xtask/Cargo.toml:2: `xtask` depends on `engine`"]);
    check("novelty", "[dependencies]", &["novelty/Cargo.toml:1: `novelty` has no line in the table of arrows"]);
}
