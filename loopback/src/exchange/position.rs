//! A position as the exchange shows it: what is held, what was paid for it, and what closing parts of it has made.
use engine::{Instrument, Money, Price, Qty, Side, Timestamp};

/// Whose losses a position's margin answers for, as the client set it. Liquidation is always across the account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MarginKind {
    /// The account's.
    #[default]
    Cross,
    /// Its own.
    Isolated,
}

/// A position.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// What is held; negative when short.
    pub quantity: Qty,
    /// What that was worth when it was opened, without a sign.
    pub cost: Money,
    /// What closing parts of it has made since it was last flat, before fees.
    pub realised: Money,
    /// Fees and funding paid since then; negative where more was received.
    pub paid: Money,
    /// Market time of the last change.
    pub updated: Timestamp,
}

impl Position {
    /// The average price at which it was opened, to the nearest step of the instrument; nothing where it is flat.
    #[must_use]
    pub fn entry(&self, instrument: &Instrument) -> Option<Price> {
        if self.quantity.is_zero() {
            return None;
        }
        // The value of one price step for this quantity; a position so small that it has none shows no price.
        let (step, _) = instrument.value(Price(1_000_000), self.quantity.abs());
        if step.0 <= 0 {
            return None;
        }
        let twice = self.cost.0.checked_mul(2_000_000)?;
        i64::try_from((twice + step.0) / (2 * step.0)).ok().map(Price)
    }

    /// What it would make if it were closed at a price, before fees.
    #[must_use]
    pub fn unrealised(&self, instrument: &Instrument, price: Price) -> Money {
        let (value, _) = instrument.value(price, self.quantity.abs());
        Money((value.0 - self.cost.0) * i128::from(Side::of(self.quantity).sign()))
    }

    /// Books a fill of a signed quantity; what it has made of what it closed.
    pub(super) fn fill(
        &mut self,
        instrument: &Instrument,
        signed: Qty,
        price: Price,
        fee: Money,
        time: Timestamp,
    ) -> Money {
        if self.quantity.is_zero() {
            (self.realised, self.paid) = (Money::ZERO, Money::ZERO);
        }
        self.updated = time;
        self.paid += fee;
        let held = self.quantity.0;
        let closes = if (held > 0) == (signed.0 > 0) { 0 } else { held.abs().min(signed.0.abs()) };
        let mut realised = Money::ZERO;
        if closes > 0 {
            let (value, _) = instrument.value(price, Qty(closes));
            // The part of the cost that goes with it; what is left goes with the rest, to the last unit.
            let part = if closes == held.abs() { self.cost } else { share(self.cost, closes, held.abs()) };
            realised = Money((value.0 - part.0) * i128::from(held.signum()));
            self.cost -= part;
            self.quantity = Qty(held - closes * held.signum());
        }
        let opens = signed.0.abs() - closes;
        if opens > 0 {
            self.cost += instrument.value(price, Qty(opens)).0;
            self.quantity = Qty(self.quantity.0 + opens * signed.0.signum());
        }
        self.realised += realised;
        realised
    }
}

/// `amount * part / whole`, rounded down; the product of large ones need not fit.
fn share(amount: Money, part: i64, whole: i64) -> Money {
    let (part, whole) = (i128::from(part), i128::from(whole));
    Money(amount.0 / whole * part + amount.0 % whole * part / whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::{Dated, Spec};

    fn instrument() -> Instrument {
        let usd = "USD".parse().expect("a currency");
        let one = rust_decimal::Decimal::ONE;
        Instrument::new("v:S".into(), usd, (2, 3), one, Dated::always(Spec::FREE)).expect("valid")
    }

    #[test]
    fn fills_open_close_and_turn_a_position() {
        let it = instrument();
        let mut position = Position::default();
        let mut fill = |quantity: i64, price: i64| {
            let made = position.fill(&it, Qty(quantity), Price(price), Money::ZERO, Timestamp(0));
            let entry = position.entry(&it).map(|price| price.0);
            (made.0 / (Money::ONE.0 / 100), position.quantity.0, entry)
        };
        // Two units at 100.00, one more at 103.00; in hundredths of the currency.
        assert_eq!(fill(2_000, 10_000), (0, 2_000, Some(10_000)));
        assert_eq!(fill(1_000, 10_300), (0, 3_000, Some(10_100)));
        assert_eq!(fill(-1_000, 10_200), (100, 2_000, Some(10_100)));
        // Sold through to one short at 99.00.
        assert_eq!(fill(-3_000, 9_900), (-400, -1_000, Some(9_900)));
        assert_eq!(fill(1_000, 9_800), (100, 0, None));
        assert_eq!(position.realised, Money(-2 * Money::ONE.0), "since it was last flat");
    }

    #[test]
    fn the_cost_goes_with_what_is_closed_to_the_last_unit() {
        let it = instrument();
        let mut position = Position::default();
        position.fill(&it, Qty(3), Price(10_001), Money::ZERO, Timestamp(0));
        let made: Money = [1, 1, 1]
            .iter()
            .map(|part| position.fill(&it, Qty(-*part), Price(10_002), Money::ZERO, Timestamp(0)))
            .sum();
        assert_eq!((position.cost, position.quantity), (Money::ZERO, Qty::ZERO));
        assert_eq!(made, it.value(Price(1), Qty(3)).0);
    }

    #[test]
    fn what_is_not_realised_has_the_sign_of_the_position() {
        let it = instrument();
        for (quantity, made) in [(1_000, 1), (-1_000, -1)] {
            let mut position = Position::default();
            position.fill(&it, Qty(quantity), Price(10_000), Money::ZERO, Timestamp(0));
            assert_eq!(position.unrealised(&it, Price(10_100)), Money(made * Money::ONE.0));
        }
    }
}
