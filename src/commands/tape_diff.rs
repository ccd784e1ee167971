//! `onetape tape diff`: the first step at which two tapes differ, both sides.
use super::replay::damaged;
use super::tape::{TapeFolder, instruments, open_tape, record_texts};
use crate::failure::Failure;
use crate::terminal;
use engine::tape::{Frame, Header, Kind, RecordSource, TapeReader};
use operations::FolderSource;

/// Runs the command.
pub(super) fn execute(left: &TapeFolder, right: &TapeFolder, json: bool) -> Result<(), Failure> {
    let (a, b) = (left.header()?, right.header()?);
    for text in header_differences(&a, &b) {
        terminal::say(&text);
    }
    let (mut one, mut other) = (open_tape(left.path())?, open_tape(right.path())?);
    loop {
        let (x, y) = (next_step(&mut one)?, next_step(&mut other)?);
        match (&x, &y) {
            (None, None) => break,
            (Some(x), Some(y)) if (x.kind, x.number, x.time, &x.payload) == (y.kind, y.number, y.time, &y.payload) => {}
            _ => return differs(x.as_ref(), y.as_ref(), &a, &b),
        }
    }
    if json {
        return terminal::print(&format!("{:#}\n", serde_json::json!({ "identical": true })));
    }
    terminal::print("the tapes hold the same steps\n")
}

/// The next record that says what happened or was decided.
fn next_step(reader: &mut TapeReader<FolderSource>) -> Result<Option<Frame>, Failure> {
    while let Some(frame) = reader.next().map_err(damaged)? {
        if matches!(frame.kind, Kind::Entry | Kind::Step | Kind::State | Kind::End) {
            return Ok(Some(frame));
        }
    }
    Ok(None)
}

fn header_differences(a: &Header, b: &Header) -> Vec<String> {
    let names: std::collections::BTreeSet<&String> = a.0.keys().chain(b.0.keys()).collect();
    let differs = names.into_iter().filter(|name| *name != "config" && a.get(name) != b.get(name));
    let value = |header: &Header, name: &str| header.get(name).unwrap_or("(absent)").to_string();
    let facts = differs.map(|name| format!("header {name}: {} | {}", value(a, name), value(b, name)));
    facts.chain(config_differences(a, b)).collect()
}

/// The lines of the configuration that only one side has.
fn config_differences(a: &Header, b: &Header) -> Vec<String> {
    let lines =
        |header: &Header| header.get("config").unwrap_or_default().lines().map(String::from).collect::<Vec<_>>();
    let (ours, theirs) = (lines(a), lines(b));
    let only = |these: &[String], those: &[String], side: &str| {
        these
            .iter()
            .filter(|line| !those.contains(line))
            .map(|line| format!("configuration {side}: {line}"))
            .collect::<Vec<_>>()
    };
    [only(&ours, &theirs, "left"), only(&theirs, &ours, "right")].concat()
}

fn differs(x: Option<&Frame>, y: Option<&Frame>, a: &Header, b: &Header) -> Result<(), Failure> {
    // Where one side has nothing at the earlier step, that side decided nothing there.
    let first = [x, y].into_iter().flatten().map(|f| f.number).min().unwrap_or(0);
    let side = |frame: Option<&Frame>, header: &Header| -> Result<String, Failure> {
        match frame.filter(|f| f.number == first) {
            Some(frame) => {
                Ok(format!("{} {}", frame.kind.name(), record_texts(frame, &instruments(header))?.join("; ")))
            }
            None => Ok("nothing".into()),
        }
    };
    let (left, right) = (side(x, a)?, side(y, b)?);
    let header = header_differences(a, b);
    let object =
        serde_json::json!({ "identical": false, "step": first, "left": left, "right": right, "header": header });
    Err(Failure::Answer(format!("step {first} differs\n  left:  {left}\n  right: {right}"), object))
}
