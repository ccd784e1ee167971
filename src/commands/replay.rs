//! `onetape replay`: runs a tape through the same core and compares every decision.
use super::replay_decisions::{Taken, strategy};
use super::tape::{TapeFolder, difference_text, open_tape};
use crate::failure::Failure;
use crate::instant::instant_text;
use crate::output_folder::ALERTS;
use crate::policies::difference_text as policy_text;
use crate::run_file::RunFile;
use crate::setup::Setup;
use crate::sources::Reading;
use crate::{oversight, tape_header, terminal};
use datasets::CandleReader;
use engine::sim::Merge;
use engine::tape::{
    CANDLES, CandleRef, Continued, Header, Kind, RECORDED, RecordSource, Recorded, ReplayWorldError, TapeError,
    VerifyError, Verifying, decode_event,
};
use engine::{Effect, Entry, Event, Journal, MarketEvent, RunError, State, run};
use learning::policy_strategy::Tally;
use std::path::{Path, PathBuf};

/// What a replay was asked for, beside the tape.
pub(super) struct Wish {
    pub(super) watch: bool,
    pub(super) json: bool,
}

/// Runs the command.
pub(super) fn execute(path: &Path, catalog: Option<PathBuf>, set: &[String], wish: Wish) -> Result<(), Failure> {
    let replay = Replay::new(path, catalog, set)?;
    let (Replayed { steps, digest, notes, closed, tally, .. }, alerts) =
        if wish.watch { watched(&replay)? } else { (replay.run(|_, _, _| ())?, None) };
    if wish.json {
        let mut object =
            serde_json::json!({ "replayed": steps, "identical": true, "digest": digest, "closed": closed });
        if let Some(count) = alerts {
            object["alerts"] = count.into();
        }
        if let Some(Tally { taken, computed, differ, first }) = tally {
            let decisions =
                serde_json::json!({ "taken": taken, "computed": computed, "differ": differ, "first": first });
            object["decisions"] = decisions;
        }
        if !notes.is_empty() {
            object["notes"] = notes.into();
        }
        return terminal::print(&format!("{object:#}\n"));
    }
    notes.iter().for_each(|text| terminal::say(&format!("note: {text}")));
    let same = alerts.map(|count| format!("the {count} alerts are the same\n")).unwrap_or_default();
    let text = format!("replayed {steps} steps: every decision is the same, digest {}\n{same}", &digest[..12]);
    terminal::print(&text)
}

/// Replays with the watch looking on, and compares its alerts with those that the run wrote. How many there are.
fn watched(replay: &Replay) -> Result<(Replayed, Option<usize>), Failure> {
    let path = replay.tape.beside(ALERTS);
    let written = std::fs::read_to_string(&path)
        .map_err(|e| Failure::Usage(format!("cannot read {}: {e}; `backtest --watch` writes it", path.display())))?;
    let mut watch = oversight::watch(&replay.config, &replay.setup)?;
    let replayed = replay.run(|entry, effects, state| {
        watch.observe(entry, effects, state);
    })?;
    watch.finish(&replayed.state);
    let found = oversight::alerts_text(&replay.config, &replay.setup, &watch);
    if found == written {
        return Ok((replayed, Some(watch.book.alerts().len())));
    }
    let list = |text: &str| serde_json::from_str::<Vec<serde_json::Value>>(text).unwrap_or_default();
    let (found, written) = (list(&found), list(&written));
    let first = found.iter().zip(&written).position(|(now, then)| now != then);
    let text = match first {
        Some(place) => format!("alert {} differs", place + 1),
        None => format!("{} stand in {}, {} were raised", written.len(), path.display(), found.len()),
    };
    let object = serde_json::json!({ "identical": false, "alert": first.map(|place| place + 1), "what": text });
    Err(Failure::Answer(format!("no decision differs, but the alerts differ: {text}"), object))
}

/// A tape with the run that it is of.
pub(crate) struct Replay {
    tape: TapeFolder,
    /// What the tape says of the run.
    pub(crate) header: Header,
    /// The run file to replay with.
    pub(crate) config: RunFile,
    /// What the run file says, made ready.
    pub(crate) setup: Setup,
    /// The run file of the run.
    original: RunFile,
    differences: Vec<String>,
}

