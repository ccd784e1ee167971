//! What matches at a tick: takers against the standing quote, resting limits against what trades at or beyond their price.
//!
//! Assumptions, as the tear sheet states them: an order meets the first tick at or after its arrival and trades at the
//! quote that stands then; without a quote so far, at the price of the next trade. What takes from a quote is bounded by
//! what it shows less what we took of it; a trade bounds what fills at its own price only. Orders are met oldest first,
//! each once a tick; what an order rouses waits for the next tick. Ticks themselves never change for what we do.
use super::path::Range;
use super::queue::{Queue, after_quote, eaten, is_beyond, is_within, joined};
use super::quotes::{Pool, Shown};
use super::resting::{Aim, Resting, Stage};
use super::venue::{Match, SimVenue};
use crate::event::{Certainty, Liquidity, Reason, Report};
use crate::instrument::InstrumentId;
use crate::order::{OrderId, OrderKind, OrderRequest, TimeInForce};
use crate::tick::{Tick, TickBody};
use crate::{Price, Qty, Side, Timestamp};

/// From what, and how much at most.
#[derive(Clone, Copy, Debug)]
struct Source {
    pool: Pool,
    room: Qty,
}

impl Resting {
    /// It comes to a market that shows a quote: what the quote satisfies takes liquidity, everything else joins the queue
    /// of its price. Without a quote the first trade decides.
    pub(super) fn arrive(&mut self, shown: &Shown) {
        let (Aim::Limit(limit), Some(quote)) = (self.aim(), &shown.quote) else { return };
        let side = self.request.side;
        self.fresh = self.request.terms.time_in_force.is_immediate() || is_within(side, quote.cost(side), limit);
        self.ahead = if self.fresh { None } else { joined(side, limit, quote) };
    }
}

impl SimVenue {
    /// From now on an instrument meets ticks.
    pub(super) fn see_ticks(&mut self, id: InstrumentId) {
        self.books[id.index()].shown = Some(alloc::boxed::Box::default());
    }

    /// Whether a post-only limit would trade as it arrives: the standing quote says so.
    pub(super) fn would_take(&self, request: &OrderRequest) -> bool {
        let OrderRequest { side, kind: OrderKind::Limit { price: limit }, terms, .. } = *request else { return false };
        let quote = || self.books[request.instrument.index()].shown.as_ref()?.quote;
        terms.post_only && quote().is_some_and(|quote| is_within(side, quote.cost(side), limit))
    }

    /// Whether it has something to report.
    #[inline]
    pub(super) fn has_reports(&self) -> bool {
        !self.reports.is_empty()
    }

    /// Shows the venue a tick.
    pub(super) fn tick(&mut self, id: InstrumentId, tick: &Tick) {
        let book = &mut self.books[id.index()];
        let Some(shown) = &mut book.shown else { return };
        let opens = shown.note(tick, &book.sessions);
        shown.count += 1;
        self.costs_at = tick.time;
        self.note_mark(id);
        // As at an open: what a tick takes from an isolated position is at most its margin.
        if self.account.stake(id.index()).is_some() {
            self.fall_short_at(id, tick);
        }
        let mut arrival = 0;
        while let Some(order) = self.after(id, &mut arrival) {
            self.meet_tick(id, order, tick, opens);
        }
        self.fall_short_at(id, tick);
        self.watch(id);
    }

    /// Notes what the holding of an instrument is worth by what its market shows.
    pub(super) fn note_mark(&mut self, id: InstrumentId) {
        let held = self.held_side(id);
        if let Some(price) = self.books[id.index()].shown.as_ref().and_then(|shown| shown.mark(held)) {
            self.note_price(id, price);
        }
    }

    /// The side of a position; none counts as long.
    fn held_side(&self, id: InstrumentId) -> Side {
        if self.account.quantity(id.index()) < Qty::ZERO { Side::Sell } else { Side::Buy }
    }

    /// Liquidates what the account cannot carry at this tick: a trade's price, or what the quote would give. It is closed
    /// at the worse of the two.
    fn fall_short_at(&mut self, id: InstrumentId, tick: &Tick) {
        if !self.is_margined(id) {
            return;
        }
        let side = self.held_side(id).opposite();
        let quote = self.books[id.index()].shown.as_ref().and_then(|shown| shown.quote).map(|quote| quote.cost(side));
        let mark = match tick.body {
            TickBody::Trade { price, .. } => price,
            TickBody::Quote { bid, ask, .. } => {
                if side == Side::Sell {
                    bid.min(ask)
                } else {
                    ask.max(bid)
                }
            }
        };
        if self.liquidation_on(id, mark, mark).is_some() {
            let worse = quote.filter(|quote| is_beyond(side.opposite(), *quote, mark)).unwrap_or(mark);
            self.liquidate(id, &Match::at(worse, Certainty::Certain, tick.time));
        }
    }

