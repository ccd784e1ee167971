//! No more messages than so many within any window, cancels among them.
use crate::effect::Refusal;
use crate::instrument::InstrumentId;
use crate::risk::{Case, Check, RiskCheck};
use crate::view::View;

/// Leaves room to cancel every live order, this one too: so cancels never wait, and the window never holds more than the
/// limit. A cancel that is sent a second time may wait: see [`repeated_cancel`].
#[derive(Clone, Copy, Debug)]
pub(super) struct MessageRate;

impl RiskCheck for MessageRate {
    fn name(&self) -> Check {
        Check::MessageRate
    }

    #[inline(always)]
    fn check(&self, case: &Case<'_>) -> Result<(), Refusal> {
        let Some(limit) = case.limit(self.name()) else { return Ok(()) };
        let Some(risk) = case.risk() else { return Ok(()) };
        let before = risk.messages.count(case.now(), risk.settings.messages_ns);
        let live = live_orders(case.view) + usize::from(case.addition.amends.is_none());
        case.at_most(self.name(), limit, (before + live) as i128 + 1)
    }
}

fn live_orders(view: View<'_>) -> usize {
    let orders = &view.state().orders;
    (0..view.instruments()).map(|index| orders.live(InstrumentId(index as u32)).len()).sum()
}

/// Whether one more cancel of an order that waits for one already would be one message too many.
pub(in crate::risk) fn repeated_cancel(instrument: InstrumentId, view: View<'_>) -> Result<(), Refusal> {
    let Some(risk) = view.state().risk.as_deref() else { return Ok(()) };
    let Some(limit) = risk.limits.of(Check::MessageRate, instrument) else { return Ok(()) };
    let before = risk.messages.count(view.now(), risk.settings.messages_ns);
    let value = (before + live_orders(view)) as i128;
    if value < limit { Ok(()) } else { Err(Refusal { instrument, check: Check::MessageRate, limit, value: value + 1 }) }
}
