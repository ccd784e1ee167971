//! An order that is to reduce only must have something to reduce.
use crate::Side;
use crate::effect::Refusal;
use crate::order::Link;
use crate::risk::{Case, Check, RiskCheck};

/// What an attached order may close its leader decides, which may not have filled yet. The value is the position.
#[derive(Clone, Copy, Debug)]
pub(super) struct ReduceOnly;

impl RiskCheck for ReduceOnly {
    fn name(&self) -> Check {
        Check::ReduceOnly
    }

    #[inline(always)]
    fn check(&self, case: &Case<'_>) -> Result<(), Refusal> {
        let it = case.addition;
        if case.limit(self.name()).is_none() || !it.terms.reduce_only || matches!(it.link, Link::Attached(_)) {
            return Ok(());
        }
        let held = case.view.position(it.instrument).0;
        let reduces = if it.side == Side::Buy { held < 0 } else { held > 0 };
        if reduces { Ok(()) } else { Err(case.refusal(self.name(), 0, i128::from(held))) }
    }
}
