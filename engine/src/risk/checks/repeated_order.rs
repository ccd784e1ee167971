//! Who sends the same order again and again is broken: it stands still until a person lets it go on.
use crate::Timestamp;
use crate::effect::Refusal;
use crate::order::{Order, OrderId};
use crate::risk::window::within;
use crate::risk::{Case, Check, RiskCheck};

/// Counts orders of one strategy within the window that agree in instrument, side, quantity and kind with their prices
/// (RTS 6, article 15, paragraph 3). The refusal makes the strategy [`Halted`](crate::risk::TradingState::Halted).
#[derive(Clone, Copy, Debug)]
pub(super) struct RepeatedOrder;

impl RiskCheck for RepeatedOrder {
    fn name(&self) -> Check {
        Check::RepeatedOrder
    }

    #[inline(always)]
    fn check(&self, case: &Case<'_>) -> Result<(), Refusal> {
        let Some(limit) = case.limit(self.name()).filter(|_| case.addition.amends.is_none()) else { return Ok(()) };
        let Some(risk) = case.risk() else { return Ok(()) };
        if limit > 0 && risk.orders.is_empty(case.now(), risk.settings.repeats_ns) {
            return Ok(());
        }
        let since = risk.owner(case.owner).enabled_at;
        let alike =
            recent(case, risk.settings.repeats_ns).filter(|order| order.submitted_at >= since && is_alike(order, case));
        case.at_most(self.name(), limit, alike.count() as i128 + 1)
    }
}

/// Orders of the last so many nanoseconds, youngest first.
pub(super) fn recent<'a>(case: &Case<'a>, ns: i64) -> impl Iterator<Item = &'a Order> {
    let now: Timestamp = case.now();
    let orders = &case.view.state().orders;
    let backwards = (1..orders.next_id().0).rev();
    backwards.map_while(move |id| orders.get(OrderId(id)).filter(|order| within(order.submitted_at, now, ns)))
}

/// Whether an order asks for what the addition does, for the same strategy.
pub(super) fn is_alike(order: &Order, case: &Case<'_>) -> bool {
    let (its, new) = (&order.request, case.addition);
    order.owner == case.owner
        && its.instrument == new.instrument
        && its.side == new.side
        && its.quantity == new.quantity
        && its.kind == new.kind
}
