//! Ordinary days: makers that move their quotes, slices of a large order, trend followers with stops, trades into the close.
//!
//! The market is a random walk in steps of ten seconds, seen as candles of a minute. Limits fill where the price comes to them.
use crate::stage::{DAY, HOUR, INSTRUMENTS, MINUTE, SECOND, Stage};
use compliance::{Closes, WatchConfig};
use engine::{InstrumentId, Liquidity, NewOrder, OrderId, OrderKind, Owner, Price, Qty, Rng, Side, Timestamp, View};

const STEP: i64 = 10 * SECOND;
const OPEN: i64 = 8 * HOUR;
const CLOSE: i64 = 16 * HOUR + 30 * MINUTE;

/// What somebody does all day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trade {
    /// Quotes both sides, moves the quotes with the price, and stops adding where it holds too much.
    Maker,
    /// Buys or sells a large quantity in slices of a market order every few minutes.
    Slices,
    /// Follows the price with market orders, and gets out by a stop.
    Trend,
    /// Takes a position during the day and closes it before the close.
    Closer,
    /// Rests a ladder of orders and takes profit one level on.
    Grid,
}

const TRADES: [Trade; 5] = [Trade::Maker, Trade::Slices, Trade::Trend, Trade::Closer, Trade::Grid];

/// Somebody who trades one instrument.
struct Actor {
    trade: Trade,
    owner: Owner,
    what: InstrumentId,
    size: i64,
    /// Seconds between looks, and levels of quotes.
    pace: i64,
    levels: i64,
    next: i64,
    anchor: i64,
    /// Whether quotes are moved at once after a fill.
    hasty: bool,
    side: Side,
    stop: Option<OrderId>,
}

pub(crate) struct Day {
    pub(crate) stage: Stage,
    rng: Rng,
    start: i64,
    prices: Vec<i64>,
    minute: Vec<[i64; 4]>,
    volumes: Vec<i64>,
    actors: Vec<Actor>,
}

impl Day {
    /// The day of a seed: one to three of the trades, in one to three instruments.
    pub(crate) fn new(seed: u64) -> Self {
        let mut rng = Rng::stream(seed, "an ordinary day");
        let closes = vec![Closes::Daily(CLOSE); INSTRUMENTS as usize];
        let stage = Stage::new(&WatchConfig { closes, ..WatchConfig::default() });
        let prices: Vec<i64> = (0..INSTRUMENTS).map(|_| 8_000 + rng.below(12_000) as i64).collect();
        let actors = (0..1 + seed % 3).map(|place| {
            let draw = |rng: &mut Rng, from: i64, to: i64| from + rng.below((to - from + 1) as u64) as i64;
            Actor {
                trade: TRADES[((seed + place * 2) % 5) as usize],
                owner: Owner(place as u8 + 1),
                what: InstrumentId(if rng.below(2) == 0 { 0 } else { rng.below(u64::from(INSTRUMENTS)) as u32 }),
                size: draw(&mut rng, 5, 60),
                pace: draw(&mut rng, 20, 90),
                levels: draw(&mut rng, 1, 4),
                next: 0,
                anchor: 0,
                hasty: rng.below(2) == 0,
                side: if rng.below(2) == 0 { Side::Buy } else { Side::Sell },
                stop: None,
            }
        });
        let actors = actors.collect();
        let minute = prices.iter().map(|price| [*price; 4]).collect();
        let (start, volumes) = ((19_000 + seed as i64) * DAY, vec![0; prices.len()]);
        Self { stage, rng, start, prices, minute, volumes, actors }
    }

    /// Plays the whole day.
    pub(crate) fn play(&mut self) {
        let mut now = self.start + OPEN;
        while now < self.start + CLOSE {
            now += STEP;
            for place in 0..self.prices.len() {
                self.walk(place);
                self.fill_limits(place, now);
            }
            if now % MINUTE == 0 {
                self.end_minute(now);
            }
            for place in 0..self.actors.len() {
                self.act(place, now);
            }
        }
        self.stage.wait(self.start + DAY);
        self.stage.wait(self.start + DAY + HOUR);
        self.stage.finish();
    }

    /// A step of the price: mostly small, now and then a jump.
    fn walk(&mut self, place: usize) {
        let jump = if self.rng.below(400) == 0 { self.rng.below(41) as i64 - 20 } else { 0 };
        self.prices[place] += self.rng.below(7) as i64 - 3 + jump;
        let (price, minute) = (self.prices[place], &mut self.minute[place]);
        *minute = [minute[0], minute[1].max(price), minute[2].min(price), price];
        self.volumes[place] += 30 + self.rng.below(400) as i64;
    }

    fn end_minute(&mut self, now: i64) {
        for place in 0..self.prices.len() {
            let what = InstrumentId(place as u32);
            self.stage.candle(what, (now - MINUTE, now), self.minute[place], self.volumes[place]);
            self.minute[place] = [self.prices[place]; 4];
            self.volumes[place] = 0;
        }
    }

    /// Fills what the price came to: limits at their price, stops a tick behind it.
    fn fill_limits(&mut self, place: usize, now: i64) {
        let price = self.prices[place];
        let view = View::new(self.stage.state());
        let reached = view.live_orders(InstrumentId(place as u32)).filter_map(|order| {
            let (side, left) = (order.request.side, order.leaves().0);
            let (at, liquidity) = match order.request.kind {
                OrderKind::Limit { price } => (price.0, Liquidity::Maker),
                OrderKind::Stop { .. } => (price - side.sign(), Liquidity::Taker),
                _ => return None,
            };
            let comes = match order.request.kind {
                OrderKind::Stop { trigger } => (price - trigger.0) * side.sign() >= 0,
                _ => (price - at) * side.sign() <= 0,
            };
            comes.then_some((order.request.order, at, left, (liquidity, at == price)))
        });
        let reached: Vec<_> = reached.collect();
        for (order, at, left, (liquidity, touched)) in reached {
            // A price that went through a limit has filled all of it.
            let part = if touched && left > 2 && self.rng.below(3) == 0 { left / 2 } else { left };
            let maker = self.stage.order(order).owner;
            self.stage.fill(now, order, at, part, liquidity);
            for actor in self.actors.iter_mut().filter(|actor| actor.owner == maker && actor.hasty) {
                actor.next = now;
            }
        }
    }

