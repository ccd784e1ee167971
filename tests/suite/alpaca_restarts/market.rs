//! A market of minutes that wanders, and a loopback venue over it.
use engine::ledger::Rate;
use engine::risk::Leverage;
use engine::sim::{Session, Sessions};
use engine::{Candle, Dated, Instrument, Interval, Money, Price, Qty, Rng, SharedCandles, Spec, Timestamp};
use loopback::alpaca::{Alpaca, Options, Setup};
use loopback::exchange::{Config, Exchange, Feed, Listing, boxed_candles};
use loopback::faults::Faults;
use loopback::pace::{Moment, Speed};

/// 2026-01-02 09:30 in New York.
const OPEN: Timestamp = Timestamp(1_767_364_200_000_000_000);

/// When a run begins.
pub(super) fn start() -> Timestamp {
    OPEN.after(5 * Interval::MINUTE.0)
}

pub(super) fn instrument() -> Instrument {
    let usd = "USD".parse().expect("a currency");
    let one = rust_decimal::Decimal::ONE;
    Instrument::new("alpaca:AAPL".into(), usd, (2, 9), one, Dated::always(Spec::FREE)).expect("an instrument")
}

fn candles(seed: u64) -> Vec<Candle> {
    let mut rng = Rng::stream(seed, "prices");
    let mut close = 15_000_i64;
    let one = |minute: i64| {
        let open = close;
        close += i64::try_from(rng.below(41)).expect("small") - 20;
        let open_time = OPEN.after(minute * Interval::MINUTE.0);
        Candle {
            open_time,
            known_time: open_time.after(Interval::MINUTE.0),
            open: Price(open),
            high: Price(open.max(close) + 20),
            low: Price(open.min(close) - 20),
            close: Price(close),
            volume: 1_200_000_000_000,
        }
    };
    (0..60).map(one).collect()
}

/// A venue over them, with these faults. Seven shares stand at the best bid and ask, so that most orders fill in parts.
pub(super) fn venue(seed: u64, faults: &str) -> Alpaca {
    let session = Session { open: OPEN, close: OPEN.after(390 * Interval::MINUTE.0) };
    let spec = Spec { tick: Price(1), lot: Qty(1), min_notional: Money::ZERO };
    let usd = "USD".parse().expect("a currency");
    let instrument = Instrument::new("loopback:AAPL".into(), usd, (2, 9), 1.into(), Dated::always(spec));
    let listing = Listing {
        base: "AAPL".into(),
        quote: "USD".into(),
        instrument: instrument.expect("an instrument"),
        min_quantity: Qty(1),
        maker: Rate::ZERO,
        taker: Rate::ZERO,
        maintenance: Rate::ZERO,
        leverage_max: 4,
        sessions: Sessions::new([session].into()),
        funding: Vec::new(),
        interval: Interval::MINUTE,
    };
    let feed = Feed::Candles(boxed_candles(SharedCandles::new(candles(seed).into())));
    let config = Config { size: Some(Qty(7_000_000_000)), ..Config::from(start()) };
    let exchange = Exchange::new(config, vec![(listing, feed)]).expect("memory cannot fail");
    let setup = Setup {
        cash: "10000000".parse().expect("money"),
        leverage: Leverage { ppm: 4_000_000 },
        options: Options::default(),
        faults: Faults::parse(faults, seed).expect("faults"),
        speed: Speed::Thousandths(1_000),
    };
    Alpaca::new(exchange, &["AAPL".to_string()], setup, Moment { wall: start(), mono_ns: 0 })
}
