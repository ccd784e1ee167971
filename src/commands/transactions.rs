//! `onetape transactions`: the transaction reports of a finished run, day by day, and proof that every fill is in them once.
//!
//! The fills come from the tape, run through the core again. The files are read back from the disk before anything is said
//! about them. It sends nothing to anybody, and reads no clock.
use super::replay::{Replay, Replayed};
use crate::arguments::TransactionArguments;
use crate::failure::Failure;
use crate::run_file::read_instant;
use crate::terminal;
use compliance::{
    ActionType, Date, ReportFileError, ReportKey, Reporter, RunMark, TransactionReport, check_reports, read_csv_keys,
    read_parquet_keys, write_csv, write_parquet,
};
use engine::{Booked, Timestamp};
use evaluations::tables::read_fills;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The two forms of a report: how its name ends, and how it is written and read.
const FORMS: [Form; 2] = [
    Form { ending: "csv", write: |path, rows| write_csv(path, rows.iter()), read: read_csv_keys },
    Form { ending: "parquet", write: |path, rows| write_parquet(path, rows.iter()), read: read_parquet_keys },
];

struct Form {
    ending: &'static str,
    write: fn(&Path, &[TransactionReport]) -> Result<(), ReportFileError>,
    read: fn(&Path) -> Result<Vec<ReportKey>, ReportFileError>,
}

type Days = BTreeMap<Date, Vec<TransactionReport>>;

/// Runs the command.
pub(super) fn execute(arguments: &TransactionArguments, json: bool) -> Result<(), Failure> {
    let window = Window::new(arguments)?;
    let reported_at = match &arguments.reported_at {
        Some(text) => Some(read_instant(text).map_err(|fault| Failure::Usage(format!("--reported-at: {fault}")))?),
        None => None,
    };
    let replay = Replay::new(&arguments.dir, arguments.catalog.clone(), &arguments.set)?;
    let (mut days, booked, digest) = reports(&replay, reported_at)?;
    if let Some(day) = window.only {
        days.entry(day).or_default();
    }
    let beside = arguments.dir.join("transactions");
    let out = arguments.out.as_deref().unwrap_or(&beside);
    if !arguments.check {
        write(out, days.iter().filter(|(day, _)| window.holds(**day)))?;
    }
    let mut faults = not_booked(&arguments.dir, replay.header.get("run.id").unwrap_or_default(), &booked)?;
    for form in &FORMS {
        let files = files(form, out, &days, &window)?;
        faults.extend(check_reports(&booked, &files).iter().map(|fault| format!("{}: {fault}", form.ending)));
    }
    let object = object(&days, &window, out, (&digest, booked.len(), &faults));
    if !faults.is_empty() {
        let text = format!("{} faults in the reports of {}:\n{}", faults.len(), out.display(), faults.join("\n"));
        return Err(Failure::Answer(text, object));
    }
    if json {
        return terminal::print(&format!("{object:#}\n"));
    }
    let (files, rows) = (&object["days"].as_array().map_or(0, Vec::len), &object["rows"]);
    terminal::print(&format!("{rows} rows on {files} days, every fill reported exactly once: {}\n", out.display()))
}

/// Which days are asked for.
struct Window {
    from: Option<Date>,
    to: Option<Date>,
    only: Option<Date>,
}

impl Window {
    fn new(arguments: &TransactionArguments) -> Result<Self, Failure> {
        let read = |name: &str, text: &Option<String>| match text {
            None => Ok(None),
            Some(text) => text.parse::<Date>().map(Some).map_err(|e| Failure::Usage(format!("--{name}: {e}"))),
        };
        let only = read("day", &arguments.day)?;
        let (from, to) = (read("from", &arguments.from)?.or(only), read("to", &arguments.to)?.or(only));
        match (from, to) {
            (Some(from), Some(to)) if to < from => {
                Err(Failure::Usage(format!("--to: {to} lies before {from}: expected the first day or a later one")))
            }
            _ => Ok(Self { from, to, only }),
        }
    }