    fn meet_tick(&mut self, id: InstrumentId, order: OrderId, tick: &Tick, opens: bool) {
        let Some(place) = self.place_of(id, order) else { return };
        let book = &mut self.books[id.index()];
        let (Some(shown), it) = (&book.shown, &mut book.resting[place]) else { return };
        let trigger = shown.trigger(tick, it.request.side);
        if it.roused_at == shown.count || !it.works() {
            return;
        }
        let time_in_force = it.request.terms.time_in_force;
        match (time_in_force, tick.body) {
            (TimeInForce::AtClose, TickBody::Trade { price, .. }) => it.best = price,
            (TimeInForce::AtOpen, TickBody::Trade { price, .. }) if opens => self.auction(id, order, price, tick.time),
            _ if time_in_force.is_auction() => {}
            _ => {
                if let Some(price) = trigger {
                    it.trail(price);
                }
                let woken = it.stage == Stage::Asleep;
                if woken && !trigger.is_some_and(|price| it.is_reached(Range::at(price), true)) {
                    return;
                }
                if woken {
                    it.stage = Stage::Awake;
                    it.arrive(shown);
                }
                self.meet_awake(id, order, tick, woken);
                if time_in_force.is_immediate() {
                    self.drop_order(id, order, Report::Expired { order });
                }
            }
        }
    }

    fn meet_awake(&mut self, id: InstrumentId, order: OrderId, tick: &Tick, woken: bool) {
        let Some(place) = self.place_of(id, order) else { return };
        let it = &self.books[id.index()].resting[place];
        match it.aim() {
            Aim::Market => self.take_at(id, order, tick.time),
            Aim::Limit(_) if it.fresh => self.meet_fresh(id, order, tick, woken),
            // What a tick has woken stands behind it.
            Aim::Limit(limit) if !woken => self.meet_resting(id, order, tick, limit),
            _ => {}
        }
    }

    /// A limit that has not waited for its price yet: it takes what the market gives up to its price, or comes to rest.
    fn meet_fresh(&mut self, id: InstrumentId, order: OrderId, tick: &Tick, woken: bool) {
        let Some(place) = self.place_of(id, order) else { return };
        let touch = self.config.queue.touches();
        let book = &mut self.books[id.index()];
        let (Some(shown), it) = (&book.shown, &mut book.resting[place]) else { return };
        let (Some(limit), side) = (it.request.kind.limit(), it.request.side) else { return };
        let takes = match (&shown.quote, tick.body) {
            (Some(quote), _) => is_within(side, quote.cost(side), limit),
            (None, TickBody::Trade { price, .. }) if woken || touch => is_within(side, price, limit),
            (None, TickBody::Trade { price, .. }) => is_beyond(side, price, limit),
            (None, TickBody::Quote { .. }) => false,
        };
        if !takes {
            it.fresh = false;
            it.ahead = shown.quote.and_then(|quote| joined(side, limit, &quote));
        } else if it.request.terms.post_only {
            self.drop_order(id, order, Report::Rejected { order, reason: Reason::PostOnly });
        } else {
            self.take_at(id, order, tick.time);
        }
    }

    /// Takes what the standing quote gives, or what just traded where there is no quote.
    fn take_at(&mut self, id: InstrumentId, order: OrderId, time: Timestamp) {
        let Some(place) = self.place_of(id, order) else { return };
        let book = &self.books[id.index()];
        let (Some(shown), request) = (&book.shown, &book.resting[place].request) else { return };
        let (side, share) = (request.side, self.config.participation_ppm);
        let (source, price, quoted) = match (&shown.quote, &shown.print) {
            (Some(quote), _) => {
                let pool = Pool::Quote(side);
                let room = shown.level(pool).map_or(Qty::ZERO, |level| level.room(share));
                (Source { pool, room }, quote.cost(side), true)
            }
            (None, Some(print)) => (Source { pool: Pool::Print, room: self.beyond(id) }, print.price, false),
            (None, None) => return,
        };
        // Without a quote a limit at the very price takes only because the model says so.
        let by_model = !quoted && self.config.queue.touches() && request.kind == (OrderKind::Limit { price });
        let certainty = if by_model { Certainty::PathDependent } else { Certainty::Certain };
        let at = Match { price, liquidity: Liquidity::Taker, certainty, time, quoted };
        self.trade_from(id, order, source, &at);
    }

