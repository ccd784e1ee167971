//! `bracket-breakout`: buy a new high with a stop-loss and a take-profit attached to the order itself.
//!
//! The venue holds both exits from the first fill on, sized by what was filled; nothing is decided while they work. A split
//! ends them, as at a broker, and they are sent anew in the new units.
use crate::each::Each;
use crate::indicators::RollingMax;
use crate::registry::{self, BuildError, BuiltStrategy, Entry, Instruments, Parameter, Settings};
use alloc::boxed::Box;
use alloc::vec;
use engine::{
    Event, InstrumentId, Intents, MarketCandle, MarketEvent, NewOrder, OrderKind, Price, Qty, Side, Size, Split,
    Strategy, Terms, TimeInForce, View,
};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

const HELP: &str = "\
When nothing is held and nothing works: at a close above the highest high of the `window` candles before it, buy `size` at
market for the session that follows, with a stop-loss `stop_pct` below the close and a take-profit `gain_pct` above it
attached. The exits work until one of them closes the position. Prices are rounded down to the tick. Of several instruments
each is traded on its own, with `size` for each.
Source: a channel breakout, as in Donchian, Trend-Following Methods in Commodity Price Analysis (1957), with fixed exits.";

/// The rule's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BracketRules {
    /// Candles whose highest high is to be exceeded.
    pub window: usize,
    /// How far below the close the stop-loss lies, in parts per million.
    pub stop_ppm: u32,
    /// How far above the close the take-profit lies, in parts per million.
    pub gain_ppm: u32,
    /// How much to buy.
    pub size: Size,
}

#[derive(Clone, Copy, Debug)]
struct Exits {
    loss: Price,
    gain: Price,
}

/// Buys new highs in brackets.
#[derive(Clone, Debug)]
pub struct BracketBreakout {
    asset: InstrumentId,
    rules: BracketRules,
    highest: RollingMax,
    before: Option<f64>,
    exits: Option<Exits>,
}

impl BracketBreakout {
    /// The rule on one instrument.
    ///
    /// # Panics
    /// When the window is zero or the stop-loss would not lie above zero.
    #[must_use]
    pub fn new(asset: InstrumentId, rules: BracketRules) -> Self {
        assert!(rules.stop_ppm < 1_000_000, "a stop-loss lies above zero");
        Self { asset, rules, highest: RollingMax::new(rules.window), before: None, exits: None }
    }

    fn candle(&mut self, candle: &MarketCandle, view: View<'_>, out: &mut Intents) {
        let after = self.highest.next(candle.high());
        let Some(before) = core::mem::replace(&mut self.before, after) else { return };
        let idle = view.position(self.asset).is_zero() && view.live_orders(self.asset).next().is_none();
        let quantity = view.quantity(self.asset, self.rules.size);
        if !idle || candle.close() <= before || quantity.is_zero() {
            return;
        }
        let close = candle.candle.close;
        let exits = Exits {
            loss: self.rounded(close, 1_000_000 - i64::from(self.rules.stop_ppm), view),
            gain: self.rounded(close, 1_000_000 + i64::from(self.rules.gain_ppm), view),
        };
        let terms = Terms::PLAIN.lasting(TimeInForce::Day);
        let entry = NewOrder { terms, ..NewOrder::new(self.asset, Side::Buy, quantity, OrderKind::Market) };
        out.bracket(entry, exits.loss, exits.gain);
        self.exits = Some(exits);
    }

    /// So many millionths of a price, rounded down to the tick, at least one tick.
    fn rounded(&self, price: Price, ppm: i64, view: View<'_>) -> Price {
        let tick = view.instrument(self.asset).spec(view.now()).tick.0;
        let exact = i128::from(price.0) * i128::from(ppm) / 1_000_000;
        let exact = i64::try_from(exact).unwrap_or(i64::MAX);
        Price((exact - exact % tick).max(tick))
    }

    /// The venue has taken the exits back: they were meant for the old units.
    fn split(&mut self, split: Split, view: View<'_>, out: &mut Intents) {
        self.highest.rescale(split.price_factor());
        self.before = self.before.map(|high| high * split.price_factor());
        let Some(exits) = &mut self.exits else { return };
        *exits = Exits { loss: split.price(exits.loss), gain: split.price(exits.gain) };
        let exits = *exits;
        let held = view.position(self.asset);
        if held > Qty::ZERO {
            let terms = Terms { reduce_only: true, ..Terms::PLAIN };
            let exit = |kind| NewOrder { terms, ..NewOrder::new(self.asset, Side::Sell, held, kind) };
            out.order(exit(OrderKind::Stop { trigger: self.rounded(exits.loss, 1_000_000, view) }));
            out.or(exit(OrderKind::Limit { price: self.rounded(exits.gain, 1_000_000, view) }));
        }
    }
}

impl Strategy for BracketBreakout {
    fn decide(&mut self, event: &Event, view: View<'_>, out: &mut Intents) {
        match event {
            Event::Market(MarketEvent::Candle(candle)) if candle.instrument == self.asset => {
                self.candle(candle, view, out);
            }
            _ => {
                if let Some(split) = event.split().filter(|split| split.instrument == self.asset) {
                    self.split(split, view, out);
                }
            }
        }
    }
}

/// Its place in the registry.
pub(crate) fn entry() -> Entry {
    let hundredth = Decimal::new(1, 2);
    let (five, ten) = (Decimal::from(5), Decimal::TEN);
    Entry {
        name: "bracket-breakout",
        summary: "buys a new high with a stop-loss and a take-profit attached",
        help: HELP,
        parameters: vec![
            Parameter::whole("window", 1, 100_000, "candles whose highest high is to be exceeded").or(20),
            Parameter::number("stop_pct", hundredth, Decimal::from(99), "per cent from the close to the stop-loss")
                .or_number(five),
            Parameter::number(
                "gain_pct",
                hundredth,
                Decimal::from(1_000),
                "per cent from the close to the take-profit",
            )
            .or_number(ten),
            registry::size(),
        ],
        instruments: Instruments::Any,
        warm_up: Box::new(|settings| settings.whole("window") + 1),
        make: Box::new(make),
    }
}

fn make(settings: &Settings, instruments: &[InstrumentId]) -> Result<BuiltStrategy, BuildError> {
    let ppm = |name: &'static str| {
        let exact = (settings.number(name) * Decimal::from(10_000)).normalize();
        let whole = exact.is_integer().then(|| exact.to_u32()).flatten();
        whole.ok_or_else(|| BuildError::of(name, alloc::format!("`{name}` has more than four decimal places")))
    };
    let rules = BracketRules {
        window: settings.whole("window"),
        stop_ppm: ppm("stop_pct")?,
        gain_ppm: ppm("gain_pct")?,
        size: settings.size("size"),
    };
    Ok(match *instruments {
        [only] => Box::new(BracketBreakout::new(only, rules)),
        _ => Box::new(Each::new(instruments, |asset| BracketBreakout::new(asset, rules))),
    })
}
