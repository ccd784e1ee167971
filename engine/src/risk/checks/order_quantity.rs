//! No order of too many units.
use crate::effect::Refusal;
use crate::risk::{Case, Check, RiskCheck};

/// Looks at the whole quantity, of an amendment at the new one.
#[derive(Clone, Copy, Debug)]
pub(super) struct OrderQuantity;

impl RiskCheck for OrderQuantity {
    fn name(&self) -> Check {
        Check::OrderQuantity
    }

    #[inline(always)]
    fn check(&self, case: &Case<'_>) -> Result<(), Refusal> {
        let Some(limit) = case.limit(self.name()) else { return Ok(()) };
        case.at_most(self.name(), limit, i128::from(case.addition.quantity.0))
    }
}
