//! Orders that are tied to others: what one fills, others gain or lose, and what ends with what.
//!
//! An attached order sleeps until its leader fills and may trade what the leader has filled and no sibling has closed: so
//! a stop-loss follows the position through partial fills. Of orders that cancel each other, what one fills is taken off
//! the others, and when one ends all end.
use super::resting::Resting;
use super::venue::SimVenue;
use crate::event::Report;
use crate::instrument::InstrumentId;
use crate::order::{Link, OrderId};
use crate::{Price, Qty};

/// An order and what it is tied to.
pub(super) type Tie = (OrderId, Link);

impl SimVenue {
    /// An order has filled so much at a price.
    #[inline]
    pub(super) fn after_fill(&mut self, id: InstrumentId, (own, link): Tie, quantity: Qty, price: Price) {
        // Most orders stand alone in their book.
        if !self.books[id.index()].resting.is_empty() {
            self.tell_tied(id, (own, link), quantity, price);
        }
    }

    fn tell_tied(&mut self, id: InstrumentId, (own, link): Tie, quantity: Qty, price: Price) {
        let (leader, touch) = (link.leader(), self.config.queue.touches());
        let book = &mut self.books[id.index()];
        for resting in &mut book.resting {
            match resting.request.link {
                Link::Attached(to) if to == own => {
                    resting.cap = resting.cap + quantity;
                    resting.rouse(price, touch, book.shown.as_deref());
                }
                Link::Attached(to) if Some(to) == leader && resting.request.order != own => {
                    resting.cap = resting.cap - quantity;
                }
                _ => {}
            }
        }
        match link {
            Link::Attached(leader) if self.place_of(id, leader).is_none() => {
                self.drop_idle(id, leader);
                self.bound(id, leader);
            }
            Link::Attached(_) => {}
            Link::OneCancelsOther(leader) => self.shrink_others(id, leader, own, quantity),
            Link::Alone => self.shrink_others(id, own, own, quantity),
        }
    }

    /// An order has left the book, whatever the reason.
    #[inline]
    pub(super) fn after_end(&mut self, id: InstrumentId, (own, link): Tie) {
        if !self.books[id.index()].resting.is_empty() {
            self.end_tied(id, (own, link));
        }
    }

    fn end_tied(&mut self, id: InstrumentId, (own, link): Tie) {
        self.drop_idle(id, own);
        self.bound(id, own);
        match link {
            Link::Attached(_) => {}
            Link::OneCancelsOther(leader) => self.drop_group(id, leader),
            Link::Alone => self.drop_group(id, own),
        }
    }

    /// Cuts the attached orders of a leader that has gone to what they may still close, and says so: what the leader did
    /// not fill or a sibling has closed, they never will.
    fn bound(&mut self, id: InstrumentId, leader: OrderId) {
        for place in 0..self.books[id.index()].resting.len() {
            let resting = &mut self.books[id.index()].resting[place];
            if resting.request.link != Link::Attached(leader) {
                continue;
            }
            let most = resting.filled + resting.cap;
            if most < resting.request.quantity {
                resting.request.quantity = most;
                let (order, price) = (resting.request.order, resting.request.kind.price());
                self.reports.push_back(Report::Amended { order, quantity: most, price });
            }
        }
    }

    /// An order has become larger: exits that were as large as all of it follow, or the part that was added would have none.
    pub(super) fn raise_attached(&mut self, id: InstrumentId, leader: OrderId, before: Qty, after: Qty) {
        let book = &mut self.books[id.index()].resting;
        for resting in book.iter_mut().filter(|r| r.request.link == Link::Attached(leader)) {
            if resting.request.quantity == before {
                resting.request.quantity = after;
                let (order, price) = (resting.request.order, resting.request.kind.price());
                self.reports.push_back(Report::Amended { order, quantity: after, price });
            }
        }
    }

    /// Cancels attached orders that have nothing to close and whose leader will fill no more.
    fn drop_idle(&mut self, id: InstrumentId, leader: OrderId) {
        if self.place_of(id, leader).is_some() {
            return;
        }
        let idle = |r: &Resting| r.request.link == Link::Attached(leader) && r.cap.is_zero();
        while let Some(place) = self.books[id.index()].resting.iter().position(idle) {
            let order = self.books[id.index()].resting.remove(place).request.order;
            self.reports.push_back(Report::Cancelled { order });
        }
    }

    /// Whether what one of two orders fills may be lost to the other.
    pub(super) fn are_rivals(&self, a: &Resting, b: &Resting) -> bool {
        let (one, two) = (&a.request, &b.request);
        let most = match (one.link, two.link) {
            (Link::Attached(leader), Link::Attached(other)) if leader == other => a.cap.max(b.cap),
            _ if a.group().is_some() && a.group() == b.group() => Qty::ZERO,
            _ if one.is_cut_to_the_position() && two.is_cut_to_the_position() => {
                self.reducible(one.instrument, one.side)
            }
            _ => return false,
        };
        one.side == two.side && a.leaves() + b.leaves() > most
    }

    /// Takes what one order of a group has filled off the others.
    fn shrink_others(&mut self, id: InstrumentId, leader: OrderId, own: OrderId, quantity: Qty) {
        for place in 0..self.books[id.index()].resting.len() {
            let resting = &mut self.books[id.index()].resting[place];
            let order = resting.request.order;
            let in_group = order == leader || resting.request.link == Link::OneCancelsOther(leader);
            if !in_group || order == own {
                continue;
            }
            resting.request.quantity = resting.request.quantity - quantity;
            if resting.request.quantity > resting.filled {
                let (quantity, price) = (resting.request.quantity, resting.request.kind.price());
                self.reports.push_back(Report::Amended { order, quantity, price });
            }
        }
    }

    /// Cancels what is left of a group.
    fn drop_group(&mut self, id: InstrumentId, leader: OrderId) {
        let member = |r: &Resting| r.request.order == leader || r.request.link == Link::OneCancelsOther(leader);
        while let Some(place) = self.books[id.index()].resting.iter().position(member) {
            let resting = self.books[id.index()].resting.remove(place);
            self.reports.push_back(Report::Cancelled { order: resting.request.order });
            self.drop_idle(id, resting.request.order);
        }
    }
}
