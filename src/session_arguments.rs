//! What a user types about sessions with venues.
use crate::arguments::RunArguments;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// Sessions with venues, and the operator's hand on them.
#[derive(Debug, Subcommand)]
pub enum SessionCommand {
    /// Run a strategy against a venue's real stream, filled by the simulated venue, until it is stopped.
    #[command(
        after_help = "Examples:\n  onetape paper run.toml\n  onetape paper examples/btc-paper.toml --demo\n  onetape paper run.toml --endpoint http://127.0.0.1:8470\nCtrl-C stops it in order, a second one at once; the same command goes on where it ended."
    )]
    Paper(Box<SessionArguments>),
    /// The same, and write down what the venue itself would have been sent: encoded, signed, and not sent.
    #[command(
        after_help = "Examples:\n  onetape shadow run.toml --credentials bingx.key\n  onetape shadow examples/btc-paper.toml --demo\nThe requests stand in DIR/shadow.jsonl, without key and signature."
    )]
    Shadow(Box<SessionArguments>),
    /// Run a strategy against a venue, orders included. It needs a promotion record that matches exactly.
    #[command(
        after_help = "Examples:\n  onetape live examples/btc-paper.toml --demo --rehearsal\n  onetape live run.toml --endpoint http://127.0.0.1:8470\nCtrl-C stops it in order, a second one at once; the same command goes on where it ended, once the account agrees with the tape."
    )]
    Live(Box<SessionArguments>),
    /// Stop everything that adds risk and cancel everything that is open, for good. It holds also where the session does not run.
    #[command(after_help = "Example:\n  onetape kill runs/btc-live --why \"prices make no sense\"")]
    Kill(HandArguments),
    /// Take no new risk; what is open goes on, and positions may become smaller.
    Pause(HandArguments),
    /// Go on after a pause.
    Resume(HandArguments),
    /// End a session in order, as Ctrl-C does.
    Stop(HandArguments),
    /// Say how a running session stands.
    Status {
        /// The session's folder.
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
}

/// A session.
#[derive(Debug, Args)]
pub struct SessionArguments {
    /// The run file.
    #[command(flatten)]
    pub run: RunArguments,
    /// The session's folder; `runs/NAME-MODE` if absent. One that holds the session goes on with it.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Where a venue is reached, as in `bingx=http://127.0.0.1:8470`, or which account of it, `real` or `practice`; the venue's
    /// name may be left out where there is one.
    #[arg(long, value_name = "VENUE=PLACE")]
    pub endpoint: Vec<String>,
    /// A file of mode 0600 with the venue's key and secret on two lines, or a folder with such a file for each venue.
    #[arg(long, value_name = "PATH")]
    pub credentials: Option<PathBuf>,
    /// Serve the venue on loopback beside the session: no key, no internet. The market begins with the run file's `from` and goes
    /// 60 times as fast as the clock, or as `--speed` says.
    #[arg(long, conflicts_with = "endpoint")]
    pub demo: bool,
    /// Send orders without a promotion record, to loopback venues only.
    #[arg(long)]
    pub rehearsal: bool,
    /// What the clock of a market that is replayed shows now.
    #[arg(long, value_name = "TIME")]
    pub market_time: Option<String>,
    /// How many times as fast as the clock that market goes.
    #[arg(long)]
    pub speed: Option<u64>,
    /// When to stop, by the market's clock.
    #[arg(long, value_name = "TIME")]
    pub until: Option<String>,
}

/// What is checked.
#[derive(Debug, Args)]
pub struct CheckArguments {
    /// Everything that a live start would need: the venue, the key, the clocks, the account, the disk, the tape.
    #[arg(long)]
    pub live: bool,
    /// The session; its flags are for `--live`.
    #[command(flatten)]
    pub session: SessionArguments,
}

/// A running session and a reason.
#[derive(Debug, Args)]
pub struct HandArguments {
    /// The session's folder.
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// Why, for the tape.
    #[arg(long, value_name = "TEXT")]
    pub why: String,
}
