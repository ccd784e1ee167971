//! Only instruments on a list may be traded.
use crate::effect::Refusal;
use crate::risk::{Case, Check, RiskCheck};
use alloc::vec::Vec;

/// Which instruments may be traded, by their place in the run file.
#[derive(Clone, Debug)]
pub struct AllowedInstruments(pub Vec<bool>);

impl RiskCheck for AllowedInstruments {
    fn name(&self) -> Check {
        Check::AllowedInstruments
    }

    #[inline(always)]
    fn check(&self, case: &Case<'_>) -> Result<(), Refusal> {
        let allowed = self.0.get(case.addition.instrument.index()).copied().unwrap_or(false);
        if allowed { Ok(()) } else { Err(case.refusal(self.name(), 0, 1)) }
    }
}
