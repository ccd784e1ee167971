//! No new risk right behind a hole in the data: one more candle must have followed without another.
use crate::effect::Refusal;
use crate::risk::{Case, Check, RiskCheck};

/// The value is how long the hole was. Time between two sessions is none.
#[derive(Clone, Copy, Debug)]
pub(super) struct DataGap;

impl RiskCheck for DataGap {
    fn name(&self) -> Check {
        Check::DataGap
    }

    #[inline(always)]
    fn check(&self, case: &Case<'_>) -> Result<(), Refusal> {
        let (Some(limit), Some(risk)) = (case.limit(self.name()).filter(|_| case.adds()), case.risk()) else {
            return Ok(());
        };
        case.at_most(self.name(), limit, i128::from(risk.market(case.addition.instrument).gap_ns))
    }
}
