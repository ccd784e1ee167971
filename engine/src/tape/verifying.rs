//! The journal of a replay: it compares every decision with the record and stops at the first that differs.
use super::bytes::Malformed;
use super::digest::{CHECKPOINT_EVERY, Digest, state_hash};
use super::effect_codec::{Outcome, decode_outcomes, encode_effects};
use super::reader::{RecordSource, TapeError};
use super::record::{Damage, End, Frame, Kind};
use crate::effect::Effect;
use crate::event::Entry;
use crate::run::Journal;
use crate::state::State;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

/// The first step at which a replay differs from its record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// Other decisions on the same input.
    Effects {
        /// The step.
        entry: Entry,
        /// What the tape says.
        expected: Vec<Outcome>,
        /// What was decided now.
        actual: Vec<Outcome>,
    },
    /// The same decisions, but another state behind them: a price, a fee or an amount differs at or before this step.
    State {
        /// The step of the checkpoint.
        number: u64,
    },
    /// The replay ended at another step than the record.
    Length {
        /// Entries of the record.
        expected: u64,
        /// Entries of the replay.
        actual: u64,
    },
}

impl Difference {
    /// The step at which it shows.
    #[must_use]
    pub fn number(&self) -> u64 {
        match self {
            Self::Effects { entry, .. } => entry.number,
            Self::State { number } => *number,
            Self::Length { expected, actual } => (*expected).min(*actual) + 1,
        }
    }
}

/// Why a replay stopped.
#[derive(Debug)]
pub enum VerifyError<E> {
    /// The tape cannot be read.
    Tape(TapeError<E>),
    /// A step differs.
    Differs(Box<Difference>),
}

impl<E: fmt::Display> fmt::Display for VerifyError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tape(error) => error.fmt(f),
            Self::Differs(difference) => write!(f, "step {} differs from the record", difference.number()),
        }
    }
}

impl<E: core::error::Error> core::error::Error for VerifyError<E> {}

/// Compares a run with a tape.
#[derive(Debug)]
pub struct Verifying<R> {
    tape: R,
    ahead: Option<Frame>,
    end: Option<End>,
    /// The tape stops without an end.
    stops: bool,
    digest: Digest,
    scratch: Vec<u8>,
    number: u64,
}

impl<R: RecordSource> Verifying<R> {
    /// A journal that expects what `tape` says.
    #[must_use]
    pub fn new(tape: R) -> Self {
        Self { tape, ahead: None, end: None, stops: false, digest: Digest::default(), scratch: Vec::new(), number: 0 }
    }

    /// The digest so far.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        self.digest.value()
    }

    /// Whether the tape stopped without an end: every decision on it was compared, and the run was not finished.
    #[must_use]
    pub fn stopped(&self) -> bool {
        self.stops
    }

    /// Steps compared so far.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.number
    }

    fn look_ahead(&mut self) -> Result<(), VerifyError<R::Error>> {
        while self.ahead.is_none() && self.end.is_none() && !self.stops {
            match self.tape.next().map_err(VerifyError::Tape)? {
                Some(frame) if matches!(frame.kind, Kind::Step | Kind::State) => self.ahead = Some(frame),
                Some(frame) if frame.kind == Kind::End => {
                    self.end = Some(End::decode(&frame.payload).map_err(|e| malformed(frame.number, e))?);
                }
                Some(_) => {}
                // Only a reader that may meet such a tape ends without an end.
                None => self.stops = true,
            }
        }
        Ok(())
    }

    /// Takes the record of this kind at this step, if the tape has one.
    fn take(&mut self, kind: Kind, number: u64) -> Result<Option<Frame>, VerifyError<R::Error>> {
        self.look_ahead()?;
        Ok(self.ahead.take_if(|frame| frame.kind == kind && frame.number == number))
    }

    fn compare_effects(&mut self, entry: &Entry, effects: &[Effect]) -> Result<(), VerifyError<R::Error>> {
        let recorded = self.take(Kind::Step, entry.number)?;
        self.scratch.clear();
        encode_effects(effects, &mut self.scratch);
        let expected = match &recorded {
            Some(frame) => frame.payload.get(8..).ok_or_else(|| malformed(entry.number, Malformed("step")))?,
            None => &[],
        };
        if expected == self.scratch {
            self.digest.step(entry.number, effects);
            return Ok(());
        }
        let expected = decode_outcomes(expected).map_err(|e| malformed(entry.number, e))?;
        let actual = effects.iter().map(Outcome::from).collect();
        Err(differs(Difference::Effects { entry: *entry, expected, actual }))
    }

    fn compare_state(&mut self, state: &State) -> Result<(), VerifyError<R::Error>> {
        let number = self.number;
        let hash = state_hash(state);
        self.digest.state(number, &hash);
        match self.take(Kind::State, number)? {
            Some(frame) if frame.payload == hash => Ok(()),
            Some(_) => Err(differs(Difference::State { number })),
            None => {
                let expected = self.ahead.as_ref().map_or_else(|| self.end.map_or(0, |end| end.entries), |f| f.number);
                Err(differs(Difference::Length { expected, actual: number }))
            }
        }
    }
}

fn differs<E>(difference: Difference) -> VerifyError<E> {
    VerifyError::Differs(Box::new(difference))
}

fn damaged<E>(after: u64, damage: Damage) -> TapeError<E> {
    TapeError::Damaged { damage, after, offset: 0 }
}

fn malformed<E>(number: u64, what: Malformed) -> VerifyError<E> {
    VerifyError::Tape(damaged(number.saturating_sub(1), Damage::Payload(what)))
}

impl<R: RecordSource> Journal for Verifying<R> {
    type Error = VerifyError<R::Error>;

    fn append(&mut self, entry: &Entry) -> Result<(), Self::Error> {
        self.number = entry.number;
        Ok(())
    }

    fn commit(&mut self, entry: &Entry, effects: &[Effect], state: &State) -> Result<(), Self::Error> {
        self.compare_effects(entry, effects)?;
        if entry.number.is_multiple_of(CHECKPOINT_EVERY) { self.compare_state(state) } else { Ok(()) }
    }

    fn finish(&mut self, state: &State) -> Result<(), Self::Error> {
        self.look_ahead()?;
        if self.stops && self.ahead.is_none() {
            return Ok(()); // the run was not finished, so there is no state to compare
        }
        self.compare_state(state)?;
        self.look_ahead()?;
        match (&self.ahead, self.end) {
            (None, Some(end)) if end.entries == self.number && end.digest == self.digest.value() => Ok(()),
            (Some(frame), _) => Err(differs(Difference::Length { expected: frame.number, actual: self.number })),
            (None, Some(end)) if end.entries != self.number => {
                Err(differs(Difference::Length { expected: end.entries, actual: self.number }))
            }
            _ => Err(differs(Difference::State { number: self.number })),
        }
    }
}
