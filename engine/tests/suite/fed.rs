//! A world fed by hand: it emits the events it was given and remembers what it was asked to do.
use engine::risk::{BuyingPower, Leverage};
use engine::{
    Action, Candle, Core, Dated, Effect, Event, Fill, FillId, Instrument, InstrumentId, Liquidity, MarketCandle,
    MarketEvent, Money, OrderRequest, Price, Qty, RiskEngine, Spec, State, Strategy, Timestamp, World,
};
use std::collections::VecDeque;
use std::convert::Infallible;

/// The events to come, each one nanosecond after the one before.
pub(crate) struct Fed {
    pub(crate) events: VecDeque<Event>,
    pub(crate) sent: Vec<Action>,
    pub(crate) now: i64,
}

impl Fed {
    pub(crate) fn new(events: impl IntoIterator<Item = Event>) -> Self {
        Self { events: events.into_iter().collect(), sent: Vec::new(), now: 0 }
    }
}

impl World for Fed {
    type Error = Infallible;

    fn next(&mut self, slot: &mut Event) -> Result<Option<Timestamp>, Infallible> {
        let Some(event) = self.events.pop_front() else { return Ok(None) };
        *slot = event;
        self.now += 1;
        Ok(Some(Timestamp(self.now)))
    }

    fn perform(&mut self, _: Timestamp, effect: &Effect) -> Result<(), Infallible> {
        if let Effect::Send(command) = effect {
            self.sent.push(*command.action());
        }
        Ok(())
    }
}

/// Instruments whose prices have two decimal places and whose quantities none.
pub(crate) fn instruments(count: usize) -> Vec<Instrument> {
    let usd = "USD".parse().expect("a currency");
    let make =
        |n| Instrument::new(format!("v:{n}"), usd, (2, 0), rust_decimal::Decimal::ONE, Dated::always(Spec::FREE));
    (0..count).map(|n| make(n).expect("a valid instrument")).collect()
}

/// A rich core with this strategy.
pub(crate) fn core<S: Strategy>(strategy: S, count: usize) -> Core<S> {
    let state = State::new(Money(1_000_000_000 * Money::ONE.0), instruments(count), Timestamp::MIN);
    let leverage = Leverage { ppm: 1_000_000_000 };
    Core::new(state, strategy, RiskEngine::new(vec![Box::new(BuyingPower { leverage })]))
}

/// A candle of one price.
pub(crate) fn candle(instrument: u32, price: i64) -> Event {
    let (at, price) = (Timestamp(0), Price(price));
    let candle =
        Candle { open_time: at, known_time: at, open: price, high: price, low: price, close: price, volume: 0 };
    Event::Market(MarketEvent::Candle(MarketCandle { instrument: InstrumentId(instrument), price_scale: 2, candle }))
}

/// A fill of an order, as its venue would report it.
pub(crate) fn fill(request: &OrderRequest, number: u128, quantity: i64, price: i64) -> Fill {
    Fill {
        order: request.order,
        fill: FillId(number),
        instrument: request.instrument,
        side: request.side,
        price: Price(price),
        quantity: Qty(quantity),
        fee: Money(i128::from(price) * i128::from(quantity) * 1_234_567),
        liquidity: Liquidity::Taker,
        certainty: engine::Certainty::Certain,
        venue_time: Timestamp(0),
    }
}
