//! What a bad day could cost must not be too large a part of the equity: the value at risk, and the expected shortfall.
use crate::Money;
use crate::effect::Refusal;
use crate::ledger::share;
use crate::risk::exposure::worst_values;
use crate::risk::limits::times;
use crate::risk::{Case, Check, RiskCheck};
use crate::value_at_risk::Tail;

/// Looks at the worst that each instrument could come to hold, the addition's own with the addition. The limit is in parts
/// per million of the equity; a refusal tells both in money. While too few days are known nothing is refused.
#[derive(Clone, Copy, Debug)]
pub(super) struct DayLoss(pub(super) Check);

impl RiskCheck for DayLoss {
    fn name(&self) -> Check {
        self.0
    }

    #[inline(always)]
    fn check(&self, case: &Case<'_>) -> Result<(), Refusal> {
        let (Some(limit), Some(exposure), Some(risk)) = (case.limit(self.0), case.exposure(), case.risk()) else {
            return Ok(());
        };
        let figure = if self.0 == Check::ValueAtRisk { Tail::ValueAtRisk } else { Tail::ExpectedShortfall };
        let equity = case.equity.0.max(0);
        let fits = |loss: Money| times(loss.0, 1_000_000) <= times(equity, limit);
        if risk.returns.bound(figure, exposure.signed).is_some_and(fits) {
            return Ok(());
        }
        let loss = match case.view.instruments() {
            1 => risk.returns.loss(figure, core::iter::once(exposure.signed)),
            _ => risk.returns.loss(figure, worst_values(case.addition, exposure.signed, case.view)),
        };
        let Some(loss) = loss.filter(|loss| !fits(*loss)) else { return Ok(()) };
        Err(case.refusal(self.0, share(equity, limit, 1_000_000), loss.max(Money::ZERO).0))
    }
}
