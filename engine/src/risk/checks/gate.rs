//! How much of trading goes on at all: the account's trading state, the strategy's, and its breaker. Always asked first.
use crate::effect::Refusal;
use crate::feed::Standing;
use crate::risk::{Ask, TradingState};
use crate::risk::{Case, Check, RiskCheck};

/// A refusal names what led to the state: the limit that was hit and the value that hit it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gate;

impl RiskCheck for Gate {
    fn name(&self) -> Check {
        Check::TradingState
    }

    #[inline(always)]
    fn check(&self, case: &Case<'_>) -> Result<(), Refusal> {
        let Some(risk) = case.risk() else { return Ok(()) };
        let ask = if case.adds() { Ask::Add } else { Ask::Reduce };
        let owner = risk.owner(case.owner);
        let told = |state: TradingState, cause: Option<Refusal>| {
            let plain = case.refusal(self.name(), 0, state as i128);
            Refusal { instrument: case.addition.instrument, ..cause.unwrap_or(plain) }
        };
        if !risk.trading.allows(ask) {
            return Err(told(risk.trading, risk.cause));
        }
        if !owner.state.allows(ask) {
            return Err(told(owner.state, owner.cause));
        }
        if case.now() < owner.paused_until && ask == Ask::Add {
            return Err(told(TradingState::Reducing, owner.paused_by));
        }
        match risk.feed(case.addition.instrument) {
            Standing::Ready => Ok(()),
            standing if ask == Ask::Add => Err(case.refusal(Check::Feed, 0, standing as i128)),
            _ => Ok(()),
        }
    }
}
