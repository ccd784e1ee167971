//! The venue as a dialect: requests and sockets find their way, keys are looked at, and faults of the network strike.
use super::asset::AssetClass;
use super::budget::Spent;
use super::data_socket::{self, DataSocket, Encoding, Said};
use super::node::Node;
use super::refusal::Refusal;
use super::trading_routes::{Answered, no_endpoint};
use super::updates_socket::{self, Heard};
use super::venue::Alpaca;
use crate::dialect::{Dialect, Frame, Room, SocketId};
use crate::faults::Fault;
use crate::http::{Answer, Reply, Request, unescaped};
use crate::pace::Moment;
use secrecy::ExposeSecret;
use std::time::Duration;

/// How late a late answer is: behind the patience of clients.
const LATE: Duration = Duration::from_secs(20);
/// How long an answer waits so that its updates are read first.
const BEHIND: Duration = Duration::from_millis(40);
/// How long a ban lasts.
const BAN_NS: u64 = 60_000_000_000;
/// Steps of a market that goes as fast as it can, between two looks at the sockets.
const STEPS: usize = 64;

impl Dialect for Alpaca {
    fn request(&mut self, request: &Request, now: Moment) -> Reply {
        (self.desk.wall, self.sockets.now_ns) = (now.wall, now.mono_ns);
        if let Some(path) = request.path.strip_prefix("/loopback/") {
            return Reply::Answer(said(self.control(path, request, now)));
        }
        if self.faults.strikes(Fault::LostRequest) {
            return Reply::Hangup;
        }
        let mut answer = self.answer(request, now);
        let changes = request.method != "GET";
        if changes && answer.status < 300 && self.faults.strikes(Fault::FalseError) {
            answer = written(504, &Refusal::internal(504).body());
        }
        if self.faults.strikes(Fault::LostReply) {
            return Reply::Hangup;
        }
        if self.faults.strikes(Fault::HostileFrame) {
            let whole = answer.body.len();
            answer.body.truncate(whole / 2);
        }
        if self.faults.strikes(Fault::LateReply) {
            return Reply::Late(answer, LATE);
        }
        match changes && self.options.updates_first {
            true => Reply::Late(answer, BEHIND),
            false => Reply::Answer(answer),
        }
    }

    fn connect(&mut self, socket: SocketId, request: &Request, now: Moment) -> Result<(), Answer> {
        if now.mono_ns < self.refused_until_ns {
            return Err(written(429, &Refusal::too_many().body()));
        }
        let path = unescaped(&request.path);
        let encoding = Encoding::of_content_type(request.header("content-type"));
        let class = match path.trim_matches('/').split('/').collect::<Vec<_>>().as_slice() {
            ["stream"] => {
                self.sockets.open_updates(socket, encoding == Encoding::MessagePack);
                return Ok(());
            }
            ["v2", "iex" | "sip" | "delayed_sip" | "test"] | ["v1beta1", "boats" | "overnight"] => AssetClass::Stock,
            ["v1beta3", "crypto", _] => AssetClass::Crypto,
            _ => return Err(written(404, &no_endpoint().body())),
        };
        self.sockets.open_data(socket, DataSocket::new(class, encoding, now.mono_ns));
        if let (Some(key), Some(secret)) = (request.header(KEY), request.header(SECRET)) {
            self.authenticate_data(socket, key, secret);
        }
        Ok(())
    }

    fn message(&mut self, socket: SocketId, frame: &Frame, _: Moment) {
        if !matches!(frame, Frame::Text(_) | Frame::Binary(_)) {
            return;
        }
        if let Some(updates) = self.sockets.updates(socket) {
            match updates.hear(frame) {
                Heard::Nothing => {}
                Heard::Answer(node) => self.sockets.answer_updates(socket, &node, self.options.updates),
                Heard::Keys(key, secret) => self.authenticate_updates(socket, &key, &secret),
            }
        } else if let Some(data) = self.sockets.data(socket) {
            let (answer, said) = data.hear(frame, self.options.symbols_max);
            if let Some(answer) = answer {
                self.sockets.answer_data(socket, &answer);
            }
            if let Said::Keys(key, secret) = said {
                self.authenticate_data(socket, &key, &secret);
            }
        }
    }

    fn closed(&mut self, socket: SocketId) {
        self.sockets.remove(socket);
    }

