//! The world of a running session.
use super::accounts::Accounts;
use super::clock::Clock;
use super::driver::Driver;
use super::error::LiveWorldError;
use super::health::{Health, Heartbeat};
use super::joining::Joining;
use super::movements::Movements;
use super::open_orders::OpenOrders;
use super::paper::PaperVenue;
use super::rehearsal::{Rehearsal, Rehearsing};
use super::series::{Missing, Series};
use super::timers::Timers;
use engine::{
    Action, Candle, Carry, Directive, Effect, Entry, Event, InstrumentId, MarketEvent, OperatorEvent, Report,
    Timestamp, TradingState,
};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::{Duration, Instant};
use venues::{Connector, Input, Listed, Output, Query};

/// Who does what a session does of itself.
pub(super) const SELF: &str = "onetape";
/// Why a session is halted when it is stopped: the next start lets it go on.
pub(super) const STOP: &str = "stop";

/// What becomes of open orders when a session is stopped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StopPolicy {
    /// They are taken back, and the session ends when the venue has said so.
    #[default]
    Cancel,
    /// They go on working; the next start finds them.
    Keep,
    /// They are taken back, and positions are closed.
    Flatten,
}

/// One venue of a session.
pub struct Link {
    /// Its protocol.
    pub connector: Box<dyn Connector>,
    /// What is traded there.
    pub listed: Vec<Listed>,
}

/// A second protocol for market data, and the place of its venue.
pub type Twin = (usize, Box<dyn Connector>);

/// What a session is to be.
pub struct Plan {
    /// The venues.
    pub links: Vec<Link>,
    /// Second protocols for market data alone: what one socket leaves out the other has.
    pub twins: Vec<Twin>,
    /// The account's currency.
    pub currency: String,
    /// The names of the instruments.
    pub names: Vec<String>,
    /// Whether it is a first start, at which an account that holds something is no account to begin with.
    pub is_new: bool,
    /// Stored candles that come before everything, in the order in which they became known.
    pub stored: Vec<(InstrumentId, Candle)>,
    /// From which open time on an instrument without stored candles wants history.
    pub history_from: Timestamp,
    /// Where orders go: to a simulated venue, or to the venues themselves.
    pub paper: Option<PaperVenue>,
    /// What a dry run shows beside a simulated venue; none where nobody asks for that.
    pub rehearsal: Option<Rehearsal>,
    /// Whether the world's thread stays awake while nothing comes, on a processor of its own.
    pub busy_wait: bool,
    /// How often time is said to go on.
    pub heartbeat: Duration,
    /// After which silence market data is stale.
    pub longest_silence: Duration,
    /// What becomes of open orders at a stop.
    pub stop: StopPolicy,
    /// How long a stop may take.
    pub stop_within: Duration,
    /// Who is told when the next entry was seen: the tape.
    pub seen_at: Box<dyn FnMut(Timestamp)>,
    /// Who is told what a person should read.
    pub notes: Box<dyn FnMut(&str)>,
}

impl Plan {
    /// How many lines to venues there are: one for each, then the twins.
    pub(super) fn lines(&self) -> usize {
        self.links.len() + self.twins.len()
    }

    /// The protocol on a line.
    pub(super) fn protocol(&mut self, line: usize) -> &mut dyn Connector {
        match line.checked_sub(self.links.len()) {
            None => &mut *self.links[line].connector,
            Some(twin) => &mut *self.twins[twin].1,
        }
    }
}

/// Something that waits for its turn.
#[derive(Clone, Copy, Debug)]
pub(super) enum Waiting {
    /// A candle, and its core time where that is not the time at which it is handed on.
    Candle(InstrumentId, Candle, Option<Timestamp>),
    /// Something happens to a holding without a trade.
    Carry(Carry),
    /// Anything else.
    Event(Event),
}

/// How far a session is.
pub(super) enum Phase {
    /// History is on its way.
    Joining(Joining),
    Running,
    /// A stop was asked for; until when it may take.
    Stopping(Instant),
    Over,
}

