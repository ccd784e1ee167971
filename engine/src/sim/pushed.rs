//! The simulated venue in a market that is shown as it happens, for whoever cannot read ahead: paper trading and the
//! loopback venues.
//!
//! It does with candles and ticks what [`super::Simulated`] does with the same ones. The one difference is when that is
//! heard of: a candle is shown whole, so what it filled at its open is reported when it is known. It never reads a clock
//! and waits for nothing.
use super::venue::SimVenue;
use crate::carry::Carry;
use crate::effect::Action;
use crate::event::Report;
use crate::instrument::InstrumentId;
use crate::tick::{Tick, TickFault};
use crate::{Candle, CandleFault, Money, Timestamp};
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::fmt;

/// How far the venue has come in the market of one instrument.
#[derive(Clone, Debug)]
struct Market {
    /// When the last candle became known, or the last tick came.
    known: Timestamp,
    /// The last instant at which anything was done here: reports never run back behind it.
    reached: Timestamp,
    /// Whether it meets ticks.
    ticks: bool,
    /// Commands that arrived while a candle may be under way, and when.
    waiting: Vec<(Timestamp, Action)>,
}

/// Why something that was shown cannot be. Nothing has changed then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PushError {
    /// It begins before what was shown last of the same instrument has ended.
    RanBack {
        /// Of what.
        instrument: InstrumentId,
        /// The time of what was shown.
        time: Timestamp,
    },
    /// It is no candle.
    Candle {
        /// Of what.
        instrument: InstrumentId,
        /// When it opened.
        time: Timestamp,
        /// What is wrong with it.
        fault: CandleFault,
    },
    /// It is no tick.
    Tick {
        /// Of what.
        instrument: InstrumentId,
        /// Its time.
        time: Timestamp,
        /// What is wrong with it.
        fault: TickFault,
    },
}

impl fmt::Display for PushError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (instrument, time, what) = match self {
            Self::RanBack { instrument, time } => (instrument, time, "it begins before the last one has ended"),
            Self::Candle { instrument, time, fault } => (instrument, time, fault.text()),
            Self::Tick { instrument, time, fault } => (instrument, time, fault.text()),
        };
        write!(f, "what instrument {} showed at {} ns cannot be: {what}", instrument.0, time.0)
    }
}

impl core::error::Error for PushError {}

/// A simulated venue that is shown its market as it happens.
///
/// An instrument meets candles until its first tick is shown; from then on it meets ticks, and its candles pass the
/// venue by. A command for an instrument that meets candles waits while a candle may be under way, as in a backtest.
#[derive(Clone, Debug)]
pub struct Pushed {
    venue: SimVenue,
    markets: Vec<Market>,
    reports: VecDeque<(Timestamp, Report)>,
}

impl Pushed {
    /// A market around `venue` of which nothing has been shown yet.
    #[must_use]
    pub fn new(venue: SimVenue) -> Self {
        let market = Market { known: Timestamp::MIN, reached: Timestamp::MIN, ticks: false, waiting: Vec::new() };
        let markets = alloc::vec![market; venue.instruments.len()];
        Self { venue, markets, reports: VecDeque::new() }
    }

    /// The same with instruments that meet ticks from the start: a command never waits for a candle there.
    #[must_use]
    pub fn with_ticks(mut self, instruments: impl IntoIterator<Item = InstrumentId>) -> Self {
        instruments.into_iter().for_each(|id| self.see_ticks(id));
        self
    }

    /// The venue.
    #[must_use]
    pub fn venue(&self) -> &SimVenue {
        &self.venue
    }

    pub(super) fn venue_mut(&mut self) -> &mut SimVenue {
        &mut self.venue
    }

    /// The next report and when it happened at the venue, oldest first. Of two instruments whose candles are of different
    /// length a later report may be of an earlier time.
    pub fn poll(&mut self) -> Option<(Timestamp, Report)> {
        self.reports.pop_front()
    }

    /// Takes a command that arrives at `now`. It is done at once where that is the end of the last candle that was shown,
    /// or where ticks are; else it waits for the next candle, because that one may be under way.
    pub fn take(&mut self, action: &Action, now: Timestamp) {
        let id = instrument(action);
        let market = &mut self.markets[id.index()];
        if market.ticks || now <= market.known {
            self.execute(id, action, now);
        } else {
            market.waiting.push((now, *action));
        }
    }

    /// Shows a candle that has become known.
    ///
    /// # Errors
    /// When it is no candle, or begins before the last one of the instrument has ended.
    pub fn candle(&mut self, id: InstrumentId, candle: &Candle) -> Result<(), PushError> {
        self.candles(&[(id, *candle)])
    }

    /// Shows candles that have become known at one instant, one of an instrument, in the order of the run file: first
    /// their opens in the order of time, then what happened inside them.
    ///
    /// # Errors
    /// When one is no candle, or begins before the last one of its instrument has ended.
    pub fn candles(&mut self, candles: &[(InstrumentId, Candle)]) -> Result<(), PushError> {
        let mut shown = Vec::with_capacity(candles.len());
        for (place, (id, candle)) in candles.iter().enumerate() {
            self.check(*id, candle)?;
            if candles[..place].iter().any(|(other, _)| other == id) {
                return Err(PushError::RanBack { instrument: *id, time: candle.open_time });
            }
            if !self.markets[id.index()].ticks {
                shown.push((*id, candle, false));
            }
        }
        shown.sort_by_key(|(id, candle, _)| (candle.open_time, *id));
        shown.iter().for_each(|(id, candle, _)| self.arrive_before(*id, candle.open_time));
        for (id, candle, opened) in &mut shown {
            *opened = self.open(*id, candle);
        }
        shown.sort_by_key(|(id, ..)| *id);
        for (id, candle, opened) in &shown {
            self.path(*id, candle, *opened);
        }
        for (id, candle, _) in &shown {
            self.expire(*id, candle.known_time);
            self.venue.note_price(*id, candle.close);
            self.markets[id.index()].known = candle.known_time;
        }
        Ok(())
    }

