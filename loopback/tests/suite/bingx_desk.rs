//! A BingX server without a network, and a client that signs: what tests of it talk through.
use crate::floor::{START, exchange, minutes};
use engine::Timestamp;
use flate2::read::GzDecoder;
use hmac::{Hmac, KeyInit, Mac};
use loopback::bingx::{Bingx, Options};
use loopback::dialect::{Dialect, Frame, Room, SocketId};
use loopback::exchange::Config;
use loopback::faults::Faults;
use loopback::http::{Answer, Reply, Request};
use loopback::pace::{Moment, Speed};
use serde_json::Value;
use std::io::Read;

/// The clock of the recorded requests.
pub(crate) const WALL_MS: i64 = 1_735_689_600_000;
/// The number that recorded requests name; the first order gets it.
pub(crate) const FIRST_ORDER: u64 = 1_735_950_529_123_455_000;

pub(crate) struct Desk {
    pub(crate) server: Bingx,
    /// Milliseconds since the server began.
    pub(crate) passed_ms: u64,
    pub(crate) frames: Vec<(SocketId, Frame)>,
}

impl Desk {
    /// A server over these candles of a minute, in whole units, with the market's time on demand.
    pub(crate) fn with(prices: &[[i64; 4]], options: Options, faults: &str) -> Self {
        let config = Config { first_order: FIRST_ORDER - 4_194_307, ..Config::from(Timestamp(START)) };
        let exchange = exchange(minutes(prices), config);
        let faults = Faults::parse(faults, 7).expect("faults");
        let now = Moment { wall: Timestamp(WALL_MS * 1_000_000), mono_ns: 0 };
        let server = Bingx::new(options, exchange, Speed::OnDemand, faults, now);
        Self { server, passed_ms: 0, frames: Vec::new() }
    }

    /// A market at 51,000 that rises a little.
    pub(crate) fn new() -> Self {
        Self::with(&[[51_000, 51_100, 50_900, 51_050]; 3], Options::default(), "")
    }

    pub(crate) fn hedged() -> Self {
        let mut options = Options::default();
        options.users[0].hedge = true;
        Self::with(&[[51_000, 51_100, 50_900, 51_050]; 3], options, "")
    }

    pub(crate) fn now(&self) -> Moment {
        let wall = Timestamp((WALL_MS + self.passed_ms as i64) * 1_000_000);
        Moment { wall, mono_ns: self.passed_ms * 1_000_000 }
    }

    /// Time passes.
    pub(crate) fn pass(&mut self, ms: u64) {
        self.passed_ms += ms;
        let now = self.now();
        self.server.pass(now, Room::Free);
        self.collect();
    }

    /// Sends a request as it is.
    pub(crate) fn send(&mut self, request: &Request) -> Reply {
        let now = self.now();
        let reply = self.server.request(request, now);
        self.collect();
        reply
    }

    /// Signs and sends; the whole answer.
    pub(crate) fn signed(&mut self, method: &str, path: &str, parameters: &str) -> Answer {
        let request = self.request(method, path, parameters);
        match self.send(&request) {
            Reply::Answer(answer) => answer,
            other => panic!("{method} {path}: {other:?}"),
        }
    }

    /// A signed request.
    pub(crate) fn request(&self, method: &str, path: &str, parameters: &str) -> Request {
        let stamp = format!("timestamp={}", self.now().wall.0 / 1_000_000);
        let text = if parameters.is_empty() { stamp } else { format!("{parameters}&{stamp}") };
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(b"demo-secret").expect("any key");
        mac.update(text.as_bytes());
        let signature: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        Request {
            method: method.into(),
            path: format!("/openApi/{path}"),
            query: format!("{}&signature={signature}", text.replace('{', "%7B").replace('"', "%22")),
            headers: vec![("x-bx-apikey".into(), "demo-key".into())],
            body: Vec::new(),
        }
    }

    /// Signs and sends; the data of an answer that went well.
    pub(crate) fn data(&mut self, method: &str, path: &str, parameters: &str) -> Value {
        let answer = json(&self.signed(method, path, parameters));
        assert_eq!(answer["code"], 0, "{method} {path} {parameters}: {answer}");
        answer["data"].clone()
    }

    /// Signs and sends; the code of an answer that did not go well.
    pub(crate) fn code(&mut self, method: &str, path: &str, parameters: &str) -> i64 {
        let answer = self.signed(method, path, parameters);
        assert_eq!(answer.status, 200, "business errors are HTTP 200");
        json(&answer)["code"].as_i64().expect("a code")
    }

    /// Places an order; its number.
    pub(crate) fn place(&mut self, parameters: &str) -> u64 {
        let data = self.data("POST", "swap/v2/trade/order", parameters);
        data["order"]["orderId"].as_u64().expect("a number")
    }

    /// The market goes on by so many minutes.
    pub(crate) fn minutes(&mut self, minutes: i64) {
        let request = Request {
            method: "POST".into(),
            path: "/loopback/step".into(),
            query: format!("by={minutes}m"),
            ..Request::default()
        };
        let Reply::Answer(answer) = self.send(&request) else { panic!("a step is answered") };
        assert_eq!(answer.status, 200);
    }

    /// Opens a connection, of the private stream where a key is named.
    pub(crate) fn connect(&mut self, number: u64, key: Option<&str>) -> SocketId {
        let id = SocketId(number);
        let query = key.map(|key| format!("listenKey={key}")).unwrap_or_default();
        let request = Request { method: "GET".into(), path: "/swap-market".into(), query, ..Request::default() };
        let now = self.now();
        self.server.connect(id, &request, now).expect("a connection");
        self.collect();
        id
    }

    /// A listen key.
    pub(crate) fn key(&mut self) -> String {
        let answer = json(&self.signed("POST", "user/auth/userDataStream", ""));
        answer["listenKey"].as_str().expect("no envelope around a key").to_string()
    }

    pub(crate) fn tell(&mut self, id: SocketId, text: &str) {
        let now = self.now();
        self.server.message(id, &Frame::Text(text.into()), now);
        self.collect();
    }

    pub(crate) fn subscribe(&mut self, id: SocketId, data_type: &str) {
        self.tell(id, &format!("{{\"id\":\"x-1\",\"reqType\":\"sub\",\"dataType\":\"{data_type}\"}}"));
    }

    fn collect(&mut self) {
        while let Some(frame) = self.server.poll() {
            self.frames.push(frame);
        }
    }

    /// What a connection was sent since the last time, gunzipped.
    pub(crate) fn heard(&mut self, id: SocketId) -> Vec<Value> {
        let (own, rest) = std::mem::take(&mut self.frames).into_iter().partition(|(socket, _)| *socket == id);
        self.frames = rest;
        let own: Vec<(SocketId, Frame)> = own;
        own.iter().map(|(_, frame)| read(frame)).collect()
    }
}

/// A frame's text: JSON, or a plain word as a JSON text.
pub(crate) fn read(frame: &Frame) -> Value {
    let Frame::Binary(bytes) = frame else { return Value::String(format!("{frame:?}")) };
    let mut text = String::new();
    GzDecoder::new(bytes.as_slice()).read_to_string(&mut text).expect("one gzip stream");
    serde_json::from_str(&text).unwrap_or(Value::String(text))
}

pub(crate) fn json(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.body).expect("JSON")
}
