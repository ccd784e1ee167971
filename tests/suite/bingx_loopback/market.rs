//! A market of minutes that wanders, and a loopback venue over it.
use engine::ledger::Rate;
use engine::sim::Sessions;
use engine::{
    Candle, Dated, Instrument, InstrumentId, Interval, Money, Price, Qty, Rng, SharedCandles, Spec, Timestamp,
};
use loopback::bingx::{Bingx, Options};
use loopback::exchange::{Config, Exchange, Feed, Listing, boxed_candles};
use loopback::faults::Faults;
use loopback::pace::{Moment, Speed};
use secrecy::SecretString;
use venues::bingx::{BingX, Credentials, Endpoints};
use venues::{Listed, RunId};

/// How long it is.
pub(super) const MINUTES: i64 = 90;
/// When it begins, in milliseconds since 1970, by the wall clock: a whole minute.
pub(super) const START_MS: i64 = 1_760_000_040_000;

pub(super) fn instrument() -> Instrument {
    let spec = Spec { tick: Price(1), lot: Qty(1), min_notional: Money(2 * Money::ONE.0) };
    let usdt = "USDT".parse().expect("a currency");
    let one = rust_decimal::Decimal::ONE;
    Instrument::new("bingx:BTC-USDT".into(), usdt, (1, 4), one, Dated::always(spec)).expect("an instrument")
}

/// The candles of a market that wanders.
pub(super) fn candles(seed: u64, begin_ms: i64, minutes: i64) -> Vec<Candle> {
    let mut rng = Rng::stream(seed, "prices");
    let mut close = 500_000_i64;
    let one = |minute: i64| {
        let open = close;
        close = (close + i64::try_from(rng.below(2_001)).expect("small") - 1_000).max(100_000);
        let reach = i64::try_from(rng.below(500)).expect("small");
        let open_time = Timestamp((begin_ms + minute * 60_000) * 1_000_000);
        let (high, low) = (open.max(close) + reach, open.min(close) - reach);
        Candle {
            open_time,
            known_time: open_time.after(Interval::MINUTE.0),
            open: Price(open),
            high: Price(high),
            low: Price(low),
            close: Price(close),
            volume: 2_000_000,
        }
    };
    (0..minutes).map(one).collect()
}

/// A venue over them, with these faults.
pub(super) fn venue(seed: u64, faults: &str, begin_ms: i64, speed: u64) -> Bingx {
    let rate = |parts| Rate::from_parts(parts, 4).expect("a rate");
    let listing = Listing {
        base: "BTC".into(),
        quote: "USDT".into(),
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
    let feed = Feed::Candles(boxed_candles(SharedCandles::new(candles(seed, begin_ms, MINUTES).into())));
    let start = Timestamp(START_MS * 1_000_000);
    let begin = Timestamp(begin_ms * 1_000_000);
    let exchange = Exchange::new(Config::from(begin), vec![(listing, feed)]).expect("memory cannot fail");
    let faults = Faults::parse(faults, seed).expect("faults");
    let now = Moment { wall: start, mono_ns: 0 };
    Bingx::new(Options::default(), exchange, Speed::Thousandths(speed * 1_000), faults, now)
}

/// An adapter for it.
pub(super) fn adapter(seed: u64) -> BingX {
    let credentials = Credentials { key: SecretString::from("demo-key"), secret: SecretString::from("demo-secret") };
    let symbol = "BTC-USDT".into();
    let (id, interval) = (InstrumentId(0), Interval::MINUTE);
    let listed = vec![Listed { id, symbol, instrument: instrument(), interval, ticks: true }];
    let run = RunId::new("e2e").expect("a run");
    let mut config = venues::bingx::Config::new(Endpoints::demo(), Some(credentials), run, listed);
    config.seed = seed;
    config.funding = false;
    BingX::new(config).expect("a configuration that works")
}