    /// Shows a tick. The first one of an instrument ends its candles.
    ///
    /// # Errors
    /// When it is no tick, or comes before the last one of the instrument.
    pub fn tick(&mut self, id: InstrumentId, tick: &Tick) -> Result<(), PushError> {
        if let Some(fault) = tick.fault() {
            return Err(PushError::Tick { instrument: id, time: tick.time, fault });
        }
        if tick.time < self.markets[id.index()].known {
            return Err(PushError::RanBack { instrument: id, time: tick.time });
        }
        self.see_ticks(id);
        self.expire(id, tick.time);
        self.markets[id.index()].known = tick.time;
        self.venue.tick(id, tick);
        self.collect(id, tick.time);
        Ok(())
    }

    /// Applies what happens to a holding without a trade; the same with the price that it was valued at, for the core.
    pub fn carry(&mut self, carry: &Carry, now: Timestamp) -> Carry {
        let carry = carry.instrument().map_or(*carry, |id| carry.marked(self.venue.last_price(id)));
        self.venue.carry(&carry, now);
        if let Some(id) = carry.instrument() {
            self.collect(id, now);
        }
        carry
    }

    /// A cash event at the venue.
    pub fn deposit(&mut self, amount: Money) {
        self.venue.deposit(amount);
    }

    /// Time has come so far, and nothing of before is still to be shown: orders whose time is over end. Candles and ticks
    /// do the same for their own instrument.
    pub fn pass(&mut self, now: Timestamp) {
        for place in 0..self.markets.len() {
            self.expire(InstrumentId(u32::try_from(place).expect("instruments are numbered by u32")), now);
        }
    }

    fn check(&self, instrument: InstrumentId, candle: &Candle) -> Result<(), PushError> {
        let time = candle.open_time;
        if let Some(fault) = candle.fault() {
            return Err(PushError::Candle { instrument, time, fault });
        }
        let market = &self.markets[instrument.index()];
        // Where ticks are met, candles pass the venue by, whenever they come.
        if (time < market.known && !market.ticks) || candle.known_time <= time {
            return Err(PushError::RanBack { instrument, time });
        }
        Ok(())
    }

    fn see_ticks(&mut self, id: InstrumentId) {
        if self.markets[id.index()].ticks {
            return;
        }
        self.markets[id.index()].ticks = true;
        self.venue.see_ticks(id);
        for (time, action) in core::mem::take(&mut self.markets[id.index()].waiting) {
            self.execute(id, &action, time);
        }
    }

    fn execute(&mut self, id: InstrumentId, action: &Action, now: Timestamp) {
        self.expire(id, now);
        self.venue.take(action, now, false);
        self.collect(id, now);
        // What arrived when its time was over ends as it arrives.
        self.expire(id, now);
    }

    /// Does what waited and turns out to have come before the open.
    fn arrive_before(&mut self, id: InstrumentId, open_time: Timestamp) {
        let waiting = &mut self.markets[id.index()].waiting;
        let early = waiting.iter().position(|(time, _)| *time > open_time).unwrap_or(waiting.len());
        let early: Vec<_> = waiting.drain(..early).collect();
        for (time, action) in early {
            self.execute(id, &action, time);
        }
        self.expire(id, open_time);
    }

    /// The open of a candle; whether the venue looked at it.
    fn open(&mut self, id: InstrumentId, candle: &Candle) -> bool {
        let watched = self.venue.watched().binary_search(&id).is_ok();
        if watched {
            self.venue.open(id, candle);
            self.collect(id, candle.open_time);
        }
        watched
    }

    /// What happened inside a candle, and what waited for its end.
    fn path(&mut self, id: InstrumentId, candle: &Candle, opened: bool) {
        self.expire(id, Timestamp(candle.known_time.0 - 1));
        if opened {
            self.venue.path(id, candle);
        }
        for (_, action) in core::mem::take(&mut self.markets[id.index()].waiting) {
            self.venue.take(&action, candle.known_time, false);
        }
        self.collect(id, candle.known_time);
    }

    /// Ends the orders of an instrument whose time is over by then, each at its own instant.
    fn expire(&mut self, id: InstrumentId, now: Timestamp) {
        let over = |time: &Timestamp| *time <= now && *time < Timestamp::MAX;
        while let Some(first) = self.venue.first_expiry(id).filter(over) {
            // What arrived late for its own time ends together with what is over by then, in the order of arrival.
            let time = first.max(self.markets[id.index()].reached).min(now);
            self.venue.expire_of(id, time);
            self.collect(id, time);
        }
    }

    fn collect(&mut self, id: InstrumentId, now: Timestamp) {
        let market = &mut self.markets[id.index()];
        market.reached = market.reached.max(now);
        while let Some(report) = self.venue.poll() {
            self.reports.push_back((market.reached, report));
        }
    }
}

/// The instrument that a command is about.
fn instrument(action: &Action) -> InstrumentId {
    match *action {
        Action::Submit(ref request) => request.instrument,
        Action::Amend { instrument, .. } | Action::Cancel { instrument, .. } => instrument,
    }
}
