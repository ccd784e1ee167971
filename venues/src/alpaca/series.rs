//! Candles from bars: a minute is final when the venue sends it, a longer one when its last minute came or its end has
//! passed, and what the venue corrects later is a correction. A minute without trades has no bar, and no candle.
//!
//! While bars that were missed are asked for, what the stream brings waits, so that candles come in the order of time.
use super::connector::{Alpaca, SECOND, alive};
use super::map::candles::{bucket, candle, joined};
use super::map::symbols::Symbols;
use super::timers::Timer;
use super::wire::market::Bar;
use crate::happening::{Channel, Happening, Standing};
use engine::{Candle, InstrumentId, Interval, Timestamp};
use std::collections::BTreeMap;

/// How long after its end a candle waits for its last minute, in nanoseconds.
const GRACE: i64 = 5_000_000_000;

/// The most candles that wait for those before them.
const HELD: usize = 5_000;

/// How far a candle is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A minute that has ended.
    Minute,
    /// A minute that had ended is corrected.
    Updated,
    /// The day so far.
    Day,
}

/// The candles of one instrument.
#[derive(Debug)]
pub(super) struct Series {
    interval: Interval,
    /// The minutes of the candle under way and of the one before; of a day the day itself.
    minutes: BTreeMap<Timestamp, Candle>,
    /// The first instant of the candle under way.
    under_way: Option<Timestamp>,
    /// The open time of the last final candle.
    last: Option<Timestamp>,
    /// The open time of the last minute that came.
    pub(super) last_minute: Option<Timestamp>,
    /// What came while bars that were missed are asked for.
    held: Option<Vec<(Kind, Candle)>>,
}

/// The candles of all instruments.
#[derive(Debug)]
pub(super) struct Candles(BTreeMap<InstrumentId, Series>);

impl Candles {
    pub(super) fn new(symbols: &Symbols) -> Self {
        let series = |interval| Series {
            interval,
            minutes: BTreeMap::new(),
            under_way: None,
            last: None,
            last_minute: None,
            held: None,
        };
        Self(symbols.all().iter().map(|it| (it.id, series(it.interval))).collect())
    }

    pub(super) fn of(&self, id: InstrumentId) -> Option<&Series> {
        self.0.get(&id)
    }

    /// From here on, what the stream brings of an instrument waits.
    pub(super) fn hold(&mut self, id: InstrumentId) {
        if let Some(series) = self.0.get_mut(&id) {
            series.held.get_or_insert_default();
        }
    }
}

impl Series {
    /// Takes in a bar and says what it makes known.
    fn take(&mut self, kind: Kind, bar: Candle) -> Vec<(Candle, Standing)> {
        match kind {
            Kind::Day => self.take_day(bar),
            _ if self.interval == Interval::DAY => Vec::new(),
            Kind::Minute | Kind::Updated => self.take_minute(bar),
        }
    }

    fn take_minute(&mut self, bar: Candle) -> Vec<(Candle, Standing)> {
        self.last_minute = self.last_minute.max(Some(bar.open_time));
        let at = bucket(bar.open_time, self.interval);
        let known = self.minutes.insert(bar.open_time, bar);
        if known == Some(bar) {
            return Vec::new();
        }
        // What was final, or would have been, is corrected.
        if self.last.is_some_and(|last| at <= last) {
            return self.whole(at).map(|candle| (candle, Standing::Corrected)).into_iter().collect();
        }
        let mut said = Vec::new();
        if self.under_way.is_some_and(|under_way| under_way < at) {
            said.extend(self.close());
        }
        self.under_way = Some(at);
        let last_minute = bar.open_time.after(Interval::MINUTE.0) >= at.after(self.interval.0);
        if last_minute {
            said.extend(self.close());
        } else {
            said.extend(self.whole(at).map(|candle| (candle, Standing::Forming)));
        }
        said
    }

