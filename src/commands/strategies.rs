//! `onetape strategies`: names, parameters with ranges, help.
use crate::failure::Failure;
use crate::registry::registry;
use crate::terminal;
use strategies::{Entry, Parameter, Presence};

/// Runs the command.
pub(super) fn execute(name: Option<&str>, json: bool) -> Result<(), Failure> {
    let registry = registry();
    let entries: Vec<&Entry> = match name {
        Some(name) => vec![registry.entry(name).map_err(Failure::usage)?],
        None => registry.entries().iter().collect(),
    };
    if json {
        let list: Vec<serde_json::Value> = entries.iter().map(|entry| object(entry)).collect();
        return terminal::print(&format!("{:#}\n", serde_json::Value::Array(list)));
    }
    if name.is_none() {
        let rows: Vec<(String, String)> = entries.iter().map(|e| (e.name.to_string(), e.summary.to_string())).collect();
        let width = rows.iter().map(|r| r.0.len()).max().unwrap_or(0);
        let text: String = rows.iter().map(|(name, summary)| format!("{name:<width$}  {summary}\n")).collect();
        return terminal::print(&text);
    }
    terminal::print(&entries.iter().map(|entry| help(entry)).collect::<String>())
}

fn help(entry: &Entry) -> String {
    let line = |p: &Parameter| vec![p.name.to_string(), p.kind.to_string(), default(p), p.help.to_string()];
    let lines: Vec<Vec<String>> = entry.parameters.iter().map(line).collect();
    let table = terminal::table(&["parameter", "values", "default", "meaning"], &lines);
    format!("{}: {}\n\n{}\n\n{table}", entry.name, entry.summary, entry.help)
}

fn default(parameter: &Parameter) -> String {
    let absent = match parameter.presence {
        Presence::Required => "required",
        Presence::Optional => "none",
    };
    parameter.default.as_ref().map_or_else(|| absent.into(), ToString::to_string)
}

fn object(entry: &Entry) -> serde_json::Value {
    let parameter = |p: &Parameter| serde_json::json!({ "name": p.name, "values": p.kind.to_string(), "default": p.default.as_ref().map(ToString::to_string), "help": p.help });
    let parameters: Vec<serde_json::Value> = entry.parameters.iter().map(parameter).collect();
    serde_json::json!({ "name": entry.name, "summary": entry.summary, "help": entry.help, "parameters": parameters })
}
