//! Connector and core in one thread, as the live world puts them together, beside a venue that answers at once.
use super::{Asked, Message, Side};
use crate::desk::wide_limits;
use engine::risk::{AllowedInstruments, BuyingPower, Leverage, RiskCheck, Settings, all_limited};
use engine::tape::DigestOnly;
use engine::{
    Action, Core, Effect, Entry, Event, Intents, Journal, MarketCandle, MarketEvent, Money, Qty, RiskEngine, State,
    Strategy, Timestamp, View,
};
use secrecy::ExposeSecret;
use std::time::Instant;
use venues::{Connector, Frame, Happening, Input, Listed, Moment, Output, Socket, Standing};

/// Holds one size of an instrument, and nothing of it after its next candle.
#[derive(Debug)]
pub struct Alternate {
    size: Qty,
    holds: Vec<bool>,
}

impl Alternate {
    /// One that holds nothing yet.
    #[must_use]
    pub fn new(size: Qty, instruments: usize) -> Self {
        Self { size, holds: vec![false; instruments] }
    }
}

impl Strategy for Alternate {
    fn decide(&mut self, event: &Event, _: View<'_>, out: &mut Intents) {
        let Event::Market(MarketEvent::Candle(MarketCandle { instrument, .. })) = *event else { return };
        let holds = &mut self.holds[instrument.index()];
        *holds = !*holds;
        out.target(instrument, if *holds { self.size } else { Qty::ZERO });
    }
}

/// A core with every limit that there is, each so wide that nothing is refused.
#[must_use]
pub fn core<S: Strategy>(listed: &[Listed], cash: Money, strategy: S) -> Core<S> {
    let count = listed.len();
    let instruments = listed.iter().map(|it| it.instrument.clone()).collect();
    let state = State::new(cash, instruments, Timestamp::MIN).with_limits(wide_limits(count), Settings::default());
    let mut checks: Vec<Box<dyn RiskCheck + Send>> = vec![Box::new(AllowedInstruments(vec![true; count]))];
    checks.extend(all_limited(&[]));
    checks.push(Box::new(BuyingPower { leverage: Leverage::ONE }));
    Core::new(state, strategy, RiskEngine::new(checks))
}

/// The thread, and the venue.
pub struct OneThread<S: Side> {
    connector: Box<dyn Connector>,
    side: S,
    core: Core<Alternate>,
    journal: DigestOnly,
    listed: Vec<Listed>,
    market: Socket,
    begin_ms: i64,
    mono_ns: u64,
    number: u64,
    last: Timestamp,
    out: Vec<Output>,
    leaving: Vec<Output>,
    effects: Vec<Effect>,
    actions: Vec<Action>,
    notes: Vec<String>,
}

const SECOND: u64 = 1_000_000_000;

impl<S: Side> OneThread<S> {
    /// A thread whose streams are ready.
    ///
    /// # Panics
    /// When they do not become ready.
    #[must_use]
    pub fn new(connector: Box<dyn Connector>, side: S, listed: Vec<Listed>, (begin_ms, size): (i64, Qty)) -> Self {
        let cash = Money(100_000_000 * Money::ONE.0);
        let mut it = Self {
            core: core(&listed, cash, Alternate::new(size, listed.len())),
            connector,
            side,
            journal: DigestOnly::default(),
            listed,
            market: Socket::Market(0),
            begin_ms,
            mono_ns: 0,
            number: 0,
            last: Timestamp::MIN,
            out: Vec::new(),
            leaving: Vec::new(),
            effects: Vec::new(),
            actions: Vec::new(),
            notes: Vec::new(),
        };
        it.take_in(Input::Start);
        it.settle();
        it.pass(30 * SECOND);
        // What the first frames say is a beginning and no end.
        for _ in 0..3 {
            it.pass_a_minute();
            it.frame();
            it.settle();
        }
        it
    }

