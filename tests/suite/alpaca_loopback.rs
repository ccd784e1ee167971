//! The Alpaca adapter against the loopback venue, both without a socket: whatever faults come, what was told is what happened.
mod audit;
mod market;
mod outage;

use engine::event::{Fill, Report};
use engine::order::{FillId, OrderId, OrderRequest};
use engine::{Action, Candle, InstrumentId, Interval, OrderKind, Price, Qty, Rng, Side, Timestamp};
use loopback::alpaca::Alpaca as Venue;
use loopback::dialect::{Dialect, Frame as VenueFrame, Room, SocketId};
use loopback::faults::Fault;
use loopback::http::{Reply, Request as VenueRequest};
use loopback::pace::Moment as VenueMoment;
use market::{START_MS, instrument, venue};
use secrecy::{ExposeSecret, SecretString};
use std::collections::{BTreeMap, BTreeSet};
use venues::alpaca::{Alpaca, Config, Credentials, Endpoints};
use venues::{
    Channel, Connector, Frame, Happening, Input, LinkFailure, Listed, Moment, Output, Request, RunId, Socket, Standing,
    Ticket,
};

/// How many runs with faults. Sixty pass too, and take two minutes.
const SEEDS: u64 = 6;
/// How long the market is.
const MINUTES: i64 = 90;
const MS: u64 = 1_000_000;
/// How long a message takes, one way.
const WAY_MS: u64 = 5;

/// What is on its way to the adapter.
enum Coming {
    Answer(Ticket, u16, Vec<(String, String)>, Vec<u8>),
    Failure(Ticket, LinkFailure),
    Opened(Socket, SocketId),
    Frame(Socket, SocketId, VenueFrame),
    Closed(Socket, Option<SocketId>),
}

/// What the core would know of an order.
#[derive(Debug, Default)]
struct Known {
    reports: Vec<String>,
    ended: Option<&'static str>,
    unknown: bool,
    filled: i64,
    fees: i128,
    fills: BTreeSet<FillId>,
}

struct Run {
    seed: u64,
    it: Alpaca,
    venue: Venue,
    now_ms: u64,
    coming: BTreeMap<(u64, u64), Coming>,
    count: u64,
    open: BTreeMap<Socket, SocketId>,
    sockets: u64,
    ready: bool,
    /// Nothing gets through.
    down: bool,
    /// When the private socket was last open.
    opened_ms: u64,
    orders: BTreeMap<u64, Known>,
    finals: Vec<Candle>,
    notes: Vec<String>,
}

impl Run {
    fn new(seed: u64, faults: &str, minutes: i64) -> Self {
        let credentials =
            Credentials { key: SecretString::from("PKLOOPBACK"), secret: SecretString::from("loopback-secret") };
        let symbol = "BTC/USD".into();
        let (id, interval) = (InstrumentId(0), Interval::MINUTE);
        let listed = vec![Listed { id, symbol, instrument: instrument(), interval, ticks: true }];
        let run = RunId::new("e2e").expect("a run");
        let mut config = Config::new(Endpoints::paper(), Some(credentials), run, listed);
        config.seed = seed;
        let it = Alpaca::new(config).expect("a configuration that works");
        Self {
            seed,
            it,
            venue: venue(seed, faults, minutes),
            now_ms: 0,
            coming: BTreeMap::new(),
            count: 0,
            open: BTreeMap::new(),
            sockets: 0,
            ready: false,
            down: false,
            opened_ms: 0,
            orders: BTreeMap::new(),
            finals: Vec::new(),
            notes: Vec::new(),
        }
    }

    fn wall(&self) -> Timestamp {
        Timestamp((START_MS + i64::try_from(self.now_ms).expect("a short run")) * 1_000_000)
    }

    fn venue_now(&self) -> VenueMoment {
        VenueMoment { wall: self.wall(), mono_ns: self.now_ms * MS }
    }

    fn later(&mut self, wait_ms: u64, coming: Coming) {
        self.count += 1;
        self.coming.insert((self.now_ms + wait_ms, self.count), coming);
    }

    fn put(&mut self, input: Input<'_>) {
        let mut out = Vec::new();
        self.it.handle(Moment { wall: self.wall(), mono_ns: self.now_ms * MS }, input, &mut out);
        for output in out {
            self.perform(output);
        }
    }

    fn perform(&mut self, output: Output) {
        match output {
            Output::Send(request) if self.down => {
                self.later(WAY_MS, Coming::Failure(request.ticket, LinkFailure::NotSent));
            }
            Output::Open { socket, .. } if self.down => self.later(WAY_MS, Coming::Closed(socket, None)),
            Output::Send(request) => self.send(&request),
            Output::Open { socket, url, headers } => {
                let header = |(name, value): &(&'static str, SecretString)| {
                    (name.to_ascii_lowercase(), value.expose_secret().to_string())
                };
                self.connect(socket, url.expose_secret(), headers.iter().map(header).collect());
            }
            Output::Text(socket, text) => {
                if let Some(id) = self.open.get(&socket) {
                    self.venue.message(*id, &VenueFrame::Text(text.expose_secret().into()), self.venue_now());
                }
            }
            Output::Binary(socket, bytes) => {
                if let Some(id) = self.open.get(&socket) {
                    self.venue.message(*id, &VenueFrame::Binary(bytes.expose_secret().to_vec()), self.venue_now());
                }
            }
            Output::Close(socket) => {
                if let Some(id) = self.open.remove(&socket) {
                    self.venue.closed(id);
                }
            }
            Output::Happened(happening) => self.happened(happening),
        }
        self.collect();
    }

