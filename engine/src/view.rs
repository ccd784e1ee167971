//! Read-only sight of the state: what strategies and checks are given.
use crate::books::Books;
use crate::event::{Event, MarketEvent};
use crate::instrument::{Instrument, InstrumentId};
use crate::order::{Order, OrderId};
use crate::sizing::Size;
use crate::state::State;
use crate::sub_ledgers::Owner;
use crate::{Money, Price, Qty, Timestamp};

/// Read-only sight of everything that has been applied, and of nothing else.
///
/// Where several strategies trade one account, each is given sight of what is its own: its position, equity and orders.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    state: &'a State,
    owner: Owner,
}

impl<'a> View<'a> {
    /// A view of a state.
    #[must_use]
    pub fn new(state: &'a State) -> Self {
        Self { state, owner: Owner::NONE }
    }

    /// The same for one of several strategies.
    #[must_use]
    pub fn of(self, owner: Owner) -> Self {
        Self { owner, ..self }
    }

    /// The books that are looked at: the account's, or those of one of several strategies.
    #[must_use]
    pub fn books(self) -> &'a Books {
        match self.state.sub_ledgers.of(self.owner) {
            None => &self.state.books,
            Some(books) => books,
        }
    }

    /// The state itself, for checks and reports.
    #[must_use]
    pub fn state(self) -> &'a State {
        self.state
    }

    /// Time of the last entry.
    #[must_use]
    pub fn now(self) -> Timestamp {
        self.state.now
    }

    /// Whether what is wished at this event is weighed; during the warm-up it is dropped.
    #[must_use]
    pub fn may_act(self, event: &Event) -> bool {
        match event {
            Event::Market(MarketEvent::Candle(candle)) => self.state.may_act(candle),
            _ => true,
        }
    }

    /// How many instruments the run has.
    #[must_use]
    pub fn instruments(self) -> usize {
        self.state.instruments.len()
    }

    /// An instrument.
    #[must_use]
    pub fn instrument(self, id: InstrumentId) -> &'a Instrument {
        &self.state.instruments[id.index()]
    }

    /// The close of the last candle, if one was seen.
    #[must_use]
    pub fn last(self, id: InstrumentId) -> Option<Price> {
        Some(self.state.market(id).last).filter(|price| price.0 > 0)
    }

    /// Signed quantity held.
    #[must_use]
    pub fn position(self, id: InstrumentId) -> Qty {
        self.books().position(id.index()).quantity
    }

    /// Position plus everything still on its way.
    #[must_use]
    pub fn exposure(self, id: InstrumentId) -> Qty {
        self.state.exposure_of(self.owner, id)
    }

    /// Cash plus every position at its last price, in the account's currency.
    #[must_use]
    pub fn equity(self) -> Money {
        self.books().equity()
    }

    /// An order of ours.
    #[must_use]
    pub fn order(self, id: OrderId) -> Option<&'a Order> {
        self.state.orders.get(id).filter(|order| self.is_own(order))
    }

    /// Whether an order is of the strategy that looks.
    fn is_own(self, order: &Order) -> bool {
        self.owner == Owner::NONE || order.owner == self.owner
    }

    /// Live orders of an instrument, oldest first.
    pub fn live_orders(self, id: InstrumentId) -> impl Iterator<Item = &'a Order> {
        let orders = &self.state.orders;
        orders.live(id).iter().filter_map(|id| orders.get(*id)).filter(move |order| self.is_own(order))
    }

    /// The quantity that a size means now, floored to the lot; zero before the first candle.
    #[must_use]
    pub fn quantity(self, id: InstrumentId, size: Size) -> Qty {
        self.floored(id, size, self.instrument(id).spec(self.now()).lot)
    }

    /// The same floored to the instrument's step only: for who divides it further.
    #[must_use]
    pub fn steps(self, id: InstrumentId, size: Size) -> Qty {
        self.floored(id, size, Qty(1))
    }

    fn floored(self, id: InstrumentId, size: Size, lot: Qty) -> Qty {
        let Some(price) = self.last(id) else { return Qty::ZERO };
        // Sizes are meant in the account's currency, prices are in the instrument's.
        let books = self.books();
        let abroad = |amount| books.from_home(id.index(), amount);
        let size = match size {
            Size::Notional { amount, currency } => Size::Notional { amount: abroad(amount), currency },
            other => other,
        };
        size.quantity(self.instrument(id), price, abroad(books.equity()), lot)
    }
}
