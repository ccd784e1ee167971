//! What matches inside a candle, along the path that a model assumes.
//!
//! A walk goes from the open to each turning point in turn and meets orders in the order of their prices; an order that
//! is woken, roused or resized on the way counts from there. The pessimistic model does not walk: entries, then what
//! hurts, then what helps.
use super::path::Range;
use super::resting::{Aim, Resting, Stage};
use super::venue::{Match, SimVenue};
use crate::event::{Certainty, Liquidity, Reason, Report};
use crate::instrument::InstrumentId;
use crate::order::{Link, OrderId};
use crate::{Candle, Price, Qty, Side, Timestamp};

/// What an order does to the position, in the order in which the pessimistic model fills them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    /// A stop that enters: of two entries of which one is wanted it is the dearer one.
    Breakout,
    Entry,
    Stop,
    Target,
}

impl SimVenue {
    /// Shows the venue the whole candle, at its known time: orders within its range trade in the order of the path.
    pub(super) fn path(&mut self, id: InstrumentId, candle: &Candle) {
        // What is known at midnight was traded the day before, under that day's costs.
        self.costs_at = Timestamp(candle.known_time.0 - 1);
        match self.config.path.turns(candle) {
            _ if !self.is_touched(id, candle) => {}
            Some(turns) => self.walk(id, candle, turns),
            None => self.worst(id, candle),
        }
        if self.books[id.index()].sessions.closes_with(candle) {
            self.close(id, candle);
        }
        self.watch(id);
    }

    /// Whether anything can happen to an order inside a candle.
    fn is_touched(&self, id: InstrumentId, candle: &Candle) -> bool {
        let book = &self.books[id.index()].resting;
        book.iter().any(|r| self.is_met(r, candle, Range::of(candle)) || r.best.0 != 0) || self.is_margined(id)
    }

    /// Whether a range inside a candle is what an order waits for. What waits for an auction or a next open, what may have
    /// expired on the way, and what finds no volume left is not met.
    fn is_met(&self, it: &Resting, candle: &Candle, range: Range) -> bool {
        it.works()
            && !it.waits_for_auction()
            && it.expires >= candle.known_time
            && it.aim() != Aim::Market
            && (it.stage == Stage::Asleep || self.books[it.request.instrument.index()].room > Qty::ZERO)
            && it.is_reached(range, self.config.queue.touches())
    }

    /// Whether the order of the fills inside a candle is open: when both sides are met, or two orders of which one may
    /// take from the other.
    fn certainty(&self, id: InstrumentId, candle: &Candle) -> Certainty {
        let range = Range::of(candle);
        let book = &self.books[id.index()].resting;
        for (place, a) in book.iter().enumerate().filter(|(_, a)| self.is_met(a, candle, range)) {
            for b in book[place + 1..].iter().filter(|b| self.is_met(b, candle, range)) {
                if a.request.side != b.request.side || self.are_rivals(a, b) {
                    return Certainty::PathDependent;
                }
            }
        }
        Certainty::Certain
    }

    /// Whether an order that has filled inside a candle has roused others that the candle meets, before or after it.
    fn has_roused(&self, id: InstrumentId, leader: OrderId, candle: &Candle) -> bool {
        let book = &self.books[id.index()].resting;
        book.iter().any(|r| r.request.link == Link::Attached(leader) && self.is_met(r, candle, Range::of(candle)))
    }

    fn walk(&mut self, id: InstrumentId, candle: &Candle, turns: [Price; 3]) {
        let mut certainty = self.certainty(id, candle);
        let mut at = candle.open;
        for turn in turns {
            loop {
                let next = self.next_on_leg(id, candle, at, turn);
                let end = next.map_or(turn, |(_, price)| price);
                if let Some(price) = self.liquidation_on(id, at, end) {
                    self.liquidate(id, &Match::at(price, certainty, candle.known_time));
                    at = price;
                    continue;
                }
                let Some((order, price)) = next else { break };
                self.meet(id, order, candle, price, certainty);
                if self.has_roused(id, order, candle) {
                    certainty = Certainty::PathDependent;
                }
                at = price;
            }
            at = turn;
            self.books[id.index()].resting.iter_mut().for_each(|r| r.trail(turn));
        }
    }

