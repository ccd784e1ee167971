//! The naive matcher on ticks: how design says that orders meet trades and quotes, written plainly. It is the specification.
//!
//! It knows nothing of watched books or of ticks that are passed in one go: it goes from tick to tick with a list of orders
//! that are tied to nothing.
use crate::matcher::Traded;
use engine::sim::Queue;
use engine::{
    Action, Liquidity, OrderId, OrderKind, OrderRequest, Price, Qty, Side, Tick, TickBody, TimeInForce, Timestamp,
    Trail,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Asleep,
    /// It has not waited for its price.
    New,
    /// It waits, and so much is known to stand ahead of it.
    Waits(Option<i64>),
}

#[derive(Clone, Copy, Debug)]
struct Order {
    it: OrderRequest,
    left: i64,
    state: State,
    best: Option<i64>,
}

/// One side of the quote: price, size, and what of it was ours.
#[derive(Clone, Copy, Debug)]
struct Half {
    price: i64,
    size: i64,
    ours: i64,
}

/// What the naive matcher assumes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    pub(crate) queue: Queue,
    pub(crate) participation_ppm: Option<i64>,
}

struct Matcher {
    rules: Rules,
    queue: Vec<Order>,
    quote: Option<(Half, Half)>,
    trades_seen: bool,
    fills: Vec<Traded>,
}

/// The fills of commands that arrived at these times at a venue that saw these ticks.
pub(crate) fn fills(rules: Rules, ticks: &[Tick], commands: &[(Timestamp, Action)]) -> Vec<Traded> {
    let (mut matcher, mut arrived) = (
        Matcher { rules, queue: Vec::new(), quote: None, trades_seen: false, fills: Vec::new() },
        commands.iter().peekable(),
    );
    for tick in ticks {
        while let Some((_, action)) = arrived.next_if(|(time, _)| *time <= tick.time) {
            matcher.take(action);
        }
        matcher.see(tick);
    }
    matcher.fills
}

impl Matcher {
    fn place(&self, order: OrderId) -> Option<usize> {
        self.queue.iter().position(|o| o.it.order == order)
    }

    fn take(&mut self, action: &Action) {
        match *action {
            Action::Submit(it) => {
                let sleeps = !matches!(it.kind, OrderKind::Market | OrderKind::Limit { .. });
                let state = if sleeps { State::Asleep } else { State::New };
                let order = Order { it, left: it.quantity.0, state, best: None };
                self.queue.extend(self.come(order));
            }
            Action::Cancel { order, .. } => self.queue.retain(|o| o.it.order != order),
            Action::Amend { order, quantity, price, .. } => self.amend(order, quantity.0, price),
        }
    }

    /// An order comes to its price: by the quote it takes, waits, or is refused.
    fn come(&self, mut order: Order) -> Option<Order> {
        let (OrderKind::Limit { price }, Some(_)) = (order.it.kind, self.quote) else { return Some(order) };
        let now = matches!(order.it.terms.time_in_force, TimeInForce::ImmediateOrCancel | TimeInForce::FillOrKill);
        let takes = self.pays(order.it.side).is_some_and(|cost| order.it.side.sign() * (price.0 - cost) >= 0);
        if takes && order.it.terms.post_only {
            return None;
        }
        order.state = if takes || now { State::New } else { State::Waits(self.ahead(order.it.side, price.0)) };
        Some(order)
    }

    fn amend(&mut self, order: OrderId, quantity: i64, price: Option<Price>) {
        let Some(place) = self.place(order) else { return };
        let old = self.queue[place];
        let filled = old.it.quantity.0 - old.left;
        let current = old.it.kind.limit().or(old.it.kind.trigger());
        if quantity <= filled || (price.is_some() && current.is_none()) {
            return;
        }
        let mut new = Order { left: quantity - filled, ..old };
        new.it.quantity = Qty(quantity);
        new.it.kind = new.it.kind.repriced(price);
        let moved = price.is_some() && price != current;
        if !moved && quantity <= old.it.quantity.0 {
            self.queue[place] = new;
            return;
        }
        self.queue.remove(place);
        if new.state == State::Asleep {
            self.queue.push(new);
            return;
        }
        // A stop-limit that has woken is a limit like any other.
        let limit = new.it.kind.limit();
        if moved {
            new.state = State::New;
        }
        let as_limit = limit.map(|price| OrderRequest { kind: OrderKind::Limit { price }, ..new.it });
        let came = as_limit.map_or(Some(new), |it| self.come(Order { it, ..new }));
        self.queue.extend(came.map(|came| Order { it: new.it, ..came }));
    }

