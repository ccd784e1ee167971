//! What about the venue is a matter of choice: what nobody has confirmed, what differs by account, and what tests ask for.
pub use super::code::Generation;
pub use super::words::Cancelled;
use engine::Money;

/// Whether the answer with candles has the one that is under way, as its first element.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Forming {
    /// Where the market's time is the machine's, as at the venue. Elsewhere it is left out: a client that looks at its own
    /// clock would take it for a finished one.
    #[default]
    ByClock,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Whether the private stream says the client's id of an order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StreamIds {
    /// `c` is empty, as it was seen to be.
    #[default]
    Empty,
    /// `c` is what the documentation says.
    Named,
}

/// What becomes of a stream whose key has ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeyEnd {
    /// It says so, and is silent from then on.
    #[default]
    Said,
    /// It is silent.
    Silent,
}

/// The name of order events on the private stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EventName {
    /// `ORDER_TRADE_UPDATE`, which clients know.
    #[default]
    OrderTradeUpdate,
    /// `TRADE_UPDATE`, which the documentation of October 2025 prints.
    TradeUpdate,
}

/// A user of the venue.
#[derive(Clone)]
pub struct User {
    /// The API key.
    pub key: String,
    /// Its secret.
    pub secret: String,
    /// What the account begins with.
    pub cash: Money,
    /// Whether a fresh account has a long and a short position side by side.
    pub hedge: bool,
}

impl std::fmt::Debug for User {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("User").field("cash", &self.cash).field("hedge", &self.hedge).finish_non_exhaustive()
    }
}

/// What about the venue is a matter of choice.
#[derive(Clone, Debug)]
pub struct Options {
    /// Its users.
    pub users: Vec<User>,
    /// Which numbers errors have.
    pub generation: Generation,
    /// How cancelled orders are spelled.
    pub cancelled: Cancelled,
    /// Whether candles come with the one under way.
    pub forming: Forming,
    /// How many candles one answer has at most.
    pub most_candles: usize,
    /// Whether the private stream says client ids.
    pub stream_ids: StreamIds,
    /// What becomes of a stream whose key has ended.
    pub key_end: KeyEnd,
    /// The name of order events.
    pub event_name: EventName,
    /// How long a listen key lasts, in seconds.
    pub key_seconds: u64,
    /// Seconds between two pings, after five of which without an answer a socket is dropped.
    pub ping_seconds: u64,
    /// How long an address is banned that carries on over a limit, in seconds.
    pub ban_seconds: u64,
    /// Whether limits are kept.
    pub limits: bool,
}

impl Default for Options {
    /// One user with the keys of the fixtures' requests, and everything as the venue was seen to be.
    fn default() -> Self {
        let cash = Money(100_000 * Money::ONE.0);
        let user = User { key: "demo-key".into(), secret: "demo-secret".into(), cash, hedge: false };
        Self {
            users: vec![user],
            generation: Generation::default(),
            cancelled: Cancelled::default(),
            forming: Forming::default(),
            most_candles: 1_440,
            stream_ids: StreamIds::default(),
            key_end: KeyEnd::default(),
            event_name: EventName::default(),
            key_seconds: 3_600,
            ping_seconds: 5,
            ban_seconds: 300,
            limits: true,
        }
    }
}
