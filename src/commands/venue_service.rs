//! The loopback venues that this build can serve, and their clocks.
use crate::failure::Failure;
use crate::terminal;
use crate::venue_arguments::ServeArguments;
use crate::venue_markets::{self, Served};
use engine::{Money, Timestamp};
use loopback::alpaca::{self, Alpaca};
use loopback::bingx::{self, Bingx};
use loopback::dialect::Dialect;
use loopback::exchange::{Config, Exchange};
use loopback::faults::Faults;
use loopback::pace::{Moment, Speed};
use std::net::Ipv4Addr;
use std::time::Instant;

/// The venues that can be served.
const VENUES: [&str; 2] = ["bingx", "alpaca"];

/// Runs the command.
pub(super) fn serve(arguments: &ServeArguments) -> Result<(), Failure> {
    if !VENUES.contains(&arguments.venue.as_str()) {
        let all = VENUES.join(", ");
        return Err(Failure::Usage(format!("there is no loopback venue `{}`; there are {all}", arguments.venue)));
    }
    let speed: Speed = arguments.speed.parse().map_err(Failure::Usage)?;
    if arguments.as_now && speed != Speed::Thousandths(1_000) {
        return Err(Failure::Usage("--as-now goes with `--speed 1`: at any other the clocks part".into()));
    }
    let faults = Faults::parse(&arguments.faults, arguments.seed).map_err(Failure::Usage)?;
    let (keys, began) = (keys(arguments)?, Instant::now());
    let clock = move || Moment { wall: wall(), mono_ns: u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX) };
    let Served { markets, from, names, mut cash, leverage } = venue_markets::served(arguments, wall())?;
    if let Some(text) = &arguments.cash {
        cash = text.parse::<Money>().map_err(|e| Failure::Usage(format!("--cash {text}: {e}")))?;
    }
    let exchange = Exchange::new(Config::from(from), markets).map_err(Failure::failed)?;
    if arguments.venue == "alpaca" {
        let mut options = alpaca::Options { seed: arguments.seed, ..alpaca::Options::default() };
        if let Some((key, secret)) = keys {
            (options.key, options.secret) = (key, secret.into());
        }
        arguments.quirk.iter().try_for_each(|text| options.set(text)).map_err(Failure::Usage)?;
        let symbols: Vec<String> = exchange.listings().iter().map(alpaca::symbol).collect();
        let setup = alpaca::Setup { cash, leverage, options, faults, speed };
        return start(Alpaca::new(exchange, &symbols, setup, clock()), arguments, Box::new(clock), &names);
    }
    let mut options = bingx::Options::default();
    let (key, secret) = keys.unwrap_or(("demo-key".into(), "demo-secret".into()));
    options.users = vec![bingx::User { key, secret, cash, hedge: arguments.hedge }];
    arguments.quirk.iter().try_for_each(|text| options.set(text)).map_err(Failure::Usage)?;
    start(Bingx::new(options, exchange, speed, faults, clock()), arguments, Box::new(clock), &names)
}

fn start(
    server: impl Dialect + 'static,
    arguments: &ServeArguments,
    clock: loopback::serve::Clock,
    names: &[String],
) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::failed)?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, arguments.port)).await;
        let listener =
            listener.map_err(|e| Failure::Failed(format!("cannot listen on port {}: {e}", arguments.port)))?;
        let port = listener.local_addr().map_err(Failure::failed)?.port();
        let (venue, speed) = (&arguments.venue, &arguments.speed);
        terminal::print(&format!("serving {venue} on http://127.0.0.1:{port}\n"))?;
        terminal::say(&format!("markets {}, speed {speed}; Ctrl-C ends it", names.join(", ")));
        let end = async {
            // Where the signal cannot be heard the server runs until it is killed.
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        loopback::serve::serve(listener, server, clock, end).await.map_err(Failure::failed)?;
        terminal::say("ended");
        Ok(())
    })
}

/// The machine's wall clock.
fn wall() -> Timestamp {
    Timestamp(i64::try_from(jiff::Timestamp::now().as_nanosecond()).unwrap_or(i64::MAX))
}

/// The key and the secret of a file that was named.
fn keys(arguments: &ServeArguments) -> Result<Option<(String, String)>, Failure> {
    let Some(path) = &arguments.key_file else { return Ok(None) };
    let text = std::fs::read_to_string(path);
    let text = text.map_err(|e| Failure::Usage(format!("cannot read {}: {e}", path.display())))?;
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    match (lines.next(), lines.next()) {
        (Some(key), Some(secret)) => Ok(Some((key.into(), secret.into()))),
        _ => Err(Failure::Usage(format!("{} needs two lines: the key and the secret", path.display()))),
    }
}
