//! What the core sees and what the venue sees: the same candles, or smaller ones for the venue.
//!
//! With smaller candles orders meet those: an hourly strategy's stop is matched minute by minute. Where the smaller ones
//! have a gap nothing trades. Both run on one clock, the venue ahead within an instant.
use super::merge::{Merge, Popped};
use super::venue::SimVenue;
use crate::candle::CandleSource;
use crate::event::Event;
use crate::instrument::InstrumentId;
use crate::{Candle, Timestamp};

/// The candle streams of a simulated world.
#[derive(Debug)]
pub(super) struct Feeds<S> {
    core: Merge<S>,
    detail: Option<Merge<S>>,
}

impl<S: CandleSource> Feeds<S> {
    pub(super) fn new(core: Merge<S>) -> Self {
        Self { core, detail: None }
    }

    pub(super) fn set_detail(&mut self, detail: Merge<S>) {
        self.detail = Some(detail);
    }

    pub(super) fn into_core(self) -> Merge<S> {
        self.core
    }

    /// The candle of an instrument that the venue sees next.
    #[inline]
    pub(super) fn head(&self, id: InstrumentId) -> Option<&Candle> {
        self.detail.as_ref().unwrap_or(&self.core).head(id)
    }

    /// When the core's next candle becomes known.
    #[inline]
    pub(super) fn next_known(&self) -> Option<Timestamp> {
        self.core.next_time()
    }

    /// When the venue's next candle becomes known. Behind the core's last one its own are of no use: nobody decides.
    pub(super) fn next_seen(&self) -> Option<Timestamp> {
        let known = self.core.next_time()?;
        Some(self.detail.as_ref().and_then(Merge::next_time).map_or(known, |seen| seen.min(known)))
    }

    /// Takes the core's next candle; the venue goes past its own up to then.
    #[inline]
    pub(super) fn pop(&mut self, slot: &mut Event, venue: &mut SimVenue) -> Result<Option<Popped>, S::Error> {
        let popped = self.core.pop(slot)?;
        if let Some(popped) = &popped {
            if self.detail.is_some() {
                self.pass(popped.known_time, venue)?;
            } else {
                venue.note_price(popped.instrument, popped.close);
            }
        }
        Ok(popped)
    }

    /// Goes past the venue's own candles that are known by then.
    pub(super) fn pass(&mut self, time: Timestamp, venue: &mut SimVenue) -> Result<(), S::Error> {
        let Some(detail) = &mut self.detail else { return Ok(()) };
        while detail.next_time().is_some_and(|known| known <= time) {
            if let Some(popped) = detail.skip()? {
                venue.note_price(popped.instrument, popped.close);
            }
        }
        Ok(())
    }
}
