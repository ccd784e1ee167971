//! A session with the loopback venue, message by message and without a socket.
use super::known::Known;
use super::market::{instrument, start, venue};
use engine::{Action, InstrumentId, Interval, Qty, Rng, Timestamp};
use loopback::alpaca::Alpaca as Venue;
use loopback::dialect::{Dialect, Frame as VenueFrame, Room, SocketId};
use loopback::faults::Fault;
use loopback::http::{Reply, Request as VenueRequest};
use loopback::pace::Moment as VenueMoment;
use secrecy::{ExposeSecret, SecretString};
use std::collections::{BTreeMap, BTreeSet};
use venues::alpaca::{Alpaca, Config, Credentials, Endpoints};
use venues::{
    Channel, Connector, Frame, Happening, Input, LinkFailure, Listed, Method, Moment, Output, Request, RunId, Socket,
    Standing, Ticket,
};

const MS: u64 = 1_000_000;

/// How likely a message to the venue is late, in thousandths, where messages may be: it arrives when its sender has given it
/// up and asked what became of it, or is no more.
const LATE_THOUSANDTHS: u64 = 60;

/// What is on its way to the adapter.
enum Coming {
    Answer(Ticket, Reply),
    Opened(Socket),
    Frame(Socket, VenueFrame),
    Closed(Socket),
}

/// How long messages to the venue take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ways {
    /// No time.
    Short,
    /// Some arrive when nobody waits for their answer any more.
    Long,
}

pub(super) struct Run {
    seed: u64,
    it: Alpaca,
    venue: Venue,
    pub(super) now_ms: u64,
    coming: BTreeMap<(u64, u64), Coming>,
    /// What is on its way to the venue, whoever sent it.
    going: BTreeMap<(u64, u64), VenueRequest>,
    count: u64,
    open: BTreeMap<Socket, SocketId>,
    ways: Ways,
    posted: BTreeSet<Vec<u8>>,
    pub(super) rng: Rng,
    pub(super) ready: bool,
    pub(super) finals: usize,
    pub(super) known: Known,
}

fn adapter(seed: u64) -> Alpaca {
    let keys = Credentials { key: SecretString::from("PKLOOPBACK"), secret: SecretString::from("loopback-secret") };
    let (id, interval) = (InstrumentId(0), Interval::MINUTE);
    let listed = vec![Listed { id, symbol: "AAPL".into(), instrument: instrument(), interval, ticks: true }];
    let run = RunId::new("e2e").expect("a run");
    let mut config = Config::new(Endpoints::paper(), Some(keys), run, listed);
    config.seed = seed;
    Alpaca::new(config).expect("a set-up that works")
}

impl Run {
    pub(super) fn new(seed: u64, faults: &str, ways: Ways) -> Self {
        let mut run = Self {
            seed,
            it: adapter(seed),
            venue: venue(seed, faults),
            now_ms: 0,
            coming: BTreeMap::new(),
            going: BTreeMap::new(),
            count: 0,
            open: BTreeMap::new(),
            ways,
            posted: BTreeSet::new(),
            rng: Rng::stream(seed, "driver"),
            ready: false,
            finals: 0,
            known: Known::default(),
        };
        run.put(Input::Start);
        run
    }

    fn wall(&self) -> Timestamp {
        start().after(i64::try_from(self.now_ms * MS).expect("a short run"))
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
        out.into_iter().for_each(|output| self.perform(output));
    }

    pub(super) fn act(&mut self, actions: &[Action]) {
        self.put(Input::Act(actions));
    }

    /// The process is gone at once, and another one takes up what the tape knows.
    pub(super) fn restart(&mut self) {
        self.coming.clear();
        let sockets = std::mem::take(&mut self.open);
        sockets.into_values().for_each(|id| self.venue.closed(id));
        self.seed += 1;
        (self.it, self.ready) = (adapter(self.seed), false);
        for (request, fills) in self.known.taken_over() {
            let filled = fills.iter().fold(Qty::ZERO, |sum, fill| sum + fill.quantity);
            self.put(Input::Adopt { order: request.order, action: &Action::Submit(request), filled });
            fills.iter().for_each(|fill| self.put(Input::Booked(fill)));
        }
        self.put(Input::Start);
    }

    /// Nothing goes wrong from here on.
    pub(super) fn calm(&mut self) {
        self.ways = Ways::Short;
        for (fault, ..) in Fault::ALL {
            self.venue.faults_mut().set(fault, 0);
        }
    }

    /// Twenty milliseconds pass.
    pub(super) fn step(&mut self) {
        self.now_ms += 20;
        while self.going.first_key_value().is_some_and(|((at, _), _)| *at <= self.now_ms) {
            let (_, late) = self.going.pop_first().expect("one is there");
            self.venue.request(&late, self.venue_now());
        }
        self.venue.pass(self.venue_now(), Room::Free);
        while let Some((id, frame)) = self.venue.poll() {
            if let Some((socket, _)) = self.open.iter().find(|(_, open)| **open == id) {
                self.later(5, Coming::Frame(*socket, frame));
            }
        }
        if self.it.wake_at().is_some_and(|at| at <= self.now_ms * MS) {
            self.put(Input::Woken);
        }
        while self.coming.first_key_value().is_some_and(|((at, _), _)| *at <= self.now_ms) {
            let (_, coming) = self.coming.pop_first().expect("one is there");
            self.deliver(coming);
        }
    }

