//! What the data streams say of what happened at the exchange.
//!
//! Bars are as long as the market's shortest candles: a minute where the catalog has minutes. The daily bar is said again
//! with each of them, as far as it has come.
use super::asset::{Asset, AssetClass};
use super::bars::{self, Bar};
use super::node::Node;
use super::timeframe::Timeframe;
use crate::exchange::{Exchange, MarketId, Notice, Span, Traded};
use engine::{Candle, Interval, Timestamp};

/// What a client can subscribe to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Channel {
    Trades,
    Quotes,
    Orderbooks,
    Bars,
    UpdatedBars,
    DailyBars,
    Statuses,
    Lulds,
}

impl Channel {
    /// The channels of a class with their names, in the order in which the venue lists them.
    pub(crate) fn of_class(class: AssetClass) -> &'static [(Self, &'static str)] {
        const STOCK: [(Channel, &str); 7] = [
            (Channel::Trades, "trades"),
            (Channel::Quotes, "quotes"),
            (Channel::Bars, "bars"),
            (Channel::UpdatedBars, "updatedBars"),
            (Channel::DailyBars, "dailyBars"),
            (Channel::Statuses, "statuses"),
            (Channel::Lulds, "lulds"),
        ];
        const CRYPTO: [(Channel, &str); 6] = [
            (Channel::Trades, "trades"),
            (Channel::Quotes, "quotes"),
            (Channel::Orderbooks, "orderbooks"),
            (Channel::Bars, "bars"),
            (Channel::UpdatedBars, "updatedBars"),
            (Channel::DailyBars, "dailyBars"),
        ];
        match class {
            AssetClass::Stock => &STOCK,
            AssetClass::Crypto => &CRYPTO,
        }
    }
}

/// One message.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Message {
    pub(crate) class: AssetClass,
    pub(crate) channel: Channel,
    pub(crate) symbol: String,
    pub(crate) node: Node,
}

/// What the streams say of a notice.
pub(crate) fn of_notice(notice: &Notice, exchange: &Exchange, assets: &[Asset]) -> Vec<Message> {
    match *notice {
        Notice::Trade { market, number, time, price, quantity, taker } => {
            let trade = Traded { number, time, price, quantity, taker };
            of(market, assets, |asset| vec![(Channel::Trades, "t", bars::trade_node(&trade, asset))])
        }
        Notice::Quote { market, .. } => {
            let Some(quote) = exchange.board(market).quote() else { return Vec::new() };
            of(market, assets, |asset| {
                let mut said = vec![(Channel::Quotes, "q", bars::quote_node(&quote, asset))];
                if asset.class == AssetClass::Crypto {
                    said.push((Channel::Orderbooks, "o", bars::book_node(&quote, asset).with("r", true.into())));
                }
                said
            })
        }
        Notice::Candle { market, candle, is_final: true } => of(market, assets, |asset| {
            let mut said = Vec::new();
            if exchange.board(market).interval() < Interval::DAY {
                said.push((Channel::Bars, "b", bars::bar_node(&Bar { time: candle.open_time, candle }, asset)));
            }
            if let Some(day) = daily(exchange, market, asset, &candle) {
                said.push((Channel::DailyBars, "d", bars::bar_node(&day, asset)));
            }
            said
        }),
        _ => Vec::new(),
    }
}

/// A halt, or its end.
pub(crate) fn of_halt(asset: &Asset, halted: Halted, time: Timestamp) -> Message {
    let (code, word) = match halted {
        Halted::Yes => ("H", "Trading Halt"),
        Halted::No => ("T", "Trading Resumption"),
    };
    let node = Node::map([
        ("sc", code.into()),
        ("sm", word.into()),
        ("rc", "T1".into()),
        ("rm", "Halt - News Pending".into()),
        ("t", time.into()),
        ("z", "C".into()),
    ]);
    one(asset, Channel::Statuses, "s", node)
}

/// Whether a market is halted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Halted {
    Yes,
    No,
}

/// The day up to a candle that has ended; what has been shown since is not in it.
fn daily(exchange: &Exchange, market: MarketId, asset: &Asset, newest: &Candle) -> Option<Bar> {
    let board = exchange.board(market);
    let open = Timeframe::Day.span().open_of(newest.open_time);
    let shortest = Span::Fixed(board.interval());
    let so_far = board.candles(shortest, open, newest.open_time, usize::MAX);
    let candle = bars::joined(&so_far)?;
    Some(Bar { time: bars::stamp(asset.class, Timeframe::Day, open), candle })
}

fn of(market: MarketId, assets: &[Asset], said: impl Fn(&Asset) -> Vec<(Channel, &'static str, Node)>) -> Vec<Message> {
    let Some(asset) = assets.iter().find(|asset| asset.market == market) else { return Vec::new() };
    said(asset).into_iter().map(|(channel, kind, node)| one(asset, channel, kind, node)).collect()
}

fn one(asset: &Asset, channel: Channel, kind: &'static str, node: Node) -> Message {
    let node = bars::message(kind, asset, node);
    Message { class: asset.class, channel, symbol: asset.symbol.clone(), node }
}
