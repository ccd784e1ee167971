//! One file per command.
mod backtest;
mod check;
mod checklist;
mod compare;
mod completions;
mod data;
mod evaluate;
mod evaluate_session;
mod import;
mod new;
mod policy;
mod policy_show;
mod promote;
mod promotions;
mod replay;
mod replay_decisions;
mod report;
#[cfg(feature = "rl")]
mod retrain;
mod search;
#[cfg(feature = "service")]
mod session;
mod strategies;
mod sweep;
mod tape;
mod tape_diff;
mod tape_keep;
mod tape_standing;
#[cfg(feature = "rl")]
mod train;
mod transactions;
mod venue;
#[cfg(feature = "service")]
mod venue_service;
mod watch;

pub(crate) use backtest::taped;
#[cfg(feature = "service")]
pub(crate) use evaluate_session::GIVEN;
pub(crate) use replay::Replay;

use crate::arguments::{Arguments, Command};
use crate::failure::Failure;
use crate::session_arguments::SessionCommand;
use crate::training_arguments::{RetrainArguments, TrainArguments};
use crate::venue_arguments::VenueCommand;

/// Does what was asked.
///
/// # Errors
/// Why it could not be done, or the answer no.
pub fn execute(arguments: Arguments) -> Result<(), Failure> {
    let json = arguments.json;
    match arguments.command {
        Command::Backtest { run, out, tape, sensitivity, watch } => {
            backtest::execute(&run, backtest::Wish { out, tape, sensitivity, watch }, json)
        }
        Command::Sweep { run, grid, by, threads, out } => {
            sweep::execute(&run, &sweep::Wish { grid, by, threads, out }, json)
        }
        Command::Evaluate(arguments) => evaluate::execute(&arguments, json),
        Command::Search(arguments) => search::execute(&arguments, json),
        Command::Watch(arguments) => watch::execute(&arguments, json),
        Command::Compare(arguments) => compare::execute(&arguments, json),
        Command::Promote(arguments) => promote::promote(&arguments, json),
        Command::Promotions(command) => promotions::execute(command, json),
        Command::Rollback(arguments) => promote::rollback(&arguments, json),
        Command::Replay { tape, catalog, set, watch } => {
            replay::execute(&tape, catalog, &set, replay::Wish { watch, json })
        }
        Command::Train(arguments) => train(&arguments, json),
        Command::Retrain(arguments) => retrain(&arguments, json),
        Command::Session(command) => of_service(command, json),
        Command::Tape(command) => tape::execute(command, json),
        Command::Data(command) => data::execute(command, json),
        Command::Check(arguments) => check::execute(&arguments, json),
        Command::Policy(command) => policy::execute(command, json),
        Command::Checklist { file, today } => checklist::execute(&file, today.as_deref(), json),
        Command::Transactions(arguments) => transactions::execute(&arguments, json),
        Command::Report { dir } => report::execute(&dir, json),
        Command::Strategies { name } => strategies::execute(name.as_deref(), json),
        Command::New { name, engine } => new::execute(&name, engine, json),
        Command::Venue(VenueCommand::Serve(arguments)) => venue::serve(&arguments),
        Command::Completions { shell } => completions::execute(shell),
        Command::Other(words) => Err(unknown(words.first().map_or("", String::as_str))),
    }
}

/// Trains a policy.
#[cfg(feature = "rl")]
fn train(arguments: &TrainArguments, json: bool) -> Result<(), Failure> {
    train::execute(arguments, json)
}

/// Trains a policy again.
#[cfg(feature = "rl")]
fn retrain(arguments: &RetrainArguments, json: bool) -> Result<(), Failure> {
    retrain::execute(arguments, json)
}

#[cfg(not(feature = "rl"))]
fn train(_: &TrainArguments, _: bool) -> Result<(), Failure> {
    without_learning()
}

#[cfg(not(feature = "rl"))]
fn retrain(_: &RetrainArguments, _: bool) -> Result<(), Failure> {
    without_learning()
}

/// Says how to build what this build does not have.
#[cfg(not(feature = "rl"))]
fn without_learning() -> Result<(), Failure> {
    Err(Failure::Usage(
        "training needs the feature `rl`, which this build does not have: `cargo xtask libtorch`, then `cargo build --release --features rl`"
            .into(),
    ))
}

/// Sessions with venues, and the operator's hand on them.
#[cfg(feature = "service")]
fn of_service(command: SessionCommand, json: bool) -> Result<(), Failure> {
    use crate::session::Mode;
    match command {
        SessionCommand::Paper(arguments) => session::execute(Mode::Paper, &arguments, json),
        SessionCommand::Shadow(arguments) => session::execute(Mode::Shadow, &arguments, json),
        SessionCommand::Live(arguments) => session::execute(Mode::Live, &arguments, json),
        SessionCommand::Kill(arguments) => session::kill_one(&arguments, json),
        SessionCommand::Pause(arguments) => session::hand("pause", &arguments, json),
        SessionCommand::Resume(arguments) => session::hand("resume", &arguments, json),
        SessionCommand::Stop(arguments) => session::hand("stop", &arguments, json),
        SessionCommand::Status { folder } => session::status(&folder, json),
    }
}

/// Says how to build what this build does not have.
#[cfg(not(feature = "service"))]
fn of_service(_: SessionCommand, _: bool) -> Result<(), Failure> {
    without_service()
}

#[cfg(not(feature = "service"))]
fn without_service() -> Result<(), Failure> {
    Err(Failure::Usage(
        "sessions with venues need the feature `service`, which this build does not have: `cargo build --release --features service`"
            .into(),
    ))
}

/// Commands that the design names and that this build does not have.
const ELSEWHERE: [(&str, &str); 8] = [
    ("parity", "the live world"),
    ("unlock", "the service"),
    ("close", "the service"),
    ("cancel", "the service"),
    ("reconcile", "the service"),
    ("backup", "the service"),
    ("restore", "the service"),
    ("token", "the service"),
];

fn unknown(word: &str) -> Failure {
    if let Some((_, part)) = ELSEWHERE.iter().find(|(name, _)| *name == word) {
        return Failure::Usage(format!(
            "`{word}` belongs to {part}, which this version does not have; `onetape help` lists what it has"
        ));
    }
    let known = [
        "backtest",
        "paper",
        "shadow",
        "live",
        "kill",
        "pause",
        "resume",
        "stop",
        "status",
        "venue",
        "sweep",
        "train",
        "retrain",
        "replay",
        "tape",
        "data",
        "check",
        "checklist",
        "report",
        "strategies",
        "new",
        "policy",
        "venue",
        "completions",
        "help",
    ];
    let hint = ::strategies::nearest(word, known).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    Failure::Usage(format!("there is no command `{word}`{hint} `onetape help` lists them"))
}
