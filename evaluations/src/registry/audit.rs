//! What a record rests on: the evidence, the table and the version that it names, kept by digest and compared again.
//!
//! The chain proves what was signed; this proves that what was signed for is still there, and that the gate says yes to
//! it.
use super::Registry;
use super::chain::Chain;
use super::error::RegistryError;
use super::record::Body;
use super::requests::{asked, parse_gates};
use super::stage::{Act, Subject};
use super::standing::Place;
use super::{disk, versions};
use crate::evidence::{EVIDENCE, Evidence, short};
use crate::gates::{Gate, Gates, Table, judge};
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// The largest table, in bytes.
const TABLE_MAX: u64 = 4 << 20;

fn evidence_folder(registry: &Path, digest: &str) -> PathBuf {
    registry.join("evidence").join(digest)
}

fn table_path(registry: &Path, digest: &str) -> PathBuf {
    registry.join("tables").join(format!("{digest}.json"))
}

/// Whether a session's evidence is of the stay that its version is in: a session that ran freely, or before a demotion,
/// counts for nothing.
pub(super) fn check_session(evidence: &Evidence, place: &Place) -> Result<(), String> {
    let kind = evidence.kind;
    if !kind.is_session() || (place.stage.kind() == Some(kind) && evidence.record() == Some(&place.record)) {
        return Ok(());
    }
    let ran = evidence.record().map_or("no record".to_string(), |record| format!("the record {}", short(record)));
    let stands = format!("{} by the record {}", place.stage, short(&place.record));
    Err(format!("the {kind} session ran under {ran}, and the version is in {stands}: run a session under that record"))
}

/// Copies a bundle to where it is found by its digest, under the lock.
pub(super) fn keep_evidence(registry: &Path, bundle: &Path, evidence: &Evidence) -> Result<(), RegistryError> {
    let target = evidence_folder(registry, &evidence.digest());
    disk::keep_folder(&target, |aside| {
        for name in evidence.files.keys().map(String::as_str).chain([EVIDENCE]) {
            let to = aside.join(name);
            disk::make_folder(to.parent().unwrap_or(aside))?;
            let copy = || {
                fs::copy(bundle.join(name), &to)?;
                File::open(&to)?.sync_all()
            };
            copy().map_err(RegistryError::disk("copy the evidence to", &to))?;
        }
        Ok(())
    })?;
    // A file may have changed since it was judged, and what was kept before may have been spoiled.
    if Evidence::read(&target)?.digest() == evidence.digest() {
        return Ok(());
    }
    Err(RegistryError::file(target, "this is not the evidence that was judged: take the folder out and promote again"))
}

/// Keeps a judged table by its digest, under the lock.
pub(super) fn keep_table(registry: &Path, table: &Table) -> Result<(), RegistryError> {
    disk::make_folder(&registry.join("tables"))?;
    disk::replace(&table_path(registry, &table.digest()), &table.bytes())
}

fn read_table(registry: &Path, digest: &str) -> Result<Table, RegistryError> {
    let path = table_path(registry, digest);
    let wrong = |what: &str| RegistryError::file(&path, format!("{what}: restore the registry from a backup"));
    let bytes = disk::read(&path, TABLE_MAX)?.ok_or_else(|| wrong("this is missing"))?;
    if blake3::hash(&bytes).to_hex().as_str() != digest {
        return Err(wrong("this was changed since it was signed"));
    }
    serde_json::from_slice(&bytes).map_err(|error| wrong(&format!("{error}")))
}

/// Compares what a record names with what is kept.
///
/// # Errors
/// The first thing that is missing, was changed, or does not say yes.
pub(super) fn check(registry: &Path, chain: &Chain, body: &Body) -> Result<(), RegistryError> {
    let act = &body.act;
    let Some(of) = act.subject() else { return Ok(()) };
    let snapshot = match act {
        Act::Register { snapshot, .. } => snapshot,
        _ => chain.snapshot_digest(of)?,
    };
    let (_, files) = versions::read(registry, &of.version, Some(snapshot))?;
    let gates = parse_gates(&files)?;
    check_approvals(body, &gates).map_err(RegistryError::Illegal)?;
    if let Act::Promote { to, evidence, table, .. } = act
        && let Some(gate) = to.gate()
    {
        let mut evidences = Vec::new();
        for digest in evidence {
            let folder = evidence_folder(registry, digest);
            let read = Evidence::read(&folder)?;
            if read.digest() != *digest {
                let reason = "this is other evidence than its name says: restore the registry from a backup";
                return Err(RegistryError::file(folder, reason));
            }
            evidences.push(read);
        }
        check_table(&read_table(registry, table)?, &judge(&gates, gate, &evidences), gate, of)
            .map_err(|reason| RegistryError::file(table_path(registry, table), reason))?;
    }
    Ok(())
}

/// Whether a record asked for as many signatures as the gates of its version do.
fn check_approvals(body: &Body, gates: &Gates) -> Result<(), String> {
    let stage = match &body.act {
        Act::Promote { to, .. } | Act::Rollback { to, .. } => *to,
        Act::Resume { at, .. } => *at,
        _ => return Ok(()),
    };
    let least = stage.gate().map_or(1, |gate| asked(gates, gate));
    if body.approvals >= least {
        return Ok(());
    }
    let (number, found) = (body.number, body.approvals);
    Err(format!("record {number} asks for {found} signatures, the gates of its version for {least}"))
}

/// Whether the table that was signed says yes to the right thing, and the gate still does.
fn check_table(signed: &Table, again: &Table, gate: Gate, of: &Subject) -> Result<(), String> {
    if signed.gate != gate || signed.version != of.version {
        return Err(format!("this is the table of another version or gate than {gate}"));
    }
    match signed.failures().chain(again.failures()).next() {
        Some(row) => Err(format!("the gate does not pass: {}: {}", row.check, row.reason)),
        None => Ok(()),
    }
}

impl Registry {
    /// Compares everything that the records of a line rest on with what is kept: versions, evidence, tables; and judges
    /// the evidence again.
    ///
    /// # Errors
    /// The first thing that is missing or was changed.
    pub fn audit(&self, line: &str) -> Result<(), RegistryError> {
        self.history(line).try_for_each(|(record, _)| check(&self.folder, &self.chain, &record.body))
    }

    /// The evidence bundles that a promotion named, as folders in the registry.
    pub fn evidence_of<'a>(&'a self, act: &'a Act) -> impl Iterator<Item = PathBuf> + 'a {
        let digests = if let Act::Promote { evidence, .. } = act { evidence.as_slice() } else { &[] };
        digests.iter().map(|digest| evidence_folder(&self.folder, digest))
    }

    /// The table that a gate answered with for a promotion.
    ///
    /// # Errors
    /// When it is missing or was changed.
    pub fn table_of(&self, act: &Act) -> Result<Option<Table>, RegistryError> {
        match act {
            Act::Promote { table, .. } => read_table(&self.folder, table).map(Some),
            _ => Ok(None),
        }
    }
}
