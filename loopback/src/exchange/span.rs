//! The lengths of candles: fixed ones, weeks that begin on a Monday, and months.
use engine::{Interval, Timestamp};

/// The length of a candle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// So long, counted from the epoch; a week from a Monday.
    Fixed(Interval),
    /// A calendar month, UTC.
    Month,
}

/// Days from the epoch to the first Monday.
const MONDAY: i64 = 4 * Interval::DAY.0;

impl Span {
    /// When the candle opened that an instant is in.
    #[must_use]
    pub fn open_of(self, time: Timestamp) -> Timestamp {
        match self {
            Self::Fixed(Interval::WEEK) => {
                let week = Interval::WEEK.0;
                Timestamp((time.0.saturating_sub(MONDAY)).div_euclid(week) * week + MONDAY)
            }
            Self::Fixed(length) => Timestamp(time.0.div_euclid(length.0) * length.0),
            Self::Month => {
                let (year, month) = civil(time.day());
                Timestamp(day_of(year, month).saturating_mul(Interval::DAY.0))
            }
        }
    }

    /// When the candle ends that opened then.
    #[must_use]
    pub fn end_of(self, open: Timestamp) -> Timestamp {
        match self {
            Self::Fixed(length) => open.after(length.0),
            Self::Month => {
                let (year, month) = civil(open.day());
                let (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
                Timestamp(day_of(year, month).saturating_mul(Interval::DAY.0))
            }
        }
    }

    /// Whether candles of a length can be put together to it.
    #[must_use]
    pub fn is_made_of(self, shorter: Interval) -> bool {
        match self {
            Self::Fixed(length) => length.0 % shorter.0 == 0,
            Self::Month => Interval::DAY.0 % shorter.0 == 0,
        }
    }
}

/// The year and the month of a day counted from the epoch.
fn civil(day: i64) -> (i64, i64) {
    let (year, month, _) = civil_day(day);
    (year, month)
}

/// Year, month and day of a day counted from the epoch; the usual proleptic Gregorian arithmetic on eras of 400 years.
#[must_use]
pub fn civil_day(day: i64) -> (i64, i64, i64) {
    let shifted = day + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let of_month = day_of_year - (153 * from_march + 2) / 5 + 1;
    (year_of_era + era * 400 + i64::from(month <= 2), month, of_month)
}

/// The first day of a month, counted from the epoch.
fn day_of(year: i64, month: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let from_march = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * from_march + 2) / 5;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn candles_open_on_their_grid() {
        let day = |n: i64| Timestamp(n * Interval::DAY.0);
        let week = Span::Fixed(Interval::WEEK);
        // The epoch was a Thursday; the Monday after it is day 4.
        for (at, open) in [(0, -3), (3, -3), (4, 4), (10, 4), (11, 11)] {
            assert_eq!(week.open_of(day(at)), day(open), "day {at}");
        }
        assert_eq!(week.end_of(day(4)), day(11));
        let five = Span::Fixed(Interval(5 * Interval::MINUTE.0));
        assert_eq!(five.open_of(Timestamp(7 * Interval::MINUTE.0)), Timestamp(5 * Interval::MINUTE.0));
        // 2024-02-29 is day 19,782; that February has 29 days.
        let (open, end) = (day(19_754), day(19_783));
        assert_eq!((Span::Month.open_of(day(19_782)), Span::Month.end_of(open)), (open, end));
        assert_eq!(Span::Month.open_of(day(19_783)), end);
        assert_eq!(Span::Month.end_of(day(19_692)), day(19_723), "December ends with the year");
    }

    #[test]
    fn a_span_is_made_of_what_divides_it() {
        let minutes = |n: i64| Interval(n * Interval::MINUTE.0);
        for (span, shorter, fits) in [
            (Span::Fixed(minutes(5)), minutes(1), true),
            (Span::Fixed(minutes(5)), minutes(2), false),
            (Span::Fixed(minutes(1)), minutes(5), false),
            (Span::Month, Interval::DAY, true),
            (Span::Month, Interval::WEEK, false),
        ] {
            assert_eq!(span.is_made_of(shorter), fits, "{span:?} of {shorter}");
        }
    }
}
