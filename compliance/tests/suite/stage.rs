//! A stage for flows: the real core with strategies that do as they are told, and the watch that looks on.
use compliance::{Alert, AlertBook, Detector, Reporter, Watch, WatchConfig};
use engine::{
    Booked, Candle, Core, Currency, Dated, Desk, Effect, Entry, Event, Fill, FillId, Instrument, InstrumentId, Intents,
    Liquidity, MarketCandle, MarketEvent, Money, NewOrder, OperatorEvent, Order, OrderId, OrderKind, Owner, Price, Qty,
    Report, RiskEngine, Side, Spec, State, Strategy, TimerId, Timestamp, View,
};
use rust_decimal::Decimal;
use std::cell::RefCell;
use std::rc::Rc;

pub(crate) const SECOND: i64 = 1_000_000_000;
pub(crate) const MINUTE: i64 = 60 * SECOND;
pub(crate) const HOUR: i64 = 60 * MINUTE;
pub(crate) const DAY: i64 = 24 * HOUR;

/// Scales of prices and quantities of the instruments of a stage.
const SCALES: [(u8, u8); 3] = [(2, 0), (2, 3), (5, 0)];

/// How many instruments, and how many strategies, a stage has.
pub(crate) const INSTRUMENTS: u32 = SCALES.len() as u32;
pub(crate) const OWNERS: u8 = 3;

#[derive(Clone, Copy)]
enum Wish {
    Order(NewOrder),
    Amend(OrderId, Qty, Option<Price>),
    Cancel(OrderId),
}

/// Wishes what it is told to at the next timer.
#[derive(Clone)]
struct Puppet(Rc<RefCell<Vec<Wish>>>);

impl Strategy for Puppet {
    fn decide(&mut self, event: &Event, _view: View<'_>, out: &mut Intents) {
        if !matches!(event, Event::Timer(_)) {
            return;
        }
        for wish in self.0.borrow_mut().drain(..) {
            match wish {
                Wish::Order(order) => out.order(order),
                Wish::Amend(order, quantity, price) => out.amend(order, quantity, price),
                Wish::Cancel(order) => out.cancel(order),
            }
        }
    }
}

pub(crate) struct Stage {
    core: Core<Desk<Puppet>>,
    wishes: Rc<RefCell<Vec<Wish>>>,
    pub(crate) watch: Watch,
    pub(crate) reporter: Reporter,
    /// What the books booked, in order.
    pub(crate) booked: Vec<Booked>,
    pub(crate) last_fill: Option<Fill>,
    number: u64,
    fills: u128,
}

pub(crate) fn instruments() -> Vec<Instrument> {
    let make = |(place, scales): (usize, &(u8, u8))| {
        let currency: Currency = "USD".parse().expect("a currency");
        let name = format!("stage:{}", ["AAA", "BBB", "CCC"][place]);
        Instrument::new(name, currency, *scales, Decimal::ONE, Dated::always(Spec::FREE)).expect("an instrument")
    };
    SCALES.iter().enumerate().map(make).collect()
}

impl Stage {
    pub(crate) fn new(config: &WatchConfig) -> Self {
        let wishes = Rc::new(RefCell::new(Vec::new()));
        let puppets = (0..OWNERS).map(|_| Puppet(Rc::clone(&wishes))).collect();
        let share = Money(Money::ONE.0 * 1_000_000_000_000);
        let cash = Money(share.0 * i128::from(OWNERS));
        let state = State::new(cash, instruments(), Timestamp::MIN).with_strategies(&[share; OWNERS as usize]);
        Self {
            core: Core::new(state, Desk::new(puppets), RiskEngine::new(Vec::new())),
            wishes,
            watch: Watch::new(config, &instruments()).expect("thresholds that mean something"),
            number: 0,
            fills: 0,
            reporter: Reporter::default(),
            booked: Vec::new(),
            last_fill: None,
        }
    }

    /// One step of the core, and everybody's look at it.
    fn step(&mut self, time: i64, event: Event) {
        let effects = self.look(time, event);
        let refused = effects.iter().find(|effect| matches!(effect, Effect::Refused(_) | Effect::Noticed { .. }));
        assert!(refused.is_none(), "a stage plays what can be played: {refused:?}");
    }

    fn look(&mut self, time: i64, event: Event) -> Vec<Effect> {
        self.number += 1;
        let entry = Entry { number: self.number, time: Timestamp(time), event };
        let mut effects = Vec::new();
        self.core.step(&entry, &mut effects);
        self.watch.observe(&entry, &effects, self.core.state());
        self.reporter.observe(&entry, self.core.state());
        self.booked.extend(self.core.state().booked);
        effects
    }

