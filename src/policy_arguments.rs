//! What a user types about policies.
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// What can be done with policies.
#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
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
