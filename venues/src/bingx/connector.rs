//! The protocol as a whole: what comes in is handed to the part that it concerns, and what is due is done.
//!
//! Parts answer by outputs and by tasks for later. Texts of the venue leave here without secrets and control characters.
use super::agenda::{Agenda, Task};
use super::asking::Question;
use super::candles::Candles;
use super::clock::VenueClock;
use super::config::{Config, ConfigError};
use super::errors::Class;
use super::funding::Funding;
use super::map::order::{Style, capabilities};
use super::market_stream::MarketStreams;
use super::order_news::Strangers;
use super::orders::Orders;
use super::outbox::{Flight, Job, Outbox, Purpose};
use super::private_stream::PrivateStream;
use super::wire::envelope::{Outcome, outcome};
use crate::inflate::Inflater;
use crate::query::Unanswered;
use crate::text::without;
use crate::{ClientIds, Connector, Frame, Happening, Input, LinkFailure, Listed, Moment, Output, Socket};
use engine::Capabilities;
use engine::event::Report;
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeMap;

/// What one input leads to.
pub(super) struct Turn<'a> {
    pub(super) now: Moment,
    pub(super) out: &'a mut Vec<Output>,
    /// What the venue said of orders, before it is put out: it always comes before other happenings that follow.
    pub(super) reports: Vec<Report>,
}

impl Turn<'_> {
    pub(super) fn happened(&mut self, happening: Happening) {
        self.flush();
        self.out.push(Output::Happened(happening));
    }

    pub(super) fn note(&mut self, words: impl Into<String>) {
        self.happened(Happening::Note(words.into()));
    }

    pub(super) fn report(&mut self, report: Report) {
        self.reports.push(report);
    }

    fn flush(&mut self) {
        self.out.extend(self.reports.drain(..).map(|report| Output::Happened(Happening::Report(report))));
    }
}

/// BingX, perpetual swaps in USDT.
pub struct BingX {
    pub(super) listed: Vec<Listed>,
    pub(super) ids: ClientIds,
    pub(super) style: Style,
    pub(super) seed: u64,
    pub(super) has_key: bool,
    pub(super) clock: VenueClock,
    pub(super) agenda: Agenda,
    pub(super) outbox: Outbox,
    pub(super) orders: Orders,
    pub(super) strangers: Strangers,
    pub(super) candles: Vec<Candles>,
    pub(super) markets: MarketStreams,
    pub(super) private: PrivateStream,
    pub(super) funding: Vec<Funding>,
    pub(super) questions: BTreeMap<u64, Question>,
    /// Whether fills come with their own numbers, as far as the venue has not refused that.
    pub(super) fills_have_numbers: bool,
    pub(super) kill_timer_s: Option<u32>,
    pub(super) kill_timer_armed: bool,
    pub(super) follows_funding: bool,
    pub(super) stopped: bool,
    /// Room for what a turn finds, kept between turns.
    pub(super) scratch: Vec<Happening>,
    pub(super) odd_frames: u64,
    inflater: Inflater,
    secrets: Vec<SecretString>,
}

impl std::fmt::Debug for BingX {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "BingX({} instruments, {} live orders)", self.listed.len(), self.orders.live())
    }
}

impl BingX {
    /// A connector that has not begun.
    ///
    /// # Errors
    /// When the configuration cannot work.
    pub fn new(config: Config) -> Result<Self, ConfigError> {
        config.check()?;
        let Config { endpoints, credentials, run, listed, mode, working, kill_timer_s, funding, limits, seed } = config;
        let secrets = credentials.iter().flat_map(|it| [it.key.clone(), it.secret.clone()]).collect();
        Ok(Self {
            ids: ClientIds::new(&run),
            style: Style { mode, working },
            seed,
            has_key: credentials.is_some(),
            clock: VenueClock::default(),
            agenda: Agenda::default(),
            outbox: Outbox::new(endpoints.rest, credentials.as_ref(), limits, seed),
            orders: Orders::default(),
            strangers: Strangers::default(),
            candles: listed.iter().map(|_| Candles::default()).collect(),
            markets: MarketStreams::new(endpoints.market, &listed, seed),
            private: PrivateStream::new(endpoints.private, seed),
            funding: listed.iter().map(|_| Funding::default()).collect(),
            listed,
            questions: BTreeMap::new(),
            fills_have_numbers: true,
            kill_timer_s,
            kill_timer_armed: false,
            follows_funding: funding,
            stopped: false,
            scratch: Vec::new(),
            odd_frames: 0,
            inflater: Inflater::default(),
            secrets,
        })
    }

