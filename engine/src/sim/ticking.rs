//! How ticks drive the venue within a world: in the lane of opens, one by one where somebody waits for them, and passed in
//! one go where nobody does.
use super::error::SimError;
use super::ticks::{BoxedTicks, Ticks};
use super::venue::SimVenue;
use super::world::Simulated;
use crate::candle::CandleSource;
use crate::instrument::InstrumentId;
use crate::{Qty, Timestamp};
use alloc::vec::Vec;

impl<S: CandleSource> Simulated<S> {
    /// The same with ticks for the venue, in the order of the run file: an instrument that has them never meets a candle.
    /// Instruments without keep their candles.
    ///
    /// # Errors
    /// When the first block of a source cannot be read or runs back in time.
    pub fn with_ticks(mut self, sources: Vec<Option<BoxedTicks<S::Error>>>) -> Result<Self, SimError<S::Error>> {
        let ticks = Ticks::new(sources)?;
        ticks.instruments().for_each(|id| self.venue.see_ticks(id));
        self.feeds.set_ticks(ticks);
        Ok(self)
    }

    /// When the next tick comes that somebody waits for.
    #[inline]
    pub(super) fn next_tick(&self) -> Timestamp {
        let first = self.feeds.ticks().and_then(|ticks| ticks.first(self.venue.watched()));
        first.map_or(Timestamp::MAX, |(time, _)| time)
    }

    /// Shows the venue the next tick, and those after it that come before anything else is due or reported.
    pub(super) fn show_ticks(&mut self, before: Timestamp) -> Result<(), SimError<S::Error>> {
        let Some(ticks) = self.feeds.ticks_mut() else { return Ok(()) };
        while let Some((time, id)) = ticks.first(self.venue.watched()) {
            let Some(tick) = ticks.next(id)? else { break };
            self.clock = self.clock.max(time);
            self.venue.pass_held(ticks, time)?;
            self.venue.tick(id, &tick);
            let next = ticks.first(self.venue.watched());
            if self.venue.has_reports() || next.is_none_or(|(next, _)| next >= before) {
                break;
            }
        }
        self.collect_reports(self.clock);
        Ok(())
    }

    /// Brings the venue's sight of one instrument up to now.
    pub(super) fn pass_ticks_of(&mut self, id: InstrumentId, now: Timestamp) -> Result<(), SimError<S::Error>> {
        match self.feeds.ticks_mut() {
            Some(ticks) => self.venue.pass_ticks(id, ticks, now),
            None => Ok(()),
        }
    }

    /// Brings the venue's sight of every instrument up to now.
    pub(super) fn pass_all_ticks(&mut self, now: Timestamp) -> Result<(), SimError<S::Error>> {
        let Some(ticks) = self.feeds.ticks_mut() else { return Ok(()) };
        (0..ticks.len()).try_for_each(|place| self.venue.pass_ticks(InstrumentId(place), ticks, now))
    }
}

impl SimVenue {
    /// Goes past the ticks of an instrument that came before now, all at once.
    fn pass_ticks<E: core::error::Error>(
        &mut self,
        id: InstrumentId,
        ticks: &mut Ticks<E>,
        now: Timestamp,
    ) -> Result<(), SimError<E>> {
        let book = &mut self.books[id.index()];
        let Some(shown) = &mut book.shown else { return Ok(()) };
        if ticks.pass(id, now, shown, &book.sessions)? {
            self.note_mark(id);
        }
        Ok(())
    }

    /// The same for what is held, and for what may be the rate of a currency: their prices count for what the account can
    /// carry.
    fn pass_held<E: core::error::Error>(&mut self, ticks: &mut Ticks<E>, now: Timestamp) -> Result<(), SimError<E>> {
        let rates = self.account.has_foreign_cash();
        for place in 0..ticks.len() {
            let id = InstrumentId(place);
            let counts = rates || self.account.quantity(id.index()) != Qty::ZERO;
            if counts && self.watched().binary_search(&id).is_err() {
                self.pass_ticks(id, ticks, now)?;
            }
        }
        Ok(())
    }
}
