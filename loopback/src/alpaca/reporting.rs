//! What the exchange's word changes, and what listeners are told of it.
use super::activity::{Activity, Execution, Known};
use super::asset::AssetClass;
use super::desk::Desk;
use super::draft::Pricing;
use super::order::{Order, Times, Waiting};
use super::words::{Class, Kind, Span, Status};
use crate::exchange::{self, OrderChange};
use engine::{Money, Qty, Side, Timestamp};
use rust_decimal::Decimal;

impl Desk {
    /// Takes what happened to an order of the exchange, `order` as it stood then. Orders that are not ours are passed over.
    pub(crate) fn report(&mut self, order: &exchange::Order, change: &OrderChange, now: Timestamp) {
        let Some(place) = self.by_number.get(&order.id).copied() else { return };
        match change {
            OrderChange::New => {}
            OrderChange::Traded(execution) => self.filled(place, execution, now),
            OrderChange::Amended => self.amended(place, order, now),
            OrderChange::Cancelled => self.ended(place, Status::Canceled, now),
            // What does not trade at once is canceled, in this venue's words.
            OrderChange::Expired if self.orders[place].span.is_immediate() => self.ended(place, Status::Canceled, now),
            OrderChange::Expired => self.ended(place, Status::Expired, now),
            OrderChange::Rejected => self.ended(place, Status::Rejected, now),
        }
    }

    fn filled(&mut self, place: usize, fill: &exchange::Execution, now: Timestamp) {
        self.acknowledge(place, now);
        let asset = &self.assets[self.orders[place].asset];
        let (price, quantity) = (asset.price(fill.price), asset.quantity(fill.quantity));
        let execution = Execution { id: self.ids.draw(), price, quantity, time: fill.time };
        let order = &mut self.orders[place];
        order.filled += quantity;
        order.worth += price * quantity;
        order.times.updated = now;
        let whole = order.filled >= order.quantity;
        if whole {
            order.status = Status::Filled;
            order.waiting = Waiting::Nothing;
            order.times.filled = Some(fill.time);
        } else if order.waiting == Waiting::Nothing {
            order.status = Status::PartiallyFilled;
        }
        let signed = if order.side == Side::Buy { quantity } else { -quantity };
        self.holdings[order.asset].book(signed, price);
        let event = if whole { "fill" } else { "partial_fill" };
        self.say(event, place, fill.time, Some(&execution));
        let order = &self.orders[place];
        let asset = order.asset;
        self.activities.push(Activity::fill(&execution, order, &self.assets[asset], self.known(now)));
        self.charge(fill.fee, asset, now);
        if whole {
            self.release_exits(place, now);
        }
    }

    fn known(&self, now: Timestamp) -> Known {
        Known { market: now, wall: self.wall }
    }

    /// Notes the fee of a fill as the venue does: in a row of its own.
    fn charge(&mut self, fee: Money, asset: usize, now: Timestamp) {
        let Some(fee) = fee.to_decimal().filter(|fee| !fee.is_zero()) else { return };
        let (asset, known) = (&self.assets[asset], self.known(now));
        let kind = if asset.class == AssetClass::Crypto { "CFEE" } else { "FEE" };
        self.activities.push(Activity::cash(kind, (-fee, Some(asset)), "Fee of a trade", known, &mut self.ids));
    }

    /// The venue has closed a position by itself: an order that nobody sent, filled at once.
    pub(crate) fn liquidated(&mut self, fill: &exchange::Execution, now: Timestamp) {
        let Some(asset) = self.assets.iter().position(|it| it.market == fill.market) else { return };
        let pricing = Pricing { kind: Kind::Market, limit: None, stop: None, trail: None };
        let order = Order {
            id: self.ids.draw(),
            client_id: self.ids.draw(),
            asset,
            notional: None,
            quantity: self.assets[asset].quantity(fill.quantity),
            filled: Decimal::ZERO,
            worth: Decimal::ZERO,
            class: Class::Simple,
            pricing,
            side: fill.side,
            span: Span::Day,
            extended_hours: false,
            intent: if fill.side == Side::Buy { "buy_to_close" } else { "sell_to_close" },
            status: Status::New,
            waiting: Waiting::Nothing,
            times: Times::new(now, self.wall),
            replaces: None,
            replaced_by: None,
            parent: None,
            legs: Vec::new(),
            number: None,
            high_water: None,
        };
        let place = self.keep(order);
        self.filled(place, fill, now);
    }

