//! The stream of our orders and account: the key that opens it, its socket, and catching up after it was away.
//!
//! The stream is a hint and requests are the truth: it is ready only once they have told what was missed. The key lasts an
//! hour, is extended every half, and may end without a word; a new key means a new socket and catching up again.
use super::agenda::Task;
use super::connector::{BingX, Turn};
use super::market_stream::{HELD_NS, Line, SILENT_NS};
use super::outbox::{Flight, Job, Limit, Proof, Purpose};
use super::sign::Params;
use super::wire::account::listen_key;
use super::wire::envelope::Outcome;
use crate::backoff::Backoff;
use crate::{Channel, Happening, Method, Output, Socket};
use engine::Rng;
use engine::order::OrderId;
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeSet;

const SECOND: u64 = 1_000_000_000;
const MINUTE: u64 = 60 * SECOND;
/// When a key is extended, and when it is given up if it could not be: before its hour is over.
const KEEP_NS: u64 = 30 * MINUTE;
const KEY_AGE_MAX_NS: u64 = 55 * MINUTE;
/// The venue sends a snapshot every five seconds. Once it did, three of them missing mean that it is mute.
const MUTE_NS: u64 = 15 * SECOND;
/// How many orders that ended lately are looked at again after the stream was away, and how lately.
const LATE_MAX: usize = 50;
const LATE_NS: u64 = 10 * MINUTE;
/// How often open orders are compared with ours while the stream is up and orders rest.
pub(super) const AUDIT_NS: u64 = 20 * SECOND;

/// The key and the socket.
#[derive(Debug)]
pub(super) struct PrivateStream {
    url: String,
    key: Option<SecretString>,
    /// When the key was made or last extended.
    kept_at: u64,
    line: Line,
    ready: bool,
    /// Orders that have to be answered for before the stream is ready; none while it is not catching up.
    pub(super) awaited: Option<BTreeSet<OrderId>>,
    /// Whether open orders were compared since the socket was opened.
    pub(super) compared: bool,
    backoff: Backoff,
    heard_at: u64,
    news_at: u64,
    snapshots: u32,
}

impl PrivateStream {
    pub(super) fn new(url: String, seed: u64) -> Self {
        Self {
            url,
            key: None,
            kept_at: 0,
            line: Line::Down,
            ready: false,
            awaited: None,
            compared: false,
            backoff: Backoff::new(SECOND, 60 * SECOND, Rng::stream(seed, "private stream")),
            heard_at: 0,
            news_at: 0,
            snapshots: 0,
        }
    }

    /// Something came, be it a ping.
    pub(super) fn heard(&mut self, now: u64) {
        self.heard_at = now;
    }

    /// The parameters that name the key.
    pub(super) fn key_params(&self) -> Option<Params> {
        self.key.as_ref().map(|key| Params::new().with("listenKey", key.expose_secret()))
    }

    pub(super) fn is_up(&self) -> bool {
        matches!(self.line, Line::Up { .. })
    }

    pub(super) fn is_ready(&self) -> bool {
        self.ready
    }
}

const KEY_PATH: &str = "/openApi/user/auth/userDataStream";

impl BingX {
    fn key_job(purpose: Purpose, method: Method, params: Params) -> Job {
        Job { proof: Proof::Key, ..Job::signed(purpose, method, KEY_PATH, params, Limit::Key) }.urgent()
    }

    /// Asks for a key; the socket is opened with it.
    pub(super) fn new_key(&mut self, turn: &mut Turn<'_>) {
        if self.has_key && !self.stopped && !self.outbox.is_under_way(Purpose::NewKey) {
            self.send(Self::key_job(Purpose::NewKey, Method::Post, Params::new()), turn);
        }
    }

    /// Extends the key, or replaces one that is too old to be trusted.
    pub(super) fn keep_key(&mut self, turn: &mut Turn<'_>) {
        let Some(params) = self.private.key_params() else { return };
        if turn.now.mono_ns.saturating_sub(self.private.kept_at) >= KEY_AGE_MAX_NS {
            return self.replace_key("its key could not be extended in time", turn);
        }
        self.send(Self::key_job(Purpose::KeepKey, Method::Put, params), turn);
    }

    /// The venue answered about a key.
    pub(super) fn told_key(&mut self, flight: &Flight, status: u16, outcome: &Outcome<'_>, turn: &mut Turn<'_>) {
        let now = turn.now.mono_ns;
        match (flight.job.purpose, outcome) {
            (Purpose::NewKey, Outcome::Done { data, whole }) => match listen_key(*data, whole) {
                Some(key) => self.open_private(key, flight.sent.mono_ns, turn),
                None => self.key_failed("an answer without a key", turn),
            },
            (Purpose::NewKey, Outcome::Failed { words, .. }) => self.key_failed(words, turn),
            // The venue says 204 where it missed the key, and 404 where it does not know it.
            (Purpose::KeepKey, Outcome::Done { .. }) if status != 204 => {
                self.private.kept_at = flight.sent.mono_ns;
                self.agenda.set(Task::KeepKey, flight.sent.mono_ns + KEEP_NS);
            }
            (Purpose::KeepKey, Outcome::Failed { .. }) if status == 0 || status == 429 || status >= 500 => {
                let wait = self.private.backoff.failed();
                self.agenda.set(Task::KeepKey, now + wait.max(SECOND));
            }
            (Purpose::KeepKey, _) => self.replace_key("its key is not known any more", turn),
            _ => {}
        }
    }

    fn key_failed(&mut self, words: &str, turn: &mut Turn<'_>) {
        let wait = self.private.backoff.failed();
        turn.note(format!("the private stream waits for a listen key: {words}"));
        self.agenda.set(Task::NewKey, turn.now.mono_ns.saturating_add(wait));
    }

