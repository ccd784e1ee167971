//! The world as it was written down. It performs nothing: the answers are in the record.
//!
//! Entries come from the tape; the numbers that are missing there were candles, and come from the dataset.
use super::event_codec::decode_event;
use super::reader::{RecordSource, TapeError};
use super::record::{Damage, End, Frame, Kind};
use crate::Timestamp;
use crate::candle::CandleSource;
use crate::effect::Effect;
use crate::event::Event;
use crate::run::World;
use crate::sim::{Merge, Wire};
use core::fmt;

/// Why a recorded world cannot go on.
#[derive(Debug)]
pub enum ReplayWorldError<T, C> {
    /// The tape cannot be read.
    Tape(TapeError<T>),
    /// The candles cannot be read.
    Candles(C),
    /// The dataset ended before the record did.
    CandlesEnded {
        /// The entry that should have been a candle.
        number: u64,
    },
    /// The dataset's next candle lies before the record's time: it is another candle.
    CandleOutOfTime {
        /// The entry that should have been a candle.
        number: u64,
    },
}

impl<T: fmt::Display, C: fmt::Display> fmt::Display for ReplayWorldError<T, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tape(error) => error.fmt(f),
            Self::Candles(error) => error.fmt(f),
            Self::CandlesEnded { number } => {
                write!(f, "step {number} differs: the record has a candle, the dataset has ended")
            }
            Self::CandleOutOfTime { number } => {
                write!(
                    f,
                    "step {number} differs: the dataset's next candle lies before what the record has already seen"
                )
            }
        }
    }
}

impl<T: core::error::Error, C: core::error::Error> core::error::Error for ReplayWorldError<T, C> {}

/// A world that repeats a tape.
#[derive(Debug)]
pub struct Recorded<R, S> {
    tape: R,
    candles: Merge<S>,
    feed: Wire,
    ahead: Option<Frame>,
    end: Option<End>,
    number: u64,
    now: Timestamp,
    /// The last entry of a tape that has no end.
    stops: Option<u64>,
}

impl<R: RecordSource, S: CandleSource> Recorded<R, S> {
    /// Repeats `tape`, joining `candles`, which the core saw at the end of this wire.
    #[must_use]
    pub fn new(tape: R, candles: Merge<S>, feed: Wire) -> Self {
        Self { tape, candles, feed, ahead: None, end: None, number: 0, now: Timestamp::MIN, stops: None }
    }

    /// The candle sources, after the replay.
    #[must_use]
    pub fn into_candles(self) -> Merge<S> {
        self.candles
    }

    /// Looks for the next entry on the tape; `None` once its end was read, or where it stops without one.
    fn look_ahead(&mut self) -> Result<Option<&Frame>, TapeError<R::Error>> {
        while self.ahead.is_none() && self.end.is_none() && self.stops.is_none() {
            match self.tape.next()? {
                Some(frame) if frame.kind == Kind::Entry => self.ahead = Some(frame),
                Some(frame) if frame.kind == Kind::End => {
                    let end = End::decode(&frame.payload).map_err(|e| damaged(frame.number, Damage::Payload(e)))?;
                    self.end = Some(end);
                }
                Some(_) => {}
                // Only a reader that may meet such a tape ends without an end; such a tape holds its candles.
                None => self.stops = Some(self.number),
            }
        }
        Ok(self.ahead.as_ref())
    }

    fn next_candle(&mut self, slot: &mut Event) -> Result<Timestamp, ReplayWorldError<R::Error, S::Error>> {
        let number = self.number;
        let popped = self.candles.pop(slot).map_err(ReplayWorldError::Candles)?;
        let known = popped.ok_or(ReplayWorldError::CandlesEnded { number })?.known_time;
        let time = self.feed.arrival(known);
        if time < self.now { Err(ReplayWorldError::CandleOutOfTime { number }) } else { Ok(time) }
    }
}

fn damaged<E>(after: u64, damage: Damage) -> TapeError<E> {
    TapeError::Damaged { damage, after, offset: 0 }
}

impl<R: RecordSource, S: CandleSource> World for Recorded<R, S> {
    type Error = ReplayWorldError<R::Error, S::Error>;

    fn next(&mut self, slot: &mut Event) -> Result<Option<Timestamp>, Self::Error> {
        let number = self.number + 1;
        let recorded = self.look_ahead().map_err(ReplayWorldError::Tape)?.is_some_and(|frame| frame.number == number);
        let last = self.stops.or(self.end.map(|end| end.entries));
        if self.ahead.is_none() && last.is_some_and(|last| number > last) {
            return Ok(None);
        }
        self.number = number;
        let time = match self.ahead.take_if(|_| recorded) {
            Some(frame) => {
                let event = decode_event(&frame.payload);
                let event = event.map_err(|e| ReplayWorldError::Tape(damaged(number - 1, Damage::Payload(e))))?;
                // A damaged dataset may have led time past the record; the record's own order is what counts.
                if frame.time < self.now {
                    return Err(ReplayWorldError::CandleOutOfTime { number });
                }
                *slot = event;
                frame.time
            }
            None => self.next_candle(slot)?,
        };
        self.now = time;
        Ok(Some(time))
    }

    fn perform(&mut self, _: Timestamp, _: &Effect) -> Result<(), Self::Error> {
        Ok(())
    }
}
