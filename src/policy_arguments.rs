//! What a user types about policies.
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// What can be done with policies.
#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// Show what a policy sees, its network, what its choices mean, and where it comes from.
    #[command(after_help = "Example:\n  onetape policy show runs/btc-ppo/policy.safetensors")]
    Show {
        /// The policy file.
        file: PathBuf,
    },
    /// Show what differs between two policies, and how often they choose differently.
    #[command(
        after_help = "Example:\n  onetape policy compare old.safetensors new.safetensors\nObservations are drawn from the seed, as the normaliser makes them: mean 0, deviation 1. Exit code 0 even if the two differ."
    )]
    Compare(PolicyCompare),
    /// Make a policy of a TorchScript module that was trained elsewhere.
    #[command(
        after_help = "Example:\n  onetape policy import sb3.pt --description sb3.json --out sb3.policy\nlearning/python/export_sb3.py writes both files for a policy of stable-baselines3. A module is a program: import what you trust."
    )]
    Import(PolicyImport),
}

/// What is imported, and where to.
#[derive(Debug, Args)]
pub struct PolicyImport {
    /// The archive of the module.
    #[arg(value_name = "MODULE.pt")]
    pub module: PathBuf,
    /// What it sees, its scale, and what its actions mean.
    #[arg(long, value_name = "FILE.json")]
    pub description: PathBuf,
    /// The policy file to write.
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Replace the file if it is there.
    #[arg(long)]
    pub replace: bool,
}

/// Which policies are compared, and over what.
#[derive(Debug, Args)]
pub struct PolicyCompare {
    /// One policy file.
    pub a: PathBuf,
    /// The other.
    pub b: PathBuf,
    /// How many observations to show to both.
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    pub observations: u64,
    /// What the observations are drawn from.
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
}
