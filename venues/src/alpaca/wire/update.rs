//! The stream of trade updates: what happens to our orders.
use super::order::Order;
use super::{WireError, read};
use crate::numbers::Number;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// Something happened to an order.
#[derive(Clone, Debug, Deserialize)]
pub struct Update<'a> {
    /// `new`, `fill`, `partial_fill`, `canceled` and many more.
    #[serde(borrow)]
    pub event: Cow<'a, str>,
    /// The venue's id of this event: what makes a repetition recognisable.
    #[serde(borrow, default)]
    pub execution_id: Option<Cow<'a, str>>,
    /// The event that this one takes back or corrects.
    #[serde(borrow, default)]
    pub previous_execution_id: Option<Cow<'a, str>>,
    /// When.
    #[serde(borrow, default, alias = "at")]
    pub timestamp: Option<Cow<'a, str>>,
    /// The price of this execution.
    #[serde(borrow, default)]
    pub price: Option<Number<'a>>,
    /// The quantity of this execution.
    #[serde(borrow, default)]
    pub qty: Option<Number<'a>>,
    /// What is held after it; below zero for a short.
    #[serde(borrow, default)]
    pub position_qty: Option<Number<'a>>,
    /// The order after it.
    #[serde(borrow)]
    pub order: Order<'a>,
}

/// What became of our authentication.
#[derive(Clone, Debug, Deserialize)]
pub struct Authorization<'a> {
    /// `authorized`, `unauthorized`.
    #[serde(borrow, default, deserialize_with = "super::or_default")]
    pub status: Cow<'a, str>,
    /// In words, when it failed.
    #[serde(borrow, default)]
    pub message: Option<Cow<'a, str>>,
}

/// What is listened to now: always the whole.
#[derive(Clone, Debug, Deserialize)]
pub struct Listening<'a> {
    /// The streams.
    #[serde(borrow, default, deserialize_with = "super::or_default")]
    pub streams: Vec<Cow<'a, str>>,
    /// What went wrong.
    #[serde(borrow, default)]
    pub error: Option<Cow<'a, str>>,
}

/// One message.
#[derive(Clone, Debug)]
pub enum Message<'a> {
    /// Whether the venue knows us.
    Authorization(Authorization<'a>),
    /// What is listened to now.
    Listening(Listening<'a>),
    /// Something happened to an order.
    Update(Box<Update<'a>>),
    /// Something went wrong, in words.
    Trouble(String),
    /// Anything else, by the name of its stream.
    Other(Cow<'a, str>),
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow, default)]
    stream: Cow<'a, str>,
    #[serde(borrow, default)]
    data: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Failing<'a> {
    #[serde(borrow, default)]
    error: Option<Cow<'a, str>>,
}

/// The message of a frame.
///
/// # Errors
/// When it has not the fields of its stream.
pub fn message(json: &str) -> Result<Message<'_>, WireError> {
    let Envelope { stream, data } = read("a message", json)?;
    let Some(data) = data.map(RawValue::get) else { return Ok(Message::Other(stream)) };
    Ok(match &*stream {
        "authorization" => Message::Authorization(read("an authorization", data)?),
        "listening" => {
            let listening: Listening<'_> = read("a list of streams", data)?;
            match listening.error {
                Some(error) => Message::Trouble(error.into_owned()),
                None => Message::Listening(listening),
            }
        }
        "trade_updates" => Message::Update(Box::new(read("a trade update", data)?)),
        _ => match serde_json::from_str(data) {
            Ok(Failing { error: Some(error) }) => Message::Trouble(error.into_owned()),
            _ => Message::Other(stream),
        },
    })
}
