//! `onetape compare`: several runs over the days that they share, with intervals and a paired test; equity on one chart.
use crate::evaluation::session_seen;
use crate::evaluation_arguments::CompareArguments;
use crate::failure::Failure;
use crate::instant::instant_text;
use crate::output_folder::{OutputFolder, SUMMARY, check_replaceable};
use crate::terminal;
use engine::{Interval, Timestamp};
use evaluations::Summary;
use evaluations::metrics::daily::day_of_mark;
use evaluations::statistics::intervals::{HEADLINES, IntervalSettings, Intervals, intervals};
use evaluations::statistics::paired::{PairSettings, Paired, paired};
use evaluations::tables::read_equity;
use evaluations::tear_sheet::compare_sheet::{ComparedRun, PairedRow};
use evaluations::tear_sheet::evaluation_sheet::{Intervals as Shown, Made};
use evaluations::tear_sheet::{CompareSheet, compare_html};
use evaluations::watch::challenge::{Agreement, Decision, agreement};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The level of intervals.
const LEVEL: f64 = 0.95;

/// A run that is compared.
pub(crate) struct Compared {
    /// What it is called: its folder.
    pub(crate) name: String,
    /// The last mark of each day: day since the epoch, equity.
    marks: BTreeMap<i64, f64>,
    periods_per_year: f64,
    /// Returns of the days that all share.
    pub(crate) returns: Vec<f64>,
    /// Intervals of its headline metrics.
    pub(crate) intervals: Option<Intervals>,
    /// Against the first.
    pub(crate) paired: Option<Paired>,
    /// What a session wished for at each candle; none of a backtest, which keeps no wishes.
    wishes: Vec<Decision>,
    /// How its wishes agree with those of the first, where both are sessions.
    agreement: Option<Agreement>,
    /// Why there is no test or interval, where there is none.
    note: Option<String>,
}

/// Runs the command.
pub(super) fn execute(arguments: &CompareArguments, json: bool) -> Result<(), Failure> {
    if let Some(out) = &arguments.out {
        check_replaceable(out)?;
    }
    let mut all = arguments.folders.iter().map(|folder| read(folder)).collect::<Result<Vec<Compared>, _>>()?;
    let days = shared(&all)?;
    for one in &mut all {
        one.returns = days.windows(2).map(|pair| one.marks[&pair[1]] / one.marks[&pair[0]] - 1.0).collect();
    }
    judge(&mut all, arguments);
    let object = object(&all, &days);
    let digest = blake3::hash(object.to_string().as_bytes()).to_hex().to_string();
    let target =
        arguments.out.clone().unwrap_or_else(|| Path::new("runs").join(format!("comparison-{}", &digest[..12])));
    let folder = OutputFolder::beside(&target)?;
    let mut whole = object;
    whole["digest"] = digest.into();
    folder.write("comparison.json", &format!("{whole:#}\n"))?;
    folder.write("report.html", &page(&all, &days, arguments))?;
    // What makes the folder ours.
    folder.write(SUMMARY, &format!("{:#}\n", json!({ "digest": whole["digest"], "name": "comparison" })))?;
    folder.publish(&target)?;
    show(&all, &days, &whole, &target, json)
}

/// A finished run, or a session.
fn read(folder: &Path) -> Result<Compared, Failure> {
    let name = folder.file_name().map_or_else(|| folder.display().to_string(), |it| it.to_string_lossy().into_owned());
    let table = folder.join("equity.parquet");
    let (marks, periods_per_year, wishes) = if table.is_file() {
        let summary = Summary::read(&folder.join(SUMMARY)).map_err(Failure::failed)?;
        let rows = read_equity(&table).map_err(Failure::failed)?;
        let marks = rows.iter().map(|row| (day_of_mark(row.time), row.equity.to_f64())).collect();
        (marks, summary.metrics.get("sharpe").and_then(|it| it.periods_per_year).unwrap_or(365.0), Vec::new())
    } else {
        let seen = session_seen(folder)?;
        (seen.marks.into_iter().collect(), seen.periods_per_year, seen.wishes)
    };
    Ok(Compared {
        name,
        marks,
        periods_per_year,
        returns: Vec::new(),
        intervals: None,
        paired: None,
        wishes,
        agreement: None,
        note: None,
    })
}

/// The days on which all have a mark.
fn shared(all: &[Compared]) -> Result<Vec<i64>, Failure> {
    let mut days: BTreeSet<i64> = all.first().map(|one| one.marks.keys().copied().collect()).unwrap_or_default();
    all.iter().for_each(|one| days.retain(|day| one.marks.contains_key(day)));
    if days.len() < 2 {
        return Err(Failure::Usage("these runs share fewer than two days: there is nothing to compare".into()));
    }
    Ok(days.into_iter().collect())
}

fn judge(all: &mut [Compared], arguments: &CompareArguments) {
    let (first, champion) = (all[0].returns.clone(), all[0].wishes.clone());
    let resamples = arguments.resamples as usize;
    for (place, one) in all.iter_mut().enumerate() {
        let periods_per_year = one.periods_per_year;
        let seed = arguments.seed;
        let settings = IntervalSettings { level: LEVEL, resamples, mean_length: None, periods_per_year, seed };
        match intervals(&one.returns, settings) {
            Ok(found) => one.intervals = Some(found),
            Err(why) => one.note = Some(why.to_string()),
        }
        if place > 0 {
            if !champion.is_empty() && !one.wishes.is_empty() {
                one.agreement = Some(agreement(&champion, &one.wishes));
            }
            let settings = PairSettings { level: LEVEL, resamples, mean_length: None, periods_per_year, seed };
            match paired(&one.returns, &first, settings) {
                Ok(found) => one.paired = Some(found),
                Err(why) => one.note = Some(why.to_string()),
            }
        }
    }
}

