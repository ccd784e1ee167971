//! The naive matcher: how design says that orders meet candles, written plainly and slowly. It is the specification.
//!
//! It knows nothing of schedules, lanes or watched books: it goes from candle to candle with a list of orders, and price by
//! price through each.
use engine::sim::{PathModel, Session};
use engine::{
    Action, Candle, Interval, Link, Liquidity, OrderId, OrderKind, OrderRequest, Price, Qty, Side, TimeInForce,
    Timestamp, Trail,
};

/// A fill of the naive matcher.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Traded {
    pub(crate) order: OrderId,
    pub(crate) side: Side,
    pub(crate) price: Price,
    pub(crate) quantity: Qty,
    pub(crate) liquidity: Liquidity,
    pub(crate) time: Timestamp,
}

#[derive(Clone, Copy, Debug)]
struct Waiting {
    it: OrderRequest,
    left: i64,
    /// What an attached order may close now.
    closable: Option<i64>,
    dormant: bool,
    asleep: bool,
    best: Option<i64>,
    ends: Timestamp,
    /// Whether it has waited for its price: what the market is through from the start takes liquidity.
    rests: bool,
}

/// What the naive matcher assumes.
#[derive(Clone, Debug)]
pub(crate) struct Rules {
    pub(crate) path: PathModel,
    pub(crate) touch: bool,
    pub(crate) participation_ppm: Option<i64>,
    pub(crate) sessions: Vec<Session>,
}

pub(crate) struct Matcher {
    rules: Rules,
    queue: Vec<Waiting>,
    held: i64,
    room: i64,
    fills: Vec<Traded>,
}

/// The fills of commands that arrived at these times at a venue that saw these candles.
pub(crate) fn fills(rules: Rules, candles: &[Candle], commands: &[(Timestamp, Action)]) -> Vec<Traded> {
    let mut matcher = Matcher { rules, queue: Vec::new(), held: 0, room: 0, fills: Vec::new() };
    let mut arrived = 0;
    let mut before = Timestamp(i64::MIN);
    for candle in candles {
        // What arrived after the last open and before this one meets this one first; while a candle was under way it
        // waited for that candle's end.
        while let Some((time, action)) = commands.get(arrived).filter(|(time, _)| *time <= candle.open_time) {
            matcher.expire((*time).max(before));
            matcher.take(action, (*time).max(before));
            arrived += 1;
        }
        matcher.expire(candle.open_time);
        let entered = matcher.open(candle);
        // Whoever's time ends while the candle is under way may have left before it traded.
        matcher.expire(Timestamp(candle.known_time.0 - 1));
        matcher.inside(candle, &entered);
        matcher.auction(candle);
        matcher.expire(candle.known_time);
        before = candle.known_time;
    }
    matcher.fills
}

impl Matcher {
    fn place(&self, order: OrderId) -> Option<usize> {
        self.queue.iter().position(|w| w.it.order == order)
    }

    fn take(&mut self, action: &Action, now: Timestamp) {
        match *action {
            Action::Submit(it) => self.submit(it, now),
            Action::Cancel { order, .. } => self.leave(order),
            Action::Amend { order, quantity, price, .. } => self.amend(order, quantity, price),
        }
    }

    fn submit(&mut self, it: OrderRequest, now: Timestamp) {
        let attached = matches!(it.link, Link::Attached(_));
        let closes = self.held * it.side.sign() < 0;
        let auction = matches!(it.terms.time_in_force, TimeInForce::AtOpen | TimeInForce::AtClose);
        let orphan = it.link.leader().is_some_and(|leader| self.place(leader).is_none());
        if (auction && self.rules.sessions.is_empty()) || orphan || (it.terms.reduce_only && !attached && !closes) {
            return;
        }
        let ends = match it.terms.time_in_force {
            TimeInForce::GoodTilDate(end) => end,
            TimeInForce::Day if self.rules.sessions.is_empty() => {
                Timestamp((now.0.div_euclid(Interval::DAY.0) + 1) * Interval::DAY.0)
            }
            TimeInForce::Day => {
                let next = self.rules.sessions.iter().find(|s| s.close > now);
                next.map_or(Timestamp(i64::MAX), |s| s.close)
            }
            _ => Timestamp(i64::MAX),
        };
        let asleep = !matches!(it.kind, OrderKind::Market | OrderKind::Limit { .. });
        let closable = attached.then_some(0);
        let (left, best, rests) = (it.quantity.0, None, false);
        self.queue.push(Waiting { it, left, closable, dormant: attached, asleep, best, ends, rests });
    }

