//! `onetape train`: trains the policy of a run file in the engine, with checkpoints to go on from.
use crate::failure::Failure;
use crate::run_file::{Parameter, RunFile};
use crate::terminal;
use crate::training::{TRAINING_POLICY, TRAINING_SUMMARY, Trained, Trainer};
use crate::training_arguments::TrainArguments;
use evaluations::TrainingRow;
use learning::policy::Policy;
use learning::torch::Checkpoint;
use std::fs;
use std::path::{Path, PathBuf};

const CHECKPOINT: &str = "checkpoint.safetensors";
/// Everything that a training writes into its folder.
const OURS: [&str; 6] = [TRAINING_SUMMARY, TRAINING_POLICY, CHECKPOINT, "report.html", "training.parquet", "run.toml"];

/// Runs the command.
pub(super) fn execute(arguments: &TrainArguments, json: bool) -> Result<(), Failure> {
    let config = RunFile::load(&arguments.run.run, &arguments.run.set)?;
    let target = policy_path(&config)?;
    let folder =
        arguments.out.clone().unwrap_or_else(|| Path::new("runs").join(format!("{}-training", config.run.name)));
    open(&folder, arguments.resume)?;
    let parent = arguments.parent.as_deref().map(parent).transpose()?;
    let mut trainer = Trainer::new(&config, parent.as_ref().map(|(policy, digest)| (policy, digest.clone())))?;
    describe(&trainer);
    if arguments.resume {
        let path = folder.join(CHECKPOINT);
        trainer.restore(&Checkpoint::load(&path).map_err(Failure::failed)?)?;
        terminal::say(&format!("going on from step {}", trainer.steps()));
    }
    let stopped = iterate(&mut trainer, &config, &folder, arguments.stop_after)?;
    let trained = Trained::new(&trainer)?;
    trained.write(&folder, &config, &trainer)?;
    if stopped {
        terminal::say(&format!(
            "stopped at step {}; `onetape train {} --resume` goes on",
            trainer.steps(),
            arguments.run.run.display()
        ));
    } else {
        install(&trained.policy, &target)?;
    }
    show(&trained, &trainer, &config, (&folder, (!stopped).then_some(&target)), json)
}

/// Iterates until there is nothing left to do, or for so many iterations; whether it was stopped.
fn iterate(trainer: &mut Trainer, config: &RunFile, folder: &Path, stop_after: Option<u64>) -> Result<bool, Failure> {
    let total = config.learning.as_ref().map_or(0, |section| section.total_steps);
    let bar = terminal::progress(total, "steps");
    let mut left = stop_after.unwrap_or(u64::MAX);
    while trainer.end().is_none() {
        if left == 0 {
            keep(trainer, folder)?;
            bar.finish_and_clear();
            return Ok(true);
        }
        left -= 1;
        let row = trainer.iterate()?;
        bar.set_position(row.steps.min(total));
        if row.figures.contains_key("validation_sharpe") {
            let better = trainer.best_iteration() == row.iteration;
            bar.suspend(|| terminal::say(&line(&row, better)));
            keep(trainer, folder)?;
        }
    }
    bar.finish_and_clear();
    Ok(false)
}

/// One line about a validation.
fn line(row: &TrainingRow, better: bool) -> String {
    let figure = |name: &str, places: usize| {
        row.figures.get(name).map_or_else(|| "-".to_string(), |value| format!("{value:.places$}"))
    };
    format!(
        "step {:>9}  return {:>8}  entropy {:>6}  kl {:>7}  explained {:>6}  validation sharpe {:>6}  return {:>7}{}",
        row.steps,
        figure("episode_return", 3),
        figure("entropy", 3),
        figure("approximate_kl", 4),
        figure("explained_variance", 3),
        figure("validation_sharpe", 2),
        figure("validation_return", 3),
        if better { "  best" } else { "" },
    )
}

