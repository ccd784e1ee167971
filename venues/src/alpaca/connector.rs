//! The connector: what arrives is handed to the part that knows about it, and what is due is done.
//!
//! It holds no decision of its own beyond that; the parts stand in files of their own beside this one.
use super::book::Book;
use super::catching_up::CatchingUp;
use super::config::{Config, ConfigError};
use super::feeds::Feeds;
use super::hours::Session;
use super::map::symbols::{Class, Symbols};
use super::missed::Missed;
use super::outbox::{Base, Outbox, Purpose, Sent, reset_of};
use super::private::Private;
use super::questions::Questions;
use super::seen::Seen;
use super::series::Candles;
use super::timers::{Timer, Timers};
use crate::client_id::ClientIds;
use crate::connector::{Connector, Frame, Input, LinkFailure, Moment, Output, Socket};
use crate::happening::{Channel, Happening};
use crate::text::{shown, without};
use engine::event::Report;
use engine::{Capabilities, Rng, Timestamp};
use secrecy::ExposeSecret;
use std::collections::BTreeMap;

/// A second in nanoseconds.
pub(super) const SECOND: u64 = 1_000_000_000;

/// A connector of Alpaca: stocks and crypto, its own paper trading and the real market.
pub struct Alpaca {
    pub(super) config: Config,
    pub(super) symbols: Symbols,
    pub(super) ids: ClientIds,
    pub(super) now: Moment,
    pub(super) out: Vec<Output>,
    pub(super) outbox: Outbox,
    pub(super) timers: Timers,
    pub(super) book: Book,
    pub(super) private: Private,
    pub(super) catching_up: CatchingUp,
    pub(super) feeds: Feeds,
    pub(super) candles: Candles,
    pub(super) questions: Questions,
    pub(super) missed: BTreeMap<Class, Missed>,
    /// The sessions of these days, once known.
    pub(super) sessions: Option<Vec<Session>>,
    /// How far the venue's clock is ahead of ours, in nanoseconds.
    pub(super) ahead_ns: i64,
    /// The latest instant that its market has shown.
    pub(super) shown: Timestamp,
    /// Executions of the stream that were taken in.
    pub(super) executions: Seen<u128>,
    /// What was told of others' orders.
    pub(super) strangers: Seen<String>,
    /// What was told once and is not to fill the log.
    pub(super) told: Seen<String>,
    /// Money that moved and was told.
    pub(super) movements: Seen<String>,
    /// When the session began.
    pub(super) began: Timestamp,
    /// Whether the venue was seen to count what an order had filled to the one in its place.
    pub(super) carries: bool,
    pub(super) rng: Rng,
    pub(super) barred: bool,
    pub(super) stopped: bool,
}

impl std::fmt::Debug for Alpaca {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Alpaca at {}", self.config.endpoints.trading)
    }
}

impl Alpaca {
    /// A connector at rest.
    ///
    /// # Errors
    /// Says what is wrong with the set-up.
    pub fn new(config: Config) -> Result<Self, ConfigError> {
        config.check()?;
        let symbols = Symbols::new(config.listed.clone());
        Ok(Self {
            ids: ClientIds::new(&config.run),
            now: Moment { wall: Timestamp(0), mono_ns: 0 },
            out: Vec::new(),
            outbox: Outbox::new(&config),
            timers: Timers::default(),
            book: Book::default(),
            private: Private::new(config.seed),
            catching_up: CatchingUp::new(config.seed),
            feeds: Feeds::new(&config, &symbols),
            candles: Candles::new(&symbols),
            questions: Questions::default(),
            missed: BTreeMap::new(),
            sessions: None,
            ahead_ns: 0,
            shown: Timestamp::MIN,
            executions: Seen::default(),
            strangers: Seen::default(),
            told: Seen::default(),
            movements: Seen::default(),
            began: Timestamp::MIN,
            carries: false,
            rng: Rng::stream(config.seed, "alpaca waits"),
            barred: false,
            stopped: false,
            symbols,
            config,
        })
    }

    pub(super) fn happened(&mut self, happening: Happening) {
        self.out.push(Output::Happened(happening));
    }

    pub(super) fn report(&mut self, report: Report) {
        self.happened(Happening::Report(report));
    }

