//! `onetape search`: looks for parameters where a grid would be too large; every trial is counted.
use crate::evaluation_arguments::SearchArguments;
use crate::failure::Failure;
use crate::output_folder::{OutputFolder, SUMMARY, check_replaceable};
use crate::run_file::RunFile;
use crate::shared_run::{Case, SharedRun, Window};
use crate::{terminal, trial_record};
use engine::Timestamp;
use evaluations::search::{
    GENERATION, Method, Objective, Pruning, Scored, Search, Settings, Space, Tried, search, trials, write_trials,
};
use evaluations::sweep::{Column, Parameters};
use evaluations::tear_sheet::{SearchSheet, search_html};
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// A run whose sets are asked on the first part of its candles.
struct Asked<'a> {
    run: &'a SharedRun,
    column: Column,
    opens: Vec<Timestamp>,
}

impl Objective for Asked<'_> {
    type Error = Failure;

    fn score(&self, parameters: &Parameters, fraction: f64) -> Result<Scored, Failure> {
        let rows = (self.opens.len() as f64 * fraction) as usize;
        let to = self.opens.get(rows).copied().unwrap_or(Timestamp::MAX);
        let window = (fraction < 1.0).then_some(Window { from: Timestamp::MIN, trades_from: Timestamp::MIN, to });
        let ran = self.run.run(&Case { parameters: parameters.clone(), window, ..Case::default() })?;
        Ok(Scored::of(ran.summary, &self.column))
    }
}

/// Runs the command.
pub(super) fn execute(arguments: &SearchArguments, json: bool) -> Result<(), Failure> {
    let config = RunFile::load(&arguments.run.run, &arguments.run.set)?;
    let space = Space::parse(&arguments.space).map_err(Failure::usage)?;
    let run = SharedRun::load(config)?;
    run.check(space.axes().iter().map(|axis| axis.name.as_str()), "--space")?;
    let settings = Settings {
        method: Method::from_str(&arguments.method).map_err(|text| Failure::Usage(format!("--method: {text}")))?,
        trials: arguments.trials as usize,
        generation: GENERATION,
        pruning: Pruning::from_str(&arguments.pruning).map_err(|text| Failure::Usage(format!("--pruning: {text}")))?,
        column: Column::new(&arguments.by),
        seed: run.config.run.seed,
        threads: arguments.threads.map_or(0, usize::from),
    };
    let mut ledger = trial_record::open()?;
    if let Some(out) = &arguments.out {
        check_replaceable(out)?;
    }
    let opens = run.candles[run.traded()].iter().map(|candle| candle.open_time).collect();
    let asked = Asked { run: &run, column: settings.column.clone(), opens };
    let bar = terminal::progress(settings.trials as u64, "trials");
    let found = search(&asked, &space, &settings, &|done, all| {
        bar.set_length(all as u64);
        bar.set_position(done as u64);
    });
    bar.finish_and_clear();
    let found = found.map_err(Failure::usage)?;
    let common = trial_record::common("search", &run.config, &run.setup);
    ledger.append(&trials(&found, &common)).map_err(Failure::failed)?;
    let target = write((&run, &space), &settings, &found, arguments)?;
    show(&run, &settings, &found, &target, json)
}

fn write(
    (run, space): (&SharedRun, &Space),
    settings: &Settings,
    found: &Search<Failure>,
    arguments: &SearchArguments,
) -> Result<PathBuf, Failure> {
    let object = object(run, settings, found);
    let digest = blake3::hash(object.to_string().as_bytes()).to_hex().to_string();
    let name = &run.config.run.name;
    let usual = || Path::new("runs").join(format!("{name}-search-{}", &digest[..12]));
    let target = arguments.out.clone().unwrap_or_else(usual);
    let folder = OutputFolder::beside(&target)?;
    write_trials(&folder.path().join("results.parquet"), found).map_err(Failure::failed)?;
    folder.write("run.toml", &run.config.resolved())?;
    let facts = [
        format!("{}, seed {}", settings.method.name(), settings.seed),
        format!("pruning: {}", settings.pruning.name()),
        format!("by {}", settings.column.name()),
    ];
    folder.write("report.html", &search_html(&SearchSheet { name, facts: &facts, space, search: found }))?;
    let mut whole = object;
    whole["digest"] = digest.into();
    folder.write(SUMMARY, &format!("{whole:#}\n"))?;
    folder.publish(&target)?;
    Ok(target)
}

fn object(run: &SharedRun, settings: &Settings, found: &Search<Failure>) -> serde_json::Value {
    let counts = found.counts();
    let best = found.best().map(
        |it| serde_json::json!({ "parameters": it.parameters, "score": it.whole_score(), "summary": it.summary() }),
    );
    serde_json::json!({
        "name": run.config.run.name,
        "method": settings.method.name(),
        "pruning": settings.pruning.name(),
        "trials": found.trials.len(),
        "complete": counts.complete,
        "pruned": counts.pruned,
        "failed": counts.failed,
        "sorted_by": settings.column.name(),
        "best": best,
    })
}

fn show(
    run: &SharedRun,
    settings: &Settings,
    found: &Search<Failure>,
    target: &Path,
    json: bool,
) -> Result<(), Failure> {
    if json {
        return terminal::print(&format!("{:#}\n", object(run, settings, found)));
    }
    let names: Vec<String> = found.trials.first().map(|it| it.parameters.keys().cloned().collect()).unwrap_or_default();
    let mut header: Vec<&str> = names.iter().map(String::as_str).collect();
    header.extend([settings.column.name(), "trial", "final equity", "round trips"]);
    let line = |it: &&Tried<Failure>| {
        let mut cells: Vec<String> = names.iter().map(|name| it.parameters[name].clone()).collect();
        cells.push(it.whole_score().map_or_else(|| "-".into(), |score| format!("{score:.4}")));
        cells.push(it.number.to_string());
        let summary = it.summary();
        cells.push(summary.map_or_else(String::new, |it| it.final_equity.to_string()));
        cells.push(summary.map_or_else(String::new, |it| it.round_trips.to_string()));
        cells
    };
    let lines: Vec<Vec<String>> = found.best_first().iter().take(10).map(line).collect();
    let counts = found.counts();
    let text = format!(
        "{}: the best of {} trials by {} ({} complete, {} stopped early, {} failed), each counted in the trial ledger\n",
        run.config.run.name,
        found.trials.len(),
        settings.column.name(),
        counts.complete,
        counts.pruned,
        counts.failed
    );
    terminal::print(&format!(
        "{text}{}tear sheet: {}\n",
        terminal::table(&header, &lines),
        target.join("report.html").display()
    ))
}
