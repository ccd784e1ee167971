//! Numbers with units: time, interval, price and quantity.
//!
//! All of them are integers. A price or a quantity means nothing without the scale of its instrument
//! ([`crate::Instrument`]); money lives in [`crate::money`]. No arithmetic here wraps silently.
use alloc::string::{String, ToString};
use core::fmt;
use core::str::FromStr;

/// Nanoseconds since the Unix epoch, UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Before every event.
    pub const MIN: Self = Self(i64::MIN);
    /// After every event: "never", where a time is wanted.
    pub const MAX: Self = Self(i64::MAX);

    /// The moment `ns` nanoseconds later.
    #[must_use]
    pub fn after(self, ns: i64) -> Self {
        Self(self.0.saturating_add(ns))
    }

    /// Days since the Unix epoch, UTC; a day begins at midnight and holds its first instant.
    #[must_use]
    pub fn day(self) -> i64 {
        self.0.div_euclid(Interval::DAY.0)
    }
}

/// The length of a candle in nanoseconds; always positive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Interval(pub i64);

impl Interval {
    /// One second.
    pub const SECOND: Self = Self(1_000_000_000);
    /// One minute.
    pub const MINUTE: Self = Self(60 * Self::SECOND.0);
    /// One hour.
    pub const HOUR: Self = Self(60 * Self::MINUTE.0);
    /// Twenty-four hours.
    pub const DAY: Self = Self(24 * Self::HOUR.0);
    /// Seven days.
    pub const WEEK: Self = Self(7 * Self::DAY.0);

    const UNITS: [(char, Self); 5] =
        [('w', Self::WEEK), ('d', Self::DAY), ('h', Self::HOUR), ('m', Self::MINUTE), ('s', Self::SECOND)];
}

impl fmt::Display for Interval {
    /// The shortest spelling with a whole number: `4h`, `1d`, `90s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (letter, unit) in Self::UNITS {
            if self.0 % unit.0 == 0 {
                return write!(f, "{}{letter}", self.0 / unit.0);
            }
        }
        write!(f, "{}ns", self.0)
    }
}

impl FromStr for Interval {
    type Err = String;

    /// Reads `1m`, `5m`, `1h`, `4h`, `1d`, `1w`, `30s`.
    ///
    /// # Errors
    /// Says what was expected when the text is not a positive whole number and one of the letters s, m, h, d, w.
    fn from_str(text: &str) -> Result<Self, String> {
        let expected =
            || alloc::format!("`{text}` is not an interval: expected a whole number and s, m, h, d or w, as in `4h`");
        let letter = text.chars().next_back().ok_or_else(expected)?;
        let (_, unit) = Self::UNITS.into_iter().find(|(l, _)| *l == letter).ok_or_else(expected)?;
        let count: i64 = text[..text.len() - letter.len_utf8()].parse().map_err(|_| expected())?;
        let ns = count.checked_mul(unit.0).filter(|ns| *ns > 0).ok_or_else(expected)?;
        Ok(Self(ns))
    }
}

/// A price in the instrument's own step, `10^-price_scale` of its quote currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Price(pub i64);

/// A signed quantity in the instrument's own step, `10^-qty_scale` units; positive is long or a buy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Qty(pub i64);

impl Qty {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// Whether this is nothing.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The quantity without its sign.
    #[must_use]
    pub fn abs(self) -> Self {
        Self(self.0.abs())
    }
}

impl core::ops::Add for Qty {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl core::ops::Sub for Qty {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl core::ops::Neg for Qty {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

/// Which way an order or a fill goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// Adds to the position.
    Buy,
    /// Takes from the position.
    Sell,
}

impl Side {
    /// `buy` or `sell`, as files and tables spell it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Buy => "buy",
            Self::Sell => "sell",
        }
    }

    /// The other one.
    #[must_use]
    pub fn opposite(self) -> Self {
        match self {
            Self::Buy => Self::Sell,
            Self::Sell => Self::Buy,
        }
    }

