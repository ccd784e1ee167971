//! What can be asked of tapes on the command line.
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// What can be done with tapes.
#[derive(Debug, Subcommand)]
pub enum TapeCommand {
    /// Check every record, the chain and the end.
    Verify {
        /// The folder of the tape, or of the run that holds it.
        tape: PathBuf,
    },
    /// Show what happened and what was decided.
    Show {
        /// The folder of the tape, or of the run that holds it.
        tape: PathBuf,
        /// The first step to show.
        #[arg(long, default_value_t = 0)]
        from: u64,
        /// How many records to show.
        #[arg(long, default_value_t = 50)]
        count: usize,
    },
    /// Write all records as JSON lines.
    Export {
        /// The folder of the tape, or of the run that holds it.
        tape: PathBuf,
        /// The file to write; stdout if absent.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Name the first step at which two tapes differ, and print both sides.
    Diff {
        /// One tape.
        left: PathBuf,
        /// The other.
        right: PathBuf,
    },
    /// Write the closed segments of a live run's tape as Parquet, one row per record.
    #[command(after_help = "Example:\n  onetape tape archive runs/btc-live --archive archive/btc-live")]
    Archive {
        /// The folder of the tape, or of the run that holds it.
        tape: PathBuf,
        /// The folder of the archive.
        #[arg(long, value_name = "DIR")]
        archive: PathBuf,
    },
    /// Take away the oldest closed segments of a live run's tape.
    #[command(
        after_help = "Examples:\n  onetape tape prune runs/btc-live --keep-days 30 --archive archive/btc-live\n  onetape tape prune runs/btc-live --keep-bytes 10000000000 --without-archive --dry-run\nA run whose first segments are gone is neither replayed nor gone on with until `tape restore` brought them back."
    )]
    Prune(PruneArguments),
    /// Bring the first segments of a live run's tape back from its archive.
    #[command(after_help = "Example:\n  onetape tape restore runs/btc-live --archive archive/btc-live")]
    Restore {
        /// The folder of the tape, or of the run that holds it.
        tape: PathBuf,
        /// The folder of the archive.
        #[arg(long, value_name = "DIR")]
        archive: PathBuf,
    },
}

/// Which segments may go.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("how much").required(true).multiple(true).args(["keep_days", "keep_bytes"]))]
#[command(group = clap::ArgGroup::new("copies").required(true).args(["archive", "without_archive"]))]
pub struct PruneArguments {
    /// The folder of the tape, or of the run that holds it.
    pub tape: PathBuf,
    /// Keep what is not older than so many days.
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=36_500))]
    pub keep_days: Option<u32>,
    /// Keep no more than so many bytes.
    #[arg(long, value_name = "BYTES")]
    pub keep_bytes: Option<u64>,
    /// The folder of the archive: a segment goes only when it can be rebuilt from there.
    #[arg(long, value_name = "DIR")]
    pub archive: Option<PathBuf>,
    /// Take segments away for good.
    #[arg(long)]
    pub without_archive: bool,
    /// Name them, and leave them.
    #[arg(long)]
    pub dry_run: bool,
}