    /// How much may fill at what just traded beyond the price of an order: all of it, or the share that we may be of it.
    fn beyond(&self, id: InstrumentId) -> Qty {
        let print = self.books[id.index()].shown.as_ref().and_then(|shown| shown.print);
        match (print, self.config.participation_ppm) {
            (Some(print), Some(share)) => print.room(Some(share)),
            _ => Qty(i64::MAX),
        }
    }

    /// A limit that waits: its price has been passed, or traded at, or neither.
    fn meet_resting(&mut self, id: InstrumentId, order: OrderId, tick: &Tick, limit: Price) {
        let Some(place) = self.place_of(id, order) else { return };
        let share = self.config.participation_ppm;
        let room_beyond = self.beyond(id);
        let book = &mut self.books[id.index()];
        let (Some(shown), it) = (&book.shown, &mut book.resting[place]) else { return };
        let side = it.request.side;
        let mut certainty = Certainty::Certain;
        let source = match tick.body {
            TickBody::Quote { .. } => {
                let Some(quote) = &shown.quote else { return };
                it.ahead = after_quote(it.ahead, side, limit, quote);
                let pool = Pool::Quote(side);
                let room = shown.level(pool).map_or(Qty::ZERO, |level| level.room(share));
                is_beyond(side, quote.cost(side), limit).then_some(Source { pool, room })
            }
            TickBody::Trade { price, .. } if is_beyond(side, price, limit) => {
                Some(Source { pool: Pool::Print, room: room_beyond })
            }
            TickBody::Trade { price, quantity, taker } if price == limit => {
                let taken = shown.print.map_or(Qty::ZERO, |print| print.taken);
                let left = match self.config.queue {
                    Queue::Through => Qty::ZERO,
                    Queue::Touch => {
                        certainty = Certainty::PathDependent;
                        quantity
                    }
                    // Who takes on our own side takes from the other side's queue.
                    Queue::VolumeAhead if taker == Some(side) => Qty::ZERO,
                    Queue::VolumeAhead => eaten(&mut it.ahead, quantity),
                };
                let room = Qty((left.0 - taken.0).max(0)).min(room_beyond);
                Some(Source { pool: Pool::Print, room })
            }
            TickBody::Trade { .. } => None,
        };
        if let Some(source) = source {
            let at = Match { price: limit, liquidity: Liquidity::Maker, certainty, time: tick.time, quoted: false };
            self.trade_from(id, order, source, &at);
        }
    }

    /// Trades an order from what a tick or a quote has room for, and takes note of it there.
    fn trade_from(&mut self, id: InstrumentId, order: OrderId, source: Source, at: &Match) {
        let book = &mut self.books[id.index()];
        let Some(level) = book.shown.as_ref().and_then(|shown| shown.level(source.pool)) else { return };
        book.room = source.room;
        book.volume = if level.is_sized() { level.size.0 } else { 0 };
        book.taken = level.taken;
        let traded = self.trade(id, order, at);
        if let Some(shown) = &mut self.books[id.index()].shown {
            shown.take(source.pool, traded);
        }
    }

    /// An auction at the price of one trade, of which our share may be bounded.
    fn auction(&mut self, id: InstrumentId, order: OrderId, price: Price, time: Timestamp) {
        let touch = self.config.queue.touches();
        let reached = self
            .place_of(id, order)
            .is_some_and(|p| self.books[id.index()].resting[p].is_reached(Range::at(price), touch));
        if reached {
            let source = Source { pool: Pool::Print, room: self.beyond(id) };
            self.trade_from(id, order, source, &Match::at(price, Certainty::Certain, time));
        }
        self.drop_order(id, order, Report::Expired { order });
    }

    /// The close of a session: an order that waits for it trades at the last trade that it saw.
    pub(super) fn close_on_ticks(&mut self, id: InstrumentId, order: OrderId, now: Timestamp) {
        let Some(place) = self.place_of(id, order) else { return };
        let it = &self.books[id.index()].resting[place];
        if it.request.terms.time_in_force == TimeInForce::AtClose && it.best.0 != 0 {
            self.auction(id, order, it.best, now);
        }
    }
}
