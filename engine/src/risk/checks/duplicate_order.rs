//! The same order twice within a moment is a mistake: the second one does not go.
use super::repeated_order::{is_alike, recent};
use crate::effect::Refusal;
use crate::risk::{Case, Check, RiskCheck};

/// Two are the same that agree in strategy, instrument, side, quantity, kind with its prices, terms, ties and label.
#[derive(Clone, Copy, Debug)]
pub(super) struct DuplicateOrder;

impl RiskCheck for DuplicateOrder {
    fn name(&self) -> Check {
        Check::DuplicateOrder
    }

    #[inline(always)]
    fn check(&self, case: &Case<'_>) -> Result<(), Refusal> {
        let Some(limit) = case.limit(self.name()).filter(|_| case.addition.amends.is_none()) else { return Ok(()) };
        let Some(risk) = case.risk() else { return Ok(()) };
        let window = i64::try_from(limit).unwrap_or(i64::MAX);
        if risk.orders.is_empty(case.now(), window) {
            return Ok(());
        }
        let same = |it: &&crate::Order| {
            let new = case.addition;
            is_alike(it, case) && it.terms() == new.terms && it.link() == new.link && it.label == new.label
        };
        match recent(case, window).find(same) {
            None => Ok(()),
            Some(first) => Err(case.refusal(self.name(), limit, i128::from(case.now().0 - first.submitted_at.0))),
        }
    }
}
