//! Long less short must not be worth too much, either way.
use crate::effect::Refusal;
use crate::risk::exposure::exposure;
use crate::risk::{Case, Check, RiskCheck};

/// Looks at the worst case of the [`Exposure`](crate::risk::Exposure). Who makes one position smaller may make the net larger:
/// so what only reduces is asked too, and may not leave more than there was.
#[derive(Clone, Copy, Debug)]
pub(super) struct NetExposure;

impl RiskCheck for NetExposure {
    fn name(&self) -> Check {
        Check::NetExposure
    }

    #[inline(always)]
    fn check(&self, case: &Case<'_>) -> Result<(), Refusal> {
        let Some(limit) = case.limit(self.name()) else { return Ok(()) };
        let net = match case.exposure() {
            Some(exposure) => exposure.net,
            // With one instrument there is nothing else to be hedged by it.
            None if case.view.instruments() == 1 => return Ok(()),
            None => {
                let with = exposure(case.addition, true, case.view).net;
                if with <= exposure(case.addition, false, case.view).net {
                    return Ok(());
                }
                with
            }
        };
        case.at_most(self.name(), limit, net.0)
    }
}
