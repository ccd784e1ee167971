//! Market data in answers to requests: candles, contracts, funding, time.
use super::{Word, given, read};
use crate::numbers::Number;
use serde::Deserialize;
use serde_json::value::RawValue;

/// `{"serverTime":...}`
#[derive(Debug, Deserialize)]
pub struct ServerTime<'a> {
    /// Milliseconds since 1970.
    #[serde(borrow, rename = "serverTime")]
    pub server_time: Number<'a>,
}

/// A candle; the stream's names of the same fields are shorter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kline<'a> {
    /// When it began, in milliseconds since 1970.
    pub open_time: Number<'a>,
    /// First price.
    pub open: Number<'a>,
    /// Highest price.
    pub high: Number<'a>,
    /// Lowest price.
    pub low: Number<'a>,
    /// Last price.
    pub close: Number<'a>,
    /// Traded units.
    pub volume: Number<'a>,
}

#[derive(Deserialize)]
struct KlineObject<'a> {
    #[serde(borrow)]
    open: Number<'a>,
    #[serde(borrow)]
    high: Number<'a>,
    #[serde(borrow)]
    low: Number<'a>,
    #[serde(borrow)]
    close: Number<'a>,
    #[serde(borrow)]
    volume: Word<'a>,
    #[serde(borrow)]
    time: Word<'a>,
    #[serde(borrow, rename = "openTime")]
    open_time: Word<'a>,
}

/// The candles of an answer, in its order: objects, or arrays of open time, open, high, low, close and volume.
///
/// # Errors
/// When it has another shape.
pub fn klines(data: &str) -> Result<Vec<Kline<'_>>, String> {
    read::<Vec<&RawValue>>(data)?.into_iter().map(|row| kline(row.get())).collect()
}

fn kline(row: &str) -> Result<Kline<'_>, String> {
    if row.starts_with('[') {
        let row: Vec<Number<'_>> = read(row)?;
        let [open_time, open, high, low, close, volume, ..] = row[..] else {
            return Err(format!("a candle of {} numbers", row.len()));
        };
        return Ok(Kline { open_time, open, high, low, close, volume });
    }
    let row: KlineObject<'_> = read(row)?;
    let open_time = row.time.or(row.open_time).ok_or("a candle without a time")?;
    let volume = row.volume.unwrap_or(Number("0"));
    Ok(Kline { open_time, open: row.open, high: row.high, low: row.low, close: row.close, volume })
}

/// The terms of an instrument.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the venue's own names")]
pub struct Contract<'a> {
    #[serde(borrow)]
    pub symbol: Number<'a>,
    #[serde(borrow)]
    pub quantity_precision: Word<'a>,
    #[serde(borrow)]
    pub price_precision: Word<'a>,
    #[serde(borrow)]
    pub trade_min_quantity: Word<'a>,
    #[serde(borrow, rename = "tradeMinUSDT")]
    pub trade_min_usdt: Word<'a>,
    #[serde(borrow)]
    pub maker_fee_rate: Word<'a>,
    #[serde(borrow)]
    pub taker_fee_rate: Word<'a>,
    #[serde(borrow)]
    pub fee_rate: Word<'a>,
    #[serde(borrow)]
    pub status: Word<'a>,
    #[serde(borrow)]
    pub api_state_open: Word<'a>,
    #[serde(borrow)]
    pub api_state_close: Word<'a>,
    #[serde(borrow)]
    pub currency: Word<'a>,
    #[serde(borrow)]
    pub asset: Word<'a>,
}

/// The mark price and the funding of an instrument.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the venue's own names")]
pub struct Premium<'a> {
    #[serde(borrow)]
    pub symbol: Number<'a>,
    #[serde(borrow)]
    pub mark_price: Word<'a>,
    #[serde(borrow)]
    pub last_funding_rate: Word<'a>,
    #[serde(borrow)]
    pub next_funding_time: Word<'a>,
}

/// What was paid at one time.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the venue's own names")]
pub struct FundingRate<'a> {
    #[serde(borrow)]
    pub symbol: Number<'a>,
    #[serde(borrow)]
    pub funding_rate: Number<'a>,
    #[serde(borrow)]
    pub funding_time: Number<'a>,
    #[serde(borrow)]
    pub mark_price: Word<'a>,
}

/// Rows that come as a list, or alone where one was asked for.
///
/// # Errors
/// When it has another shape.
pub fn rows<'a, T: Deserialize<'a>>(data: &'a str) -> Result<Vec<T>, String> {
    if data.starts_with('[') { read(data) } else { read(data).map(|row| vec![row]) }
}

/// Whether new orders of a contract are taken: it is online, and open to programs.
#[must_use]
pub fn is_tradable(contract: &Contract<'_>) -> bool {
    let open = |word: &Word<'_>| given(word).is_none_or(|text| text.eq_ignore_ascii_case("true"));
    given(&contract.status) == Some("1") && open(&contract.api_state_open) && open(&contract.api_state_close)
}
