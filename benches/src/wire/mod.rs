//! What lies between a venue's bytes and ours: connectors, core and world beside a venue that answers at once.
//!
//! The venue here is as little as a connector takes for one; it knows when its frames left, and so how long an order took.
//! It is for measuring, and shows nothing about whether an adapter is right.
pub mod alpaca;
pub mod bingx;
pub mod desk;
pub mod latencies;
pub mod served;
pub mod session;
pub mod stream;

use venues::{Request, Socket};

/// What goes through a WebSocket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// Text.
    Text(String),
    /// Bytes.
    Binary(Vec<u8>),
}

/// A venue's side of the wire, without a socket.
pub trait Side: Send {
    /// The body of the answer to a request, which is always HTTP 200.
    fn answer(&mut self, request: &Asked<'_>) -> String;

    /// A socket was opened: what the venue says first.
    fn opened(&mut self, socket: Socket) -> Vec<Message>;

    /// The client has said something.
    fn heard(&mut self, socket: Socket, message: &Message) -> Vec<Message>;

    /// The frame that makes the next candle of an instrument final.
    fn candle(&mut self, place: usize) -> Message;

    /// What shows on each socket that it is alive, where the venue sends such.
    fn ping(&mut self) -> Option<Message>;

    /// News of the orders that were taken since it was asked last: each is filled.
    fn fills(&mut self) -> Vec<Message>;
}

/// A request as a venue reads it.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The method's name.
    pub method: &'a str,
    /// Path and query.
    pub target: &'a str,
    /// The body.
    pub body: &'a str,
    /// The venue's clock, in milliseconds since 1970.
    pub now_ms: i64,
}

impl<'a> Asked<'a> {
    /// The same of a connector's request.
    #[must_use]
    pub fn of(request: &'a Request, now_ms: i64) -> Self {
        let body = std::str::from_utf8(&request.body).unwrap_or_default();
        Self { method: request.method.name(), target: &request.target, body, now_ms }
    }

    /// Whether it is a new order.
    #[must_use]
    pub fn is_order(&self) -> bool {
        self.method == "POST" && self.target.contains("order")
    }
}

/// What stands in a text between two others.
#[must_use]
pub fn between<'a>(text: &'a str, before: &str, after: char) -> &'a str {
    let rest = text.split_once(before).map_or("", |(_, rest)| rest);
    rest.split(after).next().unwrap_or_default()
}