    /// A person does something.
    pub(crate) fn operate(&mut self, time: i64, act: OperatorEvent) {
        self.look(time, Event::Operator(act.kept()));
    }

    /// The venue says this, odd or not.
    pub(crate) fn report(&mut self, time: i64, report: Report) {
        self.look(time, Event::Report(report));
    }

    pub(crate) fn state(&self) -> &State {
        self.core.state()
    }

    pub(crate) fn order(&self, order: OrderId) -> &Order {
        self.state().orders.get(order).expect("an order of the stage")
    }

    pub(crate) fn book(&self) -> &AlertBook {
        &self.watch.book
    }

    /// The alerts of one detector.
    pub(crate) fn alerts(&self, detector: Detector) -> Vec<&Alert> {
        self.book().alerts().iter().filter(|alert| alert.detector == detector).collect()
    }

    pub(crate) fn candle(&mut self, instrument: InstrumentId, times: (i64, i64), prices: [i64; 4], volume: i64) {
        let [open, high, low, close] = prices.map(Price);
        let (open_time, known_time) = (Timestamp(times.0), Timestamp(times.1));
        let candle = Candle { open_time, known_time, open, high, low, close, volume };
        let price_scale = SCALES[instrument.index()].0;
        self.step(times.1, Event::Market(MarketEvent::Candle(MarketCandle { instrument, price_scale, candle })));
    }

    fn wish(&mut self, time: i64, owner: Owner, wish: Wish) {
        self.wishes.borrow_mut().push(wish);
        let place = owner.index().expect("one of several");
        self.step(time, Event::Timer(TimerId(0).outer(place, usize::from(OWNERS))));
    }

    /// Sends an order, which the venue accepts at once.
    pub(crate) fn submit(&mut self, time: i64, owner: Owner, order: NewOrder) -> OrderId {
        let id = self.state().orders.next_id();
        self.wish(time, owner, Wish::Order(order));
        self.step(time, Event::Report(Report::Accepted { order: id }));
        id
    }

    /// Asks for an order back.
    pub(crate) fn ask_back(&mut self, time: i64, order: OrderId) {
        self.wish(time, self.order(order).owner, Wish::Cancel(order));
    }

    /// Cancels an order, which the venue does at once.
    pub(crate) fn cancel(&mut self, time: i64, order: OrderId) {
        self.ask_back(time, order);
        self.step(time, Event::Report(Report::Cancelled { order }));
    }

    /// Amends an order, which the venue does at once.
    pub(crate) fn amend(&mut self, time: i64, order: OrderId, quantity: i64, price: i64) {
        let (quantity, price) = (Qty(quantity), Some(Price(price)));
        self.wish(time, self.order(order).owner, Wish::Amend(order, quantity, price));
        self.step(time, Event::Report(Report::Amended { order, quantity, price }));
    }

    pub(crate) fn fill(&mut self, time: i64, order: OrderId, price: i64, quantity: i64, liquidity: Liquidity) {
        self.fills += 1;
        let request = self.order(order).request;
        let fill = Fill {
            order,
            fill: FillId(self.fills),
            instrument: request.instrument,
            side: request.side,
            price: Price(price),
            quantity: Qty(quantity),
            fee: Money::ZERO,
            liquidity,
            certainty: engine::Certainty::Certain,
            venue_time: Timestamp(time),
        };
        self.last_fill = Some(fill);
        self.step(time, Event::Report(Report::Filled(fill)));
    }

    /// A market order that is filled whole at once.
    pub(crate) fn take(&mut self, time: i64, owner: Owner, what: (InstrumentId, Side), price: i64, quantity: i64) {
        let order = NewOrder::new(what.0, what.1, Qty(quantity), OrderKind::Market);
        let order = self.submit(time, owner, order);
        self.fill(time, order, price, quantity, Liquidity::Taker);
    }

    /// A limit order.
    pub(crate) fn limit(
        &mut self,
        time: i64,
        owner: Owner,
        what: (InstrumentId, Side),
        price: i64,
        quantity: i64,
    ) -> OrderId {
        let kind = OrderKind::Limit { price: Price(price) };
        self.submit(time, owner, NewOrder::new(what.0, what.1, Qty(quantity), kind))
    }

    /// Nothing but time passes.
    pub(crate) fn wait(&mut self, time: i64) {
        self.step(time, Event::Timer(TimerId(7).outer(0, usize::from(OWNERS))));
    }

    pub(crate) fn finish(&mut self) {
        self.watch.finish(self.core.state());
    }
}
