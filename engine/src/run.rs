//! The one loop. Backtest, paper, live and replay differ only in the world they hand it.
use crate::Timestamp;
use crate::effect::Effect;
use crate::event::{Entry, Event};
use crate::state::State;
use crate::step::Core;
use crate::strategy::Strategy;
use alloc::vec::Vec;
use core::fmt;

/// Everything outside the core.
pub trait World {
    /// What can go wrong out there.
    type Error: core::error::Error;

    /// Puts the next event into `slot` and answers the time at which the core sees it; `None` when there will never be
    /// another. The slot spares the copies of an event that is returned: they cost more than the step.
    ///
    /// # Errors
    /// When the next event cannot be had: a broken file, a lost link.
    fn next(&mut self, slot: &mut Event) -> Result<Option<Timestamp>, Self::Error>;

    /// Does what a step asked for. Called only after the step is committed.
    ///
    /// # Errors
    /// When it cannot be handed over.
    fn perform(&mut self, now: Timestamp, effect: &Effect) -> Result<(), Self::Error>;
}

/// The record of every input and output of a run.
pub trait Journal {
    /// What can go wrong while writing, or where a replay differs.
    type Error: core::error::Error;

    /// The last entry that the record holds already; zero for a new one.
    fn last(&self) -> u64 {
        0
    }

    /// Records an entry.
    ///
    /// # Errors
    /// When it cannot be written.
    fn append(&mut self, entry: &Entry) -> Result<(), Self::Error>;

    /// Makes the step durable. Effects leave only after this returned.
    ///
    /// # Errors
    /// When it cannot be made durable, or differs from the record.
    fn commit(&mut self, entry: &Entry, effects: &[Effect], state: &State) -> Result<(), Self::Error>;

    /// Closes the record after the last step.
    ///
    /// # Errors
    /// When it cannot be written, or differs from the record.
    fn finish(&mut self, state: &State) -> Result<(), Self::Error>;
}

/// Why a run ended before its world did.
#[derive(Debug)]
pub enum RunError<W, J> {
    /// The world failed.
    World(W),
    /// The journal failed or differs.
    Journal(J),
}

impl<W: fmt::Display, J: fmt::Display> fmt::Display for RunError<W, J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::World(error) => error.fmt(f),
            Self::Journal(error) => error.fmt(f),
        }
    }
}

impl<W: core::error::Error, J: core::error::Error> core::error::Error for RunError<W, J> {}

/// Runs a core through a world until the world ends; the number of steps.
///
/// # Errors
/// The first failure of world or journal; everything committed before it stands.
pub fn run<S: Strategy, W: World, J: Journal>(
    core: &mut Core<S>,
    world: &mut W,
    journal: &mut J,
) -> Result<u64, RunError<W::Error, J::Error>> {
    let mut effects = Vec::new();
    let first = journal.last();
    let mut entry = Entry { number: first, time: Timestamp::MIN, event: Event::NOTHING };
    while let Some(time) = world.next(&mut entry.event).map_err(RunError::World)? {
        entry.number += 1;
        entry.time = time;
        journal.append(&entry).map_err(RunError::Journal)?;
        core.step(&entry, &mut effects);
        journal.commit(&entry, &effects, core.state()).map_err(RunError::Journal)?;
        if !effects.is_empty() {
            for effect in &effects {
                world.perform(time, effect).map_err(RunError::World)?;
            }
            effects.clear();
        }
    }
    core.finish();
    journal.finish(core.state()).map_err(RunError::Journal)?;
    Ok(entry.number - first)
}
