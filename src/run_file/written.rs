//! Settings as text again: TOML that reads as the same settings, every default spelled out.
//!
//! The same settings always give the same text, byte for byte.
use super::known;
use std::fmt::Write;

/// A section as it will be written: its keys with their TOML values, in a fixed order.
#[derive(Debug)]
pub(super) struct Written {
    section: &'static str,
    /// The place in a list of sections.
    index: Option<usize>,
    keys: Vec<(String, String)>,
}

impl Written {
    pub(super) fn new(section: &'static str) -> Self {
        Self { section, index: None, keys: Vec::new() }
    }

    pub(super) fn element(section: &'static str, index: usize) -> Self {
        Self { section, index: Some(index), keys: Vec::new() }
    }

    /// Adds a text.
    pub(super) fn text(self, key: &str, value: &str) -> Self {
        self.literal(key, quoted(value))
    }

    /// Adds a value that is valid TOML as it stands: a number, true or false, a list.
    pub(super) fn literal(mut self, key: &str, value: impl ToString) -> Self {
        self.keys.push((key.into(), value.to_string()));
        self
    }

    /// Adds a text, if there is one.
    pub(super) fn maybe(self, key: &str, value: Option<String>) -> Self {
        match value {
            Some(value) => self.text(key, &value),
            None => self,
        }
    }

    /// Adds a literal, if there is one.
    pub(super) fn maybe_literal(self, key: &str, value: Option<String>) -> Self {
        match value {
            Some(value) => self.literal(key, value),
            None => self,
        }
    }

    /// The section it is.
    pub(super) fn name(&self) -> &'static str {
        self.section
    }

    /// Leaves a key out.
    pub(super) fn without(mut self, key: &str) -> Self {
        self.keys.retain(|(name, _)| name != key);
        self
    }

    /// Every key as `--set` would address it, with its TOML value.
    pub(super) fn addressed(&self) -> impl Iterator<Item = (String, &str)> {
        let path = match self.index {
            Some(index) => format!("{}.{index}", self.section),
            None => self.section.to_string(),
        };
        self.keys.iter().map(move |(key, value)| (format!("{path}.{key}"), value.as_str()))
    }
}

/// The sections as one document.
pub(super) fn document(sections: &[Written]) -> String {
    let mut text = String::new();
    for section in sections {
        let gap = if text.is_empty() { "" } else { "\n" };
        let _ = writeln!(text, "{gap}{}", known::heading(section.section));
        for (key, value) in &section.keys {
            let _ = writeln!(text, "{key} = {value}");
        }
    }
    text
}

/// A text as a TOML string.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Texts as a TOML list.
pub(super) fn list(items: impl IntoIterator<Item = String>) -> String {
    format!("[{}]", items.into_iter().collect::<Vec<_>>().join(", "))
}
