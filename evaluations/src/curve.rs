//! The equity of a run: recorded once per instant, kept small, exact where it must be.
//!
//! A day's mark is its last of `(00:00, 24:00]` UTC. Rows for charts and files are thinned; daily marks, drawdowns, exposure and mean equity are taken over every instant
//! before anything is dropped. Nothing is allocated in steady state but the growth of the rows.
use crate::metrics::daily::day_of_mark;
use crate::metrics::drawdown::{Drawdown, days};
use engine::{Interval, Money, Timestamp};

/// Rows kept at most, unless there are more days than that.
pub const ROWS_MAX: usize = 100_000;
/// Drawdowns kept, the deepest.
const DRAWDOWNS_KEPT: usize = 10;

/// The account at one instant, after the last candle of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EquityPoint {
    /// The instant.
    pub time: Timestamp,
    /// Cash and positions at their marks.
    pub equity: Money,
    /// Cash alone.
    pub cash: Money,
    /// The gross value of all positions: their absolute notionals, summed.
    pub exposure: Money,
}

#[derive(Clone, Copy, Debug)]
struct Row {
    point: EquityPoint,
    number: u64,
    /// First of all, or last of its day, whichever day midnight is counted for: never thinned.
    pinned: bool,
}

/// Records the equity of a run, one point per instant, in the order of time.
#[derive(Clone, Debug)]
pub struct EquityCurve {
    start: Timestamp,
    initial: Money,
    rows: Vec<Row>,
    rows_max: usize,
    stride_mask: u64,
    daily: Vec<(i64, Money)>,
    last: EquityPoint,
    /// The last instant of the day under way.
    day_end: i64,
    /// The first midnight after the last point.
    midnight: i64,
    marks: u64,
    equity_sum: i128,
    in_market_ns: i64,
    fall: Fall,
}

/// The fall under way: the running peak and the lowest point since.
#[derive(Clone, Debug)]
struct Fall {
    peak: Money,
    peak_time: Timestamp,
    low: Money,
    low_time: Timestamp,
    deepest: Vec<Drawdown>,
    longest_ns: i64,
}

impl Fall {
    /// A point at or above the peak ends the fall, if there was one.
    fn rise(&mut self, time: Timestamp, equity: Money) {
        if self.low < self.peak {
            self.longest_ns = self.longest_ns.max(time.0 - self.peak_time.0);
            self.keep(Some(time));
        }
        (self.peak, self.peak_time, self.low, self.low_time) = (equity, time, equity, time);
    }

    fn keep(&mut self, recovery: Option<Timestamp>) {
        let depth = if self.peak.0 > 0 { (self.peak - self.low).to_f64() / self.peak.to_f64() } else { return };
        if self.deepest.len() == DRAWDOWNS_KEPT && self.deepest.last().is_some_and(|least| least.depth >= depth) {
            return;
        }
        let place = self.deepest.partition_point(|kept| kept.depth >= depth);
        self.deepest.insert(place, Drawdown { depth, peak: self.peak_time, trough: self.low_time, recovery });
        self.deepest.truncate(DRAWDOWNS_KEPT);
    }
}

impl EquityCurve {
    /// A curve that starts at `start` with nothing but `initial` cash.
    #[must_use]
    pub fn new(start: Timestamp, initial: Money) -> Self {
        Self::with_rows_max(start, initial, ROWS_MAX)
    }

    /// The same with another limit of rows; zero keeps none, for runs of which only figures are wanted.
    #[must_use]
    pub fn with_rows_max(start: Timestamp, initial: Money, rows_max: usize) -> Self {
        let last = EquityPoint { time: start, equity: initial, cash: initial, exposure: Money::ZERO };
        let fall = Fall {
            peak: initial,
            peak_time: start,
            low: initial,
            low_time: start,
            deepest: Vec::with_capacity(DRAWDOWNS_KEPT + 1),
            longest_ns: 0,
        };
        Self {
            start,
            initial,
            rows: Vec::new(),
            rows_max,
            stride_mask: 0,
            daily: Vec::new(),
            last,
            day_end: i64::MAX,
            midnight: i64::MAX,
            marks: 0,
            equity_sum: 0,
            in_market_ns: 0,
            fall,
        }
    }

    /// Records the next instant.
    ///
    /// # Panics
    /// In debug builds, when time runs backwards.
    #[inline]
    pub fn push(&mut self, point: EquityPoint) {
        debug_assert!(point.time >= self.last.time, "equity is marked in the order of time");
        if self.last.exposure.0 != 0 {
            self.in_market_ns += point.time.0 - self.last.time.0;
        }
        if self.marks == 0 {
            self.open_day(point.time);
        } else if point.time.0 > self.day_end {
            self.close_day();
            self.open_day(point.time);
        } else if point.time.0 >= self.midnight {
            // Whoever groups the rows by date finds the last of each date too.
            self.pin_last();
            self.midnight = next_midnight(point.time);
        }
        self.equity_sum += point.equity.0;
        if point.equity >= self.fall.peak {
            self.fall.rise(point.time, point.equity);
        } else if point.equity < self.fall.low {
            (self.fall.low, self.fall.low_time) = (point.equity, point.time);
        }
        if self.marks & self.stride_mask == 0 && self.rows_max > 0 {
            self.keep(Row { point, number: self.marks, pinned: self.marks == 0 });
        }
        self.last = point;
        self.marks += 1;
    }