/// A replay in which every decision was the same.
pub(super) struct Replayed {
    /// How many steps.
    pub(super) steps: u64,
    /// The digest of the run.
    pub(super) digest: String,
    /// What was other than in the run and can have changed nothing.
    pub(super) notes: Vec<String>,
    /// Whether the tape was closed; else its run goes on or was killed.
    closed: bool,
    /// Decisions of policies that were taken from the tape; `None` where all were computed again.
    tally: Option<Tally>,
    /// What the core knew at the end.
    state: State,
}

impl Replay {
    /// The tape at `path` or in `path/tape`, with the run file beside it.
    pub(crate) fn new(path: &Path, catalog: Option<PathBuf>, set: &[String]) -> Result<Self, Failure> {
        let tape = TapeFolder::find(path)?;
        tape.refuse_pruned()?;
        let header = tape.header()?;
        let (config, original) = configuration(&tape, &header, catalog, set)?;
        let differences = original.difference(&config).into_iter();
        let differences = differences.filter_map(|difference| policy_text(&config, difference)).collect();
        // A session's candles stand on its tape; the catalog may be elsewhere.
        let on_tape = header.get(CANDLES) == Some(RECORDED);
        let setup = if on_tape { Setup::live(&config)? } else { Setup::new(&config)? };
        Ok(Self { tape, header, config, setup, original, differences })
    }

    /// Runs the tape through the core and compares every decision: how many steps there were.
    ///
    /// # Errors
    /// The answer no where one differs; a tape or candles that cannot be read.
    pub(crate) fn compare(&self) -> Result<u64, Failure> {
        self.compare_with(|_, _, _| ()).map(|(steps, _)| steps)
    }

    /// The same, and shows every committed step to `look`; how many steps there were, and what the core knew at the end.
    ///
    /// # Errors
    /// As for [`Self::compare`].
    pub(crate) fn compare_with(&self, look: impl FnMut(&Entry, &[Effect], &State)) -> Result<(u64, State), Failure> {
        self.run(look).map(|replayed| (replayed.steps, replayed.state))
    }

    /// How long after the close of a candle its step was taken, by the session's clock, in microseconds: the 99th percentile of those
    /// that could be traded on. `None` where there was none.
    ///
    /// # Errors
    /// When the tape cannot be read.
    pub(crate) fn latency_p99_us(&self) -> Result<Option<f64>, Failure> {
        let mut reader = open_tape(self.tape.path())?;
        let mut lags = Vec::new();
        while let Some(frame) = reader.next().map_err(damaged)? {
            if frame.kind == Kind::Entry
                && let Ok(Event::Market(MarketEvent::Candle(it))) = decode_event(&frame.payload)
                && it.candle.open_time >= self.setup.trades_from
            {
                lags.push((frame.seen_at.0 - it.candle.known_time.0) as f64 / 1e3);
            }
        }
        lags.sort_by(f64::total_cmp);
        Ok(lags.get((lags.len() * 99).div_ceil(100).saturating_sub(1)).copied())
    }

