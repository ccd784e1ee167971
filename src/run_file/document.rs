//! The text of a run file as a checked TOML document, with the overrides laid over it.
//!
//! It refuses what cannot be a run file before the parser sees it: too large, not UTF-8, not readable.
use super::error::{Complaint, ConfigError};
use super::node::{self, Entry, Node, Spot, Value};
use super::setting;
use super::source::{Place, Source};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use toml::de::DeTable;

/// The largest run file, in bytes: thousands of instruments fit.
const SIZE_MAX: u64 = 1 << 20;

/// What was written, in the order in which it was written.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) sources: Vec<Source>,
    pub(super) root: Vec<Entry>,
}

/// The text of a file.
pub(super) fn read(path: &Path, name: &str) -> Result<String, ConfigError> {
    let failed =
        |error: std::io::Error| ConfigError::of_file(name, &format!("the run file cannot be read: {error}"), None);
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(SIZE_MAX + 1).read_to_end(&mut bytes)).map_err(failed)?;
    refuse_large(bytes.len(), name)?;
    String::from_utf8(bytes).map_err(|error| {
        let (valid, bytes) = (error.utf8_error().valid_up_to(), error.as_bytes());
        let start = String::from_utf8_lossy(&bytes[..valid]).into_owned();
        let message = format!("this is not UTF-8 text: the byte 0x{:02X} stands here", bytes[valid]);
        let place = Place { source: 0, start: valid, end: valid };
        let complaint = Complaint::new(Some(place), message).expected("a TOML file, saved as UTF-8");
        ConfigError::new(&[Source::new(name.into(), start)], vec![complaint])
    })
}

fn refuse_large(bytes: usize, name: &str) -> Result<(), ConfigError> {
    if bytes as u64 <= SIZE_MAX {
        return Ok(());
    }
    let message = format!("this is larger than a run file may be, {SIZE_MAX} bytes");
    Err(ConfigError::of_file(name, &message, Some("is it the right file?")))
}

impl Document {
    /// Parses `text` and lays `overrides` over it.
    pub(super) fn read(text: &str, name: &str, overrides: &[String]) -> Result<Self, ConfigError> {
        refuse_large(text.len(), name)?;
        // Some editors begin a file with a byte order mark; it is no part of the first line.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut sources = vec![Source::new(name.into(), text.into())];
        let (table, errors) = DeTable::parse_recoverable(text);
        if !errors.is_empty() {
            return Err(ConfigError::new(&sources, syntax(&sources[0], &errors)));
        }
        let mut root = node::entries(table.get_ref(), Spot { source: 0, offset: 0, text });
        let mut complaints = Vec::new();
        setting::lay_over(&mut root, &mut sources, overrides, &mut complaints);
        if complaints.is_empty() { Ok(Self { sources, root }) } else { Err(ConfigError::new(&sources, complaints)) }
    }

    /// Where every setting and every section stands.
    pub(super) fn places(&self) -> BTreeMap<String, Place> {
        let mut places = BTreeMap::new();
        for entry in &self.root {
            add_places(&entry.key, &entry.node, entry.node.place, &mut places);
        }
        places
    }
}

/// One complaint per line: after the first fault of a line the parser is guessing.
fn syntax(source: &Source, errors: &[toml::de::Error]) -> Vec<Complaint> {
    let mut lines = BTreeMap::new();
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        lines.entry(source.line(span.start)).or_insert((span, error.message()));
    }
    let complaint = |(span, message): (std::ops::Range<usize>, &str)| {
        let place = Place { source: 0, start: span.start, end: span.end };
        Complaint::new(Some(place), format!("not valid TOML: {message}"))
    };
    lines.into_values().map(complaint).collect()
}

fn add_places(path: &str, node: &Node, place: Place, places: &mut BTreeMap<String, Place>) {
    match &node.value {
        Value::Table(entries) => {
            for entry in entries {
                // Marked from the key to the end of the value, so that either may be what is wrong.
                let whole = if entry.key_place.source == entry.node.place.source {
                    Place { end: entry.node.place.end.max(entry.key_place.end), ..entry.key_place }
                } else {
                    entry.node.place
                };
                add_places(&format!("{path}.{}", entry.key), &entry.node, whole, places);
            }
        }
        Value::List(items) if items.iter().any(|item| matches!(item.value, Value::Table(_))) => {
            for (index, item) in items.iter().enumerate() {
                add_places(&format!("{path}.{index}"), item, item.place, places);
            }
        }
        _ => {}
    }
    places.insert(path.to_string(), place);
}