/// Says what is learnt from.
fn describe(trainer: &Trainer) {
    let material = trainer.material();
    for (name, snapshot) in material.snapshots() {
        let text = format!("{name}: {} candles, {} .. {}", snapshot.candles, snapshot.first, snapshot.last);
        terminal::say(&text);
    }
    terminal::say(&format!("embargo: {} candles between them", material.embargo));
}

/// A folder that is absent or empty, or holds a training of ours.
fn open(folder: &Path, resume: bool) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(|e| cannot("make", folder, &e))?;
    let entries = fs::read_dir(folder).map_err(|e| cannot("read", folder, &e))?;
    let names: Vec<String> = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    if let Some(other) = names.iter().find(|name| !OURS.contains(&name.as_str())) {
        let text =
            format!("{} holds {other}, which no training wrote: name another folder with --out", folder.display());
        return Err(Failure::Usage(text));
    }
    let unfinished = names.iter().any(|name| name == CHECKPOINT) && !names.iter().any(|name| name == TRAINING_SUMMARY);
    match (resume, names.iter().any(|name| name == CHECKPOINT)) {
        (true, false) => Err(Failure::Usage(format!("{} holds no checkpoint to go on from", folder.display()))),
        (false, _) if unfinished => Err(Failure::Usage(format!(
            "{} holds a training that was interrupted: go on with --resume, or empty it",
            folder.display()
        ))),
        _ => Ok(()),
    }
}

/// Writes the checkpoint; the one before stands until the new one is whole.
fn keep(trainer: &Trainer, folder: &Path) -> Result<(), Failure> {
    trainer.checkpoint().save(&folder.join(CHECKPOINT)).map_err(Failure::failed)
}

/// Where the run file wants its policy.
pub(super) fn policy_path(config: &RunFile) -> Result<PathBuf, Failure> {
    let file = config.strategies.first().and_then(|strategy| strategy.parameter("policy"));
    match file {
        Some(Parameter::Policy(file)) => Ok(file.path().to_path_buf()),
        _ => {
            let text = "training needs `kind = \"policy\"` and the `policy` file to write";
            Err(config.strategy_error(0, None, text).into())
        }
    }
}

/// The policy to begin from, and its digest.
pub(super) fn parent(path: &Path) -> Result<(Policy, String), Failure> {
    let policy = Policy::load(path).map_err(|e| Failure::Usage(e.to_string()))?;
    let digest = policy.digest().map_err(Failure::failed)?;
    Ok((policy, digest))
}

/// Puts the policy where the run file looks for it.
fn install(policy: &Policy, target: &Path) -> Result<(), Failure> {
    if let Some(parent) = target.parent() {
        fs::create_dir_all(parent).map_err(|e| cannot("make", parent, &e))?;
    }
    policy.save(target).map_err(Failure::failed)
}

fn cannot(what: &str, path: &Path, error: &std::io::Error) -> Failure {
    Failure::Failed(format!("cannot {what} {}: {error}", path.display()))
}

fn show(
    trained: &Trained,
    trainer: &Trainer,
    config: &RunFile,
    (folder, installed): (&Path, Option<&PathBuf>),
    json: bool,
) -> Result<(), Failure> {
    if json {
        let mut object = trained.json(config, trainer);
        object["folder"] = folder.display().to_string().into();
        return terminal::print(&format!("{object:#}\n"));
    }
    let figure = |name: &str, value: String| (name.to_string(), value);
    let (own, held) = (&trained.verdict, &trained.holding);
    let mut rows = vec![
        figure("policy", trained.digest[..12].to_string()),
        figure("steps", trainer.steps().to_string()),
        figure("ended because", trained.end.clone()),
        figure("best iteration", trainer.best_iteration().to_string()),
        figure("validation sharpe", format!("{:.2} (holding {:.2})", own.sharpe, held.sharpe)),
        figure("validation return", format!("{:.3} (holding {:.3})", own.log_return, held.log_return)),
        figure("validation drawdown", format!("{:.1} %", own.max_drawdown * 100.0)),
        figure("report", folder.join("report.html").display().to_string()),
    ];
    rows.extend(installed.map(|path| figure("written to", path.display().to_string())));
    terminal::print(&terminal::rows(&rows))
}
