//! Market data on the wire: what each subscription is sent when something happens.
use super::market_calls::Level;
use super::sockets::Kind;
use super::venue::Bingx;
use super::words::{ms, price, quantity, span, symbol};
use crate::dialect::SocketId;
use crate::exchange::{MarketId, Notice, Span, Traded};
use engine::{Price, Side};
use serde_json::{Value, json};

/// What a subscription is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Topic {
    Candles(Span),
    Trades,
    Depth(usize),
    Changes,
    BookTicker,
    LastPrice,
    MarkPrice,
    Ticker,
}

impl Topic {
    /// The topic behind the `@` of a subscription.
    pub(super) fn read(text: &str) -> Option<Self> {
        if let Some(name) = text.strip_prefix("kline_") {
            return span(name).map(Self::Candles);
        }
        if let Some(rest) = text.strip_prefix("depth") {
            let (depth, every) = rest.split_once('@').unwrap_or((rest, "500ms"));
            let fits = matches!(every, "100ms" | "200ms" | "500ms");
            let depth = depth.parse().ok().filter(|depth| [5, 10, 20, 50, 100].contains(depth));
            return depth.filter(|_| fits).map(Self::Depth);
        }
        match text {
            "trade" => Some(Self::Trades),
            "incrDepth" => Some(Self::Changes),
            "bookTicker" => Some(Self::BookTicker),
            "lastPrice" => Some(Self::LastPrice),
            "markPrice" => Some(Self::MarkPrice),
            "ticker" => Some(Self::Ticker),
            _ => None,
        }
    }
}

/// One subscription of a connection.
#[derive(Debug)]
pub(super) struct Subscription {
    pub(super) data_type: String,
    pub(super) market: MarketId,
    pub(super) topic: Topic,
    /// Until when nothing more of it goes out, by the machine's clock.
    next: u64,
    /// The number of the last change of the book, and the book that it made.
    book: Option<(u64, [Vec<Level>; 2])>,
}

impl Subscription {
    pub(super) fn new(data_type: String, market: MarketId, topic: Topic) -> Self {
        Self { data_type, market, topic, next: 0, book: None }
    }
}

/// What about a market has changed.
#[derive(Clone, Copy, Debug)]
enum Changed {
    Trade(Traded),
    Quote,
    Candle,
}

/// Time between two books and two statistics of one subscription.
const APART_NS: u64 = 200_000_000;
/// Trades that a new subscription is shown.
const FIRST_TRADES: usize = 20;
/// Levels of a book whose changes are sent.
const LEVELS: usize = 20;

impl Bingx {
    /// Tells clients what has happened at the exchange since the last time.
    pub(super) fn tell(&mut self) {
        while let Some(notice) = self.exchange.poll() {
            match notice {
                Notice::Trade { market, number, time, price, quantity, taker } => {
                    self.changed(market, Changed::Trade(Traded { number, time, price, quantity, taker }));
                }
                Notice::Quote { market, .. } => self.changed(market, Changed::Quote),
                Notice::Candle { market, .. } => self.changed(market, Changed::Candle),
                Notice::Order { account, order, change, time } => self.tell_order(account, &order, &change, time),
                Notice::Account { account, reason, market, .. } => self.tell_account(account, reason, market),
            }
        }
    }

    fn changed(&mut self, market: MarketId, what: Changed) {
        let now = self.now.mono_ns;
        let mut frames: Vec<(SocketId, String)> = Vec::new();
        let mut sockets = std::mem::take(&mut self.sockets);
        for (id, socket) in &mut sockets {
            for subscription in socket.subscriptions.iter_mut().filter(|it| it.market == market) {
                let slow = matches!(subscription.topic, Topic::Depth(_) | Topic::Changes | Topic::Ticker);
                if slow && now < subscription.next {
                    continue;
                }
                if let Some(frame) = self.frame(subscription, what) {
                    subscription.next = now.saturating_add(APART_NS);
                    frames.push((*id, frame.to_string()));
                }
            }
        }
        self.sockets = sockets;
        for (id, text) in frames {
            self.send(id, &text, Kind::Market);
        }
    }

    /// What a new subscription is shown at once.
    pub(super) fn first_frame(&mut self, id: SocketId, data_type: &str) {
        let Some(mut socket) = self.sockets.remove(&id) else { return };
        let mut first = None;
        if let Some(subscription) = socket.subscriptions.iter_mut().find(|it| it.data_type == data_type) {
            first = match subscription.topic {
                Topic::Trades => self.first_trades(subscription),
                Topic::Candles(_) => self.frame(subscription, Changed::Candle),
                _ => self.frame(subscription, Changed::Quote),
            };
        }
        self.sockets.insert(id, socket);
        if let Some(frame) = first {
            self.send(id, &frame.to_string(), Kind::Market);
        }
    }