    fn amend(&mut self, order: OrderId, quantity: Qty, price: Option<Price>) {
        let Some(place) = self.place(order) else { return };
        let old = self.queue[place];
        let filled = old.it.quantity.0 - old.left;
        let current = old.it.kind.limit().or(old.it.kind.trigger());
        if quantity.0 <= filled || (price.is_some() && current.is_none()) {
            return;
        }
        let mut new = old;
        (new.it.quantity, new.left) = (quantity, quantity.0 - filled);
        if let Some(price) = price {
            new.it.kind = match old.it.kind {
                OrderKind::Limit { .. } => OrderKind::Limit { price },
                OrderKind::Stop { .. } => OrderKind::Stop { trigger: price },
                OrderKind::MarketIfTouched { .. } => OrderKind::MarketIfTouched { trigger: price },
                OrderKind::StopLimit { trigger, .. } => OrderKind::StopLimit { trigger, price },
                OrderKind::LimitIfTouched { trigger, .. } => OrderKind::LimitIfTouched { trigger, price },
                kind => kind,
            };
        }
        for exit in self.queue.iter_mut().filter(|w| w.it.link == Link::Attached(order)) {
            if quantity > old.it.quantity && exit.it.quantity == old.it.quantity {
                exit.left += quantity.0 - old.it.quantity.0;
                exit.it.quantity = quantity;
            }
        }
        let moved = price.is_some() && price != current;
        new.rests = old.rests && !moved;
        if moved || quantity > old.it.quantity {
            self.queue.remove(place);
            self.queue.push(new);
        } else {
            self.queue[place] = new;
        }
    }

    /// An order leaves for another reason than its last fill; so does what is tied to it.
    fn leave(&mut self, order: OrderId) {
        if let Some(place) = self.place(order) {
            let gone = self.queue.remove(place);
            self.settle(gone);
        }
    }

    /// What an order that has gone leaves behind.
    fn settle(&mut self, gone: Waiting) {
        let own = gone.it.order;
        self.queue.retain(|w| w.it.link != Link::Attached(own) || w.closable != Some(0));
        self.bound(own);
        let group = match gone.it.link {
            Link::Attached(_) => return,
            Link::OneCancelsOther(leader) => leader,
            Link::Alone => own,
        };
        let member = |w: &Waiting| w.it.order == group || w.it.link == Link::OneCancelsOther(group);
        while let Some(place) = self.queue.iter().position(member) {
            let order = self.queue.remove(place).it.order;
            self.queue.retain(|w| w.it.link != Link::Attached(order) || w.closable != Some(0));
        }
    }

    /// Of a leader that has gone: attached orders keep what they may still close.
    fn bound(&mut self, leader: OrderId) {
        for w in self.queue.iter_mut().filter(|w| w.it.link == Link::Attached(leader)) {
            let filled = w.it.quantity.0 - w.left;
            w.left = w.left.min(w.closable.unwrap_or(i64::MAX));
            w.it.quantity = Qty(filled + w.left);
        }
    }

    fn expire(&mut self, now: Timestamp) {
        while let Some(over) = self.queue.iter().find(|w| w.ends <= now) {
            self.leave(over.it.order);
        }
    }

    /// Trades what can be traded, at most what the candle has room for.
    fn trade(&mut self, order: OrderId, price: i64, liquidity: Liquidity, time: Timestamp) {
        let Some(place) = self.place(order) else { return };
        let w = self.queue[place];
        let wanted = w.left.min(w.closable.unwrap_or(i64::MAX));
        let mut quantity = wanted.min(self.room);
        if w.it.terms.reduce_only {
            let closes = (-self.held * w.it.side.sign()).max(0);
            if closes == 0 {
                self.leave(order);
                return;
            }
            quantity = quantity.min(closes);
        }
        if quantity == 0 || (w.it.terms.time_in_force == TimeInForce::FillOrKill && quantity < wanted) {
            return;
        }
        self.room -= quantity;
        self.held += quantity * w.it.side.sign();
        let (side, quantity_filled) = (w.it.side, Qty(quantity));
        self.fills.push(Traded { order, side, price: Price(price), quantity: quantity_filled, liquidity, time });
        self.queue[place].left -= quantity;
        if let Some(closable) = &mut self.queue[place].closable {
            *closable -= quantity;
        }
        let done = self.queue[place];
        if done.left == 0 {
            self.queue.remove(place);
        }
        self.tell(done, quantity, price);
        let attached = matches!(done.it.link, Link::Attached(_));
        if done.left == 0 {
            self.settle(done);
        } else if done.it.terms.reduce_only && !attached && self.held == 0 {
            self.leave(order);
        }
    }

    /// What a fill means for the orders that are tied to it.
    fn tell(&mut self, filled: Waiting, quantity: i64, price: i64) {
        let (own, touch) = (filled.it.order, self.rules.touch);
        for w in &mut self.queue {
            if w.it.link == Link::Attached(own) {
                w.closable = w.closable.map(|c| c + quantity);
                if w.dormant {
                    (w.dormant, w.best) = (false, Some(price));
                    w.rests = !w.enough(price, price, touch);
                }
            }
            let sibling = matches!(filled.it.link, Link::Attached(_)) && w.it.link == filled.it.link;
            if sibling && w.it.order != own {
                w.closable = w.closable.map(|c| c - quantity);
            }
        }
        let group = match filled.it.link {
            Link::Attached(leader) => {
                if self.place(leader).is_none() {
                    self.queue.retain(|w| w.it.link != Link::Attached(leader) || w.closable != Some(0));
                    self.bound(leader);
                }
                return;
            }
            Link::OneCancelsOther(leader) => leader,
            Link::Alone => own,
        };
        for w in &mut self.queue {
            let member = w.it.order == group || w.it.link == Link::OneCancelsOther(group);
            if member && w.it.order != own {
                w.left -= quantity;
                w.it.quantity = Qty(w.it.quantity.0 - quantity);
            }
        }
    }
}

mod meeting;
