//! The venues of a session, from where its instruments are traded.
use super::keys::Keys;
use super::mode::Mode;
use super::places::{Account, Place, Places};
use crate::failure::Failure;
use crate::run_file::RunFile;
use engine::{Instrument, InstrumentId};
use operations::world::{Link, Twin};
use std::path::Path;
use venues::{Connector, Listed, RunId, alpaca, bingx};

/// How a session reaches its venues, and as whom.
#[derive(Clone, Debug)]
pub(super) struct Reach {
    pub(super) mode: Mode,
    pub(super) places: Places,
    /// The keys of each venue, in the order of the run file; none where none were found.
    keys: Vec<(String, Option<Keys>)>,
}

impl Reach {
    /// Finds the keys that the mode needs.
    pub(super) fn new(
        config: &RunFile,
        mode: Mode,
        places: Places,
        credentials: Option<&Path>,
    ) -> Result<Self, Failure> {
        let of = |venue: String| {
            let keys = match credentials {
                None if places.is_loopback(&venue) => super::keys::loopback(&venue),
                _ => super::keys::find(&venue, credentials)?,
            };
            if let Some(keys) = keys.as_ref().filter(|keys| keys.exposed) {
                crate::terminal::say(&format!(
                    "warning: the key of {venue} comes from {}: a file of mode 0600 is safer",
                    keys.source
                ));
            }
            Ok((venue, keys))
        };
        let keys = venues(config).into_iter().map(of).collect::<Result<_, Failure>>()?;
        Ok(Self { mode, places, keys })
    }

    /// The keys of a venue.
    pub(super) fn keys(&self, venue: &str) -> Option<&Keys> {
        self.keys.iter().find(|(name, _)| name == venue).and_then(|(_, keys)| keys.as_ref())
    }

    /// Where a venue is. Without a word of it: the real account's hosts, and Alpaca's practice where no order is sent, whose keys
    /// everybody has.
    fn place(&self, venue: &str) -> Place {
        let usual = if venue == "alpaca" && !self.mode.sends() { Account::Practice } else { Account::Real };
        self.places.of(venue).cloned().unwrap_or(Place::Its(usual))
    }

    /// Refuses a session that lacks a key, and a rehearsal that would send orders to more than a loopback venue.
    pub(super) fn check(&self, rehearsal: bool) -> Result<(), Failure> {
        for (venue, keys) in &self.keys {
            if rehearsal && self.mode.sends() && !self.places.is_loopback(venue) {
                return Err(Failure::Usage(format!(
                    "a rehearsal sends orders to loopback venues only: `--endpoint {venue}=http://127.0.0.1:PORT` or \
                     `--demo`; `shadow` shows what {venue} itself would be sent"
                )));
            }
            if self.mode.needs_keys() && keys.is_none() {
                return Err(Failure::Usage(format!(
                    "`{}` needs a key of {venue}: two lines, the key and the secret, in a file of mode 0600 given with \
                     `--credentials FILE`, or in ~/.config/onetape/credentials/{venue}",
                    self.mode.name()
                )));
            }
        }
        Ok(())
    }
}

/// The venues of a run's instruments, each once, in the order of the run file.
pub(super) fn venues(config: &RunFile) -> Vec<String> {
    let mut venues: Vec<String> = Vec::new();
    for section in &config.instruments {
        let venue = section.live_listing().venue;
        if !venues.contains(&venue) {
            venues.push(venue);
        }
    }
    venues
}

/// The instruments of one venue.
pub(super) fn listed(config: &RunFile, instruments: &[Instrument], venue: &str) -> Vec<Listed> {
    let ticks = config.live.as_ref().is_some_and(|live| live.on_ticks);
    let of = |(place, section): (usize, &crate::run_file::InstrumentSection)| {
        let listing = section.live_listing();
        let id = InstrumentId(u32::try_from(place).ok()?);
        let (symbol, instrument) = (listing.symbol, instruments[place].clone());
        (listing.venue == venue).then_some(Listed { id, symbol, instrument, interval: section.interval, ticks })
    };
    config.instruments.iter().enumerate().filter_map(of).collect()
}

