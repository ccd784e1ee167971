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
    /// What a stop does about orders and positions.
    pub on_stop: OnStop,
    /// How long a stop may take, in nanoseconds of the machine's clock.
    pub stop_within_ns: i64,
    /// Whether the account has a long and a short position of each instrument side by side.
    pub hedge: bool,
    /// Whether market data comes over two sockets, so that what one leaves out the other has.
    pub twin: bool,
    /// Whether orders of a paper session meet trades and quotes of the venue; else its candles.
    pub on_ticks: bool,
    /// Whether the session's thread stays awake while nothing comes: quicker, on a processor of its own.
    pub busy_wait: bool,
    /// After how many seconds without a sign of us the venue itself cancels every order, where it offers that: `Some(None)` is
    /// never.
    pub kill_timer: Option<Option<u32>>,
}

/// What a stop does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnStop {
    /// Orders are taken back, positions stay.
    #[default]
    Cancel,
    /// Orders go on working, positions stay.
    Keep,
    /// Orders are taken back and positions closed.
    Flatten,
}

impl OnStop {
    const ALL: [(&'static str, Self); 3] = [("cancel", Self::Cancel), ("keep", Self::Keep), ("flatten", Self::Flatten)];
}

impl LiveSection {
    /// The seconds of the venue's own timer: a minute where nothing is said, and never where orders are to outlive a stop.
    #[must_use]
    pub fn kill_timer_s(&self) -> Option<u32> {
        self.kill_timer.unwrap_or((self.on_stop != OnStop::Keep).then_some(60))
    }
}

impl Default for LiveSection {
    fn default() -> Self {
        const SECOND: i64 = 1_000_000_000;
        Self {
            heartbeat_ns: SECOND,
            max_silence_ns: 60 * SECOND,
            on_stop: OnStop::Cancel,
            stop_within_ns: 300 * SECOND,
            hedge: false,
            twin: false,
            on_ticks: false,
            busy_wait: false,
            kill_timer: None,
        }
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
    let on_stop = section.or("on_stop", usual.on_stop, |node| {
        let expected = "\"cancel\", \"keep\" or \"flatten\"";
        let text = node.text(expected)?;
        let found = OnStop::ALL.iter().find(|(name, _)| *name == text).map(|(_, it)| *it);
        found.ok_or_else(|| node.complain(format!("`{text}` says nothing about a stop")).expected(expected))
    });
    let hedge = section.or("position_mode", usual.hedge, |node| {
        let expected = "\"one_way\" or \"hedge\"";
        match node.text(expected)? {
            "one_way" => Ok(false),
            "hedge" => Ok(true),
            other => Err(node.complain(format!("`{other}` is no way to keep positions")).expected(expected)),
        }
    });
    let twin = section.or("market_sockets", usual.twin, |node| {
        let expected = "1 or 2";
        match node.whole(2)? {
            1 => Ok(false),
            2 => Ok(true),
            _ => Err(node.complain("market data needs a socket").expected(expected)),
        }
    });
    let on_ticks = section.or("fills", usual.on_ticks, |node| {
        let expected = "\"candles\" or \"ticks\"";
        match node.text(expected)? {
            "candles" => Ok(false),
            "ticks" => Ok(true),
            other => Err(node.complain(format!("orders do not meet `{other}`")).expected(expected)),
        }
    });
    let busy_wait = section.or("busy_wait", usual.busy_wait, Node::switch);
    let kill_timer = section.optional("kill_timer", kill_timer);
    let stop_within_ns = section.or("stop_within", usual.stop_within_ns, time);
    section.close();
    let section = LiveSection {
        heartbeat_ns: heartbeat_ns?,
        max_silence_ns: max_silence_ns?,
        on_stop: on_stop?,
        stop_within_ns: stop_within_ns?,
        hedge: hedge?,
        twin: twin?,
        on_ticks: on_ticks?,
        busy_wait: busy_wait?,
        kill_timer: kill_timer?,
    };
    Some(there.then_some(section))
}

fn kill_timer(node: &Node) -> Result<Option<u32>, Complaint> {
    let expected = "\"off\", or 10 to 120 seconds as in \"60s\"";
    let text = node.text(expected)?;
    if text == "off" {
        return Ok(None);
    }
    let seconds = duration(text).map(|ns| ns / 1_000_000_000).and_then(|seconds| u32::try_from(seconds).ok());
    let fits = seconds.filter(|seconds| (10..=120).contains(seconds));
    fits.map(Some).ok_or_else(|| node.complain(format!("`{text}` is no time for a venue's timer")).expected(expected))
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
        .text("on_stop", OnStop::ALL.iter().find(|(_, it)| *it == section.on_stop).map_or("cancel", |(name, _)| name))
        .text("stop_within", &duration_text(section.stop_within_ns))
        .maybe("position_mode", section.hedge.then(|| "hedge".to_string()))
        .maybe_literal("market_sockets", section.twin.then(|| "2".to_string()))
        .maybe("fills", section.on_ticks.then(|| "ticks".to_string()))
        .maybe_literal("busy_wait", section.busy_wait.then(|| "true".to_string()))
        .maybe("kill_timer", section.kill_timer.map(|it| it.map_or("off".into(), |seconds| format!("{seconds}s"))))
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
