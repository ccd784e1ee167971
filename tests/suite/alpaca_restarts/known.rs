//! What the core would know of its orders, and what it would find odd.
use engine::event::{Fill, Report};
use engine::order::{Link, OrderId, OrderRequest};
use engine::{Qty, Side};
use std::collections::{BTreeMap, BTreeSet};

pub(super) struct Order {
    request: OrderRequest,
    filled: i64,
    fills: Vec<Fill>,
    /// The quantity of an amendment on its way; zero for none.
    amending: i64,
    unknown: bool,
    ended: bool,
}

#[derive(Default)]
pub(super) struct Known {
    orders: BTreeMap<OrderId, Order>,
    pub(super) wrong: Vec<String>,
}

impl Known {
    pub(super) fn sent(&mut self, request: OrderRequest) {
        let order = Order { request, filled: 0, fills: Vec::new(), amending: 0, unknown: false, ended: false };
        self.orders.insert(request.order, order);
    }

    pub(super) fn amending(&mut self, order: OrderId, quantity: Qty) {
        if let Some(order) = self.orders.get_mut(&order) {
            order.amending = quantity.0;
        }
    }

    pub(super) fn next(&self) -> OrderId {
        OrderId(self.orders.len() as u64 + 1)
    }

    /// Orders that may be changed, with what is filled of them.
    pub(super) fn open(&self) -> Vec<(OrderId, i64)> {
        let plain =
            |order: &Order| !order.ended && !order.unknown && order.amending == 0 && order.request.link == Link::Alone;
        self.orders.iter().filter(|(_, order)| plain(order)).map(|(id, order)| (*id, order.filled)).collect()
    }

    pub(super) fn taken_over(&mut self) -> Vec<(OrderRequest, Vec<Fill>)> {
        let mut live: Vec<&mut Order> = self.orders.values_mut().filter(|order| !order.ended).collect();
        live.iter_mut().for_each(|order| order.amending = 0);
        live.iter().map(|order| (order.request, order.fills.clone())).collect()
    }

    pub(super) fn take(&mut self, report: &Report) {
        let Some(order) = self.orders.get_mut(&report.order()) else { return self.wrong.push(format!("{report:?}")) };
        // Once an order is filled, its quantity may be told once more, and changes nothing.
        let again = |quantity: Qty| quantity.0 == order.filled;
        let mut odd = order.ended
            && !matches!(report, Report::Filled(_))
            && !matches!(report, Report::Amended { quantity, .. } if again(*quantity));
        match *report {
            Report::Filled(fill) => {
                odd |= order.fills.iter().any(|it| it.fill == fill.fill);
                order.fills.push(fill);
                order.filled += fill.quantity.0;
                order.unknown = false;
            }
            Report::Lost { .. } => order.unknown = true,
            Report::Amended { quantity, price, .. } => {
                order.request.quantity = quantity;
                order.request.kind = order.request.kind.repriced(price);
                (order.amending, order.unknown) = (0, false);
            }
            Report::ChangeRefused { .. } => order.amending = 0,
            Report::Accepted { .. } => order.unknown = false,
            Report::NotSent { .. } if order.amending > 0 => order.amending = 0,
            _ => order.ended = true,
        }
        order.ended |= order.filled >= order.request.quantity.0.max(order.amending);
        if odd {
            self.wrong.push(format!("{report:?}"));
        }
    }

    /// The signed position of all fills.
    pub(super) fn position(&self) -> i64 {
        self.orders
            .values()
            .map(|order| if order.request.side == Side::Buy { order.filled } else { -order.filled })
            .sum()
    }

    /// The open orders that the venue has under our names, and how many exits are open under names of its own. One that is
    /// not known here counts only where the venue has it.
    pub(super) fn working(&self) -> (BTreeSet<u64>, usize) {
        let live = || self.orders.values().filter(|order| !order.ended && !order.unknown);
        let named = live().filter(|order| order.request.link == Link::Alone).map(|order| order.request.order.0);
        (named.collect(), live().filter(|order| order.request.link != Link::Alone).count())
    }

    /// At which price an order works, and for how much.
    pub(super) fn working_at(&self, number: u64) -> Option<(i64, i64)> {
        let order = self.orders.get(&OrderId(number)).filter(|order| !order.ended && !order.unknown)?;
        Some((order.request.kind.price()?.0, order.request.quantity.0 - order.filled))
    }

    /// The orders under our names: their number, what is filled of them and whether they are not known.
    pub(super) fn alone(&self) -> Vec<(u64, i64, bool)> {
        let alone = self.orders.values().filter(|order| order.request.link == Link::Alone);
        alone.map(|order| (order.request.order.0, order.filled, order.unknown && !order.ended)).collect()
    }
}
