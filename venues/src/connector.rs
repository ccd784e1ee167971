//! What goes into a venue's protocol and what comes out of it: bytes, never sockets.
use crate::happening::Happening;
use crate::query::Query;
use engine::event::Fill;
use engine::order::OrderId;
use engine::{Action, Capabilities, Qty, Timestamp};
use secrecy::SecretString;

/// A moment of the driver's clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Wall time, for signatures and for what a venue is told. It may step.
    pub wall: Timestamp,
    /// Nanoseconds since some fixed instant, for time-outs and budgets. It never steps.
    pub mono_ns: u64,
}

/// Pairs a request with its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

/// Which of a venue's sockets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Socket {
    /// Public market data; the number tells several apart: twins that carry the same, or a venue's own streams for different
    /// kinds of instruments.
    Market(u8),
    /// What happens to our orders and account.
    Private,
}

/// One message of a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame<'a> {
    /// Text.
    Text(&'a str),
    /// Bytes.
    Binary(&'a [u8]),
}

/// Why a request has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkFailure {
    /// It never left: no connection was made.
    NotSent,
    /// It may have left, and no whole answer came: the venue may have acted or not.
    Lost,
    /// A kill dropped it before it left.
    Killed,
}

/// What the driver brings.
#[derive(Clone, Copy, Debug)]
pub enum Input<'a> {
    /// Begin: streams are opened, clocks compared.
    Start,
    /// An order of an earlier session that has not ended: what the tape knows of it.
    Adopt {
        /// Our number.
        order: OrderId,
        /// What was asked.
        action: &'a Action,
        /// How much of it is booked.
        filled: Qty,
    },
    /// A fill of an adopted order that an earlier session booked, each after [`Input::Adopt`]. Where they are not told, the
    /// oldest fills of the order are taken for those that were booked.
    Booked(&'a Fill),
    /// A request was answered.
    Answered {
        /// Which.
        ticket: Ticket,
        /// The HTTP status.
        status: u16,
        /// The headers, names in lower case.
        headers: &'a [(String, String)],
        /// The body as it came, after content decoding within the driver's bound.
        body: &'a [u8],
    },
    /// A request has no answer.
    Unanswered {
        /// Which.
        ticket: Ticket,
        /// Why.
        failure: LinkFailure,
    },
    /// A socket is open.
    Opened(Socket),
    /// A socket brought a message.
    Received(Socket, Frame<'a>),
    /// A socket is closed, or could not be opened.
    Closed(Socket),
    /// The moment has come for which [`Connector::wake_at`] asked.
    Woken,
    /// The commands of one step of the core, in order and none left out: orders that are tied to each other come together,
    /// as venues take a bracket in one message.
    Act(&'a [Action]),
    /// Something is asked of the venue. The answer comes as [`Happening::Answer`] with the same number.
    Ask(u64, &'a Query),
    /// The end: streams are given up. Nothing is cancelled; that is the core's to decide.
    Stop,
}

/// HTTP methods that venues use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// GET.
    Get,
    /// POST.
    Post,
    /// PUT.
    Put,
    /// PATCH.
    Patch,
    /// DELETE.
    Delete,
}

impl Method {
    /// The name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// A whole HTTP request, signed. It may hold secrets (a key, a signature): it is never logged, and its `Debug` text shows
/// neither query nor headers nor body.
#[derive(Clone)]
pub struct Request {
    /// Pairs it with its answer.
    pub ticket: Ticket,
    /// How.
    pub method: Method,
    /// Scheme, host and port: one of the venue's configured endpoints.
    pub base: String,
    /// Path and query, encoded as they go onto the wire.
    pub target: String,
    /// Headers; values may be secret.
    pub headers: Vec<(&'static str, SecretString)>,
    /// The body, empty for none.
    pub body: Vec<u8>,
    /// How long an answer is waited for.
    pub timeout_ms: u32,
    /// Whether it can make or enlarge an order: a kill drops it.
    pub adds_risk: bool,
}

impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let path = self.target.split('?').next().unwrap_or_default();
        write!(f, "{} {}{path} (ticket {})", self.method.name(), self.base, self.ticket.0)
    }
}

/// What the driver is to do.
#[derive(Debug)]
pub enum Output {
    /// Send this request.
    Send(Request),
    /// Open a socket. What was open under that name is closed.
    Open {
        /// Which.
        socket: Socket,
        /// Where; it may hold a secret (a listen key), and so may the headers.
        url: SecretString,
        /// Headers of the handshake.
        headers: Vec<(&'static str, SecretString)>,
    },
    /// Send text on a socket; it may be secret.
    Text(Socket, SecretString),
    /// Send bytes on a socket; they may be secret.
    Binary(Socket, secrecy::SecretSlice<u8>),
    /// Close a socket.
    Close(Socket),
    /// Something happened.
    Happened(Happening),
}

/// One venue's protocol.
pub trait Connector: Send {
    /// What orders the venue takes.
    fn capabilities(&self) -> Capabilities;

    /// Takes one input and appends what is to be done, in order. It never fails: what goes wrong is a [`Happening`].
    fn handle(&mut self, now: Moment, input: Input<'_>, out: &mut Vec<Output>);

    /// The moment of the monotonic clock, in nanoseconds, by which it wants to be woken, if at all.
    fn wake_at(&self) -> Option<u64>;
}
