//! No position of too many units, were everything on its side filled.
use crate::effect::Refusal;
use crate::risk::worst_position;
use crate::risk::{Case, Check, RiskCheck};

/// Counts what is held and everything that is on its way, in full.
#[derive(Clone, Copy, Debug)]
pub(super) struct Position;

impl RiskCheck for Position {
    fn name(&self) -> Check {
        Check::Position
    }

    #[inline(always)]
    fn check(&self, case: &Case<'_>) -> Result<(), Refusal> {
        let Some(limit) = case.limit(self.name()).filter(|_| case.adds()) else { return Ok(()) };
        case.at_most(self.name(), limit, i128::from(worst_position(case.addition, case.view).0.abs()))
    }
}
