//! `[live]`: how a paper, shadow or live session runs. And `live` of an instrument: where it is traded then, where that is not the
//! venue whose candles a backtest reads.
//!
//! None of it decides anything about an event, so the section does not belong to what binds a run.
use super::error::Complaint;
use super::limit::{duration, duration_text};
use super::node::Node;
use super::section::Section;
use super::written::Written;

/// How a session runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveSection {
    /// How often time is said to go on, in nanoseconds of the machine's clock.
    pub heartbeat_ns: i64,
    /// After which silence market data is stale, in nanoseconds of the machine's clock.
    pub max_silence_ns: i64,
    /// Whether open orders are taken back at a stop; else they go on working.
    pub cancels_on_stop: bool,
    /// How long a stop may take, in nanoseconds of the machine's clock.
    pub stop_within_ns: i64,
}

impl Default for LiveSection {
    fn default() -> Self {
        const SECOND: i64 = 1_000_000_000;
        Self { heartbeat_ns: SECOND, max_silence_ns: 60 * SECOND, cancels_on_stop: true, stop_within_ns: 300 * SECOND }
    }
}

/// Where an instrument is traded live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveListing {
    /// The venue: `bingx` or `alpaca`.
    pub venue: String,
    /// Its symbol there: `BTC-USDT`, `AAPL`, `BTC/USD`.
    pub symbol: String,
}

/// Reads the section; all its keys may be absent, and so may it.
pub(super) fn read(mut section: Section<'_>) -> Option<Option<LiveSection>> {
    let there = section.place().is_some();
    let usual = LiveSection::default();
    let heartbeat_ns = section.or("heartbeat", usual.heartbeat_ns, time);
    let max_silence_ns = section.or("max_silence", usual.max_silence_ns, time);
    let cancels_on_stop = section.or("on_stop", usual.cancels_on_stop, |node| {
        let expected = "\"cancel\" or \"keep\"";
        match node.text(expected)? {
            "cancel" => Ok(true),
            "keep" => Ok(false),
            other => Err(node.complain(format!("`{other}` says nothing about open orders")).expected(expected)),
        }
    });
    let stop_within_ns = section.or("stop_within", usual.stop_within_ns, time);
    section.close();
    let section = LiveSection {
        heartbeat_ns: heartbeat_ns?,
        max_silence_ns: max_silence_ns?,
        cancels_on_stop: cancels_on_stop?,
        stop_within_ns: stop_within_ns?,
    };
    Some(there.then_some(section))
}

fn time(node: &Node) -> Result<i64, Complaint> {
    let expected = "a length of time as in \"30s\" or \"5m\"";
    let text = node.text(expected)?;
    duration(text).ok_or_else(|| node.complain(format!("`{text}` is no length of time")).expected(expected))
}

/// The section, written back.
pub(super) fn written(section: &LiveSection) -> Written {
    Written::new("live")
        .text("heartbeat", &duration_text(section.heartbeat_ns))
        .text("max_silence", &duration_text(section.max_silence_ns))
        .text("on_stop", if section.cancels_on_stop { "cancel" } else { "keep" })
        .text("stop_within", &duration_text(section.stop_within_ns))
}

/// Reads an instrument's listing.
pub(super) fn listing(node: &Node) -> Result<LiveListing, Complaint> {
    let expected = "a venue and its own symbol as in \"bingx:BTC-USDT\" or \"alpaca:BTC/USD\"";
    let text = node.text(expected)?;
    let safe = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'/');
    match text.split_once(':') {
        Some((venue, symbol))
            if (1..=64).contains(&symbol.len())
                && symbol.bytes().all(safe)
                && (1..=64).contains(&venue.len())
                && venue.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()) =>
        {
            Ok(LiveListing { venue: venue.into(), symbol: symbol.into() })
        }
        _ => Err(node.complain(format!("`{text}` does not say where it is traded")).expected(expected)),
    }
}

/// An instrument's listing, written back.
pub(super) fn listing_text(listing: &LiveListing) -> String {
    format!("{}:{}", listing.venue, listing.symbol)
}
