//! What a user types about evaluations and comparisons.
use clap::Args;
use std::path::PathBuf;

/// What is evaluated.
#[derive(Debug, Args)]
pub struct EvaluateArguments {
    /// The run file; or the folder of a session, whose tape is evidence of it.
    #[arg(value_name = "RUN.toml|SESSION")]
    pub subject: PathBuf,
    /// Override a value, as in `--set strategy.fast=10`; may be given many times.
    #[arg(long = "set", value_name = "SECTION.KEY=VALUE")]
    pub set: Vec<String>,
    /// An axis of the sets that were to choose from, as `fast=5..24`; added to those of `[evaluation] grid`.
    #[arg(long, value_name = "NAME=VALUES")]
    pub grid: Vec<String>,
    /// How many threads; all cores if absent. Nothing that is found depends on it.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=512))]
    pub threads: Option<u16>,
    /// Where to write; `runs/NAME-evidence-DIGEST` if absent.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}
