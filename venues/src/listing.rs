//! What is traded at a venue, under its name there and ours.
use engine::instrument::Instrument;
use engine::{InstrumentId, Interval};

/// One instrument of a run as its venue lists it.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Our number.
    pub id: InstrumentId,
    /// The venue's own name, such as `BTC-USDT`, `AAPL` or `BTC/USD`.
    pub symbol: String,
    /// Scales and rules.
    pub instrument: Instrument,
    /// The interval of its candles.
    pub interval: Interval,
    /// Whether its trades and quotes are wanted beside its candles.
    pub ticks: bool,
}
