//! The naive matcher: how design says that orders meet candles, written plainly and slowly. It is the specification.
//!
//! It knows nothing of schedules, lanes or watched books: it goes from candle to candle with a list of orders.
use engine::sim::PathModel;
use engine::{Action, Candle, Liquidity, OrderId, OrderKind, Price, Qty, Side, Timestamp};

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
    order: OrderId,
    side: Side,
    quantity: Qty,
    kind: OrderKind,
    met_an_open: bool,
}

/// What the naive matcher assumes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    pub(crate) path: PathModel,
    pub(crate) touch: bool,
}

pub(crate) struct Matcher {
    rules: Rules,
    queue: Vec<Waiting>,
    held: i64,
    fills: Vec<Traded>,
}

/// The fills of commands that arrived at these times at a venue that saw these candles.
pub(crate) fn fills(rules: Rules, candles: &[Candle], commands: &[(Timestamp, Action)]) -> Vec<Traded> {
    let mut matcher = Matcher { rules, queue: Vec::new(), held: 0, fills: Vec::new() };
    let mut arrived = 0;
    for candle in candles {
        // What arrived after the last open and before this one meets this one first.
        while let Some((time, action)) = commands.get(arrived).filter(|(time, _)| *time <= candle.open_time) {
            assert!(*time >= Timestamp(0));
            matcher.take(action);
            arrived += 1;
        }
        let entered = matcher.open(candle);
        matcher.inside(candle, entered);
    }
    matcher.fills
}

impl Matcher {
    fn take(&mut self, action: &Action) {
        match *action {
            Action::Submit(it) => self.queue.push(Waiting {
                order: it.order,
                side: it.side,
                quantity: it.quantity,
                kind: it.kind,
                met_an_open: false,
            }),
            Action::Cancel { order, .. } => self.queue.retain(|w| w.order != order),
            Action::Amend { order, quantity, price, .. } => {
                let Some(place) = self.queue.iter().position(|w| w.order == order) else { return };
                let old = self.queue[place];
                let mut new = Waiting { quantity, ..old };
                new.kind = match (old.kind, price) {
                    (OrderKind::Limit { .. }, Some(price)) => OrderKind::Limit { price },
                    (OrderKind::Stop { .. }, Some(trigger)) => OrderKind::Stop { trigger },
                    (kind, _) => kind,
                };
                let moved = price.is_some() && price != old.kind.price();
                new.met_an_open = old.met_an_open && !moved;
                if moved || quantity > old.quantity {
                    self.queue.remove(place);
                    self.queue.push(new);
                } else {
                    self.queue[place] = new;
                }
            }
        }
    }

    /// Whether prices from `low` to `high` are enough for an order.
    fn enough(&self, it: &Waiting, low: Price, high: Price) -> bool {
        match (it.kind, it.side, self.rules.touch) {
            (OrderKind::Market, ..) => false,
            (OrderKind::Limit { price }, Side::Buy, true) => low <= price,
            (OrderKind::Limit { price }, Side::Buy, false) => low < price,
            (OrderKind::Limit { price }, Side::Sell, true) => high >= price,
            (OrderKind::Limit { price }, Side::Sell, false) => high > price,
            (OrderKind::Stop { trigger }, Side::Buy, _) => high >= trigger,
            (OrderKind::Stop { trigger }, Side::Sell, _) => low <= trigger,
        }
    }

    fn trade(&mut self, it: Waiting, price: Price, liquidity: Liquidity, time: Timestamp) {
        self.queue.retain(|w| w.order != it.order);
        self.held += if it.side == Side::Buy { it.quantity.0 } else { -it.quantity.0 };
        self.fills.push(Traded { order: it.order, side: it.side, price, quantity: it.quantity, liquidity, time });
    }

    /// Everything that the open satisfies trades there, in the order of the queue; which sides did.
    fn open(&mut self, candle: &Candle) -> Vec<Side> {
        let mut sides = Vec::new();
        for it in self.queue.clone() {
            if it.kind == OrderKind::Market || self.enough(&it, candle.open, candle.open) {
                let rests = it.met_an_open && matches!(it.kind, OrderKind::Limit { .. });
                let liquidity = if rests { Liquidity::Maker } else { Liquidity::Taker };
                self.trade(it, candle.open, liquidity, candle.open_time);
                sides.push(it.side);
            }
        }
        self.queue.iter_mut().for_each(|w| w.met_an_open = true);
        sides
    }

    fn trade_inside(&mut self, it: Waiting, candle: &Candle) {
        let limit = matches!(it.kind, OrderKind::Limit { .. });
        let liquidity = if limit { Liquidity::Maker } else { Liquidity::Taker };
        let price = it.kind.price().expect("only orders with a price trade inside a candle");
        self.trade(it, price, liquidity, candle.known_time);
    }

    fn inside(&mut self, candle: &Candle, sides_at_open: Vec<Side>) {
        let reached: Vec<Waiting> =
            self.queue.iter().filter(|w| self.enough(w, candle.low, candle.high)).copied().collect();
        match self.rules.path {
            PathModel::OpenHighLowClose => self.walk(candle, &reached, [candle.high, candle.low]),
            PathModel::OpenLowHighClose => self.walk(candle, &reached, [candle.low, candle.high]),
            PathModel::Pessimistic => self.worst(candle, &reached, &sides_at_open),
        }
    }

    /// Walks price by price to both turning points; whoever waits at a price that is passed trades, first come first served.
    fn walk(&mut self, candle: &Candle, reached: &[Waiting], turns: [Price; 2]) {
        let mut left = reached.to_vec();
        let mut at = candle.open.0;
        for turn in turns {
            let rising = turn.0 > at;
            loop {
                for it in left.clone() {
                    let price = it.kind.price().expect("market orders traded at the open").0;
                    let waits_for_more = matches!(
                        (it.kind, it.side),
                        (OrderKind::Limit { .. }, Side::Sell) | (OrderKind::Stop { .. }, Side::Buy)
                    );
                    let here = if waits_for_more { at >= price && rising } else { at <= price && !rising };
                    if here || (turn.0 == at && price == at) {
                        left.retain(|w| w.order != it.order);
                        self.trade_inside(it, candle);
                    }
                }
                if at == turn.0 {
                    break;
                }
                at += if rising { 1 } else { -1 };
            }
        }
        assert!(left.is_empty(), "whatever the range reaches lies on the walk");
    }

    /// Entry first, then what hurts, then what helps; no target in its entry candle if the stop could fill.
    fn worst(&mut self, candle: &Candle, reached: &[Waiting], sides_at_open: &[Side]) {
        let Some(first) = reached.first() else { return };
        let entry = match self.held {
            0 => first.side,
            1.. => Side::Buy,
            _ => Side::Sell,
        };
        let is_stop = |w: &Waiting| matches!(w.kind, OrderKind::Stop { .. });
        let entries: Vec<Waiting> = reached.iter().filter(|w| w.side == entry).copied().collect();
        let stops: Vec<Waiting> = reached.iter().filter(|w| w.side != entry && is_stop(w)).copied().collect();
        let targets: Vec<Waiting> = reached.iter().filter(|w| w.side != entry && !is_stop(w)).copied().collect();
        let entry_candle = !entries.is_empty() || sides_at_open.contains(&entry);
        let wait = entry_candle && !stops.is_empty();
        let targets = if wait { Vec::new() } else { targets };
        entries.into_iter().chain(stops).chain(targets).for_each(|it| self.trade_inside(it, candle));
    }
}
