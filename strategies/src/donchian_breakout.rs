//! `donchian-breakout`: go with a price that left the range of the last candles.
//!
//! It looks at closes against the channel of the candles before; it never trades inside a candle.
use crate::each::Each;
use crate::holding::{Holding, Signal};
use crate::indicators::{RollingMax, RollingMin};
use crate::registry::{self, BuildError, BuiltStrategy, Entry, Instruments, Parameter, Settings};
use alloc::boxed::Box;
use alloc::format;
use alloc::vec;
use engine::{Event, InstrumentId, Intents, MarketCandle, MarketEvent, Size, Strategy, View};

const HELP: &str = "\
At each close: go long when it is above the highest high of the `entry` candles before it, and leave when it is below the
lowest low of the `exit` candles before it. With `short`, go short below the lowest low of the `entry` candles before it,
and leave above the highest high of the `exit` candles before it. The first decision falls on the candle after `entry`
candles. The quantity is fixed when the signal changes. Of several instruments each is traded on its own, with `size` for
each.
Sources: the channel of Richard Donchian; entry 20 and exit 10 are system 1 of the Turtles, as told by Curtis Faith, Way
of the Turtle (2007), here on closes, without its filter and its sizing.";

/// The rule's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DonchianRules {
    /// Candles of the channel whose breach opens a position.
    pub entry: usize,
    /// Candles of the channel whose breach closes it; not more than of the other.
    pub exit: usize,
    /// How much to hold.
    pub size: Size,
    /// Whether to sell short as well.
    pub short: bool,
}

/// The range of the candles before this one.
#[derive(Clone, Copy, Debug)]
struct Channel {
    high: f64,
    low: f64,
}

/// Highest high and lowest low of so many candles.
#[derive(Clone, Debug)]
struct Range {
    high: RollingMax,
    low: RollingMin,
    before: Option<Channel>,
}

impl Range {
    fn new(window: usize) -> Self {
        Self { high: RollingMax::new(window), low: RollingMin::new(window), before: None }
    }

    fn rescale(&mut self, factor: f64) {
        self.high.rescale(factor);
        self.low.rescale(factor);
        self.before = self.before.map(|b| Channel { high: b.high * factor, low: b.low * factor });
    }

    /// Takes the next candle; the channel as it was before that candle.
    #[inline]
    fn next(&mut self, candle: &MarketCandle) -> Option<Channel> {
        let (high, low) = (self.high.next(candle.high()), self.low.next(candle.low()));
        let after = high.zip(low).map(|(high, low)| Channel { high, low });
        core::mem::replace(&mut self.before, after)
    }
}

/// Follows a close out of the channel of the candles before it.
#[derive(Clone, Debug)]
pub struct DonchianBreakout {
    entry: Range,
    exit: Range,
    short: bool,
    holding: Holding,
}

impl DonchianBreakout {
    /// The rule on one instrument.
    ///
    /// # Panics
    /// When a window is zero, or the exit's is longer than the entry's.
    #[must_use]
    pub fn new(asset: InstrumentId, rules: DonchianRules) -> Self {
        assert!(rules.exit <= rules.entry, "a position is left sooner than it is taken");
        Self {
            entry: Range::new(rules.entry),
            exit: Range::new(rules.exit),
            short: rules.short,
            holding: Holding::new(asset, rules.size),
        }
    }

    fn signal(&self, close: f64, entry: Channel, exit: Channel) -> Signal {
        if close > entry.high {
            return Signal::Long;
        }
        if close < entry.low && self.short {
            return Signal::Short;
        }
        match self.holding.signal() {
            Signal::Long if close < exit.low => Signal::Flat,
            Signal::Short if close > exit.high => Signal::Flat,
            unchanged => unchanged,
        }
    }

    #[cold]
    fn split(&mut self, event: &Event, view: View<'_>) {
        if let Some(split) = event.split().filter(|split| split.instrument == self.holding.asset()) {
            self.entry.rescale(split.price_factor());
            self.exit.rescale(split.price_factor());
            self.holding.split(split, view);
        }
    }
}

impl Strategy for DonchianBreakout {
    #[inline]
    fn decide(&mut self, event: &Event, view: View<'_>, out: &mut Intents) {
        let Event::Market(MarketEvent::Candle(candle)) = event else {
            self.split(event, view);
            return;
        };
        if candle.instrument != self.holding.asset() {
            return;
        }
        let (Some(entry), Some(exit)) = (self.entry.next(candle), self.exit.next(candle)) else { return };
        self.holding.want(self.signal(candle.close(), entry, exit), view, out);
    }
}

/// Its place in the registry.
pub(crate) fn entry() -> Entry {
    Entry {
        name: "donchian-breakout",
        summary: "goes with a close beyond the range of the candles before it",
        help: HELP,
        parameters: vec![
            Parameter::whole("entry", 1, 100_000, "candles of the range whose breach opens a position").or(20),
            Parameter::whole("exit", 1, 100_000, "candles of the range whose breach closes it; at most `entry`").or(10),
            registry::size(),
            registry::short(),
        ],
        instruments: Instruments::Any,
        warm_up: Box::new(|settings| settings.whole("entry") + 1),
        make: Box::new(make),
    }
}

fn make(settings: &Settings, instruments: &[InstrumentId]) -> Result<BuiltStrategy, BuildError> {
    let rules = DonchianRules {
        entry: settings.whole("entry"),
        exit: settings.whole("exit"),
        size: settings.size("size"),
        short: settings.flag("short"),
    };
    if rules.exit > rules.entry {
        let message = format!("`exit` must be at most `entry`, but {} is above {}", rules.exit, rules.entry);
        return Err(BuildError::of("exit", message));
    }
    Ok(match *instruments {
        [only] => Box::new(DonchianBreakout::new(only, rules)),
        _ => Box::new(Each::new(instruments, |asset| DonchianBreakout::new(asset, rules))),
    })
}
