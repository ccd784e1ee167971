//! The envelope of every answer, `{"code":0,"msg":"","data":...}`, and the few answers without one.
//!
//! Business errors come with HTTP 200, so the code decides; and the venue has sent error texts with raw quotes in them,
//! which are no JSON, so the code is looked for even where the rest cannot be read.
use super::{Word, given, read};
use crate::bingx::errors::{self, Class};
use crate::numbers::Number;
use crate::text::shown;
use serde::Deserialize;
use serde_json::value::RawValue;

/// The largest answer that is read, in bytes.
pub const LARGEST: usize = 16 << 20;

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    code: Option<Number<'a>>,
    #[serde(borrow)]
    msg: Word<'a>,
    #[serde(borrow, rename = "debugMsg")]
    debug_msg: Word<'a>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
}

/// What an answer comes to.
#[derive(Clone, Debug)]
pub enum Outcome<'a> {
    /// It was done: the data, if there are any, and the whole answer.
    Done {
        /// The `data` of the envelope; none where it is absent or `null`.
        data: Option<&'a str>,
        /// The whole body.
        whole: &'a str,
    },
    /// It was not done, or may not have been.
    Failed {
        /// What it means.
        class: Class,
        /// The venue's code, if it gave one.
        code: Option<i64>,
        /// In words: ours and the venue's, fit for a log.
        words: String,
    },
}

/// Reads an answer.
#[must_use]
pub fn outcome(status: u16, body: &[u8]) -> Outcome<'_> {
    let fine = (200..300).contains(&status);
    let text = std::str::from_utf8(body).ok().filter(|text| text.len() <= LARGEST).map(str::trim);
    let envelope = text.map(read::<Envelope<'_>>);
    match (text, envelope) {
        // PUT and DELETE of a listen key are answered with nothing at all.
        (Some(""), _) if fine => Outcome::Done { data: None, whole: "" },
        (Some(whole), Some(Ok(envelope))) => judge(status, whole, &envelope),
        // An answer without an envelope: an array, as of the wallet.
        (Some(whole), Some(Err(_))) if fine && whole.starts_with('[') && read::<&RawValue>(whole).is_ok() => {
            Outcome::Done { data: None, whole }
        }
        (Some(whole), _) => match salvaged(whole) {
            Some(code) if code != 0 => failed(status, code, None),
            _ => unreadable(status, whole),
        },
        (None, _) => unreadable(status, "bytes that are no text, or too many"),
    }
}

fn judge<'a>(status: u16, whole: &'a str, envelope: &Envelope<'a>) -> Outcome<'a> {
    let fine = (200..300).contains(&status);
    let code = envelope.code.map(|code| code.count());
    match code {
        Some(Ok(0)) if fine => Outcome::Done { data: envelope.data.map(RawValue::get), whole },
        // A bare object, such as the one with a new listen key.
        None if fine => Outcome::Done { data: envelope.data.map(RawValue::get), whole },
        Some(Ok(code)) if code != 0 => failed(status, code, given(&envelope.msg).or(given(&envelope.debug_msg))),
        _ => unreadable(status, whole),
    }
}

fn failed(status: u16, code: i64, said: Option<&str>) -> Outcome<'static> {
    let (class, words) = errors::class(code);
    // A gateway's status says more about what was done than a code that may come from anywhere behind it.
    let class = if status >= 500 { Class::Ambiguous } else { class };
    let class =
        if class == Class::Ambiguous && matches!(status, 400..=499) { errors::of_status(status).0 } else { class };
    let said = said.map(|said| format!(", \"{}\"", shown(said))).unwrap_or_default();
    Outcome::Failed { class, code: Some(code), words: format!("code {code}, {words}{said}") }
}

fn unreadable(status: u16, text: &str) -> Outcome<'static> {
    let (class, words) = errors::of_status(status);
    let start: String = text.chars().take(80).collect();
    Outcome::Failed { class, code: None, words: format!("HTTP {status}, {words}: \"{}\"", shown(&start)) }
}

