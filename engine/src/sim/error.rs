//! Why history cannot go on.
use crate::Timestamp;
use crate::instrument::InstrumentId;
use core::fmt;

/// Why history cannot go on.
#[derive(Debug)]
pub enum SimError<E> {
    /// Candles could not be read.
    Candles(E),
    /// Ticks could not be read.
    Ticks(E),
    /// A candle became known before the one before it.
    TimeRanBack {
        /// Whose candle.
        instrument: InstrumentId,
        /// When it became known.
        time: Timestamp,
    },
    /// A tick came before the one before it.
    TickRanBack {
        /// Whose tick.
        instrument: InstrumentId,
        /// When it was.
        time: Timestamp,
    },
}

impl<E: fmt::Display> fmt::Display for SimError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Candles(error) | Self::Ticks(error) => error.fmt(f),
            Self::TimeRanBack { instrument, time } => {
                write!(f, "candles of instrument {} run back in time at {} ns", instrument.0, time.0)
            }
            Self::TickRanBack { instrument, time } => {
                write!(f, "ticks of instrument {} run back in time at {} ns", instrument.0, time.0)
            }
        }
    }
}

impl<E: core::error::Error> core::error::Error for SimError<E> {}