    fn take_day(&mut self, bar: Candle) -> Vec<(Candle, Standing)> {
        let at = bar.open_time;
        if self.last.is_some_and(|last| at <= last) {
            let known = self.minutes.insert(at, bar) == Some(bar);
            return if known { Vec::new() } else { vec![(bar, Standing::Corrected)] };
        }
        let mut said = Vec::new();
        if self.under_way.is_some_and(|under_way| under_way < at) {
            said.extend(self.close());
        }
        self.under_way = Some(at);
        self.minutes.insert(at, bar);
        said.push((bar, Standing::Forming));
        said
    }

    /// The candle that begins at an instant, as far as its minutes are known.
    fn whole(&self, at: Timestamp) -> Option<Candle> {
        joined(self.minutes.range(at..at.after(self.interval.0)).map(|(_, minute)| minute), at, self.interval)
    }

    /// The candle under way has ended.
    fn close(&mut self) -> Option<(Candle, Standing)> {
        let at = self.under_way.take()?;
        let whole = self.whole(at)?;
        self.last = Some(at);
        // The one before may still be corrected; what is older is forgotten.
        self.minutes = self.minutes.split_off(&at.after(-self.interval.0));
        Some((whole, Standing::Final))
    }

    /// The candle under way, if its end has passed for so long that nothing more comes of it.
    fn close_late(&mut self, now: Timestamp) -> Option<(Candle, Standing)> {
        let ends = self.under_way?.after(self.interval.0).after(GRACE);
        if self.held.is_none() && ends <= now { self.close() } else { None }
    }
}

impl Alpaca {
    /// A bar of the stream.
    pub(super) fn bar_came(&mut self, kind: Kind, bar: &Bar<'_>) {
        let Some(it) = bar.symbol.as_deref().and_then(|symbol| self.symbols.find(symbol)) else { return };
        let id = it.id;
        let interval = if kind == Kind::Day { Interval::DAY } else { Interval::MINUTE };
        match candle(bar, interval, &it.instrument) {
            Ok(candle) if kind != Kind::Day && self.is_outside(it, candle.open_time) => {
                self.happened(alive(Channel::Candles(id)));
            }
            Ok(candle) => {
                if kind == Kind::Minute {
                    self.shown = self.shown.max(candle.known_time);
                }
                self.take_bar(id, kind, candle);
            }
            Err(error) => {
                let symbol = it.symbol.clone();
                self.note_once(&format!("a bar of {symbol} cannot be used: {error}"));
            }
        }
    }

    fn take_bar(&mut self, id: InstrumentId, kind: Kind, bar: Candle) {
        let Some(series) = self.candles.0.get_mut(&id) else { return };
        if let Some(held) = &mut series.held
            && held.len() < HELD
        {
            held.push((kind, bar));
            return self.happened(alive(Channel::Candles(id)));
        }
        let said = series.take(kind, bar);
        self.say_candles(id, said);
    }

    fn say_candles(&mut self, id: InstrumentId, said: Vec<(Candle, Standing)>) {
        if said.is_empty() {
            self.happened(alive(Channel::Candles(id)));
        }
        for (candle, standing) in said {
            self.happened(Happening::Candle { instrument: id, candle, standing });
        }
    }

    /// Bars that were missed have come, oldest first; what came meanwhile follows.
    pub(super) fn fill_gap(&mut self, id: InstrumentId, missed: &[Candle]) {
        let now = self.venue_now();
        for bar in missed.iter().filter(|bar| bar.known_time <= now) {
            let Some(series) = self.candles.0.get_mut(&id) else { return };
            let said = series.take(Kind::Minute, *bar);
            self.say_candles(id, said);
        }
        let held = self.candles.0.get_mut(&id).and_then(|series| series.held.take()).unwrap_or_default();
        for (kind, bar) in held {
            self.take_bar(id, kind, bar);
        }
    }

