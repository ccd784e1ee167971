//! What is asked of a registry. What adds risk is proposed, judged and approved; what takes risk away is done at once,
//! by one person or by the watch.
use super::approvers::Approvers;
use super::chain::{self, Chain};
use super::error::RegistryError;
use super::keys::Key;
use super::proposals::{self, Proposal};
use super::record::{Body, Record, SCHEMA};
use super::stage::{Act, Stage, Subject};
use super::standing::{Place, Standing};
use super::versions::{self, GATES, Material};
use super::{Registry, audit, disk};
use crate::evidence::{Evidence, short};
use crate::gates::{CanaryTerms, Gate, Gates, judge};
use crate::printable::printable;
use engine::Timestamp;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// When and why something is asked.
#[derive(Clone, Copy, Debug)]
pub struct Said<'a> {
    /// The caller's clock. It is recorded and not compared: order is by number.
    pub time: Timestamp,
    /// Why, in words that can be printed.
    pub reason: &'a str,
}

/// What adds risk, or changes who may.
#[derive(Clone, Debug)]
pub enum Wish {
    /// A version goes through a gate.
    Promote {
        /// The version.
        of: Subject,
        /// The gate.
        to: Gate,
        /// The folders of the evidence that the gate reads.
        evidence: Vec<PathBuf>,
    },
    /// A version that was displaced comes back, without its gates: it passed them.
    Rollback {
        /// The version.
        of: Subject,
        /// The stage that it comes back to.
        to: Gate,
    },
    /// A paused version trades again.
    Resume {
        /// The version.
        of: Subject,
    },
    /// Others approve from here on.
    Approvers {
        /// The text of the new `approvers.toml`.
        text: String,
    },
}

/// What takes risk away.
#[derive(Clone, Debug)]
pub enum Relief {
    /// A version goes back.
    Demote {
        /// The version.
        of: Subject,
        /// Where to: paper or candidate. Where another version is on paper it goes among the candidates.
        to: Stage,
    },
    /// A version stops trading where it is.
    Pause {
        /// The version.
        of: Subject,
    },
    /// A version is taken out for good.
    Retire {
        /// The version.
        of: Subject,
    },
}

/// What came of a wish.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It is recorded.
    Recorded(Box<Record>),
    /// It waits for others to approve.
    Pending(Box<Proposal>),
}

impl Registry {
    /// Makes a version a candidate and keeps what restores it. Its line is the name of the version. Nobody has to sign
    /// that: a candidate gets nothing.
    ///
    /// # Errors
    /// When it is registered already, its files are not its own, or the disk refuses.
    pub fn register(&mut self, material: &Material, said: &Said<'_>) -> Result<Record, RegistryError> {
        let of = Subject { line: material.version.name.clone(), version: material.version.digest() };
        self.writing(|folder, chain| {
            // Refused before anything is written: a record may name these files.
            if chain.snapshot_digest(&of).is_ok() {
                let shown = short(&of.version);
                return Err(RegistryError::Illegal(format!("version {shown} of `{}` is registered already", of.line)));
            }
            let snapshot = versions::keep(folder, material)?.digest();
            let body = chain.body(Act::Register { of, snapshot }, 0, said)?;
            let record = Record { body, signatures: Vec::new() };
            chain.append(folder, record.clone())?;
            Ok(record)
        })
    }

    /// Proposes something and signs it. Where one signature is enough it is recorded at once.
    ///
    /// # Errors
    /// When the gate refuses (with its table), it may not follow on what stands, or the key is not of one who may.
    pub fn propose(&mut self, wish: &Wish, said: &Said<'_>, key: &Key) -> Result<Outcome, RegistryError> {
        self.writing(|folder, chain| {
            let (act, approvals) = match wish {
                Wish::Promote { of, to, evidence } => promotion(folder, chain, of, *to, evidence, key)?,
                Wish::Rollback { of, to } => rollback(folder, chain, of, *to)?,
                Wish::Resume { of } => {
                    let at = chain.place(of)?.stage;
                    let approvals = at.gate().map(|gate| gates_of(folder, chain, of).map(|gates| asked(&gates, gate)));
                    (Act::Resume { of: of.clone(), at }, approvals.transpose()?.unwrap_or(1))
                }
                Wish::Approvers { text } => {
                    let approvers = Approvers::parse(text)?;
                    keep_approvers(folder, text, &approvers)?;
                    let act = Act::Approvers { approvers: approvers.digest };
                    let approvals = chain.approvers.approvals_min(&act);
                    (act, approvals)
                }
            };
            let body = chain.body(act, approvals, said)?;
            check_signer(&chain.approvers, &body.act, key)?;
            let signatures = vec![key.sign(&body)];
            finish(folder, chain, Record { body, signatures })
        })
    }

