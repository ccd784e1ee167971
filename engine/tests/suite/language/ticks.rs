//! Ticks in the little language: `quote 99 101`, `quote 99 x 5 101 x 7`, `trade 100 x 2`, and who took it behind that.
//!
//! The first tick behind a candle is at its close, each other one a millisecond after the one before it, or as much later
//! as `wait` says. Ticks belong to the candle that follows them.
use super::{Stock, price, qty};
use engine::{Interval, Side, Tick, Timestamp};

const MILLISECOND: i64 = Interval::SECOND.0 / 1_000;

impl Stock {
    /// Reads a tick; whether the words are one.
    pub(super) fn tick(&mut self, words: &[&str]) -> bool {
        let now = Timestamp(self.clock.max(self.tick_clock));
        let tick = match *words {
            ["wait", "ms", ms] => {
                self.tick_clock = now.0 + ms.parse::<i64>().expect("milliseconds") * MILLISECOND;
                return true;
            }
            ["trade", at, "x", quantity, ref taker @ ..] => Tick::trade(now, price(at), qty(quantity), taken(taker)),
            ["quote", bid, ask] => Tick::quote(now, (price(bid), Tick::NO_SIZE), (price(ask), Tick::NO_SIZE)),
            ["quote", bid, "x", bid_size, ask, "x", ask_size] => {
                Tick::quote(now, (price(bid), qty(bid_size)), (price(ask), qty(ask_size)))
            }
            _ => return false,
        };
        assert!(tick.fault().is_none(), "an impossible tick: {:?}", tick.fault());
        self.ticks.push(tick);
        self.tick_clock = now.0 + MILLISECOND;
        true
    }
}

fn taken(words: &[&str]) -> Option<Side> {
    match *words {
        [] => None,
        ["bought"] => Some(Side::Buy),
        ["sold"] => Some(Side::Sell),
        _ => panic!("`{words:?}` does not belong to a trade"),
    }
}
