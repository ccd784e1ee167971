//! Long less short must not be worth too much, either way.
use crate::effect::Refusal;
use crate::risk::{Case, Check, RiskCheck};

/// Looks at the worst case of the [`Exposure`](crate::risk::Exposure).
#[derive(Clone, Copy, Debug)]
pub(super) struct NetExposure;

impl RiskCheck for NetExposure {
    fn name(&self) -> Check {
        Check::NetExposure
    }

    fn check(&self, case: &Case<'_>) -> Result<(), Refusal> {
        let (Some(limit), Some(exposure)) = (case.limit(self.name()), case.exposure) else { return Ok(()) };
        case.at_most(self.name(), limit, exposure.net.0)
    }
}
