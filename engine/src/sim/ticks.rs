//! The ticks of many instruments, each in the order of time, and how far the venue has come in them.
//!
//! Between instruments the order is time, then their order in the run file. Nothing is merged ahead: where no order waits
//! and no margined position stands, the ticks of an instrument are passed in one go, when somebody asks for the market.
use super::error::SimError;
use super::quotes::Shown;
use super::sessions::Sessions;
use crate::Timestamp;
use crate::instrument::InstrumentId;
use crate::tick::{Tick, TickSource};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

/// Where the ticks of an instrument come from.
pub type BoxedTicks<E> = Box<dyn TickSource<Error = E> + Send>;

/// The tick streams of a world.
pub(super) struct Ticks<E> {
    /// In the order of the run file; none where an instrument meets candles.
    cursors: Vec<Option<Cursor<E>>>,
    /// The last tick that was shown to the venue one by one: when, and of whom.
    reached: (Timestamp, u32),
}

struct Cursor<E> {
    source: BoxedTicks<E>,
    at: usize,
    /// The last tick of the block before.
    last: Timestamp,
}

impl<E> fmt::Debug for Ticks<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ticks").field("reached", &self.reached).finish_non_exhaustive()
    }
}

impl<E: core::error::Error> Cursor<E> {
    #[inline]
    fn head(&self) -> Option<&Tick> {
        self.source.block().get(self.at)
    }

    /// Fetches the next block that holds anything, and checks that time never runs back in it.
    fn fetch(&mut self, instrument: InstrumentId) -> Result<(), SimError<E>> {
        self.at = 0;
        while self.source.advance().map_err(SimError::Ticks)? {
            let block = self.source.block();
            let mut last = self.last;
            for tick in block {
                if tick.time < last {
                    return Err(SimError::TickRanBack { instrument, time: tick.time });
                }
                last = tick.time;
            }
            self.last = last;
            if !block.is_empty() {
                return Ok(());
            }
        }
        Ok(())
    }
}

impl<E: core::error::Error> Ticks<E> {
    /// Opens sources that stand in the order of the run file.
    pub(super) fn new(sources: Vec<Option<BoxedTicks<E>>>) -> Result<Self, SimError<E>> {
        let mut cursors = Vec::with_capacity(sources.len());
        for (place, source) in (0..).zip(sources) {
            let mut cursor = source.map(|source| Cursor { source, at: 0, last: Timestamp::MIN });
            if let Some(cursor) = &mut cursor {
                cursor.fetch(InstrumentId(place))?;
            }
            cursors.push(cursor);
        }
        Ok(Self { cursors, reached: (Timestamp::MIN, 0) })
    }

    /// How many instruments there are, with ticks or without.
    pub(super) fn len(&self) -> u32 {
        u32::try_from(self.cursors.len()).expect("instruments are numbered by u32")
    }

    /// Whether an instrument meets ticks.
    #[inline]
    pub(super) fn has(&self, id: InstrumentId) -> bool {
        self.cursors.get(id.index()).is_some_and(Option::is_some)
    }

    /// The instruments that meet ticks, in the order of the run file.
    pub(super) fn instruments(&self) -> impl Iterator<Item = InstrumentId> {
        (0..).zip(&self.cursors).filter(|(_, cursor)| cursor.is_some()).map(|(place, _)| InstrumentId(place))
    }

    /// The first tick of these instruments: when, and whose.
    #[inline]
    pub(super) fn first(&self, of: &[InstrumentId]) -> Option<(Timestamp, InstrumentId)> {
        let mut first = None;
        for id in of {
            if let Some(Some(cursor)) = self.cursors.get(id.index())
                && let Some(tick) = cursor.head()
                && first.is_none_or(|(time, _)| tick.time < time)
            {
                first = Some((tick.time, *id));
            }
        }
        first
    }

    /// Takes the next tick of an instrument.
    #[inline]
    pub(super) fn next(&mut self, id: InstrumentId) -> Result<Option<Tick>, SimError<E>> {
        let Some(Some(cursor)) = self.cursors.get_mut(id.index()) else { return Ok(None) };
        let Some(tick) = cursor.head().copied() else { return Ok(None) };
        cursor.at += 1;
        if cursor.at >= cursor.source.block().len() {
            cursor.fetch(id)?;
        }
        self.reached = (tick.time, id.0);
        Ok(Some(tick))
    }

    /// Goes past the ticks of an instrument that come before an instant, and before the last tick that was shown one by
    /// one; whether there were any.
    pub(super) fn pass(
        &mut self,
        id: InstrumentId,
        now: Timestamp,
        shown: &mut Shown,
        sessions: &Sessions,
    ) -> Result<bool, SimError<E>> {
        let Some(Some(cursor)) = self.cursors.get_mut(id.index()) else { return Ok(false) };
        let end = if self.reached.0 == now && id.0 < self.reached.1 { now.after(1) } else { now };
        let mut passed = false;
        while cursor.head().is_some_and(|tick| tick.time < end) {
            let rest = &cursor.source.block()[cursor.at..];
            let count = rest.partition_point(|tick| tick.time < end);
            shown.pass(&rest[..count], sessions);
            passed = true;
            cursor.at += count;
            if count < rest.len() {
                break;
            }
            cursor.fetch(id)?;
        }
        Ok(passed)
    }
}