/// The world of a session.
pub struct Live {
    pub(super) driver: Driver,
    pub(super) clock: Clock,
    pub(super) plan: Plan,
    pub(super) phase: Phase,
    pub(super) series: Vec<Series>,
    /// Which venue an instrument is traded at.
    pub(super) venue_of: Vec<usize>,
    pub(super) health: Health,
    pub(super) heartbeat: Heartbeat,
    pub(super) timers: Timers,
    pub(super) open: OpenOrders,
    /// What goes to the core next.
    pub(super) ready: VecDeque<(Option<Timestamp>, Event)>,
    /// What comes after that. A candle waits here until everything before it was decided on: the simulated venue must not see
    /// it earlier.
    pub(super) pending: VecDeque<Waiting>,
    pub(super) asked: BTreeMap<u64, InstrumentId>,
    pub(super) questions: u64,
    pub(super) last: Timestamp,
    pub(super) outputs: Vec<Output>,
    pub(super) halted_by_stop: bool,
    pub(super) movements: Movements,
    pub(super) accounts: Accounts,
    /// When what is open at the venues is cancelled again after a kill, in monotonic nanoseconds.
    pub(super) cancels_at: Option<u64>,
    /// What differs at the venues and was said.
    pub(super) differences: BTreeSet<(usize, String)>,
    /// When it began, in monotonic nanoseconds.
    pub(super) began_ns: u64,
    /// Why a venue will not go on with us.
    pub(super) barred: Option<String>,
    pub(super) failure: Option<LiveWorldError>,
    /// Commands of the step under way.
    pub(super) acts: Vec<Action>,
    /// The same for a dry run.
    pub(super) rehearsing: Vec<Rehearsing>,
}

impl std::fmt::Debug for Live {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Live({} venues, {} events wait)", self.plan.links.len(), self.pending.len())
    }
}

impl Live {
    /// A world that has not begun.
    #[must_use]
    pub fn new(driver: Driver, clock: Clock, plan: Plan) -> Self {
        let mut listed: Vec<(usize, &Listed)> = Vec::new();
        for (venue, link) in plan.links.iter().enumerate() {
            listed.extend(link.listed.iter().map(|it| (venue, it)));
        }
        listed.sort_by_key(|(_, it)| it.id);
        let series = listed.iter().map(|(_, it)| Series::new(it.id, it.interval)).collect::<Vec<_>>();
        let venue_of = listed.iter().map(|(venue, _)| *venue).collect();
        let plan_links = plan.links.len();
        let count = u32::try_from(series.len()).unwrap_or(u32::MAX);
        Self {
            health: Health::new(count, plan.paper.is_none(), plan.longest_silence),
            heartbeat: Heartbeat::new(plan.heartbeat),
            driver,
            clock,
            plan,
            phase: Phase::Joining(Joining::default()),
            series,
            venue_of,
            timers: Timers::default(),
            open: OpenOrders::default(),
            ready: VecDeque::new(),
            pending: VecDeque::new(),
            asked: BTreeMap::new(),
            questions: 0,
            last: Timestamp::MIN,
            outputs: Vec::new(),
            halted_by_stop: false,
            movements: Movements::default(),
            accounts: Accounts::new(plan_links),
            cancels_at: None,
            differences: BTreeSet::new(),
            began_ns: 0,
            barred: None,
            failure: None,
            acts: Vec::new(),
            rehearsing: Vec::new(),
        }
    }

    /// A step of an earlier session, from the tape.
    ///
    /// # Errors
    /// When a candle of the tape cannot be shown to the simulated venue.
    pub fn relive(&mut self, entry: &Entry, effects: &[Effect]) -> Result<(), LiveWorldError> {
        self.last = entry.time;
        if let Some(paper) = &mut self.plan.paper {
            paper.relive(entry, effects)?;
        }
        match entry.event {
            Event::Market(MarketEvent::Candle(it)) => self.series[it.instrument.index()].passed(it.candle),
            Event::Report(report) => self.reported(&report),
            Event::Market(MarketEvent::Carry(carry)) => self.accounts.carried(&carry),
            Event::Cash(cash) => self.movements.on_tape(&cash),
            Event::Timer(timer) => self.timers.went_off(timer, entry.time),
            Event::Feed(feed) => self.health.was_told(feed),
            Event::Operator(act) => {
                let by_stop = &*act.who == SELF && &*act.why == STOP;
                match act.directive {
                    Directive::Trading(to) => {
                        self.halted_by_stop = to == TradingState::Halted && by_stop;
                        if to == TradingState::Killed {
                            self.driver.stay_killed();
                        }
                    }
                    Directive::Close => self.halted_by_stop = by_stop,
                    _ => {}
                }
            }
        }
        for effect in effects {
            match effect {
                Effect::Send(command) => self.open.sent(command.action()),
                Effect::Arm { timer, at } => self.timers.arm(*timer, *at),
                _ => {}
            }
        }
        Ok(())
    }

