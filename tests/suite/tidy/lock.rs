//! The lock file: one Arrow, because two of them are two sets of types that cannot be handed to each other.
use super::finding::Finding;
use super::tree::Manifest;
use std::collections::BTreeMap;

pub(super) fn doubled_arrow(lock: &Manifest) -> Vec<Finding> {
    let packages = lock.table.get("package").and_then(toml::Value::as_array);
    let mut majors: BTreeMap<&str, &str> = BTreeMap::new();
    for package in packages.into_iter().flatten() {
        let text = |key: &str| package.get(key).and_then(toml::Value::as_str).unwrap_or_default();
        let (name, version) = (text("name"), text("version"));
        if name == "arrow" || name == "parquet" || name.starts_with("arrow-") {
            majors.entry(version.split('.').next().unwrap_or(version)).or_insert(name);
        }
    }
    let found = || majors.iter().map(|(major, name)| format!("{name} {major}")).collect::<Vec<_>>().join(", ");
    let finding = || Finding {
        path: lock.path.clone(),
        line: 1,
        what: format!("more than one line of arrow: {}", found()),
        why: "arrays of two versions are two types; bring the dependencies onto one line",
    };
    (majors.len() > 1).then(finding).into_iter().collect()
}

#[test]
fn two_arrows_in_one_lock_file_are_found() {
    let check = |packages: &[(&str, &str)], expected: &[&str]| {
        let entry =
            |(name, version): &(&str, &str)| format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n");
        let text: String = packages.iter().map(entry).collect();
        super::finding::check(doubled_arrow(&Manifest::new("Cargo.lock", &text)), expected);
    };
    check(&[("arrow-array", "59.1.0"), ("parquet", "59.0.0"), ("arrows", "1.0.0")], &[]);
    check(
        &[("arrow-array", "59.1.0"), ("arrow-array", "60.0.0")],
        &["Cargo.lock:1: more than one line of arrow: arrow-array 59, arrow-array 60"],
    );
    check(
        &[("arrow-array", "59.1.0"), ("parquet", "58.0.0")],
        &["Cargo.lock:1: more than one line of arrow: parquet 58, arrow-array 59"],
    );
}
