//! `flip`: an order at every candle, for measuring engines.
//!
//! It is no way to make money: it pays a fee at every open.
use crate::each::Each;
use crate::registry::{self, Entry, Instruments};
use alloc::boxed::Box;
use alloc::vec;
use engine::{Event, InstrumentId, Intents, MarketEvent, Qty, Size, Strategy, View};

const HELP: &str = "\
At each close, from the first candle on: buy `size` when flat, sell everything when long. It sends an order at every
candle and exists to load an engine, its ledger and its tape; it loses its fees. Of several instruments each is traded on
its own, with `size` for each.";

/// Buys when flat and sells when long.
#[derive(Clone, Debug)]
pub struct Flip {
    asset: InstrumentId,
    size: Size,
}

impl Flip {
    /// The rule on one instrument.
    #[must_use]
    pub fn new(asset: InstrumentId, size: Size) -> Self {
        Self { asset, size }
    }
}

impl Strategy for Flip {
    #[inline]
    fn decide(&mut self, event: &Event, view: View<'_>, out: &mut Intents) {
        let Event::Market(MarketEvent::Candle(candle)) = event else { return };
        if candle.instrument != self.asset {
            return;
        }
        let flat = view.position(self.asset).is_zero();
        out.target(self.asset, if flat { view.quantity(self.asset, self.size) } else { Qty::ZERO });
    }
}

/// Its place in the registry.
pub(crate) fn entry() -> Entry {
    Entry {
        name: "flip",
        summary: "buys when flat and sells when long at every close, for benches",
        help: HELP,
        parameters: vec![registry::size()],
        instruments: Instruments::Any,
        warm_up: Box::new(|_| 0),
        make: Box::new(|settings, instruments| {
            let size = settings.size("size");
            Ok(match *instruments {
                [only] => Box::new(Flip::new(only, size)),
                _ => Box::new(Each::new(instruments, |asset| Flip::new(asset, size))),
            })
        }),
    }
}
