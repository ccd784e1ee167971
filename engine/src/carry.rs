//! What happens to an account without a trade: splits, delistings, dividends, funding, the cost of borrowing, interest, and
//! new tickers.
//!
//! The venue applies them to its account and the core to its own, from the same event, so that both stay equal to the unit.
//! Amounts are rounded against the account.
use crate::instrument::{Instrument, InstrumentId};
use crate::ledger::Rate;
use crate::money::scale_down;
use crate::ticker::Ticker;
use crate::{Money, Price, Qty};

/// Something that happens to a holding without a trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Carry {
    /// Old units become new ones. Open orders of the instrument are cancelled: they were meant for the old ones.
    Split {
        /// Of what.
        instrument: InstrumentId,
        /// So many new units, above zero,
        new: i64,
        /// for so many old ones, above zero.
        old: i64,
        /// The last price in old units; what does not make a whole lot is paid in cash at it.
        mark: Price,
    },
    /// It trades no more: every unit is paid out, by who is short. Open orders are cancelled and new ones refused.
    Delisting {
        /// Of what.
        instrument: InstrumentId,
        /// In the quote currency, for one unit; nothing where it is worthless.
        per_unit: Money,
    },
    /// Cash for each unit held; owed by who is short.
    Dividend {
        /// Of what.
        instrument: InstrumentId,
        /// In the quote currency, for one unit.
        per_unit: Money,
    },
    /// A share of the position's value, paid by longs and received by shorts when it is positive.
    Funding {
        /// Of what.
        instrument: InstrumentId,
        /// The share.
        rate: Rate,
        /// The price that the position is valued at.
        mark: Price,
    },
    /// A share of a short position's value, paid for the borrowed units; longs pay nothing.
    Borrow {
        /// Of what.
        instrument: InstrumentId,
        /// The share.
        rate: Rate,
        /// The price that the position is valued at.
        mark: Price,
    },
    /// A share of the account's cash: received on what there is, paid on what is owed.
    Interest {
        /// On cash.
        credit: Rate,
        /// On debt.
        debit: Rate,
    },
    /// It trades under another ticker from here on. No money and no quantity changes, and open orders stay: they are
    /// orders for the instrument, which is the same.
    Renamed {
        /// Of what.
        instrument: InstrumentId,
        /// The ticker from here on.
        ticker: Ticker,
    },
}

/// New units for old ones, as a strategy needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Split {
    /// Of what.
    pub instrument: InstrumentId,
    /// So many new units,
    pub new: i64,
    /// for so many old ones.
    pub old: i64,
}

impl Split {
    /// What prices are multiplied by: old over new.
    #[must_use]
    pub fn price_factor(self) -> f64 {
        self.old as f64 / self.new as f64
    }

    /// A price in the new units.
    #[must_use]
    pub fn price(self, price: Price) -> Price {
        price_after(price, self.new, self.old)
    }

    /// A quantity in the new units, in whole lots: what the account's own becomes.
    #[must_use]
    pub fn quantity(self, quantity: Qty, lot: Qty) -> Qty {
        converted(quantity, self.new, self.old, lot).quantity
    }
}

/// What a split makes of a quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Converted {
    /// The new quantity, in whole lots.
    pub quantity: Qty,
    /// Numerator and denominator of the share of the old quantity that was left over; both of one sign.
    pub rest: (i128, i128),
}

impl Carry {
    /// Whose holding it concerns; none where it concerns the cash.
    #[must_use]
    pub fn instrument(&self) -> Option<InstrumentId> {
        match *self {
            Self::Split { instrument, .. }
            | Self::Delisting { instrument, .. }
            | Self::Dividend { instrument, .. }
            | Self::Funding { instrument, .. }
            | Self::Borrow { instrument, .. }
            | Self::Renamed { instrument, .. } => Some(instrument),
            Self::Interest { .. } => None,
        }
    }

    /// The same with the price that the position is valued at, where it needs one.
    #[must_use]
    pub fn marked(mut self, price: Price) -> Self {
        if let Self::Split { mark, .. } | Self::Funding { mark, .. } | Self::Borrow { mark, .. } = &mut self {
            *mark = price;
        }
        self
    }

