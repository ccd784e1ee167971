//! No new risk once too much was lost since the exchange's day began.
use crate::effect::Refusal;
use crate::risk::{Case, Check, RiskCheck};

/// The loss counts what is open at its mark, and every fee. Behind it the whole account is
/// [`Reducing`](crate::risk::TradingState::Reducing) until the next day begins.
#[derive(Clone, Copy, Debug)]
pub(super) struct DailyLoss;

impl RiskCheck for DailyLoss {
    fn name(&self) -> Check {
        Check::DailyLoss
    }

    #[inline(always)]
    fn check(&self, case: &Case<'_>) -> Result<(), Refusal> {
        let Some(risk) = case.risk().filter(|_| case.adds()) else { return Ok(()) };
        case.at_most(self.name(), risk.day_allowance.0, (risk.day_start - case.equity).0)
    }
}
