//! What an HTTP status, a code and a message together say about a request.
//!
//! The venue's statuses and codes do not always agree, so the message counts too. What is not clearly a refusal is never
//! taken for one: an order may have been accepted all the same.
use crate::alpaca::wire::fault::Fault;
use crate::text::shown;
use engine::event::Reason;

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It was done, and the body says what.
    Done,
    /// It was refused: for certain, the venue has not acted.
    Refused(Reason, String),
    /// The client id is there already: evidence that an earlier message with it was accepted.
    Duplicate(String),
    /// Too many requests: the venue has not acted, and wants none for a while.
    Limited(String),
    /// The venue will not hear us any more: a wrong key, a shut account. It has not acted.
    Barred(String),
    /// The venue may have acted or not.
    Ambiguous(String),
}

/// What became of a request that was answered.
#[must_use]
pub fn verdict(status: u16, body: &[u8]) -> Verdict {
    if (200..300).contains(&status) {
        return Verdict::Done;
    }
    let fault = Fault::of(body);
    let message = match &fault.message {
        Some(message) => message.to_ascii_lowercase(),
        None => crate::text::shown_bytes(body).to_ascii_lowercase(),
    };
    let words = words(status, &fault, body);
    match status {
        400 | 404 | 405 | 406 | 410 | 411 | 413..=415 | 422 if message.contains("must be unique") => {
            Verdict::Duplicate(words)
        }
        401 => Verdict::Barred(words),
        403 if shuts(&fault, &message) => Verdict::Barred(words),
        400 | 403 | 404 | 405 | 406 | 410 | 411 | 413..=415 | 422 => Verdict::Refused(reason(status, &message), words),
        429 => Verdict::Limited(words),
        _ => Verdict::Ambiguous(words),
    }
}

/// The status, code and message, fit for a log.
fn words(status: u16, fault: &Fault<'_>, body: &[u8]) -> String {
    let code = fault.code.map(|code| format!(" ({code})")).unwrap_or_default();
    let message = match &fault.message {
        Some(message) => shown(message),
        None => crate::text::shown_bytes(body),
    };
    format!("HTTP {status}{code} {message}")
}

/// Whether a refusal is about us and not about what we asked.
fn shuts(fault: &Fault<'_>, message: &str) -> bool {
    let of_the_account = ["account is blocked", "account is not active", "account not active", "trading is blocked"];
    let nothing_more = fault.code.is_none() && (message.is_empty() || message.starts_with("forbidden"));
    nothing_more || of_the_account.iter().any(|words| message.contains(words))
}

/// The engine's word for a refusal.
fn reason(status: u16, message: &str) -> Reason {
    let has = |words: &[&str]| words.iter().any(|words| message.contains(words));
    if has(&["insufficient", "buying power"]) {
        Reason::BuyingPower
    } else if has(&["order not found", "not cancelable", "not replaceable", "already", "cannot be"]) {
        Reason::NoSuchOrder
    } else if has(&["is not active", "not tradable", "asset not found", "could not find asset", "delisted"]) {
        Reason::Delisted
    } else if has(&["opg", "market on open", "market on close", "auction"]) {
        Reason::NoAuction
    } else if status == 404 {
        Reason::NoSuchOrder
    } else {
        Reason::Invalid
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_is_judged_by_status_code_and_message() {
        let refused = |reason| Verdict::Refused(reason, String::new());
        for (status, body, expected) in [
            (200, "{}", Verdict::Done),
            (204, "", Verdict::Done),
            (207, "[]", Verdict::Done),
            (400, r#"{"code":40010001,"message":"request body format is invalid"}"#, refused(Reason::Invalid)),
            (401, r#"{"code":40110000,"message":"request is not authorized"}"#, Verdict::Barred(String::new())),
            (403, r#"{"message":"forbidden."}"#, Verdict::Barred(String::new())),
            (403, r#"{"code":40310000,"message":"account is blocked"}"#, Verdict::Barred(String::new())),
            (403, r#"{"code":40310000,"message":"insufficient buying power"}"#, refused(Reason::BuyingPower)),
            (
                403,
                r#"{"code":40310000,"message":"insufficient qty available for order"}"#,
                refused(Reason::BuyingPower),
            ),
            (403, r#"{"code":40310000,"message":"account is not allowed to short"}"#, refused(Reason::Invalid)),
            (403, r#"{"code":40310000,"message":"potential wash trade detected"}"#, refused(Reason::Invalid)),
            (
                403,
                r#"{"code":40310100,"message":"trade denied due to pattern day trading protection"}"#,
                refused(Reason::Invalid),
            ),
            (403, r#"{"code":10041,"message":"Order failed"}"#, refused(Reason::Invalid)),
            (403, r#"{"code":40310000,"message":"potential wash tra"#, refused(Reason::Invalid)),
            (404, r#"{"code":40410000,"message":"order not found for x"}"#, refused(Reason::NoSuchOrder)),
            (404, r#"{"code":40410000,"message":"asset not found for X"}"#, refused(Reason::Delisted)),
            (422, r#"{"code":40010001,"message":"client_order_id must be unique"}"#, Verdict::Duplicate(String::new())),
            (422, r#"{"code":40010001,"message":"qty or notional is required"}"#, refused(Reason::Invalid)),
            (422, r#"{"code":42210000,"message":"order is not cancelable"}"#, refused(Reason::NoSuchOrder)),
            (422, r#"{"code":42210000,"message":"asset X is not active"}"#, refused(Reason::Delisted)),
            (422, "null", refused(Reason::Invalid)),
            (429, r#"{"message":"too many requests."}"#, Verdict::Limited(String::new())),
            (408, "", Verdict::Ambiguous(String::new())),
            (500, r#"{"code":50010000,"message":"internal server error"}"#, Verdict::Ambiguous(String::new())),
            (504, "<html>", Verdict::Ambiguous(String::new())),
            (302, "", Verdict::Ambiguous(String::new())),
        ] {
            let found = match verdict(status, body.as_bytes()) {
                Verdict::Done => Verdict::Done,
                Verdict::Refused(reason, _) => refused(reason),
                Verdict::Duplicate(_) => Verdict::Duplicate(String::new()),
                Verdict::Limited(_) => Verdict::Limited(String::new()),
                Verdict::Barred(_) => Verdict::Barred(String::new()),
                Verdict::Ambiguous(_) => Verdict::Ambiguous(String::new()),
            };
            assert_eq!(found, expected, "{status} {body}");
        }
    }

    #[test]
    fn a_refusal_is_shown_without_control_characters() {
        let Verdict::Refused(_, words) = verdict(422, b"{\"code\":1,\"message\":\"a\\u001b[2J\"}") else {
            panic!("refused");
        };
        assert_eq!(words, "HTTP 422 (1) a\\u{1b}[2J");
    }
}