    /// What interest adds to so much cash; negative where it takes.
    #[must_use]
    pub fn interest(&self, cash: Money) -> Money {
        match *self {
            // Rounded down where it is received and up where it is paid.
            Self::Interest { credit, .. } if cash > Money::ZERO => -credit.of(-cash).0,
            Self::Interest { debit, .. } => -debit.of(-cash).0,
            _ => Money::ZERO,
        }
    }

    /// What it adds to the cash of a holding; negative where it takes.
    #[must_use]
    pub fn payment(&self, instrument: &Instrument, held: Qty) -> Money {
        match *self {
            Self::Split { .. } | Self::Interest { .. } | Self::Renamed { .. } => Money::ZERO,
            Self::Borrow { rate, mark, .. } => -rate.of(instrument.value(mark, Qty((-held.0).max(0))).0).0,
            Self::Delisting { per_unit, .. } | Self::Dividend { per_unit, .. } => {
                Money(scale_down(per_unit.0 * i128::from(held.0), instrument.qty_scale).0)
            }
            Self::Funding { rate, mark, .. } => -rate.of(instrument.value(mark, held).0).0,
        }
    }
}

/// What a split of `new` for `old` makes of a quantity that may only be held in lots.
///
/// # Panics
/// When the ratio or the lot is not above zero.
#[must_use]
pub fn converted(held: Qty, new: i64, old: i64, lot: Qty) -> Converted {
    assert!(new > 0 && old > 0 && lot.0 > 0, "a split turns something into something");
    let exact = i128::from(held.0) * i128::from(new);
    let lots = exact / (i128::from(old) * i128::from(lot.0)); // toward zero: nobody is given a fraction
    let whole = lots * i128::from(lot.0);
    let quantity = Qty(i64::try_from(whole).expect("a position of that size is a broken invariant"));
    Converted { quantity, rest: (exact - whole * i128::from(old), exact) }
}

/// The part of an amount that belongs to the rest of a split, rounded toward minus infinity.
#[must_use]
pub fn part(amount: Money, rest: (i128, i128)) -> Money {
    let (numerator, denominator) = if rest.1 < 0 { (-rest.0, -rest.1) } else { rest };
    if denominator == 0 {
        return Money::ZERO;
    }
    // Only remainders are multiplied: the product of a large position and its value need not fit.
    let (whole, left) = (amount.0.div_euclid(denominator), amount.0.rem_euclid(denominator));
    Money(whole * numerator + (left * numerator).div_euclid(denominator))
}

/// A price in the units after a split, to the nearest step, at least one.
#[must_use]
pub fn price_after(price: Price, new: i64, old: i64) -> Price {
    let (twice, double) = (i128::from(price.0) * i128::from(old) * 2, i128::from(new) * 2);
    let nearest = (twice + i128::from(new)).div_euclid(double);
    Price(i64::try_from(nearest).unwrap_or(i64::MAX).max(i64::from(price.0 > 0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_split_turns_lots_into_lots_and_leaves_the_rest() {
        for (held, new, old, lot, quantity, rest) in [
            (100, 7, 1, 1, 700, (0, 700)),
            (-100, 7, 1, 1, -700, (0, -700)),
            (5, 3, 2, 1, 7, (1, 15)),
            (-5, 3, 2, 1, -7, (-1, -15)),
            (7, 1, 10, 1, 0, (7, 7)),
            (25, 1, 10, 1, 2, (5, 25)),
            (25, 3, 1, 10, 70, (5, 75)),
        ] {
            let expected = Converted { quantity: Qty(quantity), rest };
            assert_eq!(converted(Qty(held), new, old, Qty(lot)), expected, "{held} {new}:{old}");
        }
        assert_eq!(part(Money(1_500), (1, 15)), Money(100));
        assert_eq!(part(Money(-1_501), (-1, -15)), Money(-101));
        assert_eq!(part(Money(10), (0, 0)), Money::ZERO);
    }

    #[test]
    fn a_price_after_a_split_is_the_nearest_step() {
        assert_eq!(price_after(Price(64_557), 7, 1), Price(9_222)); // 9222.43
        assert_eq!(price_after(Price(9_223), 1, 7), Price(64_561));
        assert_eq!(price_after(Price(1), 7, 1), Price(1));
        assert_eq!(price_after(Price(0), 7, 1), Price(0));
    }
}
