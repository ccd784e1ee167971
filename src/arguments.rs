//! What a user types.
use crate::evaluation_arguments::{CompareArguments, EvaluateArguments, SearchArguments, WatchArguments};
use crate::policy_arguments::PolicyCommand;
use crate::promotion_arguments::{PromoteArguments, PromotionsCommand, RollbackArguments};
use crate::session_arguments::{CheckArguments, SessionCommand};
use crate::tape_arguments::TapeCommand;
use crate::training_arguments::{RetrainArguments, TrainArguments};
use crate::venue_arguments::VenueCommand;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// One tape, one engine, every mode.
#[derive(Debug, Parser)]
#[command(name = "onetape", version, about, arg_required_else_help = true)]
pub struct Arguments {
    /// Print one machine-readable object on stdout; everything human goes to stderr.
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// A run file and what is laid over it.
#[derive(Debug, Args)]
pub struct RunArguments {
    /// The run file.
    #[arg(value_name = "RUN.toml")]
    pub run: PathBuf,
    /// Override a value, as in `--set strategy.fast=10`; may be given many times.
    #[arg(long = "set", value_name = "SECTION.KEY=VALUE")]
    pub set: Vec<String>,
}

/// Every command.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run a strategy over candles and write what it did.
    #[command(
        after_help = "Examples:\n  onetape backtest examples/btc-ema-cross.toml\n  onetape backtest run.toml --set strategy.fast=10 --out runs/fast --tape\n  onetape backtest run.toml --sensitivity"
    )]
    Backtest {
        /// The run file.
        #[command(flatten)]
        run: RunArguments,
        /// Where to write; `runs/NAME-DIGEST` if absent.
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
        /// Write the tape as well, into DIR/tape.
        #[arg(long)]
        tape: bool,
        /// Run it again with fees and slippage doubled and tripled, and with one candle of latency, for the tear sheet.
        #[arg(long)]
        sensitivity: bool,
        /// Look for market abuse in what it did, and write what was found into DIR/alerts.json.
        #[arg(long)]
        watch: bool,
    },
    /// Run every combination of a grid in parallel on shared candles.
    #[command(after_help = "Example:\n  onetape sweep run.toml --grid fast=5..24 --grid slow=30..79:5")]
    Sweep {
        /// The run file.
        #[command(flatten)]
        run: RunArguments,
        /// A parameter and its values: `fast=5..24`, `slow=30..79:5` (both ends included) or `size=1,2,5`.
        #[arg(long, required = true, value_name = "NAME=VALUES")]
        grid: Vec<String>,
        /// The column to sort by, best first.
        #[arg(long, default_value = "sharpe")]
        by: String,
        /// How many threads; all cores if absent. The result does not depend on it.
        #[arg(long, value_parser = clap::value_parser!(u16).range(1..=512))]
        threads: Option<u16>,
        /// Where to write; `runs/NAME-sweep-DIGEST` if absent.
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
    /// Find out whether a result can be believed, and write the evidence; or the evidence of a session, from its tape.
    #[command(
        after_help = "Examples:\n  onetape evaluate run.toml --grid fast=5..24 --grid slow=30..79:5\n  onetape evaluate runs/btc-paper-paper\nWhat is evaluated, and how, is said in [evaluation]; the table is the answer of the first gate. docs/evaluation.md"
    )]
    Evaluate(Box<EvaluateArguments>),
    /// Look for parameters where a grid would be too large; every trial is counted.
    #[command(
        after_help = "Examples:\n  onetape search run.toml --space fast=5..50 --space slow=30..300 --trials 200\n  onetape search run.toml --space rate=1e-4~1e-1:log --method random --pruning halving"
    )]
    Search(Box<SearchArguments>),
    /// Hold a session against the evidence behind its promotion; what is due is done at once.
    #[command(
        after_help = "Example:\n  onetape watch runs/btc-live --key watch.key\nIt is made for a schedule. What is watched, and what is done beyond a limit, is said in [watch] of the gates; exit code 3 is an alert."
    )]
    Watch(WatchArguments),
    /// Compare runs over the days that they share: metrics with intervals, a paired test, equity on one chart.
    #[command(after_help = "Example:\n  onetape compare runs/a runs/b runs/btc-paper-paper")]
    Compare(CompareArguments),
    /// Let a version through a gate, on evidence.
    #[command(
        after_help = "Examples:\n  onetape promote run.toml --to paper --evidence runs/btc-evidence-0123456789ab --key alice.key --why \"holds out of sample\"\nThe gate's table is the answer; exit code 3 is no. docs/evaluation.md"
    )]
    Promote(PromoteArguments),
    /// See the promotion registry, and what approvers do with it.
    #[command(subcommand)]
    Promotions(PromotionsCommand),
    /// Bring the version back that was there before.
    #[command(
        after_help = "Example:\n  onetape rollback btc-ema-cross --out restored --key alice.key --why \"the new one loses\""
    )]
    Rollback(RollbackArguments),
    /// Train the policy of a run file in the engine.
    #[command(
        after_help = "Examples:\n  onetape train examples/rl-ppo.toml\n  onetape train run.toml --set learning.total_steps=2000000 --out runs/longer\n  onetape train run.toml --resume\nThe policy is written to where [strategy] looks for it; the folder holds its curves, report and checkpoint."
    )]
    Train(TrainArguments),
    /// Train the policy of a run file on a newer window and register it as a candidate; nothing is promoted.
    #[command(
        after_help = "Examples:\n  onetape retrain examples/rl-ppo.toml --register candidates\n  onetape retrain run.toml --register candidates --until 2024-01-01 --anchored\nIt is made for a schedule: a window that was trained on by the same recipe is not trained on again."
    )]
    Retrain(RetrainArguments),
    /// Sessions with venues.
    #[command(flatten)]
    Session(SessionCommand),
    /// Run a tape through the same core and compare every decision.
    #[command(
        after_help = "Examples:\n  onetape replay runs/btc-ema-cross-0123456789ab/tape\n  onetape replay runs/btc-ema-cross-0123456789ab --watch\nExit code 3 names the first step that differs, or the first alert."
    )]
    Replay {
        /// The folder of the tape, or of the run that holds it.
        tape: PathBuf,
        /// Where the candles are; the catalog of the run.toml beside the tape if absent.
        #[arg(long)]
        catalog: Option<PathBuf>,
        /// Override a value of the run file: to see which step it changes first.
        #[arg(long = "set", value_name = "SECTION.KEY=VALUE")]
        set: Vec<String>,
        /// Let the watch look on again, and compare what it finds with the alerts.json of the run.
        #[arg(long)]
        watch: bool,
    },
    /// Verify, show, export or compare tapes.
    #[command(subcommand)]
    Tape(TapeCommand),
    /// Bring candles in, and see what is there.
    #[command(subcommand)]
    Data(DataCommand),
    /// Policies as files.
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Check a run file and everything that a start would need.
    #[command(
        after_help = "Examples:\n  onetape check run.toml\n  onetape check run.toml --live --endpoint http://127.0.0.1:8470\nWith --live exit code 3 says that something is in the way; the table says what to do about it."
    )]
    Check(Box<CheckArguments>),
    /// Say where each deadline of a compliance calendar stands; an overdue one is an answer no.
    #[command(
        after_help = "Examples:\n  onetape checklist docs/compliance-calendar.toml\n  onetape --json checklist --today 2026-04-01\nExit code 3 names the deadlines that are overdue."
    )]
    Checklist {
        /// The calendar.
        #[arg(value_name = "FILE", default_value = "compliance-calendar.toml")]
        file: PathBuf,
        /// The day to ask for, in UTC; the day of the clock if absent.
        #[arg(long, value_name = "YYYY-MM-DD")]
        today: Option<String>,
    },
    /// Write the transaction reports of a finished run, and check that every fill is reported exactly once.
    #[command(
        after_help = "Examples:\n  onetape transactions runs/btc-ema-cross-0123456789ab --day 2024-03-01\n  onetape transactions runs/fast --from 2024-03-01 --to 2024-03-31 --out reports\n  onetape transactions runs/fast --check\n  onetape transactions runs/fast --set reporting.firm=529900T8BM49AURSDO55\nThe run needs its tape (`backtest --tape`) and a section [reporting].\nExit code 3 names the fills that are missing or reported twice, or says that the run does not replay."
    )]
    Transactions(Box<TransactionArguments>),
    /// Write the tear sheet again from the files of a run.
    #[command(after_help = "Example:\n  onetape report runs/btc-ema-cross-0123456789ab")]
    Report {
        /// The folder of the run.
        dir: PathBuf,
    },
    /// List the strategies, or show one with its parameters.
    #[command(after_help = "Example:\n  onetape strategies ema-cross")]
    Strategies {
        /// The strategy to show.
        name: Option<String>,
    },
    /// Make a strategy project to start from.
    #[command(after_help = "Example:\n  onetape new my-strategy && cd my-strategy && cargo test")]
    New {
        /// The project's name and folder.
        name: PathBuf,
        /// Where the engine's sources are; the sources that this program was built from if absent.
        #[arg(long, value_name = "DIR")]
        engine: Option<PathBuf>,
    },
    /// Serve a loopback venue: a server that speaks an exchange's protocol over stored candles or ticks.
    #[command(subcommand)]
    Venue(VenueCommand),
    /// Print completions for a shell.
    #[command(after_help = "Example:\n  onetape completions bash > ~/.local/share/bash-completion/completions/onetape")]
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
    /// Anything else: commands of other builds, told apart from typing errors.
    #[command(external_subcommand)]
    Other(Vec<String>),
}

