//! Reads one section key by key and, at its end, complains about every key that nobody asked for.
//!
//! It never stops at the first fault, so that one look shows all of them.
use super::error::Complaint;
use super::known::{self, Known};
use super::node::{Entry, Node, Value};
use super::source::Place;

/// A section under reading.
pub(super) struct Section<'a> {
    known: &'static Known,
    /// `run`, or `instruments.0`.
    path: String,
    /// Its heading; `None` when it is absent.
    place: Option<Place>,
    entries: &'a [Entry],
    /// Whether it has been refused as a whole: then nothing is missing from it.
    refused: bool,
    complaints: &'a mut Vec<Complaint>,
}

/// Finds an entry by its key.
pub(super) fn find<'a>(entries: &'a [Entry], key: &str) -> Option<&'a Entry> {
    entries.iter().find(|entry| entry.key == key)
}

impl<'a> Section<'a> {
    /// The section `name`; an absent one has no keys.
    ///
    /// # Panics
    /// When the name is not in [`known::SECTIONS`].
    pub(super) fn open(name: &'static str, root: &'a [Entry], complaints: &'a mut Vec<Complaint>) -> Self {
        let known = known::section(name).expect("sections are read by the names of the list");
        let entry = find(root, name);
        let mut refused = false;
        let entries = match entry.map(|entry| &entry.node) {
            Some(Node { value: Value::Table(entries), .. }) => entries.as_slice(),
            Some(node) => {
                let heading = known::heading(name);
                refused = true;
                complaints.push(node.complain(format!("`{name}` is {}", node.kind())).expected(heading).about(name));
                &[]
            }
            None => &[],
        };
        Self { known, path: name.into(), place: entry.map(|entry| entry.node.place), entries, refused, complaints }
    }

    /// One element of a list of sections.
    pub(super) fn element(
        known: &'static Known,
        index: usize,
        (place, entries): (Place, &'a [Entry]),
        complaints: &'a mut Vec<Complaint>,
    ) -> Self {
        Self { known, path: format!("{}.{index}", known.name), place: Some(place), entries, refused: false, complaints }
    }

    /// Whether a key that is absent may be complained about.
    pub(super) fn is_whole(&self) -> bool {
        !self.refused
    }

    /// Where the section begins.
    pub(super) fn place(&self) -> Option<Place> {
        self.place
    }

    /// Where the value of a key stands.
    pub(super) fn place_of(&self, key: &str) -> Option<Place> {
        find(self.entries, key).map(|entry| entry.node.place)
    }

    /// The keys that are written, known or not.
    pub(super) fn entries(&self) -> &'a [Entry] {
        self.entries
    }

    /// Adds a complaint about one of the section's keys.
    pub(super) fn complain(&mut self, key: &str, complaint: Complaint) {
        self.complaints.push(complaint.about(format!("{}.{key}", self.path)));
    }

    /// Adds a complaint about the value of a key.
    pub(super) fn refuse(&mut self, key: &str, mut complaint: Complaint) {
        complaint.message = format!("`{key}`: {}", complaint.message);
        self.complain(key, complaint);
    }

    /// The value of a key: `None` when it is wrong, `Some(None)` when it is absent.
    ///
    /// # Panics
    /// When the key is not in [`known::SECTIONS`]: the list would be incomplete.
    pub(super) fn optional<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&Node) -> Result<T, Complaint>,
    ) -> Option<Option<T>> {
        assert!(self.known.keys.contains(&key), "{key} is missing from the list of known keys");
        match find(self.entries, key).map(|entry| read(&entry.node)) {
            None => Some(None),
            Some(Ok(value)) => Some(Some(value)),
            Some(Err(complaint)) => {
                self.refuse(key, complaint);
                None
            }
        }
    }

    /// The value of a key, or `default` when it is absent; `None` when it is wrong.
    pub(super) fn or<T>(
        &mut self,
        key: &'static str,
        default: T,
        read: impl FnOnce(&Node) -> Result<T, Complaint>,
    ) -> Option<T> {
        self.optional(key, read).map(|value| value.unwrap_or(default))
    }

    /// The value of a key that must be there, as `example` shows.
    pub(super) fn required<T>(
        &mut self,
        key: &'static str,
        example: &str,
        read: impl FnOnce(&Node) -> Result<T, Complaint>,
    ) -> Option<T> {
        let value = self.optional(key, read)?;
        if value.is_none() && self.is_whole() {
            let heading = known::heading(self.known.name);
            // Without the section there is no place to point at, and the heading is part of what is missing.
            let message = match self.place {
                Some(_) => format!("{heading} has no `{key}`"),
                None => format!("the section {heading} with `{key}` is missing"),
            };
            self.complain(key, Complaint::new(self.place, message).expected(format!("`{key} = {example}`")));
        }
        value
    }

    /// Complains about the keys that this section does not have.
    pub(super) fn close(self) {
        if self.known.open {
            return;
        }
        for entry in self.entries.iter().filter(|entry| !self.known.keys.contains(&entry.key.as_str())) {
            let message = format!("unknown key `{}` in {}", entry.key, known::heading(self.known.name));
            let complaint = Complaint::new(Some(entry.key_place), message)
                .expected(format!("one of: {}", self.known.keys.join(", ")))
                .hint(known::advice(&entry.key, self.known))
                .about(format!("{}.{}", self.path, entry.key));
            self.complaints.push(complaint);
        }
    }
}

/// Complains about everything at the top of the file that is no section of ours.
pub(super) fn refuse_strangers(root: &[Entry], complaints: &mut Vec<Complaint>) {
    for entry in root.iter().filter(|entry| known::section(&entry.key).is_none()) {
        let names = || known::SECTIONS.iter().map(|section| section.name);
        let is_section = matches!(entry.node.value, Value::Table(_) | Value::List(_));
        let owner = known::SECTIONS.iter().find(|section| section.keys.contains(&entry.key.as_str()));
        let hint = match (is_section, owner) {
            (false, Some(owner)) => Some(format!("`{}` belongs to {}", entry.key, known::heading(owner.name))),
            _ => known::nearest(&entry.key, names()).map(|name| format!("did you mean {}?", known::heading(name))),
        };
        let what = if is_section { "section" } else { "key outside of any section" };
        let sections: Vec<String> = names().map(known::heading).collect();
        let complaint = Complaint::new(Some(entry.key_place), format!("unknown {what}: `{}`", entry.key))
            .expected(format!("one of: {}", sections.join(", ")))
            .hint(hint)
            .about(entry.key.as_str());
        complaints.push(complaint);
    }
}