    /// A note for a person, without secrets and control characters.
    pub(super) fn note(&mut self, text: &str) {
        let text = self.clean(text);
        self.happened(Happening::Note(text));
    }

    /// The same, once.
    pub(super) fn note_once(&mut self, text: &str) {
        if self.told.is_new(shown(text)) {
            self.note(text);
        }
    }

    /// A text that may leave: no secret that the venue sent back stands in it, and no control character.
    pub(super) fn clean(&self, text: &str) -> String {
        let text = shown(text);
        match &self.config.credentials {
            Some(keys) => without(text, &[keys.key.expose_secret(), keys.secret.expose_secret()]),
            None => text,
        }
    }

    /// The venue will not hear us any more; said once.
    pub(super) fn bar(&mut self, why: &str) {
        if !std::mem::replace(&mut self.barred, true) {
            let why = self.clean(why);
            self.happened(Happening::Barred(why));
        }
    }

    /// A moment of the monotonic clock so much later.
    pub(super) fn after(&self, ns: u64) -> u64 {
        self.now.mono_ns.saturating_add(ns)
    }

    /// Up to so many nanoseconds, drawn anew each time.
    pub(super) fn jitter(&mut self, below_ns: u64) -> u64 {
        self.rng.below(below_ns.max(1))
    }

    fn start(&mut self) {
        (self.began, self.stopped) = (self.now.wall, false);
        self.catching_up.since = self.now.wall;
        self.open_feeds();
        if self.outbox.has_credentials() {
            self.open_private();
            self.timers.set(Timer::Clock, self.now.mono_ns);
            self.timers.set(Timer::Sessions, self.now.mono_ns);
            self.timers.set(Timer::Movements, self.now.mono_ns);
        } else {
            self.note("no key: the candles of crypto are asked for once a minute, and nothing else can be had");
            self.timers.set(Timer::Poll, self.now.mono_ns);
        }
        self.timers.set(Timer::Candles, self.after(SECOND));
    }

    fn stop(&mut self) {
        self.stopped = true;
        self.timers = Timers::default();
        self.close_private();
        self.close_feeds();
    }

    fn answered(&mut self, sent: Sent, status: u16, headers: &[(String, String)], body: &[u8]) {
        if status == 429 {
            let base = self.base_of(&sent.purpose);
            self.outbox.hold(self.now, base, reset_of(headers));
        }
        match sent.purpose.clone() {
            Purpose::Submit(order) => self.on_submitted(order, status, body),
            Purpose::Amend(order) => self.on_amended(order, status, body),
            Purpose::Cancel(order, leg) => self.on_cancelled(order, &leg, status, body),
            Purpose::Look(order, named) => self.on_looked(order, named, status, body),
            Purpose::CancelOne => self.on_cancelled_one(status, body),
            _ if status == 429 || status >= 500 || status == 408 => self.again(sent, &format!("HTTP {status}")),
            Purpose::Open => self.on_open_orders(status, body),
            Purpose::Fills => self.on_fills(status, body),
            Purpose::Movements => self.on_movements(status, body),
            Purpose::Clock => self.on_clock(sent.at, status, body),
            Purpose::Sessions => self.on_sessions(status, body),
            Purpose::Missed(of) => self.on_missed(&of, status, body),
            Purpose::Ask(question) => self.on_question(question, sent.at, status, body),
        }
    }

    fn unanswered(&mut self, sent: Sent, failure: LinkFailure) {
        match sent.purpose.clone() {
            Purpose::Submit(order) => self.on_submit_unanswered(order, failure),
            Purpose::Amend(order) => self.on_amend_unanswered(order, failure),
            Purpose::Cancel(order, leg) => self.on_cancel_unanswered(order, &leg),
            Purpose::Look(order, _) => self.look_later(order),
            Purpose::CancelOne => self.note("a cancel has no answer: ask for the open orders"),
            _ => self.again(sent, "no answer"),
        }
    }

