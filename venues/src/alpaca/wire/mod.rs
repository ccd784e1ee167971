//! Alpaca's own words, as they stand on the wire, and nothing of ours.
//!
//! Tolerant in what it reads: numbers stand in quotes or not, anything may be `null` or absent, fields and words that are
//! new are no error. Numbers and instants are kept as text until somebody wants them exactly. A body or frame beyond
//! [`LONGEST`] is refused unread.
pub mod account;
pub mod activity;
pub mod answer;
pub mod fault;
pub mod market;
pub mod news;
pub mod order;
pub mod page;
pub mod request;
pub mod stream;
pub mod update;

use crate::connector::Frame;
use crate::msgpack::{MsgpackError, to_json};
use crate::text::{shown, shown_bytes};
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;

/// The longest frame or body that is read, in bytes: a page of 10,000 bars has some 1.2 million.
pub const LONGEST: usize = 8 << 20;

/// Why something that the venue said cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// Longer than is read at all.
    #[error("{0} bytes in one message: at most {LONGEST} are read")]
    TooLong(usize),
    /// No JSON, or not of the form that is expected.
    #[error("{what}: {why} in `{text}`")]
    Form {
        /// What it should have been.
        what: &'static str,
        /// What is wrong, with line and column.
        why: String,
        /// Its beginning.
        text: String,
    },
    /// No MessagePack.
    #[error("no MessagePack: {0}")]
    Msgpack(#[from] MsgpackError),
    /// Not UTF-8.
    #[error("no UTF-8 in `{0}`")]
    NotText(String),
}

/// Reads a value of some form from JSON text.
///
/// # Errors
/// When the text is too long, no JSON, or of another form.
pub fn read<'a, T: Deserialize<'a>>(what: &'static str, json: &'a str) -> Result<T, WireError> {
    if json.len() > LONGEST {
        return Err(WireError::TooLong(json.len()));
    }
    serde_json::from_str(json).map_err(|error| {
        let why = shown(&error.to_string());
        WireError::Form { what, why, text: shown(json) }
    })
}

/// The text of a body.
///
/// # Errors
/// When it is too long or no UTF-8.
pub fn text_of(body: &[u8]) -> Result<&str, WireError> {
    if body.len() > LONGEST {
        return Err(WireError::TooLong(body.len()));
    }
    std::str::from_utf8(body).map_err(|_| WireError::NotText(shown_bytes(body)))
}

/// The JSON of a frame: text as it is; bytes that hold JSON, as the trading stream sends them, or MessagePack.
///
/// # Errors
/// When it is too long, or neither.
pub fn json_of<'a>(frame: Frame<'a>) -> Result<Cow<'a, str>, WireError> {
    match frame {
        Frame::Text(text) => text_of(text.as_bytes()).map(Cow::Borrowed),
        // A message of MessagePack is a map or an array, and begins with a byte that no JSON begins with.
        Frame::Binary(bytes) => match bytes.iter().find(|byte| !byte.is_ascii_whitespace()) {
            Some(b'{' | b'[' | b'"') | None => text_of(bytes).map(Cow::Borrowed),
            Some(_) if bytes.len() > LONGEST => Err(WireError::TooLong(bytes.len())),
            Some(_) => Ok(Cow::Owned(to_json(bytes)?)),
        },
    }
}

/// A value of which `null` says as little as its absence.
pub(crate) fn or_default<'de, T: Default + Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    Option::deserialize(from).map(Option::unwrap_or_default)
}
