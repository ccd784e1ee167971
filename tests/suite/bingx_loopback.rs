//! The BingX adapter against the loopback venue, both without a socket: whatever faults come, what was told is what happened.
mod known;
mod market;
mod outage;
mod restarts;

use engine::event::Report;
use engine::order::{OrderId, OrderRequest};
use engine::{Action, Candle, InstrumentId, OrderKind, Price, Qty, Rng, Side, Timestamp};
use known::Known;
use loopback::bingx::Bingx;
use loopback::dialect::{Dialect, Frame as VenueFrame, Room, SocketId};
use loopback::faults::Fault;
use loopback::http::{Reply, Request as VenueRequest};
use loopback::pace::Moment as VenueMoment;
use market::{MINUTES, START_MS, adapter, candles, venue};
use restarts::Late;
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeMap;
use venues::bingx::BingX;
use venues::{Channel, Connector, Frame, Happening, Input, LinkFailure, Moment, Output, Socket, Standing, Ticket};

/// How many runs with faults. Sixty pass too, and take two minutes.
const SEEDS: u64 = 6;
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

struct Run {
    seed: u64,
    begin_ms: i64,
    speed: u64,
    it: BingX,
    venue: Bingx,
    now_ms: u64,
    coming: BTreeMap<(u64, u64), Coming>,
    count: u64,
    open: BTreeMap<Socket, SocketId>,
    late: Late,
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
    fn new(seed: u64, faults: &str, begin_ms: i64, speed: u64) -> Self {
        Self {
            seed,
            it: adapter(seed),
            venue: venue(seed, faults, begin_ms, speed),
            begin_ms,
            speed,
            now_ms: 0,
            coming: BTreeMap::new(),
            count: 0,
            open: BTreeMap::new(),
            late: Late::never(seed),
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
            Output::Send(request) => {
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
                if self.late.strikes(request.method) {
                    self.late.send(self.now_ms + timeout, theirs);
                    return self.later(timeout, Coming::Failure(request.ticket, LinkFailure::Lost));
                }
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
                        let headers =
                            answer.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone()));
                        Coming::Answer(request.ticket, answer.status, headers.collect(), answer.body)
                    }
                    None => Coming::Failure(request.ticket, LinkFailure::Lost),
                };
                self.later(wait, coming);
            }
            Output::Open { socket, url, .. } => self.connect(socket, url.expose_secret()),
            Output::Text(socket, text) => {
                if let Some(id) = self.open.get(&socket) {
                    self.venue.message(*id, &VenueFrame::Text(text.expose_secret().into()), self.venue_now());
                }
            }
            Output::Binary(..) => panic!("this venue is sent no bytes"),
            Output::Close(socket) => {
                if let Some(id) = self.open.remove(&socket) {
                    self.venue.closed(id);
                }
            }
            Output::Happened(happening) => self.happened(happening),
        }
        self.collect();
    }

    fn connect(&mut self, socket: Socket, url: &str) {
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
        self.orders.entry(report.order().0).or_default().report(report, self.seed);
    }

    /// Lets time pass in steps of five milliseconds.
    fn pass(&mut self, milliseconds: u64) {
        let until = self.now_ms + milliseconds;
        while self.now_ms < until {
            self.now_ms += 5;
            while let Some(late) = self.late.due(self.now_ms) {
                self.venue.request(&late, self.venue_now());
            }
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
                let quantity = Qty(1 + small(rng, 300));
                let request = OrderRequest::plain(OrderId(*number), InstrumentId(0), side, quantity, kind);
                self.orders.entry(*number).or_default().request = Some(request);
                self.put(Input::Act(&[Action::Submit(request)]));
            }
            6..=8 if !live.is_empty() => {
                let order = OrderId(live[usize::try_from(rng.below(live.len() as u64)).expect("small")]);
                self.put(Input::Act(&[Action::Cancel { order, instrument: InstrumentId(0) }]));
            }
            _ => {}
        }
    }

    /// Compares what was told with what happened.
    fn audit(&self) {
        self.audit_orders();
        self.audit_candles();
    }

    fn audit_orders(&self) {
        let seed = self.seed;
        let account = self.venue.exchange().account(loopback::exchange::AccountId(0));
        for (number, known) in &self.orders {
            let truth = account.by_client_id(&format!("e2e-{number}"));
            let story = || format!("seed {seed}, order {number}: {known:?}\nthe venue: {truth:?}");
            match truth {
                Some(truth) => {
                    assert_eq!(known.filled, truth.filled.0, "{}", story());
                    // The venue writes fees with eight places.
                    let rounded = 10_000 * i128::try_from(known.fills.len()).expect("few");
                    assert!((known.fees - truth.fees.0).abs() <= rounded, "{}", story());
                    assert!(!known.unknown, "{}", story());
                    let whole = truth.filled == truth.request.quantity;
                    assert_eq!(!truth.status.is_open(), known.ended.is_some() || whole, "{}", story());
                    assert!(!matches!(known.ended, Some("not sent")), "{}", story());
                }
                None => assert!(known.filled == 0 && (known.unknown || known.ended.is_some()), "{}", story()),
            }
        }
    }

    /// Every candle since the first was told, once, in order, and is as the market had it.
    fn audit_candles(&self) {
        let seed = self.seed;
        let truth = candles(seed, self.begin_ms, MINUTES);
        let from =
            truth.iter().position(|it| it.open_time == self.finals[0].open_time).expect("a candle of the market");
        let expected: Vec<Candle> = truth[from..].iter().take(self.finals.len()).copied().collect();
        let differs = self.finals.iter().zip(&expected).find(|(told, truth)| told != truth);
        assert!(differs.is_none(), "seed {seed}: {differs:?}");
        let behind = self.now_ms * self.speed / 60_000 - (self.finals.len() + from) as u64;
        assert!(behind <= 1, "seed {seed}: {behind} candles behind");
    }
}

fn run(seed: u64, faults: &str) -> Run {
    let mut run = Run::new(seed, faults, START_MS, 1);
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
                  key-expiry=0.01,false-error=0.02,not-yet-visible=0.02,late-fill=0.05,flap-storm=0.002,hostile-frame=0.005,\
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
    assert!(all.values().all(|count| *count > 0) && lost * 50 > orders, "{all:?}, {lost} of {orders} lost");
}

#[test]
fn a_market_of_long_ago_that_runs_fast_is_told_whole() {
    for (seed, faults) in
        [(0, ""), (1, "skipped-message=0.03,sequence-gap=0.02"), (2, "flap-storm=0.01,lost-request=0.05")]
    {
        let mut run = Run::new(seed, faults, 1_500_000_000_000 / 60_000 * 60_000, 20);
        run.put(Input::Start);
        run.pass(120_000);
        for (fault, ..) in Fault::ALL {
            run.venue.faults_mut().set(fault, 0);
        }
        run.pass(100_000);
        run.audit_candles();
        assert!(run.finals.len() > 60, "seed {seed}: {}", run.finals.len());
    }
}
