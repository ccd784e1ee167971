//! `check --live`: everything that a live start would need, looked at one by one, with what to do about each failure. It asks and
//! changes nothing.
use super::accounts::account_rows;
use super::authority::Authority;
use super::demo::Demo;
use super::folder::SessionFolder;
use super::links::{Reach, connector, listed, venues};
use super::market;
use super::mode::Mode;
use super::places::Places;
use super::running::SessionWish;
use crate::arguments::RunArguments;
use crate::failure::Failure;
use crate::registry::registry;
use crate::run_file::RunFile;
use crate::setup::Setup;
use crate::{strategy_setup, terminal};
use engine::tape::{RecordSource, TapeReader};
use operations::live::RoomPolicy;
use operations::world::probe::Probe;
use operations::world::{Clock, Driver};
use operations::{Disk, FolderSource, OsDisk};
use std::path::Path;
use venues::RunId;

/// How one thing stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Fine,
    /// It is in nobody's way, and a person should know.
    Warn,
    /// A start would fail, or should.
    Fail,
}

impl State {
    fn name(self) -> &'static str {
        match self {
            Self::Fine => "ok",
            Self::Warn => "warn",
            Self::Fail => "FAIL",
        }
    }
}

/// One line of the table.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) state: State,
    pub(super) about: String,
    pub(super) found: String,
    /// What to do; empty where nothing is to be done.
    pub(super) todo: String,
}

impl Row {
    pub(super) fn new(
        state: State,
        about: impl Into<String>,
        found: impl Into<String>,
        todo: impl Into<String>,
    ) -> Self {
        Self { state, about: about.into(), found: found.into(), todo: todo.into() }
    }

    pub(super) fn fine(about: impl Into<String>, found: impl Into<String>) -> Self {
        Self::new(State::Fine, about, found, "")
    }
}

/// Looks at everything and prints the table.
///
/// # Errors
/// When the run file cannot be read, or something would fail: the answer no.
pub fn preflight(arguments: &RunArguments, wish: &SessionWish) -> Result<(), Failure> {
    let config = RunFile::load(&arguments.run, &arguments.set)?;
    let mut rows = vec![Row::fine("run file", format!("{} is read, every key known", arguments.run.display()))];
    let setup = built(&config, &mut rows);
    rows.push(limits(&config));
    rows.push(promotion(&config, wish.rehearsal));
    let name = format!("{}-live", config.run.name);
    let folder = SessionFolder::new(wish.out.clone().unwrap_or_else(|| Path::new("runs").join(name)));
    rows.extend(disk(&folder));
    rows.extend(tape(&folder));
    let mut endpoints = wish.endpoints.clone();
    let mut demos = Vec::new();
    if let Some(speed) = wish.demo {
        for venue in venues(&config) {
            let demo = Demo::start(&venue, &arguments.run, &arguments.set, speed)?;
            endpoints.push(format!("{venue}={}", demo.endpoint));
            demos.push(demo);
        }
    }
    let places = Places::new(&endpoints, &venues(&config))?;
    match Reach::new(&config, Mode::Live, places, wish.credentials.as_deref()) {
        Err(error) => rows.push(Row::new(State::Fail, "credentials", error.to_string(), "correct the file")),
        Ok(reach) => {
            for venue in venues(&config) {
                rows.extend(venue_rows(&config, setup.as_ref(), &reach, &venue, !folder.holds_a_session()));
            }
        }
    }
    tell(&config, &rows, wish.json)
}

/// Strategy and instruments.
fn built(config: &RunFile, rows: &mut Vec<Row>) -> Option<Setup> {
    rows.push(match strategy_setup::build(config, &registry()) {
        Ok(_) => Row::fine("strategy", format!("{} is built", config.strategy_kind())),
        Err(error) => Row::new(State::Fail, "strategy", error.to_string(), "correct its parameters"),
    });
    match Setup::live(config) {
        Ok(setup) => Some(setup),
        Err(error) => {
            rows.push(Row::new(State::Fail, "set-up", error.to_string(), "correct the run file"));
            None
        }
    }
}

fn promotion(config: &RunFile, rehearsal: bool) -> Row {
    match Authority::find(config, Mode::Live, rehearsal) {
        Ok(None) => Row::new(State::Warn, "promotion", "a rehearsal, under no record", "loopback venues only"),
        Ok(Some(it)) => Row::fine("promotion", format!("record {} ({})", &it.record[..12], it.stage)),
        Err(error) => Row::new(
            State::Fail,
            "promotion",
            error.to_string(),
            "promote this version, or go back to the promoted one",
        ),
    }
}

fn limits(config: &RunFile) -> Row {
    let Some(risk) = &config.risk else {
        return Row::new(State::Fail, "limits", "the run file has no section [risk]", "add one: see docs/risk.md");
    };
    let count = risk.limits.len();
    if count < 3 {
        let text = format!("set: {count}");
        return Row::new(State::Warn, "limits", text, "bound the loss of a day, the size of an order and the exposure");
    }
    Row::fine("limits", format!("set: {count}"))
}

