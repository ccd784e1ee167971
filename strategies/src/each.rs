//! Many instruments, each traded by a strategy of its own, on one account.
use alloc::vec::Vec;
use engine::{Event, InstrumentId, Intents, MarketEvent, Strategy, View};

/// One independent strategy per instrument. Each sees the candles and reports of its own instrument only.
#[derive(Clone, Debug)]
pub struct Each<S> {
    by_instrument: Vec<Option<S>>,
}

impl<S> Each<S> {
    /// Makes a strategy for every one of `instruments`.
    pub fn new(instruments: &[InstrumentId], make: impl Fn(InstrumentId) -> S) -> Self {
        Self::of(instruments.iter().map(|id| (*id, make(*id))).collect())
    }

    /// These strategies, each with its instrument.
    #[must_use]
    pub fn of(strategies: Vec<(InstrumentId, S)>) -> Self {
        let places = strategies.iter().map(|(id, _)| id.index() + 1).max().unwrap_or(0);
        let mut by_instrument: Vec<Option<S>> = (0..places).map(|_| None).collect();
        for (id, strategy) in strategies {
            by_instrument[id.index()] = Some(strategy);
        }
        Self { by_instrument }
    }
}

impl<S: Strategy> Strategy for Each<S> {
    #[inline]
    fn decide(&mut self, event: &Event, view: View<'_>, out: &mut Intents) {
        let of = match event {
            Event::Market(MarketEvent::Candle(candle)) => Some(candle.instrument),
            Event::Market(MarketEvent::Carry(carry)) => carry.instrument(),
            Event::Report(report) => view.order(report.order()).map(|order| order.request.instrument),
            Event::Cash(_) | Event::Timer(_) | Event::Operator(_) | Event::Feed(_) => {
                for strategy in self.by_instrument.iter_mut().flatten() {
                    strategy.decide(event, view, out);
                }
                None
            }
        };
        if let Some(strategy) = of.and_then(|id| self.by_instrument.get_mut(id.index())?.as_mut()) {
            strategy.decide(event, view, out);
        }
    }
}
