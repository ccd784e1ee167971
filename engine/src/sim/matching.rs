//! What matches at the prices that everybody sees: the open of a candle, and the auctions.
//!
//! Assumptions, as the tear sheet states them: a market order fills at the first open after it arrived, a limit at its
//! price once the price traded through it, a stop at its trigger once touched; what the open has already passed fills at
//! the open. Where no share of volume is set, an order is assumed to be small. What happens inside is in
//! [`super::inside`].
use super::path::Range;
use super::resting::{Aim, Stage};
use super::venue::{Match, SimVenue};
use crate::event::{Certainty, Liquidity, Reason, Report};
use crate::instrument::InstrumentId;
use crate::order::{OrderId, TimeInForce};
use crate::{Candle, Qty};

impl SimVenue {
    /// Shows the venue the open of a candle: everything that the open price satisfies trades there.
    pub(super) fn open(&mut self, id: InstrumentId, candle: &Candle) {
        self.note_price(id, candle.open);
        self.costs_at = candle.open_time;
        let room = self.room(candle);
        let book = &mut self.books[id.index()];
        book.at_open.clear();
        book.room = room;
        (book.volume, book.taken) = (candle.volume, Qty::ZERO);
        let opening = book.sessions.opens_with(candle);
        // What an open takes from an isolated position is at most its margin, whatever would have closed it there.
        if self.account.stake(id.index()).is_some() {
            self.look_at_open(id, candle);
        }
        let mut arrival = 0;
        while let Some(order) = self.after(id, &mut arrival) {
            self.meet_open(id, order, candle, opening);
        }
        self.look_at_open(id, candle);
        self.watch(id);
    }

    fn look_at_open(&mut self, id: InstrumentId, candle: &Candle) {
        if let Some(price) = self.liquidation_on(id, candle.open, candle.open) {
            self.liquidate(id, &Match::at(price, Certainty::Certain, candle.open_time));
        }
    }

    /// The next order in the order of arrival, whatever the last one did to the book.
    pub(super) fn after(&self, id: InstrumentId, arrival: &mut u64) -> Option<OrderId> {
        let resting = &self.books[id.index()].resting;
        let next = resting.get(resting.partition_point(|r| r.arrival <= *arrival))?;
        *arrival = next.arrival;
        Some(next.request.order)
    }

    fn meet_open(&mut self, id: InstrumentId, order: OrderId, candle: &Candle, opening: bool) {
        let (touch, open) = (self.config.queue.touches(), candle.open);
        let Some(place) = self.place_of(id, order) else { return };
        let it = &mut self.books[id.index()].resting[place];
        let time_in_force = it.request.terms.time_in_force;
        let meets = match time_in_force {
            TimeInForce::AtOpen => opening,
            TimeInForce::AtClose => false,
            _ => it.expires > candle.open_time,
        };
        it.trail(open);
        if !it.works() || !meets {
            return;
        }
        let slept = it.stage == Stage::Asleep;
        if slept && it.is_reached(Range::at(open), touch) {
            it.stage = Stage::Awake;
        }
        let trades = it.stage == Stage::Awake && it.is_reached(Range::at(open), touch);
        // What the volume leaves of an order that takes liquidity takes it at the next open too.
        it.fresh = trades && (it.fresh || slept);
        if trades {
            if it.request.terms.post_only && it.fresh {
                self.drop_order(id, order, Report::Rejected { order, reason: Reason::PostOnly });
                return;
            }
            // A limit that rested before the market came to it was there first.
            let rested = matches!(it.aim(), Aim::Limit(_)) && !it.fresh;
            let liquidity = if rested { Liquidity::Maker } else { Liquidity::Taker };
            let side = it.request.side;
            let at =
                Match { price: open, liquidity, certainty: Certainty::Certain, time: candle.open_time, quoted: false };
            if self.trade(id, order, &at) > Qty::ZERO {
                self.books[id.index()].at_open.push(side);
            }
        }
        if time_in_force.is_immediate() || time_in_force == TimeInForce::AtOpen {
            self.drop_order(id, order, Report::Expired { order });
        }
    }

    /// Shows the venue the closing auction of a session: orders that wait for it trade at the close or expire.
    pub(super) fn close(&mut self, id: InstrumentId, candle: &Candle) {
        let mut arrival = 0;
        while let Some(order) = self.after(id, &mut arrival) {
            let Some(place) = self.place_of(id, order) else { continue };
            let it = &self.books[id.index()].resting[place];
            if it.request.terms.time_in_force != TimeInForce::AtClose {
                continue;
            }
            if it.is_reached(Range::at(candle.close), self.config.queue.touches()) {
                let at = Match::at(candle.close, Certainty::Certain, candle.known_time);
                self.trade(id, order, &at);
            }
            self.drop_order(id, order, Report::Expired { order });
        }
    }
}