fn disk(folder: &SessionFolder) -> Vec<Row> {
    let there = folder.path().ancestors().find(|path| path.is_dir()).unwrap_or(Path::new("."));
    let there = if there.as_os_str().is_empty() { Path::new(".") } else { there };
    let mut rows = Vec::new();
    rows.push(match OsDisk::new(there).space() {
        Err(error) => {
            Row::new(State::Fail, "disk", format!("{}: {error}", there.display()), "choose another with --out")
        }
        Ok(space) => {
            let wanted = RoomPolicy::default().wanted(space) + RoomPolicy::default().reserve_bytes;
            let text = format!("free: {} MiB, wanted: {} MiB", space.free >> 20, wanted >> 20);
            if space.free > wanted {
                Row::fine("disk", text)
            } else {
                Row::new(State::Fail, "disk", text, "make room, or choose another disk with --out: new risk would wait")
            }
        }
    });
    if let Err(error) = folder.check() {
        rows.push(Row::new(State::Fail, "folder", error.to_string(), "choose another folder with --out"));
    }
    rows
}

fn tape(folder: &SessionFolder) -> Vec<Row> {
    let mut rows = Vec::new();
    if let Some(why) = folder.killed() {
        let todo = "begin another session with --out once the account is in order";
        rows.push(Row::new(State::Fail, "kill", format!("this session was killed: {why}"), todo));
    }
    if !folder.holds_a_session() {
        rows.push(Row::fine("tape", "none yet: a first start"));
        return rows;
    }
    rows.push(match read_through(&folder.tape()) {
        Ok(text) => Row::fine("tape", text),
        Err(error) => Row::new(State::Fail, "tape", error, "see docs/tape.md; `onetape tape verify` says more"),
    });
    rows
}

fn read_through(path: &Path) -> Result<String, String> {
    let mut reader = TapeReader::open_ended(FolderSource::open(path).map_err(|e| e.to_string())?);
    while reader.next().map_err(|e| e.to_string())?.is_some() {}
    let ended = if reader.end().is_some() { "closed" } else { "not closed: the start takes in what is whole" };
    Ok(format!("entries: {}, {ended}", reader.last().0))
}

/// A venue: whether it is there and what it says.
fn venue_rows(config: &RunFile, setup: Option<&Setup>, reach: &Reach, venue: &str, is_new: bool) -> Vec<Row> {
    let about = |what: &str| format!("{venue}: {what}");
    let mut rows = Vec::new();
    let what = if reach.places.is_loopback(venue) { "a loopback venue" } else { "the venue itself" };
    rows.push(Row::fine(about("host"), what));
    rows.push(match reach.keys(venue) {
        None => Row::new(
            State::Fail,
            about("credentials"),
            "none",
            format!("two lines, key and secret, in ~/.config/onetape/credentials/{venue}, mode 0600"),
        ),
        Some(keys) if keys.exposed => {
            Row::new(State::Warn, about("credentials"), keys.source.clone(), "a file of mode 0600 is safer")
        }
        Some(keys) => Row::fine(about("credentials"), keys.source.clone()),
    });
    let Some(setup) = setup else { return rows };
    let listed = listed(config, &setup.instruments, venue);
    let asked = RunId::new("probe").map_err(Failure::failed).and_then(|run| {
        let connector = connector(venue, (reach, true), &run, listed.clone(), config)?;
        Ok(Probe::new(Driver::start().map_err(Failure::failed)?, Clock::wall(), connector))
    });
    // What a replayed market's clock shows says nothing about this machine's.
    let is_replayed = reach.places.url(venue).and_then(market::of).is_some();
    match asked {
        Ok(mut probe) => rows.extend(account_rows(
            &mut probe,
            config,
            &listed,
            (venue, reach.keys(venue).is_some()),
            (is_new, is_replayed),
        )),
        Err(error) => rows.push(Row::new(State::Fail, about("protocol"), error.to_string(), "correct the run file")),
    }
    rows
}

fn tell(config: &RunFile, rows: &[Row], json: bool) -> Result<(), Failure> {
    let fails = rows.iter().filter(|row| row.state == State::Fail).count();
    let object = || {
        let one = |row: &Row| serde_json::json!({ "state": row.state.name().to_ascii_lowercase(), "about": row.about, "found": row.found, "todo": row.todo });
        serde_json::json!({ "ready": fails == 0, "checks": rows.iter().map(one).collect::<Vec<_>>() })
    };
    if !json {
        let line = |row: &Row| vec![row.state.name().into(), row.about.clone(), row.found.clone(), row.todo.clone()];
        let lines: Vec<Vec<String>> = rows.iter().map(line).collect();
        terminal::print(&format!("{}\n{}", config.run.name, terminal::table(&["", "what", "found", "to do"], &lines)))?;
    }
    if fails > 0 {
        return Err(Failure::Answer(format!("{fails} of {} checks say no", rows.len()), object()));
    }
    if json { terminal::print(&format!("{:#}\n", object())) } else { terminal::print("ready\n") }
}
