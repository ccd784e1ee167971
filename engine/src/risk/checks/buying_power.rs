//! The account must be able to carry what it could come to hold.
//!
//! Required is the gross value of the worst position that filled, working and unknown orders together could lead to;
//! available is equity times leverage, both in the account's currency. What only reduces a position always passes. Fees are
//! the venue's matter: it asks again at the fill, when price and fee are known.
use crate::Money;
use crate::effect::Refusal;
use crate::ledger::share;
use crate::risk::{Case, Check, RiskCheck};

/// How many times its equity an account may hold, in parts per million.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leverage {
    /// 1,000,000 is one times equity.
    pub ppm: i64,
}

impl Leverage {
    /// No borrowing.
    pub const ONE: Self = Self { ppm: 1_000_000 };

    /// What an account of this equity may hold; nothing when it is in debt.
    #[must_use]
    pub fn available(self, equity: Money) -> Money {
        if self == Self::ONE {
            return equity.max(Money::ZERO);
        }
        Money(share(equity.0.max(0), i128::from(self.ppm), 1_000_000))
    }

    /// What a position of this notional, not below zero, takes of its own money, rounded up.
    #[must_use]
    pub fn margin(self, notional: Money) -> Money {
        let whole = i128::from(self.ppm);
        let (times, rest) = (notional.0 / whole, notional.0 % whole);
        Money(times * 1_000_000 + (rest * 1_000_000 + whole - 1) / whole)
    }
}

/// Refuses what the account could not pay for.
#[derive(Clone, Copy, Debug)]
pub struct BuyingPower {
    /// The account's leverage.
    pub leverage: Leverage,
}

impl RiskCheck for BuyingPower {
    fn name(&self) -> Check {
        Check::BuyingPower
    }

    #[inline(always)]
    fn check(&self, case: &Case<'_>) -> Result<(), Refusal> {
        let Some(exposure) = case.exposure() else { return Ok(()) };
        case.at_most(self.name(), self.leverage.available(case.equity).0, exposure.gross.0)
    }
}