    /// The first order that is met between two prices, and where.
    fn next_on_leg(&self, id: InstrumentId, candle: &Candle, from: Price, to: Price) -> Option<(OrderId, Price)> {
        let (range, rising) = (Range { low: from.min(to), high: from.max(to) }, to >= from);
        let book = self.books[id.index()].resting.iter();
        let ahead = book.filter_map(|r| {
            let (Aim::Limit(aim) | Aim::Trigger(aim)) = r.aim() else { return None };
            let passed = self.is_met(r, candle, Range::at(from));
            let met = passed || (r.waits_for_a_rise() == rising && self.is_met(r, candle, range));
            let price = if passed { from } else { aim };
            met.then_some(((price.0.abs_diff(from.0), r.arrival), r.request.order, price))
        });
        ahead.min_by_key(|(key, ..)| *key).map(|(_, order, price)| (order, price))
    }

    /// The market comes to an order: wakes it, and trades it if that is all it waited for.
    fn meet(&mut self, id: InstrumentId, order: OrderId, candle: &Candle, price: Price, certainty: Certainty) {
        let Some(place) = self.place_of(id, order) else { return };
        let it = &mut self.books[id.index()].resting[place];
        let slept = it.stage == Stage::Asleep;
        it.stage = Stage::Awake;
        let better = |limit: Price| match it.request.side {
            Side::Buy => price <= limit,
            Side::Sell => price >= limit,
        };
        let liquidity = match it.aim() {
            // Woken beyond its limit: it rests there until the price comes back.
            Aim::Limit(limit) if slept && !better(limit) => {
                it.fresh = false;
                return;
            }
            Aim::Limit(limit) if !slept && !it.fresh && price == limit => Liquidity::Maker,
            _ => Liquidity::Taker,
        };
        it.fresh = liquidity == Liquidity::Taker;
        if it.request.terms.post_only && it.fresh {
            self.drop_order(id, order, Report::Rejected { order, reason: Reason::PostOnly });
            return;
        }
        self.trade(id, order, &Match { price, liquidity, certainty, time: candle.known_time, quoted: false });
    }

    /// Entries first, then stops, then targets; a target waits if the position was entered in this very candle, at its
    /// open or inside it, and a stop could have filled.
    fn worst(&mut self, id: InstrumentId, candle: &Candle) {
        let held = self.account.quantity(id.index());
        let range = Range::of(candle);
        let first = self.books[id.index()].resting.iter().find(|r| self.is_met(r, candle, range));
        let entry = if held.is_zero() { first.map(|r| r.request.side) } else { Some(Side::of(held)) };
        // Where nothing is met yet, the candle may still pull a trailing stop to where it is.
        let Some(entry) = entry else {
            self.fill_trailing(id, candle, Certainty::Certain);
            return self.fall_to_the_worst(id, candle, Certainty::Certain);
        };
        self.books[id.index()].woken.clear();
        let at_open = self.books[id.index()].at_open.contains(&entry);
        let entered =
            at_open || self.has(id, candle, entry, Role::Entry) || self.has(id, candle, entry, Role::Breakout);
        let mut certainty = self.certainty(id, candle);
        let wait = |venue: &Self| entered && venue.has(id, candle, entry, Role::Stop);
        if wait(self) && self.has(id, candle, entry, Role::Target) {
            certainty = Certainty::PathDependent;
        }
        let inside = self.fill_role(id, candle, entry, Role::Breakout, certainty)
            | self.fill_role(id, candle, entry, Role::Entry, certainty);
        // What the entries roused may be met too, before or after them.
        if inside && (self.has(id, candle, entry, Role::Stop) || self.has(id, candle, entry, Role::Target)) {
            certainty = Certainty::PathDependent;
        }
        let targets_wait = wait(self);
        if targets_wait && self.has(id, candle, entry, Role::Target) {
            certainty = Certainty::PathDependent;
        }
        self.fill_role(id, candle, entry, Role::Stop, certainty);
        self.fill_trailing(id, candle, certainty);
        self.fall_to_the_worst(id, candle, certainty);
        if !targets_wait {
            self.fill_role(id, candle, entry, Role::Target, certainty);
        }
    }

