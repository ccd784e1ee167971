//! No new risk while the market has run away from its own average: it may be wrong, or not ours to follow.
use super::price_collar::parts_per_million;
use crate::effect::Refusal;
use crate::risk::limits::times;
use crate::risk::{Case, Check, RiskCheck};

/// Compares the price that an addition is weighed at with the average of the last closes of its instrument.
#[derive(Clone, Copy, Debug)]
pub(super) struct MovingCollar;

impl RiskCheck for MovingCollar {
    fn name(&self) -> Check {
        Check::MovingCollar
    }

    #[inline(always)]
    fn check(&self, case: &Case<'_>) -> Result<(), Refusal> {
        let Some(limit) = case.limit(self.name()).filter(|_| case.adds()) else { return Ok(()) };
        let Some(risk) = case.risk() else { return Ok(()) };
        let market = risk.market(case.addition.instrument);
        let Some((sum, count)) = market.average(risk.settings.moving_candles) else { return Ok(()) };
        let away = (times(i128::from(case.price().0), count) - sum).abs();
        if times(away, 1_000_000) <= times(sum, limit) {
            return Ok(());
        }
        Err(case.refusal(self.name(), limit, parts_per_million(away, sum.max(1))))
    }
}