    fn send(&mut self, request: &Request) {
        let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
        let header = |(name, value): &(&'static str, SecretString)| {
            (name.to_ascii_lowercase(), value.expose_secret().to_string())
        };
        let theirs = VenueRequest {
            method: request.method.name().into(),
            path: path.into(),
            query: query.into(),
            headers: request.headers.iter().map(header).collect(),
            body: request.body.clone(),
        };
        let timeout = u64::from(request.timeout_ms);
        let (wait, coming) = match self.venue.request(&theirs, self.venue_now()) {
            Reply::Answer(answer) => (2 * WAY_MS, Some(answer)),
            Reply::Late(answer, wait) => {
                let wait = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
                (wait.min(timeout), (wait < timeout).then_some(answer))
            }
            Reply::Hangup => (2 * WAY_MS, None),
        };
        let coming = match coming {
            Some(answer) => {
                let headers = answer.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone()));
                Coming::Answer(request.ticket, answer.status, headers.collect(), answer.body)
            }
            None => Coming::Failure(request.ticket, LinkFailure::Lost),
        };
        self.later(wait, coming);
    }

    fn connect(&mut self, socket: Socket, url: &str, headers: Vec<(String, String)>) {
        if let Some(id) = self.open.remove(&socket) {
            self.venue.closed(id);
        }
        self.sockets += 1;
        let id = SocketId(self.sockets);
        let (path, query) = url.split_once('?').unwrap_or((url, ""));
        let path = path.split_once("//").and_then(|(_, rest)| rest.find('/').map(|at| rest[at..].to_string()));
        let request = VenueRequest {
            method: "GET".into(),
            path: path.unwrap_or_default(),
            query: query.into(),
            headers,
            ..VenueRequest::default()
        };
        match self.venue.connect(id, &request, self.venue_now()) {
            Ok(()) => {
                self.open.insert(socket, id);
                self.later(WAY_MS, Coming::Opened(socket, id));
            }
            Err(_) => self.later(WAY_MS, Coming::Closed(socket, None)),
        }
    }

    /// Takes what the venue sends.
    fn collect(&mut self) {
        while let Some((id, frame)) = self.venue.poll() {
            let socket = self.open.iter().find(|(_, open)| **open == id).map(|(socket, _)| *socket);
            let Some(socket) = socket else { continue };
            match frame {
                VenueFrame::Close(_) | VenueFrame::Drop => self.later(WAY_MS, Coming::Closed(socket, Some(id))),
                frame => self.later(WAY_MS, Coming::Frame(socket, id, frame)),
            }
        }
    }

    fn happened(&mut self, happening: Happening) {
        match happening {
            Happening::Report(report) => self.report(report),
            Happening::Ready(Channel::Orders) => self.ready = true,
            Happening::Lost(Channel::Orders, _) => self.ready = false,
            Happening::Candle { candle, standing: Standing::Final, .. } => self.finals.push(candle),
            Happening::Candle { candle, standing: Standing::Corrected, .. } => {
                let known = self.finals.iter_mut().find(|it| it.open_time == candle.open_time);
                *known.expect("only what was final is corrected") = candle;
            }
            Happening::Note(text) => self.notes.push(text),
            Happening::Barred(text) => self.notes.push(format!("barred: {text}")),
            _ => {}
        }
    }

    fn report(&mut self, report: Report) {
        let seed = self.seed;
        let known = self.orders.entry(report.order().0).or_default();
        known.reports.push(format!("{report:?}"));
        match report {
            Report::Filled(Fill { fill, quantity, fee, .. }) => {
                assert!(known.fills.insert(fill), "seed {seed}: a fill twice: {:?}", known.reports);
                (known.filled, known.fees) = (known.filled + quantity.0, known.fees + fee.0);
                known.unknown = false;
            }
            Report::Accepted { .. } => known.unknown = false,
            Report::Lost { .. } => known.unknown = true,
            Report::Cancelled { .. } => known.ended = Some("cancelled"),
            Report::Expired { .. } => known.ended = Some("expired"),
            Report::Rejected { .. } => known.ended = Some("rejected"),
            // Of a change it says nothing about the order.
            Report::NotSent { .. } if known.reports.len() == 1 => known.ended = Some("not sent"),
            _ => {}
        }
        known.unknown &= known.ended.is_none();
    }

    /// Lets time pass in steps of five milliseconds.
    fn pass(&mut self, milliseconds: u64) {
        let until = self.now_ms + milliseconds;
        while self.now_ms < until {
            self.now_ms += 5;
            self.venue.pass(self.venue_now(), Room::Free);
            self.collect();
            while let Some(entry) = self.coming.first_entry().filter(|entry| entry.key().0 <= self.now_ms) {
                let coming = entry.remove();
                self.deliver(coming);
            }
            if self.it.wake_at().is_some_and(|at| at <= self.now_ms * MS) {
                self.put(Input::Woken);
            }
        }
    }

    fn deliver(&mut self, coming: Coming) {
        let current = |run: &Self, socket: Socket, id: SocketId| run.open.get(&socket) == Some(&id);
        match coming {
            Coming::Answer(ticket, status, headers, body) => {
                self.put(Input::Answered { ticket, status, headers: &headers, body: &body });
            }
            Coming::Failure(ticket, failure) => self.put(Input::Unanswered { ticket, failure }),
            Coming::Opened(socket, id) if current(self, socket, id) => {
                self.opened_ms = if socket == Socket::Private { self.now_ms } else { self.opened_ms };
                self.put(Input::Opened(socket));
            }
            Coming::Frame(socket, id, VenueFrame::Text(text)) if current(self, socket, id) => {
                self.put(Input::Received(socket, Frame::Text(&text)));
            }
            Coming::Frame(socket, id, VenueFrame::Binary(bytes)) if current(self, socket, id) => {
                self.put(Input::Received(socket, Frame::Binary(&bytes)));
            }
            Coming::Closed(socket, id) if id.is_none_or(|id| current(self, socket, id)) => {
                self.open.remove(&socket);
                self.put(Input::Closed(socket));
            }
            _ => {}
        }
    }

    /// Sends orders and takes them back, at random.
    fn trade(&mut self, rng: &mut Rng, number: &mut u64) {
        let last = self.finals.last().map_or(500_000, |it| it.close.0);
        let live: Vec<u64> =
            self.orders.iter().filter(|(_, it)| it.ended.is_none()).map(|(number, _)| *number).rev().take(5).collect();
        let small = |rng: &mut Rng, below: u64| i64::try_from(rng.below(below)).expect("small");
        match rng.below(10) {
            0..=5 => {
                *number += 1;
                let side = if rng.below(2) == 0 { Side::Buy } else { Side::Sell };
                let price = Price(last + small(rng, 2_000) - 1_000);
                let kind = if rng.below(3) == 0 { OrderKind::Market } else { OrderKind::Limit { price } };
                let quantity = Qty(1_000_000 + 1_000_000 * small(rng, 300));
                self.orders.entry(*number).or_default();
                let request = OrderRequest::plain(OrderId(*number), InstrumentId(0), side, quantity, kind);
                self.put(Input::Act(&[Action::Submit(request)]));
            }
            6..=8 if !live.is_empty() => {
                let order = OrderId(live[usize::try_from(rng.below(live.len() as u64)).expect("small")]);
                self.put(Input::Act(&[Action::Cancel { order, instrument: InstrumentId(0) }]));
            }
            _ => {}
        }
    }
}

