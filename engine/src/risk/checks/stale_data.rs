//! No new risk on a price that is too old.
use crate::effect::Refusal;
use crate::risk::{Case, Check, RiskCheck};

/// The age is that of the last candle, from when it was known.
#[derive(Clone, Copy, Debug)]
pub(super) struct StaleData;

impl RiskCheck for StaleData {
    fn name(&self) -> Check {
        Check::StaleData
    }

    #[inline(always)]
    fn check(&self, case: &Case<'_>) -> Result<(), Refusal> {
        let (Some(limit), Some(risk)) = (case.limit(self.name()).filter(|_| case.adds()), case.risk()) else {
            return Ok(());
        };
        let known = risk.market(case.addition.instrument).known;
        case.at_most(self.name(), limit, i128::from(case.now().0.saturating_sub(known.0)))
    }
}
