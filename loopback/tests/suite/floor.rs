//! A small exchange for tests: one market of minutes, and accounts on it.
use engine::ledger::Rate;
use engine::sim::Sessions;
use engine::{
    Candle, Dated, Instrument, Interval, Money, OrderId, OrderKind, Price, Qty, SharedCandles, Side, Spec, Terms,
    Timestamp,
};
use loopback::exchange::{
    AccountId, Config, Exchange, Feed, Listing, MarketId, NewAccount, NewOrder, Notice, OrderChange, PositionMode,
    PositionSide, Settlement, Tie, boxed_candles,
};

pub(crate) const BTC: MarketId = MarketId(0);
pub(crate) const MINUTE: i64 = Interval::MINUTE.0;
/// 2022-12-13 00:00, a Tuesday.
pub(crate) const START: i64 = 1_670_889_600 * 1_000_000_000;

/// A listing with prices in tenths and quantities in ten-thousandths.
pub(crate) fn listing() -> Listing {
    let spec = Spec { tick: Price(1), lot: Qty(1), min_notional: Money(2 * Money::ONE.0) };
    let usdt = "USDT".parse().expect("a currency");
    let one = rust_decimal::Decimal::ONE;
    let instrument = Instrument::new("v:BTCUSDT".into(), usdt, (1, 4), one, Dated::always(spec)).expect("valid");
    let rate = |parts| Rate::from_parts(parts, 4).expect("a rate");
    Listing {
        base: "BTC".into(),
        quote: "USDT".into(),
        instrument,
        min_quantity: Qty(1),
        maker: rate(2),
        taker: rate(5),
        maintenance: Rate::ZERO,
        leverage_max: 125,
        sessions: Sessions::ALWAYS,
        funding: Vec::new(),
        interval: Interval::MINUTE,
    }
}

/// Candles of a minute from the start on: open, high, low, close in whole units, each with a volume of 13.
pub(crate) fn minutes(prices: &[[i64; 4]]) -> Vec<Candle> {
    let make = |(n, prices): (i64, &[i64; 4])| {
        let [open, high, low, close] = prices.map(|price| Price(price * 10));
        let open_time = Timestamp(START + n * MINUTE);
        Candle { open_time, known_time: open_time.after(MINUTE), open, high, low, close, volume: 130_000 }
    };
    (0..).zip(prices).map(make).collect()
}

pub(crate) fn exchange(candles: Vec<Candle>, config: Config) -> Exchange {
    let feed = Feed::Candles(boxed_candles(SharedCandles::new(candles.into())));
    Exchange::new(config, vec![(listing(), feed)]).expect("memory cannot fail")
}

pub(crate) fn account(mode: PositionMode) -> NewAccount {
    let cash = Money(10_000 * Money::ONE.0);
    NewAccount { name: "demo".into(), cash, settlement: Settlement::Margin, mode, leverage: 10 }
}

/// An exchange over candles with one account, at the first instant.
pub(crate) fn with_account(prices: &[[i64; 4]], mode: PositionMode) -> (Exchange, AccountId) {
    let mut exchange = exchange(minutes(prices), Config::from(Timestamp(START)));
    let id = exchange.open_account(account(mode));
    (exchange, id)
}

pub(crate) fn order(side: Side, quantity: i64, kind: OrderKind) -> NewOrder {
    NewOrder {
        market: BTC,
        position: PositionSide::Net,
        side,
        quantity: Qty(quantity),
        kind,
        terms: Terms::PLAIN,
        tie: Tie::Alone,
        client_id: None,
    }
}

/// What was said of orders, in short words: the number counted from the first, what happened, and at what price.
pub(crate) fn said(exchange: &mut Exchange, first: OrderId) -> Vec<String> {
    let mut all = Vec::new();
    while let Some(notice) = exchange.poll() {
        let Notice::Order { order, change, .. } = notice else { continue };
        let number = (order.id.0 - first.0) / 4_194_307;
        all.push(match change {
            OrderChange::Traded(it) => {
                let (quantity, price) = (it.quantity.0, it.price.0);
                format!("{number} {} {quantity} at {price} {}", it.side.name(), it.liquidity.name())
            }
            other => format!("{number} {other:?}"),
        });
    }
    all
}
