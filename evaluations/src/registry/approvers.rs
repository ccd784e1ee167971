//! Who may approve what: `approvers.toml`, and whether a signature is one of theirs.
//!
//! People approve; machines may only take risk away. Public keys stand here, never a secret one.
use super::error::RegistryError;
use super::record::{Body, Signature, unhex};
use super::stage::{Act, Stage};
use crate::printable::printable;
use ed25519_dalek::VerifyingKey;
use serde::Deserialize;
use std::collections::BTreeSet;

/// The largest file, in bytes, and the most keys in it.
const SIZE_MAX: usize = 1 << 16;
const KEYS_MAX: usize = 100;

/// What an approver may sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Right {
    /// Whatever puts a version into paper.
    Paper,
    /// Whatever puts one into canary.
    Canary,
    /// Whatever puts one into live.
    Live,
    /// Demotions, pauses and retirements.
    Demote,
    /// Changes of `approvers.toml`.
    Approvers,
}

impl Right {
    /// As it stands in `approvers.toml`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Paper => "paper",
            Self::Canary => "canary",
            Self::Live => "live",
            Self::Demote => "demote",
            Self::Approvers => "approvers",
        }
    }

    fn of_stage(stage: Stage) -> Option<Self> {
        match stage {
            Stage::Paper => Some(Self::Paper),
            Stage::Canary => Some(Self::Canary),
            Stage::Live => Some(Self::Live),
            Stage::Candidate | Stage::Retired => None,
        }
    }
}

/// One who may sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approver {
    /// The name that signatures carry.
    pub name: String,
    /// The public key.
    pub key: [u8; 32],
    /// What they may sign; empty for a machine.
    pub may: BTreeSet<Right>,
    /// Whether it is a machine, which may demote and pause.
    pub is_machine: bool,
}

