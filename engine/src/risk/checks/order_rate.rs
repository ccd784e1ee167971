//! No more new orders than so many within any window.
use crate::effect::Refusal;
use crate::risk::{Case, Check, RiskCheck};

/// Counts every order that was sent, whatever became of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct OrderRate;

impl RiskCheck for OrderRate {
    fn name(&self) -> Check {
        Check::OrderRate
    }

    #[inline(always)]
    fn check(&self, case: &Case<'_>) -> Result<(), Refusal> {
        let Some(limit) = case.limit(self.name()).filter(|_| case.addition.amends.is_none()) else { return Ok(()) };
        let Some(risk) = case.risk() else { return Ok(()) };
        let before = risk.orders.count(case.now(), risk.settings.orders_ns);
        case.at_most(self.name(), limit, before as i128 + 1)
    }
}