    /// Asks a question again, later each time; where it was asked often enough, whoever wanted to know is told that nobody
    /// knows.
    fn again(&mut self, sent: Sent, why: &str) {
        let wait = (SECOND / 4) << sent.attempts.min(6);
        let at = self.now.mono_ns.saturating_add(wait / 2 + self.jitter(wait));
        let Err(purpose) = self.outbox.ask_again(sent, at) else { return };
        match purpose {
            Purpose::Open | Purpose::Fills => self.catch_up_later(why),
            Purpose::Ask(question) => self.question_failed(question, why),
            Purpose::Missed(of) => self.give_up_missed(&of, why),
            Purpose::Clock => self.timers.set(Timer::Clock, self.after(30 * SECOND)),
            Purpose::Sessions => self.sessions_unknown(why),
            Purpose::Movements => self.timers.set(Timer::Movements, self.after(60 * SECOND)),
            _ => {}
        }
    }

    fn base_of(&self, purpose: &Purpose) -> Base {
        match purpose {
            Purpose::Missed(_) => Base::Data,
            Purpose::Ask(question) => self.questions.base(*question),
            _ => Base::Trading,
        }
    }

    fn run_due(&mut self) {
        while let Some(timer) = self.timers.due(self.now.mono_ns) {
            match timer {
                Timer::Reopen(Socket::Private) => self.open_private(),
                Timer::Reopen(socket) => self.open_feed(socket),
                Timer::Deadline(Socket::Private) => self.private_is_late(),
                Timer::Deadline(socket) => self.feed_is_late(socket),
                Timer::Held(Socket::Private) => self.private.backoff.worked(),
                Timer::Held(socket) => self.feeds.worked(socket),
                Timer::Audit => self.audit(),
                Timer::Fills => self.pull_fills(),
                Timer::Movements => self.pull_movements(),
                Timer::Clock => self.ask_the_clock(),
                Timer::Sessions => self.ask_for_sessions(),
                Timer::Candles => self.close_candles(),
                Timer::Poll => self.poll_bars(),
            }
        }
        for order in self.book.to_look_for(self.now.mono_ns) {
            self.look(order);
        }
    }

    fn received(&mut self, socket: Socket, frame: Frame<'_>) {
        match socket {
            Socket::Private => self.private_said(frame),
            socket => self.feed_said(socket, frame),
        }
    }
}

impl Connector for Alpaca {
    fn capabilities(&self) -> Capabilities {
        let stocks = self.symbols.of_class(Class::Stock).next().is_some();
        let mut able = Capabilities::LEAST.with_kinds(&["limit", "stop_limit"]).with_times(&["ioc"]);
        able.amend = true;
        if stocks {
            // Where crypto is listed beside stocks, what it does not offer is refused order by order.
            able = able.with_kinds(&["stop", "trailing_stop"]).with_times(&["day", "fok", "opg", "cls"]);
            (able.attached, able.one_cancels_other) = (true, true);
        }
        able
    }

    fn handle(&mut self, now: Moment, input: Input<'_>, out: &mut Vec<Output>) {
        self.now = now;
        std::mem::swap(&mut self.out, out);
        match input {
            Input::Start => self.start(),
            Input::Adopt { order, action, filled } => self.adopt(order, action, filled),
            Input::Booked(fill) => self.booked_before(fill),
            Input::Answered { ticket, status, headers, body } => {
                if let Some(sent) = self.outbox.answered(ticket) {
                    self.answered(sent, status, headers, body);
                }
            }
            Input::Unanswered { ticket, failure } => {
                if let Some(sent) = self.outbox.answered(ticket) {
                    self.unanswered(sent, failure);
                }
            }
            Input::Opened(Socket::Private) => self.private_opened(),
            Input::Opened(socket) => self.feed_opened(socket),
            Input::Received(socket, frame) => self.received(socket, frame),
            Input::Closed(Socket::Private) => self.private_closed("the socket is closed"),
            Input::Closed(socket) => self.feed_closed(socket, "the socket is closed"),
            Input::Woken => {}
            Input::Act(actions) => self.act(actions),
            Input::Ask(question, query) => self.ask(question, query),
            Input::Stop => self.stop(),
        }
        if !self.stopped {
            self.run_due();
            self.outbox.flush(now, &mut self.out);
        }
        std::mem::swap(&mut self.out, out);
    }

    fn wake_at(&self) -> Option<u64> {
        if self.stopped {
            return None;
        }
        let waits = [self.timers.next(), self.outbox.wake_at(self.now.mono_ns), self.book.look_at()];
        waits.into_iter().flatten().min()
    }
}

/// News of a stream that led to nothing else.
pub(super) fn alive(channel: Channel) -> Happening {
    Happening::Alive(channel)
}
