//! Decimal text and decimal integers, exactly: nothing here passes through a binary fraction or rounds.
use parquet::data_type::ByteArray;

/// Why a decimal has no exact 64-bit integer at a scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DecimalFault {
    /// Not decimal digits.
    NotANumber,
    /// Digits beyond the scale that are not zero.
    Inexact,
    /// More than 64 bits.
    Overflow,
}

/// A decimal as written: `digits * 10^-places`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Written {
    digits: i128,
    places: i32,
}

impl Written {
    /// Reads an optional sign, digits with at most one point, and an optional exponent.
    pub(crate) fn parse(text: &str) -> Result<Self, DecimalFault> {
        let (body, exponent) = match text.find(['e', 'E']) {
            Some(at) => (&text[..at], exponent(&text[at + 1..])?),
            None => (text, 0),
        };
        let (negative, body) = match body.as_bytes().first() {
            Some(b'-') => (true, &body[1..]),
            Some(b'+') => (false, &body[1..]),
            _ => (false, body),
        };
        let (whole, part) = body.split_once('.').unwrap_or((body, ""));
        let part = part.trim_end_matches('0');
        if (whole.is_empty() && !body.starts_with('.')) || body == "." {
            return Err(DecimalFault::NotANumber);
        }
        let mut digits = 0_i128;
        for byte in whole.bytes().chain(part.bytes()) {
            if !byte.is_ascii_digit() {
                return Err(DecimalFault::NotANumber);
            }
            let next = digits.checked_mul(10).and_then(|d| d.checked_add(i128::from(byte - b'0')));
            digits = next.ok_or(DecimalFault::Overflow)?;
        }
        let places = i32::try_from(part.len()).map_err(|_| DecimalFault::Overflow)? - exponent;
        Ok(Self { digits: if negative { -digits } else { digits }, places })
    }

    /// The integer `value / divisor * 10^scale`, if it is one.
    pub(crate) fn scaled(self, divisor: i64, scale: u8) -> Result<i64, DecimalFault> {
        rescale(self.digits, self.places, i128::from(divisor), i32::from(scale))
    }

    /// The nearest integer to `value / divisor * 10^scale`, of two the even one.
    pub(crate) fn rounded(self, divisor: i64, scale: u8) -> Result<i64, DecimalFault> {
        let (mut digits, mut divisor) = (self.digits, i128::from(divisor));
        let shift = i32::from(scale) - self.places;
        let factor = 10_i128.checked_pow(shift.unsigned_abs());
        // Below 10^-38 of a unit nothing is left to round.
        let Some(factor) = factor else { return if shift < 0 { Ok(0) } else { Err(DecimalFault::Overflow) } };
        let side = if shift < 0 { &mut divisor } else { &mut digits };
        *side = side.checked_mul(factor).ok_or(DecimalFault::Overflow)?;
        let (floor, rest) = (digits.div_euclid(divisor), digits.rem_euclid(divisor));
        let up = rest > divisor - rest || (rest == divisor - rest && floor % 2 != 0);
        i64::try_from(floor + i128::from(up)).map_err(|_| DecimalFault::Overflow)
    }
}

fn exponent(text: &str) -> Result<i32, DecimalFault> {
    let value: i32 = text.parse().map_err(|_| DecimalFault::NotANumber)?;
    if value.abs() > 60 { Err(DecimalFault::Overflow) } else { Ok(value) }
}

/// `digits * 10^-from / divisor` as an integer at scale `to`.
fn rescale(digits: i128, from: i32, divisor: i128, to: i32) -> Result<i64, DecimalFault> {
    if digits == 0 {
        return Ok(0);
    }
    let (mut digits, mut shift) = (digits, to - from);
    while shift < 0 {
        if digits % 10 != 0 {
            return Err(DecimalFault::Inexact);
        }
        digits /= 10;
        shift += 1;
    }
    let factor = u32::try_from(shift).ok().and_then(|s| 10_i128.checked_pow(s)).ok_or(DecimalFault::Overflow)?;
    digits = digits.checked_mul(factor).ok_or(DecimalFault::Overflow)?;
    if digits % divisor != 0 {
        return Err(DecimalFault::Inexact);
    }
    i64::try_from(digits / divisor).map_err(|_| DecimalFault::Overflow)
}

