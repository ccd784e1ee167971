//! `onetape promotions`: sight of the registry, and the hands of those who may approve.
use super::promote::tell;
use crate::failure::Failure;
use crate::gates_file::table_text;
use crate::instant::second_text;
use crate::promotion::{key, random, refused, registry, registry_at, said};
use crate::promotion_arguments::{PromotionsCommand, Signed, Which};
use crate::terminal;
use evaluations::registry::{Founding, Key, Record, Registry, Relief, Stage, Subject, Wish};
use std::path::Path;

/// Runs the command.
pub(super) fn execute(command: PromotionsCommand, json: bool) -> Result<(), Failure> {
    match command {
        PromotionsCommand::Key { name, out } => make_key(&name, &out, json),
        PromotionsCommand::Found { approvers, signed } => found(&approvers, &signed, json),
        PromotionsCommand::Approvers { approvers, signed } => {
            propose(&Wish::Approvers { text: text(&approvers)? }, &signed, "", json)
        }
        PromotionsCommand::List => list(json),
        PromotionsCommand::History { line } => history(line.as_deref(), json),
        PromotionsCommand::Verify => verify(json),
        PromotionsCommand::Pending => pending(json),
        PromotionsCommand::Approve { id, key: file } => {
            let mut registry = registry()?;
            let outcome = registry.approve(&id, &key(&file)?).map_err(refused)?;
            let version = match &outcome {
                evaluations::registry::Outcome::Recorded(record) => version_of(record),
                evaluations::registry::Outcome::Pending(proposal) => version_of(&proposal.record),
            };
            tell(&outcome, &version, json)
        }
        PromotionsCommand::Withdraw { id } => withdraw(&id, json),
        PromotionsCommand::Show { number } => show(number, json),
        PromotionsCommand::Diff { line, a, b } => diff(&line, &a, &b, json),
        PromotionsCommand::Demote { which, to, signed } => {
            let to =
                Stage::named(&to).ok_or_else(|| Failure::Usage(format!("`{to}` is no stage: paper or candidate")))?;
            relieve(&which, &signed, |of| Relief::Demote { of, to }, json)
        }
        PromotionsCommand::Pause { which, signed } => relieve(&which, &signed, |of| Relief::Pause { of }, json),
        PromotionsCommand::Retire { which, signed } => relieve(&which, &signed, |of| Relief::Retire { of }, json),
        PromotionsCommand::Resume { which, signed } => {
            let of = find(&registry()?, &which)?;
            let version = of.version.clone();
            propose(&Wish::Resume { of }, &signed, &version, json)
        }
    }
}

fn text(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| Failure::Usage(format!("cannot read {}: {error}", path.display())))
}

fn make_key(name: &str, out: &Path, json: bool) -> Result<(), Failure> {
    let key = Key::new(name, random()?);
    key.write(out).map_err(|error| Failure::Usage(error.to_string()))?;
    if json {
        let object = serde_json::json!({ "name": name, "key": key.public(), "file": out });
        return terminal::print(&format!("{object:#}\n"));
    }
    let lines = format!(
        "[[approver]]\nname = {:?}\nkey = {:?}\nmay = [\"paper\", \"canary\", \"live\", \"demote\", \"approvers\"]\n",
        name,
        key.public()
    );
    terminal::say(&format!("the secret half is in {}, the public half goes into approvers.toml:", out.display()));
    terminal::print(&lines)
}

fn found(approvers: &Path, signed: &Signed, json: bool) -> Result<(), Failure> {
    let founding = Founding { id: random()?, approvers: text(approvers)? };
    let folder = registry_at()?;
    let registry = Registry::found(&folder, &founding, &said(&signed.why), &key(&signed.key)?).map_err(refused)?;
    if json {
        return terminal::print(&format!("{:#}\n", serde_json::json!({ "id": registry.id(), "folder": folder })));
    }
    terminal::print(&format!("registry {} is founded in {}\n", registry.id(), folder.display()))
}

