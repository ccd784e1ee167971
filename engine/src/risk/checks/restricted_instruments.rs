//! Instruments on a list may not be traded, but for closing what is held of them.
use crate::effect::Refusal;
use crate::risk::{Case, Check, RiskCheck};

/// Refuses what could make a holding larger of an instrument whose limit is set: that is the list.
#[derive(Clone, Copy, Debug)]
pub(super) struct RestrictedInstruments;

impl RiskCheck for RestrictedInstruments {
    fn name(&self) -> Check {
        Check::RestrictedInstruments
    }

    #[inline(always)]
    fn check(&self, case: &Case<'_>) -> Result<(), Refusal> {
        match case.limit(self.name()) {
            Some(_) if case.adds() => Err(case.refusal(self.name(), 0, 1)),
            _ => Ok(()),
        }
    }
}