fn run(seed: u64, faults: &str) -> Run {
    let mut run = Run::new(seed, faults, MINUTES);
    run.put(Input::Start);
    run.pass(5_000);
    let (mut rng, mut number) = (Rng::stream(seed, "trading"), 0);
    for _ in 0..400 {
        if run.ready {
            run.trade(&mut rng, &mut number);
        }
        let wait = rng.below(2_000);
        run.pass(wait);
    }
    run
}

#[test]
fn without_faults_everything_is_told_as_it_happened() {
    for seed in 0..3 {
        let mut run = run(seed, "");
        run.pass(30_000);
        run.audit();
        assert!(run.ready, "seed {seed}: {:?}", run.notes);
        let filled = run.orders.values().filter(|it| it.filled > 0).count();
        assert!(filled > 20, "seed {seed}: {filled} filled; {:?}", run.notes);
    }
}

#[test]
fn whatever_goes_wrong_what_was_told_is_what_happened() {
    let faults = "lost-request=0.02,lost-reply=0.02,late-reply=0.01,duplicate=0.02,reorder=0.02,skipped-message=0.02,\
                  false-error=0.02,not-yet-visible=0.02,late-fill=0.05,flap-storm=0.002,hostile-frame=0.005,\
                  mute-socket=0.0005,half-open=0.0005,restart=0.004";
    let (mut all, mut orders, mut lost) = (BTreeMap::new(), 0, 0);
    for seed in 0..SEEDS {
        let mut run = run(seed, faults);
        let fired: Vec<(Fault, u64, u64)> = run.venue.faults().counts().collect();
        orders += run.orders.len();
        lost += run.orders.values().filter(|it| it.reports.iter().any(|text| text.starts_with("Lost"))).count();
        for (fault, ..) in Fault::ALL {
            run.venue.faults_mut().set(fault, 0);
        }
        run.pass(400_000);
        run.audit();
        for (fault, _, count) in fired {
            *all.entry(fault).or_insert(0) += count;
        }
        assert!(run.ready, "seed {seed}: {:?}", run.notes.iter().rev().take(20).collect::<Vec<_>>());
    }
    assert!(all.values().all(|count| *count > 0) && lost * 100 > orders, "{all:?}, {lost} of {orders} lost");
}
