//! Bars, trades and quotes, as the stream and the history spell them: with `S` for the symbol in the stream, without in
//! the history.
use crate::numbers::Number;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// A bar. Minutes without trades have none.
#[derive(Clone, Debug, Deserialize)]
pub struct Bar<'a> {
    /// The symbol, in the stream.
    #[serde(rename = "S", borrow, default)]
    pub symbol: Option<Cow<'a, str>>,
    /// The first instant of its interval.
    #[serde(rename = "t", borrow)]
    pub time: Cow<'a, str>,
    /// First price.
    #[serde(rename = "o", borrow)]
    pub open: Number<'a>,
    /// Highest price.
    #[serde(rename = "h", borrow)]
    pub high: Number<'a>,
    /// Lowest price.
    #[serde(rename = "l", borrow)]
    pub low: Number<'a>,
    /// Last price.
    #[serde(rename = "c", borrow)]
    pub close: Number<'a>,
    /// What was traded; zero in crypto bars that are made of quotes.
    #[serde(rename = "v", borrow, default)]
    pub volume: Option<Number<'a>>,
    /// How many trades it was.
    #[serde(rename = "n", borrow, default)]
    pub trades: Option<Number<'a>>,
    /// The average price by volume.
    #[serde(rename = "vw", borrow, default)]
    pub average: Option<Number<'a>>,
}

/// A trade of other people.
#[derive(Clone, Debug, Deserialize)]
pub struct Trade<'a> {
    /// The symbol, in the stream.
    #[serde(rename = "S", borrow, default)]
    pub symbol: Option<Cow<'a, str>>,
    /// When.
    #[serde(rename = "t", borrow)]
    pub time: Cow<'a, str>,
    /// At what price.
    #[serde(rename = "p", borrow)]
    pub price: Number<'a>,
    /// How much; auctions leave it out at times.
    #[serde(rename = "s", borrow, default)]
    pub size: Option<Number<'a>>,
    /// The venue's number of it.
    #[serde(rename = "i", borrow, default)]
    pub id: Option<Number<'a>>,
    /// The exchange, of stocks.
    #[serde(rename = "x", borrow, default)]
    pub exchange: Option<Cow<'a, str>>,
    /// Who took liquidity, of crypto: `B` or `S`.
    #[serde(rename = "tks", borrow, default)]
    pub taker: Option<Cow<'a, str>>,
    /// Its conditions, as they stand.
    #[serde(rename = "c", borrow, default)]
    pub conditions: Option<&'a RawValue>,
    /// The tape, of stocks.
    #[serde(rename = "z", borrow, default)]
    pub tape: Option<Cow<'a, str>>,
    /// What became of it later: `canceled`, `corrected`.
    #[serde(rename = "u", borrow, default)]
    pub update: Option<Cow<'a, str>>,
}

/// The best bid and ask. A side that shows nothing has price and size zero.
#[derive(Clone, Debug, Deserialize)]
pub struct Quote<'a> {
    /// The symbol, in the stream.
    #[serde(rename = "S", borrow, default)]
    pub symbol: Option<Cow<'a, str>>,
    /// When.
    #[serde(rename = "t", borrow)]
    pub time: Cow<'a, str>,
    /// The best bid.
    #[serde(rename = "bp", borrow)]
    pub bid: Number<'a>,
    /// The best ask.
    #[serde(rename = "ap", borrow)]
    pub ask: Number<'a>,
    /// How much is bid; in round lots for stocks.
    #[serde(rename = "bs", borrow, default)]
    pub bid_size: Option<Number<'a>>,
    /// How much is asked; in round lots for stocks.
    #[serde(rename = "as", borrow, default)]
    pub ask_size: Option<Number<'a>>,
    /// The exchange of the bid, of stocks.
    #[serde(rename = "bx", borrow, default)]
    pub bid_exchange: Option<Cow<'a, str>>,
    /// The exchange of the ask, of stocks.
    #[serde(rename = "ax", borrow, default)]
    pub ask_exchange: Option<Cow<'a, str>>,
    /// The tape, of stocks.
    #[serde(rename = "z", borrow, default)]
    pub tape: Option<Cow<'a, str>>,
}

/// One step of a book.
#[derive(Clone, Debug, Deserialize)]
pub struct Level<'a> {
    /// The price.
    #[serde(rename = "p", borrow)]
    pub price: Number<'a>,
    /// How much stands there; zero where nothing does any more.
    #[serde(rename = "s", borrow)]
    pub size: Number<'a>,
}

/// A crypto book, or what changed in it.
#[derive(Clone, Debug, Deserialize)]
pub struct Book<'a> {
    /// The symbol, in the stream.
    #[serde(rename = "S", borrow, default)]
    pub symbol: Option<Cow<'a, str>>,
    /// When.
    #[serde(rename = "t", borrow)]
    pub time: Cow<'a, str>,
    /// Bids.
    #[serde(rename = "b", borrow, default, deserialize_with = "super::or_default")]
    pub bids: Vec<Level<'a>>,
    /// Asks.
    #[serde(rename = "a", borrow, default, deserialize_with = "super::or_default")]
    pub asks: Vec<Level<'a>>,
    /// Whether it is the whole book.
    #[serde(rename = "r", default, deserialize_with = "super::or_default")]
    pub whole: bool,
}

/// Everything that is known last of one symbol.
#[derive(Clone, Debug, Deserialize)]
pub struct Snapshot<'a> {
    /// The last trade.
    #[serde(rename = "latestTrade", borrow, default)]
    pub trade: Option<Trade<'a>>,
    /// The last quote.
    #[serde(rename = "latestQuote", borrow, default)]
    pub quote: Option<Quote<'a>>,
    /// The bar of the last minute.
    #[serde(rename = "minuteBar", borrow, default)]
    pub minute: Option<Bar<'a>>,
    /// The bar of the day so far.
    #[serde(rename = "dailyBar", borrow, default)]
    pub day: Option<Bar<'a>>,
    /// The bar of the day before.
    #[serde(rename = "prevDailyBar", borrow, default)]
    pub day_before: Option<Bar<'a>>,
}

/// The auctions of a day.
#[derive(Clone, Debug, Deserialize)]
pub struct Auctions<'a> {
    /// The day.
    #[serde(rename = "d", borrow)]
    pub day: Cow<'a, str>,
    /// At the opening.
    #[serde(rename = "o", borrow, default, deserialize_with = "super::or_default")]
    pub opening: Vec<Trade<'a>>,
    /// At the close.
    #[serde(rename = "c", borrow, default, deserialize_with = "super::or_default")]
    pub closing: Vec<Trade<'a>>,
}
