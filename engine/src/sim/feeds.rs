//! What the core sees and what the venue sees: the same candles, or smaller ones for the venue.
//!
//! With smaller candles orders meet those: an hourly strategy's stop is matched minute by minute. Where the smaller ones
//! have a gap nothing trades. Both run on one clock, the venue ahead within an instant. An instrument with ticks shows the
//! venue no candle at all.
use super::merge::{Merge, Popped};
use super::ticks::Ticks;
use super::venue::SimVenue;
use crate::candle::CandleSource;
use crate::event::Event;
use crate::instrument::InstrumentId;
use crate::{Candle, Timestamp};

/// The candle streams of a simulated world.
#[derive(Debug)]
pub(super) struct Feeds<S: CandleSource> {
    core: Merge<S>,
    detail: Option<Merge<S>>,
    ticks: Option<Ticks<S::Error>>,
    /// Whether the venue sees anything else than the core's candles.
    apart: bool,
}

impl<S: CandleSource> Feeds<S> {
    pub(super) fn new(core: Merge<S>) -> Self {
        Self { core, detail: None, ticks: None, apart: false }
    }

    pub(super) fn set_detail(&mut self, detail: Merge<S>) {
        self.detail = Some(detail);
        self.apart = true;
    }

    pub(super) fn set_ticks(&mut self, ticks: Ticks<S::Error>) {
        self.ticks = Some(ticks);
        self.apart = true;
    }

    /// Whether the venue sees anything else than the core's candles.
    #[inline]
    pub(super) fn is_apart(&self) -> bool {
        self.apart
    }

    #[inline]
    pub(super) fn ticks(&self) -> Option<&Ticks<S::Error>> {
        self.ticks.as_ref()
    }

    #[inline]
    pub(super) fn ticks_mut(&mut self) -> Option<&mut Ticks<S::Error>> {
        self.ticks.as_mut()
    }

    pub(super) fn into_core(self) -> Merge<S> {
        self.core
    }

    /// Whether an instrument shows the venue candles.
    #[inline]
    fn shows_candles(&self, id: InstrumentId) -> bool {
        !self.ticks.as_ref().is_some_and(|ticks| ticks.has(id))
    }

    /// The candle of an instrument that the venue sees next.
    #[inline]
    pub(super) fn head(&self, id: InstrumentId) -> Option<&Candle> {
        if self.apart && !self.shows_candles(id) {
            return None;
        }
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
    #[inline(always)]
    pub(super) fn pop(&mut self, slot: &mut Event, venue: &mut SimVenue) -> Result<Option<Popped>, S::Error> {
        let popped = self.core.pop(slot)?;
        if let Some(popped) = &popped {
            if self.apart {
                self.popped_apart(popped, venue)?;
            } else {
                venue.note_price(popped.instrument, popped.close);
            }
        }
        Ok(popped)
    }

    /// The venue has its own sight of the market: it goes past its own candles up to then, where it has some.
    #[cold]
    fn popped_apart(&mut self, popped: &Popped, venue: &mut SimVenue) -> Result<(), S::Error> {
        if self.detail.is_none() && self.shows_candles(popped.instrument) {
            venue.note_price(popped.instrument, popped.close);
        }
        self.pass(popped.known_time, venue)
    }

    /// Goes past the venue's own candles that are known by then.
    pub(super) fn pass(&mut self, time: Timestamp, venue: &mut SimVenue) -> Result<(), S::Error> {
        let Some(detail) = &mut self.detail else { return Ok(()) };
        while detail.next_time().is_some_and(|known| known <= time) {
            let meets_ticks = |id| self.ticks.as_ref().is_some_and(|ticks| ticks.has(id));
            if let Some(popped) = detail.skip()?.filter(|it| !meets_ticks(it.instrument)) {
                venue.note_price(popped.instrument, popped.close);
            }
        }
        Ok(())
    }
}
