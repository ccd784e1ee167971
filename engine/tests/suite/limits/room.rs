//! A core with limits that is fed and asked step by step.
use crate::fed::{fill, instruments};
use engine::risk::{AllowedInstruments, BuyingPower, Leverage, Limits, Settings, all_limited};
use engine::tape::Outcome;
use engine::{
    Action, Candle, Check, Core, Effect, Entry, Event, InstrumentId, Intents, Label, MarketCandle, MarketEvent, Money,
    OrderKind, OrderRequest, Price, Qty, Refusal, Report, RiskEngine, Side, State, Strategy, TimerId, Timestamp, View,
};

/// A strategy that wishes nothing: wishes are handed in.
pub(super) struct Silent;

impl Strategy for Silent {
    fn decide(&mut self, _: &Event, _: View<'_>, _: &mut Intents) {}
}

pub(super) const A: InstrumentId = InstrumentId(0);
pub(super) const B: InstrumentId = InstrumentId(1);

pub(super) struct Room {
    core: Core<Silent>,
    number: u64,
    now: i64,
    fills: u128,
}

/// So many units of the account's currency.
pub(super) fn usd(units: i64) -> i128 {
    i128::from(units) * Money::ONE.0
}

pub(super) fn limits() -> Limits {
    Limits::none(2)
}

impl Room {
    /// An account of 1000 USD in two instruments that both cost 1 USD, seen at time 1000.
    pub(super) fn new(limits: Limits) -> Self {
        Self::with(limits, Settings::default(), 1_000)
    }

    pub(super) fn with(limits: Limits, settings: Settings, cash: i64) -> Self {
        let state = State::new(Money(usd(cash)), instruments(2), Timestamp::MIN);
        Self::over(state.with_limits(limits, settings), 1_000_000)
    }

    pub(super) fn over(state: State, leverage: i64) -> Self {
        let mut checks = all_limited(&[]);
        checks.insert(0, Box::new(AllowedInstruments(vec![true, true])));
        checks.push(Box::new(BuyingPower { leverage: Leverage { ppm: leverage * 1_000_000 } }));
        let mut room =
            Self { core: Core::new(state, Silent, RiskEngine::new(checks)), number: 0, now: 1_000, fills: 0 };
        room.price(A, 100);
        room.price(B, 100);
        room
    }

    pub(super) fn state(&self) -> &State {
        self.core.state()
    }

    pub(super) fn wait(&mut self, ns: i64) {
        self.now += ns;
    }

    /// Something happens now; what follows from it, timers of the watch included.
    pub(super) fn hear(&mut self, event: Event) -> Vec<Outcome> {
        let mut said = Vec::new();
        let mut next = Some(event);
        while let Some(event) = next.take() {
            self.number += 1;
            let entry = Entry { number: self.number, time: Timestamp(self.now), event };
            let mut effects = Vec::new();
            self.core.step(&entry, &mut effects);
            let timer = |effect: &Effect| matches!(effect, Effect::Arm { .. });
            if let Some(Effect::Arm { timer, .. }) = effects.iter().find(|effect| timer(effect)) {
                next = Some(Event::Timer(*timer));
            }
            said.extend(effects.iter().filter(|effect| !timer(effect)).map(Outcome::from));
        }
        said
    }

    /// A candle of one price in cents, known now, while the instant goes on: nobody wakes the watch yet.
    pub(super) fn unheard(&mut self, instrument: InstrumentId, price: i64) -> Vec<Outcome> {
        self.number += 1;
        let event = candle_at(instrument, price, (self.now, self.now));
        let (entry, mut effects) = (Entry { number: self.number, time: Timestamp(self.now), event }, Vec::new());
        self.core.step(&entry, &mut effects);
        effects.iter().map(Outcome::from).collect()
    }

    /// A candle of one price in cents, known now.
    pub(super) fn price(&mut self, instrument: InstrumentId, price: i64) -> Vec<Outcome> {
        self.candle(instrument, price, (self.now, self.now))
    }

    pub(super) fn candle(&mut self, instrument: InstrumentId, price: i64, times: (i64, i64)) -> Vec<Outcome> {
        self.hear(candle_at(instrument, price, times))
    }

    /// What is decided on wishes.
    pub(super) fn wish(&mut self, wishes: impl FnOnce(&mut Intents)) -> Vec<Outcome> {
        if self.core.state().now < Timestamp(self.now) {
            self.hear(Event::Timer(TimerId(1))); // time passes with events only
        }
        let (mut intents, mut effects) = (Intents::default(), Vec::new());
        wishes(&mut intents);
        self.core.act(&mut intents, &mut effects);
        effects.iter().map(Outcome::from).collect()
    }

    /// What is decided on the wish for an order.
    pub(super) fn order(&mut self, id: InstrumentId, side: Side, quantity: i64, kind: OrderKind) -> Vec<Outcome> {
        self.wish(|out| out.submit(id, side, Qty(quantity), kind, Label(0)))
    }

    pub(super) fn market(&mut self, id: InstrumentId, quantity: i64) -> Vec<Outcome> {
        let side = if quantity > 0 { Side::Buy } else { Side::Sell };
        self.order(id, side, quantity.abs(), OrderKind::Market)
    }

    /// The venue fills an order of ours at a price in cents.
    pub(super) fn filled(&mut self, request: &OrderRequest, price: i64) -> Vec<Outcome> {
        self.fills += 1;
        let mut fill = fill(request, self.fills, request.quantity.0, price);
        fill.fee = Money::ZERO;
        self.hear(Event::Report(Report::Filled(fill)))
    }

    /// Holds so many more at a price in cents, past every limit.
    pub(super) fn hold(&mut self, id: InstrumentId, quantity: i64, price: i64) -> Vec<Outcome> {
        let sent = request(&self.market(id, quantity));
        self.filled(&sent, price)
    }
}

/// The order that was sent.
pub(super) fn request(outcomes: &[Outcome]) -> OrderRequest {
    let sent = outcomes.iter().find_map(|outcome| match outcome {
        Outcome::Sent(Action::Submit(request)) => Some(*request),
        _ => None,
    });
    sent.unwrap_or_else(|| panic!("nothing was sent: {outcomes:?}"))
}

/// The refusal, if there was one.
pub(super) fn refusal(outcomes: &[Outcome]) -> Option<Refusal> {
    outcomes.iter().find_map(|outcome| match outcome {
        Outcome::Refused(refusal) => Some(*refusal),
        _ => None,
    })
}

/// Asks below, at and above a limit: the last must be refused by this check, with limit and value, and the others pass.
pub(super) fn boundary(check: Check, limit: i128, ask: impl Fn(i64) -> Vec<Outcome>) {
    for below in [-1, 0] {
        assert_eq!(refusal(&ask(below)), None, "{check:?} at {below} from the limit");
    }
    let refused = refusal(&ask(1)).unwrap_or_else(|| panic!("{check:?} let one more than the limit through"));
    assert_eq!((refused.check, refused.limit), (check, limit));
    assert!(refused.value > limit, "{check:?}: {} against {limit}", refused.value);
}

fn candle_at(instrument: InstrumentId, price: i64, (open, known): (i64, i64)) -> Event {
    let price = Price(price);
    let candle = Candle {
        open_time: Timestamp(open),
        known_time: Timestamp(known),
        open: price,
        high: price,
        low: price,
        close: price,
        volume: 0,
    };
    Event::Market(MarketEvent::Candle(MarketCandle { instrument, price_scale: 2, candle }))
}
