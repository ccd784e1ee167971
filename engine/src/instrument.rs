//! What is traded: an instrument, how its integers become money, and its rules as dated records.
//!
//! Rules are dated so that yesterday's candle is traded under yesterday's tick, lot and minimum. Nothing here looks a
//! rule up by name: the run's instruments are numbered once, in the order of the run file.
use crate::measure::{pow10, product, scaled_f64};
use crate::money::MONEY_SCALE;
use crate::{Currency, Dated, Money, Price, Qty, Timestamp};
use alloc::string::String;
use core::fmt;
use rust_decimal::Decimal;

/// The place of an instrument in the run file, from zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InstrumentId(pub u32);

impl InstrumentId {
    /// No instrument: the account as a whole.
    pub const ACCOUNT: Self = Self(u32::MAX);

    /// The place as an index.
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The venue's rules for one instrument, as long as they hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spec {
    /// Smallest price increment of an order; `Price(1)` where the venue has none.
    pub tick: Price,
    /// Smallest quantity increment of an order; `Qty(1)` where the venue has none.
    pub lot: Qty,
    /// Smallest notional of an order, in the quote currency.
    pub min_notional: Money,
}

impl Spec {
    /// No tick, no lot, no minimum: what is assumed where no record exists.
    pub const FREE: Self = Self { tick: Price(1), lot: Qty(1), min_notional: Money::ZERO };
}

/// One instrument of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instrument {
    /// `VENUE:SYMBOL`.
    pub name: String,
    /// The currency of its prices.
    pub quote: Currency,
    /// Prices are integers of `10^-price_scale`.
    pub price_scale: u8,
    /// Quantities are integers of `10^-qty_scale`.
    pub qty_scale: u8,
    unit: Unit,
    specs: Dated<Spec>,
}

/// How `price * quantity` becomes money: times `factor`, divided by `divisor`. One of the two is 1, but for multipliers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Unit {
    factor: i64,
    divisor: i64,
}

/// Why an instrument cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InstrumentError {
    /// A scale above nine decimal places.
    ScaleTooFine,
    /// A multiplier that is zero or negative, or has more than six decimal places.
    Multiplier,
    /// A tick or lot that is zero or negative, or a negative minimum.
    Rule,
}

impl fmt::Display for InstrumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ScaleTooFine => "prices and quantities have at most nine decimal places",
            Self::Multiplier => "the multiplier must be above zero with at most six decimal places",
            Self::Rule => "tick and lot must be above zero, the minimum notional not below it",
        })
    }
}

impl core::error::Error for InstrumentError {}

impl Unit {
    /// `number * factor / divisor`, where that is whole and fits.
    #[inline]
    fn of(self, number: i64) -> Option<i64> {
        if self.divisor == 1 {
            return number.checked_mul(self.factor);
        }
        if number % self.divisor == 0 { (number / self.divisor).checked_mul(self.factor) } else { None }
    }
}

impl Instrument {
    /// The finest step of a price or a quantity, in decimal places.
    pub const SCALE_MAX: u8 = 9;

    /// An instrument with the rules `specs`.
    ///
    /// # Errors
    /// When a scale, the multiplier or a rule is out of range.
    pub fn new(
        name: String,
        quote: Currency,
        scales: (u8, u8),
        multiplier: Decimal,
        specs: Dated<Spec>,
    ) -> Result<Self, InstrumentError> {
        let (price_scale, qty_scale) = scales;
        if price_scale > Self::SCALE_MAX || qty_scale > Self::SCALE_MAX {
            return Err(InstrumentError::ScaleTooFine);
        }
        let multiplier = multiplier.normalize();
        let places = u8::try_from(multiplier.scale()).unwrap_or(u8::MAX);
        if multiplier <= Decimal::ZERO || places > 6 {
            return Err(InstrumentError::Multiplier);
        }
        if specs.values().any(|s| s.tick.0 <= 0 || s.lot.0 <= 0 || s.min_notional < Money::ZERO) {
            return Err(InstrumentError::Rule);
        }
        let scale = price_scale + qty_scale + places;
        let factor = multiplier.mantissa() * i128::from(pow10(MONEY_SCALE.saturating_sub(scale)));
        let factor = i64::try_from(factor).map_err(|_| InstrumentError::Multiplier)?;
        let unit = Unit { factor, divisor: pow10(scale.saturating_sub(MONEY_SCALE)) };
        Ok(Self { name, quote, price_scale, qty_scale, unit, specs })
    }

    /// The rules that hold at `time`.
    #[must_use]
    pub fn spec(&self, time: Timestamp) -> &Spec {
        self.specs.at(time)
    }

    /// A price as `f64`, for indicators and charts.
    #[must_use]
    #[inline]
    pub fn price_f64(&self, price: Price) -> f64 {
        scaled_f64(price.0, self.price_scale)
    }

