//! The markets of a loopback venue, from a run file or from flags: candles or ticks of the catalog, with the rules of its
//! records.
//!
//! Flags become a run file of their own, so that there is one way to look instruments up.
use crate::failure::Failure;
use crate::run_file::{RunFile, read_instant};
use crate::setup::Setup;
use crate::venue_arguments::ServeArguments;
use datasets::{Catalog, ReadOptions};
use engine::ledger::Rate;
use engine::risk::Leverage;
use engine::sim::Sessions;
use engine::{Candle, CandleSource, Instrument, Interval, Money, Tick, TickBody, TickSource, Timestamp};
use loopback::exchange::{Feed, Listing, SourceError, boxed_candles, boxed_ticks};
use std::fmt::Write;
use std::path::Path;

/// Candles before the beginning that a market shows as its history.
const HISTORY: i64 = 5_000;
/// The most that a position may be of its margin.
const LEVERAGE_MAX: u32 = 125;

/// What is served.
pub struct Served {
    /// The markets.
    pub markets: Vec<(Listing, Feed)>,
    /// When the market's time begins.
    pub from: Timestamp,
    /// The markets' names in the catalog.
    pub names: Vec<String>,
    /// What the account of the run file begins with.
    pub cash: Money,
    /// What it may hold as a multiple of its equity.
    pub leverage: Leverage,
}

/// Looks up what is to be served.
///
/// # Errors
/// When nothing is named, or what is named is not in the catalog.
pub fn served(arguments: &ServeArguments, wall: Timestamp) -> Result<Served, Failure> {
    let run = run_file(arguments)?;
    let setup = Setup::new(&run)?;
    let catalog = Catalog::open(&run.data.catalog.path)?;
    let first = setup.readings.iter().map(|it| it.series.first_open().max(it.options.from)).min();
    let asked = arguments.from.as_deref().map(read_instant).transpose().map_err(Failure::Usage)?;
    let mut from = asked.or(run.data.from).or(first).unwrap_or_default();
    let mut shift = 0;
    if arguments.as_now {
        if setup.sessions.iter().any(Sessions::has_auctions) {
            return Err(Failure::Usage("--as-now is for markets that never close: sessions do not repeat".into()));
        }
        (from, shift) = as_now(from, wall);
    }
    let (mut markets, mut names) = (Vec::new(), Vec::new());
    for (place, section) in run.instruments.iter().enumerate() {
        let instrument = setup.instruments[place].clone();
        let reading = &setup.readings[place];
        let back = section.interval.0.saturating_mul(HISTORY);
        let options = ReadOptions { from: from.after(-back), to: Timestamp::MAX, ..reading.options };
        let funding = funding(&catalog, &section.venue, &section.symbol, shift)?;
        let listing = listing(
            instrument,
            setup.costs[place].at(from),
            section.interval,
            (setup.sessions[place].clone(), funding),
        );
        let feed = match setup.ticks.get(place).and_then(Option::as_ref) {
            Some(ticks) => {
                let source = ticks.series.read(ticks.options)?;
                Feed::Ticks(boxed_ticks(ShiftedTicks::new(source, shift)))
            }
            None => {
                let reading = crate::sources::Reading { options, ..reading.clone() };
                let source = crate::sources::open([&reading], false)?.pop();
                let source = source.ok_or_else(|| Failure::Failed("a reading opens one source".into()))?;
                Feed::Candles(boxed_candles(Shifted::new(source, shift)))
            }
        };
        names.push(listing.instrument.name.clone());
        markets.push((listing, feed));
    }
    let (cash, leverage) = (run.account.cash, run.account.leverage);
    Ok(Served { markets, from: from.after(shift), names, cash, leverage })
}

