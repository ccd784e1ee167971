//! Bars, trades and quotes as the data API has them: JSON numbers, one letter a field.
//!
//! The exchange counts no trades of a candle and knows no mean price of it: `n` is 1, and `vw` lies in the middle of high,
//! low and close.
use super::asset::{Asset, AssetClass};
use super::moment;
use super::node::Node;
use super::timeframe::Timeframe;
use crate::exchange::{Board, Quoted, Span, Traded};
use engine::{Candle, Interval, Side, Timestamp};
use jiff::civil;
use rust_decimal::Decimal;

/// A bar and the time that it is stamped with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bar {
    pub(crate) time: Timestamp,
    pub(crate) candle: Candle,
}

/// The bars of a length that are stamped within a range, both ends included, oldest first.
pub(crate) fn bars(
    board: &Board,
    asset: &Asset,
    of: Timeframe,
    (from, to): (Timestamp, Timestamp),
    now: Timestamp,
) -> Vec<Bar> {
    // The exchange's days are those of UTC: the stamp of a stock's day lies some hours behind.
    let margin = if of.is_of_days() { 32 * Interval::DAY.0 * months(of) } else { 0 };
    let candles = board.candles(of.span(), from.after(-margin), to.after(margin), usize::MAX);
    // The minute under way is no bar yet; a longer one is.
    let shown = candles.into_iter().filter(|it| it.known_time <= now || of.span() != Timeframe::Minutes(1).span());
    let mut bars: Vec<Bar> = Vec::new();
    for candle in shown {
        let time = stamp(asset.class, of, candle.open_time);
        match bars.last_mut() {
            Some(bar) if bar.time == time => append(&mut bar.candle, &candle),
            _ => bars.push(Bar { time, candle }),
        }
    }
    bars.retain(|bar| (from..=to).contains(&bar.time));
    bars
}

/// The newest bar of a length that has ended; of the longest ones the one under way.
pub(crate) fn newest(board: &Board, asset: &Asset, of: Timeframe, now: Timestamp) -> Option<Bar> {
    let span = if of.is_of_days() { of.span() } else { Span::Fixed(board.interval()) };
    let candles = board.candles(span, Timestamp::MIN, Timestamp::MAX, 2);
    let ended = |candle: &&Candle| of.is_of_days() || candle.known_time <= now;
    let candle = *candles.iter().rev().find(ended)?;
    Some(Bar { time: stamp(asset.class, of, candle.open_time), candle })
}

/// The daily bar before that of today.
pub(crate) fn newest_before_today(board: &Board, asset: &Asset, now: Timestamp) -> Option<Bar> {
    let span = Timeframe::Day.span();
    let today = span.open_of(now);
    let candles = board.candles(span, Timestamp::MIN, today.after(-1), 1);
    let candle = *candles.last()?;
    Some(Bar { time: stamp(asset.class, Timeframe::Day, candle.open_time), candle })
}

fn months(of: Timeframe) -> i64 {
    if let Timeframe::Months(count) = of { count } else { 1 }
}

/// The time that the bar of a candle is stamped with.
pub(crate) fn stamp(class: AssetClass, of: Timeframe, open: Timestamp) -> Timestamp {
    if !of.is_of_days() {
        return open;
    }
    let mut day = moment::utc_day(open);
    if let Timeframe::Months(count) = of {
        let since = i64::from(day.year()) * 12 + i64::from(day.month()) - 1;
        let first = since.div_euclid(count) * count;
        let (year, month) = (i16::try_from(first.div_euclid(12)), i8::try_from(first.rem_euclid(12) + 1));
        if let (Ok(year), Ok(month)) = (year, month) {
            day = civil::Date::new(year, month, 1).unwrap_or(day);
        }
    }
    match class {
        AssetClass::Stock => moment::new_york_midnight(day),
        AssetClass::Crypto => moment::utc_midnight(day),
    }
}

/// Candles that follow each other as one; none of none.
pub(crate) fn joined(candles: &[Candle]) -> Option<Candle> {
    let (first, rest) = candles.split_first()?;
    let mut whole = *first;
    rest.iter().for_each(|candle| append(&mut whole, candle));
    Some(whole)
}

