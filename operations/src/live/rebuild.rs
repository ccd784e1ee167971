//! A core brought back to where its tape ends, step by step, with every decision compared with the record.
use super::journal::LiveJournal;
use super::source::SegmentSource;
use crate::disk::Disk;
use crate::tape_folder::FolderError;
use engine::sim::{Merge, Wire};
use engine::tape::{Continued, Recorded, ReplayWorldError, TapeReader, VerifyError, Verifying};
use engine::{Core, Effect, Entry, Event, Journal, SharedCandles, State, Strategy, Timestamp, World};
use std::convert::Infallible;

type Records<D> = Continued<TapeReader<SegmentSource<D>>>;
type OnTape<D> = Recorded<Records<D>, SharedCandles>;

/// Why a core cannot be brought back.
#[derive(Debug, thiserror::Error)]
pub enum RebuildError {
    /// The tape cannot be read.
    #[error("{0}")]
    Tape(ReplayWorldError<FolderError, Infallible>),
    /// This core decides otherwise than the record says, so it is not the one that wrote it.
    #[error("{0}: the program, the configuration or the strategy is not the one that wrote the tape")]
    Differs(VerifyError<FolderError>),
}

/// Steps a core at rest through everything that is durable, and shows each step to `look`. How many steps.
///
/// The core is not finished: it stands where the session stood that wrote the last entry.
///
/// # Errors
/// When the tape cannot be read, or a decision or a state differs.
pub fn rebuild<D: Disk, S: Strategy>(
    journal: &LiveJournal<D>,
    core: &mut Core<S>,
    mut look: impl FnMut(&Entry, &[Effect], &State),
) -> Result<u64, RebuildError> {
    let none = Merge::new(Vec::<(SharedCandles, u8)>::new()).map_err(|error| match error {})?;
    let mut world: OnTape<D> = Recorded::new(Continued::new(journal.records()), none, Wire::default());
    let mut record = Verifying::new(Continued::new(journal.records()));
    let mut effects = Vec::new();
    let mut entry = Entry { number: 0, time: Timestamp::MIN, event: Event::NOTHING };
    while let Some(time) = world.next(&mut entry.event).map_err(RebuildError::Tape)? {
        (entry.number, entry.time) = (entry.number + 1, time);
        record.append(&entry).map_err(RebuildError::Differs)?;
        core.step(&entry, &mut effects);
        record.commit(&entry, &effects, core.state()).map_err(RebuildError::Differs)?;
        look(&entry, &effects, core.state());
        effects.clear();
    }
    Ok(entry.number)
}