    fn open_day(&mut self, time: Timestamp) {
        self.day_end = (day_of_mark(time) + 1).saturating_mul(Interval::DAY.0);
        self.midnight = next_midnight(time);
    }

    /// The last point was the last of its day: it becomes the day's mark and a row that stays.
    fn close_day(&mut self) {
        self.daily.push((day_of_mark(self.last.time), self.last.equity));
        self.pin_last();
    }

    /// The last point becomes a row that stays.
    fn pin_last(&mut self) {
        if self.rows_max == 0 {
            return;
        }
        let number = self.marks - 1;
        match self.rows.last_mut() {
            Some(row) if row.number == number => row.pinned = true,
            _ => self.keep(Row { point: self.last, number, pinned: true }),
        }
    }

    fn keep(&mut self, row: Row) {
        self.rows.push(row);
        // Half of a full table may be ends of days, which stay, so the stride grows until there is room, but not for ever.
        while self.rows.len() >= self.rows_max && self.stride_mask < u64::MAX >> 1 {
            let mask = self.stride_mask * 2 + 1;
            self.stride_mask = mask;
            self.rows.retain(|row| row.pinned || row.number & mask == 0);
        }
    }

    /// Ends the recording.
    #[must_use]
    pub fn finish(mut self) -> Curve {
        let open = (self.fall.low < self.fall.peak).then_some(self.fall.peak_time);
        if open.is_some() {
            self.fall.keep(None);
        }
        if self.marks > 0 {
            self.close_day();
        }
        Curve {
            start: self.start,
            end: self.last.time,
            initial: self.initial,
            last_equity: self.last.equity,
            marks: usize::try_from(self.marks).unwrap_or(usize::MAX),
            rows: self.rows.iter().map(|row| row.point).collect(),
            daily: self.daily,
            drawdowns: self.fall.deepest,
            under_since: open,
            equity_sum: self.equity_sum,
            in_market_ns: self.in_market_ns,
            longest_ns: self.fall.longest_ns,
        }
    }
}

fn next_midnight(time: Timestamp) -> i64 {
    (time.day() + 1).saturating_mul(Interval::DAY.0)
}

/// A recorded equity curve.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// The start of the run.
    pub start: Timestamp,
    /// The last instant.
    pub end: Timestamp,
    /// The cash at the start.
    pub initial: Money,
    /// The equity at the last instant.
    pub last_equity: Money,
    /// How many instants were recorded.
    pub marks: usize,
    /// The thinned rows, in the order of time; each day's last is among them, and each date's last before midnight.
    pub rows: Vec<EquityPoint>,
    /// The last mark of each day that has one: day since the epoch, equity. Midnight counts for the day that ends with it.
    pub daily: Vec<(i64, Money)>,
    /// The deepest drawdowns over all instants, deepest first; ten at most.
    pub drawdowns: Vec<Drawdown>,
    /// The last peak, when the run ended below it.
    pub under_since: Option<Timestamp>,
    equity_sum: i128,
    in_market_ns: i64,
    longest_ns: i64,
}

impl Curve {
    /// The daily marks as floats, for returns.
    #[must_use]
    pub fn daily_f64(&self) -> Vec<(i64, f64)> {
        self.daily.iter().map(|(day, equity)| (*day, equity.to_f64())).collect()
    }

    /// The deepest fall over all instants as a fraction of its peak; zero when there was none.
    #[must_use]
    pub fn max_drawdown(&self) -> f64 {
        self.drawdowns.first().map_or(0.0, |fall| fall.depth)
    }

    /// The share of the run's time with a position.
    #[must_use]
    pub fn exposure_share(&self) -> Option<f64> {
        let total = self.end.0.saturating_sub(self.start.0);
        (total > 0).then(|| self.in_market_ns as f64 / total as f64)
    }

    /// The mean of equity over all instants.
    #[must_use]
    pub fn average_equity(&self) -> Option<f64> {
        (self.marks > 0).then(|| Money(self.equity_sum).to_f64() / self.marks as f64)
    }

    /// The longest time below a peak, in days, the one under way included.
    #[must_use]
    pub fn longest_under_days(&self) -> f64 {
        days(Timestamp(0), Timestamp(self.longest_ns)).max(self.current_under_days())
    }

    /// The time since the last peak, in days; zero at a peak.
    #[must_use]
    pub fn current_under_days(&self) -> f64 {
        self.under_since.map_or(0.0, |since| days(since, self.end))
    }
}

#[cfg(test)]
mod tests;