    /// What connector and core said to people.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    fn wall_ms(&self) -> i64 {
        self.begin_ms + i64::try_from(self.mono_ns / 1_000_000).expect("a short run")
    }

    fn now(&self) -> Moment {
        Moment { wall: Timestamp(self.wall_ms() * 1_000_000), mono_ns: self.mono_ns }
    }

    /// The measured way: what came in to what is to be sent.
    fn take_in(&mut self, input: Input<'_>) {
        let now = self.now();
        self.connector.handle(now, input, &mut self.out);
        self.step(now);
        if !self.actions.is_empty() {
            self.connector.handle(now, Input::Act(&self.actions), &mut self.out);
            self.actions.clear();
            self.step(now);
        }
    }

    fn step(&mut self, now: Moment) {
        let mut out = std::mem::take(&mut self.out);
        for output in out.drain(..) {
            let event = match output {
                Output::Happened(Happening::Candle { instrument, candle, standing: Standing::Final }) => {
                    let price_scale = self.listed[instrument.index()].instrument.price_scale;
                    Event::Market(MarketEvent::Candle(MarketCandle { instrument, price_scale, candle }))
                }
                Output::Happened(Happening::Report(report)) => Event::Report(report),
                Output::Happened(Happening::Note(text)) => {
                    self.notes.push(text);
                    continue;
                }
                Output::Happened(_) => continue,
                output => {
                    self.leaving.push(output);
                    continue;
                }
            };
            self.number += 1;
            self.last = self.last.max(now.wall);
            let entry = Entry { number: self.number, time: self.last, event };
            self.effects.clear();
            self.journal.append(&entry).expect("memory takes it");
            self.core.step(&entry, &mut self.effects);
            self.journal.commit(&entry, &self.effects, self.core.state()).expect("memory takes it");
            self.actions.extend(self.effects.iter().filter_map(|effect| match effect {
                Effect::Send(command) => Some(*command.action()),
                _ => None,
            }));
        }
        self.out = out;
    }

    fn receive(&mut self, socket: Socket, message: &Message) {
        match message {
            Message::Text(text) => self.take_in(Input::Received(socket, Frame::Text(text))),
            Message::Binary(bytes) => self.take_in(Input::Received(socket, Frame::Binary(bytes))),
        }
    }

    /// The venue answers everything that has left, until nothing leaves any more.
    fn settle(&mut self) {
        loop {
            for output in std::mem::take(&mut self.leaving) {
                match output {
                    Output::Send(request) => {
                        let body = self.side.answer(&Asked::of(&request, self.wall_ms()));
                        let (ticket, body) = (request.ticket, body.as_bytes());
                        self.take_in(Input::Answered { ticket, status: 200, headers: &[], body });
                    }
                    Output::Open { socket, .. } => {
                        if socket != Socket::Private {
                            self.market = socket;
                        }
                        self.take_in(Input::Opened(socket));
                        self.hear(socket, Side::opened);
                    }
                    Output::Text(socket, text) => {
                        let text = Message::Text(text.expose_secret().into());
                        self.hear(socket, |side, socket| side.heard(socket, &text));
                    }
                    Output::Binary(socket, bytes) => {
                        let bytes = Message::Binary(bytes.expose_secret().to_vec());
                        self.hear(socket, |side, socket| side.heard(socket, &bytes));
                    }
                    Output::Close(socket) => panic!("{socket:?} was given up: {:?}", self.notes),
                    Output::Happened(_) => {}
                }
            }
            for news in self.side.fills() {
                self.receive(Socket::Private, &news);
            }
            if self.leaving.is_empty() {
                return;
            }
        }
    }

    fn hear(&mut self, socket: Socket, what: impl FnOnce(&mut S, Socket) -> Vec<Message>) {
        for message in what(&mut self.side, socket) {
            self.receive(socket, &message);
        }
    }

    /// Lets time pass; the connector is woken when it wants to be.
    fn pass(&mut self, ns: u64) {
        let until = self.mono_ns + ns;
        while let Some(at) = self.connector.wake_at().filter(|at| *at <= until) {
            self.mono_ns = at.max(self.mono_ns + 1);
            self.take_in(Input::Woken);
            self.settle();
        }
        self.mono_ns = until.max(self.mono_ns);
    }

    fn pass_a_minute(&mut self) {
        // A little past the end, as frames of the next minute come.
        let end = (self.mono_ns / (60 * SECOND) + 1) * 60 * SECOND + SECOND / 5;
        self.pass(30 * SECOND);
        for socket in [self.market, Socket::Private] {
            if let Some(ping) = self.side.ping() {
                self.receive(socket, &ping);
            }
        }
        self.pass(end - self.mono_ns);
    }

    fn frame(&mut self) -> u64 {
        let frame = self.side.candle(0);
        let start = Instant::now();
        self.receive(self.market, &frame);
        u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    /// A minute passes and its candle ends: how long it took from the frame that says so to the bytes of an order, in
    /// nanoseconds.
    ///
    /// # Panics
    /// When no order leaves.
    pub fn decide(&mut self) -> u64 {
        self.pass_a_minute();
        let took = self.frame();
        let order = |output: &Output| matches!(output, Output::Send(request) if request.adds_risk);
        assert!(self.leaving.iter().any(order), "no order: {:?}", self.notes);
        self.settle();
        took
    }
}
