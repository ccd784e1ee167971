//! The little language of scenarios: settings, candles and what is wished at their closes.
//!
//! One statement a line, or several with `|` between them. A wish belongs to the candle before it, or to the `on` line.
use engine::instrument::Spec;
use engine::risk::Leverage;
use engine::sim::{Costs, Latency, PathModel};
use engine::{
    Candle, Interval, Label, Money, OrderId, OrderKind, Price, Qty, Rate, Side, SimVenue, TimerId, Timestamp,
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
    Submit(usize, Side, Qty, OrderKind),
    Amend(OrderId, Qty, Option<Price>),
    Cancel(OrderId),
    Wake(TimerId, Timestamp),
}

/// One instrument of a scenario.
#[derive(Clone, Debug)]
pub(crate) struct Stock {
    pub(crate) name: String,
    pub(crate) allowed: bool,
    pub(crate) specs: Vec<Spec>,
    pub(crate) candles: Vec<Candle>,
    interval: i64,
    clock: i64,
}

/// A whole scenario.
#[derive(Clone, Debug)]
pub(crate) struct Scene {
    pub(crate) cash: Money,
    pub(crate) leverage: Leverage,
    pub(crate) path: PathModel,
    pub(crate) touch: bool,
    pub(crate) costs: Costs,
    pub(crate) latency: Latency,
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

fn rate(text: &str) -> Rate {
    Rate::from_bps(text.parse().expect("basis points")).expect("a sane rate")
}

fn ms(text: &str) -> i64 {
    text.parse::<i64>().expect("milliseconds") * 1_000_000
}

impl Scene {
    /// Reads a scenario.
    pub(crate) fn parse(text: &str) -> Self {
        let mut scene = Self {
            cash: Money(1_000_000 * Money::ONE.0),
            leverage: Leverage::ONE,
            path: PathModel::Pessimistic,
            touch: false,
            costs: Costs::NONE,
            latency: Latency::default(),
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
        let (specs, candles) = (Vec::new(), Vec::new());
        self.stocks.push(Stock { name: name.into(), allowed: true, specs, candles, interval, clock });
        self.stocks.len() - 1
    }

    fn line(&mut self, name: &str, rest: &str) {
        let words: Vec<&str> = rest.split(' ').collect();
        if !self.setting(&words) {
            let place = self.stock(name);
            if !self.market(place, &words) {
                let wish = Self::wish(place, &words).unwrap_or_else(|| panic!("`{rest}` is not understood"));
                self.script.push((self.cue.expect("a wish follows a candle"), wish));
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
            ["touch"] => self.touch = true,
            ["all"] => self.all = true,
            ["fee", bps, "bps"] => (self.costs.taker, self.costs.maker) = (rate(bps), rate(bps)),
            ["maker", "fee", bps, "bps"] => self.costs.maker = rate(bps),
            ["slippage", bps, "bps"] => self.costs.slippage = rate(bps),
            ["latency", n, "ms"] => self.latency.entry_ns = ms(n),
            ["feed", "latency", n, "ms"] => self.latency.feed_ns = ms(n),
            ["reply", "latency", n, "ms"] => self.latency.reply_ns = ms(n),
            ["trades", "from", from] => self.trades_from = time(from),
            _ => return false,
        }
        true
    }

    fn market(&mut self, place: usize, words: &[&str]) -> bool {
        let stock = &mut self.stocks[place];
        match *words {
            ["candle", o, h, l, c] => {
                let (open, high, low, close) = (price(o), price(h), price(l), price(c));
                let (open_time, known_time) = (Timestamp(stock.clock), Timestamp(stock.clock + stock.interval));
                let candle = Candle { open_time, known_time, open, high, low, close, volume: 0 };
                assert!(candle.fault().is_none(), "an impossible candle: {:?}", candle.fault());
                stock.candles.push(candle);
                stock.clock = known_time.0;
                self.cue = Some(Cue::Close(place, stock.candles.len() - 1));
            }
            ["gap", candles] => stock.clock += candles.parse::<i64>().expect("a count") * stock.interval,
            ["interval", interval] => stock.interval = time(interval).0,
            ["forbidden"] => stock.allowed = false,
            ["spec", "from", from, "tick", tick, "lot", lot, "min", min] => stock.specs.push(Spec {
                from: time(from),
                tick: price(tick),
                lot: qty(lot),
                min_notional: min.parse().expect("an amount"),
            }),
            _ => return false,
        }
        true
    }

    fn wish(place: usize, words: &[&str]) -> Option<Wish> {
        let side = |text| if text == "buy" { Side::Buy } else { Side::Sell };
        Some(match *words {
            ["target", quantity] => Wish::Target(place, qty(quantity)),
            [way @ ("buy" | "sell"), quantity, "market"] => {
                Wish::Submit(place, side(way), qty(quantity), OrderKind::Market)
            }
            [way @ ("buy" | "sell"), quantity, "limit", at] => {
                Wish::Submit(place, side(way), qty(quantity), OrderKind::Limit { price: price(at) })
            }
            [way @ ("buy" | "sell"), quantity, "stop", at] => {
                Wish::Submit(place, side(way), qty(quantity), OrderKind::Stop { trigger: price(at) })
            }
            ["amend", n, "qty", quantity] => Wish::Amend(order(n), qty(quantity), None),
            ["amend", n, "qty", quantity, "at", at] => Wish::Amend(order(n), qty(quantity), Some(price(at))),
            ["cancel", n] => Wish::Cancel(order(n)),
            ["wake", n, "at", at] => Wish::Wake(TimerId(n.parse().ok()?), time(at)),
            _ => return None,
        })
    }
}

/// A strategy that wishes what the scenario says, when it says so.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    pub(crate) script: Vec<(Cue, Wish)>,
    pub(crate) seen: Vec<usize>,
}

impl engine::Strategy for Script {
    fn decide(&mut self, event: &engine::Event, _: engine::View<'_>, out: &mut engine::Intents) {
        use engine::{Event, InstrumentId, MarketEvent, Report};
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
                Wish::Submit(place, side, quantity, kind) => {
                    out.submit(id(place), side, quantity, kind, Label::default());
                }
                Wish::Amend(order, quantity, price) => out.amend(order, quantity, price),
                Wish::Cancel(order) => out.cancel(order),
                Wish::Wake(timer, at) => out.wake(timer, at),
            }
        }
    }
}

/// The venue of a scenario.
pub(crate) fn venue(scene: &Scene, instruments: Vec<engine::Instrument>) -> SimVenue {
    let config = engine::sim::VenueConfig { path: scene.path, touch: scene.touch, leverage: scene.leverage };
    let costs = vec![scene.costs; instruments.len()];
    SimVenue::new(config, scene.cash, instruments, costs)
}
