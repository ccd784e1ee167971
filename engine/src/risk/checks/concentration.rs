//! No instrument may be too large a part of the equity.
use super::price_collar::parts_per_million;
use crate::effect::Refusal;
use crate::risk::limits::times;
use crate::risk::{Case, Check, RiskCheck};

/// An account in debt may hold nothing more.
#[derive(Clone, Copy, Debug)]
pub(super) struct Concentration;

impl RiskCheck for Concentration {
    fn name(&self) -> Check {
        Check::Concentration
    }

    #[inline(always)]
    fn check(&self, case: &Case<'_>) -> Result<(), Refusal> {
        let (Some(limit), Some(exposure)) = (case.limit(self.name()), case.exposure()) else { return Ok(()) };
        let equity = case.equity.0;
        if equity > 0 && times(exposure.own.0, 1_000_000) <= times(equity, limit) {
            return Ok(());
        }
        let value = if equity > 0 { parts_per_million(exposure.own.0, equity) } else { i128::MAX };
        Err(case.refusal(self.name(), limit, value))
    }
}
