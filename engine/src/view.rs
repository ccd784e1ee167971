//! Read-only sight of the state: what strategies and checks are given.
use crate::event::{Event, MarketEvent};
use crate::instrument::{Instrument, InstrumentId};
use crate::order::{Order, OrderId};
use crate::sizing::Size;
use crate::state::State;
use crate::{Money, Price, Qty, Timestamp};

/// Read-only sight of everything that has been applied, and of nothing else.
#[derive(Clone, Copy, Debug)]
pub struct View<'a>(&'a State);

impl<'a> View<'a> {
    /// A view of a state.
    #[must_use]
    pub fn new(state: &'a State) -> Self {
        Self(state)
    }

    /// The state itself, for checks and reports.
    #[must_use]
    pub fn state(self) -> &'a State {
        self.0
    }

    /// Time of the last entry.
    #[must_use]
    pub fn now(self) -> Timestamp {
        self.0.now
    }

    /// Whether what is wished at this event is weighed; during the warm-up it is dropped.
    #[must_use]
    pub fn may_act(self, event: &Event) -> bool {
        match event {
            Event::Market(MarketEvent::Candle(candle)) => self.0.may_act(candle),
            _ => true,
        }
    }

    /// How many instruments the run has.
    #[must_use]
    pub fn instruments(self) -> usize {
        self.0.instruments.len()
    }

    /// An instrument.
    #[must_use]
    pub fn instrument(self, id: InstrumentId) -> &'a Instrument {
        &self.0.instruments[id.index()]
    }

    /// The close of the last candle, if one was seen.
    #[must_use]
    pub fn last(self, id: InstrumentId) -> Option<Price> {
        Some(self.0.market(id).last).filter(|price| price.0 > 0)
    }

    /// Signed quantity held.
    #[must_use]
    pub fn position(self, id: InstrumentId) -> Qty {
        self.0.ledger.position(id.index()).quantity
    }

    /// Position plus everything still on its way.
    #[must_use]
    pub fn exposure(self, id: InstrumentId) -> Qty {
        self.0.exposure(id)
    }

    /// Cash plus every position at its last price.
    #[must_use]
    pub fn equity(self) -> Money {
        self.0.ledger.equity()
    }

    /// An order of ours.
    #[must_use]
    pub fn order(self, id: OrderId) -> Option<&'a Order> {
        self.0.orders.get(id)
    }

    /// Live orders of an instrument, oldest first.
    pub fn live_orders(self, id: InstrumentId) -> impl Iterator<Item = &'a Order> {
        let orders = &self.0.orders;
        orders.live(id).iter().filter_map(|id| orders.get(*id))
    }

    /// The quantity that a size means now, floored to the lot; zero before the first candle.
    #[must_use]
    pub fn quantity(self, id: InstrumentId, size: Size) -> Qty {
        let Some(price) = self.last(id) else { return Qty::ZERO };
        let instrument = self.instrument(id);
        let lot = instrument.spec(self.now()).lot;
        size.quantity(instrument, price, self.equity(), lot)
    }
}
