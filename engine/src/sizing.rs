//! How much to trade: units, a share of equity, or an amount of money.
use crate::instrument::Instrument;
use crate::ledger::share;
use crate::{Money, Price, Qty};

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
    /// An amount of the quote currency.
    Notional(Money),
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
            Self::Notional(amount) => instrument.quantity_for(amount, price),
        };
        Qty((quantity.0 - quantity.0 % lot.0).max(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn sizes_are_floored_to_the_lot() {
        let usd = "USD".parse().expect("a currency");
        let one = rust_decimal::Decimal::ONE;
        let it = Instrument::new("v:S".into(), usd, (2, 3), one, Vec::new()).expect("valid");
        let equity = Money(10_000 * Money::ONE.0);
        let check = |size: Size, lot, expected| {
            assert_eq!(size.quantity(&it, Price(300_00), equity, Qty(lot)), Qty(expected), "{size:?}");
        };
        check(Size::Units(1_500_000_000), 1, 1_500);
        check(Size::Units(1_500_000_000), 1_000, 1_000);
        check(Size::Equity { ppm: 250_000 }, 1, 8_333);
        check(Size::Equity { ppm: 250_000 }, 100, 8_300);
        check(Size::Notional(Money(1_000 * Money::ONE.0)), 1, 3_333);
        check(Size::Notional(Money(-1)), 1, 0);
    }
}