    /// Adds a signature to a proposal. With enough of them it is recorded.
    ///
    /// # Errors
    /// When there is no such proposal, another record came between, the key signed it already or is not of one who may,
    /// or what it rests on was changed.
    pub fn approve(&mut self, id: &str, key: &Key) -> Result<Outcome, RegistryError> {
        self.writing(|folder, chain| {
            let Proposal { mut record, .. } = proposals::read(folder, id)?;
            if !chain.fits(&record.body) {
                let (number, at) = (record.body.number, chain.records.len() as u64);
                return Err(RegistryError::Stale { id: id.into(), number, at });
            }
            let by = key.name();
            if record.signatures.iter().any(|signature| signature.by == by) {
                let reason = format!("`{by}` signed the proposal {id} already; somebody else has to");
                return Err(RegistryError::NotAllowed(reason));
            }
            check_signer(&chain.approvers, &record.body.act, key)?;
            for signature in &record.signatures {
                let refused = |reason| {
                    RegistryError::NotAllowed(printable(&format!("the proposal {id} {reason}; propose it again")))
                };
                chain.approvers.check(&record.body, signature).map_err(refused)?;
            }
            audit::check(folder, chain, &record.body)?;
            record.signatures.push(key.sign(&record.body));
            finish(folder, chain, record)
        })
    }

    /// Removes a proposal, whatever stands in its file.
    ///
    /// # Errors
    /// When there is none of this id, or the disk refuses.
    pub fn withdraw(&mut self, id: &str) -> Result<(), RegistryError> {
        self.writing(|folder, _| proposals::withdraw(folder, id))
    }

    /// Takes risk away, at once: no gate is asked and nobody else has to sign.
    ///
    /// # Errors
    /// When it may not follow on what stands, or the key is not of one who may.
    pub fn relieve(&mut self, relief: &Relief, said: &Said<'_>, key: &Key) -> Result<Record, RegistryError> {
        self.writing(|folder, chain| {
            let act = match relief {
                Relief::Demote { of, to } => {
                    let (from, to) = (chain.place(of)?.stage, chain.line(of)?.landing(*to));
                    Act::Demote { of: of.clone(), from, to }
                }
                Relief::Pause { of } => Act::Pause { of: of.clone(), at: chain.place(of)?.stage },
                Relief::Retire { of } => Act::Retire { of: of.clone(), from: chain.place(of)?.stage },
            };
            check_signer(&chain.approvers, &act, key)?;
            let body = chain.body(act, 1, said)?;
            let record = Record { signatures: vec![key.sign(&body)], body };
            chain.append(folder, record.clone())?;
            Ok(record)
        })
    }
}

impl Chain {
    /// A body that follows on what stands.
    fn body(&self, act: Act, approvals: u8, said: &Said<'_>) -> Result<Body, RegistryError> {
        chain::check_reason(said.reason).map_err(|reason| RegistryError::Illegal(format!("a record {reason}")))?;
        Ok(Body {
            schema: SCHEMA,
            registry: self.records.first().map(|record| record.body.registry.clone()).unwrap_or_default(),
            number: self.records.len() as u64 + 1,
            previous: self.digests.last().cloned().unwrap_or_default(),
            time: said.time,
            act,
            approvals,
            reason: said.reason.into(),
        })
    }

    /// Whether a body follows on what stands.
    pub(super) fn fits(&self, body: &Body) -> bool {
        let registry = self.records.first().map(|record| record.body.registry.as_str());
        let previous = self.digests.last().map(String::as_str);
        let number = self.records.len() as u64 + 1;
        registry == Some(&body.registry) && previous == Some(&body.previous) && number == body.number
    }

    fn line(&self, of: &Subject) -> Result<&Standing, RegistryError> {
        let line = self.lines.get(&of.line);
        line.ok_or_else(|| RegistryError::Illegal(format!("there is no line `{}`; register a version", of.line)))
    }

    fn place(&self, of: &Subject) -> Result<&Place, RegistryError> {
        self.snapshot_digest(of)?;
        self.line(of)?.versions.get(&of.version).ok_or_else(|| RegistryError::Illegal("no such version".into()))
    }
}

/// Records it, or leaves it to others.
fn finish(folder: &Path, chain: &mut Chain, record: Record) -> Result<Outcome, RegistryError> {
    let id = record.body.id();
    if record.signatures.len() >= usize::from(record.body.approvals) {
        chain.append(folder, record.clone())?;
        proposals::remove(folder, &id)?;
        return Ok(Outcome::Recorded(Box::new(record)));
    }
    // Whatever could not be recorded is not proposed either.
    chain.check(&record.body).map_err(RegistryError::Illegal)?;
    let proposal = Proposal { id, record };
    proposals::write(folder, &proposal)?;
    Ok(Outcome::Pending(Box::new(proposal)))
}

