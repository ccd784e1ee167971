//! Candle JSON of freqtrade: an array of `[ms, open, high, low, close, volume]`.
//!
//! Numbers are kept as their text, so none of them passes through a binary fraction.
use crate::import::sink::{Line, Sink};
use crate::import::{ImportError, TimeFormat};
use serde_json::value::RawValue;
use std::path::Path;

/// The largest file that is read whole.
const BYTES_MAX: u64 = 1 << 30;

pub(crate) fn read(path: &Path, sink: &mut Sink) -> Result<(), ImportError> {
    let bytes = std::fs::metadata(path).map_err(|e| ImportError::file(path, format!("cannot open it: {e}")))?.len();
    if bytes > BYTES_MAX {
        return Err(ImportError::file(path, format!("{bytes} bytes; at most {BYTES_MAX} are read, so split the file")));
    }
    let text = std::fs::read(path).map_err(|e| ImportError::file(path, format!("cannot read it: {e}")))?;
    let candles: Vec<Vec<&RawValue>> = serde_json::from_slice(&text)
        .map_err(|e| ImportError::file(path, format!("not an array of [ms, open, high, low, close, volume]: {e}")))?;
    for (at, candle) in candles.iter().enumerate() {
        let line = Line { file: path, number: at as u64 + 1 };
        let [time, open, high, low, close, volume] = candle.as_slice() else {
            return Err(line.error(format!("{} values; expected [ms, open, high, low, close, volume]", candle.len())));
        };
        let open_time = sink.clock.open_time(time.get(), &TimeFormat::EpochMillis).map_err(|what| line.error(what))?;
        sink.accept(line, open_time, [open.get(), high.get(), low.get(), close.get(), volume.get()])?;
    }
    Ok(())
}
