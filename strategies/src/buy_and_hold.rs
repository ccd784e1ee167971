//! `buy-and-hold`: buy at the first chance and never sell. What every other strategy is compared with.
use crate::holding::{Holding, Signal};
use crate::registry::{self, Entry, Instruments};
use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use engine::{Event, InstrumentId, Intents, MarketEvent, Money, Size, Strategy, View};

const HELP: &str = "\
At the first candle of each instrument: buy, then hold. Of several instruments a share of equity or an amount of money is
split equally, so that `size = \"90%\"` on three instruments buys 30% of each; units are bought of each instrument. The
quantity is fixed at that first candle. A size of 100% leaves nothing for the fee and for a higher open: the venue then
refuses the order, and it is asked for again at each close.";

/// Buys every instrument once and keeps it.
#[derive(Clone, Debug)]
pub struct BuyAndHold {
    holdings: Vec<Holding>,
}

impl BuyAndHold {
    /// Holds `instruments`, splitting a share or an amount of money equally between them.
    #[must_use]
    pub fn new(instruments: &[InstrumentId], size: Size) -> Self {
        let part = split(size, instruments.len());
        Self { holdings: instruments.iter().map(|id| Holding::new(*id, part)).collect() }
    }
}

/// The part of one of `count` instruments, rounded down.
fn split(size: Size, count: usize) -> Size {
    let parts = i64::try_from(count.max(1)).unwrap_or(i64::MAX);
    match size {
        Size::Units(units) => Size::Units(units),
        Size::Equity { ppm } => Size::Equity { ppm: ppm / parts },
        Size::Notional { amount, currency } => Size::Notional { amount: Money(amount.0 / i128::from(parts)), currency },
    }
}

impl Strategy for BuyAndHold {
    fn decide(&mut self, event: &Event, view: View<'_>, out: &mut Intents) {
        let Event::Market(MarketEvent::Candle(candle)) = event else {
            if let Some(split) = event.split() {
                self.holdings.iter_mut().for_each(|holding| holding.split(split, view));
            }
            return;
        };
        if let Some(holding) = self.holdings.iter_mut().find(|holding| holding.asset() == candle.instrument) {
            holding.want(Signal::Long, view, out);
        }
    }
}

/// Its place in the registry.
pub(crate) fn entry() -> Entry {
    Entry {
        name: "buy-and-hold",
        summary: "buys at the first candle and never sells",
        help: HELP,
        parameters: vec![registry::size()],
        instruments: Instruments::Any,
        warm_up: Box::new(|_| 0),
        make: Box::new(|settings, instruments| Ok(Box::new(BuyAndHold::new(instruments, settings.size("size"))))),
    }
}