    fn open_private(&mut self, key: SecretString, asked_at: u64, turn: &mut Turn<'_>) {
        if self.stopped {
            return;
        }
        self.keep_secret(&key);
        let url = SecretString::from(format!("{}?listenKey={}", self.private.url, key.expose_secret()));
        (self.private.key, self.private.kept_at, self.private.line) = (Some(key), asked_at, Line::Opening);
        self.agenda.set(Task::KeepKey, asked_at + KEEP_NS);
        turn.out.push(Output::Open { socket: Socket::Private, url, headers: Vec::new() });
    }

    /// The venue says that a key has ended. It may be an older one; then the one in use is left alone.
    pub(super) fn key_expired(&mut self, said: Option<&SecretString>, turn: &mut Turn<'_>) {
        let ours = self.private.key.as_ref().map(ExposeSecret::expose_secret);
        if said.is_none_or(|said| Some(said.expose_secret()) == ours) {
            self.replace_key("its key has expired", turn);
        }
    }

    /// Gives the key and its socket up and asks for others.
    fn replace_key(&mut self, words: &str, turn: &mut Turn<'_>) {
        if self.private.line != Line::Down {
            turn.out.push(Output::Close(Socket::Private));
        }
        self.private.line = Line::Down;
        self.private_lost(words, turn);
        self.agenda.set(Task::NewKey, turn.now.mono_ns);
    }

    pub(super) fn private_lost(&mut self, words: &str, turn: &mut Turn<'_>) {
        let stream = &mut self.private;
        (stream.key, stream.awaited, stream.snapshots) = (None, None, 0);
        if std::mem::take(&mut stream.ready) {
            turn.happened(Happening::Lost(Channel::Orders, words.into()));
        }
        self.agenda.clear(Task::KeepKey);
        self.agenda.clear(Task::ListenPrivate);
    }

    pub(super) fn private_closed(&mut self, words: &str, turn: &mut Turn<'_>) {
        let now = turn.now.mono_ns;
        let line = std::mem::replace(&mut self.private.line, Line::Down);
        if line == Line::Down {
            return;
        }
        if matches!(line, Line::Up { since } if now.saturating_sub(since) > HELD_NS) {
            self.private.backoff.worked();
        }
        self.private_lost(words, turn);
        if !self.stopped {
            let wait = self.private.backoff.failed();
            self.agenda.set(Task::NewKey, now.saturating_add(wait));
        }
    }

    /// The socket is open: what happened before is asked for.
    pub(super) fn private_opened(&mut self, turn: &mut Turn<'_>) {
        let now = turn.now.mono_ns;
        if self.private.line != Line::Opening {
            return;
        }
        let stream = &mut self.private;
        (stream.line, stream.heard_at, stream.news_at) = (Line::Up { since: now }, now, now);
        (stream.awaited, stream.compared, stream.snapshots) = (Some(BTreeSet::new()), false, 0);
        self.agenda.set(Task::ListenPrivate, now + 5 * SECOND);
        let late = self.orders.ended_since(now.saturating_sub(LATE_NS), LATE_MAX);
        for order in late {
            self.await_answer(order, turn);
        }
        self.agenda.set(Task::Audit, now);
    }

    /// An order has to be answered for before the stream is ready, if it is catching up; it is asked about in any case.
    pub(super) fn await_answer(&mut self, order: OrderId, turn: &mut Turn<'_>) {
        if let Some(awaited) = &mut self.private.awaited {
            awaited.insert(order);
        }
        self.inquire(order, 0, turn);
    }

    /// An order was answered for.
    pub(super) fn answered_about(&mut self, order: OrderId, turn: &mut Turn<'_>) {
        if let Some(awaited) = &mut self.private.awaited {
            awaited.remove(&order);
            self.caught_up(turn);
        }
    }

    /// Says that the stream is ready, once everything that was asked is answered.
    pub(super) fn caught_up(&mut self, turn: &mut Turn<'_>) {
        let stream = &mut self.private;
        let done = matches!(stream.line, Line::Up { .. }) && stream.compared;
        if done && stream.awaited.as_ref().is_some_and(BTreeSet::is_empty) {
            stream.awaited = None;
            stream.ready = true;
            turn.happened(Happening::Ready(Channel::Orders));
        }
    }

    /// The stream said something.
    pub(super) fn private_news(&mut self, turn: &mut Turn<'_>) {
        self.private.news_at = turn.now.mono_ns;
        turn.happened(Happening::Alive(Channel::Orders));
    }

    /// A snapshot of the account: it is alive. Amounts are asked for by requests.
    pub(super) fn account_news(&mut self, account: &super::wire::frame::Account<'_>, turn: &mut Turn<'_>) {
        let _ = account;
        self.private.snapshots = self.private.snapshots.saturating_add(1);
        self.private_news(turn);
    }

    pub(super) fn listen_private(&mut self, turn: &mut Turn<'_>) {
        let now = turn.now.mono_ns;
        let stream = &self.private;
        if !stream.is_up() {
            return;
        }
        let silent = now.saturating_sub(stream.heard_at) >= SILENT_NS;
        let mute = stream.snapshots >= 3 && now.saturating_sub(stream.news_at) >= MUTE_NS;
        if silent || mute {
            // An expired key leaves just such a socket behind.
            let words = if silent { "not even a ping came for a minute" } else { "its snapshots have stopped" };
            return self.replace_key(words, turn);
        }
        self.agenda.set(Task::ListenPrivate, now + 2 * SECOND);
    }
}