    /// Begins: streams are opened, and everything that happened meanwhile is asked for.
    pub fn begin(&mut self) {
        if let Some(paper) = &mut self.plan.paper {
            let reports = paper.relived();
            reports.into_iter().for_each(|report| self.report(report));
        }
        if self.halted_by_stop {
            self.operate(Directive::Trading(TradingState::Active), "start");
        }
        self.began_ns = self.clock.mono_ns();
        let now = self.clock.now();
        let mut joining = Joining::default();
        for (id, candle) in std::mem::take(&mut self.plan.stored) {
            let series = &mut self.series[id.index()];
            if series.next_open().is_none_or(|next| candle.open_time >= next) {
                series.passed(candle);
                self.pending.push_back(Waiting::Candle(id, candle, Some(candle.known_time)));
            }
        }
        for venue in 0..self.plan.links.len() {
            self.tell(venue, Input::Start);
            let adopted: Vec<_> = self.open.iter().map(|(id, order)| (id, order.clone())).collect();
            for (order, it) in adopted {
                if self.plan.paper.is_none() && self.venue_of_action(&it.submit) == venue {
                    self.tell(venue, Input::Adopt { order, action: &it.submit, filled: it.filled });
                    it.fills.iter().for_each(|fill| self.tell(venue, Input::Booked(fill)));
                }
            }
        }
        for twin in self.plan.links.len()..self.plan.lines() {
            self.tell(twin, Input::Start);
        }
        for place in 0..self.series.len() {
            let id = InstrumentId(u32::try_from(place).unwrap_or(u32::MAX));
            let from = self.series[place].next_open().unwrap_or(self.plan.history_from);
            if from < now {
                self.series[place].ask();
                joining.wait_for(id);
                self.ask_history(Missing { instrument: id, from, to: now });
            }
        }
        self.phase = Phase::Joining(joining);
        self.join_if_complete();
    }

    pub(super) fn venue_of_action(&self, action: &Action) -> usize {
        let id = match *action {
            Action::Submit(ref request) => request.instrument,
            Action::Amend { instrument, .. } | Action::Cancel { instrument, .. } => instrument,
        };
        self.venue_of[id.index()]
    }

    pub(super) fn ask_history(&mut self, missing: Missing) {
        let Missing { instrument, from, to } = missing;
        self.questions += 1;
        self.asked.insert(self.questions, instrument);
        let query = Query::History { instrument, from, to };
        self.tell(self.venue_of[instrument.index()], Input::Ask(self.questions, &query));
    }

    /// Hands something to a venue's protocol and does what it says.
    pub(super) fn tell(&mut self, venue: usize, input: Input<'_>) {
        let mut outputs = std::mem::take(&mut self.outputs);
        self.plan.protocol(venue).handle(self.clock.moment(), input, &mut outputs);
        for output in outputs.drain(..) {
            match output {
                Output::Happened(happening) => self.happened(venue, happening),
                output => {
                    if !self.driver.send(venue, output) {
                        self.note("nothing leaves any more: the network stands still, or its thread has ended");
                    }
                }
            }
        }
        // What a happening led to may have asked for more, with buffers of its own.
        self.outputs = outputs;
    }

    /// Why a venue would not go on with us, if one would not.
    #[must_use]
    pub fn barred(&self) -> Option<&str> {
        self.barred.as_deref()
    }

    pub(super) fn note(&mut self, text: &str) {
        (self.plan.notes)(text);
    }

    pub(super) fn operate(&mut self, directive: Directive, why: &str) {
        let (who, approver) = (SELF.into(), String::new());
        let event = OperatorEvent { who, approver, why: why.into(), directive };
        self.pending.push_back(Waiting::Event(Event::Operator(event.kept())));
    }

    /// Something is said of an order, by a venue or by the tape.
    pub(super) fn reported(&mut self, report: &Report) {
        self.open.reported(report);
        self.accounts.reported(report);
    }

    pub(super) fn report(&mut self, report: Report) {
        self.reported(&report);
        self.pending.push_back(Waiting::Event(Event::Report(report)));
    }

    pub(super) fn scale(&self, id: InstrumentId) -> u8 {
        let link = &self.plan.links[self.venue_of[id.index()]];
        link.listed.iter().find(|it| it.id == id).map_or(0, |it| it.instrument.price_scale)
    }
}
