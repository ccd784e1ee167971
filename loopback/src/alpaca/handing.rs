//! What the desk hands to the exchange: orders, exits once their entry is filled, groups that are entered anew.
use super::desk::Desk;
use super::words::{Class, Status};
use crate::exchange;
use engine::{OrderId, OrderKind, Price, Qty, Side, Terms, Timestamp};

/// What the exchange is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    /// To take an order; what that other one fills, this one loses, and the other way round.
    Submit(usize, Option<usize>),
    /// To cancel an order.
    Cancel(usize),
    /// To change an order in its place in the queue: what is to be left of it, and its price.
    Amend(usize, Qty, Option<Price>),
    /// To cancel an order with its group, and to take the second one in its place.
    Swap(usize, usize),
}

/// What is asked of the exchange about an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wish {
    pub(crate) asset: usize,
    pub(crate) side: Side,
    pub(crate) quantity: Qty,
    pub(crate) kind: OrderKind,
    pub(crate) terms: Terms,
}

impl Desk {
    /// Hands an order to the exchange, with the exit that it is tied to.
    pub(super) fn hand_over(&mut self, place: usize) {
        self.asks.push(Ask::Submit(place, None));
        if self.orders[place].class == Class::Oco {
            for leg in self.orders[place].legs.clone() {
                self.orders[leg].status = Status::New;
                self.asks.push(Ask::Submit(leg, Some(place)));
            }
        }
    }

    /// The stock market has opened: what waited for it goes to the exchange.
    pub(crate) fn market_opens(&mut self, now: Timestamp) {
        for place in std::mem::take(&mut self.waiting) {
            if !self.orders[place].status.is_final() {
                self.hand_over(place);
                self.acknowledge(place, now);
            }
        }
    }

    /// Sends the exits of an entry that is filled completely.
    pub(super) fn release_exits(&mut self, entry: usize, now: Timestamp) {
        let held = |leg: &usize| self.orders[*leg].status == Status::Held;
        let exits: Vec<usize> = self.orders[entry].legs.iter().copied().filter(held).collect();
        let leader = exits.first().copied();
        for exit in exits {
            self.orders[exit].status = Status::New;
            self.asks.push(Ask::Submit(exit, leader.filter(|leader| *leader != exit)));
            self.say("new", exit, now, None);
        }
    }

    /// What the exchange is asked to take for an order: what is left of it.
    pub(crate) fn wish(&self, place: usize) -> Wish {
        let order = &self.orders[place];
        let asset = &self.assets[order.asset];
        Wish {
            asset: order.asset,
            side: order.side,
            quantity: asset.to_quantity(order.quantity - order.filled).unwrap_or_default(),
            kind: order.exchange_kind(asset).unwrap_or(OrderKind::Market),
            terms: Terms::PLAIN.lasting(order.span.time_in_force()),
        }
    }

    /// The exchange has taken an order under a number, or has not.
    pub(crate) fn placed(&mut self, place: usize, number: Result<OrderId, exchange::Refusal>, now: Timestamp) {
        match number {
            Ok(number) => {
                self.orders[place].number = Some(number);
                self.by_number.insert(number, place);
            }
            Err(_) => self.end_with_exits(place, Status::Rejected, now),
        }
    }

    /// Forgets the numbers of an order and of the others of its group, whose next one stands in its place already; the
    /// others. What the exchange says of them from here on is passed over.
    pub(crate) fn leave_exchange(&mut self, old: usize, next: usize) -> Vec<usize> {
        let at_exchange = |it: &usize| self.orders[*it].works() && self.orders[*it].number.is_some();
        let others: Vec<usize> = self.group(next).into_iter().filter(at_exchange).collect();
        for place in others.iter().chain([&old]) {
            if let Some(number) = self.orders[*place].number {
                self.by_number.remove(&number);
            }
        }
        others
    }

    /// The exchange has kept them all the same.
    pub(crate) fn return_to_exchange(&mut self, old: usize, others: &[usize]) {
        for place in others.iter().chain([&old]) {
            if let Some(number) = self.orders[*place].number {
                self.by_number.insert(number, *place);
            }
        }
    }

    /// The orders of which one cancels the others, without entries.
    fn group(&self, place: usize) -> Vec<usize> {
        let order = &self.orders[place];
        let leader = order.parent.unwrap_or(place);
        let mut group = self.orders[leader].legs.clone();
        if self.orders[leader].class == Class::Oco {
            group.push(leader);
        }
        group.retain(|it| *it != place);
        if order.class == Class::Simple || (order.parent.is_none() && order.class != Class::Oco) {
            group.clear();
        }
        group
    }
}