    /// What a side pays or gets by the quote.
    fn pays(&self, side: Side) -> Option<i64> {
        let (bid, ask) = self.quote?;
        Some(if side == Side::Buy { bid.price.max(ask.price) } else { bid.price.min(ask.price) })
    }

    /// What stands ahead of somebody who comes to a price now.
    fn ahead(&self, side: Side, price: i64) -> Option<i64> {
        let (bid, ask) = self.quote?;
        let own = if side == Side::Buy { bid } else { ask };
        match (price - own.price) * side.sign() {
            1.. => Some(0),
            0 if own.size != Tick::NO_SIZE.0 => Some(own.size),
            _ => None,
        }
    }

    /// How much of something we may be.
    fn share(&self, size: i64) -> i64 {
        self.rules.participation_ppm.map_or(size, |ppm| size * ppm / 1_000_000)
    }

    fn see(&mut self, tick: &Tick) {
        let mut trade = None;
        match tick.body {
            TickBody::Trade { price, quantity, taker } => {
                self.trades_seen = true;
                trade = Some((price.0, quantity.0, taker));
            }
            TickBody::Quote { bid, ask, bid_size, ask_size } => {
                let side = |old: Option<Half>, price: Price, size: Qty| {
                    let ours = old.filter(|old| old.price == price.0).map_or(0, |old| old.ours.min(size.0));
                    Half { price: price.0, size: size.0, ours }
                };
                let old = self.quote;
                self.quote = Some((side(old.map(|q| q.0), bid, bid_size), side(old.map(|q| q.1), ask, ask_size)));
            }
        }
        let mut ours_of_trade = 0;
        for order in self.queue.iter().map(|o| o.it.order).collect::<Vec<_>>() {
            self.meet(order, tick.time, trade, &mut ours_of_trade);
        }
    }

    fn meet(&mut self, id: OrderId, time: Timestamp, trade: Option<(i64, i64, Option<Side>)>, ours: &mut i64) {
        let Some(place) = self.place(id) else { return };
        let mut order = self.queue[place];
        let side = order.it.side;
        let just_woke = order.state == State::Asleep;
        if just_woke {
            let watched = match trade {
                Some((price, ..)) => Some(price),
                None if !self.trades_seen => self.pays(side),
                None => None,
            };
            let Some(price) = watched else { return };
            let woke = wakes(&mut order, price);
            self.queue[place] = order;
            if !woke {
                return;
            }
            order.state = State::New;
            self.queue[place] = order;
        }
        let limit = order.it.kind.limit().map(|p| p.0);
        match (order.state, limit) {
            (State::Waits(_), Some(limit)) => self.wait(place, limit, time, trade, ours),
            (_, limit) => self.try_to_take(place, limit, time, (trade, just_woke), ours),
        }
        if matches!(order.it.terms.time_in_force, TimeInForce::ImmediateOrCancel | TimeInForce::FillOrKill) {
            self.queue.retain(|o| o.it.order != id);
        }
    }

    fn try_to_take(
        &mut self,
        place: usize,
        limit: Option<i64>,
        time: Timestamp,
        (trade, just_woke): (Option<(i64, i64, Option<Side>)>, bool),
        ours: &mut i64,
    ) {
        let order = self.queue[place];
        let side = order.it.side;
        let (cost, room) = match (self.pays(side), trade) {
            (Some(cost), _) => (cost, self.left_of_quote(side)),
            (None, Some((price, quantity, _))) => (price, self.left_beyond(quantity, *ours)),
            (None, None) => return,
        };
        let good = limit.map_or(1, |limit| (limit - cost) * side.sign());
        let touch_is_enough = self.quote.is_some() || just_woke || self.rules.queue == Queue::Touch;
        if good < 0 || (good == 0 && !touch_is_enough) {
            let ahead = limit.and_then(|limit| self.ahead(side, limit));
            self.queue[place].state = State::Waits(ahead);
        } else if order.it.terms.post_only && limit.is_some() {
            self.queue.remove(place);
        } else {
            let by_quote = self.quote.is_some();
            let traded = self.trade(place, cost, room, Liquidity::Taker, time);
            if by_quote { self.count(side, traded) } else { *ours += traded }
        }
    }

