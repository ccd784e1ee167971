//! The venues of a session, from where its instruments are traded.
use crate::failure::Failure;
use crate::run_file::RunFile;
use engine::{Instrument, InstrumentId};
use operations::world::Link;
use std::collections::BTreeMap;
use venues::{Connector, Listed, RunId, alpaca, bingx};

/// Where venues are reached, where that is not where they usually are.
#[derive(Clone, Debug, Default)]
pub(super) struct Places(BTreeMap<String, String>);

impl Places {
    /// From `--endpoint VENUE=URL`, or `URL` for a run with one venue.
    pub(super) fn new(given: &[String], venues: &[String]) -> Result<Self, Failure> {
        let mut places = BTreeMap::new();
        for text in given {
            let (venue, url) = match (text.split_once('='), venues) {
                (Some((venue, url)), _) => (venue.to_string(), url),
                (None, [venue]) => (venue.clone(), text.as_str()),
                (None, _) => {
                    return Err(Failure::Usage(format!(
                        "`--endpoint {text}` is of which venue? say it as in `bingx={text}`"
                    )));
                }
            };
            let url = url.trim_end_matches('/');
            if !(url.starts_with("http://") || url.starts_with("https://")) {
                return Err(Failure::Usage(format!(
                    "`{url}` is no endpoint: expected one as in http://127.0.0.1:8470"
                )));
            }
            places.insert(venue, url.to_string());
        }
        Ok(Self(places))
    }

    /// Where a venue is reached, and the same for sockets.
    fn of(&self, venue: &str) -> Option<(String, String)> {
        let http = self.0.get(venue)?;
        Some((http.clone(), http.replacen("http", "ws", 1)))
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
    let of = |(place, section): (usize, &crate::run_file::InstrumentSection)| {
        let listing = section.live_listing();
        let id = InstrumentId(u32::try_from(place).ok()?);
        let (symbol, instrument) = (listing.symbol, instruments[place].clone());
        (listing.venue == venue).then_some(Listed { id, symbol, instrument, interval: section.interval, ticks: false })
    };
    config.instruments.iter().enumerate().filter_map(of).collect()
}

/// A connector of a venue, for market data alone.
pub(super) fn connector(
    venue: &str,
    places: &Places,
    run: &RunId,
    listed: Vec<Listed>,
    seed: u64,
) -> Result<Box<dyn Connector>, Failure> {
    match venue {
        "bingx" => {
            let mut endpoints = bingx::Endpoints::live();
            if let Some((http, ws)) = places.of(venue) {
                let socket = format!("{ws}/swap-market");
                endpoints = bingx::Endpoints { rest: http, market: socket.clone(), private: socket };
            }
            let config = bingx::Config { seed, ..bingx::Config::new(endpoints, None, run.clone(), listed) };
            Ok(Box::new(bingx::BingX::new(config).map_err(Failure::usage)?))
        }
        "alpaca" => {
            let (mut endpoints, mut credentials) = (alpaca::Endpoints::paper(), None);
            if let Some((http, ws)) = places.of(venue) {
                endpoints = alpaca::Endpoints {
                    trading: http.clone(),
                    data: http,
                    stream: ws.clone(),
                    trade_updates: format!("{ws}/stream"),
                };
                credentials = loopback_keys(&places.0[venue]);
            }
            let config = alpaca::Config { seed, ..alpaca::Config::new(endpoints, credentials, run.clone(), listed) };
            Ok(Box::new(alpaca::Alpaca::new(config).map_err(Failure::usage)?))
        }
        other => Err(Failure::Usage(format!(
            "no session can be had with `{other}`: say where the instrument is traded, as in `live = \"bingx:BTC-USDT\"`"
        ))),
    }
}

/// The keys that a loopback venue takes, which are no secret; none for any other host.
fn loopback_keys(endpoint: &str) -> Option<alpaca::Credentials> {
    let host = endpoint.strip_prefix("http://")?.split([':', '/']).next()?;
    let loopback = matches!(host, "127.0.0.1" | "localhost");
    loopback.then(|| alpaca::Credentials { key: "PKLOOPBACK".into(), secret: "loopback-secret".into() })
}

/// Every venue of a session.
pub(super) fn links(
    config: &RunFile,
    instruments: &[Instrument],
    places: &Places,
    run: &RunId,
) -> Result<Vec<Link>, Failure> {
    let link = |venue: String| {
        let listed = listed(config, instruments, &venue);
        let connector = connector(&venue, places, run, listed.clone(), config.run.seed)?;
        Ok(Link { connector, listed })
    };
    venues(config).into_iter().map(link).collect()
}
