//! `bollinger-reversion`: buy what fell far below its average, and leave at the average.
//!
//! It decides at closes only and has no stop: a trend against it is held to the end.
use crate::each::Each;
use crate::holding::{Holding, Signal};
use crate::indicators::{Bands, Bollinger};
use crate::registry::{self, BuildError, BuiltStrategy, Entry, Instruments, Parameter, Settings};
use alloc::boxed::Box;
use alloc::vec;
use engine::{Event, InstrumentId, Intents, MarketEvent, Size, Strategy, View};
use rust_decimal::Decimal;

const HELP: &str = "\
At each close, with bands of `deviations` population standard deviations around the simple average of the last `window`
closes, this close included: go long below the lower band and leave at or above the average. With `short`, go short above
the upper band and leave at or below the average. The quantity is fixed when the signal changes. There is no stop. Of
several instruments each is traded on its own, with `size` for each.
Source: the bands of John Bollinger, Bollinger on Bollinger Bands (2001); the rule is the plain reversal to the mean.";

/// The rule's numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BollingerRules {
    /// Candles of the average.
    pub window: usize,
    /// Width of a band in standard deviations.
    pub deviations: f64,
    /// How much to hold.
    pub size: Size,
    /// Whether to sell short as well.
    pub short: bool,
}

/// Buys below the lower band and leaves at the average.
#[derive(Clone, Debug)]
pub struct BollingerReversion {
    bands: Bollinger,
    short: bool,
    holding: Holding,
}

impl BollingerReversion {
    /// The rule on one instrument.
    ///
    /// # Panics
    /// When the window is zero.
    #[must_use]
    pub fn new(asset: InstrumentId, rules: BollingerRules) -> Self {
        Self {
            bands: Bollinger::new(rules.window, rules.deviations),
            short: rules.short,
            holding: Holding::new(asset, rules.size),
        }
    }

    fn signal(&self, close: f64, bands: Bands) -> Signal {
        if close < bands.lower {
            return Signal::Long;
        }
        if close > bands.upper && self.short {
            return Signal::Short;
        }
        match self.holding.signal() {
            Signal::Long if close >= bands.middle => Signal::Flat,
            Signal::Short if close <= bands.middle => Signal::Flat,
            unchanged => unchanged,
        }
    }

    #[cold]
    fn split(&mut self, event: &Event, view: View<'_>) {
        if let Some(split) = event.split().filter(|split| split.instrument == self.holding.asset()) {
            self.bands.rescale(split.price_factor());
            self.holding.split(split, view);
        }
    }
}

impl Strategy for BollingerReversion {
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
        let Some(bands) = self.bands.next(close) else { return };
        self.holding.want(self.signal(close, bands), view, out);
    }
}

/// Its place in the registry.
pub(crate) fn entry() -> Entry {
    let (least, most, usual) = (Decimal::new(1, 1), Decimal::TEN, Decimal::TWO);
    Entry {
        name: "bollinger-reversion",
        summary: "buys below the lower Bollinger band and leaves at the average",
        help: HELP,
        parameters: vec![
            Parameter::whole("window", 2, 100_000, "candles of the average").or(20),
            Parameter::number("deviations", least, most, "width of a band in standard deviations").or_number(usual),
            registry::size(),
            registry::short(),
        ],
        instruments: Instruments::Any,
        warm_up: Box::new(|settings| settings.whole("window")),
        make: Box::new(make),
    }
}

fn make(settings: &Settings, instruments: &[InstrumentId]) -> Result<BuiltStrategy, BuildError> {
    let rules = BollingerRules {
        window: settings.whole("window"),
        deviations: settings.number_f64("deviations"),
        size: settings.size("size"),
        short: settings.flag("short"),
    };
    Ok(match *instruments {
        [only] => Box::new(BollingerReversion::new(only, rules)),
        _ => Box::new(Each::new(instruments, |asset| BollingerReversion::new(asset, rules))),
    })
}
