//! The tickers of an instrument: which folder holds its candles at which time.
//!
//! The instrument records say from when on an instrument trades under which ticker. Its candles are those of its tickers, each for its
//! own window; what a folder holds outside of it belongs to somebody else and is not looked at. Nothing is written here.
use crate::catalog::{Catalog, Series, SeriesFile};
use crate::error::{DataError, time_text};
use crate::instruments::InstrumentRecord;
use engine::{Interval, Timestamp};

/// A ticker, and when an instrument traded under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TickerWindow {
    /// The ticker: a folder of the venue.
    pub ticker: String,
    /// The first open time, inclusive.
    pub from: Timestamp,
    /// The open time at which it ends, exclusive.
    pub to: Timestamp,
    /// Whether a record says so; what lies before the first record is only taken for granted.
    recorded: bool,
}

/// The tickers of a symbol by its records, which are sorted by date; the earliest first. Without a record it always traded
/// under its symbol.
#[must_use]
pub fn ticker_windows(symbol: &str, records: &[InstrumentRecord]) -> Vec<TickerWindow> {
    let window =
        |ticker: &str, from, recorded| TickerWindow { ticker: ticker.to_string(), from, to: Timestamp::MAX, recorded };
    let mut windows = vec![window(symbol, Timestamp::MIN, false)];
    for record in records {
        let ticker = record.ticker.as_deref().unwrap_or(symbol);
        let last = windows.len() - 1;
        if windows[last].ticker == ticker {
            continue;
        }
        windows[last].to = record.from;
        windows.push(window(ticker, record.from, true));
    }
    windows.retain(|window| window.from < window.to);
    windows
}

/// The first ticker that two instruments of one venue have at one time, in words.
pub(crate) fn claimed_twice(records: &[InstrumentRecord]) -> Option<String> {
    let same = |a: &InstrumentRecord, b: &InstrumentRecord| (&a.venue, &a.symbol) == (&b.venue, &b.symbol);
    let instruments: Vec<&[InstrumentRecord]> = records.chunk_by(same).collect();
    let renamed = |records: &[InstrumentRecord]| records.iter().any(|record| record.ticker.is_some());
    for one in instruments.iter().filter(|records| renamed(records)) {
        for other in instruments.iter().filter(|other| !same(&one[0], &other[0]) && one[0].venue == other[0].venue) {
            let (mine, theirs) = (&one[0].symbol, &other[0].symbol);
            for window in ticker_windows(mine, one) {
                let clash = ticker_windows(theirs, other)
                    .into_iter()
                    .find(|w| w.ticker == window.ticker && w.from < window.to && window.from < w.to);
                if let Some(clash) = clash {
                    let (from, to) = (time_text(window.from.max(clash.from)), time_text(window.to.min(clash.to)));
                    let (venue, ticker) = (&one[0].venue, &window.ticker);
                    return Some(format!(
                        "{venue}:{mine} and {venue}:{theirs} both trade as {ticker} from {from} to {to}; correct `ticker` or \
                         `from` of one of them, or give the other another symbol"
                    ));
                }
            }
        }
    }
    None
}

impl Catalog {
    /// The candles of an instrument, joined from the folders of its tickers.
    ///
    /// # Errors
    /// As for [`Catalog::series`], when a ticker that a record names has no candles at all, or none of its time while those
    /// around it have some. A catalog may well begin or end before a ticker does.
    pub fn joined(
        &self,
        venue: &str,
        symbol: &str,
        interval: Interval,
        tickers: &[TickerWindow],
    ) -> Result<Series, DataError> {
        let whole = (Timestamp::MIN, Timestamp::MAX);
        if tickers.iter().all(|window| window.ticker == symbol && (window.from, window.to) == whole) {
            return self.series(venue, symbol, interval);
        }
        let mut files: Vec<SeriesFile> = Vec::new();
        let (mut missing, mut hole) = (None, None);
        for window in tickers {
            let found = match self.series(venue, &window.ticker, interval) {
                Ok(series) => files_of(&series, window),
                Err(error) if error.is_unknown_name() => {
                    missing = missing.or(Some(window).filter(|window| window.recorded));
                    continue;
                }
                Err(error) => return Err(error),
            };
            if found.is_empty() && !files.is_empty() {
                hole = hole.or(Some(window));
            } else if !found.is_empty() {
                missing = missing.or(hole.take());
            }
            files.extend(found);
        }
        match missing {
            _ if files.is_empty() => self.series(venue, symbol, interval),
            Some(TickerWindow { ticker, from, to, .. }) => Err(DataError::NoTicker {
                instrument: format!("{venue}:{symbol}"),
                wanted: format!("{venue}:{ticker} {interval}"),
                ticker: ticker.clone(),
                from: *from,
                to: *to,
            }),
            None => Ok(Series { venue: venue.to_string(), symbol: symbol.to_string(), interval, files }),
        }
    }
}

/// The files of a ticker's folder that reach into its window, cut to it.
fn files_of(series: &Series, window: &TickerWindow) -> Vec<SeriesFile> {
    let reaches = |file: &&SeriesFile| file.last_open >= window.from && file.first_open < window.to;
    let cut = |file: &SeriesFile| SeriesFile {
        first_open: file.first_open.max(window.from),
        last_open: file.last_open.min(Timestamp(window.to.0 - 1)),
        from: window.from,
        to: window.to,
        ..file.clone()
    };
    series.files().iter().filter(reaches).map(cut).collect()
}
