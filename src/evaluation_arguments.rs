//! What a user types about evaluations and comparisons.
use crate::arguments::RunArguments;
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

/// Where to search for parameters.
#[derive(Debug, Args)]
pub struct SearchArguments {
    /// The run file.
    #[command(flatten)]
    pub run: RunArguments,
    /// An axis: `fast=5..24`, `slow=30..79:5`, `size=0.1~2.0`, `rate=1e-5~1e-2:log` or `kind=a,b`; may be given many times.
    #[arg(long, required = true, value_name = "NAME=VALUES")]
    pub space: Vec<String>,
    /// How sets are chosen: `grid`, `random` or `tpe`.
    #[arg(long, default_value = "tpe")]
    pub method: String,
    /// Which sets are stopped early: `none`, `halving` or `median`.
    #[arg(long, default_value = "none")]
    pub pruning: String,
    /// Sets at most.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub trials: u32,
    /// The column to search by.
    #[arg(long, default_value = "sharpe")]
    pub by: String,
    /// How many threads; all cores if absent. The result does not depend on it.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=512))]
    pub threads: Option<u16>,
    /// Where to write; `runs/NAME-search-DIGEST` if absent.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

/// What is compared.
#[derive(Debug, Args)]
pub struct CompareArguments {
    /// Folders of finished runs or sessions, two or more; the others are compared with the first.
    #[arg(value_name = "DIR", num_args = 2.., required = true)]
    pub folders: Vec<PathBuf>,
    /// Resamples for intervals and tests.
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(100..=1_000_000))]
    pub resamples: u32,
    /// The seed of the resamples.
    #[arg(long, default_value_t = 7)]
    pub seed: u64,
    /// Where to write; `runs/comparison-DIGEST` if absent.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

/// What is watched.
#[derive(Debug, Args)]
pub struct WatchArguments {
    /// The folder of a session that runs under a promotion record.
    #[arg(value_name = "SESSION")]
    pub session: PathBuf,
    /// The key file of the machine, which may pause and demote.
    #[arg(long, value_name = "FILE")]
    pub key: PathBuf,
    /// Say what is due and do nothing.
    #[arg(long)]
    pub look_only: bool,
    /// The seed of the expectation's paths.
    #[arg(long, default_value_t = 7)]
    pub seed: u64,
}
