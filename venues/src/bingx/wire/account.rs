//! The account: balances, positions, modes, permissions, the kill timer, the listen key.
use super::{Word, read};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::value::RawValue;

/// What is held of one asset. `availableBalance` is the older spelling of what may be used.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the venue's own names")]
pub struct BalanceRow<'a> {
    #[serde(borrow)]
    pub asset: Word<'a>,
    #[serde(borrow)]
    pub balance: Word<'a>,
    #[serde(borrow)]
    pub equity: Word<'a>,
    #[serde(borrow)]
    pub available_margin: Word<'a>,
    #[serde(borrow)]
    pub available_balance: Word<'a>,
}

#[derive(Deserialize)]
struct OneBalance<'a> {
    #[serde(borrow)]
    balance: &'a RawValue,
}

/// The balances of an answer: a list, or the one object of the older version.
///
/// # Errors
/// When it has another shape.
pub fn balances(data: &str) -> Result<Vec<BalanceRow<'_>>, String> {
    if data.starts_with('[') {
        return read(data);
    }
    Ok(vec![read(read::<OneBalance<'_>>(data)?.balance.get())?])
}

/// A position. The amount has no sign in hedge mode; the side tells.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the venue's own names")]
pub struct PositionRow<'a> {
    #[serde(borrow)]
    pub symbol: Word<'a>,
    #[serde(borrow)]
    pub position_id: Word<'a>,
    #[serde(borrow)]
    pub position_amt: Word<'a>,
    #[serde(borrow)]
    pub position_side: Word<'a>,
    #[serde(borrow)]
    pub avg_price: Word<'a>,
    #[serde(borrow)]
    pub entry_price: Word<'a>,
}

/// Whether the account keeps a long and a short position for each symbol.
#[derive(Debug, Deserialize)]
pub struct DualSide<'a> {
    /// `true` or `false`, as text or not.
    #[serde(borrow, rename = "dualSidePosition")]
    pub dual: Word<'a>,
}

/// What the keys of the account may do.
#[derive(Debug, Deserialize)]
pub struct ApiKeys<'a> {
    /// One entry for each key that was asked about.
    #[serde(borrow, rename = "apiInfos")]
    pub infos: Vec<ApiKey<'a>>,
}

/// What one key may do.
#[derive(Debug, Deserialize)]
pub struct ApiKey<'a> {
    /// Numbers: 1 spot, 2 read, 3 perpetual futures, 4 transfers, 5 withdrawals, 7 transfers of sub-accounts.
    #[serde(borrow)]
    pub permissions: Vec<crate::numbers::Number<'a>>,
}

/// What became of the kill timer.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KillTimer<'a> {
    /// `ACTIVATED`, `CLOSED` or `FAILED`.
    #[serde(borrow)]
    pub status: Word<'a>,
    /// When it fires, in SECONDS since 1970.
    #[serde(borrow)]
    pub trigger_time: Word<'a>,
}

#[derive(Deserialize)]
struct Key {
    #[serde(rename = "listenKey")]
    listen_key: SecretString,
}

/// The listen key of an answer, with an envelope or without. It is secret: no error says it.
#[must_use]
pub fn listen_key(data: Option<&str>, whole: &str) -> Option<SecretString> {
    use secrecy::ExposeSecret;
    let key = read::<Key>(whole).or_else(|_| read::<Key>(data.unwrap_or_default())).ok()?.listen_key;
    let good = |text: &str| {
        (1..=256).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    };
    good(key.expose_secret()).then_some(key)
}
