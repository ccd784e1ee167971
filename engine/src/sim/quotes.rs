//! What a market shows: the standing quote, and the last trade.
//!
//! What we take of a level stays taken while its price stands: the data does not know that we took it. A level that
//! becomes smaller than that has lost what we took first. Where a bid stands above the ask, neither is free money: a buy
//! pays the higher and a sale gets the lower of the two.
use super::sessions::Sessions;
use crate::ledger::share;
use crate::tick::{Tick, TickBody};
use crate::{Price, Qty, Side, Timestamp};

/// One price with what is for sale, or wanted, there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Level {
    pub(super) price: Price,
    /// As shown; [`Tick::NO_SIZE`] where the source has none.
    pub(super) size: Qty,
    /// What of it was ours.
    pub(super) taken: Qty,
}

impl Level {
    fn new(price: Price, size: Qty) -> Self {
        Self { price, size, taken: Qty::ZERO }
    }

    /// The same level in the next quote.
    fn shown_again(self, price: Price, size: Qty) -> Self {
        let taken = if price == self.price { self.taken.min(size) } else { Qty::ZERO };
        Self { price, size, taken }
    }

    pub(super) fn is_sized(&self) -> bool {
        self.size != Tick::NO_SIZE
    }

    /// What may still be ours of a share of it in parts per million; without a size there is no bound.
    pub(super) fn room(&self, share_ppm: Option<i64>) -> Qty {
        if !self.is_sized() {
            return Tick::NO_SIZE;
        }
        let most = share_ppm.map_or(self.size, |ppm| {
            let most = share(i128::from(self.size.0), i128::from(ppm), 1_000_000);
            Qty(i64::try_from(most).unwrap_or(i64::MAX))
        });
        Qty((most.0 - self.taken.0).max(0))
    }
}

/// The best bid and ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Quote {
    pub(super) bid: Level,
    pub(super) ask: Level,
}

impl Quote {
    /// What taking liquidity trades at: the other side's price, or our own side's where that is worse.
    pub(super) fn cost(&self, side: Side) -> Price {
        match side {
            Side::Buy => self.ask.price.max(self.bid.price),
            Side::Sell => self.bid.price.min(self.ask.price),
        }
    }

    /// The level that an order of a side waits at or before.
    pub(super) fn own(&self, side: Side) -> &Level {
        match side {
            Side::Buy => &self.bid,
            Side::Sell => &self.ask,
        }
    }
}

/// Of what our fills are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pool {
    /// The last trade.
    Print,
    /// The side of the standing quote that an order of this side takes.
    Quote(Side),
}

/// What a market shows at an instant, as the venue needs it.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    pub(super) quote: Option<Quote>,
    /// The last trade; what is taken of it counts within its own tick.
    pub(super) print: Option<Level>,
    /// Ticks that the venue has matched against: an order that another one roused waits for the next.
    pub(super) count: u64,
    /// The open of the last session of which a trade was seen.
    opened: Timestamp,
}

impl Default for Shown {
    /// Nothing yet.
    fn default() -> Self {
        Self { quote: None, print: None, count: 0, opened: Timestamp::MIN }
    }
}

impl Shown {
    /// Takes note of a tick; whether it is the first trade of a session.
    pub(super) fn note(&mut self, tick: &Tick, sessions: &Sessions) -> bool {
        match tick.body {
            TickBody::Trade { price, quantity, .. } => {
                self.print = Some(Level::new(price, quantity));
                let open = sessions.open_at(tick.time).unwrap_or(Timestamp::MIN);
                let opens = open > self.opened;
                self.opened = self.opened.max(open);
                return opens;
            }
            TickBody::Quote { bid, ask, bid_size, ask_size } => {
                self.quote = Some(match self.quote {
                    None => Quote { bid: Level::new(bid, bid_size), ask: Level::new(ask, ask_size) },
                    Some(last) => {
                        Quote { bid: last.bid.shown_again(bid, bid_size), ask: last.ask.shown_again(ask, ask_size) }
                    }
                });
            }
        }
        false
    }

    /// Goes past ticks that nothing waits for: only the last trade and the last quote of them matter, but for what we
    /// took of a level that still stands.
    pub(super) fn pass(&mut self, mut ticks: &[Tick], sessions: &Sessions) {
        while self.quote.is_some_and(|q| q.bid.taken.0 > 0 || q.ask.taken.0 > 0)
            && let Some((tick, rest)) = ticks.split_first()
        {
            self.note(tick, sessions);
            ticks = rest;
        }
        let last = |is: fn(&Tick) -> bool| ticks.iter().rev().find(|tick| is(tick));
        let is_trade = |tick: &Tick| matches!(tick.body, TickBody::Trade { .. });
        let trade = last(is_trade);
        let quote = last(|tick| matches!(tick.body, TickBody::Quote { .. }));
        for tick in [quote, trade].into_iter().flatten() {
            self.note(tick, sessions);
        }
    }

    /// A split has made all prices others.
    pub(super) fn forget(&mut self) {
        (self.quote, self.print) = (None, None);
    }

    pub(super) fn level(&self, pool: Pool) -> Option<&Level> {
        match pool {
            Pool::Print => self.print.as_ref(),
            Pool::Quote(side) => self.quote.as_ref().map(|quote| quote.own(side.opposite())),
        }
    }

    pub(super) fn take(&mut self, pool: Pool, quantity: Qty) {
        let level = match (pool, &mut self.quote) {
            (Pool::Print, _) => self.print.as_mut(),
            (Pool::Quote(Side::Buy), Some(quote)) => Some(&mut quote.ask),
            (Pool::Quote(Side::Sell), Some(quote)) => Some(&mut quote.bid),
            (Pool::Quote(_), None) => None,
        };
        if let Some(level) = level {
            level.taken = Qty(level.taken.0.saturating_add(quantity.0));
        }
    }

    /// The price that a trigger of a side looks at: a trade's, where there are trades; else what that side would trade at.
    pub(super) fn trigger(&self, tick: &Tick, side: Side) -> Option<Price> {
        match (tick.body, &self.quote) {
            (TickBody::Trade { price, .. }, _) => Some(price),
            (TickBody::Quote { .. }, Some(quote)) if self.print.is_none() => Some(quote.cost(side)),
            _ => None,
        }
    }

    /// What the holding of a side is worth now: the last trade, where there are trades; else what closing it would get.
    pub(super) fn mark(&self, held: Side) -> Option<Price> {
        self.print.map(|print| print.price).or_else(|| self.quote.map(|quote| quote.cost(held.opposite())))
    }
}
