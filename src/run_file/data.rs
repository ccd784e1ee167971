//! `[data]`: which candles, of the catalog, from when to when.
//!
//! Whether the catalog exists is not looked up here.
use super::error::Complaint;
use super::instant;
use super::node::Node;
use super::section::Section;
use super::written::Written;
use engine::Timestamp;
use std::path::{Path, PathBuf};

/// Which candles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataSection {
    /// Where they are kept.
    pub catalog: CatalogPath,
    /// The first open time, inclusive; `None` is the beginning.
    pub from: Option<Timestamp>,
    /// The open time at which the run ends, exclusive; `None` is the end.
    pub to: Option<Timestamp>,
    /// Candles read before `from`, per instrument: no orders, not counted.
    pub warmup_candles: u32,
    /// Whether splits, dividends and funding of the catalog are applied.
    pub actions: bool,
}

/// A folder as it was written and as it was found from the run file.
///
/// Two are equal when they are the same place, however it was written.
#[derive(Clone, Debug)]
pub struct CatalogPath {
    /// The text of the run file.
    pub written: String,
    /// The absolute path; always valid UTF-8.
    pub path: PathBuf,
}

impl PartialEq for CatalogPath {
    fn eq(&self, other: &Self) -> bool {
        self.path == other.path
    }
}

impl Eq for CatalogPath {}

const CATALOG: &str = "the path of a folder as in \"../datasets/sample\"";

/// Reads the section. `base` is the folder of the run file.
pub(super) fn read(mut section: Section<'_>, base: &Path) -> Option<DataSection> {
    let catalog = section.required("catalog", "\"../datasets/sample\"", |node| found(node, base, CATALOG));
    let from = section.optional("from", instant::of);
    let to = section.optional("to", instant::of);
    let warmup_candles = section.or("warmup_candles", 0, |node| node.whole(i64::from(u32::MAX)));
    let actions = section.or("actions", true, Node::switch);
    if let (Some(Some(from)), Some(Some(to))) = (from, to)
        && from >= to
    {
        let message = format!("`to` is not after `from`, {}", instant::text(from));
        section.complain("to", Complaint::new(section.place_of("to"), message).expected("a later instant"));
    }
    section.close();
    let warmup_candles = u32::try_from(warmup_candles?).ok()?;
    Some(DataSection { catalog: catalog?, from: from?, to: to?, warmup_candles, actions: actions? })
}

/// A place as it was written, found from `base`, the folder of the run file.
pub(super) fn found(node: &Node, base: &Path, expected: &str) -> Result<CatalogPath, Complaint> {
    let written = node.text(expected)?;
    if written.is_empty() || written.contains('\0') {
        return Err(node.complain("this is not a path").expected(expected));
    }
    if written.contains("://") {
        return Err(node.complain("object stores are not yet available in this build").expected(expected));
    }
    // What stands on the command line is meant from where the user is, what stands in the file from where the file is.
    let from_here = node.place.source > 0;
    let joined = if from_here { PathBuf::from(written) } else { base.join(written) };
    let path = std::path::absolute(&joined)
        .map_err(|error| node.complain(format!("the path cannot be made absolute: {error}")).expected(expected))?;
    if path.to_str().is_none() {
        return Err(node.complain("the folder of the run file has a name that is not UTF-8").expected(expected));
    }
    Ok(CatalogPath { written: written.into(), path })
}

pub(super) fn written(data: &DataSection) -> Written {
    let path = data.catalog.path.to_str().expect("checked when the path was read");
    Written::new("data")
        .text("catalog", path)
        .maybe("from", data.from.map(instant::text))
        .maybe("to", data.to.map(instant::text))
        .literal("warmup_candles", data.warmup_candles)
        .literal("actions", data.actions)
}