    fn ended(&mut self, place: usize, status: Status, now: Timestamp) {
        if self.orders[place].status.is_final() {
            return;
        }
        if status != Status::Rejected {
            self.acknowledge(place, now);
        }
        self.refuse_replacement(place, now);
        self.end_with_exits(place, status, now);
    }

    /// Ends an order, and the exits that wait for it.
    pub(super) fn end_with_exits(&mut self, place: usize, status: Status, now: Timestamp) {
        self.end(place, status, now);
        for leg in self.orders[place].legs.clone() {
            if self.orders[leg].status == Status::Held {
                self.end(leg, Status::Canceled, now);
            }
        }
    }

    /// Ends an order and tells of it.
    pub(crate) fn end(&mut self, place: usize, status: Status, now: Timestamp) {
        let order = &mut self.orders[place];
        order.status = status;
        order.waiting = Waiting::Nothing;
        order.times.updated = now;
        let at = match status {
            Status::Expired => &mut order.times.expired,
            Status::Rejected => &mut order.times.failed,
            Status::Replaced => &mut order.times.replaced,
            _ => &mut order.times.canceled,
        };
        *at = Some(now);
        self.say(status.name(), place, now, None);
    }

    /// The order that was to take the place of another never will.
    pub(super) fn refuse_replacement(&mut self, place: usize, now: Timestamp) {
        let Waiting::Replace(next, before) = self.orders[place].waiting else { return };
        self.orders[place].waiting = Waiting::Nothing;
        self.orders[place].status = before;
        self.orders[place].replaced_by = None;
        self.say("order_replace_rejected", place, now, None);
        self.end(next, Status::Rejected, now);
    }

    fn amended(&mut self, place: usize, at_exchange: &exchange::Order, now: Timestamp) {
        if let Waiting::Replace(next, _) = self.orders[place].waiting {
            self.replaced(place, next, now);
            return;
        }
        // What one exit has filled, the other has lost.
        let order = &mut self.orders[place];
        order.quantity = order.filled + self.assets[order.asset].quantity(at_exchange.leaves());
        order.times.updated = now;
        self.say("restated", place, now, None);
    }

    /// So much of an order was filled by another one of its group before it reached the exchange.
    pub(crate) fn shrink(&mut self, place: usize, by: Qty, now: Timestamp) {
        let by = self.assets[self.orders[place].asset].quantity(by);
        let order = &mut self.orders[place];
        order.quantity -= by.min(order.quantity - order.filled);
        order.times.updated = now;
        self.say("restated", place, now, None);
    }

    /// Another order stands at the exchange in the place of this one.
    pub(crate) fn replaced(&mut self, place: usize, next: usize, now: Timestamp) {
        let number = self.orders[place].number;
        self.end(place, Status::Replaced, now);
        let new = &mut self.orders[next];
        new.status = if new.filled.is_zero() { Status::New } else { Status::PartiallyFilled };
        new.times.updated = now;
        if let (None, Some(number)) = (new.number, number) {
            new.number = Some(number);
            self.by_number.insert(number, next);
        }
        self.say("new", next, now, None);
    }

    /// The exchange did not do what an order waits for.
    pub(crate) fn change_refused(&mut self, place: usize, now: Timestamp) {
        match self.orders[place].waiting {
            Waiting::Nothing => {}
            Waiting::Replace(..) => self.refuse_replacement(place, now),
            Waiting::Cancel(before) => {
                self.orders[place].waiting = Waiting::Nothing;
                self.orders[place].status = before;
                self.say("order_cancel_rejected", place, now, None);
            }
        }
    }
}