/// The run file that was named, or one of the flags.
fn run_file(arguments: &ServeArguments) -> Result<RunFile, Failure> {
    let mut set = arguments.set.clone();
    if let Some(path) = &arguments.run {
        if let Some(catalog) = &arguments.catalog {
            set.push(format!("data.catalog={}", catalog.display()));
        }
        if !arguments.instrument.is_empty() {
            return Err(Failure::Usage("markets come from the run file or from --instrument, not from both".into()));
        }
        return Ok(RunFile::load(path, &set)?);
    }
    let Some(catalog) = arguments.catalog.as_ref().filter(|_| !arguments.instrument.is_empty()) else {
        return Err(Failure::Usage("name a run file, or --catalog and at least one --instrument".into()));
    };
    let catalog = toml::Value::String(catalog.display().to_string());
    let mut text = format!("[run]\nname = \"venue\"\n[data]\ncatalog = {catalog}\n");
    let mut quote = "USD".to_string();
    for instrument in &arguments.instrument {
        let wrong = || format!("`{instrument}` is no market: expected VENUE:SYMBOL@INTERVAL, as in `bybit:BTCUSDT@1m`");
        let parts = instrument.split_once(':').and_then(|(venue, rest)| Some((venue, rest.split_once('@')?)));
        let (venue, (symbol, interval)) = parts.ok_or_else(|| Failure::Usage(wrong()))?;
        let quoted = |text: &str| toml::Value::String(text.into());
        let (length, detail) = if interval == "ticks" { ("1m", "detail = \"ticks\"\n") } else { (interval, "") };
        let section = format!(
            "[[instruments]]\nvenue = {}\nsymbol = {}\ninterval = {}\n{detail}",
            quoted(venue),
            quoted(symbol),
            quoted(length)
        );
        text.write_str(&section).map_err(Failure::failed)?;
        if symbol.ends_with("USDT") {
            quote = "USDT".into();
        }
    }
    let rest = format!("[account]\ncash = \"100000 {quote}\"\n[strategy]\nkind = \"flip\"\nsize = \"1\"\n");
    text.push_str(&rest);
    if arguments.venue == "bingx" {
        // What the venue takes of everybody; records of the catalog win over it.
        text.push_str("[execution]\ntaker_fee_bps = 5\nmaker_fee_bps = 2\n");
    }
    Ok(RunFile::parse(&text, "the flags", Path::new(""), &set)?)
}

/// The same hour of the week as now, not later than the week of `from`, and how much later now is: whole weeks.
fn as_now(from: Timestamp, wall: Timestamp) -> (Timestamp, i64) {
    let weeks = (wall.0 - from.0).div_euclid(Interval::WEEK.0);
    let shift = weeks * Interval::WEEK.0;
    (Timestamp(wall.0 - shift), shift)
}

fn listing(
    instrument: Instrument,
    costs: &engine::sim::Costs,
    interval: Interval,
    (sessions, funding): (Sessions, Vec<(Timestamp, Rate)>),
) -> Listing {
    let quote = instrument.quote.to_string();
    let symbol = instrument.name.split_once(':').map_or(instrument.name.as_str(), |(_, symbol)| symbol);
    let base = symbol.strip_suffix(&quote).filter(|base| !base.is_empty()).unwrap_or(symbol);
    Listing {
        base: base.trim_end_matches(['-', '/', '_']).to_string(),
        quote,
        min_quantity: instrument.spec(Timestamp::MAX).lot,
        maker: costs.maker,
        taker: costs.taker,
        maintenance: costs.maintenance,
        leverage_max: LEVERAGE_MAX,
        sessions,
        funding,
        interval,
        instrument,
    }
}

fn funding(catalog: &Catalog, venue: &str, symbol: &str, shift: i64) -> Result<Vec<(Timestamp, Rate)>, Failure> {
    let rows = catalog.funding(venue, symbol)?;
    let row = |row: datasets::Funding| {
        let rate = Rate::from_fraction(row.rate);
        let rate =
            rate.ok_or_else(|| Failure::Failed(format!("{venue}:{symbol} has a funding rate of {}", row.rate)))?;
        Ok((row.time.after(shift), rate))
    };
    rows.into_iter().map(row).collect()
}

/// Candles that happened so much later.
struct Shifted<S> {
    source: S,
    shift: i64,
    block: Vec<Candle>,
}

impl<S: CandleSource> Shifted<S> {
    fn new(source: S, shift: i64) -> Self {
        Self { source, shift, block: Vec::new() }
    }
}

impl<S: CandleSource> CandleSource for Shifted<S> {
    type Error = SourceError;

    fn block(&self) -> &[Candle] {
        &self.block
    }

    fn advance(&mut self) -> Result<bool, SourceError> {
        let more = self.source.advance().map_err(|error| SourceError(error.to_string()))?;
        let later = |candle: &Candle| Candle {
            open_time: candle.open_time.after(self.shift),
            known_time: candle.known_time.after(self.shift),
            ..*candle
        };
        self.block = self.source.block().iter().map(later).collect();
        Ok(more)
    }
}

/// Ticks that happened so much later.
struct ShiftedTicks<S> {
    source: S,
    shift: i64,
    block: Vec<Tick>,
}

impl<S: TickSource> ShiftedTicks<S> {
    fn new(source: S, shift: i64) -> Self {
        Self { source, shift, block: Vec::new() }
    }
}

impl<S: TickSource> TickSource for ShiftedTicks<S> {
    type Error = SourceError;

    fn block(&self) -> &[Tick] {
        &self.block
    }

    fn advance(&mut self) -> Result<bool, SourceError> {
        let more = self.source.advance().map_err(|error| SourceError(error.to_string()))?;
        let later = |tick: &Tick| Tick { time: tick.time.after(self.shift), body: TickBody::clone(&tick.body) };
        self.block = self.source.block().iter().map(later).collect();
        Ok(more)
    }
}
