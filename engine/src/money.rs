//! Money: an i128 count of 10^-12 of a currency, with `rust_decimal` as its face.
//!
//! Inside the ledger money is only added, subtracted and compared, so nothing is lost. Where a product does not fit the
//! unit, rounding is named at the call and goes against the account.
use crate::measure::pow10;
use alloc::string::{String, ToString};
use core::fmt;
use core::str::FromStr;
use rust_decimal::Decimal;

/// Decimal places of [`Money`].
pub const MONEY_SCALE: u8 = 12;

/// An amount of one currency in units of 10^-12.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(pub i128);

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// One unit of the currency.
    pub const ONE: Self = Self(1_000_000_000_000);

    /// The amount as the nearest `f64`, for metrics and charts; never to be posted.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        self.0 as f64 / Self::ONE.0 as f64
    }

    /// The amount as a decimal, or `None` past the 28 digits that a decimal can hold.
    #[must_use]
    pub fn to_decimal(self) -> Option<Decimal> {
        Decimal::try_from_i128_with_scale(self.0, u32::from(MONEY_SCALE)).ok().map(|d| d.normalize())
    }

    /// The exact amount of a decimal.
    ///
    /// # Errors
    /// When the decimal is finer than 10^-12.
    pub fn from_decimal(amount: Decimal) -> Result<Self, MoneyError> {
        let amount = amount.normalize();
        let places = amount.scale();
        if places > u32::from(MONEY_SCALE) {
            return Err(MoneyError::TooFine);
        }
        let factor = 10_i128.pow(u32::from(MONEY_SCALE) - places);
        amount.mantissa().checked_mul(factor).map(Self).ok_or(MoneyError::TooLarge)
    }
}

impl fmt::Display for Money {
    /// Plain decimal digits without trailing zeros.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, part) =
            (self.0.unsigned_abs() / Self::ONE.0.unsigned_abs(), self.0.unsigned_abs() % Self::ONE.0.unsigned_abs());
        let sign = if self.0 < 0 { "-" } else { "" };
        if part == 0 {
            return write!(f, "{sign}{whole}");
        }
        let digits = alloc::format!("{part:012}");
        write!(f, "{sign}{whole}.{}", digits.trim_end_matches('0'))
    }
}

impl FromStr for Money {
    type Err = MoneyError;

    /// Reads plain decimal digits.
    ///
    /// # Errors
    /// When the text is not a decimal number, is finer than 10^-12 or does not fit.
    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let amount = Decimal::from_str_exact(text).map_err(|_| MoneyError::NotANumber)?;
        Self::from_decimal(amount)
    }
}

impl core::ops::Add for Money {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl core::ops::Sub for Money {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl core::ops::Neg for Money {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl core::ops::AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl core::ops::SubAssign for Money {
    fn sub_assign(&mut self, other: Self) {
        self.0 -= other.0;
    }
}

impl core::iter::Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, |sum, amount| sum + amount)
    }
}

/// Why a text or a decimal is not an amount of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MoneyError {
    /// Not decimal digits.
    NotANumber,
    /// More than twelve decimal places.
    TooFine,
    /// Beyond what 128 bits can count.
    TooLarge,
}

impl fmt::Display for MoneyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotANumber => "not a plain decimal number",
            Self::TooFine => "finer than 0.000000000001 of a currency",
            Self::TooLarge => "too large an amount",
        })
    }
}

impl core::error::Error for MoneyError {}

/// A currency code: one to eight letters or digits, upper case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 8]);

impl Currency {
    /// The code as text.
    #[must_use]
    pub fn code(&self) -> &str {
        let end = self.0.iter().position(|b| *b == 0).unwrap_or(self.0.len());
        core::str::from_utf8(&self.0[..end]).expect("a currency is made of ASCII only")
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl FromStr for Currency {
    type Err = String;

    /// # Errors
    /// When the text is not one to eight upper-case letters or digits.
    fn from_str(text: &str) -> Result<Self, String> {
        let good = (1..=8).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        if !good {
            return Err(alloc::format!(
                "`{text}` is not a currency: expected one to eight upper-case letters or digits, as in `USD`"
            ));
        }
        let mut code = [0; 8];
        code[..text.len()].copy_from_slice(text.as_bytes());
        Ok(Self(code))
    }
}

/// `a * b / 10^shift`, rounded toward minus infinity, and whether anything was rounded away.
///
/// # Panics
/// When the product does not fit 128 bits: a position of that size is a broken invariant.
#[must_use]
#[inline]
pub fn scale_down(product: i128, shift: u8) -> (i128, bool) {
    if shift == 0 {
        return (product, false);
    }
    // Most products fit the machine's own division, which is several times as fast.
    if let (Ok(product), true) = (i64::try_from(product), shift <= 18) {
        let divisor = pow10(shift);
        return (i128::from(product.div_euclid(divisor)), product % divisor != 0);
    }
    scale_down_wide(product, shift)
}

#[inline(never)]
fn scale_down_wide(product: i128, shift: u8) -> (i128, bool) {
    let divisor = 10_i128.pow(u32::from(shift));
    (product.div_euclid(divisor), product.rem_euclid(divisor) != 0)
}

/// An amount and its currency, as configuration and tables write it: `100000 USD`.
#[must_use]
pub fn amount_text(amount: Money, currency: Currency) -> String {
    let mut text = amount.to_string();
    text.push(' ');
    text.push_str(currency.code());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_prints_what_it_reads() {
        for text in ["0", "1", "-1", "9616401.32497", "0.000000000001", "-0.5", "100000"] {
            assert_eq!(text.parse::<Money>().map(|m| m.to_string()), Ok(text.to_string()));
        }
        assert_eq!("0.0000000000001".parse::<Money>(), Err(MoneyError::TooFine));
        assert_eq!("1e5".parse::<Money>(), Err(MoneyError::NotANumber));
        assert_eq!("".parse::<Money>(), Err(MoneyError::NotANumber));
    }

    #[test]
    fn scaling_down_rounds_toward_minus_infinity_and_says_so() {
        assert_eq!(scale_down(15, 1), (1, true));
        assert_eq!(scale_down(-15, 1), (-2, true));
        assert_eq!(scale_down(-20, 1), (-2, false));
        assert_eq!(scale_down(7, 0), (7, false));
    }

    #[test]
    fn a_currency_is_short_and_upper_case() {
        assert_eq!("USDT".parse::<Currency>().map(|c| c.to_string()), Ok("USDT".to_string()));
        for text in ["", "usd", "TOOLONGCODE", "U$D"] {
            assert!(text.parse::<Currency>().is_err(), "{text}");
        }
    }
}