    /// Runs the tape through the core, compares every decision, and shows every committed step to `look`.
    pub(super) fn run(&self, look: impl FnMut(&Entry, &[Effect], &State)) -> Result<Replayed, Failure> {
        let (tape, setup, mut differences) = (&self.tape, &self.setup, self.differences.clone());
        let taken = Taken::of(tape, &self.header, &self.original, &self.config)?;
        let strategy = strategy(&self.config, taken.as_ref())?;
        let mut notes = other_detail(&self.header, setup)?;
        // A live run's candles stand on its tape.
        let on_tape = self.header.get(CANDLES) == Some(RECORDED);
        let changed = if on_tape { Vec::new() } else { changed_candles(&references(tape)?, setup)? };
        let sources = if on_tape { Vec::new() } else { setup.sources(false)? };
        let scales = setup.instruments.iter().map(|i| i.price_scale);
        let feed = Merge::new(sources.into_iter().zip(scales)).map_err(Failure::failed)?;
        let wire = self.config.execution.latency.feed_wire(self.config.run.seed);
        let records = || open_tape(tape.path()).map(Continued::new);
        let mut world = Recorded::new(records()?, feed, wire);
        let mut journal = Spotting { inner: Verifying::new(records()?), changed, spotted: Vec::new(), look };
        let mut core = setup.core(&self.config, strategy);
        let outcome = run(&mut core, &mut world, &mut journal);
        let first_spotted = journal.spotted.iter().filter_map(|s| s.step).min();
        differences.extend(journal.spotted.iter().map(|s| s.text.clone()));
        let of_policy = taken.as_ref().map(Taken::note);
        match differences.is_empty() && outcome.is_ok() {
            true => notes.extend(of_policy),
            false => differences.extend(of_policy),
        }
        match outcome {
            Ok(steps) if differences.is_empty() => {
                let digest = crate::backtest::digest_text(journal.inner.digest());
                let closed = !journal.inner.stopped();
                if !closed {
                    let at = instant_text(core.state().now);
                    notes.push(format!("the tape was not closed: it ends with entry {steps} at {at}; a session still writes it or was killed"));
                }
                let tally = taken.as_ref().map(Taken::tally);
                Ok(Replayed { steps, digest, notes, closed, tally, state: core.into_state() })
            }
            Ok(steps) => {
                let text = format!("{}\nno decision of the {steps} steps differs", differences.join("\n"));
                no(text, first_spotted)
            }
            Err(RunError::Journal(VerifyError::Differs(difference))) => {
                differences.push(difference_text(&difference, &setup.instruments));
                no(differences.join("\n"), Some(difference.number()))
            }
            Err(RunError::World(
                error @ (ReplayWorldError::CandlesEnded { number } | ReplayWorldError::CandleOutOfTime { number }),
            )) => {
                differences.push(error.to_string());
                no(differences.join("\n"), Some(number))
            }
            Err(RunError::World(ReplayWorldError::Tape(error)) | RunError::Journal(VerifyError::Tape(error))) => {
                Err(damaged(error))
            }
            Err(RunError::World(ReplayWorldError::Candles(error))) => Err(error.into()),
        }
    }
}

fn no(text: String, step: Option<u64>) -> Result<Replayed, Failure> {
    let object = serde_json::json!({ "identical": false, "step": step, "what": text });
    Err(Failure::Answer(text, object))
}

/// Damage of the tape is an answer; a disk that cannot be read is a failure.
pub(super) fn damaged(error: TapeError<operations::FolderError>) -> Failure {
    match error {
        TapeError::Source(error) => error.into(),
        damage @ TapeError::Damaged { .. } => Failure::No(damage.to_string()),
    }
}

/// The run file to replay with, and the one on the tape.
fn configuration(
    tape: &TapeFolder,
    header: &Header,
    catalog: Option<PathBuf>,
    set: &[String],
) -> Result<(RunFile, RunFile), Failure> {
    let mut overrides: Vec<String> = set.to_vec();
    if let Some(catalog) = catalog {
        let absolute = std::path::absolute(&catalog).map_err(Failure::failed)?;
        overrides.push(format!("data.catalog={}", toml_text(&absolute)));
    }
    let beside = tape.beside("run.toml");
    let on_tape = header.get("config").ok_or_else(|| Failure::No("the tape's header holds no configuration".into()))?;
    let config = if beside.is_file() {
        RunFile::load(&beside, &overrides)?
    } else if overrides.iter().any(|o| o.starts_with("data.catalog=")) {
        RunFile::parse(on_tape, "the tape's header", Path::new(""), &overrides)?.with_policies()
    } else {
        let text = format!("{} is missing: say where the candles are with --catalog", beside.display());
        return Err(Failure::Usage(text));
    };
    let catalog = format!("data.catalog={}", toml_text(&config.data.catalog.path));
    let original = RunFile::parse(on_tape, "the tape's header", Path::new(""), &[catalog])?;
    Ok((config, original))
}

/// A path as a TOML text.
fn toml_text(path: &Path) -> String {
    toml::Value::String(path.to_string_lossy().into_owned()).to_string()
}

/// How the candles that only the venue saw differ from those of the tape. No decision hangs on them: the fills that they
/// led to stand on the tape. A tape that names none is not compared.
fn other_detail(header: &Header, setup: &Setup) -> Result<Vec<String>, Failure> {
    let named: Vec<(&String, &String)> = header.0.iter().filter(|(name, _)| name.starts_with("detail.")).collect();
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let now = tape_header::detail_files(setup)?;
    let file = |facts: &str| facts.split(' ').next().unwrap_or_default().to_string();
    let mut notes = Vec::new();
    for (name, facts) in &named {
        let same = now.iter().any(|(other, found)| (other, found) == (name, facts));
        if !same {
            let text =
                "is not the one that the run's orders met; fills come from the tape, so every decision is compared";
            notes.push(format!("{} {text}", file(facts)));
        }
    }
    for (_, facts) in now.iter().filter(|(name, _)| !named.iter().any(|(other, _)| *other == name)) {
        notes.push(format!("{} was not part of the recorded run; fills come from the tape", file(facts)));
    }
    Ok(notes)
}

