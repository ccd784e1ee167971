//! What trading costs at the simulated venue, per instrument: fees and a fixed slippage.
use crate::ledger::Rate;
use crate::{Liquidity, Money, Price, Side};

/// Rates of one instrument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Costs {
    /// Fee of a fill that took liquidity, as a share of its notional.
    pub taker: Rate,
    /// Fee of a fill that gave liquidity.
    pub maker: Rate,
    /// How much worse than the modelled price a market or stop order trades, as a share of the price.
    pub slippage: Rate,
    /// The share of a position's notional that the account's equity must not fall below; nothing where it cannot be
    /// liquidated.
    pub maintenance: Rate,
    /// Fee of a liquidation, as a share of its notional.
    pub liquidation_fee: Rate,
}

impl Costs {
    /// Trading for nothing.
    pub const NONE: Self = Self {
        taker: Rate::ZERO,
        maker: Rate::ZERO,
        slippage: Rate::ZERO,
        maintenance: Rate::ZERO,
        liquidation_fee: Rate::ZERO,
    };

    /// The fee of a fill, rounded up, and whether that rounded.
    #[must_use]
    pub fn fee(&self, notional: Money, liquidity: Liquidity) -> (Money, bool) {
        let rate = match liquidity {
            Liquidity::Maker => self.maker,
            Liquidity::Taker => self.taker,
        };
        rate.of(notional)
    }

    /// The price after slippage, rounded against the account; never below one step.
    #[must_use]
    pub fn slipped(&self, price: Price, side: Side) -> Price {
        if self.slippage.is_zero() {
            return price;
        }
        let slip = self.slippage.of_price(price).0;
        Price(price.0.saturating_add(side.sign() * slip).max(1))
    }
}