    fn pass(&mut self, now: Moment, room: Room) {
        (self.desk.wall, self.sockets.now_ns) = (now.wall, now.mono_ns);
        self.sockets.end_strangers(now);
        self.do_what_was_late(now);
        self.strike_in_time(now);
        for _ in 0..STEPS {
            let is_free = room == Room::Free && self.sockets.has_listeners() && self.sockets.is_quiet();
            let Some(instant) = self.next_instant(now, is_free) else { break };
            if instant <= self.exchange.now() {
                break;
            }
            self.go_to(instant);
            self.pace.set(self.exchange.now(), now);
        }
    }

    fn poll(&mut self) -> Option<(SocketId, Frame)> {
        self.sockets.poll()
    }
}

const KEY: &str = "apca-api-key-id";
const SECRET: &str = "apca-api-secret-key";

impl Alpaca {
    fn answer(&mut self, request: &Request, now: Moment) -> Answer {
        let path = unescaped(&request.path);
        let path = path.trim_start_matches('/');
        // Crypto data are for everybody; who shows keys must show the right ones.
        let open = path.starts_with("v1beta3/crypto/") && request.header(KEY).is_none();
        if !open && !self.knows(request.header(KEY).unwrap_or_default(), request.header(SECRET).unwrap_or_default()) {
            return written(401, &Refusal::unauthorized().body());
        }
        if now.mono_ns < self.refused_until_ns {
            return written(429, &Refusal::too_many().body());
        }
        if self.faults.strikes(Fault::Ban) {
            self.budget.ban(now, BAN_NS);
        }
        let spent = self.budget.spend(now);
        let answered = match spent.allowed {
            true => self.route(path, request, now),
            false => Err(Refusal::too_many()),
        };
        with_limits(said(answered), spent)
    }

    fn route(&mut self, path: &str, request: &Request, now: Moment) -> Answered {
        let is_read = request.method == "GET";
        if let Some(rest) = path.strip_prefix("v2/stocks/").filter(|_| is_read) {
            return self.stock_data(rest, &request.query);
        }
        if let Some(rest) = path.strip_prefix("v1beta3/crypto/").filter(|_| is_read) {
            return self.crypto_data(rest, &request.query);
        }
        match path.strip_prefix("v2/") {
            Some(rest) => self.trading(rest.trim_end_matches('/'), request, now),
            None => Err(no_endpoint()),
        }
    }

    fn knows(&self, key: &str, secret: &str) -> bool {
        key == self.options.key && secret == self.options.secret.expose_secret()
    }

    fn authenticate_updates(&mut self, socket: SocketId, key: &str, secret: &str) {
        let known = self.knows(key, secret);
        let Some(updates) = self.sockets.updates(socket) else { return };
        updates.authorized = known;
        let answer = if known { updates_socket::authorized() } else { updates_socket::unauthorized() };
        self.sockets.answer_updates(socket, &answer, self.options.updates);
        if !known {
            self.sockets.close(socket);
        }
    }

    fn authenticate_data(&mut self, socket: SocketId, key: &str, secret: &str) {
        let refusal = if !self.knows(key, secret) {
            Some((402, "auth failed"))
        } else if self.sockets.has_twin(socket) {
            Some((406, "connection limit exceeded"))
        } else {
            None
        };
        if let Some((code, what)) = refusal {
            self.sockets.answer_data(socket, &data_socket::error(code, what));
            self.sockets.close(socket);
            return;
        }
        if let Some(data) = self.sockets.data(socket) {
            data.authenticated = true;
        }
        self.sockets.answer_data(socket, &data_socket::success("authenticated"));
    }
}

fn said(answered: Answered) -> Answer {
    match answered {
        Ok((status, Node::Null)) => Answer::empty(status),
        Ok((status, node)) => written(status, &node),
        Err(refusal) => written(refusal.status, &refusal.body()),
    }
}

/// An answer of a tree.
fn written(status: u16, node: &Node) -> Answer {
    let headers = vec![("content-type", "application/json; charset=UTF-8".to_string())];
    Answer { status, headers, body: node.json().into_bytes() }
}

/// The same with what is left of the minute.
fn with_limits(answer: Answer, spent: Spent) -> Answer {
    if spent.limit == u32::MAX {
        return answer;
    }
    answer
        .with("x-ratelimit-limit", spent.limit.to_string())
        .with("x-ratelimit-remaining", spent.remaining.to_string())
        .with("x-ratelimit-reset", spent.reset_s.to_string())
}