/// An `approvers.toml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approvers {
    /// Everybody, people first, in the order of the file.
    pub all: Vec<Approver>,
    /// The digest of the file's bytes, in hex.
    pub digest: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    approver: Vec<toml::Spanned<WrittenApprover>>,
    #[serde(default)]
    machine: Vec<toml::Spanned<WrittenMachine>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenApprover {
    name: String,
    key: String,
    may: BTreeSet<Right>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenMachine {
    name: String,
    key: String,
}

impl Approvers {
    /// Reads the text of an `approvers.toml`.
    ///
    /// # Errors
    /// When it is not one, a name or a key stands twice, a key is not good, or nobody may change the file.
    pub fn parse(text: &str) -> Result<Self, RegistryError> {
        let wrong = |at: usize, reason: String| {
            let before = text.get(..at).unwrap_or_default();
            let column = 1 + before.rsplit('\n').next().unwrap_or_default().chars().count();
            RegistryError::Approvers { line: 1 + before.matches('\n').count(), column, reason }
        };
        if text.len() > SIZE_MAX {
            return Err(wrong(0, format!("the file is larger than {SIZE_MAX} bytes; is it the right one?")));
        }
        let written: Written = toml::from_str(text)
            .map_err(|error| wrong(error.span().map_or(0, |span| span.start), printable(error.message())))?;
        let mut all: Vec<Approver> = Vec::new();
        let people = written.approver.into_iter().map(|spanned| {
            let at = spanned.span().start;
            let WrittenApprover { name, key, may } = spanned.into_inner();
            (at, name, key, may, false)
        });
        let machines = written.machine.into_iter().map(|spanned| {
            let at = spanned.span().start;
            let WrittenMachine { name, key } = spanned.into_inner();
            (at, name, key, BTreeSet::new(), true)
        });
        for (at, name, key, may, is_machine) in people.chain(machines) {
            good_name(&name).map_err(|reason| wrong(at, reason))?;
            let key = good_key(&key).map_err(|reason| wrong(at, format!("the key of `{name}` {reason}")))?;
            let approver = Approver { name, key, may, is_machine };
            fits(&approver, &all).map_err(|reason| wrong(at, reason))?;
            all.push(approver);
        }
        let approvers = Self { all, digest: blake3::hash(text.as_bytes()).to_hex().to_string() };
        if approvers.count(Right::Approvers) == 0 {
            let advice = "give at least one [[approver]] may = [\"approvers\"], or the file can never be changed";
            return Err(wrong(0, format!("nobody may change this file: {advice}")));
        }
        Ok(approvers)
    }

    /// The approver of this name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Approver> {
        self.all.iter().find(|approver| approver.name == name)
    }

    /// How many people have a right.
    fn count(&self, right: Right) -> u8 {
        let count = self.all.iter().filter(|approver| approver.may.contains(&right)).count();
        u8::try_from(count).unwrap_or(u8::MAX)
    }

    /// The fewest signatures that `act` needs, whatever is asked besides. What takes risk away needs one; what adds
    /// risk as many as its stage.
    pub(super) fn approvals_min(&self, act: &Act) -> u8 {
        let of_stage = |stage: &Stage| stage.gate().map_or(1, |gate| gate.approvals_min());
        match act {
            Act::Found { .. } | Act::Demote { .. } | Act::Pause { .. } | Act::Retire { .. } => 1,
            // A candidate is a claim that gets nothing.
            Act::Register { .. } => 0,
            // By those before, so that nobody lets himself in.
            Act::Approvers { .. } => self.count(Right::Approvers).clamp(1, 2),
            Act::Promote { to, .. } | Act::Rollback { to, .. } => of_stage(to),
            Act::Resume { at, .. } => of_stage(at),
        }
    }

    /// Why `approver` may not sign `act`, if so.
    pub(super) fn refusal(approver: &Approver, act: &Act) -> Option<String> {
        let (right, for_machines) = match act {
            Act::Register { .. } => return None,
            Act::Found { .. } | Act::Approvers { .. } => (Some(Right::Approvers), false),
            Act::Promote { to, .. } | Act::Rollback { to, .. } => (Right::of_stage(*to), false),
            Act::Resume { at, .. } => (Right::of_stage(*at), false),
            Act::Retire { .. } => (Some(Right::Demote), false),
            Act::Demote { .. } | Act::Pause { .. } => (Some(Right::Demote), true),
        };
        let name = &approver.name;
        match right {
            _ if approver.is_machine && for_machines => None,
            _ if approver.is_machine => {
                Some(format!("`{name}` is a machine, which may demote and pause and nothing else"))
            }
            Some(right) if approver.may.contains(&right) => None,
            Some(right) => {
                let word = right.name();
                Some(format!("`{name}` may not: approvers.toml does not give them \"{word}\" for a {}", act.name()))
            }
            None => Some(format!("no approver can sign a {} to that stage", act.name())),
        }
    }

    /// Checks one signature.
    ///
    /// # Errors
    /// Why it does not count.
    pub(super) fn check(&self, body: &Body, signature: &Signature) -> Result<(), String> {
        let by = &signature.by;
        let approver =
            self.named(by).ok_or_else(|| format!("is signed by `{by}`, whom approvers.toml does not name"))?;
        if let Some(refusal) = Self::refusal(approver, &body.act) {
            return Err(format!("is signed by somebody who may not: {refusal}"));
        }
        let good = || {
            let bytes = unhex::<64>(&signature.signature)?;
            let key = VerifyingKey::from_bytes(&approver.key).ok()?;
            key.verify_strict(&body.message(), &ed25519_dalek::Signature::from_bytes(&bytes)).ok()
        };
        good().ok_or_else(|| format!("has a signature of `{by}` that is not of this record and their key"))
    }

    /// Checks all signatures of a record, and that they are enough and of different people.
    ///
    /// # Errors
    /// What is wrong with them.
    pub(super) fn check_all(&self, body: &Body, signatures: &[Signature]) -> Result<(), String> {
        let least = self.approvals_min(&body.act);
        if body.approvals < least {
            return Err(format!("asks for {} signatures, a {} needs {least}", body.approvals, body.act.name()));
        }
        for (index, signature) in signatures.iter().enumerate() {
            self.check(body, signature)?;
            if signatures[..index].iter().any(|other| other.by == signature.by) {
                return Err(format!("is signed twice by `{}`", signature.by));
            }
        }
        if signatures.len() < usize::from(body.approvals) {
            return Err(format!("has {} of the {} signatures that it needs", signatures.len(), body.approvals));
        }
        Ok(())
    }
}

/// It stands in messages, so it is checked before anything is said about it.
fn good_name(name: &str) -> Result<(), String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.@".contains(c);
    if name.is_empty() || name.len() > 64 || !name.chars().all(plain) {
        return Err("a name is 1 to 64 letters, digits and any of - _ . @".into());
    }
    Ok(())
}

fn good_key(text: &str) -> Result<[u8; 32], String> {
    let bytes = unhex::<32>(text).ok_or("is not 64 lower-case hex digits")?;
    match VerifyingKey::from_bytes(&bytes) {
        Ok(key) if !key.is_weak() => Ok(bytes),
        // For a weak key a signature can be made up that fits many messages.
        _ => Err("is not a good ed25519 public key; print the key once more".into()),
    }
}

/// Whether an approver can stand beside those before.
fn fits(approver: &Approver, before: &[Approver]) -> Result<(), String> {
    let name = &approver.name;
    if before.len() >= KEYS_MAX {
        return Err(format!("there are more than {KEYS_MAX} keys"));
    }
    for other in before {
        if other.name == *name {
            return Err(format!("`{name}` stands twice; a person has one key"));
        }
        if other.key == approver.key {
            return Err(format!("`{name}` has the key of `{}`; two people have two keys", other.name));
        }
    }
    if approver.may.is_empty() && !approver.is_machine {
        return Err(format!("`{name}` may nothing: name rights, or take the section out"));
    }
    Ok(())
}
