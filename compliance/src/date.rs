//! Days of the Gregorian calendar and instants as text, in UTC. It reads no clock.
use engine::{Interval, Timestamp};
use std::fmt;
use std::str::FromStr;

/// A day of the Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(i64);

impl Date {
    /// The day of an instant, in UTC.
    #[must_use]
    pub fn of(time: Timestamp) -> Self {
        Self(time.day())
    }

    /// Year, month from 1 and day from 1, by Howard Hinnant's `civil_from_days`.
    #[must_use]
    pub fn parts(self) -> (i64, i64, i64) {
        let shifted = self.0 + 719_468;
        let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
        (era * 400 + year_of_era + i64::from(month <= 2), month, day)
    }

    /// The day of a year, a month from 1 and a day from 1; `None` where there is no such day.
    #[must_use]
    pub fn new(year: i64, month: i64, day: i64) -> Option<Self> {
        if !(1..=9999).contains(&year) || !(1..=12).contains(&month) {
            return None;
        }
        let shifted = year - i64::from(month <= 2);
        let (era, year_of_era) = (shifted.div_euclid(400), shifted.rem_euclid(400));
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        let date =
            Self(era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468);
        (date.parts() == (year, month, day)).then_some(date)
    }

    /// So many days later.
    #[must_use]
    pub fn plus_days(self, days: i64) -> Self {
        Self(self.0 + days)
    }

    /// So many months later, on the same day of the month or the last one that the month has.
    #[must_use]
    pub fn plus_months(self, months: i64) -> Self {
        let (year, month, day) = self.parts();
        let count = year * 12 + month - 1 + months;
        let (year, month) = (count.div_euclid(12), count.rem_euclid(12) + 1);
        let last = |day: &i64| Self::new(year, month, *day);
        (1..=day).rev().find_map(|day| last(&day)).unwrap_or(self)
    }

    /// Days from `earlier` to this one.
    #[must_use]
    pub fn days_since(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }

    /// Its first instant; `None` outside the years 1678 to 2261.
    #[must_use]
    pub fn start(self) -> Option<Timestamp> {
        self.0.checked_mul(Interval::DAY.0).map(Timestamp)
    }
}

impl fmt::Display for Date {
    /// `2024-03-01`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.parts();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl FromStr for Date {
    type Err = String;

    /// # Errors
    /// When the text is no day such as `2024-03-01`.
    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || format!("`{text}` is not a day: expected one such as 2024-03-01");
        let mut parts = text.split('-');
        let mut part = |width: usize| {
            let part = parts.next().filter(|part| part.len() == width && part.bytes().all(|b| b.is_ascii_digit()))?;
            part.parse::<i64>().ok()
        };
        let (Some(year), Some(month), Some(day), None) = (part(4), part(2), part(2), parts.next()) else {
            return Err(bad());
        };
        Self::new(year, month, day).ok_or_else(bad)
    }
}

/// An instant as `2024-03-01T04:00:00Z`, with a fraction of nine digits where there is one.
#[must_use]
pub fn instant_text(time: Timestamp) -> String {
    let within = time.0.rem_euclid(Interval::DAY.0);
    let (seconds, nanos) = (within / Interval::SECOND.0, within % Interval::SECOND.0);
    let fraction = if nanos == 0 { String::new() } else { format!(".{nanos:09}") };
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{}T{hour:02}:{minute:02}:{second:02}{fraction}Z", Date::of(time))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_reads_as_it_prints() {
        for number in (-200_000..200_000).step_by(97) {
            let date = Date(number);
            assert_eq!(date.to_string().parse(), Ok(date));
        }
        for bad in ["", "2024-02-30", "2023-02-29", "2024-13-01", "2024-00-01", "2024-1-1", "2024-01-01-01", "24-01-01"]
        {
            assert!(bad.parse::<Date>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_month_later_is_the_same_day_or_the_last_one_of_the_month() {
        let check = |from: &str, months: i64, to: &str| {
            assert_eq!(from.parse::<Date>().unwrap().plus_months(months).to_string(), to);
        };
        check("2024-01-31", 1, "2024-02-29");
        check("2024-01-31", 2, "2024-03-31");
        check("2024-02-29", 12, "2025-02-28");
        check("2024-11-30", 3, "2025-02-28");
        check("2024-12-15", 1, "2025-01-15");
    }

    #[test]
    fn instants_are_written_in_utc() {
        assert_eq!(instant_text(Timestamp(0)), "1970-01-01T00:00:00Z");
        assert_eq!(instant_text(Timestamp(-1)), "1969-12-31T23:59:59.999999999Z");
        assert_eq!(instant_text(Timestamp(86_400_000_000_000 + 3_661_000_000_001)), "1970-01-02T01:01:01.000000001Z");
    }
}
