//! `/v2/orders` and `/v2/positions`: what clients ask about orders and want of them.
use super::changing::Part;
use super::desk::Nesting;
use super::moment::InNewYork;
use super::node::Node;
use super::query::{Descending, Query};
use super::refusal::Refusal;
use super::trading_routes::{Answered, ok};
use super::venue::Alpaca;
use super::words::{self, Status};
use crate::faults::Fault;
use crate::pace::Moment;
use engine::Side;
use rust_decimal::Decimal;

/// How long a hidden order is hidden, and a late cancellation late.
const A_WHILE_NS: u64 = 3_000_000_000;

impl Alpaca {
    pub(super) fn post_order(&mut self, body: &[u8], now: Moment) -> Answered {
        if self.configuration.suspend_trade {
            return Err(Refusal::denied("trade suspended by user"));
        }
        let place = self.desk.submit(body, &self.facts())?;
        // The answer is what the order is as it comes in, whatever has become of it by the time it is read.
        let answer = self.desk.order_node(place, Nesting::Nested);
        self.take_in(place);
        if self.faults.strikes(Fault::NotYetVisible) {
            self.hidden.push((now.mono_ns.saturating_add(A_WHILE_NS), place));
        }
        ok(answer)
    }

    pub(super) fn patch_order(&mut self, id: &str, body: &[u8]) -> Answered {
        let place = self.visible(self.desk.find(id)?, id)?;
        let next = self.desk.replace(place, body, &self.facts())?;
        let answer = self.desk.order_node(next, Nesting::Nested);
        self.settle();
        ok(answer)
    }

    pub(super) fn delete_order(&mut self, id: &str, now: Moment) -> Answered {
        let place = self.visible(self.desk.find(id)?, id)?;
        self.cancel_order(place, now)?;
        Ok((204, Node::Null))
    }

    /// Asks for the cancellation of an order; where a fault wants it so, the exchange hears of it later.
    fn cancel_order(&mut self, place: usize, now: Moment) -> Result<(), Refusal> {
        self.desk.cancel(place, self.exchange.now())?;
        if self.faults.strikes(Fault::LateFill) {
            self.desk.asks.clear();
            self.late_cancels.push((now.mono_ns.saturating_add(A_WHILE_NS), place));
        }
        self.settle();
        Ok(())
    }

    /// Every open order is to be cancelled: one row of each.
    pub(super) fn delete_orders(&mut self, now: Moment) -> Answered {
        let open: Vec<usize> = (0..self.desk.orders.len()).filter(|place| self.is_cancelable(*place)).collect();
        let mut rows = Vec::new();
        for place in open {
            let id = Node::from(self.desk.orders[place].id.clone());
            if self.faults.strikes(Fault::PartialBatch) {
                let body = Refusal::internal(500).body();
                rows.push(Node::map([("id", id), ("status", 500.into()), ("body", body)]));
                continue;
            }
            // What one order is tied to may have ended it already.
            let done = match self.desk.orders[place].status.is_final() {
                true => Ok(()),
                false => self.cancel_order(place, now),
            };
            rows.push(match done {
                Ok(()) => Node::map([("id", id), ("status", 200.into())]),
                Err(refusal) => {
                    Node::map([("id", id), ("status", i64::from(refusal.status).into()), ("body", refusal.body())])
                }
            });
        }
        Ok((207, Node::List(rows)))
    }

    fn is_cancelable(&self, place: usize) -> bool {
        let order = &self.desk.orders[place];
        order.works() && order.status != Status::PendingCancel
    }

    pub(super) fn get_order(&self, id: &str, query: &Query) -> Answered {
        self.show(self.desk.find(id)?, id, query)
    }

    pub(super) fn get_order_by_client(&self, query: &Query) -> Answered {
        let id = query.text("client_order_id").ok_or(Refusal::field("client_order_id is required"))?;
        self.show(self.desk.find_by_client(id)?, id, query)
    }

    fn show(&self, place: usize, id: &str, query: &Query) -> Answered {
        let nesting = if query.is_set("nested") { Nesting::Nested } else { Nesting::Flat };
        ok(self.desk.order_node(self.visible(place, id)?, nesting))
    }

