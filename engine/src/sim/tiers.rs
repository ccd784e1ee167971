//! Fees that fall with what the account has traded: the venue's tiers.
//!
//! What counts is the notional of all instruments' fills in the thirty days before a fill, to the nanosecond; the fill
//! itself counts from the next one on. Venues that look once a day or a month are close to it, and never exactly it.
//! Liquidations do not count.
use crate::ledger::Rate;
use crate::measure::Interval;
use crate::{Liquidity, Money, Timestamp};
use alloc::collections::VecDeque;
use alloc::vec::Vec;

/// One tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tier {
    /// The traded notional from which it holds.
    pub from: Money,
    /// Fee of a fill that took liquidity, as a share of its notional.
    pub taker: Rate,
    /// Fee of a fill that gave liquidity.
    pub maker: Rate,
}

/// The tiers of a venue and what counts for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tiers {
    tiers: Vec<Tier>,
    /// The fills of the last thirty days, the oldest first.
    fills: VecDeque<(Timestamp, Money)>,
    traded: Money,
}

const WINDOW_NS: i64 = 30 * Interval::DAY.0;

impl Tiers {
    /// These tiers in rising order, the first from nothing; `None` if they are not.
    #[must_use]
    pub fn new(tiers: Vec<Tier>) -> Option<Self> {
        let rise = tiers.windows(2).all(|pair| pair[0].from < pair[1].from);
        let starts = tiers.first()?.from == Money::ZERO;
        (rise && starts).then(|| Self { tiers, fills: VecDeque::new(), traded: Money::ZERO })
    }

    /// The rate of a fill now.
    pub(super) fn rate(&mut self, now: Timestamp, liquidity: Liquidity) -> Rate {
        while let Some((_, notional)) = self.fills.pop_front_if(|(time, _)| time.after(WINDOW_NS) <= now) {
            self.traded -= notional;
        }
        let above = self.tiers.partition_point(|tier| tier.from <= self.traded);
        let tier = &self.tiers[above.saturating_sub(1)];
        match liquidity {
            Liquidity::Maker => tier.maker,
            Liquidity::Taker => tier.taker,
        }
    }

    /// Takes note of a fill.
    pub(super) fn count(&mut self, time: Timestamp, notional: Money) {
        self.fills.push_back((time, notional));
        self.traded += notional;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tier_holds_from_its_notional_on_for_thirty_days_after_a_fill() {
        let rate = |bps| Rate::from_parts(bps, 4).expect("a rate");
        let one = |units: i64| Money(i128::from(units) * Money::ONE.0);
        let tier = |from, taker, maker| Tier { from: one(from), taker: rate(taker), maker: rate(maker) };
        let mut tiers = Tiers::new(alloc::vec![tier(0, 10, 8), tier(100, 6, 4), tier(1_000, 2, -1)]).expect("tiers");
        let day = |n: i64| Timestamp(n * Interval::DAY.0);
        let mut check = |now, taker, maker, traded| {
            assert_eq!(tiers.rate(now, Liquidity::Taker), rate(taker), "taker at {now:?}");
            assert_eq!(tiers.rate(now, Liquidity::Maker), rate(maker), "maker at {now:?}");
            tiers.count(now, traded);
        };
        check(day(0), 10, 8, Money(one(100).0 - 1));
        check(day(1), 10, 8, Money(1)); // one unit short of the tier
        check(day(1), 6, 4, one(900)); // exactly at it
        check(day(2), 2, -1, one(0));
        check(Timestamp(day(30).0 - 1), 2, -1, one(0));
        check(day(30), 6, 4, one(0)); // the first fill is thirty days old
        check(day(31), 10, 8, one(0));
    }

    #[test]
    fn tiers_rise_from_nothing() {
        let tier = |from| Tier { from: Money(from), taker: Rate::ZERO, maker: Rate::ZERO };
        let is_good = |froms: &[i128]| Tiers::new(froms.iter().map(|from| tier(*from)).collect()).is_some();
        assert!(is_good(&[0]) && is_good(&[0, 1, 5]));
        assert!(!is_good(&[]) && !is_good(&[1]) && !is_good(&[0, 0]) && !is_good(&[0, 5, 2]));
    }
}
