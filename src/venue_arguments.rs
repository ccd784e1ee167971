//! What a user types about loopback venues.
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// What can be done with loopback venues.
#[derive(Debug, Subcommand)]
pub enum VenueCommand {
    /// Serve one until Ctrl-C.
    #[command(
        after_help = "Examples:\n  onetape venue serve bingx --catalog datasets/sample --instrument bybit-usdt-perp:BTCUSDT@1m --speed 60\n  onetape venue serve bingx run.toml --port 8470 --faults F2=0.05,F10=0.01 --seed 7\n  onetape venue serve alpaca run.toml --quirk updates=text\nWithout --key-file the key and the secret are demo-key and demo-secret for bingx, PKLOOPBACK and loopback-secret for alpaca."
    )]
    Serve(Box<ServeArguments>),
}

/// What a loopback venue serves, and how.
#[derive(Debug, Args)]
pub struct ServeArguments {
    /// Whose protocol: `bingx` or `alpaca`.
    pub venue: String,
    /// A run file that names the catalog, the instruments and the time; flags win over it.
    #[arg(value_name = "RUN.toml")]
    pub run: Option<PathBuf>,
    /// Override a value of the run file, as in `--set instruments.0.interval=1m`.
    #[arg(long = "set", value_name = "SECTION.KEY=VALUE")]
    pub set: Vec<String>,
    /// The catalog.
    #[arg(long, value_name = "DIR")]
    pub catalog: Option<PathBuf>,
    /// A market, as in `bybit-usdt-perp:BTCUSDT@1m`; `@ticks` in the place of a length takes trades and quotes.
    #[arg(long, value_name = "VENUE:SYMBOL@INTERVAL")]
    pub instrument: Vec<String>,
    /// When the market's time begins; the first candle if absent. What is known by then is history.
    #[arg(long, value_name = "TIME")]
    pub from: Option<String>,
    /// The loopback port; 0 takes a free one and says which.
    #[arg(long, default_value_t = 8470)]
    pub port: u16,
    /// How fast the market goes: `1` as it happened, `1000`, `max`, or `0` for steps on demand.
    #[arg(long, default_value = "1")]
    pub speed: String,
    /// Faults with their probabilities, as in `F2=0.05,mute-socket=0.001`.
    #[arg(long, value_name = "FAULTS", default_value = "")]
    pub faults: String,
    /// The seed of the faults.
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
    /// What the account begins with; that of the run file, or 100000, if absent.
    #[arg(long)]
    pub cash: Option<String>,
    /// Something that is a matter of choice about the venue, as in `stream-ids=named`; may be given many times.
    #[arg(long, value_name = "NAME=VALUE")]
    pub quirk: Vec<String>,
    /// Give the account a long and a short position side by side.
    #[arg(long)]
    pub hedge: bool,
    /// Make the market's times those of the clock: the same hour of the week, as if it happened now. With `--speed 1` only.
    #[arg(long)]
    pub as_now: bool,
    /// A file whose two lines are the API key and the secret.
    #[arg(long, value_name = "FILE")]
    pub key_file: Option<PathBuf>,
}