    /// Puts a request on its way. One for which there is no room or no key fails at once.
    pub(super) fn send(&mut self, job: Job, turn: &mut Turn<'_>) {
        match self.outbox.push(job) {
            Ok(()) => self.pump(turn),
            Err(job) => self.never_left(&job, "too many requests wait, or there is no key", turn),
        }
    }

    /// Sends what may go.
    pub(super) fn pump(&mut self, turn: &mut Turn<'_>) {
        let (stale, next) = self.outbox.pump(turn.now, &self.clock, turn.out);
        for job in stale {
            self.never_left(&job, "it waited too long for the venue's limits", turn);
        }
        if let Some(next) = next {
            self.agenda.set_earlier(Task::Send, next);
        }
    }

    /// Remembers something that must never be shown.
    pub(super) fn keep_secret(&mut self, secret: &SecretString) {
        // The key, its secret, and the last listen keys: older ones are worth nothing.
        if self.secrets.len() >= 6 {
            self.secrets.remove(2);
        }
        self.secrets.push(secret.clone());
    }

    /// An answer, or word that there is none, is handed to the part that asked.
    fn landed(&mut self, flight: &Flight, status: u16, outcome: &Outcome<'_>, turn: &mut Turn<'_>) {
        if let Outcome::Failed { class, code, words } = outcome {
            self.failed(*class, *code, words, flight.job.purpose, turn);
        }
        match flight.job.purpose {
            Purpose::Time => self.told_time(flight, outcome, turn),
            Purpose::Mode => self.told_mode(flight, outcome, turn),
            Purpose::NewKey | Purpose::KeepKey | Purpose::DropKey => self.told_key(flight, status, outcome, turn),
            Purpose::Submit(order) => self.submitted(order, outcome, turn),
            Purpose::Cancel(order) => self.cancelled(order, outcome, turn),
            Purpose::Amend(order, quantity) => self.amended(order, quantity, outcome, turn),
            Purpose::Inquire(order) => self.told(order, flight, outcome, turn),
            Purpose::Orphan(id) => self.told_orphan(id, outcome, turn),
            Purpose::Audit => self.audited(outcome, turn),
            Purpose::Candles(place) => self.told_candles(place, outcome, turn),
            Purpose::Premium(place) => self.told_premium(place, outcome, turn),
            Purpose::Funding(place) => self.told_funding(place, outcome, turn),
            Purpose::FundingMark(place) => self.told_funding_mark(place, outcome, turn),
            Purpose::KillTimer { arms } => self.told_kill_timer(arms, outcome, turn),
            Purpose::Ask(number) => self.told_part(number, flight, outcome, turn),
        }
    }

    /// A request never left: a command was not done, and anything else is as if its answer had been lost.
    pub(super) fn never_left(&mut self, job: &Job, words: &str, turn: &mut Turn<'_>) {
        match job.purpose {
            Purpose::Submit(order) | Purpose::Cancel(order) | Purpose::Amend(order, _) => {
                self.not_sent(order, job.purpose, words, turn);
            }
            _ => {
                let outcome = Outcome::Failed { class: Class::Ambiguous, code: None, words: words.into() };
                let flight = Flight { job: job.clone(), sent: turn.now };
                self.landed(&flight, 0, &outcome, turn);
            }
        }
    }

    fn unanswered(&mut self, flight: &Flight, failure: LinkFailure, turn: &mut Turn<'_>) {
        match failure {
            LinkFailure::NotSent => self.never_left(&flight.job, "no connection was made", turn),
            LinkFailure::Killed => self.never_left(&flight.job, "a kill dropped it", turn),
            LinkFailure::Lost => {
                let words = "no whole answer came".to_string();
                let outcome = Outcome::Failed { class: Class::Ambiguous, code: None, words };
                self.landed(flight, 0, &outcome, turn);
            }
        }
    }