/// Which fills to report, and where.
#[derive(Debug, Args)]
pub struct TransactionArguments {
    /// The folder of the run.
    #[arg(value_name = "RUN_DIR")]
    pub dir: PathBuf,
    /// Report this day only, in UTC; every day with a fill if absent. A day without one gets a report without rows.
    #[arg(long, value_name = "YYYY-MM-DD", conflicts_with_all = ["from", "to"])]
    pub day: Option<String>,
    /// The first day to report.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub from: Option<String>,
    /// The last day to report, itself included.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub to: Option<String>,
    /// Where to write; RUN_DIR/transactions if absent.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Write nothing: check the reports that are there.
    #[arg(long)]
    pub check: bool,
    /// When the reports are made, for their first column; empty if absent. The clock is never asked.
    #[arg(long, value_name = "INSTANT")]
    pub reported_at: Option<String>,
    /// Where the candles are; the catalog of the run.toml in RUN_DIR if absent.
    #[arg(long)]
    pub catalog: Option<PathBuf>,
    /// Override a value of the run file, as in `--set reporting.firm=LEI`; may be given many times.
    #[arg(long = "set", value_name = "SECTION.KEY=VALUE")]
    pub set: Vec<String>,
}

/// What can be done with a catalog.
#[derive(Debug, Subcommand)]
pub enum DataCommand {
    /// Bring candles of a foreign format into a catalog.
    #[command(
        after_help = "Examples:\n  onetape data import EURUSD.csv --format backtesting --venue sample --symbol EURUSD --interval 1h --zone UTC --label open --catalog data\n  onetape data import bars.csv --format csv --columns time=0,open=1,high=2,low=3,close=4,volume=5 --time ms --no-header ..."
    )]
    Import(Box<ImportArguments>),
    /// List every series of a catalog.
    List {
        /// The catalog.
        #[arg(long, default_value = "datasets/sample")]
        catalog: PathBuf,
    },
    /// Show the first and last candles of a series, or what its ticks are.
    Show {
        /// `VENUE:SYMBOL`.
        series: String,
        /// The interval, or `ticks`.
        interval: String,
        /// The catalog.
        #[arg(long, default_value = "datasets/sample")]
        catalog: PathBuf,
        /// How many candles of each end.
        #[arg(long, default_value_t = 5)]
        rows: usize,
    },
}

