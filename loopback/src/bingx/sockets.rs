//! Connections: what each is subscribed to, pings, and the faults that a frame may meet on its way out.
//!
//! Every frame that goes out is one gzip stream in a binary message; what comes in is plain text.
use super::streams::{Subscription, Topic};
use super::venue::{Bingx, shown};
use crate::dialect::{Frame, SocketId};
use crate::faults::Fault;
use crate::http::{Answer, Request, pairs};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use std::io::Write;

/// Subscriptions of one connection.
const MOST: usize = 200;
/// Pings without an answer after which a connection is dropped.
const SILENT: u32 = 5;
const SECOND_NS: u64 = 1_000_000_000;

/// One connection.
#[derive(Debug, Default)]
pub(super) struct Socket {
    /// Whose private stream it is, and its listen key.
    pub(super) private: Option<(usize, String)>,
    pub(super) subscriptions: Vec<Subscription>,
    /// Its key has ended: nothing private goes out any more.
    pub(super) ended: bool,
    pub(super) next_snapshot: u64,
    next_ping: u64,
    unanswered: u32,
    mute_until: u64,
    dead_until: u64,
    held: Option<Frame>,
}

/// What a frame is, as far as faults tell frames apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Pings and acknowledgements.
    Transport,
    /// Market data.
    Market,
    /// Orders and accounts.
    Private,
}

impl Bingx {
    /// A client wants a connection.
    pub(super) fn open(&mut self, id: SocketId, request: &Request) -> Result<(), Answer> {
        if request.path != "/swap-market" {
            return Err(Answer::empty(404));
        }
        let mut socket = Socket { next_ping: self.ping_after(), ..Socket::default() };
        if let Some((_, key)) = pairs(&request.query).into_iter().find(|(name, _)| name == "listenKey") {
            let Some(member) = self.live_key(&key) else { return Err(Answer::empty(400)) };
            socket.private = Some((member, key));
        }
        self.sockets.insert(id, socket);
        self.snapshot(id);
        Ok(())
    }

    fn ping_after(&self) -> u64 {
        self.now.mono_ns.saturating_add(self.options.ping_seconds.max(1) * SECOND_NS)
    }

    /// A client says something.
    pub(super) fn hear(&mut self, id: SocketId, frame: &Frame) {
        let Frame::Text(text) = frame else { return };
        if text.trim().eq_ignore_ascii_case("pong") {
            if let Some(socket) = self.sockets.get_mut(&id) {
                socket.unanswered = 0;
            }
            return;
        }
        if text.trim().eq_ignore_ascii_case("ping") {
            self.send(id, "Pong", Kind::Transport);
            return;
        }
        let message: Value = serde_json::from_str(text).unwrap_or(Value::Null);
        let word = |name: &str| message.get(name).and_then(Value::as_str).unwrap_or_default().to_string();
        let (asked, data_type) = (word("reqType"), word("dataType"));
        let code = match (asked.as_str(), self.sockets.get(&id)) {
            (_, None) => return,
            ("sub" | "unsub", Some(socket)) if socket.private.is_some() => 80_014,
            ("sub", _) => self.subscribe(id, &data_type),
            ("unsub", _) => self.unsubscribe(id, &data_type),
            _ => 100_400,
        };
        let stamp = super::words::ms(self.now.wall);
        let text = if code == 0 { "SUCCESS".to_string() } else { format!("{} refused", shown(&data_type)) };
        let mut ack = json!({"code": code, "msg": text, "timestamp": stamp});
        if let Some(number) = message.get("id").filter(|id| id.is_string() || id.is_number()) {
            ack["id"] = number.clone();
        }
        self.send(id, &ack.to_string(), Kind::Transport);
        if code == 0 && asked == "sub" {
            self.first_frame(id, &data_type);
        }
    }

    fn subscribe(&mut self, id: SocketId, data_type: &str) -> i64 {
        let Some((market, topic)) = self.topic(data_type) else { return 80_015 };
        let Some(socket) = self.sockets.get_mut(&id) else { return 100_500 };
        if socket.subscriptions.len() == MOST {
            return 80_403;
        }
        socket.subscriptions.retain(|it| it.data_type != data_type);
        socket.subscriptions.push(Subscription::new(data_type.to_string(), market, topic));
        0
    }

    fn unsubscribe(&mut self, id: SocketId, data_type: &str) -> i64 {
        let Some(socket) = self.sockets.get_mut(&id) else { return 100_500 };
        let before = socket.subscriptions.len();
        socket.subscriptions.retain(|it| it.data_type != data_type);
        if socket.subscriptions.len() == before { 80_015 } else { 0 }
    }

    /// The market and the topic that a subscription names.
    fn topic(&self, data_type: &str) -> Option<(crate::exchange::MarketId, Topic)> {
        let (symbol, rest) = data_type.split_once('@')?;
        let market = super::words::market(&self.exchange, symbol)?;
        Some((market, Topic::read(rest)?))
    }

