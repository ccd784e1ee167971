//! What a fill's own size does to its price. It never looks at an order book: there is none.
//!
//! The *share* is what our fills of a candle have taken so far, this one included, over the candle's volume; at most one,
//! and one in a candle without volume, of which nothing is known. Bound sizes with a share of the volume where that is too
//! kind. The candle's range does not bound the price: our order was not in it. Everything is whole numbers of 10^-12,
//! rounded against the account. `volume-share` is zipline's `VolumeShareSlippage`, whose default price impact of 0.1 is a
//! coefficient of 1000 basis points. `square-root` is the square-root law (Almgren, Thum, Hauptmann and Li, "Direct
//! Estimation of Equity Market Impact", 2005; Toth et al., "Anomalous Price Impact and the Critical Nature of Liquidity in
//! Financial Markets", 2011); its volatility is part of the coefficient here.
use crate::ledger::Rate;
use crate::measure::pow10;
use crate::{Price, Qty};

/// How size moves the price. A coefficient is what a share of one moves it by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Impact {
    /// Not at all.
    #[default]
    None,
    /// By this rate times the square of the share.
    VolumeShare(Rate),
    /// By this rate times the square root of the share.
    SquareRoot(Rate),
}

/// Shares and rates are counted in units of `10^-PLACES`.
const PLACES: u8 = 12;
const ONE: u128 = 1_000_000_000_000;

impl Impact {
    /// How much a fill moves a price when our fills of its candle have taken `taken` of `volume`; rounded up.
    #[must_use]
    pub fn of(self, price: Price, taken: Qty, volume: i64) -> Price {
        let (coefficient, shaped) = match self {
            Self::None => return Price(0),
            Self::VolumeShare(coefficient) => {
                let share = share(taken, volume);
                (coefficient, (share * share).div_ceil(ONE))
            }
            Self::SquareRoot(coefficient) => (coefficient, root(share(taken, volume) * ONE)),
        };
        let (numerator, places) = coefficient.parts();
        let divisor = u128::from(pow10(places).unsigned_abs());
        // A rate is at most one and never below zero here, so that this fits and is a rate again.
        let rate = (u128::from(numerator.max(0).unsigned_abs()) * shaped).div_ceil(divisor);
        let rate = i64::try_from(rate).ok().and_then(|rate| Rate::from_parts(rate, PLACES));
        rate.map_or(price, |rate| rate.of_price(price))
    }
}

/// What was taken over what traded, rounded up; at most one, and one where nothing is known to have traded.
fn share(taken: Qty, volume: i64) -> u128 {
    if volume <= 0 {
        return ONE;
    }
    let (taken, volume) = (u128::from(taken.0.unsigned_abs()), u128::from(volume.unsigned_abs()));
    (taken * ONE).div_ceil(volume).min(ONE)
}

/// The square root, rounded up.
fn root(square: u128) -> u128 {
    let floor = square.isqrt();
    floor + u128::from(floor * floor < square)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_price_moves_by_the_formula_rounded_up_to_its_step() {
        let check = |impact: Impact, price, taken, volume, expected| {
            assert_eq!(impact.of(Price(price), Qty(taken), volume), Price(expected), "{impact:?} {price} {taken}");
        };
        let rate = Rate::from_parts(1, 1).expect("1000 bps");
        let (quadratic, root) = (Impact::VolumeShare(rate), Impact::SquareRoot(rate));
        check(Impact::None, 10_000, 1_000, 1, 0);
        // A quarter of the volume: 0.1 * 0.0625 = 0.625 %, and 0.1 * 0.5 = 5 %.
        check(quadratic, 100_000, 25, 100, 625);
        check(quadratic, 10_000, 25, 100, 63);
        check(root, 10_000, 25, 100, 500);
        check(root, 10_001, 25, 100, 501);
        // A hundredth: 0.001 % and 1 %.
        check(quadratic, 10_000_000, 1, 100, 100);
        check(root, 10_000, 1, 100, 100);
        // An irrational root, 0.1 * sqrt(0.5) = 7.0710678...%.
        check(root, 1_000_000_000, 1, 2, 70_710_679);
        assert_eq!([0, 1, 2, 4, 5, ONE * ONE - 1].map(super::root), [0, 1, 2, 2, 3, ONE]);
        // All of it, more than all of it, and a candle of which nothing is known.
        for impact in [quadratic, root] {
            for (taken, volume) in [(100, 100), (101, 100), (i64::MAX, 1), (1, 0)] {
                check(impact, 10_000, taken, volume, 1_000);
            }
            check(impact, 10_000, 0, 100, 0);
            check(impact, i64::MAX, i64::MAX, i64::MAX, i64::MAX / 10 + 1);
        }
    }

    proptest! {
        #[test]
        fn more_size_never_moves_the_price_less_and_never_by_more_than_the_coefficient(
            price in 1..i64::MAX, volume in 0..i64::MAX, taken in 0..i64::MAX, more in 0..1_000_000_i64, bps in 0..=10_000_i64,
        ) {
            let rate = Rate::from_parts(bps, 4).expect("a rate");
            for impact in [Impact::VolumeShare(rate), Impact::SquareRoot(rate)] {
                let slip = impact.of(Price(price), Qty(taken), volume);
                prop_assert!(slip <= impact.of(Price(price), Qty(taken.saturating_add(more)), volume));
                prop_assert!(slip >= Price(0) && slip <= rate.of_price(Price(price)));
            }
        }
    }
}