    fn received(&mut self, socket: Socket, frame: Frame<'_>, turn: &mut Turn<'_>) {
        // The buffer leaves its place while the message in it is read.
        let mut inflater = std::mem::take(&mut self.inflater);
        match super::frames::text_of(frame, &mut inflater) {
            Ok(text) => self.heard(socket, text, turn),
            Err(words) => self.odd_frame(socket, &words, turn),
        }
        self.inflater = inflater;
    }

    fn take(&mut self, input: Input<'_>, turn: &mut Turn<'_>) {
        match input {
            Input::Start => self.start(turn),
            Input::Stop => self.stop(turn),
            Input::Adopt { order, action, filled } => self.adopt(order, action, filled, turn),
            // Fills are counted by what the venue says is filled in all, so that how much was booked says which were.
            Input::Booked(_) => {}
            Input::Answered { ticket, status, headers, body } => {
                // An answer that came twice finds nobody who waits for it.
                if let Some(flight) = self.outbox.landed(ticket) {
                    self.heed(headers, turn);
                    self.landed(&flight, status, &outcome(status, body), turn);
                }
            }
            Input::Unanswered { ticket, failure } => {
                if let Some(flight) = self.outbox.landed(ticket) {
                    self.unanswered(&flight, failure, turn);
                }
            }
            Input::Opened(Socket::Market(number)) => self.market_opened(number, turn),
            Input::Opened(Socket::Private) => self.private_opened(turn),
            Input::Received(socket, frame) => self.received(socket, frame, turn),
            Input::Closed(Socket::Market(number)) => self.market_closed(number, "the connection ended", turn),
            Input::Closed(Socket::Private) => self.private_closed("the connection ended", turn),
            Input::Woken => {}
            Input::Act(actions) => actions.iter().for_each(|action| self.act(action, turn)),
            Input::Ask(number, query) => self.ask(number, query, turn),
        }
    }

    fn run(&mut self, task: Task, turn: &mut Turn<'_>) {
        match task {
            Task::Clock => self.compare_clocks(turn),
            Task::Send => self.pump(turn),
            Task::OpenMarket(number) => self.open_market(number, turn),
            Task::Subscribe(number) => self.subscribe(number, turn),
            Task::ListenMarket(number) => self.listen_market(number, turn),
            Task::NewKey => self.new_key(turn),
            Task::KeepKey => self.keep_key(turn),
            Task::ListenPrivate => self.listen_private(turn),
            Task::Audit => self.audit(turn),
            Task::Inquire(order) => self.ask_about(order, turn),
            Task::Orphans => self.look_at_orphans(turn),
            Task::Confirm(place) => self.confirm(place, turn),
            Task::Premium(place) => self.ask_premium(place, turn),
            Task::Funding(place) => self.ask_funding(place, turn),
            Task::KillTimer => self.kill_timer(turn),
        }
    }

    /// Takes secrets out of what the venue said.
    fn conceal(&self, out: &mut [Output]) {
        let shown: Vec<&str> = self.secrets.iter().map(|secret| secret.expose_secret()).collect();
        for output in out {
            let Output::Happened(happening) = output else { continue };
            let text = match happening {
                Happening::Note(text) | Happening::Barred(text) | Happening::Foreign(text) => text,
                Happening::Lost(_, text) => text,
                Happening::Answer(_, Err(Unanswered::Refused(text))) => text,
                Happening::Answer(_, Err(Unanswered::Unreachable(text) | Unanswered::Unreadable(text))) => text,
                _ => continue,
            };
            *text = without(std::mem::take(text), &shown);
        }
    }
}

/// How many tasks may run in one turn: one that sets itself again at once must not hold up the driver.
const TASKS_MAX: usize = 10_000;

impl Connector for BingX {
    fn capabilities(&self) -> Capabilities {
        capabilities()
    }

    fn handle(&mut self, now: Moment, input: Input<'_>, out: &mut Vec<Output>) {
        let before = out.len();
        let mut turn = Turn { now, out, reports: Vec::new() };
        self.take(input, &mut turn);
        for _ in 0..TASKS_MAX {
            let Some(task) = self.agenda.due(now.mono_ns) else { break };
            self.run(task, &mut turn);
        }
        self.mind_kill_timer(&mut turn);
        turn.flush();
        self.conceal(&mut out[before..]);
    }

    fn wake_at(&self) -> Option<u64> {
        self.agenda.next()
    }
}
