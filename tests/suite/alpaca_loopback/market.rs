//! A market of minutes that wanders, and a loopback venue over it.
use engine::ledger::Rate;
use engine::risk::Leverage;
use engine::sim::Sessions;
use engine::{Candle, Dated, Instrument, Interval, Money, Price, Qty, Rng, SharedCandles, Spec, Timestamp};
use loopback::alpaca::{Alpaca, Options, Setup};
use loopback::exchange::{Config, Exchange, Feed, Listing, boxed_candles};
use loopback::faults::Faults;
use loopback::pace::{Moment, Speed};

/// When it begins, in milliseconds since 1970: a whole minute.
pub(super) const START_MS: i64 = 1_760_000_040_000;

pub(super) fn instrument() -> Instrument {
    let spec = Spec { tick: Price(1), lot: Qty(1), min_notional: Money::ZERO };
    let usd = "USD".parse().expect("a currency");
    let one = rust_decimal::Decimal::ONE;
    Instrument::new("alpaca:BTC/USD".into(), usd, (2, 8), one, Dated::always(spec)).expect("an instrument")
}

/// The candles of a market that wanders.
pub(super) fn candles(seed: u64, minutes: i64) -> Vec<Candle> {
    let mut rng = Rng::stream(seed, "prices");
    let mut close = 500_000_i64;
    let one = |minute: i64| {
        let open = close;
        close = (close + i64::try_from(rng.below(2_001)).expect("small") - 1_000).max(100_000);
        let reach = i64::try_from(rng.below(500)).expect("small");
        let open_time = Timestamp((START_MS + minute * 60_000) * 1_000_000);
        let (high, low) = (open.max(close) + reach, open.min(close) - reach);
        Candle {
            open_time,
            known_time: open_time.after(Interval::MINUTE.0),
            open: Price(open),
            high: Price(high),
            low: Price(low),
            close: Price(close),
            volume: 20_000_000_000,
        }
    };
    (0..minutes).map(one).collect()
}

/// A venue over them, with these faults.
pub(super) fn venue(seed: u64, faults: &str, minutes: i64) -> Alpaca {
    let rate = |parts| Rate::from_parts(parts, 4).expect("a rate");
    let listing = Listing {
        base: "BTC".into(),
        quote: "USD".into(),
        instrument: instrument(),
        min_quantity: Qty(1),
        maker: rate(2),
        taker: rate(5),
        maintenance: Rate::ZERO,
        leverage_max: 125,
        sessions: Sessions::ALWAYS,
        funding: Vec::new(),
        interval: Interval::MINUTE,
    };
    let feed = Feed::Candles(boxed_candles(SharedCandles::new(candles(seed, minutes).into())));
    let start = Timestamp(START_MS * 1_000_000);
    let exchange = Exchange::new(Config::from(start), vec![(listing, feed)]).expect("memory cannot fail");
    let faults = Faults::parse(faults, seed).expect("faults");
    let now = Moment { wall: start, mono_ns: 0 };
    let mut options = Options { requests_per_minute: None, ..Options::default() };
    options.rules.refuse_wash_trades = false;
    let leverage = Leverage { ppm: 1_000_000 };
    let cash = "1000000".parse().expect("money");
    let setup = Setup { cash, leverage, options, faults, speed: Speed::Thousandths(1_000) };
    Alpaca::new(exchange, &["BTC/USD".to_string()], setup, now)
}
