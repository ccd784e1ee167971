//! What a canary may do, and what is watched after promotion, as a gates file says it.
//!
//! Nothing here watches: a condition is named with its limit and with what is done about it.
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a canary may do until its own gate has passed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CanaryTerms {
    /// The share of equity that it trades with, in percent: above 0, at most 100.
    #[serde(with = "decimal_text")]
    pub allocation_pct: Decimal,
    /// How many instruments it may hold.
    pub max_instruments: u32,
    /// Its largest gross position, in the account's currency.
    #[serde(with = "decimal_text")]
    pub max_notional: Decimal,
}

/// What is done when a condition is met; the graver is the greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// Trading stops until people resume it.
    Pause,
    /// The version goes back to paper.
    Demote,
}

/// One condition after promotion.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WatchTerm {
    /// It is watched.
    On {
        /// The limit; its unit stands at [`WATCHED`].
        limit: f64,
        /// What is done beyond it.
        action: Action,
    },
    /// It is not watched, for this reason.
    Off(String),
}

/// The conditions of a file, one for each name of [`WATCHED`].
pub type WatchTerms = BTreeMap<&'static str, WatchTerm>;

/// What can be watched: its name, and what its limit is.
pub const WATCHED: [(&str, &str); 6] = [
    (
        "returns_drift",
        "the probability of a false alarm within a year, below 1: how easily shortfalls of daily return alarm",
    ),
    ("slippage_bps", "mean slippage above the expected, in basis points"),
    ("fill_rate", "the least share of orders that are filled, against the expected, from 0 to 1"),
    ("frequency", "how many times more or fewer trades a day than expected"),
    ("features_psi", "population stability index of the worst feature"),
    ("drawdown_quantile", "the quantile of the bootstrap paths' drawdown that may not be passed, from 0.01 to 0.99"),
];

/// Decimals in files: a string of plain digits.
mod decimal_text {
    use rust_decimal::Decimal;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(value: &Decimal, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(value)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Decimal, D::Error> {
        let text = String::deserialize(from)?;
        Decimal::from_str_exact(&text).map_err(|_| D::Error::custom(format!("`{text}` is not a decimal number")))
    }
}
