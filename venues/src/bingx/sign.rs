//! Signatures: HMAC-SHA256 in lower-case hex over the raw parameters, which go onto the wire encoded.
//!
//! Parameters are kept in the order of their names, which every server takes. Nothing here is ever shown: a query holds a
//! signature, and its `Debug` text does not.
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use std::fmt::{self, Display, Write as _};

/// The parameters of a request, in the order of their names, but for the timestamp, which is set when it leaves.
#[derive(Clone, Default)]
pub struct Params {
    /// As they are signed, each followed by `&`.
    raw: String,
    /// As they are sent, where that differs.
    encoded: Option<String>,
    /// Where the timestamp belongs, in `raw` and in what is sent.
    stamp: Option<(usize, usize)>,
    last: &'static str,
}

impl Params {
    /// None.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// One more parameter.
    ///
    /// # Panics
    /// When parameters are not given in the order of their names, each once.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Display) -> Self {
        assert!(self.last < name, "parameters are given in the order of their names: `{name}` after `{}`", self.last);
        self.last = name;
        if self.stamp.is_none() && name > "timestamp" {
            self.stamp = Some((self.raw.len(), self.encoded.as_ref().map_or(self.raw.len(), String::len)));
        }
        let start = self.raw.len();
        write!(self.raw, "{name}={value}&").expect("a string takes what is written");
        let value = &self.raw[start + name.len() + 1..self.raw.len() - 1];
        if self.encoded.is_none() && !value.bytes().all(is_plain) {
            self.encoded = Some(self.raw[..start].into());
        }
        if let Some(encoded) = &mut self.encoded {
            encoded.push_str(name);
            encoded.push('=');
            encode(value, encoded);
            encoded.push('&');
        }
        self
    }

    /// One more parameter, where there is a value.
    #[must_use]
    pub fn with_some(self, name: &'static str, value: Option<impl Display>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// What is signed at an instant, in milliseconds since 1970.
    #[must_use]
    pub fn text(&self, timestamp_ms: i64) -> String {
        let mut text = String::with_capacity(self.raw.len() + STAMP);
        self.push_raw(timestamp_ms, &mut text);
        text
    }

    /// The query without a timestamp and a signature, for public requests.
    #[must_use]
    pub fn query(&self) -> &str {
        self.encoded.as_ref().unwrap_or(&self.raw).trim_end_matches('&')
    }

    fn push_raw(&self, timestamp_ms: i64, out: &mut String) {
        let at = self.stamp.map_or(self.raw.len(), |(raw, _)| raw);
        push_stamped(&self.raw, at, timestamp_ms, out);
    }

    fn push_sent(&self, timestamp_ms: i64, out: &mut String) {
        let sent = self.encoded.as_ref().unwrap_or(&self.raw);
        let at = self.stamp.map_or(sent.len(), |(_, sent)| sent);
        push_stamped(sent, at, timestamp_ms, out);
    }
}

/// Room for a timestamp with its name.
const STAMP: usize = 24;
/// Room for a signature with its name.
const SIGNATURE: usize = 75;

fn push_stamped(pairs: &str, at: usize, timestamp_ms: i64, out: &mut String) {
    out.push_str(&pairs[..at]);
    write!(out, "timestamp={timestamp_ms}&").expect("a string takes what is written");
    out.push_str(&pairs[at..]);
    out.pop();
}

/// Whether a byte stands for itself in a query.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~')
}

const HEX: &[u8; 16] = b"0123456789ABCDEF";

fn encode(value: &str, out: &mut String) {
    for byte in value.bytes() {
        if is_plain(byte) {
            out.push(char::from(byte));
        } else {
            let digit = |n: u8| char::from(HEX[usize::from(n)]);
            out.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
}

impl fmt::Debug for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Params({} bytes)", self.raw.len())
    }
}

/// Signs requests with one secret, whose key schedule is worked out once.
#[derive(Clone)]
pub struct Signer {
    mac: Hmac<Sha256>,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signer")
    }
}

impl Signer {
    /// A signer with a secret.
    #[must_use]
    pub fn new(secret: &SecretString) -> Self {
        let mac = Hmac::new_from_slice(secret.expose_secret().as_bytes()).expect("HMAC takes keys of every length");
        Self { mac }
    }

    /// The signature of a text, in lower-case hex.
    #[must_use]
    pub fn signature(&self, text: &str) -> String {
        let mut hex = String::with_capacity(64);
        self.push_signature(text, &mut hex);
        hex
    }

    /// Path and query as they go onto the wire, signed for an instant in milliseconds since 1970.
    #[must_use]
    pub fn target(&self, path: &str, params: &Params, timestamp_ms: i64) -> String {
        let sent = params.encoded.as_ref().unwrap_or(&params.raw);
        let mut target = String::with_capacity(path.len() + 1 + sent.len() + STAMP + SIGNATURE);
        target.push_str(path);
        target.push('?');
        let start = target.len();
        params.push_sent(timestamp_ms, &mut target);
        let mut signature = String::with_capacity(64);
        if params.encoded.is_none() {
            self.push_signature(&target[start..], &mut signature);
        } else {
            self.push_signature(&params.text(timestamp_ms), &mut signature);
        }
        target.push_str("&signature=");
        target.push_str(&signature);
        target
    }

    fn push_signature(&self, text: &str, out: &mut String) {
        let mut mac = self.mac.clone();
        mac.update(text.as_bytes());
        for byte in mac.finalize().into_bytes() {
            let digit = |n: u8| char::from(HEX[usize::from(n)].to_ascii_lowercase());
            out.extend([digit(byte >> 4), digit(byte & 15)]);
        }
    }
}

/// The signature of a text with a secret, in lower-case hex: for whoever checks signatures or shows how one is made.
#[must_use]
pub fn signature(secret: &str, text: &str) -> String {
    Signer::new(&SecretString::from(secret)).signature(text)
}

#[cfg(test)]
#[path = "sign_tests.rs"]
mod tests;