    /// Liquidates what the candle's worst price cannot carry: behind the stops, which stood in its way, and before the
    /// targets.
    fn fall_to_the_worst(&mut self, id: InstrumentId, candle: &Candle, certainty: Certainty) {
        let worst = if self.account.quantity(id.index()) > Qty::ZERO { candle.low } else { candle.high };
        self.fall_short(id, candle, worst, certainty);
    }

    /// Liquidates an isolated position that falls short on the way to an order, which then is never met. Margin across the
    /// account is looked at behind the stops.
    fn falls_before(&mut self, id: InstrumentId, candle: &Candle, price: Price, certainty: Certainty) -> bool {
        self.account.stake(id.index()).is_some() && self.fall_short(id, candle, price, certainty)
    }

    fn role(it: &Resting, entry: Side) -> Role {
        match (it.request.side == entry, it.stage != Stage::Awake && it.request.kind.is_stop()) {
            (true, true) => Role::Breakout,
            (true, false) => Role::Entry,
            (false, true) => Role::Stop,
            (false, false) => Role::Target,
        }
    }

    fn has(&self, id: InstrumentId, candle: &Candle, entry: Side, role: Role) -> bool {
        let book = &self.books[id.index()].resting;
        book.iter().any(|r| Self::role(r, entry) == role && self.is_met(r, candle, Range::of(candle)))
    }

    /// Meets every order of a role, oldest first; whether anything traded.
    fn fill_role(&mut self, id: InstrumentId, candle: &Candle, entry: Side, role: Role, certainty: Certainty) -> bool {
        let (mut arrival, mut traded) = (0, false);
        while let Some(order) = self.after(id, &mut arrival) {
            let Some(place) = self.place_of(id, order) else { continue };
            let (it, woken) = (&self.books[id.index()].resting[place], &self.books[id.index()].woken);
            let is_new = Self::role(it, entry) == role && !woken.contains(&order);
            if is_new && self.is_met(it, candle, Range::of(candle)) {
                traded |= self.meet_worst(id, order, candle, certainty);
            }
        }
        traded
    }

    /// Meets an order at its own price. One that wakes short of its limit trades there if the rest of the candle is sure
    /// to come back through it.
    fn meet_worst(&mut self, id: InstrumentId, order: OrderId, candle: &Candle, certainty: Certainty) -> bool {
        let before = self.fills;
        let aim = |venue: &Self| venue.place_of(id, order).map(|place| venue.books[id.index()].resting[place].aim());
        if let Some(Aim::Limit(price) | Aim::Trigger(price)) = aim(self) {
            if self.falls_before(id, candle, price, certainty) {
                return false;
            }
            self.meet(id, order, candle, price, certainty);
        }
        let Some(place) = self.place_of(id, order) else { return self.fills > before };
        let it = &self.books[id.index()].resting[place];
        if let (Aim::Limit(limit), true) = (it.aim(), it.request.kind.sleeps()) {
            // A touch is beyond its trigger on the way to its limit; a stop must turn back, which only the close proves.
            let rest = if it.request.kind.is_stop() { Range::at(candle.close) } else { Range::of(candle) };
            if self.fills == before && self.is_met(it, candle, rest) {
                self.meet(id, order, candle, limit, certainty);
            }
        }
        if self.fills == before {
            self.books[id.index()].woken.push(order);
        }
        self.fills > before
    }

    /// A trailing stop that its old best price did not trigger: the candle's best may come first and its worst after it.
    fn fill_trailing(&mut self, id: InstrumentId, candle: &Candle, certainty: Certainty) {
        let mut arrival = 0;
        while let Some(order) = self.after(id, &mut arrival) {
            let Some(place) = self.place_of(id, order) else { continue };
            let it = &mut self.books[id.index()].resting[place];
            if it.stage != Stage::Asleep || it.best.0 == 0 {
                continue;
            }
            it.trail(if it.request.side == Side::Sell { candle.high } else { candle.low });
            let it = self.books[id.index()].resting[place];
            if let (Aim::Trigger(price), true) = (it.aim(), self.is_met(&it, candle, Range::of(candle))) {
                let sure = it.is_reached(Range::at(candle.close), self.config.queue.touches());
                let certainty = if sure { certainty } else { Certainty::PathDependent };
                if self.falls_before(id, candle, price, certainty) {
                    return;
                }
                self.meet(id, order, candle, price, certainty);
            }
        }
    }
}