    fn act(&mut self, place: usize, now: i64) {
        let actor = &self.actors[place];
        if now < actor.next || now < self.start + OPEN + 2 * MINUTE {
            return;
        }
        let pace = actor.pace;
        match actor.trade {
            Trade::Maker => self.quote(place, now),
            Trade::Slices => self.slice(place, now),
            Trade::Trend => self.follow(place, now),
            Trade::Closer => self.close(place, now),
            Trade::Grid => self.ladder(place, now),
        }
        let slow = if self.actors[place].trade == Trade::Maker { 1 } else { 3 };
        self.actors[place].next = now + slow * pace * SECOND;
    }

    fn position(&self, place: usize) -> i64 {
        let actor = &self.actors[place];
        View::new(self.stage.state()).of(actor.owner).position(actor.what).0
    }

    fn cancel_all(&mut self, place: usize, now: i64) {
        let (owner, what) = (self.actors[place].owner, self.actors[place].what);
        let own: Vec<OrderId> =
            View::new(self.stage.state()).of(owner).live_orders(what).map(|order| order.request.order).collect();
        own.into_iter().for_each(|order| self.stage.cancel(now, order));
    }

    fn take(&mut self, place: usize, now: i64, side: Side, quantity: i64) {
        let (owner, what) = (self.actors[place].owner, self.actors[place].what);
        let price = self.prices[what.index()] + side.sign();
        if quantity > 0 {
            self.stage.take(now, owner, (what, side), price, quantity);
        }
    }

    fn quote(&mut self, place: usize, now: i64) {
        let held = self.position(place);
        let Actor { owner, what, size, levels, anchor, .. } = self.actors[place];
        let price = self.prices[what.index()];
        let resting = View::new(self.stage.state()).of(owner).live_orders(what).count() as i64;
        let closing = now >= self.start + CLOSE - 2 * MINUTE;
        if (price - anchor).abs() < 2 && resting == 2 * levels && !closing {
            return;
        }
        self.actors[place].anchor = price;
        self.cancel_all(place, now);
        if closing {
            return;
        }
        let lean = -(held / (2 * size)).clamp(-2, 2);
        for (side, full) in [(Side::Buy, held > 6 * size), (Side::Sell, held < -6 * size)] {
            for level in 0..if full { 0 } else { levels } {
                let at = price + lean - side.sign() * (3 + 2 * level);
                self.stage.limit(now, owner, (what, side), at, size);
            }
        }
    }

    fn slice(&mut self, place: usize, now: i64) {
        let (side, size) = (self.actors[place].side, self.actors[place].size);
        let quantity = size / 2 + self.rng.below(size as u64) as i64;
        self.take(place, now, side, quantity);
    }

    fn follow(&mut self, place: usize, now: i64) {
        let Actor { owner, what, size, anchor, .. } = self.actors[place];
        let price = self.prices[what.index()];
        self.actors[place].anchor = if anchor == 0 { price } else { anchor + (price - anchor) / 4 };
        let (held, wanted) = (self.position(place), (price - anchor).signum() * size * i64::from(anchor != 0));
        if held == wanted || (price - anchor).abs() < 8 {
            return;
        }
        self.cancel_all(place, now);
        let side = Side::of(Qty(wanted - held));
        self.take(place, now, side, (wanted - held).abs());
        let trigger = Price(price - wanted.signum() * 25);
        let stop = NewOrder::new(what, side.opposite(), Qty(size), OrderKind::Stop { trigger });
        self.actors[place].stop = Some(self.stage.submit(now, owner, stop));
    }

    fn close(&mut self, place: usize, now: i64) {
        let (side, size, held) = (self.actors[place].side, self.actors[place].size, self.position(place));
        if now < self.start + 12 * HOUR && held.abs() < 5 * size {
            self.take(place, now, side, size);
        } else if now >= self.start + CLOSE - 9 * MINUTE && held != 0 {
            let part = if self.actors[place].hasty { held.abs() } else { (held.abs() / 2).max(1) };
            self.take(place, now, Side::of(Qty(-held)), part);
        }
    }

    fn ladder(&mut self, place: usize, now: i64) {
        let Actor { owner, what, size, levels, anchor, .. } = self.actors[place];
        let price = self.prices[what.index()];
        if anchor == 0 {
            self.actors[place].anchor = price;
            for level in 1..=2 * levels {
                self.stage.limit(now, owner, (what, Side::Buy), price - 6 * level, size);
            }
        }
        let (held, view) = (self.position(place), View::new(self.stage.state()).of(owner));
        let selling: i64 =
            view.live_orders(what).filter(|o| o.request.side == Side::Sell).map(|order| order.leaves().0).sum();
        if held > selling {
            self.stage.limit(now, owner, (what, Side::Sell), price.max(anchor - 12) + 6, held - selling);
        }
    }

    /// What was played, for a message.
    pub(crate) fn label(&self) -> String {
        let trades: Vec<String> = self.actors.iter().map(|a| format!("{:?} of {}", a.trade, a.what.0)).collect();
        format!("{} ({} orders)", trades.join(", "), Timestamp(self.stage.state().counters.submits as i64).0)
    }
}
