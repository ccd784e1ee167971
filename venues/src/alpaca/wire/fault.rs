//! What a refusal says.
use serde::Deserialize;
use std::borrow::Cow;

/// The body of a refusal. Some hold a message alone, some are no JSON.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Fault<'a> {
    /// The venue's code, such as 40310000.
    #[serde(default)]
    pub code: Option<i64>,
    /// In words.
    #[serde(borrow, default, alias = "error")]
    pub message: Option<Cow<'a, str>>,
    /// The order that is crossed, of a wash trade.
    #[serde(borrow, default)]
    pub existing_order_id: Option<Cow<'a, str>>,
    /// Why it was rejected, in more words.
    #[serde(borrow, default)]
    pub reject_reason: Option<Cow<'a, str>>,
}

impl<'a> Fault<'a> {
    /// What a body says; where it is no such JSON, nothing.
    #[must_use]
    pub fn of(body: &'a [u8]) -> Self {
        super::text_of(body).ok().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    }
}
