//! `onetape promote` and `onetape rollback`: versions go through gates, and come back.
use crate::failure::Failure;
use crate::promotion::{gate, key, material, outcome_text, refused, registry, said, subject};
use crate::promotion_arguments::{PromoteArguments, RollbackArguments};
use crate::run_file::RunFile;
use crate::terminal;
use evaluations::registry::{Outcome, Wish};

/// Runs `promote`.
pub(super) fn promote(arguments: &PromoteArguments, json: bool) -> Result<(), Failure> {
    let config = RunFile::load(&arguments.run, &arguments.set)?;
    let to = gate(&arguments.to)?;
    let key = key(&arguments.signed.key)?;
    let mut registry = registry()?;
    let material = material(&config)?;
    let of = subject(&material.version);
    let said = said(&arguments.signed.why);
    // A version that was never seen begins as a candidate.
    let known = registry.standing(&of.line).is_some_and(|standing| standing.versions.contains_key(&of.version));
    if !known {
        registry.register(&material, &said).map_err(refused)?;
    }
    let wish = Wish::Promote { of, to, evidence: arguments.evidence.clone() };
    let outcome = registry.propose(&wish, &said, &key).map_err(refused)?;
    tell(&outcome, &material.version.digest(), json)
}

/// Runs `rollback`.
pub(super) fn rollback(arguments: &RollbackArguments, json: bool) -> Result<(), Failure> {
    let to = gate(&arguments.to)?;
    let key = key(&arguments.signed.key)?;
    let mut registry = registry()?;
    let line = &arguments.line;
    let of = match &arguments.version {
        Some(digits) => registry.named(line, digits).map_err(refused)?,
        None => registry.prior(line, to.into()).ok_or_else(|| {
            Failure::No(format!("`{line}` had no version in {to} before: there is nothing to come back to"))
        })?,
    };
    // What cannot be restored does not come back.
    registry.restore(&of, &arguments.out).map_err(refused)?;
    let outcome = registry.propose(&Wish::Rollback { of: of.clone(), to }, &said(&arguments.signed.why), &key);
    let outcome = outcome.map_err(refused)?;
    terminal::say(&format!("its run file, gates and policies are in {}", arguments.out.display()));
    tell(&outcome, &of.version, json)
}

pub(super) fn tell(outcome: &Outcome, version: &str, json: bool) -> Result<(), Failure> {
    if json {
        let object = match outcome {
            Outcome::Recorded(record) => {
                serde_json::json!({ "recorded": record.body.number, "digest": record.digest(), "version": version })
            }
            Outcome::Pending(proposal) => {
                serde_json::json!({ "pending": proposal.id, "lacks": proposal.lacks(), "version": version })
            }
        };
        return terminal::print(&format!("{object:#}\n"));
    }
    terminal::print(&format!("version {}: {}\n", &version[..12.min(version.len())], outcome_text(outcome)))
}