fn propose(wish: &Wish, signed: &Signed, version: &str, json: bool) -> Result<(), Failure> {
    let mut registry = registry()?;
    let outcome = registry.propose(wish, &said(&signed.why), &key(&signed.key)?).map_err(refused)?;
    tell(&outcome, version, json)
}

/// Takes a proposal back: it was no record, and leaves none.
fn withdraw(id: &str, json: bool) -> Result<(), Failure> {
    registry()?.withdraw(id).map_err(refused)?;
    if json {
        return terminal::print(&format!("{:#}\n", serde_json::json!({ "withdrawn": id })));
    }
    terminal::print(&format!("proposal {id} is withdrawn\n"))
}

/// Takes risk away, at once.
fn relieve(which: &Which, signed: &Signed, relief: impl Fn(Subject) -> Relief, json: bool) -> Result<(), Failure> {
    let mut registry = registry()?;
    let of = find(&registry, which)?;
    let record = registry.relieve(&relief(of.clone()), &said(&signed.why), &key(&signed.key)?).map_err(refused)?;
    tell(&evaluations::registry::Outcome::Recorded(Box::new(record)), &of.version, json)
}

/// The version that is meant.
fn find(registry: &Registry, which: &Which) -> Result<Subject, Failure> {
    let line = &which.line;
    if let Some(digits) = &which.version {
        return registry.named(line, digits).map_err(refused);
    }
    let standing = registry.standing(line).ok_or_else(|| Failure::Usage(format!("there is no line `{line}`")))?;
    let held = [Stage::Live, Stage::Canary, Stage::Paper].into_iter().find_map(|stage| standing.holder(stage));
    let (version, _) =
        held.ok_or_else(|| Failure::No(format!("no version of `{line}` is in paper, canary or live")))?;
    Ok(Subject { line: line.clone(), version: version.to_string() })
}

fn short(digest: &str) -> &str {
    digest.get(..12).unwrap_or(digest)
}

fn version_of(record: &Record) -> String {
    record.body.act.subject().map(|of| of.version.clone()).unwrap_or_default()
}

fn list(json: bool) -> Result<(), Failure> {
    let registry = registry()?;
    let mut rows = Vec::new();
    let mut objects = Vec::new();
    for (line, standing) in registry.lines() {
        for (version, place) in &standing.versions {
            let paused = place.paused.map_or_else(String::new, |number| format!("paused by record {number}"));
            rows.push(vec![
                line.to_string(),
                short(version).to_string(),
                place.stage.to_string(),
                place.since.to_string(),
                paused,
            ]);
            objects.push(serde_json::json!({
                "line": line, "version": version, "stage": place.stage.name(), "since": place.since, "record": place.record, "paused": place.paused,
            }));
        }
    }
    if json {
        return terminal::print(&format!(
            "{:#}\n",
            serde_json::json!({ "registry": registry.id(), "versions": objects })
        ));
    }
    terminal::print(&terminal::table(&["line", "version", "stage", "since record", ""], &rows))
}

