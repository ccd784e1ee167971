//! What a market shows: the last trades, the best bid and ask, and its candles of any length.
use super::feed::gathered;
use super::span::Span;
use engine::{Candle, Interval, Price, Qty, Side, Tick, TickBody, Timestamp};
use std::collections::VecDeque;

/// A trade of other people's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Traded {
    /// Counted by market, from 1.
    pub number: u64,
    /// When.
    pub time: Timestamp,
    /// At what price.
    pub price: Price,
    /// How much.
    pub quantity: Qty,
    /// Who took liquidity.
    pub taker: Side,
}

/// The best bid and ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quoted {
    /// Since when.
    pub time: Timestamp,
    /// The best price that somebody buys at.
    pub bid: Price,
    /// The best price that somebody sells at.
    pub ask: Price,
    /// How much stands at the bid, where that is known.
    pub bid_size: Option<Qty>,
    /// How much stands at the ask, where that is known.
    pub ask_size: Option<Qty>,
}

/// The last twenty-four hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// The first instant of them.
    pub from: Timestamp,
    /// The first price.
    pub open: Price,
    /// The highest price.
    pub high: Price,
    /// The lowest price.
    pub low: Price,
    /// The last price.
    pub close: Price,
    /// What was traded.
    pub volume: i64,
}

/// What a market shows.
#[derive(Debug)]
pub struct Board {
    interval: Interval,
    keep: usize,
    quote: Option<Tick>,
    price: Option<Price>,
    number: u64,
    trades: VecDeque<Traded>,
    forming: Option<Candle>,
    /// The times of the stored candle that is under way.
    frame: Option<(Timestamp, Timestamp)>,
    history: VecDeque<Candle>,
}

/// Trades that are kept.
const TRADES: usize = 1_000;

impl Board {
    pub(super) fn new(interval: Interval, keep: usize) -> Self {
        let (trades, history) = (VecDeque::new(), VecDeque::new());
        let keep = keep.max(1);
        Self { interval, keep, quote: None, price: None, number: 0, trades, forming: None, frame: None, history }
    }

    /// The best bid and ask.
    #[must_use]
    pub fn quote(&self) -> Option<Quoted> {
        let tick = self.quote?;
        let TickBody::Quote { bid, ask, bid_size, ask_size } = tick.body else { return None };
        let size = |size: Qty| (size != Tick::NO_SIZE).then_some(size);
        Some(Quoted { time: tick.time, bid, ask, bid_size: size(bid_size), ask_size: size(ask_size) })
    }

    /// The last price; before the first trade the middle of the quote.
    #[must_use]
    pub fn price(&self) -> Option<Price> {
        let middle = |quote: Quoted| Price(quote.bid.0 / 2 + quote.ask.0 / 2 + (quote.bid.0 % 2 + quote.ask.0 % 2) / 2);
        self.price.or_else(|| self.quote().map(middle))
    }

    /// The last trades, oldest first.
    pub fn trades(&self) -> impl DoubleEndedIterator<Item = &Traded> {
        self.trades.iter()
    }

    /// The length of its shortest candles.
    #[must_use]
    pub fn interval(&self) -> Interval {
        self.interval
    }

    /// Candles of a length that open within a range, both ends included: the newest so many, oldest first. The last one may
    /// still be under way: then it is known later than now. None where its own candles do not make that length.
    #[must_use]
    pub fn candles(&self, span: Span, from: Timestamp, to: Timestamp, limit: usize) -> Vec<Candle> {
        let mut newest_first: Vec<Candle> = Vec::new();
        if !span.is_made_of(self.interval) || limit == 0 {
            return newest_first;
        }
        for candle in self.forming.iter().chain(self.history.iter().rev()) {
            let own = span == Span::Fixed(self.interval);
            let open_time = if own { candle.open_time } else { span.open_of(candle.open_time) };
            if open_time > to {
                continue;
            }
            if open_time < from {
                break;
            }
            if let Some(whole) = newest_first.last_mut().filter(|whole| whole.open_time == open_time) {
                prepend(whole, candle);
            } else if newest_first.len() == limit {
                break;
            } else {
                // A session's candle is known at a time of its own.
                let known_time = if own { candle.known_time } else { span.end_of(open_time) };
                newest_first.push(Candle { open_time, known_time, ..*candle });
            }
        }
        newest_first.reverse();
        newest_first
    }

    /// The candle of a length that is under way, or that ended last.
    #[must_use]
    pub fn newest(&self, span: Span) -> Option<Candle> {
        self.candles(span, Timestamp::MIN, Timestamp::MAX, 1).pop()
    }

    /// The last twenty-four hours.
    #[must_use]
    pub fn day(&self, now: Timestamp) -> Option<Day> {
        let from = now.after(-Interval::DAY.0);
        let mut candles = self.forming.iter().chain(self.history.iter().rev());
        let newest = candles.next()?;
        let mut whole = *newest;
        candles.take_while(|candle| candle.open_time >= from).for_each(|candle| prepend(&mut whole, candle));
        let Candle { open, high, low, close, volume, .. } = whole;
        Some(Day { from, open, high, low, close, volume })
    }

    /// The standing quote as the venue is shown it.
    pub(super) fn standing(&self) -> Option<Tick> {
        self.quote
    }

    pub(super) fn note_quote(&mut self, tick: Tick) {
        self.quote = Some(tick);
    }

    /// A stored candle begins.
    pub(super) fn note_begin(&mut self, open_time: Timestamp, known_time: Timestamp) {
        self.frame = Some((open_time, known_time));
        self.forming = None;
    }

    /// Notes a trade, or only its price where nothing was traded; the trade, and the candle as it stands then.
    pub(super) fn note_print(&mut self, time: Timestamp, price: Price, quantity: Qty, taker: Side) -> Option<Traded> {
        self.price = Some(price);
        let mut candle = gathered(self.forming, Span::Fixed(self.interval), time, price, quantity);
        if let Some((open_time, known_time)) = self.frame {
            (candle.open_time, candle.known_time) = (open_time, known_time);
        }
        self.forming = Some(candle);
        if quantity.is_zero() {
            return None;
        }
        self.number += 1;
        let traded = Traded { number: self.number, time, price, quantity, taker };
        if self.trades.len() == TRADES {
            self.trades.pop_front();
        }
        self.trades.push_back(traded);
        Some(traded)
    }

    /// The shortest candle as it stands.
    pub(super) fn forming(&self) -> Option<Candle> {
        self.forming
    }

    /// The shortest candle has ended, and is this one.
    pub(super) fn note_end(&mut self, candle: Candle) {
        (self.forming, self.frame) = (None, None);
        self.price = Some(candle.close);
        if self.history.len() == self.keep {
            self.history.pop_front();
        }
        self.history.push_back(candle);
    }
}

/// Makes a candle longer by the one before it.
fn prepend(whole: &mut Candle, before: &Candle) {
    whole.open = before.open;
    whole.high = whole.high.max(before.high);
    whole.low = whole.low.min(before.low);
    whole.volume = whole.volume.saturating_add(before.volume);
}
