//! What the connector has to know before it begins. Nothing here is a secret in plain sight: keys show nothing.
use crate::{Listed, RunId};
use engine::Interval;
use secrecy::SecretString;

/// Where the venue is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoints {
    /// REST: scheme, host and port.
    pub rest: String,
    /// The socket for market data, with its path.
    pub market: String,
    /// The socket for our orders and account, with its path; the listen key is added.
    pub private: String,
}

impl Endpoints {
    /// The venue itself: real money.
    #[must_use]
    pub fn live() -> Self {
        Self {
            rest: "https://open-api.bingx.com".into(),
            market: "wss://open-api-swap.bingx.com/swap-market".into(),
            private: "wss://open-api-swap.bingx.com/swap-market".into(),
        }
    }

    /// The venue's simulated account, in VST.
    #[must_use]
    pub fn demo() -> Self {
        Self {
            rest: "https://open-api-vst.bingx.com".into(),
            market: "wss://vst-open-api-ws.bingx.com/swap-market".into(),
            private: "wss://vst-open-api-ws.bingx.com/swap-market".into(),
        }
    }
}

/// How the account keeps positions. It is a setting of the account that the connector checks and never changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PositionMode {
    /// One position for each symbol.
    #[default]
    OneWay,
    /// A long and a short one for each symbol. An order that only reduces closes; every other opens.
    Hedge,
}

/// Which price wakes a sleeping order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Working {
    /// The last price traded: what a backtest's stops look at.
    #[default]
    Last,
    /// The mark price.
    Mark,
}

/// A key and its secret.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The key.
    pub key: SecretString,
    /// Its secret.
    pub secret: SecretString,
}

/// The limits that the venue sets; what a page of its documentation gives as a range stands here at its lower end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Market data by IP, in ten seconds.
    pub market: u32,
    /// Account and orders by IP, in ten seconds.
    pub account: u32,
    /// New orders, in a second.
    pub place: u32,
    /// Cancels, in a second.
    pub cancel: u32,
    /// Queries of any one kind, in a second.
    pub query: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { market: 500, account: 300, place: 5, cancel: 5, query: 5 }
    }
}

/// Everything that the connector has to know.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the venue is.
    pub endpoints: Endpoints,
    /// None for market data alone: then there is no private stream, and an order is never sent.
    pub credentials: Option<Credentials>,
    /// The run, whose id begins the names of its orders.
    pub run: RunId,
    /// What is traded and looked at.
    pub listed: Vec<Listed>,
    /// How the account is expected to keep positions.
    pub mode: PositionMode,
    /// Which price wakes stops.
    pub working: Working,
    /// After how many seconds without a sign of us the venue cancels every open order: 10 to 120, or never. It is armed
    /// while orders rest and refreshed at a third of that time.
    pub kill_timer_s: Option<u32>,
    /// Whether funding is followed.
    pub funding: bool,
    /// The venue's limits.
    pub limits: Limits,
    /// Seed of the waits before something is tried again.
    pub seed: u64,
}

impl Config {
    /// A configuration with everything else as it usually is.
    #[must_use]
    pub fn new(endpoints: Endpoints, credentials: Option<Credentials>, run: RunId, listed: Vec<Listed>) -> Self {
        Self {
            endpoints,
            credentials,
            run,
            listed,
            mode: PositionMode::default(),
            working: Working::default(),
            kill_timer_s: None,
            funding: true,
            limits: Limits::default(),
            seed: 0,
        }
    }
}

/// Why a configuration cannot work.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// A symbol that the venue cannot have.
    #[error("`{0}` is no symbol of BingX: expected base and quote in capitals with a hyphen, as in `BTC-USDT`")]
    Symbol(String),
    /// An interval that the venue has no candles of.
    #[error("BingX has no candles of {interval} for `{symbol}`: it has {}", INTERVALS.map(|(name, _)| name).join(", "))]
    Interval {
        /// Of what.
        symbol: String,
        /// Which.
        interval: Interval,
    },
    /// Two instruments under one name or number.
    #[error("`{0}` is listed twice")]
    Twice(String),
    /// A timer outside what the venue takes.
    #[error("a kill timer of {0} s: expected 10 to 120")]
    KillTimer(u32),
    /// An endpoint without its scheme.
    #[error("`{0}` is no endpoint: expected {1}")]
    Endpoint(String, &'static str),
}

/// The intervals of candles, as the venue names them. A month has no fixed length and is not among them.
pub const INTERVALS: [(&str, Interval); 14] = [
    ("1m", Interval::MINUTE),
    ("3m", Interval(3 * Interval::MINUTE.0)),
    ("5m", Interval(5 * Interval::MINUTE.0)),
    ("15m", Interval(15 * Interval::MINUTE.0)),
    ("30m", Interval(30 * Interval::MINUTE.0)),
    ("1h", Interval::HOUR),
    ("2h", Interval(2 * Interval::HOUR.0)),
    ("4h", Interval(4 * Interval::HOUR.0)),
    ("6h", Interval(6 * Interval::HOUR.0)),
    ("8h", Interval(8 * Interval::HOUR.0)),
    ("12h", Interval(12 * Interval::HOUR.0)),
    ("1d", Interval::DAY),
    ("3d", Interval(3 * Interval::DAY.0)),
    ("1w", Interval::WEEK),
];

/// The venue's name of an interval.
#[must_use]
pub fn interval_name(interval: Interval) -> Option<&'static str> {
    INTERVALS.iter().find(|(_, known)| *known == interval).map(|(name, _)| *name)
}

impl Config {
    /// Whether it can work.
    ///
    /// # Errors
    /// Says the first thing that cannot.
    pub fn check(&self) -> Result<(), ConfigError> {
        let Endpoints { rest, market, private } = &self.endpoints;
        let begins = |text: &str, schemes: [&str; 2]| schemes.iter().any(|scheme| text.starts_with(scheme));
        if !begins(rest, ["https://", "http://"]) || rest.ends_with('/') {
            return Err(ConfigError::Endpoint(rest.clone(), "http(s)://HOST without a path"));
        }
        if let Some(socket) = [market, private].into_iter().find(|text| !begins(text, ["wss://", "ws://"])) {
            return Err(ConfigError::Endpoint(socket.clone(), "ws(s)://HOST/PATH"));
        }
        for (place, listed) in self.listed.iter().enumerate() {
            let symbol = &listed.symbol;
            let word =
                |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
            if symbol.len() > 40 || !symbol.split_once('-').is_some_and(|(base, quote)| word(base) && word(quote)) {
                return Err(ConfigError::Symbol(symbol.clone()));
            }
            if interval_name(listed.interval).is_none() {
                return Err(ConfigError::Interval { symbol: symbol.clone(), interval: listed.interval });
            }
            if self.listed[..place].iter().any(|other| other.symbol == *symbol || other.id == listed.id) {
                return Err(ConfigError::Twice(symbol.clone()));
            }
        }
        match self.kill_timer_s {
            Some(seconds) if !(10..=120).contains(&seconds) => Err(ConfigError::KillTimer(seconds)),
            _ => Ok(()),
        }
    }
}
