//! How a connector of Alpaca is set up.
use super::map::orders::Hours;
use super::map::symbols::Class;
use super::map::timeframe::is_made_of_minutes;
use crate::client_id::RunId;
use crate::listing::Listed;
use engine::Interval;
use secrecy::SecretString;
use std::collections::BTreeSet;

/// Where Alpaca is: scheme, host and port each, without a path but for the trade updates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoints {
    /// The trading API.
    pub trading: String,
    /// The market data API.
    pub data: String,
    /// The streams of market data.
    pub stream: String,
    /// The stream of trade updates, with its path.
    pub trade_updates: String,
}

impl Endpoints {
    /// The real market.
    #[must_use]
    pub fn live() -> Self {
        Self::of("https://api.alpaca.markets", "wss://api.alpaca.markets/stream")
    }

    /// Alpaca's own paper trading, on the data of the real market.
    #[must_use]
    pub fn paper() -> Self {
        Self::of("https://paper-api.alpaca.markets", "wss://paper-api.alpaca.markets/stream")
    }

    fn of(trading: &str, trade_updates: &str) -> Self {
        Self {
            trading: trading.into(),
            data: "https://data.alpaca.markets".into(),
            stream: "wss://stream.data.alpaca.markets".into(),
            trade_updates: trade_updates.into(),
        }
    }
}

/// Which exchanges the prices of stocks come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Feed {
    /// One exchange: what everybody has.
    #[default]
    Iex,
    /// All of them: what is paid for.
    Sip,
    /// All of them, fifteen minutes late.
    DelayedSip,
    /// Trading at night.
    Overnight,
    /// Trading at night, elsewhere.
    Boats,
    /// The venue's own test of a stream.
    Test,
}

impl Feed {
    /// The name in a question.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Iex => "iex",
            Self::Sip => "sip",
            Self::DelayedSip => "delayed_sip",
            Self::Overnight => "overnight",
            Self::Boats => "boats",
            Self::Test => "test",
        }
    }

    /// The path of its stream.
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            Self::Iex => "/v2/iex",
            Self::Sip => "/v2/sip",
            Self::DelayedSip => "/v2/delayed_sip",
            Self::Test => "/v2/test",
            Self::Overnight => "/v1beta1/overnight",
            Self::Boats => "/v1beta1/boats",
        }
    }
}

/// A key and its secret.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The key.
    pub key: SecretString,
    /// The secret.
    pub secret: SecretString,
}

/// How a connector is set up.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the venue is.
    pub endpoints: Endpoints,
    /// Who we are. Without, the market data of crypto is asked for now and then, and nothing else can be had.
    pub credentials: Option<Credentials>,
    /// What our orders are named after.
    pub run: RunId,
    /// What is traded.
    pub listed: Vec<Listed>,
    /// Where the prices of stocks come from.
    pub feed: Feed,
    /// Where crypto is traded: `us`, `us-1`, `eu-1`.
    pub crypto_location: String,
    /// Whether the streams of market data speak MessagePack.
    pub msgpack: bool,
    /// When stocks are traded.
    pub hours: Hours,
    /// What waits are drawn from.
    pub seed: u64,
    /// How many requests the trading API takes in a minute: 200 for most accounts.
    pub requests_per_minute: u32,
    /// The same of the data API.
    pub data_requests_per_minute: u32,
    /// How often orders and fills are asked for although the stream brings them, in nanoseconds: what a stream swallows,
    /// it does not tell.
    pub audit_ns: u64,
}

/// Why there can be no such connector.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Two instruments under one symbol.
    #[error("`{0}` is listed twice")]
    Twice(String),
    /// No stream has such candles.
    #[error("`{symbol}`: Alpaca streams no candles of {interval}: take minutes or hours that divide a day, or a day")]
    Interval {
        /// Of what.
        symbol: String,
        /// The length.
        interval: Interval,
    },
    /// Stocks cannot be had without a key.
    #[error("`{0}` is a stock: its prices need a key, only those of crypto do not")]
    NoKey(String),
    /// Something that has to be there is not, or could not stand in a path.
    #[error("{0}")]
    Invalid(&'static str),
}

impl Config {
    /// A usual set-up; everything can be changed afterwards.
    #[must_use]
    pub fn new(endpoints: Endpoints, credentials: Option<Credentials>, run: RunId, listed: Vec<Listed>) -> Self {
        Self {
            endpoints,
            credentials,
            run,
            listed,
            feed: Feed::Iex,
            crypto_location: "us".into(),
            msgpack: false,
            hours: Hours::Regular,
            seed: 0,
            requests_per_minute: 200,
            data_requests_per_minute: 200,
            audit_ns: 10_000_000_000,
        }
    }

    /// Whether there can be such a connector.
    ///
    /// # Errors
    /// Says why not.
    pub fn check(&self) -> Result<(), ConfigError> {
        let plain = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if self.crypto_location.is_empty() || !plain(&self.crypto_location) {
            return Err(ConfigError::Invalid("the location of crypto is letters, digits and dashes, as in `us`"));
        }
        let mut seen = BTreeSet::new();
        for it in &self.listed {
            let symbol = || it.symbol.clone();
            let spelled = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'.' | b'-');
            if it.symbol.is_empty() || !it.symbol.bytes().all(spelled) {
                return Err(ConfigError::Invalid("a symbol is letters, digits, dots, dashes and at most a slash"));
            }
            if !seen.insert(it.symbol.replace('/', "")) {
                return Err(ConfigError::Twice(symbol()));
            }
            if it.interval != Interval::DAY && !is_made_of_minutes(it.interval) {
                return Err(ConfigError::Interval { symbol: symbol(), interval: it.interval });
            }
            if self.credentials.is_none() && Class::of(&it.symbol) == Class::Stock {
                return Err(ConfigError::NoKey(symbol()));
            }
        }
        Ok(())
    }
}
