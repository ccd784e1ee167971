//! No order that could meet an order of our own, whichever strategy sent that.
use crate::effect::Refusal;
use crate::order::{Link, Order, OrderKind, OrderStatus};
use crate::risk::{Case, Check, RiskCheck};
use crate::{Price, Side};

/// Only orders that wait in the book can be met: those without a trigger, and not attached to one that has not filled.
/// A market order is taken to trade at the last price, and two market orders of both sides to meet each other.
#[derive(Clone, Copy, Debug)]
pub(super) struct SelfCross;

impl RiskCheck for SelfCross {
    fn name(&self) -> Check {
        Check::SelfCross
    }

    #[inline(always)]
    fn check(&self, case: &Case<'_>) -> Result<(), Refusal> {
        if case.limit(self.name()).is_none() || !works_at_once(case.addition.kind, case.addition.link) {
            return Ok(());
        }
        let (id, side) = (case.addition.instrument, case.addition.side);
        let last = case.view.last(id);
        let Some(own) = case.addition.kind.limit().or(last) else { return Ok(()) };
        let met = case.view.live_orders(id).find(|order| {
            let reaches = || kind_of(order).limit().or(last).is_some_and(|other| meets(own, other, side));
            let is_other = Some(order.request.order) != case.addition.amends && order.request.side != side;
            is_other && works_at_once(order.request.kind, order.link()) && reaches()
        });
        match met {
            None => Ok(()),
            Some(order) => Err(case.refusal(self.name(), 0, i128::from(order.request.order.0))),
        }
    }
}

fn works_at_once(kind: OrderKind, link: Link) -> bool {
    !kind.sleeps() && !matches!(link, Link::Attached(_))
}

/// The order's kind; with a dearer price on its way, the dearer one.
fn kind_of(order: &Order) -> OrderKind {
    match order.status {
        OrderStatus::PendingAmend => order.request.kind.repriced(order.dearest_price()),
        _ => order.request.kind,
    }
}

/// Whether an order on `side` and one on the other would meet at these prices.
fn meets(own: Price, other: Price, side: Side) -> bool {
    if side == Side::Buy { own >= other } else { own <= other }
}
