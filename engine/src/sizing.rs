//! How much to trade: units, a share of equity, or an amount of money.
use crate::instrument::Instrument;
use crate::ledger::share;
use crate::{Currency, Money, Price, Qty};
use alloc::string::String;
use core::fmt;
use core::str::FromStr;
use rust_decimal::Decimal;

/// A size as the run file gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// So many units, counted in 10^-9.
    Units(i128),
    /// A share of equity in parts per million.
    Equity {
        /// 1,000,000 is all of it.
        ppm: i64,
    },
    /// An amount of money.
    Notional {
        /// How much.
        amount: Money,
        /// Of what; it must be the instrument's quote currency.
        currency: Currency,
    },
}

/// Decimal places of [`Size::Units`].
pub const UNITS_SCALE: u8 = 9;

impl Size {
    /// The quantity at `price` and `equity`, floored to the lot; never negative.
    #[must_use]
    pub fn quantity(self, instrument: &Instrument, price: Price, equity: Money, lot: Qty) -> Qty {
        let quantity = match self {
            Self::Units(units) => {
                let shift = UNITS_SCALE - instrument.qty_scale;
                Qty(i64::try_from(crate::money::scale_down(units, shift).0).unwrap_or(i64::MAX))
            }
            Self::Equity { ppm } => instrument.quantity_for(Money(share(equity.0, i128::from(ppm), 1_000_000)), price),
            Self::Notional { amount, .. } => instrument.quantity_for(amount, price),
        };
        if lot.0 == 1 {
            return Qty(quantity.0.max(0)); // spares a division
        }
        Qty((quantity.0 - quantity.0 % lot.0).max(0))
    }
}

impl FromStr for Size {
    type Err = String;

    /// Reads `1.5` (units), `25%` (of equity) or `5000 USD` (notional).
    ///
    /// # Errors
    /// Says what was expected when the text is none of them or not above zero.
    fn from_str(text: &str) -> Result<Self, String> {
        let expected = || {
            alloc::format!(
                "`{text}` is not a size: expected units as in `1.5`, a share of equity as in `25%`, or money as in `5000 USD`, above zero"
            )
        };
        let scaled = |number: &str, places: u8| {
            let decimal = Decimal::from_str_exact(number.trim()).ok().filter(|d| *d > Decimal::ZERO)?.normalize();
            let shift = u32::from(places).checked_sub(decimal.scale())?;
            decimal.mantissa().checked_mul(10_i128.pow(shift))
        };
        if let Some(percent) = text.strip_suffix('%') {
            let ppm = scaled(percent, 4).and_then(|ppm| i64::try_from(ppm).ok()).ok_or_else(expected)?;
            return Ok(Self::Equity { ppm });
        }
        if let Some((amount, currency)) = text.trim().split_once(' ') {
            let amount = amount.parse::<Money>().ok().filter(|m| *m > Money::ZERO).ok_or_else(expected)?;
            return Ok(Self::Notional { amount, currency: currency.trim().parse()? });
        }
        scaled(text, UNITS_SCALE).map(Self::Units).ok_or_else(expected)
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = |value: i128, places: u8| Decimal::from_i128_with_scale(value, u32::from(places)).normalize();
        match *self {
            Self::Units(units) => plain(units, UNITS_SCALE).fmt(f),
            Self::Equity { ppm } => write!(f, "{}%", plain(i128::from(ppm), 4)),
            Self::Notional { amount, currency } => write!(f, "{amount} {currency}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Dated, Spec};
    use alloc::string::ToString;

    #[test]
    fn sizes_read_as_they_print() {
        for text in ["1", "0.5", "25%", "33.3333%", "5000 USD"] {
            assert_eq!(text.parse::<Size>().map(|s| s.to_string()), Ok(text.to_string()));
        }
        for text in ["", "0", "-1", "1 usd", "0%", "x", "0.0000000001", "1e3", "33.33333%", "5000USD"] {
            assert!(text.parse::<Size>().is_err(), "{text}");
        }
    }

    #[test]
    fn sizes_are_floored_to_the_lot() {
        let usd = "USD".parse().expect("a currency");
        let one = rust_decimal::Decimal::ONE;
        let it = Instrument::new("v:S".into(), usd, (2, 3), one, Dated::always(Spec::FREE)).expect("valid");
        let equity = Money(10_000 * Money::ONE.0);
        let check = |size: Size, lot, expected| {
            assert_eq!(size.quantity(&it, Price(30_000), equity, Qty(lot)), Qty(expected), "{size:?}");
        };
        check(Size::Units(1_500_000_000), 1, 1_500);
        check(Size::Units(1_500_000_000), 1_000, 1_000);
        check(Size::Equity { ppm: 250_000 }, 1, 8_333);
        check(Size::Equity { ppm: 250_000 }, 100, 8_300);
        check(Size::Notional { amount: Money(1_000 * Money::ONE.0), currency: usd }, 1, 3_333);
    }
}
