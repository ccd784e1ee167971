//! `onetape sweep`: every combination of a grid on shared candles, in parallel.
use crate::arguments::RunArguments;
use crate::failure::Failure;
use crate::output_folder::{OutputFolder, SUMMARY, check_replaceable};
use crate::run_file::RunFile;
use crate::shared_run::SharedRun;
use crate::{terminal, trial_record};
use evaluations::sweep::{Column, Grid, Parameters, Sweep, SweepRow, sweep, trials, write_results};
use evaluations::tear_sheet::{SweepSheet, sweep_html};
use std::path::{Path, PathBuf};

/// What a sweep was asked for, beside the run file.
pub(super) struct Wish {
    pub(super) grid: Vec<String>,
    pub(super) by: String,
    pub(super) threads: Option<u16>,
    pub(super) out: Option<PathBuf>,
}

/// Runs the command.
pub(super) fn execute(arguments: &RunArguments, wish: &Wish, json: bool) -> Result<(), Failure> {
    let config = RunFile::load(&arguments.run, &arguments.set)?;
    let grid = Grid::parse(&wish.grid).map_err(Failure::usage)?;
    let column = Column::new(&wish.by);
    let run = SharedRun::load(config)?;
    run.check(grid.axes().iter().map(|axis| axis.0.as_str()), "--grid")?;
    let mut ledger = trial_record::open()?;
    if let Some(out) = &wish.out {
        check_replaceable(out)?;
    }
    let bar = terminal::progress(grid.size() as u64, "runs");
    let progress = |done: usize, _all: usize| bar.set_position(done as u64);
    let result =
        sweep(&run, &grid, &column, wish.threads.map_or(0, usize::from), &progress).map_err(Failure::failed)?;
    bar.finish_and_clear();
    if let Some(row) = result.rows.first() {
        column.check(&row.summary).map_err(|text| Failure::Usage(format!("--by: {text}")))?;
    }
    let common = trial_record::common("sweep", &run.config, &run.setup);
    ledger.append(&trials(&result.rows, &common)).map_err(Failure::failed)?;
    let target = write(&run, &grid, &column, &result, wish)?;
    show(&run.config, &grid, &column, &result, &target, json)
}

/// The digest of all runs, in the order of the table.
fn digest(rows: &[SweepRow]) -> String {
    let mut hasher = blake3::Hasher::new();
    rows.iter().for_each(|row| {
        hasher.update(row.summary.digest.as_bytes());
    });
    hasher.finalize().to_hex().to_string()
}

fn write(
    run: &SharedRun,
    grid: &Grid,
    column: &Column,
    result: &Sweep<Failure>,
    wish: &Wish,
) -> Result<PathBuf, Failure> {
    if result.rows.is_empty() {
        let reason =
            result.failures.first().map_or_else(String::new, |(p, e)| format!("; the first, {}: {e}", words(p)));
        let text = format!("none of the {} sets could be run{reason}", grid.size());
        let all_usage = result.failures.iter().all(|(_, e)| matches!(e, Failure::Usage(_)));
        return Err(if all_usage { Failure::Usage(text) } else { Failure::Failed(text) });
    }
    let digest = digest(&result.rows);
    let name = &run.config.run.name;
    let target = wish.out.clone().unwrap_or_else(|| Path::new("runs").join(format!("{name}-sweep-{}", &digest[..12])));
    let folder = OutputFolder::beside(&target)?;
    write_results(&folder.path().join("results.parquet"), &result.rows).map_err(Failure::failed)?;
    let mut names = grid.axes().iter().filter(|axis| axis.1.len() > 1).map(|axis| axis.0.as_str());
    let currency = run.config.account.currency.to_string();
    let axes = names.next().zip(names.next());
    let failed = result.failures.len();
    let page = SweepSheet { name, currency: &currency, rows: &result.rows, column, axes, failed };
    folder.write("report.html", &sweep_html(&page))?;
    folder.write("run.toml", &run.config.resolved())?;
    folder.write(SUMMARY, &format!("{:#}\n", object(&run.config, grid, column, result)))?;
    folder.publish(&target)?;
    Ok(target)
}

fn object(config: &RunFile, grid: &Grid, column: &Column, result: &Sweep<Failure>) -> serde_json::Value {
    let best =
        result.rows.first().map(|row| serde_json::json!({ "parameters": row.parameters, "summary": row.summary }));
    serde_json::json!({
        "name": config.run.name,
        "digest": digest(&result.rows),
        "sets": grid.size(),
        "failed": result.failures.len(),
        "sorted_by": column.name(),
        "best": best,
    })
}

fn words(parameters: &Parameters) -> String {
    let pairs: Vec<String> = parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
    pairs.join(" ")
}

fn show(
    config: &RunFile,
    grid: &Grid,
    column: &Column,
    result: &Sweep<Failure>,
    target: &Path,
    json: bool,
) -> Result<(), Failure> {
    let page = target.join("report.html");
    for (parameters, error) in result.failures.iter().take(3) {
        terminal::say(&format!("not run: {}: {error}", words(parameters)));
    }
    if result.failures.len() > 3 {
        terminal::say(&format!("not run: {} more sets", result.failures.len() - 3));
    }
    if json {
        terminal::print(&format!("{:#}\n", object(config, grid, column, result)))?;
        terminal::say(&format!("tear sheet: {}", page.display()));
        return Ok(());
    }
    let mut header: Vec<&str> = grid.axes().iter().map(|axis| axis.0.as_str()).collect();
    header.extend([column.name(), "final equity", "round trips", "max drawdown"]);
    let line = |row: &SweepRow| {
        let mut cells: Vec<String> = grid.axes().iter().map(|axis| row.parameters[&axis.0].clone()).collect();
        cells.push(column.value(&row.summary).map_or_else(|| "-".into(), |v| format!("{v:.4}")));
        let s = &row.summary;
        cells.extend([s.final_equity.to_string(), s.round_trips.to_string(), s.max_drawdown.to_string()]);
        cells
    };
    let best: Vec<Vec<String>> = result.rows.iter().take(10).map(line).collect();
    let text = format!("{}: the best of {} runs by {}\n", config.run.name, result.rows.len(), column.name());
    terminal::print(&format!("{text}{}tear sheet: {}\n", terminal::table(&header, &best), page.display()))
}
