//! The little language of scenarios: settings, candles and what is wished at their closes.
//!
//! One statement a line, or several with `|` between them. A wish belongs to the candle before it, or to the `on` line.
mod ticks;

use crate::language_costs::{self, rate};
use engine::risk::Leverage;
use engine::sim::{Costs, Delay, Latency, MarginMode, PathModel, Queue, Session, Sessions, Tier, Tiers, VenueConfig};
use engine::{
    Candle, Dated, InstrumentId, Interval, Join, Label, Money, NewOrder, OrderId, OrderKind, Price, Qty, Remark, Side,
    SimVenue, Spec, Terms, Tick, TimeInForce, TimerId, Timestamp, Trail,
};

/// Decimal places of every price and quantity of a scenario.
pub(crate) const PRICE_SCALE: u8 = 2;
pub(crate) const QTY_SCALE: u8 = 3;

/// When a wish is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cue {
    /// At the close of the n-th candle (from zero) of an instrument.
    Close(usize, usize),
    /// When a timer rings.
    Timer(TimerId),
    /// When an order is filled.
    Fill(OrderId),
}

/// What is wished.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wish {
    Target(usize, Qty),
    Submit(NewOrder, Join),
    Amend(OrderId, Qty, Option<Price>),
    Cancel(OrderId),
    Wake(TimerId, Timestamp),
    Note(usize, Remark),
}

/// One instrument of a scenario.
#[derive(Clone, Debug)]
pub(crate) struct Stock {
    pub(crate) name: String,
    pub(crate) allowed: bool,
    pub(crate) specs: Vec<(Timestamp, Spec)>,
    pub(crate) candles: Vec<Candle>,
    pub(crate) ticks: Vec<Tick>,
    pub(crate) sessions: Vec<Session>,
    interval: i64,
    clock: i64,
    tick_clock: i64,
}

/// A whole scenario.
#[derive(Clone, Debug)]
pub(crate) struct Scene {
    pub(crate) cash: Money,
    pub(crate) leverage: Leverage,
    pub(crate) margin_mode: MarginMode,
    pub(crate) path: PathModel,
    pub(crate) queue: Queue,
    pub(crate) participation_ppm: Option<i64>,
    /// From when on which costs hold.
    pub(crate) costs: Vec<(Timestamp, Costs)>,
    pub(crate) tiers: Option<Tiers>,
    pub(crate) latency: Latency,
    pub(crate) seed: u64,
    pub(crate) trades_from: Timestamp,
    pub(crate) stocks: Vec<Stock>,
    pub(crate) script: Vec<(Cue, Wish)>,
    /// Every answer and every mark is printed, not only what is remarkable.
    pub(crate) all: bool,
    cue: Option<Cue>,
}

/// A decimal text as an integer of `10^-scale`.
fn scaled(text: &str, scale: u8) -> i64 {
    let money: Money = text.parse().unwrap_or_else(|_| panic!("`{text}` is no number"));
    let unit = 10_i128.pow(u32::from(12 - scale));
    assert!(money.0 % unit == 0, "`{text}` is too fine");
    i64::try_from(money.0 / unit).expect("numbers of scenarios are small")
}

fn price(text: &str) -> Price {
    Price(scaled(text, PRICE_SCALE))
}

fn qty(text: &str) -> Qty {
    Qty(scaled(text, QTY_SCALE))
}

fn order(text: &str) -> OrderId {
    OrderId(text.parse().expect("an order's number"))
}

fn time(text: &str) -> Timestamp {
    if text == "0h" { Timestamp(0) } else { Timestamp(text.parse::<Interval>().expect("a time as in `4h`").0) }
}

/// `50`, or `20..90` for anything between.
fn ms(text: &str) -> Delay {
    let ns = |text: &str| text.parse::<i64>().expect("milliseconds") * 1_000_000;
    let between = |(min, max)| Delay::Uniform { min_ns: ns(min), max_ns: ns(max) };
    text.split_once("..").map_or_else(|| Delay::Fixed(ns(text)), between)
}

/// `0/10/8 1000/6/4`: from a notional on, the taker's and the maker's basis points.
fn tiers(texts: &[&str]) -> Option<Tiers> {
    let tier = |text: &&str| match text.split('/').collect::<Vec<_>>()[..] {
        [from, taker, maker] => Tier { from: from.parse().expect("an amount"), taker: rate(taker), maker: rate(maker) },
        _ => panic!("`{text}` is no tier"),
    };
    Tiers::new(texts.iter().map(tier).collect())
}

