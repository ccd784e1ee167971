//! What the core would know of its orders, and what it would find odd.
use engine::event::Report;
use engine::order::{FillId, Link, OrderId, OrderRequest};
use engine::{Qty, Side};
use std::collections::{BTreeMap, BTreeSet};

pub(super) struct Order {
    request: OrderRequest,
    filled: i64,
    /// The quantity of an amendment on its way; zero for none.
    amending: i64,
    unknown: bool,
    ended: bool,
}

#[derive(Default)]
pub(super) struct Known {
    orders: BTreeMap<OrderId, Order>,
    fills: BTreeSet<(OrderId, FillId)>,
    pub(super) wrong: Vec<String>,
}

impl Known {
    pub(super) fn sent(&mut self, request: OrderRequest) {
        let order = Order { request, filled: 0, amending: 0, unknown: false, ended: false };
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

    pub(super) fn taken_over(&mut self) -> Vec<(OrderRequest, Qty)> {
        let mut live: Vec<&mut Order> = self.orders.values_mut().filter(|order| !order.ended).collect();
        live.iter_mut().for_each(|order| order.amending = 0);
        live.iter().map(|order| (order.request, Qty(order.filled))).collect()
    }

    pub(super) fn take(&mut self, report: &Report) {
        let Some(order) = self.orders.get_mut(&report.order()) else { return self.wrong.push(format!("{report:?}")) };
        let mut odd = order.ended && !matches!(report, Report::Filled(_));
        match *report {
            Report::Filled(fill) => {
                odd |= !self.fills.insert((fill.order, fill.fill));
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

    pub(super) fn unknown(&self) -> usize {
        self.orders.values().filter(|order| order.unknown && !order.ended).count()
    }

    /// The signed position of all fills.
    pub(super) fn position(&self) -> i64 {
        self.orders
            .values()
            .map(|order| if order.request.side == Side::Buy { order.filled } else { -order.filled })
            .sum()
    }

    /// Names at the venue of the open orders, and how many exits are open under names of its own.
    pub(super) fn names(&self) -> (BTreeSet<String>, usize) {
        let live = || self.orders.values().filter(|order| !order.ended);
        let named = live()
            .filter(|order| order.request.link == Link::Alone)
            .map(|order| format!("e2e-{}", order.request.order.0));
        (named.collect(), live().filter(|order| order.request.link != Link::Alone).count())
    }
}
