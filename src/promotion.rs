//! The promotion registry of this user, and a run file as a version of it.
use crate::evaluation::version;
use crate::failure::Failure;
use crate::gates_file::{answer_text, gates_of, rows_text};
use crate::run_file::{Parameter, RunFile};
use crate::trial_record::home;
use engine::Timestamp;
use evaluations::evidence::Version;
use evaluations::gates::Gate;
use evaluations::registry::{GATES, Key, Material, Outcome, RUN, Registry, RegistryError, Said, Stage, Subject};
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Where it lies: `registry` in the folder of what Onetape remembers.
///
/// # Errors
/// When that folder is not known.
pub fn registry_at() -> Result<PathBuf, Failure> {
    home().map(|home| home.join("registry"))
}

/// Opens it, and verifies all of it.
///
/// # Errors
/// When there is none, or anything in it is not as it was written.
pub fn registry() -> Result<Registry, Failure> {
    let registry = Registry::open(&registry_at()?).map_err(refused)?;
    if let Some(torn) = registry.torn() {
        crate::terminal::say(&format!(
            "warning: an append was interrupted; what was torn was never acknowledged, and is set aside: {torn:?}"
        ));
    }
    Ok(registry)
}

/// What the registry said, as a failure: a refusal is an answer no, with the gate's table where there is one.
pub fn refused(error: RegistryError) -> Failure {
    match error {
        RegistryError::Disk { .. } => Failure::failed(error),
        RegistryError::Approvers { .. }
        | RegistryError::Gates(_)
        | RegistryError::Founded { .. }
        | RegistryError::None { .. } => Failure::usage(error),
        RegistryError::Refused(table) => {
            let object = serde_json::json!({ "refused": true, "gate": *table });
            Failure::Answer(format!("{}\n{}", answer_text(&table), rows_text(&table).trim_end()), object)
        }
        other => Failure::No(other.to_string()),
    }
}

/// A reason, now.
#[must_use]
pub fn said(reason: &str) -> Said<'_> {
    let now = i64::try_from(jiff::Timestamp::now().as_nanosecond()).unwrap_or(i64::MAX);
    Said { time: Timestamp(now), reason }
}

/// So many bytes of the system's randomness.
///
/// # Errors
/// When the system gives none.
pub fn random<const N: usize>() -> Result<[u8; N], Failure> {
    let mut bytes = [0; N];
    let unreadable = |e: std::io::Error| Failure::Failed(format!("the system gives no random bytes: {e}"));
    std::fs::File::open("/dev/urandom").and_then(|mut file| file.read_exact(&mut bytes)).map_err(unreadable)?;
    Ok(bytes)
}

/// A key file.
///
/// # Errors
/// When it cannot be read, or others can read it.
pub fn key(path: &Path) -> Result<Key, Failure> {
    Key::read(path).map_err(|error| Failure::Usage(error.to_string()))
}

/// What restores a run file exactly: its text with every default, its gates, its policies.
///
/// # Errors
/// When something that it names cannot be read.
pub fn material(config: &RunFile) -> Result<Material, Failure> {
    let (gates, gates_text) = gates_of(config)?;
    let version = version(config, &gates)?;
    let mut files = BTreeMap::new();
    let mut text = config.resolved();
    for (place, strategy) in config.strategies.iter().enumerate() {
        let Some(Parameter::Policy(policy)) = strategy.parameter("policy") else { continue };
        let path = policy.path();
        // Two policies may have one name in two folders.
        let name = format!("{place}-{}", path.file_name().unwrap_or_default().to_string_lossy());
        let bytes = std::fs::read(path).map_err(|e| Failure::Failed(format!("cannot read {}: {e}", path.display())))?;
        text = text.replace(&quoted(policy.text()), &quoted(&name));
        files.insert(name, bytes);
    }
    if let Some(path) = config.evaluation.as_ref().and_then(|it| it.gates.as_ref()) {
        text = text.replace(&quoted(&path.path.to_string_lossy()), &quoted(GATES));
    }
    files.insert(RUN.into(), text.into_bytes());
    files.insert(GATES.into(), gates_text.into_bytes());
    Ok(Material { version, files })
}

/// A text as the run file writes it.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_string()).to_string()
}

/// A version as a subject of records.
#[must_use]
pub fn subject(version: &Version) -> Subject {
    Subject { line: version.name.clone(), version: version.digest() }
}

/// The stage of a word.
///
/// # Errors
/// When it is none that a gate leads to.
pub fn gate(word: &str) -> Result<Gate, Failure> {
    let stage = Stage::named(word).and_then(Stage::gate);
    stage.ok_or_else(|| Failure::Usage(format!("no gate leads to `{word}`: paper, canary or live")))
}

/// What came of a wish, in words.
#[must_use]
pub fn outcome_text(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Recorded(record) => format!("record {}: {}", record.body.number, record.body.act.name()),
        Outcome::Pending(proposal) => format!(
            "proposal {} waits for {} more to approve: `onetape promotions approve {} --key FILE`",
            proposal.id,
            proposal.lacks(),
            proposal.id
        ),
    }
}