/// A foreign format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ForeignFormat {
    /// Text columns, mapped by --columns.
    Csv,
    /// The header of backtesting.py: a date, Open, High, Low, Close, Volume.
    Backtesting,
    /// The twelve columns of Binance.
    Binance,
    /// freqtrade's JSON arrays.
    Freqtrade,
    /// LEAN zip files of trades.
    Lean,
    /// LEAN zip files of quotes, the bid side.
    LeanBid,
    /// LEAN zip files of quotes, the ask side.
    LeanAsk,
}

/// Which moment of a candle a file's times name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TimeLabel {
    /// The first instant.
    Open,
    /// The end.
    Close,
}

/// How to read foreign candles.
#[derive(Debug, Args)]
pub struct ImportArguments {
    /// The files, in the order of time.
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// Their format.
    #[arg(long, value_enum)]
    pub format: ForeignFormat,
    /// The venue that the candles belong to.
    #[arg(long)]
    pub venue: String,
    /// The symbol.
    #[arg(long)]
    pub symbol: String,
    /// The interval, as `1m`, `4h`, `1d`.
    #[arg(long)]
    pub interval: String,
    /// The clock of the times: UTC, a fixed offset as -05:00, or a zone as America/New_York. Never guessed.
    #[arg(long)]
    pub zone: String,
    /// Which moment of the candle its time names. Never guessed.
    #[arg(long, value_enum)]
    pub label: TimeLabel,
    /// The catalog to write to.
    #[arg(long)]
    pub catalog: PathBuf,
    /// CSV: which column holds what, by header or by number from 0: `time=Date,open=Open,...`; volume may be absent.
    #[arg(long)]
    pub columns: Option<String>,
    /// CSV: how times are written: `s`, `ms`, `us`, `ns`, `iso`, or a pattern as `%Y%m%d %H%M%S`.
    #[arg(long, default_value = "iso")]
    pub time: String,
    /// CSV: what separates columns.
    #[arg(long, default_value = ",")]
    pub delimiter: String,
    /// CSV: the first line is data already.
    #[arg(long)]
    pub no_header: bool,
    /// Divide every price by this.
    #[arg(long, default_value_t = 1)]
    pub price_divisor: i64,
    /// Divide every volume by this.
    #[arg(long, default_value_t = 1)]
    pub volume_divisor: i64,
    /// The local time at which a daily candle opens, as 09:30, where the file gives only a date.
    #[arg(long)]
    pub session_open: Option<String>,
    /// Round what is finer than 10^-8 instead of refusing it; the report counts it.
    #[arg(long)]
    pub round: bool,
    /// Replace the file if it is there.
    #[arg(long)]
    pub replace: bool,
    /// Where the data came from, kept in the file.
    #[arg(long, default_value = "")]
    pub source: String,
    /// Under which licence, kept in the file.
    #[arg(long, default_value = "none stated")]
    pub licence: String,
}
