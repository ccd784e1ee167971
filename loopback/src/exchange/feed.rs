//! Where a market comes from: stored candles or ticks, turned into what the market shows, in the order of time.
//!
//! A candle becomes trades and quotes along a declared path, spread evenly over its time, and then itself, whole, when it is
//! known. Ticks stay what they are and are gathered into candles. One block of a source is in memory.
use super::listing::Listing;
use super::path::Path;
use super::span::Span;
use engine::ledger::Rate;
use engine::{Candle, CandleSource, Price, Qty, Side, Tick, TickBody, TickSource, Timestamp};
use std::collections::VecDeque;

/// Why a source cannot be read, in words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SourceError(pub String);

/// Candles of any origin.
pub type BoxedCandles = Box<dyn CandleSource<Error = SourceError> + Send>;
/// Ticks of any origin.
pub type BoxedTicks = Box<dyn TickSource<Error = SourceError> + Send>;

struct Worded<S>(S);

impl<S: CandleSource> CandleSource for Worded<S> {
    type Error = SourceError;
    fn block(&self) -> &[Candle] {
        self.0.block()
    }
    fn advance(&mut self) -> Result<bool, SourceError> {
        self.0.advance().map_err(|error| SourceError(error.to_string()))
    }
}

struct WordedTicks<S>(S);

impl<S: TickSource> TickSource for WordedTicks<S> {
    type Error = SourceError;
    fn block(&self) -> &[Tick] {
        self.0.block()
    }
    fn advance(&mut self) -> Result<bool, SourceError> {
        self.0.advance().map_err(|error| SourceError(error.to_string()))
    }
}

/// A candle source whose errors are words.
pub fn boxed_candles(source: impl CandleSource + Send + 'static) -> BoxedCandles {
    Box::new(Worded(source))
}

/// A tick source whose errors are words.
pub fn boxed_ticks(source: impl TickSource + Send + 'static) -> BoxedTicks {
    Box::new(WordedTicks(source))
}

/// Where a market comes from.
pub enum Feed {
    /// Candles of the listing's interval, in the order of time.
    Candles(BoxedCandles),
    /// Trades and quotes, in the order of time.
    Ticks(BoxedTicks),
}

/// How a candle becomes ticks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    pub(super) path: Path,
    pub(super) steps: u32,
    pub(super) spread_ticks: u32,
    /// What stands at the best bid and ask; nothing is said where there is none.
    pub(super) size: Option<Qty>,
}

/// What a market shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// A stored candle begins: from when it counts and when it will be known.
    Begun(Timestamp, Timestamp),
    /// Other people traded; nothing where only the price is known.
    Print { price: Price, quantity: Qty, taker: Side },
    /// The best bid and ask.
    Quote(Tick),
    /// The shortest candle has ended.
    Ended(Candle),
    /// Longs pay shorts.
    Funding(Rate),
}

/// A market's source and how far it has come.
pub(super) struct Cursor {
    feed: Feed,
    shape: Shape,
    at: usize,
    /// What is decided already, in the order of time.
    pending: VecDeque<(Timestamp, Shown)>,
    /// The candle that ticks are gathered into.
    gathering: Option<Candle>,
    funding: VecDeque<(Timestamp, Rate)>,
    span: Span,
    last: Timestamp,
}

impl Cursor {
    pub(super) fn new(feed: Feed, shape: Shape, listing: &Listing) -> Self {
        let funding = listing.funding.iter().copied().collect();
        let span = Span::Fixed(listing.interval);
        let (pending, last) = (VecDeque::new(), Timestamp::MIN);
        Self { feed, shape, at: 0, pending, gathering: None, funding, span, last }
    }

    /// When the market shows something next.
    pub(super) fn next_time(&self) -> Option<Timestamp> {
        let first = self.pending.front().map(|(time, _)| *time)?;
        Some(self.funding.front().map_or(first, |(time, _)| first.min(*time)))
    }

    /// What it shows next. Call [`Cursor::fill`] after it.
    pub(super) fn pop(&mut self) -> Option<(Timestamp, Shown)> {
        let first = self.pending.front().map(|(time, _)| *time)?;
        if let Some((time, rate)) = self.funding.pop_front_if(|(time, _)| *time <= first) {
            return Some((time, Shown::Funding(rate)));
        }
        self.pending.pop_front()
    }

    /// Decides what comes next where that is not decided yet.
    pub(super) fn fill(&mut self, listing: &Listing) -> Result<(), SourceError> {
        while self.pending.is_empty() {
            match self.feed {
                Feed::Candles(_) => {
                    let Some(candle) = self.next_candle()? else { return Ok(()) };
                    self.take_candle(&candle, listing)?;
                }
                Feed::Ticks(_) => {
                    let Some(tick) = self.next_tick()? else {
                        let Some(whole) = self.gathering.take() else { return Ok(()) };
                        self.pending.push_back((whole.known_time, Shown::Ended(whole)));
                        return Ok(());
                    };
                    self.take_tick(&tick)?;
                }
            }
        }
        Ok(())
    }

