//! A journal that shows every committed step to the watch on our own flow. It keeps nothing and changes nothing itself.
use crate::failure::Failure;
use crate::run_file::{ComplianceSection, RunFile};
use crate::setup::Setup;
use crate::strategy_results::owner_names;
use compliance::{Closes, Restriction, Watch, WatchConfig, alerts_json};
use engine::sim::Sessions;
use engine::{Effect, Entry, Instrument, InstrumentId, Journal, State, Timestamp};

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

/// The watch over a run: with the thresholds of its run file, their defaults where it has none, and the closes of its calendars.
///
/// # Errors
/// When the thresholds do not fit the run.
pub fn watch(config: &RunFile, setup: &Setup) -> Result<Watch, Failure> {
    let last = setup.readings.iter().map(|reading| reading.series.last_open()).max().unwrap_or(Timestamp::MIN);
    let series = setup.readings.iter().zip(&setup.sessions);
    let closes = series.map(|(reading, sessions)| closes(sessions, reading.series.first_open(), last)).collect();
    let told = config.compliance.as_ref();
    let thresholds = told.map_or_else(WatchConfig::default, |told| told.thresholds.clone());
    let restrictions = told.map_or_else(Vec::new, |told| restrictions(config, told, &setup.instruments));
    Watch::new(&WatchConfig { closes, restrictions, ..thresholds }, &setup.instruments).map_err(Failure::usage)
}

/// What may not be traded from the first step to the last: the watch's own list, or what `[risk]` restricts.
fn restrictions(config: &RunFile, told: &ComplianceSection, instruments: &[Instrument]) -> Vec<Restriction> {
    let Some((why, names)) = restricted(config, told) else { return Vec::new() };
    let listed = (0..).map(InstrumentId).zip(instruments).filter(|(_, it)| names.contains(&it.name));
    let all = |(instrument, _): (InstrumentId, &Instrument)| Restriction {
        instrument,
        from: Timestamp::MIN,
        to: Timestamp::MAX,
        why: why.into(),
    };
    listed.map(all).collect()
}

/// The names of the list that counts, and whose list it is.
fn restricted<'a>(config: &'a RunFile, told: &'a ComplianceSection) -> Option<(&'static str, &'a [String])> {
    let of_risk = || config.risk.as_ref().map(|risk| ("[risk] restricts it", risk.restricted_instruments.as_slice()));
    let own = told.restricted_instruments.as_deref().map(|names| ("[compliance] restricts it", names));
    own.or_else(of_risk)
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn the_list_of_the_watch_goes_before_that_of_the_limits_even_where_it_is_empty() {
        let check = |risk: &str, compliance: &str, expected: Option<(&str, usize)>| {
            let text = format!(
                "[data]\ncatalog = \"x\"\n[[instruments]]\nvenue = \"a\"\nsymbol = \"B\"\ninterval = \"1d\"\n\
                 [account]\ncash = \"5 USD\"\n[strategy]\nkind = \"flip\"\n{risk}\n[compliance]\n{compliance}"
            );
            let config = RunFile::parse(&text, "run.toml", Path::new("/runs"), &[]).unwrap_or_else(|e| panic!("{e}"));
            let told = config.compliance.as_ref().expect("the section");
            let found = restricted(&config, told).map(|(why, names)| (why, names.len()));
            assert_eq!(found, expected, "{risk} {compliance}");
        };
        let (listed, lifted) = ("restricted_instruments = [\"a:B\"]", "restricted_instruments = []");
        let risk = format!("[risk]\n{listed}");
        check("", "", None);
        check("[risk]", "", Some(("[risk] restricts it", 0)));
        check(&risk, "", Some(("[risk] restricts it", 1)));
        check(&risk, listed, Some(("[compliance] restricts it", 1)));
        check(&risk, lifted, Some(("[compliance] restricts it", 0)));
        check("", listed, Some(("[compliance] restricts it", 1)));
    }
}