/// Whether a key is the one that `approvers.toml` has for its name, and of one who may.
pub(super) fn check_signer(approvers: &Approvers, act: &Act, key: &Key) -> Result<(), RegistryError> {
    let name = key.name();
    let refused = |reason: String| Err(RegistryError::NotAllowed(reason));
    match approvers.named(name) {
        None => refused(format!("approvers.toml does not name `{name}`; those who may change it can add the key")),
        Some(approver) if super::record::hex(&approver.key) != key.public() => {
            refused(format!("the key of `{name}` is not the one that approvers.toml has for that name"))
        }
        Some(approver) => Approvers::refusal(approver, act).map_or(Ok(()), refused),
    }
}

/// Keeps an `approvers.toml` by its digest.
pub(super) fn keep_approvers(folder: &Path, text: &str, approvers: &Approvers) -> Result<(), RegistryError> {
    let path = folder.join("approvers").join(format!("{}.toml", approvers.digest));
    disk::make_folder(&folder.join("approvers"))?;
    disk::replace(&path, text.as_bytes())
}

/// How many people a gate asks.
pub(super) fn asked(gates: &Gates, gate: Gate) -> u8 {
    gates.gates.get(&gate).map_or(gate.approvals_min(), |terms| terms.approvals)
}

/// The gates that a version was registered with.
fn gates_of(folder: &Path, chain: &Chain, of: &Subject) -> Result<Gates, RegistryError> {
    let (_, files) = versions::read(folder, &of.version, Some(chain.snapshot_digest(of)?))?;
    parse_gates(&files)
}

pub(super) fn parse_gates(files: &BTreeMap<String, Vec<u8>>) -> Result<Gates, RegistryError> {
    let text = files.get(GATES).map(|bytes| String::from_utf8_lossy(bytes)).unwrap_or_default();
    Ok(Gates::parse(&text, GATES)?)
}

fn terms_of(gates: &Gates, to: Gate) -> Option<CanaryTerms> {
    gates.canary.clone().filter(|_| to == Gate::Canary)
}

fn rollback(folder: &Path, chain: &Chain, of: &Subject, to: Gate) -> Result<(Act, u8), RegistryError> {
    let gates = gates_of(folder, chain, of)?;
    let displaces = chain.line(of)?.holder(to.into()).map(|(version, _)| version.to_string());
    let (from, terms) = (chain.place(of)?.stage, terms_of(&gates, to));
    Ok((Act::Rollback { of: of.clone(), from, to: to.into(), displaces, terms }, asked(&gates, to)))
}

/// Judges the evidence under the gates that the version was registered with, and keeps what was judged.
fn promotion(
    folder: &Path,
    chain: &Chain,
    of: &Subject,
    to: Gate,
    bundles: &[PathBuf],
    key: &Key,
) -> Result<(Act, u8), RegistryError> {
    let (snapshot, files) = versions::read(folder, &of.version, Some(chain.snapshot_digest(of)?))?;
    let gates = parse_gates(&files)?;
    let mut evidences = Vec::new();
    for bundle in bundles {
        evidences.push(Evidence::read(bundle)?);
    }
    for evidence in &evidences {
        let changes: Vec<String> =
            evidence.version.changes(&snapshot.version).iter().map(ToString::to_string).collect();
        if !changes.is_empty() {
            let changes = changes.join(", ");
            let reason =
                format!("the evidence of {} is of another version than the one to promote: {changes}", evidence.kind);
            return Err(RegistryError::Illegal(reason));
        }
        audit::check_session(evidence, chain.place(of)?).map_err(RegistryError::Illegal)?;
    }
    let table = judge(&gates, to, &evidences);
    if !table.passed() {
        return Err(RegistryError::Refused(Box::new(table)));
    }
    let displaces = chain.line(of)?.holder(to.into()).map(|(version, _)| version.to_string());
    let act = Act::Promote {
        of: of.clone(),
        from: chain.place(of)?.stage,
        to: to.into(),
        displaces,
        evidence: evidences.iter().map(Evidence::digest).collect(),
        table: table.digest(),
        terms: terms_of(&gates, to),
    };
    // Nothing is kept for somebody who may not.
    check_signer(&chain.approvers, &act, key)?;
    for (bundle, evidence) in bundles.iter().zip(&evidences) {
        audit::keep_evidence(folder, bundle, evidence)?;
    }
    audit::keep_table(folder, &table)?;
    Ok((act, table.approvals))
}