    /// The place of an order, unless a fault hides it.
    fn visible(&self, place: usize, id: &str) -> Result<usize, Refusal> {
        let hidden = self.hidden.iter().any(|(_, it)| *it == place);
        if hidden { Err(Refusal::no_such_order(id)) } else { Ok(place) }
    }

    pub(super) fn get_orders(&self, query: &Query) -> Answered {
        let limit = query.count("limit", 50, 500)?;
        let (after, until) = (query.time("after", InNewYork::Yes)?, query.time("until", InNewYork::Yes)?);
        let status = query.text("status").unwrap_or("open");
        if !matches!(status, "open" | "closed" | "all") {
            return Err(Refusal::field("invalid status"));
        }
        let side = query.text("side").map(|it| words::side(it).ok_or(Refusal::field("invalid side"))).transpose()?;
        let nested = query.is_set("nested");
        let (symbols, classes) = (query.list("symbols"), query.list("asset_class"));
        let bound = |field: &str| query.text(field).map(|id| self.desk.find(id)).transpose();
        let (before_order, after_order) = (bound("before_order_id")?, bound("after_order_id")?);
        let now = self.exchange.now();
        let fits = |place: &usize| {
            let order = &self.desk.orders[*place];
            let asset = &self.desk.assets[order.asset];
            let stands = match status {
                "open" => !order.status.is_final(),
                "closed" => order.status.is_final(),
                _ => true,
            };
            stands
                && after.is_none_or(|after| order.times.known().is_after(after, now))
                && until.is_none_or(|until| order.times.created < until)
                && side.is_none_or(|side: Side| order.side == side)
                && (symbols.is_empty() || symbols.iter().any(|it| asset.is_named(it)))
                && (classes.is_empty() || classes.contains(&asset.class.name()))
                && before_order.is_none_or(|bound| *place < bound)
                && after_order.is_none_or(|bound| *place > bound)
                && !(nested && order.parent.is_some())
                && self.visible(*place, "").is_ok()
        };
        let mut places: Vec<usize> = (0..self.desk.orders.len()).filter(fits).collect();
        if query.descends("direction", Descending::Yes)? {
            places.reverse();
        }
        let nesting = if nested { Nesting::Nested } else { Nesting::Flat };
        ok(Node::List(places.into_iter().take(limit).map(|place| self.desk.order_node(place, nesting)).collect()))
    }

    pub(super) fn get_position(&self, name: &str) -> Answered {
        let facts = self.facts();
        ok(self.position_node(self.held(name, &facts)?, &facts))
    }

    pub(super) fn delete_position(&mut self, name: &str, query: &Query) -> Answered {
        let part = match (query.decimal("qty")?, query.decimal("percentage")?) {
            (None, None) => Part::All,
            (Some(quantity), None) => Part::Quantity(quantity),
            (None, Some(percent)) if percent <= Decimal::ONE_HUNDRED => Part::Percent(percent),
            (None, Some(_)) => return Err(Refusal::field("percentage must be between 0 and 100")),
            (Some(_), Some(_)) => return Err(Refusal::field("only one of qty or percentage is accepted")),
        };
        let place = self.held(name, &self.facts())?;
        ok(self.close_position(place, part)?)
    }

    fn close_position(&mut self, asset: usize, part: Part) -> Result<Node, Refusal> {
        let place = self.desk.close(asset, part, &self.facts())?;
        let answer = self.desk.order_node(place, Nesting::Flat);
        self.take_in(place);
        Ok(answer)
    }

    /// Every position is to be closed: one row of each.
    pub(super) fn delete_positions(&mut self, query: &Query, now: Moment) -> Answered {
        if query.is_set("cancel_orders") {
            self.delete_orders(now)?;
        }
        let facts = self.facts();
        let held: Vec<usize> = (0..facts.seen.len()).filter(|place| !facts.seen[*place].quantity.is_zero()).collect();
        let mut rows = Vec::new();
        for place in held {
            let symbol = Node::from(self.desk.assets[place].bare_symbol());
            let (status, body) = match self.close_position(place, Part::All) {
                Ok(order) => (200, order),
                Err(refusal) => (i64::from(refusal.status), refusal.body()),
            };
            rows.push(Node::map([("symbol", symbol), ("status", status.into()), ("body", body)]));
        }
        Ok((207, Node::List(rows)))
    }
}
