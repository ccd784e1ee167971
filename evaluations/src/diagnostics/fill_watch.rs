//! Finds for each fill the candle it happened in, and takes from both what diagnostics need.
//!
//! A fill is usually booked before its candle is known, so it waits for it; a candle that no fill waits for costs one
//! comparison. Candles are not kept here: whoever asks holds the last of them.
use engine::event::Certainty;
use engine::sim::Sessions;
use engine::{Candle, Money, Price, Timestamp, ledger};

/// When candles of an instrument are to be expected.
#[derive(Clone, Debug)]
pub struct MarketTimes {
    /// How long a candle is.
    pub interval_ns: i64,
    /// When the market is open.
    pub sessions: Sessions,
}

impl MarketTimes {
    /// Whether at least one candle is missing between two. Where the second opens a session, a whole session is
    /// missing: a closed market has no candles.
    fn is_gap(&self, before: &Candle, candle: &Candle) -> bool {
        if candle.open_time.0.saturating_sub(before.known_time.0) < self.interval_ns {
            return false;
        }
        if !self.sessions.opens_with(candle) {
            return true;
        }
        let close = self.sessions.end_of_day(before.known_time);
        let whole = if self.sessions.closes_with(before) { close } else { self.sessions.end_of_day(close) };
        candle.open_time >= whole
    }
}

/// Where in a candle a fill can have happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meets {
    /// At an open: a market order.
    Opens,
    /// At an open or inside.
    Anything,
}

/// A fill as it was booked.
#[derive(Clone, Copy, Debug)]
pub struct WatchedFill {
    /// When it happened.
    pub time: Timestamp,
    /// When the core heard of it.
    pub heard: Timestamp,
    /// Its price in the instrument's step.
    pub price: Price,
    /// Its quantity in the instrument's step, positive.
    pub quantity: i64,
    /// The money that changed hands, positive.
    pub notional: Money,
    /// Whether the path model mattered.
    pub certainty: Certainty,
    /// Where it can have happened.
    pub meets: Meets,
    /// The account's equity before it.
    pub equity: Money,
}

impl WatchedFill {
    /// Whether it happened in this candle. An open has its candle's open time; everything else happened later.
    fn is_in(&self, candle: &Candle) -> bool {
        let ended = self.time == candle.known_time && self.meets == Meets::Opens;
        candle.open_time <= self.time && self.time <= candle.known_time && !ended
    }
}

#[derive(Clone, Debug)]
pub(super) struct Watched {
    times: MarketTimes,
    waiting: Vec<WatchedFill>,
    /// Fills in candles with a volume.
    pub(super) traded: u64,
    /// Fills in candles without.
    pub(super) idle: u64,
}

/// Watches the fills of a run.
#[derive(Clone, Debug, Default)]
pub struct FillWatch {
    pub(super) instruments: Vec<Watched>,
    waiting: usize,
    lost: u64,
    pub(super) after_gap: u64,
    pub(super) range: Money,
    pub(super) shares: Vec<f64>,
    /// For each share, the capital at which it would be the share at which capacity ends.
    pub(super) capitals: Vec<f64>,
}

impl FillWatch {
    /// A watch over instruments, in their order.
    #[must_use]
    pub fn new(times: impl IntoIterator<Item = MarketTimes>) -> Self {
        let watched = |times| Watched { times, waiting: Vec::new(), traded: 0, idle: 0 };
        Self { instruments: times.into_iter().map(watched).collect(), ..Self::default() }
    }

    /// Fills whose candle never came.
    #[must_use]
    pub(super) fn unmatched(&self) -> u64 {
        self.lost + self.waiting as u64
    }

    /// A fill was booked. `back` gives the candles that were seen: the last for 0, the one before it for 1.
    pub fn fill<'a>(&mut self, instrument: usize, mut fill: WatchedFill, back: impl Fn(usize) -> Option<&'a Candle>) {
        let last = back(0);
        // Heard at once and after the candle that ends then: it is of the candle that begins then.
        if fill.heard == fill.time && last.is_some_and(|candle| candle.known_time >= fill.time) {
            fill.meets = Meets::Opens;
        }
        let (mut place, mut found) = (0, None);
        while let Some(candle) = back(place).filter(|candle| candle.known_time >= fill.time) {
            found = if fill.is_in(candle) { Some((place, candle)) } else { found };
            place += 1;
        }
        if let Some((place, candle)) = found {
            self.settle(instrument, &fill, candle, back(place + 1));
            return;
        }
        if last.is_some_and(|candle| candle.open_time > fill.time) {
            self.lost += 1;
            return;
        }
        let Some(watched) = self.instruments.get_mut(instrument) else { return };
        watched.waiting.push(fill);
        self.waiting += 1;
    }

    /// A candle was seen; `before` gives the one before it.
    #[inline]
    pub fn candle<'a>(&mut self, instrument: usize, candle: &Candle, before: impl Fn() -> Option<&'a Candle>) {
        if self.waiting > 0 {
            self.settle_all(instrument, candle, before());
        }
    }

    fn settle_all(&mut self, instrument: usize, candle: &Candle, before: Option<&Candle>) {
        let mut place = 0;
        while let Some(fill) = self.instruments.get(instrument).and_then(|w| w.waiting.get(place)).copied() {
            let (here, over) = (fill.is_in(candle), candle.open_time > fill.time);
            if !here && !over {
                place += 1;
                continue;
            }
            self.instruments[instrument].waiting.remove(place);
            self.waiting -= 1;
            if here {
                self.settle(instrument, &fill, candle, before);
            } else {
                self.lost += 1;
            }
        }
    }

    fn settle(&mut self, instrument: usize, fill: &WatchedFill, candle: &Candle, before: Option<&Candle>) {
        let Some(watched) = self.instruments.get_mut(instrument) else { return };
        if fill.certainty == Certainty::PathDependent && fill.price.0 > 0 {
            let range = i128::from(candle.high.0) - i128::from(candle.low.0);
            self.range += Money(ledger::share(fill.notional.0, range, i128::from(fill.price.0)));
        }
        if fill.time == candle.open_time && before.is_some_and(|before| watched.times.is_gap(before, candle)) {
            self.after_gap += 1;
        }
        if candle.volume <= 0 {
            watched.idle += 1;
            return;
        }
        watched.traded += 1;
        let share = fill.quantity as f64 / candle.volume as f64;
        self.shares.push(share);
        if share > 0.0 && fill.equity.0 > 0 {
            self.capitals.push(fill.equity.to_f64() * super::CAPACITY_SHARE / share);
        }
    }
}
