//! Only instruments on a list may be traded.
use super::{Addition, Check, RiskCheck};
use crate::effect::Refusal;
use crate::view::View;
use alloc::vec::Vec;

/// Which instruments may be traded, by their place in the run file.
#[derive(Clone, Debug)]
pub struct AllowedInstruments(pub Vec<bool>);

impl RiskCheck for AllowedInstruments {
    fn check(&self, addition: &Addition, _view: View<'_>) -> Result<(), Refusal> {
        let instrument = addition.instrument;
        if self.0.get(instrument.index()).copied().unwrap_or(false) {
            return Ok(());
        }
        Err(Refusal { instrument, check: Check::AllowedInstruments, limit: 0, value: 1 })
    }
}
