//! The start of a session: every instrument's history up to now, before anything of the stream goes to the core.
use engine::{Candle, InstrumentId};
use std::collections::BTreeMap;

/// Histories that were asked for, and those that have come.
#[derive(Debug, Default)]
pub(super) struct Joining {
    waiting: BTreeMap<InstrumentId, Option<Vec<Candle>>>,
}

impl Joining {
    pub(super) fn wait_for(&mut self, instrument: InstrumentId) {
        self.waiting.insert(instrument, None);
    }

    /// A history has come.
    pub(super) fn answered(&mut self, instrument: InstrumentId, candles: Vec<Candle>) {
        self.waiting.insert(instrument, Some(candles));
    }

    /// The stream has gone on behind a history that has come.
    pub(super) fn streamed(&mut self, instrument: InstrumentId, candles: &[Candle]) {
        let joined = self.waiting.entry(instrument).or_insert_with(|| Some(Vec::new()));
        joined.get_or_insert_default().extend_from_slice(candles);
    }

    pub(super) fn is_complete(&self) -> bool {
        self.waiting.values().all(Option::is_some)
    }

    /// All candles in the order in which they became known; of one instant in the order of the run file.
    pub(super) fn merged(self) -> Vec<(InstrumentId, Candle)> {
        let of = |(id, candles): (InstrumentId, Option<Vec<Candle>>)| {
            candles.unwrap_or_default().into_iter().map(move |candle| (id, candle))
        };
        let mut all: Vec<_> = self.waiting.into_iter().flat_map(of).collect();
        all.sort_by_key(|(id, candle)| (candle.known_time, *id));
        all
    }
}
