//! The stream of market data: arrays of messages of mixed kinds.
use super::market::{Bar, Book, Quote, Trade};
use super::{WireError, read};
use crate::numbers::Number;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// What is subscribed now: always the whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Subscription<'a> {
    /// Symbols of trades.
    #[serde(borrow, default, deserialize_with = "super::or_default")]
    pub trades: Vec<Cow<'a, str>>,
    /// Symbols of quotes.
    #[serde(borrow, default, deserialize_with = "super::or_default")]
    pub quotes: Vec<Cow<'a, str>>,
    /// Symbols of minute bars.
    #[serde(borrow, default, deserialize_with = "super::or_default")]
    pub bars: Vec<Cow<'a, str>>,
    /// Symbols of minute bars that are corrected.
    #[serde(borrow, default, rename = "updatedBars", deserialize_with = "super::or_default")]
    pub updated_bars: Vec<Cow<'a, str>>,
    /// Symbols of daily bars.
    #[serde(borrow, default, rename = "dailyBars", deserialize_with = "super::or_default")]
    pub daily_bars: Vec<Cow<'a, str>>,
}

/// What went wrong in the stream.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Trouble<'a> {
    /// The venue's code, such as 406.
    #[serde(default)]
    pub code: u32,
    /// In words.
    #[serde(borrow, default, deserialize_with = "super::or_default")]
    pub msg: Cow<'a, str>,
}

/// A trade that was taken back.
#[derive(Clone, Debug, Deserialize)]
pub struct Cancelled<'a> {
    /// Of what.
    #[serde(rename = "S", borrow)]
    pub symbol: Cow<'a, str>,
    /// The venue's number of the trade.
    #[serde(rename = "i", borrow)]
    pub id: Number<'a>,
    /// Its price.
    #[serde(rename = "p", borrow)]
    pub price: Number<'a>,
    /// Its size.
    #[serde(rename = "s", borrow)]
    pub size: Number<'a>,
}

/// A trade that was corrected.
#[derive(Clone, Debug, Deserialize)]
pub struct Correction<'a> {
    /// Of what.
    #[serde(rename = "S", borrow)]
    pub symbol: Cow<'a, str>,
    /// The number of the trade as it was.
    #[serde(rename = "oi", borrow)]
    pub old_id: Number<'a>,
    /// The number of the trade as it is.
    #[serde(rename = "ci", borrow)]
    pub id: Number<'a>,
    /// Its price now.
    #[serde(rename = "cp", borrow)]
    pub price: Number<'a>,
    /// Its size now.
    #[serde(rename = "cs", borrow)]
    pub size: Number<'a>,
}

/// Whether and why a stock trades.
#[derive(Clone, Debug, Deserialize)]
pub struct Halt<'a> {
    /// Of what.
    #[serde(rename = "S", borrow)]
    pub symbol: Cow<'a, str>,
    /// The code of the status.
    #[serde(rename = "sc", borrow, default, deserialize_with = "super::or_default")]
    pub code: Cow<'a, str>,
    /// The status in words.
    #[serde(rename = "sm", borrow, default, deserialize_with = "super::or_default")]
    pub status: Cow<'a, str>,
    /// The reason in words.
    #[serde(rename = "rm", borrow, default, deserialize_with = "super::or_default")]
    pub reason: Cow<'a, str>,
}

/// One message.
#[derive(Clone, Debug)]
pub enum Message<'a> {
    /// The venue greets.
    Connected,
    /// It knows us.
    Authenticated,
    /// Something went wrong.
    Trouble(Trouble<'a>),
    /// What is subscribed now.
    Subscription(Subscription<'a>),
    /// Other people traded.
    Trade(Trade<'a>),
    /// The best bid and ask.
    Quote(Quote<'a>),
    /// A minute has ended.
    Minute(Bar<'a>),
    /// A minute that had ended is corrected.
    Updated(Bar<'a>),
    /// The day so far.
    Daily(Bar<'a>),
    /// A crypto book.
    Book(Book<'a>),
    /// A trade was taken back.
    Cancelled(Cancelled<'a>),
    /// A trade was corrected.
    Correction(Correction<'a>),
    /// Whether a stock trades.
    Halt(Halt<'a>),
    /// Anything else, by its tag.
    Other(Cow<'a, str>),
}

#[derive(Deserialize)]
struct Tag<'a> {
    #[serde(rename = "T", borrow, default)]
    tag: Cow<'a, str>,
    #[serde(borrow, default)]
    msg: Option<Cow<'a, str>>,
}

/// The messages of a frame. One that cannot be read does not take the others with it.
///
/// # Errors
/// When the frame is neither an array nor a single message.
pub fn messages(json: &str) -> Result<Vec<Result<Message<'_>, WireError>>, WireError> {
    let elements = if json.trim_start().starts_with('{') {
        vec![read::<&RawValue>("a frame", json)?]
    } else {
        read("a frame", json)?
    };
    Ok(elements.into_iter().map(|element| message(element.get())).collect())
}

/// One message of a frame.
///
/// # Errors
/// When it has not the fields of its kind.
pub fn message(json: &str) -> Result<Message<'_>, WireError> {
    // The venue writes the tag first; where it does not, the message is read twice.
    let first = json.strip_prefix("{\"T\":\"").and_then(|rest| rest.split_once('"')).map(|(tag, _)| tag);
    let tag: Cow<'_, str> = match first {
        Some(tag @ ("b" | "t" | "q" | "u" | "d")) => Cow::Borrowed(tag),
        _ => {
            let Tag { tag, msg } = read("a message", json)?;
            if tag == "success" {
                return Ok(match msg.as_deref() {
                    Some("connected") => Message::Connected,
                    Some("authenticated") => Message::Authenticated,
                    _ => Message::Other(tag),
                });
            }
            tag
        }
    };
    Ok(match &*tag {
        "b" => Message::Minute(read("a bar", json)?),
        "t" => Message::Trade(read("a trade", json)?),
        "q" => Message::Quote(read("a quote", json)?),
        "u" => Message::Updated(read("an updated bar", json)?),
        "d" => Message::Daily(read("a daily bar", json)?),
        "o" => Message::Book(read("a book", json)?),
        "x" => Message::Cancelled(read("a cancelled trade", json)?),
        "c" => Message::Correction(read("a correction", json)?),
        "s" => Message::Halt(read("a trading status", json)?),
        "error" => Message::Trouble(read("an error", json)?),
        "subscription" => Message::Subscription(read("a subscription", json)?),
        _ => Message::Other(tag),
    })
}