    /// The frame of a subscription for what has changed; none where it is not about that.
    fn frame(&self, it: &mut Subscription, what: Changed) -> Option<Value> {
        let (market, listing) = (it.market, self.exchange.listing(it.market));
        let name = symbol(listing);
        let stamp = ms(self.exchange.now());
        let envelope = |data: Value| json!({"code": 0, "dataType": it.data_type, "data": data});
        match (&it.topic, what) {
            (Topic::Candles(span), Changed::Candle) => {
                let candle = self.exchange.board(market).newest(*span)?;
                let named = |it: Price| price(listing, it);
                let data = json!([{
                    "c": named(candle.close), "o": named(candle.open), "h": named(candle.high),
                    "l": named(candle.low), "v": quantity(listing, engine::Qty(candle.volume)),
                    "T": ms(candle.open_time),
                }]);
                Some(json!({"code": 0, "dataType": it.data_type, "s": name, "data": data}))
            }
            (Topic::Trades, Changed::Trade(trade)) => Some(envelope(json!([self.trade(market, &trade)]))),
            (Topic::Depth(depth), Changed::Quote) => {
                let (bids, asks) = self.levels(market, *depth);
                let data = json!({"bids": bids, "asks": asks});
                Some(json!({"code": 0, "dataType": it.data_type, "ts": stamp, "data": data}))
            }
            (Topic::Changes, Changed::Quote) => {
                let data_type = it.data_type.clone();
                self.changes(it).map(|data| json!({"code": 0, "dataType": data_type, "data": data}))
            }
            (Topic::BookTicker, Changed::Quote) => {
                let (bids, asks) = self.levels(market, 1);
                let (bid, ask) = (bids.first()?, asks.first()?);
                let number = self.exchange.board(market).trades().next_back().map_or(0, |trade| trade.number);
                Some(envelope(json!({
                    "e": "bookTicker", "u": number, "E": stamp, "T": stamp, "s": name,
                    "b": bid[0], "B": bid[1], "a": ask[0], "A": ask[1],
                })))
            }
            (Topic::LastPrice, Changed::Candle | Changed::Quote) => {
                let last = price(listing, self.exchange.mark(market));
                Some(envelope(json!({"e": "lastPriceUpdate", "E": stamp, "s": name, "c": last})))
            }
            (Topic::MarkPrice, Changed::Candle | Changed::Quote) => {
                let mark = price(listing, self.exchange.mark(market));
                Some(envelope(json!({"e": "markPriceUpdate", "E": stamp, "s": name, "p": mark})))
            }
            (Topic::Ticker, Changed::Candle | Changed::Quote) => Some(envelope(self.short_ticker(market))),
            _ => None,
        }
    }

    fn trade(&self, market: MarketId, trade: &Traded) -> Value {
        let listing = self.exchange.listing(market);
        json!({
            "q": quantity(listing, trade.quantity),
            "p": price(listing, trade.price),
            "T": ms(trade.time),
            "m": trade.taker == Side::Sell,
            "s": symbol(listing),
        })
    }

    fn first_trades(&self, it: &Subscription) -> Option<Value> {
        let newest = self.exchange.board(it.market).trades().rev().take(FIRST_TRADES);
        let trades: Vec<Value> = newest.map(|trade| self.trade(it.market, trade)).collect();
        (!trades.is_empty()).then(|| json!({"code": 0, "dataType": it.data_type, "data": trades}))
    }

    /// The statistics of a day in one-letter names.
    fn short_ticker(&self, market: MarketId) -> Value {
        let long = self.ticker(market);
        let of = |name: &str| long.get(name).cloned().unwrap_or(Value::Null);
        json!({
            "e": "24hTicker", "E": of("closeTime"), "s": of("symbol"), "p": of("priceChange"),
            "P": of("priceChangePercent"), "c": of("lastPrice"), "L": of("lastQty"), "h": of("highPrice"),
            "l": of("lowPrice"), "v": of("volume"), "q": of("quoteVolume"), "o": of("openPrice"),
            "O": of("openTime"), "C": of("closeTime"), "A": of("askPrice"), "a": of("askQty"),
            "B": of("bidPrice"), "b": of("bidQty"),
        })
    }

    /// The changes of a book since the last frame; the whole book in the first one.
    fn changes(&self, it: &mut Subscription) -> Option<Value> {
        let (bids, asks) = self.levels(it.market, LEVELS);
        let now = [bids, asks];
        let time = ms(self.exchange.now());
        let Some((number, before)) = &it.book else {
            let data = json!({
                "action": "all", "lastUpdateId": 1, "time": time, "bids": now[0], "asks": now[1],
            });
            it.book = Some((1, now));
            return Some(data);
        };
        let [bids, asks] = [difference(&before[0], &now[0]), difference(&before[1], &now[1])];
        if bids.is_empty() && asks.is_empty() {
            return None;
        }
        let number = number + 1;
        it.book = Some((number, now));
        Some(json!({"action": "update", "lastUpdateId": number, "time": time, "bids": bids, "asks": asks}))
    }
}

/// What makes one side of a book another one: its new levels, and the gone ones with nothing at them.
fn difference(before: &[Level], now: &[Level]) -> Vec<Level> {
    let new = now.iter().filter(|level| !before.contains(level)).cloned();
    let gone = before.iter().filter(|level| !now.iter().any(|other| other[0] == level[0]));
    new.chain(gone.map(|level| [level[0].clone(), "0.0000".to_string()])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_channel_of_the_venue_is_known() {
        for (text, topic) in [
            ("trade", Some(Topic::Trades)),
            ("depth20@200ms", Some(Topic::Depth(20))),
            ("depth5", Some(Topic::Depth(5))),
            ("depth7@200ms", None),
            ("depth20@1s", None),
            ("incrDepth", Some(Topic::Changes)),
            ("kline_1m", span("1m").map(Topic::Candles)),
            ("kline_2m", None),
            ("", None),
        ] {
            assert_eq!(Topic::read(text), topic, "{text}");
        }
    }

    #[test]
    fn a_book_follows_from_the_one_before_and_its_changes() {
        let level = |price: &str, size: &str| [price.to_string(), size.to_string()];
        let before = [level("10.1", "1"), level("10.0", "2")];
        let now = [level("10.2", "1"), level("10.1", "3")];
        let changes = difference(&before, &now);
        assert_eq!(changes, [level("10.2", "1"), level("10.1", "3"), level("10.0", "0.0000")]);
        assert_eq!(difference(&now, &now), Vec::<Level>::new());
    }
}
