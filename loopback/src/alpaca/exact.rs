//! Bodies that clients send, and the numbers in them: JSON numbers or strings, read digit by digit and never through a
//! float.
use super::refusal::Refusal;
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, de};
use serde_json::value::RawValue;

/// Reads a body that has to be a JSON object.
///
/// # Errors
/// 400 where it is none, or a member has the wrong shape.
pub(crate) fn object<T: de::DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    // Without this a list would do as well, member by member.
    if body.trim_ascii_start().first() != Some(&b'{') {
        return Err(Refusal::malformed("expected a JSON object"));
    }
    serde_json::from_slice(body).map_err(|error| Refusal::malformed(&error.to_string()))
}

/// A decimal of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Exact(pub(crate) Decimal);

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let text = raw.get();
        let text = match text.strip_prefix('"') {
            Some(quoted) => quoted.strip_suffix('"').unwrap_or(quoted),
            None => text,
        };
        read(text).map(Self).ok_or_else(|| de::Error::custom("expected a decimal number"))
    }
}

/// Reads a decimal with at most 28 digits, and an exponent as some clients write small numbers: `1e-05`.
pub(crate) fn read(text: &str) -> Option<Decimal> {
    if text.is_empty() || text.len() > 64 {
        return None;
    }
    let (digits, exponent) = match text.split_once(['e', 'E']) {
        None => (text, 0),
        Some((digits, exponent)) => (digits, exponent.parse::<i32>().ok().filter(|it| (-28..=28).contains(it))?),
    };
    let plain = digits.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+'));
    let mut number = plain.then(|| Decimal::from_str_exact(digits).ok()).flatten()?;
    for _ in 0..exponent.unsigned_abs() {
        number = match exponent {
            1.. => number.checked_mul(Decimal::TEN)?,
            _ => {
                let finer = number.scale() + 1;
                number.set_scale(finer).ok()?;
                number
            }
        };
    }
    Some(number.normalize())
}

/// How many decimal places a number needs.
pub(crate) fn places(number: Decimal) -> u32 {
    number.normalize().scale()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_and_strings_are_read_exactly() {
        for (json, expected) in [
            ("1.0", Some("1")),
            ("\"150.25\"", Some("150.25")),
            ("0.1", Some("0.1")),
            ("1e-05", Some("0.00001")),
            ("1.5E+2", Some("150")),
            ("-3", Some("-3")),
            ("\"\"", None),
            ("\"abc\"", None),
            ("\"1_000\"", None),
            ("\"NaN\"", None),
            ("true", None),
            ("[1]", None),
            ("1e400", None),
            ("99999999999999999999999999999999", None),
        ] {
            let read = serde_json::from_str::<Exact>(json).ok().map(|it| it.0.to_string());
            assert_eq!(read.as_deref(), expected, "{json}");
        }
    }

    proptest! {
        #[test]
        fn arbitrary_text_never_panics(text in ".{0,80}") {
            let _ = read(&text);
        }
    }
}
