//! What candles hold, as one digest.
use crate::instant::instant_text;
use engine::Candle;

/// A range of candles as a record: from the open of its first to that of its last, and a digest of all that they hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// Open of the first candle.
    pub first: String,
    /// Open of the last candle.
    pub last: String,
    /// How many candles.
    pub candles: usize,
    /// blake3 over every candle's times, prices and volume.
    pub digest: String,
}

impl Snapshot {
    /// Of these candles.
    #[must_use]
    pub fn new(candles: &[Candle]) -> Self {
        let mut hasher = blake3::Hasher::new();
        for c in candles {
            let numbers =
                [c.open_time.0, c.known_time.0, c.open.0, c.high.0, c.low.0, c.close.0, c.volume].map(i64::to_le_bytes);
            hasher.update(numbers.as_flattened());
        }
        let open = |candle: Option<&Candle>| candle.map(|c| instant_text(c.open_time)).unwrap_or_default();
        Self {
            first: open(candles.first()),
            last: open(candles.last()),
            candles: candles.len(),
            digest: hasher.finalize().to_hex().to_string(),
        }
    }
}
