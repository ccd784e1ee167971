//! `onetape retrain`: trains the policy of a run file on a newer window, judges it beside the one that is in use, and registers it.
//!
//! It is made for a schedule: the same window is not trained twice, and what the run file names is never touched.
use super::train::{parent, policy_path};
use crate::failure::Failure;
use crate::run_file::{RunFile, read_instant};
use crate::setup::Setup;
use crate::terminal;
use crate::training::{Candidate, Judged, Register, Trained, Trainer, Verdict};
use crate::training_arguments::RetrainArguments;
use engine::Timestamp;
use learning::policy::Policy;

/// Runs the command.
pub(super) fn execute(arguments: &RetrainArguments, json: bool) -> Result<(), Failure> {
    let config = moved(RunFile::load(&arguments.run.run, &arguments.run.set)?, arguments)?;
    let register = Register::open(&arguments.register)?;
    let in_use = Some(policy_path(&config)?).filter(|path| path.exists()).map(|path| parent(&path)).transpose()?;
    let begins = if arguments.from_scratch { None } else { in_use.as_ref() };
    let begins = begins.map(|(policy, digest)| (policy, digest.clone()));
    let digest_of_parent = begins.as_ref().map(|(_, digest)| digest.clone()).unwrap_or_default();
    let recipe = recipe(&config, &digest_of_parent);
    if let Some(known) = register.candidates()?.into_iter().find(|candidate| candidate.recipe == recipe) {
        terminal::say("this window was trained on before, by the same recipe: nothing was done");
        return show(&known, &register, json);
    }
    let mut trainer = Trainer::new(&config, begins)?;
    let total = config.learning.as_ref().map_or(0, |section| section.total_steps);
    let bar = terminal::progress(total, "steps");
    while trainer.end().is_none() {
        let row = trainer.iterate()?;
        bar.set_position(row.steps.min(total));
    }
    bar.finish_and_clear();
    let trained = Trained::new(&trainer)?;
    let file = format!("{}-{}.policy", config.run.name, &trained.digest[..12]);
    trained.policy.save(&register.path(&file)).map_err(Failure::failed)?;
    let snapshots = trainer.material().snapshots();
    let range = |name: &str| snapshots.get(name).map(|s| format!("{} .. {}", s.first, s.last)).unwrap_or_default();
    let incumbent = in_use.as_ref().map(|(policy, digest)| -> Result<Judged, Failure> {
        let verdict = trainer.judge().policy(policy)?;
        Ok(judged(&verdict, digest, knows(policy, &range("validation"))))
    });
    let candidate = Candidate {
        stage: "candidate".into(),
        run: config.run.name.clone(),
        recipe,
        window: format!("training {}, validation {}", range("training"), range("validation")),
        file,
        candidate: judged(&trained.verdict, &trained.digest, true),
        incumbent: incumbent.transpose()?,
        parent: digest_of_parent,
    };
    register.add(&candidate)?;
    show(&candidate, &register, json)
}

/// The run file with its window moved so that validation ends where it is asked to: by default behind the last candle.
fn moved(mut config: RunFile, arguments: &RetrainArguments) -> Result<RunFile, Failure> {
    let Some(mut section) = config.learning.clone() else {
        return Err(config.error_at("learning", "the run file has no section [learning]: it says how to train").into());
    };
    let until = match &arguments.until {
        Some(text) => read_instant(text).map_err(|e| Failure::Usage(format!("--until: {e}")))?,
        None => behind_last(&config)?,
    };
    let by = until.0 - section.validate_to.0;
    let moved = |time: Timestamp| time.after(by);
    if !arguments.anchored {
        section.from = moved(section.from);
    }
    (section.to, section.validate_to) = (moved(section.to), until);
    config.learning = Some(section);
    Ok(config)
}

/// The instant just behind the open of the last candle of what is traded.
fn behind_last(config: &RunFile) -> Result<Timestamp, Failure> {
    let mut whole = config.clone();
    (whole.data.from, whole.data.to, whole.data.warmup_candles) = (None, None, 0);
    let setup = Setup::new(&whole)?;
    let last = setup.readings.iter().map(|reading| reading.series.last_open()).max();
    Ok(last.unwrap_or(Timestamp(0)).after(1))
}

/// Whether a policy learnt from, or was chosen by, candles of this range.
fn knows(policy: &Policy, range: &str) -> bool {
    let ends = |text: &str| {
        let (first, rest) = text.split_once(" .. ")?;
        Some((read_instant(first).ok()?, read_instant(rest.split_whitespace().next()?).ok()?))
    };
    let Some((from, to)) = ends(range) else { return true };
    let ranges = &policy.manifest.provenance.ranges;
    ["training", "validation"].iter().filter_map(|name| ends(ranges.get(*name)?)).any(|(a, b)| from <= b && a <= to)
}

/// What a candidate is made by: the same recipe on the same candles gives the same policy.
fn recipe(config: &RunFile, parent: &str) -> String {
    let text = format!("{}\nparent {parent}", config.resolved());
    blake3::hash(text.as_bytes()).to_hex().to_string()
}

fn judged(verdict: &Verdict, digest: &str, saw_it: bool) -> Judged {
    Judged { digest: digest.into(), sharpe: verdict.sharpe, log_return: verdict.log_return, saw_it }
}

fn show(candidate: &Candidate, register: &Register, json: bool) -> Result<(), Failure> {
    if json {
        let object = serde_json::to_value(candidate).map_err(Failure::failed)?;
        return terminal::print(&format!("{object:#}\n"));
    }
    let line = |judged: &Judged| {
        let seen = if judged.saw_it { "; it knows these candles" } else { "" };
        format!("{} sharpe {:.2}, return {:.3}{seen}", &judged.digest[..12], judged.sharpe, judged.log_return)
    };
    let mut rows = vec![
        ("window".to_string(), candidate.window.clone()),
        ("candidate".to_string(), line(&candidate.candidate)),
        ("in use".to_string(), candidate.incumbent.as_ref().map_or_else(|| "none".into(), line)),
        ("file".to_string(), register.path(&candidate.file).display().to_string()),
    ];
    rows.push(("stage".to_string(), "candidate: nothing was promoted".to_string()));
    terminal::print(&terminal::rows(&rows))
}