impl Scene {
    /// Reads a scenario.
    pub(crate) fn parse(text: &str) -> Self {
        let mut scene = Self {
            cash: Money(1_000_000 * Money::ONE.0),
            leverage: Leverage::ONE,
            margin_mode: MarginMode::Cross,
            path: PathModel::Pessimistic,
            queue: Queue::Through,
            participation_ppm: None,
            costs: vec![(Timestamp::MIN, Costs::NONE)],
            tiers: None,
            latency: Latency::default(),
            seed: 0,
            trades_from: Timestamp::MIN,
            stocks: Vec::new(),
            script: Vec::new(),
            all: false,
            cue: None,
        };
        for line in text.split(['\n', '|']).map(str::trim).filter(|line| !line.is_empty()) {
            let (name, rest) = line.split_once(": ").unwrap_or(("A", line));
            if name.starts_with("on ") {
                scene.on(name);
                scene.line("A", rest);
            } else {
                scene.line(name, rest);
            }
        }
        scene
    }

    fn on(&mut self, cue: &str) {
        let words: Vec<&str> = cue.split(' ').collect();
        self.cue = Some(match words[..] {
            ["on", "timer", n] => Cue::Timer(TimerId(n.parse().expect("a timer's number"))),
            ["on", "fill", n] => Cue::Fill(order(n)),
            _ => panic!("`{cue}` is no cue"),
        });
    }

    fn stock(&mut self, name: &str) -> usize {
        if let Some(place) = self.stocks.iter().position(|s| s.name == name) {
            return place;
        }
        let (interval, clock) = (Interval::HOUR.0, 0);
        let (specs, candles, ticks, sessions) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (name, allowed, tick_clock) = (name.into(), true, 0);
        self.stocks.push(Stock { name, allowed, specs, candles, ticks, sessions, interval, clock, tick_clock });
        self.stocks.len() - 1
    }

    fn line(&mut self, name: &str, rest: &str) {
        let words: Vec<&str> = rest.split(' ').collect();
        if !self.setting(&words) {
            let place = self.stock(name);
            if !self.market(place, &words) {
                let wishes = wishes(place, &words).unwrap_or_else(|| panic!("`{rest}` is not understood"));
                let cue = self.cue.expect("a wish follows a candle");
                self.script.extend(wishes.into_iter().map(|wish| (cue, wish)));
            }
        }
    }

    fn setting(&mut self, words: &[&str]) -> bool {
        match *words {
            ["cash", amount] => self.cash = amount.parse().expect("an amount"),
            ["leverage", times] => self.leverage = Leverage { ppm: scaled(times, 6) },
            ["path", path] => {
                let model = PathModel::ALL.into_iter().find(|(name, _)| *name == path);
                self.path = model.expect("a path model").1;
            }
            ["touch"] => self.queue = Queue::Touch,
            ["isolated"] => self.margin_mode = MarginMode::Isolated,
            ["queue", queue] => {
                let model = Queue::ALL.into_iter().find(|(name, _)| *name == queue);
                self.queue = model.expect("a queue model").1;
            }
            ["participation", percent, "%"] => self.participation_ppm = Some(scaled(percent, 4)),
            ["all"] => self.all = true,
            ["tiers", ref steps @ ..] => {
                (self.tiers, self.costs[0].1.tiered) = (Some(tiers(steps).expect("rising tiers")), true);
            }
            ["from", from, ref what @ ..] => language_costs::change(&mut self.costs, time(from), what),
            ["latency", n, "ms"] => self.latency.entry = ms(n),
            ["feed", "latency", n, "ms"] => self.latency.feed = ms(n),
            ["reply", "latency", n, "ms"] => self.latency.reply = ms(n),
            ["seed", n] => self.seed = n.parse().expect("a seed"),
            ["trades", "from", from] => self.trades_from = time(from),
            _ => return language_costs::setting(&mut self.costs[0].1, words),
        }
        true
    }