fn object(all: &[Compared], days: &[i64]) -> Value {
    let one = |it: &Compared| {
        let metrics: BTreeMap<&str, Value> = it
            .intervals
            .iter()
            .flat_map(|all| &all.by_name)
            .map(|(name, it)| (name.as_str(), json!({ "value": it.value, "lower": it.lower, "upper": it.upper })))
            .collect();
        let against = it.paired.as_ref().map(|it| {
            json!({
                "mean": { "value": it.mean.value, "lower": it.mean.lower, "upper": it.mean.upper, "p_value": it.mean.p_value },
                "sharpe": { "value": it.sharpe.value, "lower": it.sharpe.lower, "upper": it.sharpe.upper, "p_value": it.sharpe.p_value },
                "correlation": it.correlation, "n": it.n, "mean_block_days": it.mean_length,
            })
        });
        let agreed = it.agreement.as_ref().map(|it| {
            json!({
                "same": it.same, "other_size": it.other_size, "one_flat": it.one_flat, "opposite": it.opposite,
                "first_alone": it.champion_alone, "this_alone": it.challenger_alone, "share": it.share, "kappa": it.kappa,
                "first_difference": it.first_difference.as_ref().map(|(time, of)| json!([instant_text(Timestamp(*time)), of])),
            })
        });
        json!({ "name": it.name, "metrics": metrics, "against_first": against, "agreement": agreed, "note": it.note, "returns": it.returns })
    };
    json!({
        "first_day": days.first(), "last_day": days.last(), "days": days.len(),
        "formula": "bca/stationary-bootstrap-95; paired/stationary-bootstrap of the difference",
        "runs": all.iter().map(one).collect::<Vec<_>>(),
    })
}

/// The page: a paired test of each with the first.
fn page(all: &[Compared], days: &[i64], arguments: &CompareArguments) -> String {
    let n = all[0].returns.len();
    let made =
        |formula: &str| Made { formula: formula.into(), basis: "daily returns of the shared days".into(), n: n as u64 };
    let equity = |one: &Compared| {
        let first = one.marks[&days[0]];
        days.iter().map(|day| (day * Interval::DAY.0, one.marks[day] / first)).collect()
    };
    let run = |one: &Compared| ComparedRun {
        name: one.name.clone(),
        digest: String::new(),
        note: one.note.clone().unwrap_or_default(),
        metrics: one.intervals.as_ref().map(|it| Shown::of(it).rows).unwrap_or_default(),
        equity: equity(one),
    };
    let pair = |(place, one): (usize, &Compared)| Some(PairedRow::of(one.paired.as_ref()?, place, 0));
    let pairs: Vec<PairedRow> = all.iter().enumerate().filter_map(pair).collect();
    let why = all.iter().skip(1).find_map(|one| one.note.clone()).unwrap_or_default();
    compare_html(&CompareSheet {
        name: "comparison".into(),
        facts: vec![
            format!("{} shared days", days.len()),
            format!("seed {}, {} resamples", arguments.seed, arguments.resamples),
        ],
        runs: all.iter().map(run).collect(),
        no_pairs: if pairs.is_empty() { why } else { String::new() },
        pairs,
        level: LEVEL,
        intervals: made("bca/stationary-bootstrap-95"),
        tests: made("paired/stationary-bootstrap"),
    })
}

fn show(all: &[Compared], days: &[i64], object: &Value, target: &Path, json: bool) -> Result<(), Failure> {
    if json {
        return terminal::print(&format!("{object:#}\n"));
    }
    let mut header = vec!["metric"];
    header.extend(all.iter().map(|one| one.name.as_str()));
    let number = |value: Option<f64>| value.map_or_else(|| "-".to_string(), |value| format!("{value:.4}"));
    let mut lines: Vec<Vec<String>> = Vec::new();
    for (name, _) in HEADLINES {
        let mut line = vec![name.to_string()];
        line.extend(all.iter().map(|one| {
            let found = one.intervals.as_ref().and_then(|all| all.by_name.get(name));
            found.map_or_else(
                || "-".into(),
                |it| format!("{} [{}, {}]", number(it.value), number(it.lower), number(it.upper)),
            )
        }));
        lines.push(line);
    }
    for (name, of) in [("mean, a year, less the first's", true), ("Sharpe less the first's", false)] {
        let mut line = vec![name.to_string()];
        line.extend(all.iter().map(|one| {
            let found = one.paired.as_ref().map(|it| if of { it.mean } else { it.sharpe });
            found.map_or_else(String::new, |it| format!("{} (p {})", number(it.value), number(it.p_value)))
        }));
        lines.push(line);
    }
    let mut line = vec!["wishes for the side of the first's".to_string()];
    line.extend(all.iter().map(|one| {
        let agreed = one.agreement.as_ref().and_then(|it| it.share);
        agreed.map_or_else(String::new, |share| format!("{:.1} %", share * 100.0))
    }));
    if line[1..].iter().any(|cell| !cell.is_empty()) {
        lines.push(line);
    }
    let notes: Vec<String> =
        all.iter().filter_map(|one| Some(format!("{}: {}\n", one.name, one.note.as_ref()?))).collect();
    let text = format!("{} shared days, 95 % intervals by the stationary bootstrap\n", days.len());
    terminal::print(&format!(
        "{text}{}{}tear sheet: {}\n",
        terminal::table(&header, &lines),
        notes.concat(),
        target.join("report.html").display()
    ))
}
