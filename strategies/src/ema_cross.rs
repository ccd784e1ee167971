//! `ema-cross`: hold while a fast average is above a slow one.
//!
//! It decides at every close from the candle on at which `slow` candles were seen, and never between candles.
use crate::each::Each;
use crate::holding::{Holding, Signal};
use crate::indicators::Ema;
use crate::registry::{self, BuildError, BuiltStrategy, Entry, Instruments, Parameter, Settings};
use alloc::boxed::Box;
use alloc::format;
use alloc::vec;
use engine::{Event, InstrumentId, Intents, MarketEvent, Size, Strategy, View};

const HELP: &str = "\
At each close: hold `size` while the fast exponential average of closes is above the slow one, else hold nothing
(with `short`, owe `size`). Both averages start at the first close and update as alpha*close + (1-alpha)*average,
alpha = 2/(n+1). The first decision falls on the candle at which `slow` candles were seen. The quantity is fixed when the
signal changes; `rebalance` computes it anew at each close. Of several instruments each is traded on its own, with `size`
for each.
Sources: exponential smoothing by R. G. Brown, Statistical Forecasting for Inventory Control (1959); crossings of two
averages as tested by Brock, Lakonishok and LeBaron, Simple Technical Trading Rules (Journal of Finance, 1992).";

/// The rule's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EmaCrossRules {
    /// Candles of the fast average.
    pub fast: usize,
    /// Candles of the slow average; more than of the fast one.
    pub slow: usize,
    /// How much to hold.
    pub size: Size,
    /// Whether to be short while the fast average is not above the slow one.
    pub short: bool,
    /// Whether the quantity follows equity and price while the signal stands.
    pub rebalance: bool,
}

/// Holds the asset while its fast average is above its slow one.
#[derive(Clone, Debug)]
pub struct EmaCross {
    fast: Ema,
    slow: Ema,
    short: bool,
    holding: Holding,
}

impl EmaCross {
    /// The rule on one instrument.
    ///
    /// # Panics
    /// When the fast average is not faster than the slow one, or has no candles.
    #[must_use]
    pub fn new(asset: InstrumentId, rules: EmaCrossRules) -> Self {
        assert!(rules.fast < rules.slow, "the fast average is the faster one");
        let holding = if rules.rebalance { Holding::rebalanced } else { Holding::new };
        Self {
            fast: Ema::new(rules.fast),
            slow: Ema::new(rules.slow),
            short: rules.short,
            holding: holding(asset, rules.size),
        }
    }

    #[cold]
    fn split(&mut self, event: &Event, view: View<'_>) {
        if let Some(split) = event.split().filter(|split| split.instrument == self.holding.asset()) {
            self.fast.rescale(split.price_factor());
            self.slow.rescale(split.price_factor());
            self.holding.split(split, view);
        }
    }
}

impl Strategy for EmaCross {
    #[inline]
    fn decide(&mut self, event: &Event, view: View<'_>, out: &mut Intents) {
        let Event::Market(MarketEvent::Candle(candle)) = event else {
            self.split(event, view);
            return;
        };
        if candle.instrument != self.holding.asset() {
            return;
        }
        let close = candle.close();
        let (Some(fast), Some(slow)) = (self.fast.next(close), self.slow.next(close)) else { return };
        self.holding.want(Signal::long_if(fast > slow, self.short), view, out);
    }
}

/// Its place in the registry.
pub(crate) fn entry() -> Entry {
    Entry {
        name: "ema-cross",
        summary: "holds while a fast exponential average is above a slow one",
        help: HELP,
        parameters: vec![
            Parameter::whole("fast", 1, 100_000, "candles of the fast average").or(20),
            Parameter::whole("slow", 2, 100_000, "candles of the slow average; more than `fast`").or(50),
            registry::size(),
            registry::short(),
            Parameter::flag("rebalance", "compute the quantity anew at each close"),
        ],
        instruments: Instruments::Any,
        warm_up: Box::new(|settings| settings.whole("slow")),
        make: Box::new(make),
    }
}

fn make(settings: &Settings, instruments: &[InstrumentId]) -> Result<BuiltStrategy, BuildError> {
    let rules = EmaCrossRules {
        fast: settings.whole("fast"),
        slow: settings.whole("slow"),
        size: settings.size("size"),
        short: settings.flag("short"),
        rebalance: settings.flag("rebalance"),
    };
    if rules.fast >= rules.slow {
        let message = format!("`fast` must be below `slow`, but {} is not below {}", rules.fast, rules.slow);
        return Err(BuildError::of("fast", message));
    }
    Ok(match *instruments {
        [only] => Box::new(EmaCross::new(only, rules)),
        _ => Box::new(Each::new(instruments, |asset| EmaCross::new(asset, rules))),
    })
}
