//! Decimal numbers read exactly from their text, and written back.
//!
//! `0.1` is one tenth: no float stands between the file and the number. What does not fit 28 digits is refused, never
//! rounded.
use rust_decimal::Decimal;

/// Why a text is not a number we can hold exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    NotANumber,
    TooLong,
}

impl Fault {
    pub(super) fn message(self) -> &'static str {
        match self {
            Self::NotANumber => "this is not a decimal number",
            Self::TooLong => "this number has more than 28 digits",
        }
    }
}

/// A whole number as a decimal.
pub(super) fn whole(value: i128) -> Result<Decimal, Fault> {
    Decimal::try_from_i128_with_scale(value, 0).map_err(|_| Fault::TooLong)
}

/// Reads `12`, `-0.5` or `1e-3`.
pub(super) fn exact(text: &str) -> Result<Decimal, Fault> {
    let (number, exponent) = match text.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, exponent.parse::<i32>().map_err(|_| Fault::NotANumber)?),
        None => (text, 0),
    };
    let digits = number.strip_prefix(['+', '-']).unwrap_or(number);
    let (before, after) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !all_digits(before) || !all_digits(after) {
        return Err(Fault::NotANumber);
    }
    let plain = Decimal::from_str_exact(number).map_err(|_| Fault::TooLong)?.normalize();
    shifted(plain, exponent).ok_or(Fault::TooLong)
}

/// `number * 10^exponent`, if that is exact.
fn shifted(number: Decimal, exponent: i32) -> Option<Decimal> {
    if number.is_zero() {
        return Some(Decimal::ZERO);
    }
    let places = i32::try_from(number.scale()).ok()?.checked_sub(exponent)?;
    let moved = if places < 0 {
        let factor = 10_i128.checked_pow(places.unsigned_abs())?;
        Decimal::try_from_i128_with_scale(number.mantissa().checked_mul(factor)?, 0)
    } else {
        Decimal::try_from_i128_with_scale(number.mantissa(), places.unsigned_abs())
    };
    moved.ok().map(|moved| moved.normalize())
}

/// Plain digits without trailing zeros.
pub(super) fn plain(number: Decimal) -> String {
    number.normalize().to_string()
}

/// Decimal places that are not zero.
pub(super) fn places(number: Decimal) -> u32 {
    number.normalize().scale()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_exactly_or_not_at_all() {
        let check = |text: &str, expected: Result<&str, Fault>| {
            assert_eq!(exact(text).map(plain), expected.map(str::to_string), "{text}");
        };
        check("0.1", Ok("0.1"));
        check("-12.50", Ok("-12.5"));
        check("+3", Ok("3"));
        check("-0.0", Ok("0"));
        check("1e-3", Ok("0.001"));
        check("2.5E+2", Ok("250"));
        check("0.1000000000000000000000000001", Ok("0.1000000000000000000000000001"));
        check("0.00000000000000000000000000001", Err(Fault::TooLong));
        check("99999999999999999999999999999999", Err(Fault::TooLong));
        check("1e99", Err(Fault::TooLong));
        check("1e-2147483648", Err(Fault::TooLong));
        check("1e2147483647", Err(Fault::TooLong));
        for text in ["", ".5", "5.", "1_000", "inf", "nan", "1e", "1e1.5", "0x10", "1 ", "--1", "٣", "1,5"] {
            check(text, Err(Fault::NotANumber));
        }
    }
}