/// Makes a candle longer by the one behind it.
fn append(whole: &mut Candle, next: &Candle) {
    whole.high = whole.high.max(next.high);
    whole.low = whole.low.min(next.low);
    whole.close = next.close;
    whole.volume = whole.volume.saturating_add(next.volume);
    whole.known_time = next.known_time;
}

/// A bar of the REST API.
pub(crate) fn bar_node(bar: &Bar, asset: &Asset) -> Node {
    let price = |price| Node::Number(asset.price(price));
    let Candle { open, high, low, close, volume, .. } = bar.candle;
    let middle = (asset.price(high) + asset.price(low) + asset.price(close)) / Decimal::from(3);
    Node::map([
        ("t", bar.time.into()),
        ("o", price(open)),
        ("h", price(high)),
        ("l", price(low)),
        ("c", price(close)),
        ("v", Node::Number(asset.quantity(engine::Qty(volume)))),
        ("n", i64::from(volume > 0).into()),
        ("vw", Node::Number(middle.round_dp(6))),
    ])
}

/// A trade of the REST API.
pub(crate) fn trade_node(trade: &Traded, asset: &Asset) -> Node {
    let (price, size) = (Node::Number(asset.price(trade.price)), Node::Number(asset.quantity(trade.quantity)));
    let number = Node::Whole(i64::try_from(trade.number).unwrap_or(i64::MAX));
    match asset.class {
        AssetClass::Stock => Node::map([
            ("t", trade.time.into()),
            ("x", "V".into()),
            ("p", price),
            ("s", size),
            ("c", vec!["@".into()].into()),
            ("i", number),
            ("z", "C".into()),
        ]),
        AssetClass::Crypto => Node::map([
            ("t", trade.time.into()),
            ("p", price),
            ("s", size),
            ("tks", if trade.taker == Side::Buy { "B" } else { "S" }.into()),
            ("i", number),
        ]),
    }
}

/// A quote of the REST API. A size that nobody knows is zero.
pub(crate) fn quote_node(quote: &Quoted, asset: &Asset) -> Node {
    let size = |size: Option<engine::Qty>| Node::Number(asset.quantity(size.unwrap_or_default()));
    let (bid, ask) = (Node::Number(asset.price(quote.bid)), Node::Number(asset.price(quote.ask)));
    let (bid_size, ask_size) = (size(quote.bid_size), size(quote.ask_size));
    match asset.class {
        AssetClass::Stock => Node::map([
            ("t", quote.time.into()),
            ("ax", "V".into()),
            ("ap", ask),
            ("as", ask_size),
            ("bx", "V".into()),
            ("bp", bid),
            ("bs", bid_size),
            ("c", vec!["R".into()].into()),
            ("z", "C".into()),
        ]),
        AssetClass::Crypto => {
            Node::map([("t", quote.time.into()), ("bp", bid), ("bs", bid_size), ("ap", ask), ("as", ask_size)])
        }
    }
}

/// The order book of a crypto pair, of which the exchange knows one level.
pub(crate) fn book_node(quote: &Quoted, asset: &Asset) -> Node {
    let level = |price, size: Option<engine::Qty>| {
        let size = asset.quantity(size.unwrap_or_default());
        Node::from(vec![Node::map([("p", Node::Number(asset.price(price))), ("s", Node::Number(size))])])
    };
    Node::map([
        ("t", quote.time.into()),
        ("b", level(quote.bid, quote.bid_size)),
        ("a", level(quote.ask, quote.ask_size)),
    ])
}

/// A message of a data stream: what kind, of what, and what the REST API has of it.
pub(crate) fn message(kind: &'static str, asset: &Asset, node: Node) -> Node {
    let Node::Map(entries) = node else { return node };
    let mut whole = vec![("T".into(), kind.into()), ("S".into(), asset.symbol.clone().into())];
    whole.extend(entries);
    Node::Map(whole)
}
