//! No new risk while the clock of the instrument's data and ours differ by too much.
use crate::effect::Refusal;
use crate::risk::{Case, Check, RiskCheck};

/// Measured at the last candle: between when it was known and when the core saw it.
#[derive(Clone, Copy, Debug)]
pub(super) struct ClockSkew;

impl RiskCheck for ClockSkew {
    fn name(&self) -> Check {
        Check::ClockSkew
    }

    #[inline(always)]
    fn check(&self, case: &Case<'_>) -> Result<(), Refusal> {
        let (Some(limit), Some(risk)) = (case.limit(self.name()).filter(|_| case.adds()), case.risk()) else {
            return Ok(());
        };
        case.at_most(self.name(), limit, i128::from(risk.market(case.addition.instrument).skew_ns).abs())
    }
}
