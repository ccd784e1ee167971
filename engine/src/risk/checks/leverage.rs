//! All positions together must not be too many times the equity.
use super::price_collar::parts_per_million;
use crate::effect::Refusal;
use crate::risk::limits::times;
use crate::risk::{Case, Check, RiskCheck};

/// An account in debt may hold nothing more.
#[derive(Clone, Copy, Debug)]
pub(super) struct MaxLeverage;

impl RiskCheck for MaxLeverage {
    fn name(&self) -> Check {
        Check::Leverage
    }

    #[inline(always)]
    fn check(&self, case: &Case<'_>) -> Result<(), Refusal> {
        let (Some(limit), Some(exposure)) = (case.limit(self.name()), case.exposure()) else { return Ok(()) };
        let equity = case.equity.0;
        if equity > 0 && times(exposure.gross.0, 1_000_000) <= times(equity, limit) {
            return Ok(());
        }
        let value = if equity > 0 { parts_per_million(exposure.gross.0, equity) } else { i128::MAX };
        Err(case.refusal(self.name(), limit, value))
    }
}
