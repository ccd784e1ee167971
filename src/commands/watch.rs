//! `onetape watch`: a session that trades, held against the evidence behind its record; what is due is done at once, by the machine's
//! own key, journaled and said.
use crate::evaluation::{SessionSeen, expectation, session_seen, watched};
use crate::evaluation_arguments::WatchArguments;
use crate::failure::Failure;
use crate::promotion::{key, refused, registry, said};
use crate::terminal;
use evaluations::gates::Action;
use evaluations::gates::Gates;
use evaluations::registry::{Registry, Relief, Stage, Subject};
use evaluations::watch::{Conditions, Finding, Signal, due};
use serde_json::json;
use std::io::Write;
use std::path::Path;

/// The journal of the watch, in the session's folder: one object a line.
const JOURNAL: &str = "watch.jsonl";

/// Runs the command.
pub(super) fn execute(arguments: &WatchArguments, json: bool) -> Result<(), Failure> {
    let seen = session_seen(&arguments.session)?;
    let mut registry = registry()?;
    let record = seen.record.clone().ok_or_else(|| {
        Failure::Usage(format!(
            "{} runs under no promotion record: nothing is expected of it",
            arguments.session.display()
        ))
    })?;
    let (of, gates) = promoted(&registry, &record)?;
    let terms = gates.watch.as_ref().ok_or_else(|| Failure::No("its gates say not what is watched".into()))?;
    let conditions = Conditions::of(terms).map_err(Failure::usage)?;
    let expected = expectation(&registry, &record, arguments.seed)?;
    let signals = watched(&seen, &expected, &conditions).map_err(Failure::failed)?;
    let action = due(&signals);
    let done = match action {
        Some(action) if !arguments.look_only => {
            let why = reason(&signals);
            Some(act(&mut registry, &of, action, arguments, &why)?)
        }
        _ => None,
    };
    journal(&arguments.session, &signals, done.as_deref())?;
    tell(&seen, &signals, action, done.as_deref(), json)
}

/// The version that a record is about, and the gates that it was registered with.
fn promoted(registry: &Registry, record: &str) -> Result<(Subject, Gates), Failure> {
    let unknown = || {
        Failure::No(format!("the registry has no record {record}: it is not the one of the session, or an older copy"))
    };
    let found = registry.find(record).ok_or_else(unknown)?;
    let of = found.body.act.subject().cloned().ok_or_else(unknown)?;
    let folder = registry.folder().join("versions").join(&of.version).join(evaluations::registry::GATES);
    // That the file is what was registered is seen when the snapshot is read.
    registry.snapshot(&of).map_err(refused)?;
    let text = std::fs::read_to_string(&folder).map_err(|e| Failure::No(format!("{}: {e}", folder.display())))?;
    Ok((of, Gates::parse(&text, &folder.display().to_string()).map_err(Failure::usage)?))
}

/// What was beyond its limit, in one line.
fn reason(signals: &[Signal]) -> String {
    let beyond = signals.iter().filter(|it| it.fires()).map(|it| it.reason.as_str());
    let text: String = beyond.collect::<Vec<_>>().join("; ");
    text.chars().take(200).collect()
}

/// Does what is due: first the session is told to take no new risk, then the record is made.
fn act(
    registry: &mut Registry,
    of: &Subject,
    action: Action,
    arguments: &WatchArguments,
    why: &str,
) -> Result<String, Failure> {
    let told = pause(&arguments.session, why);
    let key = key(&arguments.key)?;
    let relief = match action {
        Action::Pause => Relief::Pause { of: of.clone() },
        Action::Demote => Relief::Demote { of: of.clone(), to: Stage::Paper },
    };
    let record = registry.relieve(&relief, &said(why), &key).map_err(refused)?;
    let session = match told {
        Ok(()) => "the session takes no new risk".to_string(),
        Err(error) => format!("the session does not run, or did not hear: {error}"),
    };
    Ok(format!("record {}: {}; {session}", record.body.number, record.body.act.name()))
}

#[cfg(feature = "service")]
fn pause(session: &Path, why: &str) -> Result<(), Failure> {
    crate::session::ask(session, "pause", why).map(drop)
}

#[cfg(not(feature = "service"))]
fn pause(_: &Path, _: &str) -> Result<(), Failure> {
    Err(Failure::Usage("this build has no sessions".into()))
}

/// Appends what was found to the journal of the watch.
fn journal(session: &Path, signals: &[Signal], done: Option<&str>) -> Result<(), Failure> {
    let path = session.join(JOURNAL);
    let failed = |error: std::io::Error| Failure::Failed(format!("cannot write {}: {error}", path.display()));
    let line = json!({ "time": jiff::Timestamp::now().to_string(), "signals": signals, "done": done });
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(&path).map_err(failed)?;
    file.write_all(format!("{line}\n").as_bytes()).and_then(|()| file.sync_all()).map_err(failed)
}

fn tell(
    seen: &SessionSeen,
    signals: &[Signal],
    action: Option<Action>,
    done: Option<&str>,
    json: bool,
) -> Result<(), Failure> {
    let object = json!({ "record": seen.record, "days": seen.days, "signals": signals, "due": action.map(|it| format!("{it:?}").to_lowercase()), "done": done });
    if !json {
        let line = |it: &Signal| {
            let state = match it.finding {
                Finding::Within => "ok",
                Finding::Beyond => "BEYOND",
                Finding::TooLittle => "-",
                Finding::Off => "off",
            };
            let subject = it.subject.as_ref().map_or_else(String::new, |subject| format!(" {subject}"));
            vec![state.to_string(), format!("{:?}{subject}", it.watched), it.reason.clone()]
        };
        let lines: Vec<Vec<String>> = signals.iter().map(line).collect();
        terminal::print(&terminal::table(&["", "watched", "found"], &lines))?;
    }
    match done {
        Some(done) => Err(Failure::Answer(format!("alert: {}; {done}", reason(signals)), object)),
        None if action.is_some() => {
            Err(Failure::Answer(format!("alert: {}; nothing was done: --look-only", reason(signals)), object))
        }
        None if json => terminal::print(&format!("{object:#}\n")),
        None => terminal::print("nothing that chance does not explain\n"),
    }
}
