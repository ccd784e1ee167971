//! No position of too high a value, were everything that is on its way filled.
use crate::effect::Refusal;
use crate::risk::{Case, Check, RiskCheck};

/// Looks at the worst case of the [`Exposure`](crate::risk::Exposure).
#[derive(Clone, Copy, Debug)]
pub(super) struct PositionNotional;

impl RiskCheck for PositionNotional {
    fn name(&self) -> Check {
        Check::PositionNotional
    }

    #[inline(always)]
    fn check(&self, case: &Case<'_>) -> Result<(), Refusal> {
        let (Some(limit), Some(exposure)) = (case.limit(self.name()), case.exposure()) else { return Ok(()) };
        case.at_most(self.name(), limit, exposure.own.0)
    }
}