/// The candles that the tape refers to.
fn references(tape: &TapeFolder) -> Result<Vec<CandleRef>, Failure> {
    let mut reader = open_tape(tape.path())?;
    let mut references = Vec::new();
    while let Some(frame) = reader.next().map_err(damaged)? {
        if frame.kind == Kind::Candles {
            references
                .push(CandleRef::decode(&frame.payload).map_err(|e| Failure::No(format!("the tape is damaged: {e}")))?);
        }
    }
    Ok(references)
}

/// A stretch of candles that is not what the tape refers to.
struct Changed {
    instrument: u32,
    first_open: engine::Timestamp,
    text: String,
}

/// Reads the dataset once and compares it, row group by row group, with what the tape refers to.
fn changed_candles(recorded: &[CandleRef], setup: &Setup) -> Result<Vec<Changed>, Failure> {
    let mut found = Vec::new();
    for (instrument, Reading { series, options, .. }) in (0..).zip(&setup.readings) {
        let mut reader = CandleReader::new(series, datasets::ReadOptions { fingerprint: true, ..*options })?;
        let mut block = Vec::new();
        while reader.read_block(&mut block)? {}
        found.extend(reader.fingerprints().iter().map(|group| super::backtest::candle_ref(instrument, group)));
    }
    let same_place = |a: &CandleRef, b: &CandleRef| {
        (a.instrument, &a.file, a.row_group, a.first_row) == (b.instrument, &b.file, b.row_group, b.first_row)
    };
    let mut changed = Vec::new();
    for one in recorded {
        let now = found.iter().find(|other| same_place(one, other));
        if now != Some(one) {
            let what = if now.is_some() { "other candles" } else { "missing" };
            let text = format!(
                "dataset differs: {} row group {} ({} rows from row {}): {what}",
                one.file, one.row_group, one.rows, one.first_row
            );
            changed.push(Changed { instrument: one.instrument, first_open: one.first_open, text });
        }
    }
    for extra in found.iter().filter(|f| !recorded.iter().any(|r| same_place(r, f))) {
        let text =
            format!("dataset differs: {} row group {}: not part of the recorded run", extra.file, extra.row_group);
        changed.push(Changed { instrument: extra.instrument, first_open: extra.first_open, text });
    }
    Ok(changed)
}

/// Names the step at which a changed stretch of candles begins, hands everything through, and shows what was committed.
struct Spotting<J, L> {
    inner: J,
    look: L,
    changed: Vec<Changed>,
    spotted: Vec<Spotted>,
}

/// A changed stretch, and the step at which it begins; `None` when the run never came to it.
struct Spotted {
    step: Option<u64>,
    text: String,
}

impl<J: Journal, L: FnMut(&Entry, &[Effect], &State)> Journal for Spotting<J, L> {
    type Error = J::Error;

    fn append(&mut self, entry: &Entry) -> Result<(), J::Error> {
        if let (Event::Market(MarketEvent::Candle(candle)), false) = (&entry.event, self.changed.is_empty()) {
            let (instrument, open) = (candle.instrument.0, candle.candle.open_time);
            self.changed.retain(|c| {
                let begins = c.instrument == instrument && c.first_open <= open;
                if begins {
                    let text = format!("{}; from step {}", c.text, entry.number);
                    self.spotted.push(Spotted { step: Some(entry.number), text });
                }
                !begins
            });
        }
        self.inner.append(entry)
    }

    fn commit(&mut self, entry: &Entry, effects: &[Effect], state: &State) -> Result<(), J::Error> {
        self.inner.commit(entry, effects, state)?;
        (self.look)(entry, effects, state);
        Ok(())
    }

    fn finish(&mut self, state: &State) -> Result<(), J::Error> {
        self.spotted.extend(self.changed.drain(..).map(|c| Spotted { step: None, text: c.text }));
        self.inner.finish(state)
    }
}
