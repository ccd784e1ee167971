//! `[run]`: what the run is called and where its randomness begins.
use super::section::Section;
use super::written::Written;

/// What the run is called and where its randomness begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunSection {
    /// Safe as the name of a folder.
    pub name: String,
    /// The seed of every random stream.
    pub seed: u64,
}

const NAME: &str = "1 to 64 letters, digits, `-`, `_` or `.`, beginning with a letter or digit";

/// Whether a name can be that of a folder anywhere.
pub(super) fn is_safe(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
        && name.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric())
        && !name.ends_with('.')
}

/// Reads the section; without a name the run is called as its file.
pub(super) fn read(mut section: Section<'_>, file_stem: &str) -> Option<RunSection> {
    let default = if is_safe(file_stem) { file_stem } else { "run" };
    let name = section.or("name", default.to_string(), |node| {
        let name = node.text(NAME)?;
        if is_safe(name) {
            Ok(name.to_string())
        } else {
            Err(node.complain(format!("`{name}` cannot be the name of a folder")).expected(NAME))
        }
    });
    let seed = section.or("seed", 0, |node| node.whole(i64::MAX).map(i64::unsigned_abs));
    section.close();
    Some(RunSection { name: name?, seed: seed? })
}

pub(super) fn written(run: &RunSection) -> Written {
    Written::new("run").text("name", &run.name).literal("seed", run.seed)
}
