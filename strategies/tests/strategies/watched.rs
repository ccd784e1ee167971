//! A journal that takes the digest and writes down fills, notes and refusals as a trader would.
use engine::measure::scaled_text;
use engine::tape::{DigestOnly, Outcome};
use engine::{Effect, Entry, Journal, State};
use std::collections::BTreeMap;
use std::convert::Infallible;

use crate::market::MINUTE_NS;

/// See the module.
#[derive(Default)]
pub(crate) struct Watched {
    pub(crate) digest: DigestOnly,
    pub(crate) fills: String,
    pub(crate) notes: String,
    pub(crate) refused: BTreeMap<&'static str, u64>,
    pub(crate) round_trips: u64,
}

impl Watched {
    fn write_fill(&mut self, state: &State) {
        let Some(booked) = state.booked else { return };
        let fill = booked.fill;
        let instrument = &state.instruments[fill.instrument.index()];
        self.round_trips += u64::from(booked.booking.after.is_zero());
        // Pinned workloads have hundreds of thousands of fills; tables of them are for small markets.
        if state.counters.fills <= 200 {
            let minutes = fill.venue_time.0 / MINUTE_NS;
            let quantity = scaled_text(fill.quantity.0, instrument.qty_scale);
            let price = scaled_text(fill.price.0, instrument.price_scale);
            self.fills += &format!("{minutes} {} {} {quantity} @ {price}\n", instrument.name, fill.side.name());
        }
    }
}

impl Journal for Watched {
    type Error = Infallible;

    fn append(&mut self, entry: &Entry) -> Result<(), Infallible> {
        self.digest.append(entry)
    }

    fn commit(&mut self, entry: &Entry, effects: &[Effect], state: &State) -> Result<(), Infallible> {
        self.write_fill(state);
        for effect in effects {
            match effect {
                Effect::Refused(refusal) => *self.refused.entry(refusal.check.name()).or_default() += 1,
                Effect::For(_) | Effect::Clipped(_) | Effect::Turned(_) | Effect::Crossed(_) => {}
                Effect::Noted { .. } => {
                    let words = Outcome::from(effect).describe(&state.instruments);
                    self.notes += &format!("{} {words}\n", entry.time.0 / MINUTE_NS);
                }
                Effect::Send(_) | Effect::Arm { .. } | Effect::Noticed { .. } => {}
            }
        }
        self.digest.commit(entry, effects, state)
    }

    fn finish(&mut self, state: &State) -> Result<(), Infallible> {
        self.digest.finish(state)
    }
}