    /// The value of a signed quantity at a price, rounded toward minus infinity, and whether that rounded.
    ///
    /// # Panics
    /// When the value does not fit 128 bits.
    #[must_use]
    #[inline(always)]
    pub fn value(&self, price: Price, quantity: Qty) -> (Money, bool) {
        // A quantity of whole units, or a price of few decimals, divides: then one multiplication is exact.
        if let Some(step) = self.unit.of(quantity.0) {
            return (Money(product(price.0, step)), false);
        }
        if let Some(step) = self.unit.of(price.0) {
            return (Money(product(quantity.0, step)), false);
        }
        self.inexact(price, quantity)
    }

    /// The general case of [`Instrument::value`], kept apart: what is returned in registers costs half of what is returned in
    /// memory, and the rest is short enough to be inlined.
    #[inline(never)]
    fn inexact(&self, price: Price, quantity: Qty) -> (Money, bool) {
        let exact = product(price.0, quantity.0) * i128::from(self.unit.factor);
        let divisor = i128::from(self.unit.divisor);
        (Money(exact.div_euclid(divisor)), exact.rem_euclid(divisor) != 0)
    }

    /// What a fill of a signed quantity costs, rounded up: more is paid, or less received, than exactly; and whether that
    /// rounded.
    ///
    /// # Panics
    /// When the cost does not fit 128 bits.
    #[must_use]
    #[inline]
    pub fn cost(&self, price: Price, quantity: Qty) -> (Money, bool) {
        let (negated, rounded) = self.value(price, -quantity);
        (-negated, rounded)
    }

    /// The exact money of one price step for this quantity, if money can hold it.
    ///
    /// Where it is `Some`, the value at any price is one multiplication: the ledger marks with it.
    #[must_use]
    pub fn step_value(&self, quantity: Qty) -> Option<i64> {
        self.unit.of(quantity.0)
    }

    /// The largest quantity, not negative, whose value at `price` does not exceed `amount`.
    #[must_use]
    pub fn quantity_for(&self, amount: Money, price: Price) -> Qty {
        if amount.0 <= 0 || price.0 <= 0 {
            return Qty::ZERO;
        }
        let scaled = amount.0.checked_mul(i128::from(self.unit.divisor));
        let quantity = scaled.map_or(i128::MAX, |scaled| scaled / product(price.0, self.unit.factor));
        Qty(i64::try_from(quantity).unwrap_or(i64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn instrument(price_scale: u8, qty_scale: u8, multiplier: &str) -> Instrument {
        let usd = "USD".parse().expect("a currency");
        let multiplier = multiplier.parse().expect("a decimal");
        Instrument::new("v:S".into(), usd, (price_scale, qty_scale), multiplier, Dated::always(Spec::FREE))
            .expect("valid")
    }

    #[test]
    fn value_is_price_times_quantity_times_multiplier() {
        assert_eq!(instrument(2, 3, "1").value(Price(12_345), Qty(2_000)), (Money(246_900_000_000_000), false));
        assert_eq!(instrument(2, 0, "0.01").value(Price(12_345), Qty(-3)), (Money(-3_703_500_000_000), false));
        assert_eq!(instrument(8, 8, "1").value(Price(1), Qty(1)), (Money(0), true));
        assert_eq!(instrument(8, 8, "1").value(Price(1), Qty(-1)), (Money(-1), true));
    }

    #[test]
    fn yesterdays_candle_is_traded_under_yesterdays_rules() {
        let usd = "USD".parse().expect("a currency");
        let spec = |from, tick| (Timestamp(from), Spec { tick: Price(tick), ..Spec::FREE });
        let specs = Dated::new(alloc::vec![spec(100, 5), spec(50, 1)]).expect("records");
        let it = Instrument::new("v:S".into(), usd, (2, 0), Decimal::ONE, specs).expect("valid");
        let ticks = [0, 50, 99, 100, 101].map(|t| it.spec(Timestamp(t)).tick.0);
        assert_eq!(ticks, [1, 1, 1, 5, 5]);
    }

    #[test]
    fn impossible_instruments_are_refused() {
        let usd = "USD".parse().expect("a currency");
        let make = |scales, m: &str, lot| {
            let spec = Spec { lot: Qty(lot), ..Spec::FREE };
            Instrument::new("v:S".into(), usd, scales, m.parse().expect("a decimal"), Dated::always(spec)).map(|_| ())
        };
        assert_eq!(make((10, 0), "1", 1), Err(InstrumentError::ScaleTooFine));
        assert_eq!(make((2, 0), "0", 1), Err(InstrumentError::Multiplier));
        assert_eq!(make((2, 0), "1", 0), Err(InstrumentError::Rule));
    }

    proptest! {
        #[test]
        fn quantity_for_is_the_largest_that_the_amount_pays(amount in 0_i64..1_000_000_000, price in 1_i64..10_000_000) {
            let it = instrument(2, 3, "1");
            let amount = Money(i128::from(amount) * 1_000_000_000);
            let q = it.quantity_for(amount, Price(price));
            prop_assert!(it.value(Price(price), q).0 <= amount);
            prop_assert!(it.value(Price(price), q + Qty(1)).0 > amount);
        }
    }
}
