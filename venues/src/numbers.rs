//! Numbers of venues, exactly: from decimal text or a JSON number to a decimal or to an instrument's own steps.
//!
//! A float is never in between, and no number is looked at beyond [`LONGEST`] characters.
use crate::text::shown;
use engine::instrument::Instrument;
use engine::{Price, Qty};
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// The longest text that is taken for a number, in bytes.
pub const LONGEST: usize = 96;

/// Why a number cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Not a decimal number.
    #[error("`{0}` is not a decimal number")]
    NotANumber(String),
    /// It has digits beyond those that can be counted.
    #[error("`{text}` is finer than the {places} decimal places that are counted: raise the instrument's scale")]
    TooFine {
        /// As it was written.
        text: String,
        /// How many places there are.
        places: u8,
    },
    /// It is larger than can be counted.
    #[error("`{0}` is too large to be counted")]
    TooLarge(String),
}

/// A number as it stood on the wire, in quotes or not: any other thing is kept too, and is an error when it is used, so
/// that one odd field does not spoil an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number<'a>(pub &'a str);

impl<'de: 'a, 'a> Deserialize<'de> for Number<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?.get();
        let inner = raw.strip_prefix('"').and_then(|raw| raw.strip_suffix('"'));
        Ok(Self(inner.unwrap_or(raw)))
    }
}

impl Number<'_> {
    /// The exact decimal.
    ///
    /// # Errors
    /// When it is none, or has more than 28 digits.
    pub fn decimal(&self) -> Result<Decimal, NumberError> {
        decimal(self.0)
    }

    /// The price in the instrument's own step.
    ///
    /// # Errors
    /// When it is none, is finer than the step, or does not fit.
    pub fn price(&self, instrument: &Instrument) -> Result<Price, NumberError> {
        steps(self.0, instrument.price_scale).map(Price)
    }

    /// The quantity in the instrument's own step.
    ///
    /// # Errors
    /// When it is none, is finer than the step, or does not fit.
    pub fn quantity(&self, instrument: &Instrument) -> Result<Qty, NumberError> {
        steps(self.0, instrument.qty_scale).map(Qty)
    }

    /// A count of something, such as a trade's number.
    ///
    /// # Errors
    /// When it is no whole number of 64 bits.
    pub fn count(&self) -> Result<i64, NumberError> {
        steps(self.0, 0)
    }
}

/// The exact decimal of a text.
///
/// # Errors
/// When it is none, or has more than 28 digits.
pub fn decimal(text: &str) -> Result<Decimal, NumberError> {
    let parts = Parts::of(text)?;
    let too_large = || NumberError::TooLarge(shown(text));
    let raise = u32::try_from(-parts.places).unwrap_or(0);
    let whole = 10_u128.checked_pow(raise).and_then(|factor| parts.digits.checked_mul(factor)).ok_or_else(too_large)?;
    let scale = u32::try_from(parts.places.max(0)).map_err(|_| too_large())?;
    let signed = i128::try_from(whole).map_err(|_| too_large())? * parts.sign();
    let exact = Decimal::try_from_i128_with_scale(signed, scale);
    exact.map(|exact| exact.normalize()).map_err(|_| too_large())
}

/// A text as a whole number of `10^-scale`.
///
/// # Errors
/// When it is no number, is finer than that, or does not fit.
pub fn steps(text: &str, scale: u8) -> Result<i64, NumberError> {
    let parts = Parts::of(text)?;
    let (whole, rest) = parts.scaled(scale).ok_or_else(|| NumberError::TooLarge(shown(text)))?;
    if rest {
        return Err(NumberError::TooFine { text: shown(text), places: scale });
    }
    i64::try_from(whole).map_err(|_| NumberError::TooLarge(shown(text)))
}

/// A text as a whole number of `10^-scale`, toward minus infinity, and whether that rounded: for what decides no money by
/// itself, such as a volume, and for a fill's price that is finer than can be written down.
///
/// # Errors
/// When it is no number, or does not fit.
pub fn steps_down(text: &str, scale: u8) -> Result<(i64, bool), NumberError> {
    let parts = Parts::of(text)?;
    let (whole, rest) = parts.scaled(scale).ok_or_else(|| NumberError::TooLarge(shown(text)))?;
    let down = if rest && parts.negative { whole - 1 } else { whole };
    i64::try_from(down).map(|down| (down, rest)).map_err(|_| NumberError::TooLarge(shown(text)))
}

/// A number taken apart: `digits * 10^-places`.
struct Parts {
    negative: bool,
    digits: u128,
    places: i32,
}

impl Parts {
    fn of(text: &str) -> Result<Self, NumberError> {
        let wrong = || NumberError::NotANumber(shown(text));
        if text.len() > LONGEST {
            return Err(NumberError::TooLarge(shown(text)));
        }
        let (negative, rest) = match text.as_bytes() {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            rest => (false, rest),
        };
        let at = rest.iter().position(|b| matches!(b, b'e' | b'E')).unwrap_or(rest.len());
        let exponent = exponent(&rest[at..]).ok_or_else(wrong)?;
        let mut parts = Self { negative, digits: 0, places: -exponent };
        let (mut any, mut point, mut zeros) = (false, false, 0_u32);
        for byte in &rest[..at] {
            match byte {
                b'.' if !point => point = true,
                // Zeros at the end are kept back: they count only when another digit follows.
                b'0' => (any, zeros, parts.places) = (true, zeros + 1, parts.places + i32::from(point)),
                b'1'..=b'9' => {
                    let power = 10_u128.checked_pow(zeros + 1);
                    let raised = power.and_then(|power| parts.digits.checked_mul(power));
                    let digits = raised.and_then(|raised| raised.checked_add(u128::from(byte - b'0')));
                    parts.digits = digits.ok_or_else(|| NumberError::TooLarge(shown(text)))?;
                    (any, zeros, parts.places) = (true, 0, parts.places + i32::from(point));
                }
                _ => return Err(wrong()),
            }
        }
        if !any {
            return Err(wrong());
        }
        parts.places -= i32::try_from(zeros).unwrap_or(0);
        if parts.digits == 0 {
            parts.places = 0;
        }
        Ok(parts)
    }

    fn sign(&self) -> i128 {
        if self.negative { -1 } else { 1 }
    }

    /// In units of `10^-scale`, toward zero, and whether anything was left over.
    fn scaled(&self, scale: u8) -> Option<(i128, bool)> {
        let shift = i32::from(scale) - self.places;
        let power = |n: i32| 10_u128.checked_pow(n.unsigned_abs());
        let (whole, rest) = if shift >= 0 {
            (self.digits.checked_mul(power(shift)?)?, false)
        } else {
            // What is finer than any power that fits is less than one step.
            power(shift)
                .map_or((0, self.digits != 0), |power| (self.digits / power, !self.digits.is_multiple_of(power)))
        };
        Some((i128::try_from(whole).ok()? * self.sign(), rest))
    }
}

/// The exponent of what stands from its `e` on; zero where nothing does.
fn exponent(text: &[u8]) -> Option<i32> {
    let Some((_, rest)) = text.split_first() else { return Some(0) };
    let (sign, digits) = match rest {
        [b'-', digits @ ..] => (-1, digits),
        [b'+', digits @ ..] => (1, digits),
        digits => (1, digits),
    };
    let plain = (1..=5).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit);
    plain.then(|| sign * digits.iter().fold(0, |sum, digit| sum * 10 + i32::from(digit - b'0')))
}

#[cfg(test)]
#[path = "numbers_tests.rs"]
mod tests;
