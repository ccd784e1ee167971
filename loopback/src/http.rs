//! A request and an answer as a dialect sees them: parts and bytes, no socket.
use std::time::Duration;

/// A request as it came in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// `GET`, `POST` and so on, upper case.
    pub method: String,
    /// The path, without the query, as it was sent.
    pub path: String,
    /// What stood behind the question mark, as it was sent.
    pub query: String,
    /// Headers in the order in which they came; names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Request {
    /// The first header of a name, which is given in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// An answer as it goes out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// Headers beside the length.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// An answer of JSON.
    #[must_use]
    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        let headers = vec![("content-type", "application/json".to_string())];
        Self { status, headers, body: body.to_string().into_bytes() }
    }

    /// An answer without a body.
    #[must_use]
    pub fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    /// The same with one header more.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// What becomes of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// It is answered at once.
    Answer(Answer),
    /// It is answered so much later.
    Late(Answer, Duration),
    /// The connection is closed without a word.
    Hangup,
}

/// The value of two hexadecimal digits.
fn hex(pair: &[u8]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let (high, low) = (digit(*pair.first()?)?, digit(*pair.get(1)?)?);
    u8::try_from(high * 16 + low).ok()
}

/// A text without its percent signs and pluses. What is no escape stays as it is; bytes that are no text become replacement
/// characters, so that a hostile query cannot break anything.
#[must_use]
pub fn unescaped(text: &str) -> String {
    let bytes = text.as_bytes();
    let (mut out, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while at < bytes.len() {
        match (bytes[at], bytes.get(at + 1..at + 3).and_then(hex)) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 3;
                continue;
            }
            (b'+', _) => out.push(b' '),
            (byte, _) => out.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// The pairs of a query or a form, in the order in which they came, without their escapes.
#[must_use]
pub fn pairs(query: &str) -> Vec<(String, String)> {
    let parts = query.split('&').filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            (unescaped(key), unescaped(value))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_query_is_read_in_its_order_and_without_escapes() {
        let check = |query: &str, expected: &[(&str, &str)]| {
            let expected: Vec<_> = expected.iter().map(|(k, v)| ((*k).to_string(), (*v).to_string())).collect();
            assert_eq!(pairs(query), expected, "{query}");
        };
        check("", &[]);
        check("b=2&a=1", &[("b", "2"), ("a", "1")]);
        check("a=%7B%22x%22%3A1%7D&b=c+d", &[("a", "{\"x\":1}"), ("b", "c d")]);
        check("a&b=&=c&&d=e=f", &[("a", ""), ("b", ""), ("", "c"), ("d", "e=f")]);
        check("a=%zz%4&b=%", &[("a", "%zz%4"), ("b", "%")]);
        check("a=%ff", &[("a", "\u{fffd}")]);
    }

    proptest! {
        #[test]
        fn no_query_panics_or_grows(query in "\\PC{0,200}") {
            let read: usize = pairs(&query).iter().map(|(k, v)| k.len() + v.len()).sum();
            prop_assert!(read <= query.len() * 3);
        }
    }
}
