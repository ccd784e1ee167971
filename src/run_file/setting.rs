//! Overrides from the command line: `--set section.key=value`, `--set instruments.0.tick=0.01`.
//!
//! They are laid over the document before anything is read, so an override is checked exactly as the file is. The value
//! is a TOML value; what is none is taken as a text without quotes.
use super::error::{Complaint, SET};
use super::node::{self, Entry, Node, Spot, Value};
use super::source::{Place, Source};
use toml::de::DeValue;

/// Parses the overrides, as sources from number one on, and lays them over the document; the last one wins.
pub(super) fn lay_over(
    root: &mut Vec<Entry>,
    sources: &mut Vec<Source>,
    settings: &[String],
    complaints: &mut Vec<Complaint>,
) {
    for setting in settings {
        let source = sources.len();
        sources.push(Source::new(SET.into(), setting.clone()));
        let done = parse(setting, source).and_then(|(path, value)| lay(root, &path, value));
        complaints.extend(done.err());
    }
}

/// Steps of a path at most; no setting lies deeper than three.
const STEPS_MAX: usize = 8;

/// One step of a path, `instruments` or `0`.
struct Step<'a> {
    name: &'a str,
    place: Place,
}

fn parse(setting: &str, source: usize) -> Result<(Vec<Step<'_>>, Node), Complaint> {
    let whole = Place { source, start: 0, end: setting.len() };
    let expected = "`section.key=value` as in `strategy.fast=10`";
    let Some((path, value)) = setting.split_once('=') else {
        return Err(Complaint::new(Some(whole), "an override needs a key and a value").expected(expected));
    };
    if path.split('.').count() > STEPS_MAX {
        return Err(Complaint::new(Some(whole), "no setting lies that deep").expected(expected));
    }
    let mut start = 0;
    let mut steps = Vec::new();
    for name in path.split('.') {
        let place = Place { source, start, end: start + name.len() };
        start += name.len() + 1;
        let name = name.trim();
        if !is_bare(name) {
            return Err(Complaint::new(Some(place), format!("`{name}` is not a key")).expected(expected));
        }
        steps.push(Step { name, place });
    }
    Ok((steps, read_value(value, Spot { source, offset: path.len() + 1, text: value })?))
}

/// Whether a key needs no quotes in TOML.
pub(super) fn is_bare(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

fn read_value(text: &str, spot: Spot<'_>) -> Result<Node, Complaint> {
    match DeValue::parse(text) {
        Ok(value) => {
            let mut node = node::node(&value, spot);
            let plain = matches!(node.value, Value::Whole(_) | Value::Real(_) | Value::Switch(_) | Value::Date(_));
            node.bare = plain.then(|| text.trim().to_string());
            Ok(node)
        }
        // Whoever opens a quote or a bracket means TOML and had better learn that it is broken.
        Err(error) if text.trim_start().starts_with(['"', '\'', '[', '{']) => {
            let span = error.span().unwrap_or(0..text.len());
            Err(Complaint::new(Some(spot.place(span)), format!("the value is not valid TOML: {}", error.message())))
        }
        Err(_) => {
            let place = spot.place(0..text.len());
            Ok(Node { place, value: Value::Text(text.trim().to_string()), bare: None })
        }
    }
}

fn lay(table: &mut Vec<Entry>, path: &[Step<'_>], value: Node) -> Result<(), Complaint> {
    let Some((step, rest)) = path.split_first() else { return Ok(()) };
    let at = table.iter().position(|entry| entry.key == step.name);
    if rest.is_empty() {
        let entry = Entry { key: step.name.into(), key_place: step.place, node: value };
        match at {
            Some(at) => table[at] = entry,
            None => table.push(entry),
        }
        return Ok(());
    }
    let at = at.unwrap_or_else(|| {
        let node = Node { place: step.place, value: Value::Table(Vec::new()), bare: None };
        table.push(Entry { key: step.name.into(), key_place: step.place, node });
        table.len() - 1
    });
    match &mut table[at].node.value {
        Value::Table(inner) => lay(inner, rest, value),
        Value::List(items) => lay_element(items, step, rest, value),
        _ => Err(Complaint::new(Some(step.place), format!("`{}` is a value, not a section", step.name))),
    }
}

fn lay_element(items: &mut [Node], list: &Step<'_>, path: &[Step<'_>], value: Node) -> Result<(), Complaint> {
    let Some((step, rest)) = path.split_first() else { return Ok(()) };
    let last = items.len().saturating_sub(1);
    let expected = format!("the place of an element of `{}`, from 0 to {last}", list.name);
    let index = step.name.parse::<usize>().ok().filter(|index| *index < items.len());
    let Some(item) = index.and_then(|index| items.get_mut(index)) else {
        let message = format!("`{}` has no element `{}`", list.name, step.name);
        return Err(Complaint::new(Some(step.place), message).expected(expected));
    };
    if rest.is_empty() {
        *item = value;
        return Ok(());
    }
    match &mut item.value {
        Value::Table(inner) => lay(inner, rest, value),
        _ => Err(Complaint::new(Some(step.place), format!("`{}` is a value, not a section", step.name))),
    }
}
