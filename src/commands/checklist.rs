//! `onetape checklist`: where each deadline of a calendar stands today.
use crate::failure::Failure;
use crate::terminal;
use compliance::{Calendar, Date, Line, LineState, checklist};
use engine::Timestamp;
use serde_json::{Value, json};
use std::path::Path;

/// Runs the command.
pub(super) fn execute(file: &Path, today: Option<&str>, json: bool) -> Result<(), Failure> {
    let today: Date = match today {
        Some(written) => written.parse().map_err(|error| Failure::usage(format!("--today: {error}")))?,
        None => this_day()?,
    };
    let name = file.display().to_string();
    let text = std::fs::read_to_string(file)
        .map_err(|error| Failure::usage(format!("the calendar {name} cannot be read: {error}")))?;
    let lines = checklist(&Calendar::read(&text, &name).map_err(Failure::usage)?, today);
    let folder = file.parent().unwrap_or(Path::new(""));
    for line in lines.iter().filter(|line| lacks_evidence(line, folder)) {
        let evidence = line.evidence.as_deref().unwrap_or_default();
        terminal::say(&format!("warning: `{}` was done, and there is no {evidence} to show it", line.name));
    }
    let object = object(&lines, today, folder);
    let overdue: Vec<&str> =
        lines.iter().filter(|line| line.state == LineState::Overdue).map(|line| line.name.as_str()).collect();
    if !json {
        terminal::print(&table(&lines, today))?;
    }
    if !overdue.is_empty() {
        let text = format!("{} of {} deadlines are overdue: {}", overdue.len(), lines.len(), overdue.join(", "));
        return Err(Failure::Answer(text, object));
    }
    if json { terminal::print(&format!("{object:#}\n")) } else { Ok(()) }
}

/// The day of the wall clock, in UTC.
fn this_day() -> Result<Date, Failure> {
    let ns = jiff::Timestamp::now().as_nanosecond();
    let now = i64::try_from(ns).map_err(|_| Failure::Failed("the clock of this machine is out of range".into()))?;
    Ok(Date::of(Timestamp(now)))
}

/// Whether something was done and the file that shows it is not there.
fn lacks_evidence(line: &Line, folder: &Path) -> bool {
    line.last_done.is_some() && line.evidence.as_ref().is_some_and(|evidence| !folder.join(evidence).exists())
}

fn table(lines: &[Line], today: Date) -> String {
    let row = |line: &Line| {
        let days = line.days_left.to_string();
        vec![
            line.state.name().into(),
            line.due.to_string(),
            days,
            line.name.clone(),
            line.owner.clone(),
            line.what.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = lines.iter().map(row).collect();
    format!("{today}\n{}", terminal::table(&["state", "day", "left", "deadline", "owner", "what"], &rows))
}

fn object(lines: &[Line], today: Date, folder: &Path) -> Value {
    let line = |line: &Line| {
        json!({
            "name": line.name,
            "what": line.what,
            "owner": line.owner,
            "state": line.state.name(),
            "due": line.due.to_string(),
            "days_left": line.days_left,
            "missed": line.missed,
            "last_done": line.last_done.map(|day| day.to_string()),
            "evidence": line.evidence,
            "evidence_missing": lacks_evidence(line, folder),
        })
    };
    let overdue = lines.iter().filter(|line| line.state == LineState::Overdue).count();
    json!({ "today": today.to_string(), "overdue": overdue, "lines": lines.iter().map(line).collect::<Vec<_>>() })
}