    fn market(&mut self, place: usize, words: &[&str]) -> bool {
        let stock = &mut self.stocks[place];
        match *words {
            ["candle", still] => return self.market(place, &["candle", still, still, still, still]),
            ["candle", still, "volume", traded] => {
                return self.market(place, &["candle", still, still, still, still, "volume", traded]);
            }
            ["candle", o, h, l, c, ref rest @ ..] => {
                let (open, high, low, close) = (price(o), price(h), price(l), price(c));
                let (open_time, known_time) = (Timestamp(stock.clock), Timestamp(stock.clock + stock.interval));
                let candle = Candle { open_time, known_time, open, high, low, close, volume: volume(rest) };
                assert!(candle.fault().is_none(), "an impossible candle: {:?}", candle.fault());
                stock.candles.push(candle);
                stock.clock = known_time.0;
                self.cue = Some(Cue::Close(place, stock.candles.len() - 1));
            }
            ["gap", candles] => stock.clock += candles.parse::<i64>().expect("a count") * stock.interval,
            ["interval", interval] => stock.interval = time(interval).0,
            ["session", open, close] => stock.sessions.push(Session { open: time(open), close: time(close) }),
            ["forbidden"] => stock.allowed = false,
            ["spec", "from", from, "tick", tick, "lot", lot, "min", min] => {
                let min_notional = min.parse().expect("an amount");
                stock.specs.push((time(from), Spec { tick: price(tick), lot: qty(lot), min_notional }));
            }
            _ => return stock.tick(words),
        }
        true
    }
}

fn volume(words: &[&str]) -> i64 {
    match *words {
        [] => 0,
        ["volume", volume] => qty(volume).0,
        _ => panic!("`{words:?}` does not belong to a candle"),
    }
}

/// What a line wishes: one order and what is tied to it, or one change.
fn wishes(place: usize, words: &[&str]) -> Option<Vec<Wish>> {
    Some(match *words {
        ["target", quantity] => vec![Wish::Target(place, qty(quantity))],
        ["amend", n, "qty", quantity] => vec![Wish::Amend(order(n), qty(quantity), None)],
        ["amend", n, "qty", quantity, "at", at] => vec![Wish::Amend(order(n), qty(quantity), Some(price(at)))],
        ["cancel", n] => vec![Wish::Cancel(order(n))],
        ["wake", n, "at", at] => vec![Wish::Wake(TimerId(n.parse().ok()?), time(at))],
        ["note", code, "is", value] => {
            vec![Wish::Note(place, Remark::Own { code: Label(code.parse().ok()?), value: value.parse().ok()? })]
        }
        ["or", ref rest @ ..] => vec![Wish::Submit(new_order(place, rest)?, Join::OneCancelsOther)],
        ["attach", ref rest @ ..] => vec![Wish::Submit(new_order(place, rest)?, Join::Attached)],
        _ => {
            // `... loss P gain P` behind an entry is a bracket.
            let end = words.iter().position(|w| matches!(*w, "loss" | "gain")).unwrap_or(words.len());
            let entry = new_order(place, &words[..end])?;
            let leg = |pair: &[&str]| match *pair {
                ["loss", at] => Some(entry.exit(OrderKind::Stop { trigger: price(at) })),
                ["gain", at] => Some(entry.exit(OrderKind::Limit { price: price(at) })),
                _ => None,
            };
            let mut all = vec![Wish::Submit(entry, Join::Alone)];
            for pair in words[end..].chunks(2) {
                all.push(Wish::Submit(leg(pair)?, Join::Attached));
            }
            all
        }
    })
}

/// `buy 2 limit 90 day post-only`: side, quantity, kind with its prices, then terms.
fn new_order(place: usize, words: &[&str]) -> Option<NewOrder> {
    let (way, rest) = words.split_first()?;
    let side = match *way {
        "buy" => Side::Buy,
        "sell" => Side::Sell,
        _ => return None,
    };
    let (quantity, rest) = rest.split_first()?;
    let (kind, rest) = kind(rest)?;
    let id = InstrumentId(u32::try_from(place).expect("few instruments"));
    Some(NewOrder { terms: terms(rest)?, ..NewOrder::new(id, side, qty(quantity), kind) })
}

