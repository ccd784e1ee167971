//! All positions together, long and short alike, must not be worth too much.
use crate::effect::Refusal;
use crate::risk::{Case, Check, RiskCheck};

/// Looks at the worst case of the [`Exposure`](crate::risk::Exposure).
#[derive(Clone, Copy, Debug)]
pub(super) struct GrossExposure;

impl RiskCheck for GrossExposure {
    fn name(&self) -> Check {
        Check::GrossExposure
    }

    #[inline(always)]
    fn check(&self, case: &Case<'_>) -> Result<(), Refusal> {
        let (Some(limit), Some(exposure)) = (case.limit(self.name()), case.exposure()) else { return Ok(()) };
        case.at_most(self.name(), limit, exposure.gross.0)
    }
}
