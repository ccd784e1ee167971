//! `onetape evaluate`: finds out whether a result can be believed, and writes the evidence.
use crate::evaluation::{self, Found, Listener, Tried, figures, find, write_files};
use crate::evaluation_arguments::EvaluateArguments;
use crate::failure::Failure;
use crate::gates_file::{gates_of, table_text};
use crate::output_folder::{OutputFolder, check_replaceable};
use crate::run_file::{EvaluationSection, RunFile};
use crate::shared_run::SharedRun;
use crate::snapshot::Snapshot;
use crate::{terminal, trial_record};
use evaluations::TrialLedger;
use evaluations::evidence::{Evidence, Kind};
use evaluations::gates::{Gate, Gates, Table, judge};
use evaluations::sweep::{Grid, Parameters, SweepRow, trials};
use indicatif::ProgressBar;
use std::path::Path;
use std::sync::Mutex;

/// Runs the command.
pub(super) fn execute(arguments: &EvaluateArguments, json: bool) -> Result<(), Failure> {
    if arguments.subject.is_dir() {
        return super::evaluate_session::execute(arguments, json);
    }
    let config = RunFile::load(&arguments.subject, &arguments.set)?;
    let mut section = config.evaluation.clone().unwrap_or_default();
    section.grid.extend(arguments.grid.iter().cloned());
    let (gates, gates_text) = gates_of(&config)?;
    let sets = sets(&config, &section)?;
    let mut ledger = trial_record::open()?;
    if let Some(out) = &arguments.out {
        check_replaceable(out)?;
    }
    let threads = arguments.threads.map_or(0, usize::from);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().map_err(Failure::failed)?;
    pool.install(|| evaluated(config, &section, (&gates, &gates_text), &sets, &mut ledger, arguments, json))
}

/// The sets of parameters that were to choose from.
fn sets(config: &RunFile, section: &EvaluationSection) -> Result<Vec<Parameters>, Failure> {
    if section.grid.is_empty() {
        return Ok(Vec::new());
    }
    let wrong = |text: String| config.error_at("evaluation.grid", &text);
    Ok(Grid::parse(&section.grid).map_err(|e| wrong(e.to_string()))?.sets())
}

fn evaluated(
    config: RunFile,
    section: &EvaluationSection,
    (gates, gates_text): (&Gates, &str),
    sets: &[Parameters],
    ledger: &mut TrialLedger,
    arguments: &EvaluateArguments,
    json: bool,
) -> Result<(), Failure> {
    let run = SharedRun::load(config)?;
    let names = sets.first().into_iter().flat_map(|set| set.keys().map(String::as_str));
    run.check(names, "[evaluation] grid:")?;
    let name = run.config.run.name.clone();
    let beside = arguments.out.clone().unwrap_or_else(|| Path::new("runs").join(format!("{name}-evidence")));
    let folder = OutputFolder::beside(&beside)?;
    let taped = OutputFolder::beside(&beside.with_file_name(format!("{name}-tape")))?;
    let bar = Bar::default();
    let found = find(&run, section, sets, taped.path(), &bar)?;
    bar.end();
    let tried = count(&run, &found, ledger)?;
    write_files(&folder, &run, &found)?;
    folder.write("gates.toml", gates_text)?;
    let candles: Vec<(String, Snapshot)> = run
        .config
        .instruments
        .iter()
        .zip(&run.candles)
        .map(|(section, candles)| (section.name(), Snapshot::new(candles)))
        .collect();
    let version = evaluation::version_of(&run.config, gates, &candles)?;
    let mut evidence = Evidence::new(Kind::Evaluation, version, run.config.run.seed);
    evidence.figures = figures(&found, tried, run.setup.periods_per_year);
    evidence.write(folder.path()).map_err(Failure::failed)?;
    let mut shown = judge(gates, Gate::Paper, std::slice::from_ref(&evidence));
    // The page shows the digests of all other files, so it is written behind them, and the evidence once more behind it. Its own digest
    // is in that, which therefore cannot stand on it.
    shown.rows.iter_mut().for_each(|row| row.evidence.clear());
    folder.write("report.html", &evaluation::page(&run, section, &found, (&evidence, vec![shown])))?;
    evidence.write(folder.path()).map_err(Failure::failed)?;
    let table = judge(gates, Gate::Paper, std::slice::from_ref(&evidence));
    let digest = evidence.digest();
    let target =
        arguments.out.clone().unwrap_or_else(|| beside.with_file_name(format!("{name}-evidence-{}", &digest[..12])));
    folder.publish(&target)?;
    tell(&evidence, &table, &target, json)
}

/// Counts every set as a trial; what the ledger knows then.
fn count(run: &SharedRun, found: &Found, ledger: &mut TrialLedger) -> Result<Tried, Failure> {
    let common = trial_record::common("evaluate", &run.config, &run.setup);
    let rows: Vec<SweepRow> = std::iter::once(&found.base)
        .map(|ran| SweepRow { parameters: ran.summary.parameters.clone(), summary: ran.summary.clone() })
        .chain(
            found
                .matrix
                .sets
                .iter()
                .map(|set| SweepRow { parameters: set.parameters.clone(), summary: set.ran.summary.clone() }),
        )
        .collect();
    ledger.append(&trials(&rows, &common)).map_err(Failure::failed)?;
    let sharpes = ledger.daily_sharpes(&run.config.strategy_kind()).map_err(Failure::failed)?;
    let variance = evaluations::metrics::deviation(&sharpes).map(|deviation| deviation * deviation);
    Ok(Tried { count: sharpes.len(), variance })
}

/// Says what was found.
fn tell(evidence: &Evidence, table: &Table, target: &Path, json: bool) -> Result<(), Failure> {
    if json {
        let object = serde_json::json!({
            "name": evidence.version.name, "digest": evidence.digest(), "version": evidence.version.digest(),
            "folder": target, "figures": evidence.figures, "passed": table.passed(), "gate": table,
        });
        return terminal::print(&format!("{object:#}\n"));
    }
    let text = table_text(table);
    let page = target.join("report.html");
    let digest = evidence.digest();
    terminal::print(&format!("{text}evidence: {} ({})\n", target.display(), &digest[..12]))?;
    if page.is_file() {
        terminal::print(&format!("tear sheet: {}\n", page.display()))?;
    }
    Ok(())
}

/// Progress on a terminal.
#[derive(Default)]
struct Bar(Mutex<Option<ProgressBar>>);

impl Bar {
    fn end(&self) {
        if let Some(bar) = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take() {
            bar.finish_and_clear();
        }
    }
}

impl Listener for Bar {
    fn begin(&self, what: &str, runs: usize) {
        self.end();
        let bar = terminal::progress(runs as u64, what);
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(bar);
    }

    fn done(&self) {
        if let Some(bar) = &*self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) {
            bar.inc(1);
        }
    }
}
