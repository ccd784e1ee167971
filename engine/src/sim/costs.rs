//! What trading costs at the simulated venue, per instrument: fees, a fixed slippage, and what size does to the price.
//!
//! It never decides who trades; it only prices what does. Fees that follow what was traded are in [`super::tiers`].
use super::impact::Impact;
use crate::ledger::Rate;
use crate::money::scale_down;
use crate::{Liquidity, Money, Price, Qty, Side};

/// Rates of one instrument, as long as they hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Costs {
    /// Fee of a fill that took liquidity, as a share of its notional.
    pub taker: Rate,
    /// Fee of a fill that gave liquidity.
    pub maker: Rate,
    /// Whether the venue's fee tiers, where it has some, take the place of these two.
    pub tiered: bool,
    /// Fee for one unit of the quantity, taken beside the share of the notional.
    pub per_unit: Money,
    /// The least that a fill pays; nothing where there is no such bound, and only then a rebate is one.
    pub min_fee: Money,
    /// How much worse than the modelled price a fill that takes liquidity trades, as a share of the price.
    pub slippage: Rate,
    /// The same where a real quote gives the price: that carries its own spread.
    pub quoted_slippage: Rate,
    /// How much worse its size makes it.
    pub impact: Impact,
    /// The share of a position's notional that the account's equity must not fall below; nothing where it cannot be
    /// liquidated.
    pub maintenance: Rate,
    /// Fee of a liquidation, as a share of its notional.
    pub liquidation_fee: Rate,
}

/// What a fee is taken on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Charged {
    pub(super) notional: Money,
    pub(super) quantity: Qty,
    pub(super) qty_scale: u8,
}

impl Costs {
    /// Trading for nothing.
    pub const NONE: Self = Self {
        taker: Rate::ZERO,
        maker: Rate::ZERO,
        tiered: false,
        per_unit: Money::ZERO,
        min_fee: Money::ZERO,
        slippage: Rate::ZERO,
        quoted_slippage: Rate::ZERO,
        impact: Impact::None,
        maintenance: Rate::ZERO,
        liquidation_fee: Rate::ZERO,
    };

    /// The same at a real quote.
    pub(super) fn at_a_quote(&self) -> Self {
        Self { slippage: self.quoted_slippage, ..*self }
    }

    /// The rate of a fill where no tiers speak.
    #[inline]
    pub(super) fn rate(&self, liquidity: Liquidity) -> Rate {
        match liquidity {
            Liquidity::Maker => self.maker,
            Liquidity::Taker => self.taker,
        }
    }

    /// The fee of a fill at a rate, each part of it rounded up, and whether that rounded.
    pub(super) fn fee(&self, rate: Rate, charged: &Charged) -> (Money, bool) {
        let (mut fee, mut rounded) = rate.of(charged.notional);
        if self.per_unit == Money::ZERO && self.min_fee == Money::ZERO {
            return (fee, rounded);
        }
        if self.per_unit != Money::ZERO {
            let (negated, inexact) = scale_down(-(self.per_unit.0 * i128::from(charged.quantity.0)), charged.qty_scale);
            fee += Money(-negated);
            rounded |= inexact;
        }
        if self.min_fee > fee && self.min_fee != Money::ZERO {
            return (self.min_fee, false);
        }
        (fee, rounded)
    }

    /// The price after slippage when our fills of the candle have taken `taken` of `volume`; each part is rounded against
    /// the account. Never below one step, and of an order with a limit never beyond it.
    pub(super) fn slipped(&self, price: Price, side: Side, limit: Option<Price>, share: (Qty, i64)) -> Price {
        let mut slip = 0;
        if !self.slippage.is_zero() {
            slip = self.slippage.of_price(price).0;
        }
        if self.impact != Impact::None {
            slip += self.impact.of(price, share.0, share.1).0;
        }
        if slip == 0 {
            return price;
        }
        let slipped = Price(price.0.saturating_add(side.sign() * slip).max(1));
        match (limit, side) {
            (None, _) => slipped,
            (Some(limit), Side::Buy) => slipped.min(limit),
            (Some(limit), Side::Sell) => slipped.max(limit),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    fn money(text: &str) -> Money {
        text.parse().expect("an amount")
    }

    #[test]
    fn a_fee_is_a_share_and_so_much_a_unit_and_at_least_the_minimum() {
        let check = |(rate, per_unit, min_fee): (i64, &str, &str), (notional, quantity, qty_scale), expected: &str| {
            let costs = Costs { per_unit: money(per_unit), min_fee: money(min_fee), ..Costs::NONE };
            let charged = Charged { notional: money(notional), quantity: Qty(quantity), qty_scale };
            let (fee, rounded) = costs.fee(Rate::from_parts(rate, 4).expect("a rate"), &charged);
            let expected: Vec<&str> = expected.split(' ').collect();
            assert_eq!((fee, rounded), (money(expected[0]), expected.len() > 1), "{rate} {per_unit} {min_fee}");
        };
        check((5, "0", "0"), ("1000", 1, 0), "0.5");
        // Half a cent a share, at least a dollar: 100 shares pay the minimum, 1000 do not.
        check((0, "0.005", "1"), ("1000", 100, 0), "1");
        check((0, "0.005", "1"), ("1000", 200, 0), "1");
        check((0, "0.005", "1"), ("1000", 1_000, 0), "5");
        check((5, "0.005", "1"), ("1000", 1_000, 0), "5.5");
        // Of parts of a unit, to the last place of money and no further.
        check((0, "0.005", "0"), ("1000", 1_500, 3), "0.0075");
        check((0, "0.000000000001", "0"), ("1000", 1, 3), "0.000000000001 rounded");
        // A rebate is one only where nothing is the least.
        check((-5, "0", "0"), ("1000", 1, 0), "-0.5");
        check((-5, "0.1", "0"), ("1000", 1, 0), "-0.4");
        check((-5, "0", "1"), ("1000", 1, 0), "1");
    }

    #[test]
    fn a_price_slips_against_the_order_and_up_to_its_limit() {
        let bps = |n| Rate::from_parts(n, 4).expect("a rate");
        let check = |costs: Costs, side, limit: Option<i64>, share: (i64, i64), expected| {
            let slipped = costs.slipped(Price(10_000), side, limit.map(Price), (Qty(share.0), share.1));
            assert_eq!(slipped, Price(expected), "{costs:?} {side:?} {limit:?} {share:?}");
        };
        let fixed = Costs { slippage: bps(10), ..Costs::NONE };
        check(Costs::NONE, Side::Buy, None, (1, 0), 10_000);
        check(fixed, Side::Buy, None, (1, 0), 10_010);
        check(fixed, Side::Sell, None, (1, 0), 9_990);
        check(fixed, Side::Buy, Some(10_020), (1, 0), 10_010);
        check(fixed, Side::Buy, Some(10_005), (1, 0), 10_005);
        check(fixed, Side::Buy, Some(10_000), (1, 0), 10_000);
        check(fixed, Side::Sell, Some(9_980), (1, 0), 9_990);
        check(fixed, Side::Sell, Some(9_995), (1, 0), 9_995);
        // Both together: 10 bps, and 5 % for a quarter of the volume.
        let both = Costs { impact: Impact::SquareRoot(bps(1_000)), ..fixed };
        check(both, Side::Buy, None, (25, 100), 10_510);
        check(both, Side::Sell, None, (25, 100), 9_490);
        check(both, Side::Sell, Some(9_700), (25, 100), 9_700);
        let all = Costs { impact: Impact::VolumeShare(bps(10_000)), ..Costs::NONE };
        check(all, Side::Sell, None, (1, 1), 1);
    }
}
