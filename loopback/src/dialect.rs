//! What a venue's server is: a machine that requests, messages and time go into, and answers and frames come out of. It owns
//! no socket and reads no clock, so that a test can drive it as well as a network.
use crate::http::{Answer, Reply, Request};
use crate::pace::Moment;

/// One connection of a client's, as long as it lasts; never given to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SocketId(pub u64);

/// What goes through a WebSocket, either way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// Text.
    Text(String),
    /// Bytes.
    Binary(Vec<u8>),
    /// A ping of the protocol itself; whoever carries the bytes answers those that come in.
    Ping(Vec<u8>),
    /// The connection ends, with this code.
    Close(u16),
    /// The connection is dropped without a word.
    Drop,
}

/// A venue's protocol over an exchange.
pub trait Dialect: Send {
    /// Answers a request.
    fn request(&mut self, request: &Request, now: Moment) -> Reply;

    /// A client wants a WebSocket. It gets one with this number where nothing is answered, else the answer.
    ///
    /// # Errors
    /// The answer that says why not.
    fn connect(&mut self, socket: SocketId, request: &Request, now: Moment) -> Result<(), Answer>;

    /// A frame has come in.
    fn message(&mut self, socket: SocketId, frame: &Frame, now: Moment);

    /// A connection has ended, whoever ended it.
    fn closed(&mut self, socket: SocketId);

    /// Time has passed: the market goes on, and what is due goes out. `room` says whether every client has read what was
    /// sent so far: a market as fast as its clients waits for that.
    fn pass(&mut self, now: Moment, room: Room);

    /// The next frame for a socket, oldest first.
    fn poll(&mut self) -> Option<(SocketId, Frame)>;
}

/// Whether clients have read what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// All of it.
    Free,
    /// Somebody has not.
    Waiting,
}
