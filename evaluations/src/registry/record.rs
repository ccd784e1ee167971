//! A record: what is said, its place in the chain, and who signed it; as one line of JSON that has one form only.
//!
//! A signature is over the whole body, so it binds the registry, the number and the record before: what was approved
//! for one place in the chain cannot be used at another.
use super::stage::Act;
use crate::time_text;
use engine::Timestamp;
use serde::{Deserialize, Serialize};

/// The schema of records that this build writes and reads.
pub const SCHEMA: u32 = 1;
/// What stands before the body of a record when it is signed, so that no other signature can pass for one of these.
const DOMAIN: &[u8] = b"onetape promotion record 1\n";

/// What is signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Body {
    /// [`SCHEMA`].
    pub schema: u32,
    /// The id of the registry, 32 hex digits that were drawn when it was founded.
    pub registry: String,
    /// The place in the chain, from 1.
    pub number: u64,
    /// The digest of the record before; empty for the first.
    pub previous: String,
    /// When it was proposed, by the clock of whoever did.
    #[serde(with = "time_text")]
    pub time: Timestamp,
    /// What happened.
    pub act: Act,
    /// How many people have to sign.
    pub approvals: u8,
    /// Why, in words.
    pub reason: String,
}

/// A signature of a body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// The approver or machine, by its name in `approvers.toml`.
    pub by: String,
    /// ed25519, 128 hex digits.
    pub signature: String,
}

/// A record of the registry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// What is signed.
    pub body: Body,
    /// By whom, in the order in which they signed.
    pub signatures: Vec<Signature>,
}

impl Body {
    /// The bytes that a signature is made of.
    pub(super) fn message(&self) -> Vec<u8> {
        let mut message = DOMAIN.to_vec();
        serde_json::to_writer(&mut message, self).expect("texts and numbers are always JSON");
        message
    }

    /// The id of a proposal of this body: 16 hex digits.
    pub(super) fn id(&self) -> String {
        blake3::hash(&self.message()).to_hex()[..16].to_string()
    }
}

impl Record {
    /// The line of the record, without its end: the same record always gives the same bytes.
    ///
    /// # Panics
    /// Never: texts and numbers are always JSON.
    #[must_use]
    pub fn line(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("texts and numbers are always JSON")
    }

    /// The blake3 digest of its line, in hex: what the next record holds, and what a tape names.
    #[must_use]
    pub fn digest(&self) -> String {
        blake3::hash(&self.line()).to_hex().to_string()
    }

    /// The record that a line is.
    ///
    /// # Errors
    /// When it is not one, or is written in another way than [`Record::line`] does.
    pub(super) fn parse(line: &[u8]) -> Result<Self, String> {
        let schema: Probe = serde_json::from_slice(line).map_err(|error| format!("is no record: {error}"))?;
        if schema.body.schema != SCHEMA {
            let found = schema.body.schema;
            return Err(format!("has schema {found}, this build reads {SCHEMA}: use the onetape that wrote it"));
        }
        let record: Self = serde_json::from_slice(line).map_err(|error| format!("is no record: {error}"))?;
        if record.line() == line { Ok(record) } else { Err("is not as it was written: somebody edited it".into()) }
    }
}

#[derive(Deserialize)]
struct Probe {
    body: SchemaOnly,
}

#[derive(Deserialize)]
struct SchemaOnly {
    schema: u32,
}

/// Lower-case hex of `bytes`.
pub(super) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

/// The `N` bytes that `text` is the hex of, in lower case.
pub(super) fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.as_bytes();
    if digits.len() != 2 * N {
        return None;
    }
    let value = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = value(pair[0])? << 4 | value(pair[1])?;
    }
    Some(bytes)
}
