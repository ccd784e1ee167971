//! A journal that shows every committed step to the watch on our own flow. It keeps nothing and changes nothing itself.
use crate::failure::Failure;
use crate::run_file::RunFile;
use crate::setup::Setup;
use crate::strategy_results::owner_names;
use compliance::{Closes, Watch, WatchConfig, alerts_json};
use engine::sim::Sessions;
use engine::{Effect, Entry, Journal, State, Timestamp};

/// A journal with the watch beside it.
#[derive(Debug)]
pub struct Overseen<J> {
    inner: J,
    watch: Watch,
}

impl<J> Overseen<J> {
    /// The watch looks on at what `inner` has committed.
    #[must_use]
    pub fn new(inner: J, watch: Watch) -> Self {
        Self { inner, watch }
    }

    /// The journal and the watch, apart.
    #[must_use]
    pub fn split(self) -> (J, Watch) {
        (self.inner, self.watch)
    }
}

impl<J: Journal> Journal for Overseen<J> {
    type Error = J::Error;

    fn last(&self) -> u64 {
        self.inner.last()
    }

    #[inline]
    fn append(&mut self, entry: &Entry) -> Result<(), J::Error> {
        self.inner.append(entry)
    }

    fn commit(&mut self, entry: &Entry, effects: &[Effect], state: &State) -> Result<(), J::Error> {
        self.inner.commit(entry, effects, state)?;
        self.watch.observe(entry, effects, state);
        Ok(())
    }

    fn finish(&mut self, state: &State) -> Result<(), J::Error> {
        self.watch.finish(state);
        self.inner.finish(state)
    }
}

/// The watch over a run, with its default thresholds and the closes of its calendars.
///
/// # Errors
/// When the thresholds do not fit the run.
pub fn watch(setup: &Setup) -> Result<Watch, Failure> {
    let last = setup.readings.iter().map(|reading| reading.series.last_open()).max().unwrap_or(Timestamp::MIN);
    let series = setup.readings.iter().zip(&setup.sessions);
    let closes = series.map(|(reading, sessions)| closes(sessions, reading.series.first_open(), last)).collect();
    Watch::new(&WatchConfig { closes, ..WatchConfig::default() }, &setup.instruments).map_err(Failure::usage)
}

/// The closes of a market from `first` on up to the one after `last`.
fn closes(sessions: &Sessions, first: Timestamp, last: Timestamp) -> Closes {
    if !sessions.has_auctions() {
        return Closes::default();
    }
    let mut times = vec![sessions.end_of_day(first)];
    while let Some(close) = times.last().copied().filter(|close| *close <= last && *close < Timestamp::MAX) {
        times.push(sessions.end_of_day(close));
    }
    times.retain(|close| *close < Timestamp::MAX);
    Closes::At(times)
}

/// The alerts of a run as JSON, with the names of its instruments and strategies.
#[must_use]
pub fn alerts_text(config: &RunFile, setup: &Setup, watch: &Watch) -> String {
    let owners: Vec<String> = owner_names(config).iter().skip(1).map(ToString::to_string).collect();
    format!("{:#}\n", alerts_json(&watch.book, &setup.instruments, &owners))
}
