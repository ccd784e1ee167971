//! `onetape evaluate SESSION`: the evidence of a paper, canary or live session, from its tape.
use crate::evaluation::{SessionSeen, session_figures, session_seen, version};
use crate::evaluation_arguments::EvaluateArguments;
use crate::failure::Failure;
use crate::gates_file::gates_of;
use crate::output_folder::{OutputFolder, SUMMARY, check_replaceable};
use crate::run_file::RunFile;
use crate::terminal;
use evaluations::evidence::{Evidence, Kind, Version};
use std::path::Path;

/// The run file that a session was asked for, beside the one that it made of it.
pub(crate) const GIVEN: &str = "given.toml";

/// Runs the command.
pub(super) fn execute(arguments: &EvaluateArguments, json: bool) -> Result<(), Failure> {
    let folder = &arguments.subject;
    if let Some(out) = &arguments.out {
        check_replaceable(out)?;
    }
    let seen = session_seen(folder)?;
    let (config, version) = judged(folder)?;
    let kind = kind(&seen)?;
    let name = &config.run.name;
    let beside = arguments.out.clone().unwrap_or_else(|| Path::new("runs").join(format!("{name}-{kind}-evidence")));
    let written = OutputFolder::beside(&beside)?;
    written.write("session.json", &format!("{:#}\n", serde_json::json!(seen)))?;
    let mut evidence = Evidence::new(kind, version, config.run.seed);
    evidence.figures = session_figures(&seen, config.run.seed);
    if let Some(record) = &seen.record {
        evidence.more.insert("record".into(), record.clone().into());
    }
    // What makes the folder ours, so that the same session can be looked at again.
    let ours = serde_json::json!({ "name": config.run.name, "digest": evidence.version.digest(), "kind": kind.name() });
    written.write(SUMMARY, &format!("{ours:#}\n"))?;
    evidence.write(written.path()).map_err(Failure::failed)?;
    let digest = evidence.digest();
    let target = arguments
        .out
        .clone()
        .unwrap_or_else(|| beside.with_file_name(format!("{name}-{kind}-evidence-{}", &digest[..12])));
    written.publish(&target)?;
    if seen.record.is_none() {
        terminal::say("warning: the session ran under no promotion record: no gate takes this for evidence");
    }
    if json {
        let object = serde_json::json!({ "digest": digest, "folder": target, "kind": kind.name(), "record": seen.record, "figures": evidence.figures });
        return terminal::print(&format!("{object:#}\n"));
    }
    let line = |(name, figure): (&String, &evaluations::evidence::Figure)| {
        let value = figure.value.map_or_else(|| "-".to_string(), |value| format!("{value:.4}"));
        vec![name.clone(), value, figure.n.to_string(), figure.note.clone()]
    };
    let lines: Vec<Vec<String>> = evidence.figures.iter().map(line).collect();
    let table = terminal::table(&["figure", "found", "n", ""], &lines);
    terminal::print(&format!("{table}evidence: {} ({})\n", target.display(), &digest[..12]))
}

/// The run file that the session was asked for, and the version that it describes.
fn judged(folder: &Path) -> Result<(RunFile, Version), Failure> {
    let given = folder.join(GIVEN);
    if !given.is_file() {
        return Err(Failure::Usage(format!("{} is missing: an older session, which is no evidence", given.display())));
    }
    let config = RunFile::load(&given, &[])?;
    let (gates, _) = gates_of(&config)?;
    let version = version(&config, &gates)?;
    Ok((config, version))
}

/// What a session is evidence of: a live session under a canary's record of the canary.
fn kind(seen: &SessionSeen) -> Result<Kind, Failure> {
    match (seen.mode.as_str(), seen.stage.as_deref()) {
        ("live", Some("canary")) => Ok(Kind::Canary),
        ("live", _) => Ok(Kind::Live),
        ("paper" | "shadow", _) => Ok(Kind::Paper),
        (other, _) => Err(Failure::Usage(format!("a {other} session is evidence of nothing"))),
    }
}
