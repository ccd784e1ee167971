//! No order of too high a value.
use crate::effect::Refusal;
use crate::risk::{Case, Check, RiskCheck};

/// Looks at the whole quantity at the price that it is weighed at, in the account's currency.
#[derive(Clone, Copy, Debug)]
pub(super) struct OrderNotional;

impl RiskCheck for OrderNotional {
    fn name(&self) -> Check {
        Check::OrderNotional
    }

    #[inline(always)]
    fn check(&self, case: &Case<'_>) -> Result<(), Refusal> {
        let Some(limit) = case.limit(self.name()) else { return Ok(()) };
        case.at_most(self.name(), limit, case.notional().0)
    }
}