    fn deliver(&mut self, coming: Coming) {
        match coming {
            Coming::Answer(ticket, Reply::Answer(answer) | Reply::Late(answer, _)) => {
                let headers: Vec<(String, String)> =
                    answer.headers.iter().map(|(k, v)| ((*k).into(), v.clone())).collect();
                let (status, body) = (answer.status, answer.body.as_slice());
                self.put(Input::Answered { ticket, status, headers: &headers, body });
            }
            Coming::Answer(ticket, Reply::Hangup) => self.put(Input::Unanswered { ticket, failure: LinkFailure::Lost }),
            Coming::Opened(socket) => self.put(Input::Opened(socket)),
            Coming::Closed(socket) => self.put(Input::Closed(socket)),
            Coming::Frame(socket, VenueFrame::Text(text)) => self.put(Input::Received(socket, Frame::Text(&text))),
            Coming::Frame(socket, VenueFrame::Binary(bytes)) => {
                self.put(Input::Received(socket, Frame::Binary(&bytes)))
            }
            Coming::Frame(_, VenueFrame::Ping(_)) => {}
            Coming::Frame(socket, VenueFrame::Close(_) | VenueFrame::Drop) => {
                self.close(socket);
                self.put(Input::Closed(socket));
            }
        }
    }

    fn close(&mut self, socket: Socket) {
        if let Some(id) = self.open.remove(&socket) {
            self.venue.closed(id);
        }
    }

    fn perform(&mut self, output: Output) {
        let now = self.venue_now();
        match output {
            Output::Send(request) => self.send(&request),
            Output::Open { socket, url, .. } => {
                self.close(socket);
                self.count += 1;
                let (id, path) = (SocketId(self.count), url.expose_secret().splitn(4, '/').nth(3).unwrap_or_default());
                let theirs = VenueRequest { method: "GET".into(), path: format!("/{path}"), ..VenueRequest::default() };
                if self.venue.connect(id, &theirs, now).is_ok() {
                    self.open.insert(socket, id);
                    self.later(10, Coming::Opened(socket));
                } else {
                    self.later(10, Coming::Closed(socket));
                }
            }
            Output::Text(socket, text) => {
                if let Some(id) = self.open.get(&socket) {
                    self.venue.message(*id, &VenueFrame::Text(text.expose_secret().into()), now);
                }
            }
            Output::Binary(..) => panic!("nothing is sent in bytes"),
            Output::Close(socket) => self.close(socket),
            Output::Happened(happening) => self.happened(&happening),
        }
    }

    fn send(&mut self, request: &Request) {
        let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
        let headers = request.headers.iter().map(|(k, v)| (k.to_ascii_lowercase(), v.expose_secret().into())).collect();
        let (method, body) = (request.method.name().into(), request.body.clone());
        let theirs = VenueRequest { method, path: path.into(), query: query.into(), headers, body };
        if request.method == Method::Post && !self.posted.insert(request.body.clone()) {
            self.known.wrong.push(format!("sent twice: {}", String::from_utf8_lossy(&request.body)));
        }
        let patience = u64::from(request.timeout_ms);
        let may_be_late = self.ways == Ways::Long && request.method != Method::Get;
        if may_be_late && self.rng.below(1_000) < LATE_THOUSANDTHS {
            self.count += 1;
            self.going.insert((self.now_ms + patience + self.rng.below(20_000), self.count), theirs);
            return self.later(patience, Coming::Answer(request.ticket, Reply::Hangup));
        }
        let reply = self.venue.request(&theirs, self.venue_now());
        let late = if let Reply::Late(_, late) = &reply { late.as_millis() as u64 } else { 0 };
        let wait = 10 + self.rng.below(60) + late;
        let reply = if wait > patience { Reply::Hangup } else { reply };
        self.later(wait.min(patience), Coming::Answer(request.ticket, reply));
    }

    fn happened(&mut self, happening: &Happening) {
        match happening {
            Happening::Ready(Channel::Orders) => self.ready = true,
            Happening::Lost(Channel::Orders, _) => self.ready = false,
            Happening::Candle { standing: Standing::Final, .. } => self.finals += 1,
            Happening::Report(report) => self.known.take(report),
            Happening::Foreign(text) | Happening::Barred(text) => self.known.wrong.push(text.clone()),
            _ => {}
        }
    }

    /// What the venue answers to a question of nobody, whatever faults come.
    pub(super) fn truth(&mut self, target: &str) -> serde_json::Value {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let keys = [("apca-api-key-id", "PKLOOPBACK"), ("apca-api-secret-key", "loopback-secret")];
        let headers = keys.map(|(k, v)| (k.to_string(), v.to_string())).into();
        let request =
            VenueRequest { method: "GET".into(), path: path.into(), query: query.into(), headers, body: Vec::new() };
        for _ in 0..20_000 {
            self.now_ms += 100;
            if let Reply::Answer(answer) | Reply::Late(answer, _) = self.venue.request(&request, self.venue_now())
                && answer.status == 200
                && let Ok(json) = serde_json::from_slice(&answer.body)
            {
                return json;
            }
        }
        panic!("the venue never answers {target}");
    }
}
