//! Bars as candles.
use crate::alpaca::wire::market::Bar;
use crate::instant::{NoInstant, instant};
use crate::numbers::{NumberError, steps_down};
use engine::instrument::Instrument;
use engine::{Candle, Interval, Timestamp};

/// Why a bar is no candle.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoCandle {
    /// Its time is none.
    #[error(transparent)]
    Time(#[from] NoInstant),
    /// One of its prices cannot be used.
    #[error("{field}: {error}")]
    Number {
        /// Which.
        field: &'static str,
        /// Why.
        error: NumberError,
    },
    /// It contradicts itself.
    #[error("{0}")]
    Fault(&'static str),
}

/// The candle of a bar that covers `interval` from its time on. The volume is rounded down to the instrument's step: it
/// decides nothing.
///
/// # Errors
/// When its time or a price cannot be had exactly, or it contradicts itself.
pub fn candle(bar: &Bar<'_>, interval: Interval, instrument: &Instrument) -> Result<Candle, NoCandle> {
    let open_time = instant(&bar.time)?;
    let price = |field, number: crate::numbers::Number<'_>| {
        number.price(instrument).map_err(|error| NoCandle::Number { field, error })
    };
    let volume = match bar.volume {
        Some(volume) => {
            steps_down(volume.0, instrument.qty_scale).map_err(|error| NoCandle::Number { field: "v", error })?.0
        }
        None => 0,
    };
    let known_time = open_time.after(interval.0);
    let candle = Candle {
        open_time,
        known_time,
        open: price("o", bar.open)?,
        high: price("h", bar.high)?,
        low: price("l", bar.low)?,
        close: price("c", bar.close)?,
        volume,
    };
    match candle.fault() {
        Some(fault) => Err(NoCandle::Fault(fault.text())),
        None => Ok(candle),
    }
}

/// The first instant of the interval that an instant lies in.
#[must_use]
pub fn bucket(time: Timestamp, interval: Interval) -> Timestamp {
    Timestamp(time.0.saturating_sub(time.0.rem_euclid(interval.0)))
}

/// Several candles, oldest first, as one of a longer interval; `None` for none.
#[must_use]
pub fn joined<'a>(
    candles: impl Iterator<Item = &'a Candle>,
    open_time: Timestamp,
    interval: Interval,
) -> Option<Candle> {
    candles.fold(None, |whole: Option<Candle>, next| {
        Some(match whole {
            None => Candle { open_time, known_time: open_time.after(interval.0), ..*next },
            Some(whole) => Candle {
                high: whole.high.max(next.high),
                low: whole.low.min(next.low),
                close: next.close,
                volume: whole.volume.saturating_add(next.volume),
                ..whole
            },
        })
    })
}