    /// Closes what nothing more comes of.
    pub(super) fn close_candles(&mut self) {
        let now = self.venue_now();
        let late: Vec<_> =
            self.candles.0.iter_mut().filter_map(|(id, series)| Some((*id, series.close_late(now)?))).collect();
        for (id, said) in late {
            self.say_candles(id, vec![said]);
        }
        self.hear_silence();
        self.timers.set(Timer::Candles, self.after(SECOND));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::Price;

    fn minute(number: i64, price: i64) -> Candle {
        let open_time = Timestamp(number * Interval::MINUTE.0);
        let price = Price(price);
        let known_time = open_time.after(Interval::MINUTE.0);
        Candle { open_time, known_time, open: price, high: price, low: price, close: price, volume: 1 }
    }

    fn series(interval: &str) -> Series {
        let interval = interval.parse().expect("an interval");
        Series { interval, minutes: BTreeMap::new(), under_way: None, last: None, last_minute: None, held: None }
    }

    /// Minute and close of each candle that is said, with how final it is.
    fn said(said: &[(Candle, Standing)]) -> Vec<(i64, i64, i64, Standing)> {
        let show = |(candle, standing): &(Candle, Standing)| {
            (candle.open_time.0 / Interval::MINUTE.0, candle.high.0, candle.volume, *standing)
        };
        said.iter().map(show).collect()
    }

    #[test]
    fn a_minute_is_final_at_once_and_corrected_later() {
        let mut it = series("1m");
        assert_eq!(said(&it.take(Kind::Minute, minute(1, 5))), [(1, 5, 1, Standing::Final)]);
        assert_eq!(said(&it.take(Kind::Minute, minute(1, 5))), [], "the same again");
        assert_eq!(said(&it.take(Kind::Updated, minute(1, 6))), [(1, 6, 1, Standing::Corrected)]);
        assert_eq!(said(&it.take(Kind::Minute, minute(4, 7))), [(4, 7, 1, Standing::Final)], "two without trades");
        assert_eq!(said(&it.take(Kind::Updated, minute(3, 8))), [(3, 8, 1, Standing::Corrected)], "late trades");
    }

    #[test]
    fn a_longer_candle_is_final_with_its_last_minute_or_the_first_after_it() {
        let mut it = series("3m");
        assert_eq!(said(&it.take(Kind::Minute, minute(3, 5))), [(3, 5, 1, Standing::Forming)]);
        assert_eq!(said(&it.take(Kind::Minute, minute(5, 4))), [(3, 5, 2, Standing::Final)]);
        assert_eq!(said(&it.take(Kind::Minute, minute(6, 9))), [(6, 9, 1, Standing::Forming)]);
        let next = it.take(Kind::Minute, minute(10, 2));
        assert_eq!(said(&next), [(6, 9, 1, Standing::Final), (9, 2, 1, Standing::Forming)]);
        assert_eq!(said(&it.take(Kind::Updated, minute(7, 11))), [(6, 11, 2, Standing::Corrected)]);
    }

    #[test]
    fn a_candle_whose_last_minute_never_comes_is_closed_after_a_while() {
        let mut it = series("3m");
        it.take(Kind::Minute, minute(3, 5));
        let end = Timestamp(6 * Interval::MINUTE.0);
        assert_eq!(it.close_late(end), None);
        assert_eq!(it.close_late(end.after(GRACE)).map(|it| it.1), Some(Standing::Final));
        assert_eq!(it.close_late(end.after(2 * GRACE)), None);
    }

    #[test]
    fn a_day_is_final_when_the_next_one_begins() {
        let mut it = series("1d");
        let day =
            |n: i64, price| Candle { known_time: Timestamp((n + 1) * Interval::DAY.0), ..minute(n * 1_440, price) };
        assert_eq!(it.take(Kind::Day, day(1, 5)), [(day(1, 5), Standing::Forming)]);
        assert_eq!(it.take(Kind::Day, day(1, 6)), [(day(1, 6), Standing::Forming)]);
        assert_eq!(it.take(Kind::Minute, minute(1_500, 9)), []);
        let next = it.take(Kind::Day, day(2, 7));
        assert_eq!(next, [(day(1, 6), Standing::Final), (day(2, 7), Standing::Forming)]);
    }
}
