//! No new risk once the equity has fallen too far from its peak.
use crate::effect::Refusal;
use crate::risk::{Case, Check, RiskCheck};

/// Behind it everything is cancelled and the whole account is [`Halted`](crate::risk::TradingState::Halted) until a person
/// lets it go on.
#[derive(Clone, Copy, Debug)]
pub(super) struct EmergencyStop;

impl RiskCheck for EmergencyStop {
    fn name(&self) -> Check {
        Check::EmergencyStop
    }

    #[inline(always)]
    fn check(&self, case: &Case<'_>) -> Result<(), Refusal> {
        let Some(risk) = case.risk().filter(|_| case.adds()) else { return Ok(()) };
        let fall = risk.peak - case.equity;
        if fall <= risk.peak_allowance {
            return Ok(()); // what it was at a lower peak, and so at most what it is now
        }
        let Some(limit) = risk.drawdown_allowance() else { return Ok(()) };
        case.at_most(self.name(), limit.0, fall.0)
    }
}