    /// Sends a text, with the faults that may meet it.
    pub(super) fn send(&mut self, id: SocketId, text: &str, kind: Kind) {
        let now = self.now.mono_ns;
        let Some(socket) = self.sockets.get(&id) else { return };
        if now < socket.dead_until || (kind != Kind::Transport && now < socket.mute_until) {
            return;
        }
        if kind != Kind::Transport {
            if self.faults.strikes(Fault::MuteSocket) {
                let until = now.saturating_add((20 + self.faults.draw(Fault::MuteSocket, 60)) * SECOND_NS);
                self.socket(id, |socket| socket.mute_until = until);
                return;
            }
            if self.faults.strikes(Fault::HalfOpen) {
                let until = now.saturating_add((20 + self.faults.draw(Fault::HalfOpen, 60)) * SECOND_NS);
                self.socket(id, |socket| socket.dead_until = until);
                return;
            }
            if self.faults.strikes(Fault::SkippedMessage) {
                return;
            }
            if self.faults.strikes(Fault::HostileFrame) {
                let hostile = self.hostile_frame(text);
                self.out.push_back((id, hostile));
                return;
            }
        }
        let frame = Frame::Binary(gzipped(text.as_bytes()));
        let gap = kind == Kind::Market && self.faults.strikes(Fault::SequenceGap);
        if gap && self.faults.draw(Fault::SequenceGap, 2) == 0 {
            return;
        }
        let twice = gap || (kind == Kind::Private && self.faults.strikes(Fault::Duplicate));
        if kind == Kind::Private && self.faults.strikes(Fault::Reorder) {
            // It waits for the next one, or for the next beat.
            let before = self.sockets.get_mut(&id).and_then(|socket| socket.held.replace(frame));
            self.out.extend(before.map(|frame| (id, frame)));
            return;
        }
        if twice {
            self.out.push_back((id, frame.clone()));
        }
        self.out.push_back((id, frame));
        if kind == Kind::Private {
            let held = self.sockets.get_mut(&id).and_then(|socket| socket.held.take());
            self.out.extend(held.map(|frame| (id, frame)));
        }
    }

    fn socket(&mut self, id: SocketId, change: impl FnOnce(&mut Socket)) {
        if let Some(socket) = self.sockets.get_mut(&id) {
            change(socket);
        }
    }

    /// Pings who is due, drops who has been silent, and sends what was held back.
    pub(super) fn ping(&mut self) {
        let (now, after) = (self.now.mono_ns, self.ping_after());
        let due: Vec<SocketId> = self.sockets.iter().filter(|(_, it)| now >= it.next_ping).map(|(id, _)| *id).collect();
        for id in due {
            let Some(socket) = self.sockets.get_mut(&id) else { continue };
            let held = socket.held.take();
            self.out.extend(held.map(|frame| (id, frame)));
            if socket.unanswered >= SILENT {
                self.out.push_back((id, Frame::Drop));
                continue;
            }
            socket.unanswered += 1;
            socket.next_ping = after;
            self.send(id, "Ping", Kind::Transport);
        }
    }

    /// Drops every connection.
    pub(super) fn drop_all(&mut self) {
        let all: Vec<SocketId> = self.sockets.keys().copied().collect();
        self.out.extend(all.into_iter().map(|id| (id, Frame::Drop)));
    }

    /// A frame that no client can like.
    fn hostile_frame(&mut self, text: &str) -> Frame {
        match self.faults.draw(Fault::HostileFrame, 4) {
            0 => {
                let mut bytes = gzipped(text.as_bytes());
                bytes.truncate(bytes.len() / 2);
                Frame::Binary(bytes)
            }
            // Ten million zeros in ten thousand bytes.
            1 => Frame::Binary(gzipped(&vec![0; 10_000_000])),
            2 => Frame::Text(text.to_string()),
            _ => Frame::Binary(gzipped(&self.hostile(text.as_bytes()))),
        }
    }

    /// A body that looks like another one and is broken.
    pub(super) fn hostile(&mut self, body: &[u8]) -> Vec<u8> {
        let text = String::from_utf8_lossy(body);
        match self.faults.draw(Fault::HostileFrame, 6) {
            0 => body[..body.len() / 2].to_vec(),
            1 => text.replacen("\":", "\":\u{1b}[31m", 1).into_bytes(),
            2 => b"{\"code\":0,\"msg\":\"Field validation for \"Symbol\" failed\",\"data\":null}".to_vec(),
            3 => text.replace("\"0", "\"NaN").into_bytes(),
            4 => text.replace(":1", ":1e999999").into_bytes(),
            _ => text.replace("\"data\":", "\"data\":[[[[[[[[").into_bytes(),
        }
    }
}

/// Bytes as one gzip stream.
pub(super) fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 2 + 32), Compression::fast());
    // Writing to memory does not fail; were it to, the client would see a broken stream.
    drop(encoder.write_all(bytes));
    encoder.finish().unwrap_or_default()
}
