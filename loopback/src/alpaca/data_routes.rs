//! The data API: bars, trades, quotes and snapshots of what the markets have shown so far.
//!
//! The exchange keeps the last thousand trades of a market and only its standing quote: older ones are not there.
use super::asset::{Asset, AssetClass};
use super::bars;
use super::moment::{self, InNewYork};
use super::node::Node;
use super::paging::{self, Place, Row, Rows};
use super::query::{Descending, Query};
use super::refusal::Refusal;
use super::timeframe::Timeframe;
use super::trading_routes::{Answered, no_endpoint, ok};
use super::venue::Alpaca;
use engine::{Interval, Timestamp};
use std::borrow::Cow;

/// The most rows of a page, and how many there are where nothing is asked.
const PAGE: (usize, usize) = (10_000, 1_000);
/// The most symbols of a request.
const SYMBOLS_MAX: usize = 1_000;

/// Of what a request asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Bars,
    Trades,
    Quotes,
    Books,
}

impl Kind {
    fn read(word: &str) -> Option<Self> {
        Some(match word {
            "bars" => Self::Bars,
            "trades" => Self::Trades,
            "quotes" => Self::Quotes,
            "orderbooks" => Self::Books,
            _ => return None,
        })
    }

    /// The key of many and of one.
    fn keys(self) -> (&'static str, &'static str) {
        match self {
            Self::Bars => ("bars", "bar"),
            Self::Trades => ("trades", "trade"),
            Self::Quotes => ("quotes", "quote"),
            Self::Books => ("orderbooks", "orderbook"),
        }
    }
}

impl Alpaca {
    /// Answers `/v2/stocks/` and what follows.
    pub(super) fn stock_data(&self, path: &str, text: &str) -> Answered {
        let query = Query::new(text);
        let parts: Vec<&str> = path.split('/').collect();
        let class = AssetClass::Stock;
        match parts.as_slice() {
            ["snapshots"] => self.snapshots(class, &query),
            [symbol, "snapshot"] => {
                let asset = self.asset_of(class, symbol).ok_or_else(|| invalid_symbol(symbol))?;
                ok(self.snapshot(asset).with("symbol", asset.symbol.clone().into()))
            }
            [kind, "latest"] if Kind::read(kind).is_some() => self.latest(class, kind, &query),
            [symbol, kind, "latest"] => {
                let kind = Kind::read(kind).ok_or_else(no_endpoint)?;
                let asset = self.asset_of(class, symbol).ok_or_else(|| invalid_symbol(symbol))?;
                let newest = self.newest(kind, asset).unwrap_or(Node::Null);
                ok(Node::map([("symbol", asset.symbol.clone().into()), (kind.keys().1, newest)]))
            }
            [kind] => self.history(class, Kind::read(kind).ok_or_else(no_endpoint)?, None, &query),
            [symbol, kind] => self.history(class, Kind::read(kind).ok_or_else(no_endpoint)?, Some(symbol), &query),
            _ => Err(no_endpoint()),
        }
    }

    /// Answers `/v1beta3/crypto/` and what follows the place.
    pub(super) fn crypto_data(&self, path: &str, text: &str) -> Answered {
        let query = Query::new(text);
        let parts: Vec<&str> = path.split('/').collect();
        let class = AssetClass::Crypto;
        match parts.as_slice() {
            [_, "snapshots"] => self.snapshots(class, &query),
            [_, "latest", kind] => self.latest(class, kind, &query),
            [_, kind] => self.history(class, Kind::read(kind).ok_or_else(no_endpoint)?, None, &query),
            _ => Err(no_endpoint()),
        }
    }

    fn asset_of(&self, class: AssetClass, symbol: &str) -> Option<&Asset> {
        self.desk.assets.iter().find(|asset| asset.class == class && asset.symbol == symbol)
    }

