//! A registry with three people and a watch, for tests of everything that it promises.
use super::*;
use crate::evidence::testing::{excellent, version, write};
use crate::gates::{Gate, SHIPPED};
use engine::Timestamp;
use std::collections::BTreeMap;
use std::fs;
use tempfile::TempDir;

mod approvals;
mod crashes;
mod keeping;
mod keys;
mod path;
mod tampering;

/// The line of the tests.
const LINE: &str = "btc-ema-cross";

struct Stand {
    root: TempDir,
    registry: Registry,
    /// May everything.
    ann: Key,
    /// May everything but demote.
    bob: Key,
    /// May let onto paper.
    cid: Key,
    /// A machine.
    watch: Key,
}

fn key(name: &str, seed: u8) -> Key {
    Key::new(name, [seed; 32])
}

fn said(reason: &str) -> Said<'_> {
    Said { time: Timestamp(1_764_150_000_000_000_000), reason }
}

/// An `approvers.toml` of these keys.
fn approvers(people: &[(&Key, &str)], machine: &Key) -> String {
    let person = |(key, may): &(&Key, &str)| {
        format!("[[approver]]\nname = \"{}\"\nkey = \"{}\"\nmay = [{may}]\n", key.name(), key.public())
    };
    let people: String = people.iter().map(person).collect();
    format!("{people}[[machine]]\nname = \"{}\"\nkey = \"{}\"\n", machine.name(), machine.public())
}

const ALL: &str = "\"paper\", \"canary\", \"live\", \"demote\", \"approvers\"";
const BUT_DEMOTE: &str = "\"paper\", \"canary\", \"live\", \"approvers\"";

impl Stand {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let (ann, bob, cid, watch) = (key("ann", 1), key("bob", 2), key("cid", 3), key("watch", 4));
        let text = approvers(&[(&ann, ALL), (&bob, BUT_DEMOTE), (&cid, "\"paper\"")], &watch);
        let founding = Founding { id: [7; 16], approvers: text };
        let registry = Registry::found(&root.path().join("registry"), &founding, &said("the first"), &ann).unwrap();
        Self { root, registry, ann, bob, cid, watch }
    }

    fn folder(&self) -> PathBuf {
        self.registry.folder().to_path_buf()
    }

    fn reopen(&mut self) {
        self.registry = Registry::open(&self.folder()).unwrap();
    }

    fn material(parameters: &str) -> Material {
        let files = [("run.toml", format!("# {parameters}\n")), ("gates.toml", SHIPPED.to_string())];
        let files = files.map(|(name, text)| (name.to_string(), text.into_bytes()));
        Material { version: version(LINE, parameters, SHIPPED), files: BTreeMap::from(files) }
    }

    fn register(&mut self, parameters: &str) -> Subject {
        let record = self.registry.register(&Self::material(parameters), &said("trained")).unwrap();
        record.body.act.subject().unwrap().clone()
    }

    /// Bundles of what `gate` reads about a version, from sessions under the record that it stands by.
    fn evidence(&self, of: &Subject, gate: Gate) -> Vec<PathBuf> {
        let snapshot = self.registry.snapshot(of).unwrap();
        let bundle = |kind: &crate::evidence::Kind| {
            let folder = self.root.path().join(format!("{kind}-{}", &of.version[..12]));
            let mut evidence = excellent(*kind, &snapshot.version);
            if kind.is_session() {
                let record = &self.registry.standing(LINE).unwrap().versions[&of.version].record;
                evidence.more.insert("record".into(), record.as_str().into());
            }
            let _ = fs::remove_dir_all(&folder);
            write(&mut evidence, &folder);
            folder
        };
        gate.reads().iter().map(bundle).collect()
    }

    fn wish(&self, of: &Subject, to: Gate) -> Wish {
        Wish::Promote { of: of.clone(), to, evidence: self.evidence(of, to) }
    }

    /// Ann proposes, and Bob approves where one is not enough.
    fn grant(&mut self, wish: &Wish) -> Record {
        match self.registry.propose(wish, &said("it earned it"), &self.ann).unwrap() {
            Outcome::Recorded(record) => *record,
            Outcome::Pending(proposal) => match self.registry.approve(&proposal.id, &self.bob).unwrap() {
                Outcome::Recorded(record) => *record,
                Outcome::Pending(proposal) => panic!("{} still lacks {}", proposal.id, proposal.lacks()),
            },
        }
    }

    fn promote(&mut self, of: &Subject, to: Gate) -> Record {
        let wish = self.wish(of, to);
        self.grant(&wish)
    }

    /// A version that went all the way.
    fn live(&mut self, parameters: &str) -> Subject {
        let of = self.register(parameters);
        for gate in Gate::ALL {
            self.promote(&of, gate);
        }
        of
    }

    fn stage(&self, of: &Subject) -> Stage {
        self.registry.standing(LINE).unwrap().versions[&of.version].stage
    }

    /// The lines of `records.jsonl`, each with its end.
    fn lines(&self) -> Vec<Vec<u8>> {
        let bytes = fs::read(self.folder().join("records.jsonl")).unwrap();
        bytes.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect()
    }
}

/// Expects an error that says `expected`.
#[track_caller]
fn refused<T>(result: Result<T, RegistryError>, expected: &str) {
    let error = result.err().expect("this is refused").to_string();
    assert!(error.contains(expected), "{error}\nlacks {expected}");
}
