//! The venue from outside: requests and frames in, answers and frames out, over markets of a few candles.
mod account;
mod client;
mod data;
mod faults;
mod groups;
mod orders;
mod refusals;
mod streams;

use super::{Alpaca, Options, Setup};
use crate::dialect::{Dialect, Frame, Room, SocketId};
use crate::exchange::{Config, Exchange, Feed, Listing, boxed_candles};
use crate::faults::Faults;
use crate::http::{Answer, Reply, Request};
use crate::pace::{Moment, Speed};
use engine::ledger::Rate;
use engine::risk::Leverage;
use engine::sim::{Session, Sessions};
use engine::{Candle, Dated, Instrument, Interval, Money, Price, Qty, SharedCandles, Spec, Timestamp};
use serde_json::Value;

/// 2026-01-02 09:30 in New York, the open of the first session.
pub(super) const OPEN: i64 = 1_767_364_200_000_000_000;
pub(super) const MINUTE: i64 = Interval::MINUTE.0;

/// A venue with a clock that a test moves.
pub(super) struct Stage {
    pub(super) venue: Alpaca,
    pub(super) mono_ns: u64,
    pub(super) wall: Timestamp,
    sockets: u64,
}

/// How a stage begins.
pub(super) struct Plan {
    pub(super) options: Options,
    pub(super) faults: &'static str,
    pub(super) leverage: i64,
    pub(super) begin: Timestamp,
    /// What stands at the best bid and ask, in whole units; nothing bounds it where there is none.
    pub(super) size: Option<i64>,
}

impl Default for Plan {
    /// Five minutes into the session, with a margin of four.
    fn default() -> Self {
        let options = Options { requests_per_minute: None, ..Options::default() };
        Self { options, faults: "", leverage: 4, begin: Timestamp(OPEN + 5 * MINUTE), size: None }
    }
}

/// Minutes of a market: its open prices in cents; each candle reaches half a dollar up and down and ends where the next
/// one opens.
fn candles(from: Timestamp, opens: &[i64], volume: i64) -> Vec<Candle> {
    let price = |place: usize| opens[place.min(opens.len() - 1)];
    let candle = |place: usize| {
        let (open, close) = (price(place), price(place + 1));
        let open_time = from.after(i64::try_from(place).expect("few") * MINUTE);
        let (high, low) = (Price(open.max(close) + 50), Price(open.min(close) - 50));
        let known_time = open_time.after(MINUTE);
        Candle { open_time, known_time, open: Price(open), high, low, close: Price(close), volume }
    };
    (0..opens.len()).map(candle).collect()
}

fn listing(base: &str, qty_scale: u8, lot: i64, sessions: Sessions) -> Listing {
    let usd = "USD".parse().expect("a currency");
    let spec = Spec { tick: Price(1), lot: Qty(lot), min_notional: Money::ZERO };
    let scales = (2, qty_scale);
    let instrument = Instrument::new(format!("test:{base}"), usd, scales, 1.into(), Dated::always(spec));
    let bps = |text: &str| Rate::from_bps(text.parse().expect("a decimal")).expect("a rate");
    let stock = sessions.has_auctions();
    Listing {
        base: base.into(),
        quote: "USD".into(),
        instrument: instrument.expect("an instrument"),
        min_quantity: Qty(lot),
        maker: if stock { Rate::ZERO } else { bps("15") },
        taker: if stock { Rate::ZERO } else { bps("25") },
        maintenance: Rate::ZERO,
        leverage_max: 4,
        sessions,
        funding: Vec::new(),
        interval: Interval::MINUTE,
    }
}

fn exchange(begin: Timestamp, size: Option<i64>) -> Exchange {
    let day = |days: i64| {
        let open = Timestamp(OPEN).after(days * Interval::DAY.0);
        Session { open, close: open.after(390 * MINUTE) }
    };
    // The Wednesday before New Year, a Friday, and the Monday behind it.
    let sessions = Sessions::new([day(-2), day(0), day(3)].into());
    let rising: Vec<i64> = (0..30).map(|n| 15_000 + 10 * n).collect();
    let markets = [
        ("AAPL", 9, 1, sessions.clone(), rising),
        ("SPY", 9, 1_000_000_000, sessions, vec![55_000; 30]),
        ("BTC", 8, 100, Sessions::ALWAYS, vec![6_000_000; 30]),
        ("ETH", 8, 100, Sessions::ALWAYS, vec![250_000; 30]),
    ];
    let market = |(base, scale, lot, sessions, opens): (&str, u8, i64, Sessions, Vec<i64>)| {
        let volume = 1_200 * 10_i64.pow(u32::from(scale));
        let mut all = candles(day(-2).open, &opens[..2], volume);
        all.extend(candles(Timestamp(OPEN), &opens, volume));
        (listing(base, scale, lot, sessions), Feed::Candles(boxed_candles(SharedCandles::new(all.into()))))
    };
    let config = Config { size: size.map(|size| Qty(size * 1_000_000_000)), ..Config::from(begin) };
    Exchange::new(config, markets.into_iter().map(market).collect()).expect("candles in memory")
}