    fn holds(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}

/// The rows of a run by day, what its books hold, and its digest.
fn reports(replay: &Replay, reported_at: Option<Timestamp>) -> Result<(Days, Vec<Booked>, String), Failure> {
    let Replay { config, setup, .. } = replay;
    let Some(reporting) = &config.reporting else {
        let message = "there is no section [reporting], so nobody knows whose transactions these are: add it to the \
                       run.toml in the folder of the run, or say --set reporting.firm=LEI";
        return Err(config.error_at("reporting", message).into());
    };
    let (mut reporter, mut booked) = (Reporter::default(), Vec::new());
    let Replayed { digest, notes, .. } = replay.run(|entry, _, state| {
        reporter.observe(entry, state);
        booked.extend(state.booked.iter().cloned());
    })?;
    notes.iter().for_each(|text| terminal::say(&format!("note: {text}")));
    let mark: RunMark = digest.parse().map_err(Failure::failed)?;
    let mut days = Days::new();
    for row in reporter.rows(reporting, &mark, &setup.instruments, reported_at) {
        days.entry(Date::of(row.event_time)).or_default().push(row);
    }
    Ok((days, booked, digest))
}

fn file_name(day: Date, ending: &str) -> String {
    format!("transactions-{day}.{ending}")
}

/// Writes each file aside and renames it, so that nothing half-written passes for a report.
fn write<'a>(out: &Path, days: impl Iterator<Item = (&'a Date, &'a Vec<TransactionReport>)>) -> Result<(), Failure> {
    let cannot =
        |what: &str, path: &Path, e: std::io::Error| Failure::Failed(format!("cannot {what} {}: {e}", path.display()));
    fs::create_dir_all(out).map_err(|e| cannot("make", out, e))?;
    for (day, rows) in days {
        for form in &FORMS {
            let path = out.join(file_name(*day, form.ending));
            let aside = out.join(format!(".{}.unfinished", file_name(*day, form.ending)));
            (form.write)(&aside, rows).map_err(Failure::failed)?;
            fs::rename(&aside, &path).map_err(|e| cannot("write", &path, e))?;
        }
    }
    Ok(())
}

/// What the reports of every day hold: those that are asked for as they stand on the disk, the others as they would be written.
fn files(form: &Form, out: &Path, days: &Days, window: &Window) -> Result<Vec<(String, Vec<ReportKey>)>, Failure> {
    let name = |day: &Date| file_name(*day, form.ending);
    let others = days.iter().filter(|(day, _)| !window.holds(**day));
    let mut all: Vec<(String, Vec<ReportKey>)> =
        others.map(|(day, rows)| (name(day), rows.iter().map(ReportKey::from).collect())).collect();
    for day in there(out, form.ending)?.iter().filter(|day| window.holds(**day)) {
        let keys = (form.read)(&out.join(name(day))).map_err(|error| Failure::No(error.to_string()))?;
        all.push((name(day), keys));
    }
    Ok(all)
}

/// The days of which there is a file.
fn there(out: &Path, ending: &str) -> Result<BTreeSet<Date>, Failure> {
    let cannot = |e: std::io::Error| Failure::Usage(format!("cannot read {}: {e}; name a folder", out.display()));
    let mut days = BTreeSet::new();
    for entry in fs::read_dir(out).map_err(cannot)? {
        let name = entry.map_err(cannot)?.file_name().to_string_lossy().into_owned();
        let day = name.strip_prefix("transactions-").and_then(|rest| rest.strip_suffix(ending)?.strip_suffix('.'));
        days.extend(day.and_then(|day| day.parse::<Date>().ok()));
    }
    Ok(days)
}

/// Whether the run's own table of fills, where it is there, holds what was booked.
fn not_booked(dir: &Path, run: &str, booked: &[Booked]) -> Result<Vec<String>, Failure> {
    let path = dir.join("fills.parquet");
    if !path.is_file() {
        return Ok(Vec::new());
    }
    let mut table: Vec<(String, String)> =
        read_fills(&path).map_err(Failure::failed)?.into_iter().map(|row| (row.order_id, row.fill_id)).collect();
    let order = |order: u64| if order == 0 { "liquidation".to_string() } else { format!("{run}-{order}") };
    let mut faults = Vec::new();
    for fill in booked.iter().map(|booked| &booked.fill) {
        let key = (order(fill.order.0), fill.fill.0.to_string());
        match table.iter().position(|known| *known == key) {
            Some(place) => drop(table.swap_remove(place)),
            None => faults.push(format!("fills.parquet: fill {} of order {} is missing", fill.fill.0, fill.order.0)),
        }
    }
    faults
        .extend(table.iter().map(|(order, fill)| format!("fills.parquet: fill {fill} of {order} is not on the tape")));
    Ok(faults)
}

fn object(days: &Days, window: &Window, out: &Path, (digest, fills, faults): (&str, usize, &[String])) -> Value {
    let shown = || days.iter().filter(|(day, _)| window.holds(**day));
    let day = |(day, rows): (&Date, &Vec<TransactionReport>)| {
        let file = |form: &Form| out.join(file_name(*day, form.ending)).display().to_string();
        let taken_back = rows.iter().filter(|row| row.action_type == ActionType::Error).count();
        json!({
            "day": day.to_string(),
            "rows": rows.len(),
            "taken_back": taken_back,
            "files": FORMS.iter().map(file).collect::<Vec<_>>(),
        })
    };
    json!({
        "digest": digest,
        "booked": fills,
        "rows": shown().map(|(_, rows)| rows.len()).sum::<usize>(),
        "days": shown().map(day).collect::<Vec<_>>(),
        "faults": faults,
    })
}