/// The code at the head of a text that is no JSON as a whole; only where another field follows, as a cut-off number is
/// another number.
fn salvaged(text: &str) -> Option<i64> {
    let rest =
        text.strip_prefix('{')?.trim_start().strip_prefix("\"code\"")?.trim_start().strip_prefix(':')?.trim_start();
    let (number, _) = rest.split_once(',')?;
    number.trim().trim_matches('"').parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::Reason;
    use proptest::prelude::*;

    type Found<'a> = Result<(Option<&'a str>, &'a str), (Class, Option<i64>)>;

    fn check(status: u16, body: &str, expected: Found<'_>) {
        let found = match outcome(status, body.as_bytes()) {
            Outcome::Done { data, whole } => Ok((data, whole)),
            Outcome::Failed { class, code, .. } => Err((class, code)),
        };
        assert_eq!(found, expected, "{status} {body}");
    }

    #[test]
    fn the_code_decides_and_not_the_status() {
        let invalid = Class::Refused(Reason::Invalid);
        check(200, "{\"code\":0,\"data\":[1]}", Ok((Some("[1]"), "{\"code\":0,\"data\":[1]}")));
        check(200, "{\"code\":\"0\",\"data\":null}", Ok((None, "{\"code\":\"0\",\"data\":null}")));
        check(200, " {\"listenKey\":\"k\"} ", Ok((None, "{\"listenKey\":\"k\"}")));
        check(200, "", Ok((None, "")));
        check(200, "[{\"a\":1}]", Ok((None, "[{\"a\":1}]")));
        check(200, "{\"code\":109400,\"msg\":\"x\",\"data\":{}}", Err((invalid, Some(109_400))));
        check(200, "{\"code\":101481,\"msg\":\"x\"}", Err((Class::Duplicate, Some(101_481))));
        check(200, "{\"code\":\"80016\"}", Err((Class::NoSuchOrder, Some(80_016))));
        check(400, "{\"code\":777,\"msg\":\"x\"}", Err((invalid, Some(777))));
        check(429, "{\"code\":777,\"msg\":\"x\"}", Err((Class::Limited, Some(777))));
    }

    #[test]
    fn an_answer_that_may_hide_a_success_is_ambiguous() {
        for (status, body, code) in [
            (504, "", None),
            (504, "{\"code\":101400,\"msg\":\"\"}", Some(101_400)),
            (500, "{\"code\":0,\"data\":{}}", None),
            (200, "{\"code\":0,\"data\":{\"order\":", None),
            (200, "{\"code\":1014", None),
            (200, "<html>", None),
            (200, "{\"code\":true}", None),
            (302, "", None),
            (408, "", None),
        ] {
            check(status, body, Err((Class::Ambiguous, code)));
        }
    }

    #[test]
    fn an_error_text_with_raw_quotes_still_has_its_code() {
        let body = "{\"code\":109400,\"msg\":\"Key: 'Symbol' Field validation for \"Symbol\" failed\",\"data\":{}}";
        check(200, body, Err((Class::Refused(Reason::Invalid), Some(109_400))));
        check(200, "{\"code\":0,\"msg\":\"a \"b\" c\"}", Err((Class::Ambiguous, None)));
    }

    #[test]
    fn words_are_fit_for_a_log_and_short() {
        let body = format!("{{\"code\":109400,\"msg\":\"\u{1b}[2J{}\"}}", "x".repeat(100_000));
        let Outcome::Failed { words, .. } = outcome(200, body.as_bytes()) else { panic!("a refusal") };
        assert!(words.len() < 500 && !words.contains('\u{1b}'), "{words}");
        let Outcome::Failed { words, .. } = outcome(502, "\u{1b}".repeat(1_000_000).as_bytes()) else {
            panic!("a failure")
        };
        assert!(words.len() < 1_000 && !words.contains('\u{1b}'), "{words}");
    }

    proptest! {
        #[test]
        fn no_answer_panics(status in 0_u16..700, body in proptest::collection::vec(any::<u8>(), 0..200), cut in 0_usize..60) {
            let _ = outcome(status, &body);
            let real = "{\"code\":109400,\"msg\":\"a\",\"data\":{\"order\":{\"orderId\":1}}}";
            let _ = outcome(status, &real.as_bytes()[..cut.min(real.len())]);
        }
    }
}
