//! The orders of a session that have not ended, as far as commands and reports say: what a stop waits for, and what a protocol
//! is told of after a restart.
use engine::order::OrderId;
use engine::{Action, Fill, Qty, Report};
use std::collections::BTreeMap;

/// One of them.
#[derive(Clone, Debug)]
pub(super) struct OpenOrder {
    pub(super) submit: Action,
    quantity: Qty,
    pub(super) filled: Qty,
    /// The venue has said something of it.
    answered: bool,
    /// Its fills, as they were booked.
    pub(super) fills: Vec<Fill>,
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct OpenOrders(BTreeMap<OrderId, OpenOrder>);

impl OpenOrders {
    pub(super) fn sent(&mut self, action: &Action) {
        if let Action::Submit(request) = action {
            let order = OpenOrder {
                submit: *action,
                quantity: request.quantity,
                filled: Qty::ZERO,
                answered: false,
                fills: Vec::new(),
            };
            self.0.insert(request.order, order);
        }
    }

    pub(super) fn reported(&mut self, report: &Report) {
        if let Some(order) = self.0.get_mut(&report.order()) {
            order.answered = true;
        }
        match *report {
            Report::Filled(fill) => {
                let Some(order) = self.0.get_mut(&fill.order) else { return };
                order.filled = order.filled + fill.quantity;
                order.fills.push(fill);
                if order.filled >= order.quantity {
                    self.0.remove(&fill.order);
                }
            }
            Report::Busted(fill) => {
                if let Some(order) = self.0.get_mut(&fill.order) {
                    order.filled = order.filled - fill.quantity;
                    order.fills.retain(|it| it.fill != fill.fill);
                }
            }
            Report::Amended { order, quantity, .. } => {
                if let Some(order) = self.0.get_mut(&order) {
                    order.quantity = quantity;
                }
            }
            Report::Rejected { order, .. }
            | Report::Cancelled { order }
            | Report::Expired { order }
            | Report::NotSent { order } => {
                self.0.remove(&order);
            }
            Report::Accepted { .. } | Report::ChangeRefused { .. } | Report::Lost { .. } | Report::Liquidated(_) => {}
        }
    }

    /// What was asked of an order, and how much of it is filled.
    pub(super) fn get(&self, order: OrderId) -> Option<(Action, Qty)> {
        self.0.get(&order).map(|it| (it.submit, it.filled))
    }

    /// Orders of which nobody knows yet whether they are at the venue.
    pub(super) fn unanswered(&self) -> usize {
        self.0.values().filter(|order| !order.answered).count()
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (OrderId, &OpenOrder)> {
        self.0.iter().map(|(id, order)| (*id, order))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::{InstrumentId, OrderKind, OrderRequest, Side};

    #[test]
    fn an_order_is_open_until_it_is_filled_or_ended() {
        let submit = |n| {
            let request = OrderRequest::plain(OrderId(n), InstrumentId(0), Side::Buy, Qty(10), OrderKind::Market);
            (request, Action::Submit(request))
        };
        let fill = |n, quantity| {
            let (request, _) = submit(n);
            Report::Filled(engine::Fill {
                order: request.order,
                fill: engine::FillId(1),
                instrument: request.instrument,
                side: request.side,
                price: engine::Price(5),
                quantity: Qty(quantity),
                fee: engine::Money::ZERO,
                liquidity: engine::event::Liquidity::Taker,
                certainty: engine::event::Certainty::Certain,
                venue_time: engine::Timestamp(0),
            })
        };
        let mut open = OpenOrders::default();
        (1..=3).for_each(|n| open.sent(&submit(n).1));
        assert_eq!(open.unanswered(), 3);
        open.reported(&Report::Accepted { order: OrderId(1) });
        open.reported(&fill(1, 9));
        open.reported(&Report::Lost { order: OrderId(2) });
        assert_eq!(open.unanswered(), 1);
        open.reported(&Report::Cancelled { order: OrderId(3) });
        assert_eq!(open.iter().map(|(id, order)| (id.0, order.filled.0)).collect::<Vec<_>>(), [(1, 9), (2, 0)]);
        open.reported(&Report::Amended { order: OrderId(1), quantity: Qty(12), price: None });
        open.reported(&fill(1, 1));
        assert_eq!(open.len(), 2);
        open.reported(&fill(1, 2));
        assert_eq!(open.len(), 1);
    }
}
