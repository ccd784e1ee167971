//! What the data API says beside prices: news, corporate actions, lists of what is traded most.
use crate::numbers::Number;
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// An article.
#[derive(Clone, Debug, Deserialize)]
pub struct Article<'a> {
    /// The venue's number of it.
    #[serde(borrow)]
    pub id: Number<'a>,
    /// Its title.
    #[serde(borrow, default, deserialize_with = "super::or_default")]
    pub headline: Cow<'a, str>,
    /// When it appeared.
    #[serde(borrow, default)]
    pub created_at: Option<Cow<'a, str>>,
    /// What it is about.
    #[serde(borrow, default, deserialize_with = "super::or_default")]
    pub symbols: Vec<Cow<'a, str>>,
}

/// A page of articles.
#[derive(Clone, Debug, Deserialize)]
pub struct News<'a> {
    /// The articles.
    #[serde(borrow, default, deserialize_with = "super::or_default")]
    pub news: Vec<Article<'a>>,
    /// What to ask for the next page with; none at the end.
    #[serde(borrow, default)]
    pub next_page_token: Option<Cow<'a, str>>,
}

/// Something that happened to shares.
#[derive(Clone, Debug, Deserialize)]
pub struct CorporateAction<'a> {
    /// Of what.
    #[serde(borrow, default, alias = "old_symbol", alias = "source_symbol")]
    pub symbol: Option<Cow<'a, str>>,
    /// Under which symbol from then on.
    #[serde(borrow, default)]
    pub new_symbol: Option<Cow<'a, str>>,
    /// The first day without the right to it.
    #[serde(borrow, default)]
    pub ex_date: Option<Cow<'a, str>>,
    /// When the venue acts on it.
    #[serde(borrow, default)]
    pub process_date: Option<Cow<'a, str>>,
    /// So many new ones,
    #[serde(borrow, default)]
    pub new_rate: Option<Number<'a>>,
    /// for so many old ones.
    #[serde(borrow, default)]
    pub old_rate: Option<Number<'a>>,
    /// Cash for one share.
    #[serde(borrow, default)]
    pub rate: Option<Number<'a>>,
}

/// A page of corporate actions under their kinds: `forward_splits`, `name_changes` and so on.
#[derive(Clone, Debug, Deserialize)]
pub struct CorporateActions<'a> {
    /// The actions.
    #[serde(borrow, default, deserialize_with = "super::or_default")]
    pub corporate_actions: BTreeMap<Cow<'a, str>, Vec<CorporateAction<'a>>>,
    /// What to ask for the next page with; none at the end.
    #[serde(borrow, default)]
    pub next_page_token: Option<Cow<'a, str>>,
}

/// A symbol that is traded much.
#[derive(Clone, Debug, Deserialize)]
pub struct Active<'a> {
    /// Which.
    #[serde(borrow)]
    pub symbol: Cow<'a, str>,
    /// How many trades.
    #[serde(borrow, default)]
    pub trade_count: Option<Number<'a>>,
    /// How much.
    #[serde(borrow, default)]
    pub volume: Option<Number<'a>>,
}

/// What is traded most.
#[derive(Clone, Debug, Deserialize)]
pub struct MostActive<'a> {
    /// As of when.
    #[serde(borrow, default)]
    pub last_updated: Option<Cow<'a, str>>,
    /// The symbols, the first the most.
    #[serde(borrow, default, deserialize_with = "super::or_default")]
    pub most_actives: Vec<Active<'a>>,
}
