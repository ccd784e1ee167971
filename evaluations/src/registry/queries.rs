//! What a registry answers: where the versions of a line stand, what live must be, what happened, and what changed.
use super::chain::Chain;
use super::error::RegistryError;
use super::proposals::{self, Proposal};
use super::record::Record;
use super::stage::{Act, Stage, Subject};
use super::standing::Standing;
use super::versions::{self, Difference, Snapshot};
use super::{Approvers, Registry};
use crate::evidence::{Version, short};
use crate::gates::CanaryTerms;
use std::path::Path;

/// The version in a stage, and the record that put it there.
#[derive(Clone, Debug, PartialEq)]
pub struct Holder {
    /// The version, part by part: [`Version::changes`] names what differs from one that would trade.
    pub version: Version,
    /// The record that put it there.
    pub record: Record,
    /// Its digest: what a session's tape and its evidence name.
    pub digest: String,
    /// The record that paused it, if it is paused: then it does not trade.
    pub paused: Option<u64>,
    /// What it may do, for a canary.
    pub terms: Option<CanaryTerms>,
}

impl Registry {
    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The id that it was founded with, 32 hex digits.
    #[must_use]
    pub fn id(&self) -> &str {
        self.chain.records.first().map_or("", |record| record.body.registry.as_str())
    }

    /// Every record, with its digest, from the first.
    pub fn records(&self) -> impl DoubleEndedIterator<Item = (&Record, &str)> {
        self.chain.records.iter().zip(self.chain.digests.iter().map(String::as_str))
    }

    /// The record of a digest: where a tape names one that is not here, this registry is not the one, or is an older
    /// copy of it.
    #[must_use]
    pub fn find(&self, digest: &str) -> Option<&Record> {
        self.chain.find(digest)
    }

    /// Those who may approve now.
    #[must_use]
    pub fn approvers(&self) -> &Approvers {
        &self.chain.approvers
    }

    /// The lines by name.
    pub fn lines(&self) -> impl Iterator<Item = (&str, &Standing)> {
        self.chain.lines.iter().map(|(name, standing)| (name.as_str(), standing))
    }

    /// Where the versions of a line stand; `None` for a line that nobody registered.
    #[must_use]
    pub fn standing(&self, line: &str) -> Option<&Standing> {
        self.chain.lines.get(line)
    }

    /// The records about a line, with their digests, from the first.
    pub fn history<'a>(&'a self, line: &'a str) -> impl DoubleEndedIterator<Item = (&'a Record, &'a str)> {
        self.records().filter(move |(record, _)| record.body.act.subject().is_some_and(|of| of.line == line))
    }

    /// The version that a line has in a stage, verified against the files that restore it.
    ///
    /// # Errors
    /// When these were changed since it was registered.
    pub fn holder(&self, line: &str, stage: Stage) -> Result<Option<Holder>, RegistryError> {
        let Some((version, place)) = self.standing(line).and_then(|standing| standing.holder(stage)) else {
            return Ok(None);
        };
        let (snapshot, _) = versions::read(&self.folder, version, Some(&place.snapshot))?;
        let index = usize::try_from(place.since).unwrap_or(usize::MAX).wrapping_sub(1);
        let Some(record) = self.chain.records.get(index) else { return Ok(None) };
        let terms = match &record.body.act {
            Act::Promote { terms, .. } | Act::Rollback { terms, .. } => terms.clone(),
            _ => None,
        };
        let (record, digest) = (record.clone(), place.record.clone());
        Ok(Some(Holder { version: snapshot.version, record, digest, paused: place.paused, terms }))
    }

    /// What the live version of a line has to match; `None` where nothing of it may trade live.
    ///
    /// # Errors
    /// When the files that restore it were changed.
    pub fn live_record(&self, line: &str) -> Result<Option<Holder>, RegistryError> {
        self.holder(line, Stage::Live)
    }

    /// The version that a rollback to `stage` would bring back.
    #[must_use]
    pub fn prior(&self, line: &str, stage: Stage) -> Option<Subject> {
        let version = self.standing(line)?.prior(stage)?;
        Some(Subject { line: line.into(), version: version.into() })
    }

    /// The version of a line whose digest begins with `digits`, at least six of them.
    ///
    /// # Errors
    /// When there is none, or more than one.
    pub fn named(&self, line: &str, digits: &str) -> Result<Subject, RegistryError> {
        let versions = self.standing(line).map(|standing| &standing.versions);
        let fits = |version: &&String| digits.len() >= 6 && version.starts_with(digits);
        let mut found = versions.into_iter().flat_map(|versions| versions.keys()).filter(fits);
        match (found.next(), found.next()) {
            (Some(version), None) => Ok(Subject { line: line.into(), version: version.clone() }),
            (None, _) => Err(RegistryError::Illegal(format!(
                "`{line}` has no version {digits}; write six or more of the digits that the list of promotions shows"
            ))),
            _ => Err(RegistryError::Illegal(format!("`{line}` has more than one version {digits}: write more digits"))),
        }
    }

    /// What restores a version, verified.
    ///
    /// # Errors
    /// When the version is not known, or its files were changed.
    pub fn snapshot(&self, of: &Subject) -> Result<Snapshot, RegistryError> {
        Ok(versions::read(&self.folder, &of.version, Some(self.snapshot_digest(of)?))?.0)
    }

    /// Writes run file, gates file and policies of a version into `folder`, exactly as they were registered. The folder
    /// is absent or empty before.
    ///
    /// # Errors
    /// When the version is not known, its files were changed, or the folder holds something.
    pub fn restore(&self, of: &Subject, folder: &Path) -> Result<Snapshot, RegistryError> {
        let (snapshot, files) = versions::read(&self.folder, &of.version, Some(self.snapshot_digest(of)?))?;
        versions::restore(&files, folder)?;
        Ok(snapshot)
    }

    /// How version `a` differs from version `b`.
    ///
    /// # Errors
    /// When one is not known, or its files were changed.
    pub fn diff(&self, a: &Subject, b: &Subject) -> Result<Difference, RegistryError> {
        Ok(versions::difference(&self.snapshot(a)?, &self.snapshot(b)?))
    }

    /// The proposals that wait, with whether each still fits on what stands.
    ///
    /// # Errors
    /// When one was changed, or the disk refuses.
    pub fn pending(&self) -> Result<Vec<(Proposal, bool)>, RegistryError> {
        let all = proposals::list(&self.folder)?;
        Ok(all.into_iter().map(|proposal| (proposal.clone(), self.chain.fits(&proposal.record.body))).collect())
    }

    fn snapshot_digest(&self, of: &Subject) -> Result<&str, RegistryError> {
        self.chain.snapshot_digest(of)
    }
}

impl Chain {
    /// The record of a digest.
    pub(super) fn find(&self, digest: &str) -> Option<&Record> {
        let index = self.digests.iter().position(|other| other == digest)?;
        self.records.get(index)
    }

    /// The digest of the `version.json` that a version was registered with.
    pub(super) fn snapshot_digest(&self, of: &Subject) -> Result<&str, RegistryError> {
        let place = self.lines.get(&of.line).and_then(|standing| standing.versions.get(&of.version));
        let unknown = || format!("`{}` has no version {}; register it first", of.line, short(&of.version));
        place.map(|place| place.snapshot.as_str()).ok_or_else(|| RegistryError::Illegal(unknown()))
    }
}
