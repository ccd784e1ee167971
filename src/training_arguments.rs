//! What a training can be told on the command line.
use crate::arguments::RunArguments;
use clap::Args;
use std::path::PathBuf;

/// How to train.
#[derive(Debug, Args)]
pub struct TrainArguments {
    /// The run file.
    #[command(flatten)]
    pub run: RunArguments,
    /// Where to write; `runs/NAME-training` if absent.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Go on from the checkpoint in the folder.
    #[arg(long)]
    pub resume: bool,
    /// Stop after so many iterations, with a checkpoint to go on from.
    #[arg(long, value_name = "ITERATIONS")]
    pub stop_after: Option<u64>,
    /// Begin with the weights and the scale of this policy.
    #[arg(long, value_name = "FILE")]
    pub parent: Option<PathBuf>,
}

/// How to train again.
#[derive(Debug, Args)]
pub struct RetrainArguments {
    /// The run file.
    #[command(flatten)]
    pub run: RunArguments,
    /// The folder of candidates.
    #[arg(long, value_name = "DIR")]
    pub register: PathBuf,
    /// Where validation ends; behind the last candle if absent. Training and validation move with it.
    #[arg(long, value_name = "INSTANT")]
    pub until: Option<String>,
    /// Training begins where the run file says, and grows, in place of moving.
    #[arg(long)]
    pub anchored: bool,
    /// Begin with new weights, not with those of the policy in use.
    #[arg(long)]
    pub from_scratch: bool,
}
