//! Frames of the streams, after they were opened: pings, acknowledgements, market data, and what happens to us.
use super::market::Kline;
use super::{Word, given, read};
use crate::numbers::Number;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::value::RawValue;

/// A frame.
#[derive(Debug)]
pub enum Message<'a> {
    /// The perpetual's ping: answered by the text `Pong`.
    Ping,
    /// The JSON ping: answered by its number and time.
    JsonPing {
        /// The number, as it stood there.
        id: Number<'a>,
        /// The time, as it stood there.
        time: Word<'a>,
    },
    /// A subscription was taken or not.
    Ack {
        /// Which; errors may come without.
        id: Option<&'a str>,
        /// Zero when it was taken.
        code: i64,
        /// In the venue's words.
        words: Word<'a>,
    },
    /// Something of the market.
    Market {
        /// `SYMBOL@channel`.
        topic: &'a str,
        /// Its content.
        data: &'a str,
    },
    /// What happened to an order.
    Order(Box<OrderUpdate<'a>>),
    /// A snapshot of balances and positions.
    Account(Account<'a>),
    /// The listen key has ended; whose it is, is secret.
    ListenKeyExpired(Option<SecretString>),
    /// Something else that concerns the account, such as a changed leverage.
    Other(&'a str),
}

#[derive(Deserialize)]
struct Top<'a> {
    #[serde(borrow)]
    code: Word<'a>,
    #[serde(borrow)]
    id: Word<'a>,
    #[serde(borrow)]
    msg: Word<'a>,
    #[serde(borrow, rename = "dataType")]
    data_type: Word<'a>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    #[serde(borrow)]
    ping: Word<'a>,
    #[serde(borrow)]
    time: Word<'a>,
    #[serde(borrow)]
    e: Word<'a>,
    #[serde(borrow)]
    o: Option<&'a RawValue>,
    #[serde(borrow)]
    a: Option<&'a RawValue>,
    #[serde(rename = "listenKey")]
    listen_key: Option<SecretString>,
}

/// Reads a frame.
///
/// # Errors
/// When it is no JSON, or has a shape that no frame has.
pub fn message(text: &str) -> Result<Message<'_>, String> {
    let text = text.trim();
    // Any text that is no JSON and says ping is one: venues have changed its spelling before.
    if !text.starts_with('{') {
        let ping = text.len() <= 64 && text.to_ascii_lowercase().contains("ping");
        return if ping { Ok(Message::Ping) } else { Err("a frame that is no JSON object".into()) };
    }
    let top: Top<'_> = read(text)?;
    if let Some(id) = top.ping {
        return Ok(Message::JsonPing { id, time: top.time });
    }
    if let (Some(topic), Some(data)) = (given(&top.data_type), top.data) {
        return Ok(Message::Market { topic, data: data.get() });
    }
    match given(&top.e) {
        // The documentation of October 2025 prints the shorter name; recordings have the longer one.
        Some("ORDER_TRADE_UPDATE" | "TRADE_UPDATE") => {
            let order = top.o.ok_or("an order update without an order")?;
            return Ok(Message::Order(Box::new(read(order.get())?)));
        }
        Some("ACCOUNT_UPDATE") => {
            let account = top.a.ok_or("an account update without an account")?;
            return Ok(Message::Account(read(account.get())?));
        }
        Some("listenKeyExpired") => return Ok(Message::ListenKeyExpired(top.listen_key)),
        Some(other) => return Ok(Message::Other(other)),
        None => {}
    }
    let code = top.code.ok_or("a frame of no known shape")?.count().map_err(|error| error.to_string())?;
    Ok(Message::Ack { id: given(&top.id), code, words: top.msg })
}

#[derive(Deserialize)]
struct KlineRow<'a> {
    #[serde(borrow)]
    o: Number<'a>,
    #[serde(borrow)]
    h: Number<'a>,
    #[serde(borrow)]
    l: Number<'a>,
    #[serde(borrow)]
    c: Number<'a>,
    #[serde(borrow)]
    v: Word<'a>,
    /// Of the perpetual the OPEN time; of spot the last millisecond.
    #[serde(borrow, rename = "T")]
    upper_time: Word<'a>,
    /// The open time of spot and of coin-margined candles.
    #[serde(borrow)]
    t: Word<'a>,
}

#[derive(Deserialize)]
struct SpotKline<'a> {
    #[serde(borrow, rename = "K")]
    k: Option<&'a RawValue>,
}

/// The candles of a `kline` frame, as a rule one.
///
/// # Errors
/// When it has another shape.
pub fn klines(data: &str) -> Result<Vec<Kline<'_>>, String> {
    if data.starts_with('[') {
        return read::<Vec<KlineRow<'_>>>(data)?.into_iter().map(kline).collect();
    }
    let spot = read::<SpotKline<'_>>(data)?.k;
    Ok(vec![kline(read(spot.map_or(data, RawValue::get))?)?])
}