    /// The assets that a request names, by symbol; what the venue does not know is left out.
    fn named<'a>(&'a self, class: AssetClass, query: &'a Query) -> Result<Vec<(&'a str, Option<&'a Asset>)>, Refusal> {
        let mut symbols = query.list("symbols");
        if symbols.is_empty() || symbols.len() > SYMBOLS_MAX {
            return Err(Refusal::bad_query("symbols is required"));
        }
        symbols.sort_unstable();
        symbols.dedup();
        let wrong = |symbol: &&&str| symbol.contains('/') != (class == AssetClass::Crypto);
        if let Some(symbol) = symbols.iter().find(wrong) {
            return Err(invalid_symbol(symbol));
        }
        Ok(symbols.into_iter().map(|symbol| (symbol, self.asset_of(class, symbol))).collect())
    }

    fn latest(&self, class: AssetClass, kind: &str, query: &Query) -> Answered {
        let kind = Kind::read(kind).ok_or_else(no_endpoint)?;
        let mut found = Vec::new();
        for (symbol, asset) in self.named(class, query)? {
            if let Some(node) = asset.and_then(|asset| self.newest(kind, asset)) {
                found.push((Cow::Owned(symbol.to_string()), node));
            }
        }
        ok(Node::map([(kind.keys().0, Node::Map(found))]))
    }

    fn newest(&self, kind: Kind, asset: &Asset) -> Option<Node> {
        let board = self.exchange.board(asset.market);
        match kind {
            Kind::Bars => match self.newest_bar(asset, Timeframe::Minutes(1)) {
                Node::Null => None,
                bar => Some(bar),
            },
            Kind::Trades => board.trades().next_back().map(|trade| bars::trade_node(trade, asset)),
            Kind::Quotes => board.quote().map(|quote| bars::quote_node(&quote, asset)),
            Kind::Books => board.quote().map(|quote| bars::book_node(&quote, asset)),
        }
    }

    fn snapshots(&self, class: AssetClass, query: &Query) -> Answered {
        let all = self.named(class, query)?;
        let snapshot = |asset: Option<&Asset>| asset.map_or(Node::Null, |asset| self.snapshot(asset));
        let known = |(_, asset): &(&str, Option<&Asset>)| class == AssetClass::Stock || asset.is_some();
        let all = all.into_iter().filter(known);
        let shown = Node::Map(all.map(|(symbol, asset)| (Cow::Owned(symbol.to_string()), snapshot(asset))).collect());
        ok(if class == AssetClass::Stock { shown } else { Node::map([("snapshots", shown)]) })
    }

    fn snapshot(&self, asset: &Asset) -> Node {
        let board = self.exchange.board(asset.market);
        let before = bars::newest_before_today(board, asset, self.exchange.now());
        Node::map([
            ("latestTrade", self.newest(Kind::Trades, asset).unwrap_or(Node::Null)),
            ("latestQuote", self.newest(Kind::Quotes, asset).unwrap_or(Node::Null)),
            ("minuteBar", self.newest_bar(asset, Timeframe::Minutes(1))),
            ("dailyBar", self.newest_bar(asset, Timeframe::Day)),
            ("prevDailyBar", before.map(|bar| bars::bar_node(&bar, asset)).into()),
        ])
    }

    fn history(&self, class: AssetClass, kind: Kind, symbol: Option<&str>, query: &Query) -> Answered {
        let now = self.exchange.now();
        let zone = if class == AssetClass::Stock { InNewYork::Yes } else { InNewYork::No };
        let midnight = moment::new_york_midnight(moment::new_york_day(now));
        let from = query.time("start", zone)?.unwrap_or(midnight);
        let to = query.time("end", zone)?.unwrap_or(now).min(now);
        let fifteen = now.after(-15 * Interval::MINUTE.0);
        let sip = class == AssetClass::Stock && query.text("feed").unwrap_or("sip") == "sip";
        if self.options.recent_sip_refused && sip && to > fifteen {
            return Err(Refusal::no_subscription());
        }
        let limit = query.count("limit", PAGE.1, PAGE.0).map_err(|it| Refusal::bad_query(it.message))?;
        let place = |text| Place::read(text).ok_or(Refusal::bad_query("invalid page_token"));
        let after = query.text("page_token").map(place).transpose()?;
        let of = match (kind, query.text("timeframe")) {
            (Kind::Bars, Some(text)) => Timeframe::read(text).ok_or(Refusal::bad_query("invalid timeframe"))?,
            (Kind::Bars, None) => return Err(Refusal::bad_query("timeframe is required")),
            _ => Timeframe::Minutes(1),
        };
        let newest_first = query.descends("sort", Descending::No).map_err(|it| Refusal::bad_query(it.message))?;
        let named = match symbol {
            Some(symbol) => vec![(symbol, self.asset_of(class, symbol))],
            None => self.named(class, query)?,
        };
        let mut all = Vec::new();
        for asset in named.into_iter().filter_map(|(_, asset)| asset) {
            let mut rows = self.rows(kind, asset, of, (from, to))?;
            if newest_first {
                rows.reverse();
            }
            all.push(Rows { symbol: asset.symbol.clone(), rows });
        }
        let letter = if kind == Kind::Bars { of.letter() } else { "T" };
        let (page, next) = paging::page(all, after.as_ref(), limit, letter);
        let next = Node::from(next);
        let key = kind.keys().0;
        ok(match symbol {
            None => Node::map([(key, paging::by_symbol(page)), ("next_page_token", next)]),
            Some(symbol) => {
                let rows =
                    page.into_iter().next().map(|it| it.rows.into_iter().map(|row| row.node).collect::<Vec<_>>());
                let rows = rows.map_or(Node::Null, Node::List);
                Node::map([(key, rows), ("symbol", symbol.to_string().into()), ("next_page_token", next)])
            }
        })
    }

    fn rows(
        &self,
        kind: Kind,
        asset: &Asset,
        of: Timeframe,
        (from, to): (Timestamp, Timestamp),
    ) -> Result<Vec<Row>, Refusal> {
        let board = self.exchange.board(asset.market);
        let within = |time: Timestamp| (from..=to).contains(&time);
        Ok(match kind {
            Kind::Bars => {
                let base = board.interval();
                if !of.span().is_made_of(base) {
                    return Err(Refusal::bad_query(format!(
                        "this venue has candles of {base} of {}: ask for bars that are made of those",
                        asset.symbol
                    )));
                }
                let all = bars::bars(board, asset, of, (from, to), self.exchange.now());
                all.iter().map(|bar| Row { time: bar.time, number: 0, node: bars::bar_node(bar, asset) }).collect()
            }
            Kind::Trades => {
                let all = board.trades().filter(|trade| within(trade.time));
                let row = |it| bars::trade_node(it, asset);
                all.map(|trade| Row { time: trade.time, number: trade.number, node: row(trade) }).collect()
            }
            Kind::Quotes => {
                let standing = board.quote().filter(|quote| within(quote.time));
                standing
                    .map(|it| Row { time: it.time, number: 0, node: bars::quote_node(&it, asset) })
                    .into_iter()
                    .collect()
            }
            Kind::Books => return Err(no_endpoint()),
        })
    }
}

fn invalid_symbol(symbol: &str) -> Refusal {
    Refusal::bad_query(format!("invalid symbol: {symbol}"))
}