/// A connector of a venue: with keys where `trades`, and for market data alone otherwise, as far as the venue gives that
/// without.
pub(super) fn connector(
    venue: &str,
    (reach, trades): (&Reach, bool),
    run: &RunId,
    listed: Vec<Listed>,
    config: &RunFile,
) -> Result<Box<dyn Connector>, Failure> {
    let seed = config.run.seed;
    let live = config.live.clone().unwrap_or_default();
    let place = reach.place(venue);
    match venue {
        "bingx" => {
            let endpoints = match place {
                Place::At(http, ws) => {
                    let socket = format!("{ws}/swap-market");
                    bingx::Endpoints { rest: http, market: socket.clone(), private: socket }
                }
                Place::Its(Account::Real) => bingx::Endpoints::live(),
                Place::Its(Account::Practice) => bingx::Endpoints::demo(),
            };
            let keys = reach.keys(venue).filter(|_| trades);
            let keys = keys.map(|it| bingx::Credentials { key: it.key.clone(), secret: it.secret.clone() });
            let mode = if live.hedge { bingx::PositionMode::Hedge } else { bingx::PositionMode::OneWay };
            // Orders that are to outlive a stop must not end with it.
            let kill_timer_s = live.kill_timer_s().filter(|_| trades && reach.mode.sends());
            let usual = bingx::Config::new(endpoints, keys, run.clone(), listed);
            let config = bingx::Config { seed, mode, kill_timer_s, ..usual };
            Ok(Box::new(bingx::BingX::new(config).map_err(Failure::usage)?))
        }
        "alpaca" => {
            let endpoints = match place {
                Place::At(http, ws) => alpaca::Endpoints {
                    trading: http.clone(),
                    data: http,
                    stream: ws.clone(),
                    trade_updates: format!("{ws}/stream"),
                },
                Place::Its(Account::Real) => alpaca::Endpoints::live(),
                Place::Its(Account::Practice) => alpaca::Endpoints::paper(),
            };
            // Its market data wants a key as well.
            let keys = reach.keys(venue);
            let keys = keys.map(|it| alpaca::Credentials { key: it.key.clone(), secret: it.secret.clone() });
            let config = alpaca::Config { seed, ..alpaca::Config::new(endpoints, keys, run.clone(), listed) };
            Ok(Box::new(alpaca::Alpaca::new(config).map_err(Failure::usage)?))
        }
        other => Err(Failure::Usage(format!(
            "no session can be had with `{other}`: say where the instrument is traded, as in `live = \"bingx:BTC-USDT\"`"
        ))),
    }
}

/// Second protocols for market data, where the run file wants them.
pub(super) fn twins(
    config: &RunFile,
    instruments: &[Instrument],
    reach: &Reach,
    run: &RunId,
) -> Result<Vec<Twin>, Failure> {
    if !config.live.as_ref().is_some_and(|live| live.twin) {
        return Ok(Vec::new());
    }
    let twin = |(place, venue): (usize, String)| {
        let listed = listed(config, instruments, &venue);
        Ok((place, connector(&venue, (reach, false), run, listed, config)?))
    };
    venues(config).into_iter().enumerate().map(twin).collect()
}

/// Every venue of a session.
pub(super) fn links(
    config: &RunFile,
    instruments: &[Instrument],
    reach: &Reach,
    run: &RunId,
) -> Result<Vec<Link>, Failure> {
    let link = |venue: String| {
        let listed = listed(config, instruments, &venue);
        let connector = connector(&venue, (reach, reach.mode.sends()), run, listed.clone(), config)?;
        Ok(Link { connector, listed })
    };
    venues(config).into_iter().map(link).collect()
}
