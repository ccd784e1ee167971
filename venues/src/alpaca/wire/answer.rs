//! Any answer of the REST interface, by the path that was asked: for tests, for checks before a start, and for whoever looks
//! at a recording. The connector itself knows what it asked and reads just that.
use super::account::{Account, Asset, Clock, Configurations, Day, PortfolioHistory, Position, Watchlist};
use super::activity::Activity;
use super::fault::Fault;
use super::market::{Auctions, Bar, Book, Quote, Snapshot, Trade};
use super::news::{CorporateActions, MostActive, News};
use super::order::{Order, Part};
use super::page::{Page, Rows};
use super::{WireError, read, text_of};
use serde::Deserialize;
use std::borrow::Cow;

/// What a body holds.
#[derive(Clone, Debug)]
pub enum Answer<'a> {
    /// Nothing, as after a cancel.
    Nothing,
    /// A refusal.
    Fault(Fault<'a>),
    /// The account.
    Account(Account<'a>),
    /// Its settings.
    Configurations(Configurations<'a>),
    /// Its worth over time.
    PortfolioHistory(PortfolioHistory<'a>),
    /// What happened to it.
    Activities(Vec<Activity<'a>>),
    /// Orders; one stands alone.
    Orders(Vec<Order<'a>>),
    /// What became of each of many.
    Parts(Vec<Part<'a>>),
    /// Positions; one stands alone.
    Positions(Vec<Position<'a>>),
    /// What can be traded; one stands alone.
    Assets(Vec<Asset<'a>>),
    /// The clock.
    Clock(Clock<'a>),
    /// Days with a session.
    Calendar(Vec<Day<'a>>),
    /// Lists of symbols; one stands alone.
    Watchlists(Vec<Watchlist<'a>>),
    /// Bars.
    Bars(Page<'a, Bar<'a>>),
    /// Trades.
    Trades(Page<'a, Trade<'a>>),
    /// Quotes.
    Quotes(Page<'a, Quote<'a>>),
    /// Books.
    Books(Page<'a, Book<'a>>),
    /// Everything last known.
    Snapshots(Rows<'a, Snapshot<'a>>),
    /// Auctions.
    Auctions(Page<'a, Auctions<'a>>),
    /// Articles.
    News(News<'a>),
    /// Corporate actions.
    CorporateActions(CorporateActions<'a>),
    /// What is traded most.
    MostActive(MostActive<'a>),
}

/// Reads the answer to a question about `path`, with or without host and query.
///
/// # Errors
/// When the body has not the form that such an answer has, or the path is none that is known.
pub fn answer<'a>(path: &str, status: u16, body: &'a [u8]) -> Result<Answer<'a>, WireError> {
    let json = text_of(body)?.trim();
    if json.is_empty() || json == "null" {
        return Ok(Answer::Nothing);
    }
    if status >= 400 {
        return Ok(Answer::Fault(read("a refusal", json)?));
    }
    let path = path.split('?').next().unwrap_or_default();
    let unknown =
        || WireError::Form { what: "an answer", why: "no such path is known".into(), text: crate::text::shown(path) };
    let data = path.contains("/stocks") || path.contains("/crypto/");
    if data { market(path, json).ok_or_else(unknown)? } else { trading(path, json).ok_or_else(unknown)? }
}

fn market<'a>(path: &str, json: &'a str) -> Option<Result<Answer<'a>, WireError>> {
    let has = |part: &str| path.split('/').any(|segment| segment == part);
    Some(if has("bars") {
        read("a page of bars", json).map(Answer::Bars)
    } else if has("trades") {
        read("a page of trades", json).map(Answer::Trades)
    } else if has("quotes") {
        read("a page of quotes", json).map(Answer::Quotes)
    } else if has("orderbooks") {
        read("a page of books", json).map(Answer::Books)
    } else if has("auctions") {
        read("a page of auctions", json).map(Answer::Auctions)
    } else if has("snapshots") || has("snapshot") {
        snapshots(json).map(Answer::Snapshots)
    } else if has("most-actives") {
        read("a list of symbols", json).map(Answer::MostActive)
    } else {
        return None;
    })
}

fn trading<'a>(path: &str, json: &'a str) -> Option<Result<Answer<'a>, WireError>> {
    let has = |part: &str| path.split('/').any(|segment| segment.split(':').next() == Some(part));
    let parts = json.starts_with('[') && json.contains("\"status\":2") | json.contains("\"status\": 2");
    Some(if has("watchlists") {
        some("watchlists", json).map(Answer::Watchlists)
    } else if has("history") {
        read("a portfolio's history", json).map(Answer::PortfolioHistory)
    } else if has("activities") {
        some("activities", json).map(Answer::Activities)
    } else if has("configurations") {
        read("an account's settings", json).map(Answer::Configurations)
    } else if (has("orders") || has("positions")) && parts {
        read("what became of each", json).map(Answer::Parts)
    } else if has("orders") {
        some("orders", json).map(Answer::Orders)
    } else if has("positions") {
        // What closes a position is an order.
        if json.contains("\"avg_entry_price\"") {
            some("positions", json).map(Answer::Positions)
        } else {
            some("orders", json).map(Answer::Orders)
        }
    } else if has("assets") {
        some("assets", json).map(Answer::Assets)
    } else if has("clock") {
        read("a clock", json).map(Answer::Clock)
    } else if has("calendar") {
        read("a calendar", json).map(Answer::Calendar)
    } else if has("news") {
        read("news", json).map(Answer::News)
    } else if has("corporate-actions") {
        read("corporate actions", json).map(Answer::CorporateActions)
    } else if has("account") {
        read("an account", json).map(Answer::Account)
    } else {
        return None;
    })
}

/// One or several.
fn some<'a, T: Deserialize<'a>>(what: &'static str, json: &'a str) -> Result<Vec<T>, WireError> {
    if json.starts_with('[') { read(what, json) } else { read(what, json).map(|one| vec![one]) }
}

/// Snapshots stand under their symbols, alone for one symbol, or for crypto in an envelope.
fn snapshots(json: &str) -> Result<Rows<'_, Snapshot<'_>>, WireError> {
    #[derive(Deserialize)]
    struct One<'a> {
        #[serde(borrow, default)]
        symbol: Option<Cow<'a, str>>,
    }
    #[derive(Deserialize)]
    struct Envelope<'a> {
        #[serde(borrow)]
        snapshots: Rows<'a, Snapshot<'a>>,
    }
    const WHAT: &str = "snapshots";
    if json.contains("\"snapshots\"") {
        return read(WHAT, json).map(|Envelope { snapshots }| snapshots);
    }
    match read(WHAT, json) {
        Ok(One { symbol: Some(symbol) }) => Ok(Rows([(symbol, vec![read(WHAT, json)?])].into())),
        _ => read(WHAT, json),
    }
}