impl Stage {
    pub(super) fn new() -> Self {
        Self::of(Plan::default())
    }

    pub(super) fn of(plan: Plan) -> Self {
        let symbols = ["AAPL", "SPY", "BTC/USD", "ETH/USD"].map(String::from);
        let setup = Setup {
            cash: "100000".parse().expect("money"),
            leverage: Leverage { ppm: plan.leverage * 1_000_000 },
            options: plan.options,
            faults: Faults::parse(plan.faults, 7).expect("faults"),
            speed: Speed::OnDemand,
        };
        let now = Moment { wall: plan.begin, mono_ns: 0 };
        let venue = Alpaca::new(exchange(plan.begin, plan.size), &symbols, setup, now);
        Self { venue, mono_ns: 0, wall: Timestamp(OPEN), sockets: 0 }
    }

    fn moment(&self) -> Moment {
        Moment { wall: self.wall, mono_ns: self.mono_ns }
    }

    /// The market goes on by so many seconds.
    pub(super) fn go(&mut self, seconds: i64) {
        let to = self.venue.exchange().now().after(seconds * 1_000_000_000);
        self.venue.go_to(to);
    }

    /// The steady clock goes on by so many seconds.
    pub(super) fn wait(&mut self, seconds: u64) {
        self.mono_ns += seconds * 1_000_000_000;
        let now = self.moment();
        self.venue.pass(now, Room::Free);
    }

    pub(super) fn reply(&mut self, method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let headers = headers.iter().map(|(key, value)| (key.to_ascii_lowercase(), (*value).to_string())).collect();
        let (path, query, body) = (path.to_string(), query.to_string(), body.as_bytes().to_vec());
        let request = Request { method: method.into(), path, query, headers, body };
        let now = self.moment();
        self.venue.request(&request, now)
    }

    /// A request with the right keys: status and body.
    pub(super) fn ask(&mut self, method: &str, target: &str, body: &str) -> (u16, Value) {
        let keys = [("APCA-API-KEY-ID", "PKLOOPBACK"), ("APCA-API-SECRET-KEY", "loopback-secret")];
        match self.reply(method, target, &keys, body) {
            Reply::Answer(answer) | Reply::Late(answer, _) => read(&answer),
            Reply::Hangup => panic!("{method} {target}: no answer"),
        }
    }

    pub(super) fn get(&mut self, target: &str) -> Value {
        let (status, body) = self.ask("GET", target, "");
        assert_eq!(status, 200, "{target}: {body}");
        body
    }

    /// Sends an order that is taken; the answer.
    pub(super) fn order(&mut self, body: &str) -> Value {
        let (status, answer) = self.ask("POST", "/v2/orders", body);
        assert_eq!(status, 200, "{body}: {answer}");
        answer
    }

    /// Opens a socket.
    pub(super) fn open(&mut self, path: &str, headers: &[(&str, &str)]) -> SocketId {
        self.sockets += 1;
        let socket = SocketId(self.sockets);
        let headers = headers.iter().map(|(key, value)| (key.to_ascii_lowercase(), (*value).to_string())).collect();
        let request = Request { method: "GET".into(), path: path.into(), headers, ..Request::default() };
        let now = self.moment();
        self.venue.connect(socket, &request, now).expect("a socket");
        socket
    }

    pub(super) fn say(&mut self, socket: SocketId, text: &str) {
        let now = self.moment();
        self.venue.message(socket, &Frame::Text(text.into()), now);
    }

    /// Everything that has gone out since.
    pub(super) fn heard(&mut self) -> Vec<(SocketId, Frame)> {
        std::iter::from_fn(|| self.venue.poll()).collect()
    }

    /// A socket that listens to updates of orders.
    pub(super) fn listen(&mut self) -> SocketId {
        let socket = self.open("/stream", &[]);
        self.say(socket, r#"{"action":"auth","key":"PKLOOPBACK","secret":"loopback-secret"}"#);
        self.say(socket, r#"{"action":"listen","data":{"streams":["trade_updates"]}}"#);
        self.heard();
        socket
    }

    /// The updates that listeners were told of: the event, with the id of its order's status.
    pub(super) fn updates(&mut self) -> Vec<String> {
        let data = |frame: &Frame| {
            let Frame::Binary(bytes) = frame else { panic!("updates come in binary frames: {frame:?}") };
            let message: Value = serde_json::from_slice(bytes).expect("JSON");
            message["data"].clone()
        };
        let said = |data: &Value| format!("{} {}", text(&data["event"]), text(&data["order"]["type"]));
        self.heard().iter().map(|(_, frame)| said(&data(frame))).collect()
    }
}

pub(super) fn read(answer: &Answer) -> (u16, Value) {
    let body = if answer.body.is_empty() { Value::Null } else { serde_json::from_slice(&answer.body).expect("JSON") };
    (answer.status, body)
}

pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("null")
}

/// The texts of some fields, with spaces between.
pub(super) fn fields(value: &Value, names: &[&str]) -> String {
    names.iter().map(|name| text(&value[*name])).collect::<Vec<_>>().join(" ")
}

pub(super) fn id(order: &Value) -> String {
    text(&order["id"]).to_string()
}
