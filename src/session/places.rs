//! Where venues are reached: at their own hosts, for the real or the practice account, or somewhere else.
use crate::failure::Failure;
use std::collections::BTreeMap;
use std::net::ToSocketAddrs;

/// Which account of a venue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Account {
    /// With real money.
    Real,
    /// With play money: BingX's demo, Alpaca's paper trading.
    Practice,
}

/// Where one venue is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// At its own hosts.
    Its(Account),
    /// Elsewhere: by HTTP, and by socket.
    At(String, String),
}

/// Where all are.
#[derive(Clone, Debug, Default)]
pub(super) struct Places(BTreeMap<String, Place>);

impl Places {
    /// From `--endpoint VENUE=PLACE`, or `PLACE` for a run with one venue. A place is a URL, `real`, or `practice`.
    pub(super) fn new(given: &[String], venues: &[String]) -> Result<Self, Failure> {
        let mut places = BTreeMap::new();
        for text in given {
            let (venue, place) = match (text.split_once('='), venues) {
                (Some((venue, place)), _) => (venue.to_string(), place),
                (None, [venue]) => (venue.clone(), text.as_str()),
                (None, _) => {
                    return Err(Failure::Usage(format!(
                        "`--endpoint {text}` is of which venue? say it as in `bingx={text}`"
                    )));
                }
            };
            if !venues.contains(&venue) {
                return Err(Failure::Usage(format!(
                    "`--endpoint {text}`: nothing of this run is traded at `{venue}`; it is traded at {}",
                    venues.join(", ")
                )));
            }
            places.insert(venue, read(place)?);
        }
        Ok(Self(places))
    }

    /// Where a venue is, if that was said.
    pub(super) fn of(&self, venue: &str) -> Option<&Place> {
        self.0.get(venue)
    }

    /// The URL that was named for a venue.
    pub(super) fn url(&self, venue: &str) -> Option<&str> {
        match self.of(venue) {
            Some(Place::At(http, _)) => Some(http),
            _ => None,
        }
    }

    /// Whether it is a server on this machine. A name counts where every address of it does.
    pub(super) fn is_loopback(&self, venue: &str) -> bool {
        let Some(Place::At(http, _)) = self.of(venue) else { return false };
        let Some((scheme, rest)) = http.split_once("://") else { return false };
        let authority = rest.split('/').next().unwrap_or_default();
        let port = if scheme == "https" { 443 } else { 80 };
        let named = |text: &str| text.to_socket_addrs().map(Iterator::collect::<Vec<_>>).unwrap_or_default();
        let mut addresses = named(authority);
        if addresses.is_empty() {
            addresses = named(&format!("{authority}:{port}"));
        }
        !addresses.is_empty() && addresses.iter().all(|address| address.ip().is_loopback())
    }
}

fn read(place: &str) -> Result<Place, Failure> {
    match place {
        "real" => return Ok(Place::Its(Account::Real)),
        "practice" => return Ok(Place::Its(Account::Practice)),
        _ => {}
    }
    let url = place.trim_end_matches('/');
    let is_host = |rest: &str| {
        !rest.is_empty()
            && rest.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']'))
    };
    match url.strip_prefix("http://").or_else(|| url.strip_prefix("https://")) {
        Some(rest) if is_host(rest) => Ok(Place::At(url.to_string(), url.replacen("http", "ws", 1))),
        _ => Err(Failure::Usage(format!(
            "`{place}` is no endpoint: expected a scheme, a host and a port as in http://127.0.0.1:8470, or `real`, or `practice`"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_server_on_this_machine_is_loopback() {
        for (place, expected) in [
            ("http://127.0.0.1:8470", true),
            ("http://127.0.0.1", true),
            ("http://[::1]:8470/", true),
            ("https://localhost:8470", true),
            ("http://192.0.2.1:8470", false),
            ("http://127.0.0.1.example.invalid:80", false),
            ("real", false),
            ("practice", false),
        ] {
            let places = Places::new(&[place.to_string()], &["bingx".to_string()]).expect(place);
            assert_eq!(places.is_loopback("bingx"), expected, "{place}");
        }
    }

    #[test]
    fn what_is_no_place_or_of_no_venue_is_refused() {
        for (text, said) in [
            ("bingx=8470", "no endpoint"),
            ("bingx=http://user:pass@127.0.0.1", "no endpoint"),
            ("bingx=http://127.0.0.1/path", "no endpoint"),
            ("bingx=demo", "no endpoint"),
            ("alpaca=real", "nothing of this run is traded"),
        ] {
            let error = Places::new(&[text.to_string()], &["bingx".to_string()]).expect_err(text).to_string();
            assert!(error.contains(said), "{error}");
        }
    }
}