fn kind<'a, 'b>(words: &'a [&'b str]) -> Option<(OrderKind, &'a [&'b str])> {
    Some(match *words {
        ["market", ref rest @ ..] => (OrderKind::Market, rest),
        ["limit", at, ref rest @ ..] => (OrderKind::Limit { price: price(at) }, rest),
        ["stop", at, "limit", limit, ref rest @ ..] => {
            (OrderKind::StopLimit { trigger: price(at), price: price(limit) }, rest)
        }
        ["stop", at, ref rest @ ..] => (OrderKind::Stop { trigger: price(at) }, rest),
        ["trailing", percent, "%", ref rest @ ..] => {
            (OrderKind::TrailingStop { trail: Trail::Ppm(scaled(percent, 4)) }, rest)
        }
        ["trailing", amount, ref rest @ ..] => (OrderKind::TrailingStop { trail: Trail::Amount(price(amount)) }, rest),
        ["touched", at, "limit", limit, ref rest @ ..] => {
            (OrderKind::LimitIfTouched { trigger: price(at), price: price(limit) }, rest)
        }
        ["touched", at, ref rest @ ..] => (OrderKind::MarketIfTouched { trigger: price(at) }, rest),
        _ => return None,
    })
}

fn terms(mut words: &[&str]) -> Option<Terms> {
    let mut terms = Terms::PLAIN;
    while let Some((word, rest)) = words.split_first() {
        words = rest;
        match *word {
            "day" => terms.time_in_force = TimeInForce::Day,
            "ioc" => terms.time_in_force = TimeInForce::ImmediateOrCancel,
            "fok" => terms.time_in_force = TimeInForce::FillOrKill,
            "at-open" => terms.time_in_force = TimeInForce::AtOpen,
            "at-close" => terms.time_in_force = TimeInForce::AtClose,
            "post-only" => terms.post_only = true,
            "reduce-only" => terms.reduce_only = true,
            "until" => {
                let (end, rest) = words.split_first()?;
                terms.time_in_force = TimeInForce::GoodTilDate(time(end));
                words = rest;
            }
            _ => return None,
        }
    }
    Some(terms)
}

/// A strategy that wishes what the scenario says, when it says so.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    pub(crate) script: Vec<(Cue, Wish)>,
    pub(crate) seen: Vec<usize>,
}

impl engine::Strategy for Script {
    fn decide(&mut self, event: &engine::Event, _: engine::View<'_>, out: &mut engine::Intents) {
        use engine::{Event, MarketEvent, Report};
        let now = match event {
            Event::Market(MarketEvent::Candle(candle)) => {
                let place = candle.instrument.index();
                self.seen[place] += 1;
                Cue::Close(place, self.seen[place] - 1)
            }
            Event::Timer(timer) => Cue::Timer(*timer),
            Event::Report(Report::Filled(fill)) => Cue::Fill(fill.order),
            _ => return,
        };
        for (_, wish) in self.script.iter().filter(|(cue, _)| *cue == now) {
            let id = |place: usize| InstrumentId(u32::try_from(place).expect("few instruments"));
            match *wish {
                Wish::Target(place, quantity) => out.target(id(place), quantity),
                Wish::Submit(order, Join::Alone) => out.order(order),
                Wish::Submit(order, Join::Attached) => out.attach(order),
                Wish::Submit(order, Join::OneCancelsOther) => out.or(order),
                Wish::Amend(order, quantity, price) => out.amend(order, quantity, price),
                Wish::Cancel(order) => out.cancel(order),
                Wish::Wake(timer, at) => out.wake(timer, at),
                Wish::Note(place, remark) => out.note(id(place), remark),
            }
        }
    }
}

/// The venue of a scenario.
pub(crate) fn venue(scene: &Scene, instruments: Vec<engine::Instrument>) -> SimVenue {
    let config = VenueConfig {
        path: scene.path,
        queue: scene.queue,
        leverage: scene.leverage,
        margin_mode: scene.margin_mode,
        participation_ppm: scene.participation_ppm,
    };
    let costs = vec![Dated::new(scene.costs.clone()).expect("there are always some"); instruments.len()];
    let mut venue = SimVenue::new(config, scene.cash, instruments, costs);
    if let Some(tiers) = &scene.tiers {
        venue = venue.with_tiers(tiers.clone());
    }
    (0..).zip(&scene.stocks).filter(|(_, stock)| !stock.sessions.is_empty()).fold(venue, |venue, (place, stock)| {
        venue.with_sessions(InstrumentId(place), Sessions::new(stock.sessions.clone().into()))
    })
}
