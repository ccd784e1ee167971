//! Whether a request is signed by whom it says, and now.
//!
//! The text is every parameter but the signature with its raw value, joined by `&`: in the order in which they came, or
//! sorted by their names. Either is taken, as both kinds of clients are.
use super::code::{Code, Failure};
use super::parameters::Parameters;
use crate::pace::Moment;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// How long a request may be on its way at most, in milliseconds.
const WINDOW_MS: i64 = 5_000;

/// Checks a request against a secret.
pub(super) fn check(parameters: &Parameters, secret: &str, now: Moment) -> Result<(), Failure> {
    let Some(given) = parameters.get("signature") else {
        return Err(Code::SignatureMissing.says("Signature is required"));
    };
    let all = parameters.all.iter().filter(|(key, _)| key != "signature");
    let mut pairs: Vec<String> = all.map(|(key, value)| format!("{key}={value}")).collect();
    let received = pairs.join("&");
    pairs.sort();
    let sorted = pairs.join("&");
    if !(is_of(secret, &received, given) || is_of(secret, &sorted, given)) {
        return Err(Code::Signature.says("Signature verification failed"));
    }
    let Some(stamp) = parameters.integer("timestamp")? else {
        return Err(Code::Time.says("Null timestamp or timestamp mismatch"));
    };
    // Zero is taken as what it is without: a maintained client sends it.
    let asked = parameters.integer("recvWindow")?.filter(|window| *window > 0);
    let window = asked.unwrap_or(WINDOW_MS).min(WINDOW_MS);
    if (now.wall.0 / 1_000_000).abs_diff(stamp) > window.unsigned_abs() {
        return Err(Code::Time.says("Null timestamp or timestamp mismatch"));
    }
    Ok(())
}

/// Whether a text was signed so, in lower-case hex. Compared in full whatever differs first.
fn is_of(secret: &str, text: &str, signature: &str) -> bool {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return false };
    mac.update(text.as_bytes());
    let made: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    made.len() == signature.len() && made.bytes().zip(signature.bytes()).fold(0, |all, (a, b)| all | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Request;
    use engine::Timestamp;

    fn code(query: &str, secret: &str, now_ms: i64) -> Option<Code> {
        let request = Request { query: query.into(), ..Request::default() };
        let parameters = Parameters::of(&request).expect("parameters");
        let now = Moment { wall: Timestamp(now_ms * 1_000_000), mono_ns: 0 };
        check(&parameters, secret, now).err().map(|failure| failure.code)
    }

    /// From the unit tests of BingX.Net (MIT), recomputed.
    const SECRET: &str = "mheO6dR8ovSsxZQCOYEFCtelpuxcWGTfHw7te326y6jOwq5WpvFQ9JNljoTwBXZGv5It07m9RXSPpDQEK2w";
    const SIGNATURE: &str = "f8d883609dfd31c824feb4de865b071008dedb1d461451fa70847875c8e7a7a2";

    #[test]
    fn a_signature_is_taken_over_the_received_and_over_the_sorted_order() {
        let at = 1_696_751_141_337;
        let sorted = format!("recvWindow=0&symbol=BTC-USDT&timestamp={at}&signature={SIGNATURE}");
        assert_eq!(code(&sorted, SECRET, at), None);
        let mixed = format!("timestamp={at}&symbol=BTC-USDT&signature={SIGNATURE}&recvWindow=0");
        assert_eq!(code(&mixed, SECRET, at), None);
        assert_eq!(code(&sorted, "another secret", at), Some(Code::Signature));
        assert_eq!(code(&sorted.replace("BTC", "ETH"), SECRET, at), Some(Code::Signature));
        assert_eq!(code(&sorted.replace("f8d8", "F8D8"), SECRET, at), Some(Code::Signature), "lower case");
        assert_eq!(code(&format!("timestamp={at}"), SECRET, at), Some(Code::SignatureMissing));
    }

    #[test]
    fn a_request_is_taken_within_five_seconds() {
        let at = 1_696_751_141_337;
        let query = format!("recvWindow=0&symbol=BTC-USDT&timestamp={at}&signature={SIGNATURE}");
        for (skew, expected) in
            [(0, None), (5_000, None), (-5_000, None), (5_001, Some(Code::Time)), (-5_001, Some(Code::Time))]
        {
            assert_eq!(code(&query, SECRET, at + skew), expected, "{skew} ms");
        }
    }
}