    fn next_candle(&mut self) -> Result<Option<Candle>, SourceError> {
        let Feed::Candles(source) = &mut self.feed else { return Ok(None) };
        loop {
            if let Some(candle) = source.block().get(self.at) {
                self.at += 1;
                return Ok(Some(*candle));
            }
            self.at = 0;
            if !source.advance()? {
                return Ok(None);
            }
        }
    }

    fn next_tick(&mut self) -> Result<Option<Tick>, SourceError> {
        let Feed::Ticks(source) = &mut self.feed else { return Ok(None) };
        loop {
            if let Some(tick) = source.block().get(self.at) {
                self.at += 1;
                return Ok(Some(*tick));
            }
            self.at = 0;
            if !source.advance()? {
                return Ok(None);
            }
        }
    }

    fn take_candle(&mut self, candle: &Candle, listing: &Listing) -> Result<(), SourceError> {
        if let Some(fault) = candle.fault() {
            return Err(SourceError(format!("a candle at {} ns cannot be: {}", candle.open_time.0, fault.text())));
        }
        if candle.open_time < self.last || candle.known_time <= candle.open_time {
            return Err(SourceError(format!("candles run back in time at {} ns", candle.open_time.0)));
        }
        self.last = candle.known_time;
        // A candle of a day shows its market within the session that it is of.
        let session = listing.sessions.open_at(Timestamp(candle.known_time.0 - 1));
        let begin = session.map_or(candle.open_time, |open| open.max(candle.open_time));
        let tick = listing.instrument.spec(candle.open_time).tick;
        let points = self.shape.path.points(candle, self.shape.steps, tick);
        let count = i64::try_from(points.len()).unwrap_or(1);
        let (each, length) = (candle.volume / count, candle.known_time.0 - begin.0);
        let mut before = points[0];
        self.pending.push_back((begin, Shown::Begun(candle.open_time, candle.known_time)));
        for (place, price) in (0..).zip(points) {
            let time =
                begin.after(i64::try_from(i128::from(length) * i128::from(place) / i128::from(count)).unwrap_or(0));
            let quantity = Qty(if place + 1 == count { candle.volume - each * (count - 1) } else { each });
            let rises = price > before || (price == before && place % 2 == 0);
            let taker = if rises { Side::Buy } else { Side::Sell };
            before = price;
            // The quote first: what a trade wakes takes from where the market is, not from where it was.
            self.pending.push_back((time, Shown::Quote(self.shape.quote(time, price, taker, tick))));
            self.pending.push_back((time, Shown::Print { price, quantity, taker }));
        }
        self.pending.push_back((candle.known_time, Shown::Ended(*candle)));
        Ok(())
    }

    fn take_tick(&mut self, tick: &Tick) -> Result<(), SourceError> {
        if let Some(fault) = tick.fault() {
            return Err(SourceError(format!("a tick at {} ns cannot be: {}", tick.time.0, fault.text())));
        }
        if tick.time < self.last {
            return Err(SourceError(format!("ticks run back in time at {} ns", tick.time.0)));
        }
        self.last = tick.time;
        if let Some(whole) = self.gathering.take_if(|candle| candle.known_time <= tick.time) {
            self.pending.push_back((whole.known_time, Shown::Ended(whole)));
        }
        let shown = match tick.body {
            TickBody::Trade { price, quantity, taker } => {
                let candle = gathered(self.gathering, self.span, tick.time, price, quantity);
                self.gathering = Some(candle);
                Shown::Print { price, quantity, taker: taker.unwrap_or(Side::Buy) }
            }
            TickBody::Quote { .. } => Shown::Quote(*tick),
        };
        self.pending.push_back((tick.time, shown));
        Ok(())
    }
}

impl Shape {
    /// The quote around a trade: it took from the side that it traded on.
    fn quote(&self, time: Timestamp, price: Price, taker: Side, tick: Price) -> Tick {
        let spread = i64::from(self.spread_ticks).saturating_mul(tick.0);
        let (bid, ask) = match taker {
            Side::Buy => (Price(price.0.saturating_sub(spread).max(1)), price),
            Side::Sell => (price, Price(price.0.saturating_add(spread))),
        };
        let size = self.size.unwrap_or(Tick::NO_SIZE);
        Tick::quote(time, (bid, size), (ask, size))
    }
}

/// A candle with one trade more, or a new one of it.
pub(super) fn gathered(candle: Option<Candle>, span: Span, time: Timestamp, price: Price, quantity: Qty) -> Candle {
    match candle {
        Some(candle) if candle.open_time <= time && time < candle.known_time => Candle {
            high: candle.high.max(price),
            low: candle.low.min(price),
            close: price,
            volume: candle.volume.saturating_add(quantity.0),
            ..candle
        },
        _ => {
            let open_time = span.open_of(time);
            let (known_time, volume) = (span.end_of(open_time), quantity.0);
            Candle { open_time, known_time, open: price, high: price, low: price, close: price, volume }
        }
    }
}
