//! Times as Alpaca writes and reads them: RFC 3339 with up to nine digits of a second, in UTC or in New York's offset.
//!
//! New York's offset follows the rule of 2007; bars of earlier years have their day's edge an hour off for some weeks.
use engine::{Interval, Timestamp};
use jiff::civil;
use jiff::tz::TimeZone;

/// An instant in UTC, without trailing zeros: `2026-01-02T14:30:00Z`.
pub(crate) fn utc(time: Timestamp) -> String {
    instant(time).to_string()
}

/// An instant in New York's offset: `2026-01-02T09:30:00-05:00`.
pub(crate) fn new_york(time: Timestamp) -> String {
    instant(time).to_zoned(zone()).strftime("%Y-%m-%dT%H:%M:%S%.f%:z").to_string()
}

/// An hour and minute of the day in New York: `09:30`.
pub(crate) fn new_york_hour(time: Timestamp) -> String {
    instant(time).to_zoned(zone()).strftime("%H:%M").to_string()
}

/// The day in New York.
pub(crate) fn new_york_day(time: Timestamp) -> civil::Date {
    instant(time).to_zoned(zone()).date()
}

/// The first instant of a day in New York.
pub(crate) fn new_york_midnight(day: civil::Date) -> Timestamp {
    of_civil(day.at(0, 0, 0, 0), zone())
}

/// The day in UTC.
pub(crate) fn utc_day(time: Timestamp) -> civil::Date {
    instant(time).to_zoned(TimeZone::UTC).date()
}

/// The first instant of a day in UTC.
pub(crate) fn utc_midnight(day: civil::Date) -> Timestamp {
    of_civil(day.at(0, 0, 0, 0), TimeZone::UTC)
}

/// An instant as its digits without separators, as ids of activities begin: `20220304135420903`.
pub(crate) fn stamp(time: Timestamp) -> String {
    instant(time).to_zoned(TimeZone::UTC).strftime("%Y%m%d%H%M%S%3f").to_string()
}

/// Reads RFC 3339, or a day, which means its first instant in New York where `in_new_york`, else in UTC.
pub(crate) fn read(text: &str, in_new_york: InNewYork) -> Option<Timestamp> {
    if text.len() > 64 {
        return None;
    }
    if let Ok(instant) = text.parse::<jiff::Timestamp>() {
        return i64::try_from(instant.as_nanosecond()).ok().map(Timestamp);
    }
    let day = read_day(text)?;
    Some(match in_new_york {
        InNewYork::Yes => new_york_midnight(day),
        InNewYork::No => utc_midnight(day),
    })
}

/// Whether a day is one of New York.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InNewYork {
    Yes,
    No,
}

/// Reads `2026-01-02`.
pub(crate) fn read_day(text: &str) -> Option<civil::Date> {
    (text.len() == 10).then(|| text.parse().ok()).flatten()
}

fn zone() -> TimeZone {
    TimeZone::posix("EST5EDT,M3.2.0,M11.1.0").unwrap_or(TimeZone::UTC)
}

fn of_civil(at: civil::DateTime, zone: TimeZone) -> Timestamp {
    let instant = at.to_zoned(zone).map(|zoned| zoned.timestamp().as_nanosecond());
    Timestamp(instant.ok().and_then(|ns| i64::try_from(ns).ok()).unwrap_or(i64::MAX))
}

/// Every `i64` of nanoseconds is within the years that a calendar holds.
fn instant(time: Timestamp) -> jiff::Timestamp {
    jiff::Timestamp::from_nanosecond(i128::from(time.0)).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
}

/// The first instant of the interval of a length that holds an instant, counted from the epoch.
pub(crate) fn floor(time: Timestamp, length: Interval) -> Timestamp {
    Timestamp(time.0.div_euclid(length.0).saturating_mul(length.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEW_YEAR: Timestamp = Timestamp(1_767_364_200_000_000_000);

    #[test]
    fn an_instant_is_written_in_utc_and_in_new_york() {
        assert_eq!(utc(NEW_YEAR), "2026-01-02T14:30:00Z");
        assert_eq!(new_york(NEW_YEAR), "2026-01-02T09:30:00-05:00");
        let summer = read("2023-07-03T13:30:00.123456789Z", InNewYork::No).expect("an instant");
        assert_eq!(new_york(summer), "2023-07-03T09:30:00.123456789-04:00");
        assert_eq!(new_york_hour(summer), "09:30");
        assert_eq!(stamp(summer), "20230703133000123");
    }

    #[test]
    fn instants_and_days_are_read_and_nothing_else() {
        for (text, expected) in [
            ("2026-01-02T14:30:00Z", Some(NEW_YEAR.0)),
            ("2026-01-02T14:30:00+00:00", Some(NEW_YEAR.0)),
            ("2026-01-02T09:30:00-05:00", Some(NEW_YEAR.0)),
            ("2026-01-02T14:30:00.000000001Z", Some(NEW_YEAR.0 + 1)),
            ("2026-01-02", Some(1_767_330_000_000_000_000)),
            ("2026-01-32", None),
            ("2026", None),
            ("", None),
            ("9999-01-01T00:00:00Z", None),
        ] {
            assert_eq!(read(text, InNewYork::Yes).map(|time| time.0), expected, "{text}");
        }
        assert_eq!(read("2026-01-02", InNewYork::No), Some(Timestamp(1_767_312_000_000_000_000)));
    }
}
