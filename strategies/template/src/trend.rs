//! The strategy `trend`: hold while a fast average of closes is above a slow one.
//!
//! It says which position it wants, never which order to send: the engine works out the difference, counting what is
//! already on its way.
use engine::{Event, InstrumentId, Intents, MarketEvent, Size, Strategy, View};
use strategies::indicators::Ema;
use strategies::registry;
use strategies::{Entry, Holding, Instruments, Parameter, Signal};

/// Holds the asset while its fast average is above its slow one.
pub(crate) struct Trend {
    fast: Ema,
    slow: Ema,
    holding: Holding,
}

impl Trend {
    /// The rule on one instrument.
    pub(crate) fn new(asset: InstrumentId, fast: usize, slow: usize, size: Size) -> Self {
        Self { fast: Ema::new(fast), slow: Ema::new(slow), holding: Holding::new(asset, size) }
    }
}

impl Strategy for Trend {
    fn decide(&mut self, event: &Event, view: View<'_>, out: &mut Intents) {
        let Event::Market(MarketEvent::Candle(candle)) = event else { return };
        let close = candle.close();
        let (Some(fast), Some(slow)) = (self.fast.next(close), self.slow.next(close)) else { return };
        let signal = if fast > slow { Signal::Long } else { Signal::Flat };
        self.holding.want(signal, view, out);
    }
}

/// Its name, its help and its parameters.
pub(crate) fn entry() -> Entry {
    Entry {
        name: "trend",
        summary: "holds while a fast average is above a slow one",
        help: "At each close: hold `size` while the fast exponential average is above the slow one, else nothing.",
        parameters: vec![
            Parameter::whole("fast", 1, 10_000, "candles of the fast average").or(20),
            Parameter::whole("slow", 1, 10_000, "candles of the slow average").or(50),
            registry::size(),
        ],
        instruments: Instruments::One,
        warm_up: Box::new(|settings| settings.whole("fast").max(settings.whole("slow"))),
        make: Box::new(|settings, instruments| {
            let (fast, slow) = (settings.whole("fast"), settings.whole("slow"));
            Ok(Box::new(Trend::new(instruments[0], fast, slow, settings.size("size"))))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{backtest, candles};

    fn one_unit() -> Trend {
        Trend::new(InstrumentId(0), 2, 3, "1".parse().expect("a size"))
    }

    #[test]
    fn it_buys_a_rise_and_sells_the_fall_after_it() {
        let market = candles::of_closes(&[100, 100, 110, 120, 120, 90, 80, 80]);
        let cash = "1000".parse().expect("an amount of money");
        let outcome = backtest::run(one_unit(), market, cash).expect("candles in memory do not fail");
        // Decided on the rise to 110 and on the fall to 90, filled at the opens that follow: 110 and 90.
        assert_eq!(outcome.fills, 2);
        assert_eq!(outcome.fees.to_string(), "0.1");
        assert_eq!(outcome.final_equity.to_string(), "979.9");
    }

    #[test]
    fn the_same_candles_give_the_same_digest() {
        let cash = "1000000".parse().expect("an amount of money");
        let digest = |seed| backtest::run(one_unit(), candles::made_up(seed, 500), cash).expect("no failure").digest;
        assert_eq!(digest(1), digest(1));
        assert_ne!(digest(1), digest(2));
    }
}
