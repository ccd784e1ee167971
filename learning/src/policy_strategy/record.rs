//! Decisions that were recorded, for a replay that cannot or shall not decide anew.
//!
//! They come in the order in which they were taken, one reader for all strategies of a run, so that no tape is kept in memory.
//! What a tape is, or where it lies, is not known here.
use engine::{InstrumentId, Owner, Timestamp};
use std::fmt;
use std::sync::{Arc, Mutex};

/// What a policy decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The hash of the outputs, as it is noted.
    pub logits: i64,
    /// The exposure chosen, in parts per million of the size.
    pub exposure_ppm: i32,
}

/// A decision that was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    /// The step.
    pub number: u64,
    /// Core time.
    pub time: Timestamp,
    /// Whose it was.
    pub owner: Owner,
    /// On what.
    pub instrument: InstrumentId,
    /// What was decided.
    pub decision: Decision,
}

/// How computed decisions compare with recorded ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Recorded decisions that were taken.
    pub taken: u64,
    /// How many of them were computed as well.
    pub computed: u64,
    /// How many of those would have been another exposure.
    pub differ: u64,
    /// The step of the first of these.
    pub first: Option<u64>,
}

struct Shared {
    records: Box<dyn FnMut() -> Option<Record> + Send>,
    ahead: Option<Record>,
    tally: Tally,
}

/// Recorded decisions, as one of the strategies that took them follows them.
#[derive(Clone)]
pub struct Follow {
    owner: Owner,
    shared: Arc<Mutex<Shared>>,
}

impl fmt::Debug for Follow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Follow").field("owner", &self.owner).finish_non_exhaustive()
    }
}

impl Follow {
    /// These decisions, in the order in which they were taken.
    #[must_use]
    pub fn new(mut records: Box<dyn FnMut() -> Option<Record> + Send>) -> Self {
        let ahead = records();
        let shared = Shared { records, ahead, tally: Tally::default() };
        Self { owner: Owner::NONE, shared: Arc::new(Mutex::new(shared)) }
    }

    /// The same decisions for the strategy with these books.
    #[must_use]
    pub fn of(&self, owner: Owner) -> Self {
        Self { owner, ..self.clone() }
    }

    /// What was taken and compared so far.
    ///
    /// # Panics
    /// When a strategy that followed has panicked.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.shared.lock().expect("no strategy panicked").tally
    }

    /// The decision that was recorded here and now; `None` where there was none. What was computed is compared with it.
    pub(super) fn next(
        &mut self,
        instrument: InstrumentId,
        now: Timestamp,
        computed: Option<Decision>,
    ) -> Option<Decision> {
        let mut shared = self.shared.lock().expect("no strategy panicked");
        let here = |it: &mut Record| (it.owner, it.instrument, it.time) == (self.owner, instrument, now);
        let record = shared.ahead.take_if(here)?;
        shared.ahead = (shared.records)();
        let tally = &mut shared.tally;
        tally.taken += 1;
        if let Some(computed) = computed {
            tally.computed += 1;
            if computed.exposure_ppm != record.decision.exposure_ppm {
                tally.differ += 1;
                tally.first = tally.first.or(Some(record.number));
            }
        }
        Some(record.decision)
    }
}
