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
    /// What a key may do, in the venue's numbers: 1 spot, 2 read, 3 perpetual futures, 4 transfers, 5 withdrawals.
    pub permissions: Vec<u8>,
}

impl Options {
    /// What [`Options::set`] knows, each with its values.
    pub const QUIRKS: [(&str, &str); 12] = [
        ("codes", "old or new"),
        ("cancelled", "double-l or single-l"),
        ("forming", "by-clock, always or never"),
        ("most-candles", "a number"),
        ("stream-ids", "empty or named"),
        ("key-end", "said or silent"),
        ("event-name", "order-trade-update or trade-update"),
        ("key-seconds", "a number"),
        ("ping-seconds", "a number"),
        ("ban-seconds", "a number"),
        ("limits", "true or false"),
        ("permissions", "numbers from 1 to 9 with commas between them"),
    ];

    /// Makes a choice from its text, as in `stream-ids=named`.
    ///
    /// # Errors
    /// Says which choices there are, or which values one has.
    pub fn set(&mut self, text: &str) -> Result<(), String> {
        let (name, value) = text.split_once('=').ok_or_else(|| format!("`{text}`: expected NAME=VALUE"))?;
        let Some((_, values)) = Self::QUIRKS.iter().find(|(quirk, _)| *quirk == name) else {
            let all = Self::QUIRKS.map(|(quirk, _)| quirk).join(", ");
            return Err(format!("there is no quirk `{name}`; there are {all}"));
        };
        self.set_known(name, value).ok_or_else(|| format!("`{text}`: {name} is {values}"))
    }

    fn set_known(&mut self, name: &str, value: &str) -> Option<()> {
        match (name, value) {
            ("codes", "old") => self.generation = Generation::Old,
            ("codes", "new") => self.generation = Generation::New,
            ("cancelled", "double-l") => self.cancelled = Cancelled::DoubleL,
            ("cancelled", "single-l") => self.cancelled = Cancelled::SingleL,
            ("forming", "by-clock") => self.forming = Forming::ByClock,
            ("forming", "always") => self.forming = Forming::Always,
            ("forming", "never") => self.forming = Forming::Never,
            ("stream-ids", "empty") => self.stream_ids = StreamIds::Empty,
            ("stream-ids", "named") => self.stream_ids = StreamIds::Named,
            ("key-end", "said") => self.key_end = KeyEnd::Said,
            ("key-end", "silent") => self.key_end = KeyEnd::Silent,
            ("event-name", "order-trade-update") => self.event_name = EventName::OrderTradeUpdate,
            ("event-name", "trade-update") => self.event_name = EventName::TradeUpdate,
            ("most-candles", value) => self.most_candles = value.parse().ok().filter(|most| *most > 0)?,
            ("key-seconds", value) => self.key_seconds = value.parse().ok()?,
            ("ping-seconds", value) => self.ping_seconds = value.parse().ok()?,
            ("ban-seconds", value) => self.ban_seconds = value.parse().ok()?,
            ("limits", value) => self.limits = value.parse().ok()?,
            ("permissions", value) => {
                let number = |text: &str| text.parse().ok().filter(|number| (1..=9).contains(number));
                self.permissions = value.split(',').map(number).collect::<Option<_>>()?;
            }
            _ => return None,
        }
        Some(())
    }
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
            permissions: vec![2, 3],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_is_made_by_its_name() {
        let mut options = Options::default();
        let texts = [
            "codes=old",
            "cancelled=single-l",
            "forming=always",
            "most-candles=1000",
            "stream-ids=named",
            "key-end=silent",
            "event-name=trade-update",
            "key-seconds=60",
            "ping-seconds=9",
            "ban-seconds=1",
            "limits=false",
            "permissions=2,3,5",
        ];
        for (text, (quirk, _)) in texts.iter().zip(Options::QUIRKS) {
            assert!(text.starts_with(quirk));
            assert_eq!(options.set(text), Ok(()), "{text}");
        }
        assert_eq!((options.generation, options.cancelled), (Generation::Old, Cancelled::SingleL));
        assert_eq!((options.forming, options.most_candles, options.limits), (Forming::Always, 1_000, false));
        assert_eq!((options.stream_ids, options.key_end), (StreamIds::Named, KeyEnd::Silent));
        assert_eq!((options.key_seconds, options.ping_seconds, options.ban_seconds), (60, 9, 1));
        assert_eq!(options.permissions, [2, 3, 5]);
        assert!(options.set("permissions=0").is_err());
        assert_eq!(options.event_name, EventName::TradeUpdate);
        assert_eq!(options.set("forming=often"), Err("`forming=often`: forming is by-clock, always or never".into()));
        assert!(options.set("colour=red").is_err_and(|words| words.contains("there are codes, cancelled")));
        assert!(options.set("codes").is_err());
    }
}