fn kline(row: KlineRow<'_>) -> Result<Kline<'_>, String> {
    // Where both stand, the small one is the open time.
    let open_time = row.t.or(row.upper_time).ok_or("a candle without a time")?;
    let volume = row.v.unwrap_or(Number("0"));
    Ok(Kline { open_time, open: row.o, high: row.h, low: row.l, close: row.c, volume })
}

/// A trade of other people.
#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "the venue's own names")]
pub struct Trade<'a> {
    #[serde(borrow)]
    pub p: Number<'a>,
    #[serde(borrow)]
    pub q: Number<'a>,
    #[serde(borrow, rename = "T")]
    pub time: Number<'a>,
    /// Whether the buyer gave liquidity.
    #[serde(borrow)]
    pub m: Word<'a>,
}

/// The trades of a `trade` frame, newest first where they are several.
///
/// # Errors
/// When it has another shape.
pub fn trades(data: &str) -> Result<Vec<Trade<'_>>, String> {
    super::market::rows(data)
}

/// The best bid and ask: small letters are prices, capitals sizes.
#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "the venue's own names")]
pub struct BookTicker<'a> {
    #[serde(borrow)]
    pub b: Number<'a>,
    #[serde(borrow, rename = "B")]
    pub bid_size: Number<'a>,
    #[serde(borrow)]
    pub a: Number<'a>,
    #[serde(borrow, rename = "A")]
    pub ask_size: Number<'a>,
    #[serde(borrow, rename = "T")]
    pub time: Word<'a>,
    #[serde(borrow, rename = "E")]
    pub event_time: Word<'a>,
}

/// The quote of a `bookTicker` frame.
///
/// # Errors
/// When it has another shape.
pub fn book_ticker(data: &str) -> Result<BookTicker<'_>, String> {
    read(data)
}

/// What happened to an order. `z` and `ap` are of the whole order so far; what was filled just now is their change.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the venue's own names")]
pub struct OrderUpdate<'a> {
    #[serde(borrow)]
    pub s: Word<'a>,
    /// Our id: documented, and as a rule empty.
    #[serde(borrow)]
    pub c: Word<'a>,
    #[serde(borrow)]
    pub i: Word<'a>,
    #[serde(borrow, rename = "S")]
    pub side: Word<'a>,
    #[serde(borrow, rename = "o")]
    pub kind: Word<'a>,
    #[serde(borrow)]
    pub q: Word<'a>,
    #[serde(borrow)]
    pub p: Word<'a>,
    #[serde(borrow)]
    pub ap: Word<'a>,
    #[serde(borrow)]
    pub x: Word<'a>,
    #[serde(borrow, rename = "X")]
    pub status: Word<'a>,
    #[serde(borrow, rename = "N")]
    pub fee_asset: Word<'a>,
    #[serde(borrow)]
    pub n: Word<'a>,
    #[serde(borrow, rename = "T")]
    pub time: Word<'a>,
    #[serde(borrow)]
    pub ps: Word<'a>,
    #[serde(borrow)]
    pub z: Word<'a>,
    #[serde(borrow)]
    pub td: Word<'a>,
    #[serde(borrow)]
    pub tv: Word<'a>,
    #[serde(borrow)]
    pub l: Word<'a>,
    #[serde(borrow, rename = "L")]
    pub last_price: Word<'a>,
}

/// Balances and positions as they stand; not what changed.
#[derive(Debug, Deserialize)]
pub struct Account<'a> {
    /// What led to it.
    #[serde(borrow)]
    pub m: Word<'a>,
    /// Balances.
    #[serde(borrow, rename = "B", default)]
    pub balances: Option<Vec<AccountBalance<'a>>>,
    /// Positions.
    #[serde(borrow, rename = "P", default)]
    pub positions: Option<Vec<AccountPosition<'a>>>,
}

/// One balance of a snapshot.
#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "the venue's own names")]
pub struct AccountBalance<'a> {
    #[serde(borrow)]
    pub a: Word<'a>,
    #[serde(borrow)]
    pub wb: Word<'a>,
    #[serde(borrow)]
    pub cw: Word<'a>,
    #[serde(borrow)]
    pub bc: Word<'a>,
}

/// One position of a snapshot.
#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "the venue's own names")]
pub struct AccountPosition<'a> {
    #[serde(borrow)]
    pub s: Word<'a>,
    #[serde(borrow)]
    pub pa: Word<'a>,
    #[serde(borrow)]
    pub ep: Word<'a>,
    #[serde(borrow)]
    pub ps: Word<'a>,
}
