//! What a user types about promotions.
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// A key file and a reason.
#[derive(Debug, Args)]
pub struct Signed {
    /// The key file of whoever says it; `onetape promotions key` makes one.
    #[arg(long, value_name = "FILE")]
    pub key: PathBuf,
    /// Why, for the record.
    #[arg(long, value_name = "TEXT")]
    pub why: String,
}

/// What goes through a gate.
#[derive(Debug, Args)]
pub struct PromoteArguments {
    /// The run file.
    #[arg(value_name = "RUN.toml")]
    pub run: PathBuf,
    /// Override a value, as in `--set strategy.fast=10`; may be given many times.
    #[arg(long = "set", value_name = "SECTION.KEY=VALUE")]
    pub set: Vec<String>,
    /// The gate: `paper`, `canary` or `live`.
    #[arg(long, value_name = "STAGE")]
    pub to: String,
    /// A folder of evidence that the gate reads; may be given many times.
    #[arg(long, value_name = "DIR")]
    pub evidence: Vec<PathBuf>,
    /// Who says so, and why.
    #[command(flatten)]
    pub signed: Signed,
}

/// What comes back.
#[derive(Debug, Args)]
pub struct RollbackArguments {
    /// The line: the name of its run.
    #[arg(value_name = "NAME")]
    pub line: String,
    /// The stage that it comes back to.
    #[arg(long, value_name = "STAGE", default_value = "live")]
    pub to: String,
    /// The version, by the first digits of its digest; the one that was there before if absent.
    #[arg(long, value_name = "DIGEST")]
    pub version: Option<String>,
    /// Where to write its run file, gates and policies, exactly as they were; absent or empty before.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Who says so, and why.
    #[command(flatten)]
    pub signed: Signed,
}

/// A version of a line.
#[derive(Debug, Args)]
pub struct Which {
    /// The line: the name of its run.
    #[arg(value_name = "NAME")]
    pub line: String,
    /// The version, by the first digits of its digest; the one that trades nearest to live if absent.
    #[arg(long, value_name = "DIGEST")]
    pub version: Option<String>,
}

/// The registry.
#[derive(Debug, Subcommand)]
pub enum PromotionsCommand {
    /// Make a key for an approver; the public half, for approvers.toml, is printed.
    Key {
        /// The name that it signs for.
        name: String,
        /// The new file, which only its owner can read.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Found the registry on those who may approve.
    Found {
        /// The file that names them.
        #[arg(long, value_name = "FILE")]
        approvers: PathBuf,
        /// Who says so, and why.
        #[command(flatten)]
        signed: Signed,
    },
    /// Propose that others approve from here on.
    Approvers {
        /// The file that names them.
        #[arg(value_name = "FILE")]
        approvers: PathBuf,
        /// Who says so, and why.
        #[command(flatten)]
        signed: Signed,
    },
    /// List the lines and where their versions stand.
    List,
    /// List every record, of one line if it is named.
    History {
        /// The line.
        line: Option<String>,
    },
    /// Verify everything: the chain, the signatures, the files that restore versions, the evidence.
    Verify,
    /// List what waits for approval.
    Pending,
    /// Approve what waits.
    Approve {
        /// Its number, as `pending` shows it.
        id: String,
        /// The key file of another approver.
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
    },
    /// Take back what waits for approval.
    Withdraw {
        /// Its number, as `pending` shows it.
        id: String,
    },
    /// Show the evidence behind a record: the table that its gate judged.
    Show {
        /// The record's number.
        number: u64,
    },
    /// Say how two versions of a line differ.
    Diff {
        /// The line.
        line: String,
        /// One version, by the first digits of its digest.
        a: String,
        /// The other.
        b: String,
    },
    /// Send a version back, at once.
    Demote {
        /// Which.
        #[command(flatten)]
        which: Which,
        /// Where to: `paper` or `candidate`.
        #[arg(long, value_name = "STAGE", default_value = "paper")]
        to: String,
        /// Who says so, and why.
        #[command(flatten)]
        signed: Signed,
    },
    /// Stop a version where it is, at once.
    Pause {
        /// Which.
        #[command(flatten)]
        which: Which,
        /// Who says so, and why.
        #[command(flatten)]
        signed: Signed,
    },
    /// Propose that a paused version trades again.
    Resume {
        /// Which.
        #[command(flatten)]
        which: Which,
        /// Who says so, and why.
        #[command(flatten)]
        signed: Signed,
    },
    /// Take a version out for good.
    Retire {
        /// Which.
        #[command(flatten)]
        which: Which,
        /// Who says so, and why.
        #[command(flatten)]
        signed: Signed,
    },
}
