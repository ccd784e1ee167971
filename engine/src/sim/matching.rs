//! What matches when: at the open of a candle, and along the path inside it.
//!
//! Assumptions, as the tear sheet states them: a market order fills whole at the first open after it arrived, a limit at
//! its price once the price traded through it, a stop at its trigger once touched; what the open has already passed fills
//! at the open. Nothing here depends on volume: an order is assumed to be small.
use super::path::{PathModel, reaches};
use super::venue::{Match, Resting, SimVenue};
use crate::event::{Certainty, Liquidity};
use crate::instrument::InstrumentId;
use crate::order::OrderKind;
use crate::{Candle, Side};
use alloc::vec::Vec;

impl SimVenue {
    /// Shows the venue the open of a candle: everything that the open price satisfies trades there.
    pub(super) fn open(&mut self, id: InstrumentId, candle: &Candle) {
        self.note_price(id, candle.open);
        let open = candle.open;
        let touch = self.config.touch;
        self.books[id.index()].at_open.clear();
        let mut place = 0;
        while place < self.books[id.index()].resting.len() {
            let resting = &mut self.books[id.index()].resting[place];
            let fresh = core::mem::replace(&mut resting.fresh, false);
            let request = resting.request;
            let fills =
                matches!(request.kind, OrderKind::Market) || reaches(&request.kind, request.side, open, open, touch);
            if !fills {
                place += 1;
                continue;
            }
            // A limit that rested before the market came to it was there first.
            let rested = matches!(request.kind, OrderKind::Limit { .. }) && !fresh;
            let liquidity = if rested { Liquidity::Maker } else { Liquidity::Taker };
            let resting = self.books[id.index()].resting.remove(place);
            let at = Match { price: open, liquidity, certainty: Certainty::Certain, time: candle.open_time };
            if self.trade(resting, &at) {
                self.books[id.index()].at_open.push(request.side);
            }
        }
        self.watch(id);
    }

    /// Shows the venue the whole candle, at its known time: orders within its range trade in the order of the path.
    pub(super) fn path(&mut self, id: InstrumentId, candle: &Candle) {
        let mut reached = self.take_reached(id, candle);
        let certainty = certainty(&reached);
        match self.config.path {
            PathModel::Pessimistic => self.pessimistic(id, candle, reached, certainty),
            model => {
                // A stable sort: orders at one point of the path trade in the order of their arrival.
                reached.sort_by_key(|r| model.distance(candle, &r.request.kind, r.request.side));
                for resting in reached {
                    self.trade_inside(resting, candle, certainty);
                }
            }
        }
        self.watch(id);
    }

    /// Takes the orders that the candle's range fills out of the book, oldest first.
    fn take_reached(&mut self, id: InstrumentId, candle: &Candle) -> Vec<Resting> {
        let touch = self.config.touch;
        let is_reached = |r: &Resting| reaches(&r.request.kind, r.request.side, candle.low, candle.high, touch);
        let resting = &mut self.books[id.index()].resting;
        if !resting.iter().any(is_reached) {
            return Vec::new(); // allocates nothing
        }
        let (reached, left) = resting.iter().partition(|r| is_reached(r));
        *resting = left;
        reached
    }

    /// Entries first, then stops, then targets; a target waits if the position was entered in this very candle, at its
    /// open or inside it, and a stop could have filled.
    fn pessimistic(&mut self, id: InstrumentId, candle: &Candle, reached: Vec<Resting>, mut certainty: Certainty) {
        let held = self.account.quantity(id.index());
        let entry_side = if held.is_zero() { reached.first().map(|r| r.request.side) } else { Some(Side::of(held)) };
        let Some(entry_side) = entry_side else { return };
        let is_stop = |r: &Resting| matches!(r.request.kind, OrderKind::Stop { .. });
        let (entries, exits): (Vec<Resting>, Vec<Resting>) =
            reached.into_iter().partition(|r| r.request.side == entry_side);
        let (stops, targets): (Vec<Resting>, Vec<Resting>) = exits.into_iter().partition(is_stop);
        let entered = !entries.is_empty() || self.books[id.index()].at_open.contains(&entry_side);
        let targets_wait = entered && !stops.is_empty();
        if targets_wait && !targets.is_empty() {
            certainty = Certainty::PathDependent;
        }
        for resting in entries.into_iter().chain(stops) {
            self.trade_inside(resting, candle, certainty);
        }
        for resting in targets {
            if targets_wait {
                let book = &mut self.books[id.index()].resting;
                let place = book.partition_point(|r| r.arrival < resting.arrival);
                book.insert(place, resting);
            } else {
                self.trade_inside(resting, candle, certainty);
            }
        }
    }

    fn trade_inside(&mut self, resting: Resting, candle: &Candle, certainty: Certainty) {
        let Some(price) = resting.request.kind.price() else { return };
        let liquidity = match resting.request.kind {
            OrderKind::Limit { .. } => Liquidity::Maker,
            _ => Liquidity::Taker,
        };
        self.trade(resting, &Match { price, liquidity, certainty, time: candle.known_time });
    }
}

/// Whether the order of the fills inside a candle is open: only when both sides were reached.
fn certainty(reached: &[Resting]) -> Certainty {
    let both = |side| reached.iter().any(|r| r.request.side == side);
    if both(Side::Buy) && both(Side::Sell) { Certainty::PathDependent } else { Certainty::Certain }
}