/// A wide integer at scale `from` as one at scale `to`.
#[inline]
pub(crate) fn narrow(value: i128, from: i32, to: u8) -> Result<i64, DecimalFault> {
    if from == i32::from(to) {
        return i64::try_from(value).map_err(|_| DecimalFault::Overflow);
    }
    rescale(value, from, 1, i32::from(to))
}

/// Big-endian two's complement, as Parquet stores decimals in bytes; `None` past sixteen bytes or without any.
pub(crate) fn big_endian(bytes: &ByteArray) -> Option<i128> {
    let bytes = bytes.data();
    if bytes.is_empty() || bytes.len() > 16 {
        return None;
    }
    let mut wide = [if bytes[0] & 0x80 == 0 { 0 } else { 0xff }; 16];
    wide[16 - bytes.len()..].copy_from_slice(bytes);
    Some(i128::from_be_bytes(wide))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decimal_text_becomes_the_integer_that_it_writes_or_says_why_not() {
        let table: [(&str, i64, Result<i64, DecimalFault>); 22] = [
            ("1", 1, Ok(100_000_000)),
            ("-0.00000001", 1, Ok(-1)),
            ("+1.5", 1, Ok(150_000_000)),
            (".5", 1, Ok(50_000_000)),
            ("5.", 1, Ok(500_000_000)),
            ("1.10000000000000000000", 1, Ok(110_000_000)),
            ("1e-8", 1, Ok(1)),
            ("2.5E+3", 1, Ok(250_000_000_000)),
            ("0e60", 1, Ok(0)),
            ("6450000", 10_000, Ok(64_500_000_000)),
            ("1", 3, Err(DecimalFault::Inexact)),
            ("0.000000001", 1, Err(DecimalFault::Inexact)),
            ("1e-9", 1, Err(DecimalFault::Inexact)),
            ("92233720368.54775808", 1, Err(DecimalFault::Overflow)),
            ("1e61", 1, Err(DecimalFault::Overflow)),
            ("1e40", 1, Err(DecimalFault::Overflow)),
            ("", 1, Err(DecimalFault::NotANumber)),
            (".", 1, Err(DecimalFault::NotANumber)),
            ("1,5", 1, Err(DecimalFault::NotANumber)),
            ("1.2.3", 1, Err(DecimalFault::NotANumber)),
            ("NaN", 1, Err(DecimalFault::NotANumber)),
            ("--1", 1, Err(DecimalFault::NotANumber)),
        ];
        for (text, divisor, expected) in table {
            assert_eq!(Written::parse(text).and_then(|w| w.scaled(divisor, 8)), expected, "{text} / {divisor}");
        }
    }

    #[test]
    fn rounding_takes_the_nearest_and_of_two_the_even_one() {
        for (text, divisor, expected) in [
            ("0.000000014", 1, 1),
            ("0.000000015", 1, 2),
            ("0.000000025", 1, 2),
            ("-0.000000015", 1, -2),
            ("-0.000000025", 1, -2),
            ("1", 3, 33_333_333),
            ("2", 3, 66_666_667),
            ("1e-50", 1, 0),
        ] {
            assert_eq!(Written::parse(text).and_then(|w| w.rounded(divisor, 8)), Ok(expected), "{text} / {divisor}");
        }
    }

    #[test]
    fn bytes_are_read_as_big_endian_with_sign() {
        let check = |bytes: &[u8], expected| assert_eq!(big_endian(&ByteArray::from(bytes.to_vec())), expected);
        check(&[1, 0], Some(256));
        check(&[0xff], Some(-1));
        check(&[0; 17], None);
        check(&[], None);
    }
}