    fn wait(
        &mut self,
        place: usize,
        limit: i64,
        time: Timestamp,
        trade: Option<(i64, i64, Option<Side>)>,
        ours: &mut i64,
    ) {
        let State::Waits(mut ahead) = self.queue[place].state else { return };
        let side = self.queue[place].it.side;
        let Some((price, quantity, taker)) = trade else {
            let shown = self.ahead(side, limit);
            ahead = ahead.map_or(shown, |ahead| Some(shown.map_or(ahead, |shown| ahead.min(shown))));
            self.queue[place].state = State::Waits(ahead);
            if self.pays(side).is_some_and(|cost| (limit - cost) * side.sign() > 0) {
                let traded = self.trade(place, limit, self.left_of_quote(side), Liquidity::Maker, time);
                self.count(side, traded);
            }
            return;
        };
        let room = match ((limit - price) * side.sign(), self.rules.queue) {
            (1.., _) => self.left_beyond(quantity, *ours),
            (0, Queue::Touch) => (quantity - *ours).min(self.left_beyond(quantity, *ours)),
            (0, Queue::VolumeAhead) if taker != Some(side) => {
                let Some(stood) = ahead else { return };
                self.queue[place].state = State::Waits(Some((stood - quantity).max(0)));
                ((quantity - stood).max(0) - *ours).max(0).min(self.left_beyond(quantity, *ours))
            }
            _ => return,
        };
        *ours += self.trade(place, limit, room.max(0), Liquidity::Maker, time);
    }

    fn left_of_quote(&self, side: Side) -> i64 {
        let Some((bid, ask)) = self.quote else { return 0 };
        let other = if side == Side::Buy { ask } else { bid };
        if other.size == Tick::NO_SIZE.0 { i64::MAX } else { (self.share(other.size) - other.ours).max(0) }
    }

    fn left_beyond(&self, quantity: i64, ours: i64) -> i64 {
        if self.rules.participation_ppm.is_none() { i64::MAX } else { (self.share(quantity) - ours).max(0) }
    }

    fn count(&mut self, side: Side, traded: i64) {
        let Some((bid, ask)) = &mut self.quote else { return };
        if side == Side::Buy { ask.ours += traded } else { bid.ours += traded }
    }

    fn trade(&mut self, place: usize, price: i64, room: i64, liquidity: Liquidity, time: Timestamp) -> i64 {
        let order = self.queue[place];
        let quantity = order.left.min(room);
        if quantity == 0 || (order.it.terms.time_in_force == TimeInForce::FillOrKill && quantity < order.left) {
            return 0;
        }
        let (id, side) = (order.it.order, order.it.side);
        self.fills.push(Traded { order: id, side, price: Price(price), quantity: Qty(quantity), liquidity, time });
        self.queue[place].left -= quantity;
        if self.queue[place].left == 0 {
            self.queue.remove(place);
        }
        quantity
    }
}

/// Whether a price wakes an order; a trailing stop follows it first.
fn wakes(order: &mut Order, price: i64) -> bool {
    let buys = order.it.side == Side::Buy;
    let trigger = match order.it.kind {
        OrderKind::TrailingStop { trail } => {
            let best = order.best.map_or(price, |best| if buys { best.min(price) } else { best.max(price) });
            order.best = Some(best);
            let distance = match trail {
                Trail::Amount(amount) => amount.0,
                Trail::Ppm(ppm) => (best * ppm + 999_999) / 1_000_000,
            };
            if buys { best + distance } else { best - distance }
        }
        kind => kind.trigger().expect("what sleeps has a trigger").0,
    };
    if order.it.kind.is_stop() == buys { price >= trigger } else { price <= trigger }
}
