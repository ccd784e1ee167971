//! What of the venue can be chosen: its keys, its account, and which of the real venue's quirks it shows.
use super::asset::AssetClass;
use super::words::Status;
use secrecy::SecretString;

/// How `trade_updates` are sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UpdateFrames {
    /// JSON in binary frames, as the real service does.
    #[default]
    Binary,
    /// JSON in text frames.
    Text,
    /// MessagePack, as with the header `Content-Type: application/msgpack`.
    MessagePack,
}

/// How an order stands in the answer to its `POST`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FirstStatus {
    /// `accepted` for stocks, `pending_new` for crypto.
    #[default]
    ByClass,
    /// `pending_new`.
    PendingNew,
    /// `accepted`.
    Accepted,
}

/// Quirks of the order desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// How an order stands in the answer to its `POST`.
    pub first_status: FirstStatus,
    /// Whether listeners are told of that status too.
    pub announce_first_status: bool,
    /// Whether the client id of a refused order is used up.
    pub burn_refused_ids: bool,
    /// Whether an order that would trade with one of our own is refused.
    pub refuse_wash_trades: bool,
    /// Whether a position may be turned round by one order. The real venue refuses that.
    pub turn_positions: bool,
    /// Whether nothing may be sold short; clients can change it.
    pub no_shorting: bool,
    /// Whether answers have fields that no client knows yet.
    pub later_words: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            first_status: FirstStatus::ByClass,
            announce_first_status: false,
            burn_refused_ids: true,
            refuse_wash_trades: true,
            turn_positions: false,
            no_shorting: false,
            later_words: false,
        }
    }
}

impl Rules {
    pub(crate) fn first_status(&self, class: AssetClass) -> Status {
        match (self.first_status, class) {
            (FirstStatus::PendingNew, _) | (FirstStatus::ByClass, AssetClass::Crypto) => Status::PendingNew,
            (FirstStatus::Accepted, _) | (FirstStatus::ByClass, AssetClass::Stock) => Status::Accepted,
        }
    }
}

/// The options of a venue.
#[derive(Clone, Debug)]
pub struct Options {
    /// The key that clients show.
    pub key: String,
    /// Its secret.
    pub secret: SecretString,
    /// Ids are drawn from it.
    pub seed: u64,
    /// Quirks of the order desk.
    pub rules: Rules,
    /// How `trade_updates` are sent.
    pub updates: UpdateFrames,
    /// Whether an update may be sent before the answer to the request that caused it.
    pub updates_first: bool,
    /// Requests that are answered within one minute; `None` for no bound.
    pub requests_per_minute: Option<u32>,
    /// Symbols that one data socket may subscribe to; `None` for no bound.
    pub symbols_max: Option<usize>,
    /// Whether SIP data of the last 15 minutes are refused, as without a paid plan.
    pub recent_sip_refused: bool,
    /// Whether the account shows the fields of the pattern day trader rule, which went away in July 2026.
    pub day_trader_fields: bool,
}

impl Options {
    /// The quirks that [`Options::set`] knows, each with its values.
    pub const QUIRKS: [(&str, &str); 12] = [
        ("first-status", "by-class, pending_new or accepted"),
        ("announce-first-status", "true or false"),
        ("burn-refused-ids", "true or false"),
        ("refuse-wash-trades", "true or false"),
        ("turn-positions", "true or false"),
        ("later-words", "true or false"),
        ("updates", "binary, text or msgpack"),
        ("updates-first", "true or false"),
        ("requests-per-minute", "a number, or none"),
        ("symbols-max", "a number, or none"),
        ("recent-sip-refused", "true or false"),
        ("day-trader-fields", "true or false"),
    ];

    /// Sets a quirk from its text, as in `updates=text`.
    ///
    /// # Errors
    /// Says which quirks there are, or which values one has.
    pub fn set(&mut self, text: &str) -> Result<(), String> {
        let (name, value) = text.split_once('=').ok_or_else(|| format!("`{text}`: expected NAME=VALUE"))?;
        let Some((_, values)) = Self::QUIRKS.iter().find(|(quirk, _)| *quirk == name) else {
            let all = Self::QUIRKS.map(|(quirk, _)| quirk).join(", ");
            return Err(format!("there is no quirk `{name}`; there are {all}"));
        };
        self.set_known(name, value).ok_or_else(|| format!("`{text}`: {name} is {values}"))
    }

    fn set_known(&mut self, name: &str, value: &str) -> Option<()> {
        let flag = match name {
            "announce-first-status" => &mut self.rules.announce_first_status,
            "burn-refused-ids" => &mut self.rules.burn_refused_ids,
            "refuse-wash-trades" => &mut self.rules.refuse_wash_trades,
            "turn-positions" => &mut self.rules.turn_positions,
            "later-words" => &mut self.rules.later_words,
            "updates-first" => &mut self.updates_first,
            "recent-sip-refused" => &mut self.recent_sip_refused,
            "day-trader-fields" => &mut self.day_trader_fields,
            _ => return self.set_word(name, value),
        };
        *flag = value.parse().ok()?;
        Some(())
    }

    fn set_word(&mut self, name: &str, value: &str) -> Option<()> {
        match (name, value) {
            ("first-status", "by-class") => self.rules.first_status = FirstStatus::ByClass,
            ("first-status", "pending_new") => self.rules.first_status = FirstStatus::PendingNew,
            ("first-status", "accepted") => self.rules.first_status = FirstStatus::Accepted,
            ("updates", "binary") => self.updates = UpdateFrames::Binary,
            ("updates", "text") => self.updates = UpdateFrames::Text,
            ("updates", "msgpack") => self.updates = UpdateFrames::MessagePack,
            ("requests-per-minute", "none") => self.requests_per_minute = None,
            ("requests-per-minute", value) => self.requests_per_minute = Some(value.parse().ok()?),
            ("symbols-max", "none") => self.symbols_max = None,
            ("symbols-max", value) => self.symbols_max = Some(value.parse().ok()?),
            _ => return None,
        }
        Some(())
    }
}

impl Default for Options {
    /// The keys of the loopback venue, `PKLOOPBACK` and `loopback-secret`, 200 requests a minute, and the quirks of the
    /// real one.
    fn default() -> Self {
        Self {
            key: "PKLOOPBACK".into(),
            secret: "loopback-secret".to_string().into(),
            seed: 0,
            rules: Rules::default(),
            updates: UpdateFrames::Binary,
            updates_first: false,
            requests_per_minute: Some(200),
            symbols_max: None,
            recent_sip_refused: false,
            day_trader_fields: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_quirk_can_be_set_and_no_other() {
        let mut options = Options::default();
        for (quirk, values) in Options::QUIRKS {
            let value = values.split([' ', ',']).next().map_or("", |word| if word == "a" { "7" } else { word });
            assert_eq!(options.set(&format!("{quirk}={value}")), Ok(()));
        }
        assert_eq!((options.requests_per_minute, options.updates_first), (Some(7), true));
        for (text, words) in [
            ("updates=loud", "updates is binary, text or msgpack"),
            ("later-words=maybe", "later-words is true or false"),
            ("colour=blue", "there is no quirk `colour`; there are first-status"),
            ("updates", "expected NAME=VALUE"),
        ] {
            let error = options.set(text).expect_err("no quirk");
            assert!(error.contains(words), "{text}: {error}");
        }
    }
}