    /// +1 for a buy, -1 for a sell.
    #[must_use]
    pub fn sign(self) -> i64 {
        match self {
            Self::Buy => 1,
            Self::Sell => -1,
        }
    }

    /// The side of a signed quantity.
    #[must_use]
    pub fn of(quantity: Qty) -> Self {
        if quantity.0 >= 0 { Self::Buy } else { Self::Sell }
    }
}

/// The largest integer below which every whole number is an exact `f64`.
const EXACT_F64: u64 = 1 << 53;

const POWERS: [i64; 19] = {
    let mut powers = [1; 19];
    let mut n = 1;
    while n < powers.len() {
        powers[n] = powers[n - 1] * 10;
        n += 1;
    }
    powers
};

/// The same as floats, exact up to 10^22.
const POWERS_F64: [f64; 19] = {
    let mut powers = [1.0; 19];
    let mut n = 0;
    while n < powers.len() {
        powers[n] = POWERS[n] as f64;
        n += 1;
    }
    powers
};

/// `10^n` for the scales that an `i64` can carry, from a table: a loop would cost more than the rest of a step.
///
/// # Panics
/// When `n` is above 18.
#[must_use]
#[inline]
pub const fn pow10(n: u8) -> i64 {
    POWERS[n as usize]
}

/// The product of two integers, which 128 bits always hold.
#[must_use]
#[inline]
pub const fn product(a: i64, b: i64) -> i128 {
    // The check that cannot fail is left out: it would cost more than the multiplication.
    (a as i128).wrapping_mul(b as i128)
}

/// `raw * 10^-scale` as the nearest `f64`, by one division of two exact numbers.
///
/// Dividing once gives the correctly rounded result; multiplying by `1e-8` would not. Beyond 2^53 trailing zeros are
/// dropped first, which keeps the division exact for every price that is written with at most fifteen digits.
#[must_use]
#[inline]
pub fn scaled_f64(raw: i64, scale: u8) -> f64 {
    if raw.unsigned_abs() < EXACT_F64 {
        return raw as f64 / POWERS_F64[scale as usize];
    }
    let (mut raw, mut scale) = (raw, scale);
    while scale > 0 && raw % 10 == 0 {
        raw /= 10;
        scale -= 1;
    }
    raw as f64 / POWERS_F64[scale as usize]
}

/// `raw * 10^-scale` as plain decimal text without trailing zeros.
#[must_use]
pub fn scaled_text(raw: i64, scale: u8) -> String {
    rust_decimal::Decimal::from_i128_with_scale(i128::from(raw), u32::from(scale)).normalize().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_read_as_they_print() {
        for text in ["1m", "5m", "1h", "4h", "1d", "1w", "30s"] {
            assert_eq!(text.parse::<Interval>().map(|i| i.to_string()), Ok(text.to_string()));
        }
        for text in ["", "m", "0m", "-1h", "1x", "1.5h", "99999999999999w", "é"] {
            assert!(text.parse::<Interval>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_stored_price_becomes_the_double_that_one_division_gives() {
        assert_eq!(scaled_f64(3_500_012_000_000, 8).to_bits(), (3_500_012.0_f64 / 100.0).to_bits());
        assert_eq!(scaled_f64(1_500_000_000_000_000_000, 8).to_bits(), 15_000_000_000.0_f64.to_bits());
        assert_eq!(scaled_text(3_500_012_000_000, 8), "35000.12");
    }

    #[test]
    fn a_day_holds_its_first_instant_and_not_the_next_midnight() {
        assert_eq!(Timestamp(0).day(), 0);
        assert_eq!(Timestamp(Interval::DAY.0 - 1).day(), 0);
        assert_eq!(Timestamp(Interval::DAY.0).day(), 1);
        assert_eq!(Timestamp(-1).day(), -1);
    }
}