fn history(line: Option<&str>, json: bool) -> Result<(), Failure> {
    let registry = registry()?;
    let of_line = |record: &Record| line.is_none_or(|line| record.body.act.subject().is_some_and(|of| of.line == line));
    let records: Vec<(&Record, &str)> = registry.records().filter(|(record, _)| of_line(record)).collect();
    if json {
        let objects: Vec<_> =
            records.iter().map(|(record, digest)| serde_json::json!({ "digest": digest, "record": record })).collect();
        return terminal::print(&format!("{:#}\n", serde_json::json!({ "records": objects })));
    }
    let row = |(record, _): &(&Record, &str)| {
        let act = &record.body.act;
        let stage = act.stage().map_or_else(String::new, |stage| stage.to_string());
        let signed: Vec<&str> = record.signatures.iter().map(|it| it.by.as_str()).collect();
        vec![
            record.body.number.to_string(),
            second_text(record.body.time),
            act.subject().map(|of| of.line.clone()).unwrap_or_default(),
            short(&version_of(record)).to_string(),
            format!("{} {stage}", act.name()),
            signed.join(", "),
            record.body.reason.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = records.iter().map(row).collect();
    terminal::print(&terminal::table(&["", "when", "line", "version", "what", "signed by", "why"], &rows))
}

fn verify(json: bool) -> Result<(), Failure> {
    let registry = registry()?;
    let lines: Vec<&str> = registry.lines().map(|(line, _)| line).collect();
    for line in &lines {
        registry.audit(line).map_err(refused)?;
    }
    let count = registry.records().count();
    if json {
        return terminal::print(&format!("{:#}\n", serde_json::json!({ "whole": true, "records": count })));
    }
    terminal::print(&format!("whole: {count} records of {} lines, with their versions and evidence\n", lines.len()))
}

fn pending(json: bool) -> Result<(), Failure> {
    let registry = registry()?;
    let pending = registry.pending().map_err(refused)?;
    if json {
        let objects: Vec<_> = pending
            .iter()
            .map(
                |(it, fits)| serde_json::json!({ "id": it.id, "lacks": it.lacks(), "fits": fits, "record": it.record }),
            )
            .collect();
        return terminal::print(&format!("{:#}\n", serde_json::json!({ "pending": objects })));
    }
    let row = |(it, fits): &(evaluations::registry::Proposal, bool)| {
        let body = &it.record.body;
        let line = body.act.subject().map(|of| of.line.clone()).unwrap_or_default();
        let stage = body.act.stage().map_or_else(String::new, |stage| stage.to_string());
        let state = if *fits { format!("lacks {}", it.lacks()) } else { "overtaken: propose it again".into() };
        vec![it.id.clone(), line, format!("{} {stage}", body.act.name()), state, body.reason.clone()]
    };
    let rows: Vec<Vec<String>> = pending.iter().map(row).collect();
    terminal::print(&terminal::table(&["id", "line", "what", "", "why"], &rows))
}

fn show(number: u64, json: bool) -> Result<(), Failure> {
    let registry = registry()?;
    let found = registry.records().find(|(record, _)| record.body.number == number);
    let (record, digest) = found.ok_or_else(|| Failure::Usage(format!("there is no record {number}")))?;
    let table = registry.table_of(&record.body.act).map_err(refused)?;
    if json {
        let object = serde_json::json!({ "digest": digest, "record": record, "table": table });
        return terminal::print(&format!("{object:#}\n"));
    }
    let judged = table.as_ref().map_or_else(String::new, table_text);
    let mut text = format!("record {number} ({}): {}\n", short(digest), record.body.reason);
    for folder in registry.evidence_of(&record.body.act) {
        text.push_str(&format!("evidence: {}\n", folder.display()));
    }
    terminal::print(&(text + &judged))
}

fn diff(line: &str, a: &str, b: &str, json: bool) -> Result<(), Failure> {
    let registry = registry()?;
    let (a, b) = (registry.named(line, a).map_err(refused)?, registry.named(line, b).map_err(refused)?);
    let found = registry.diff(&a, &b).map_err(refused)?;
    if json {
        let changes: Vec<_> = found
            .changes
            .iter()
            .map(|it| serde_json::json!({ "what": it.what, "here": it.here, "there": it.there }))
            .collect();
        return terminal::print(&format!("{:#}\n", serde_json::json!({ "changes": changes, "files": found.files })));
    }
    if found.changes.is_empty() && found.files.is_empty() {
        return terminal::print("they are the same\n");
    }
    let lines: Vec<String> = found.changes.iter().map(ToString::to_string).collect();
    let files: Vec<String> = found.files.iter().map(|name| format!("file: {name}")).collect();
    terminal::print(&format!("{}\n", [lines, files].concat().join("\n")))
}
