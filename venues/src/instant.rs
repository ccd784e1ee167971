//! Instants of venues: RFC 3339 text with any offset and up to nine digits of a second, exact to the nanosecond.
use crate::text::shown;
use engine::Timestamp;

/// Why a text is no instant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no instant: expected RFC 3339, as in 2026-01-02T14:30:00.123456789Z, in the years 1678 to 2261")]
pub struct NoInstant(String);

/// The longest text that is looked at, in bytes.
const LONGEST: usize = 64;

/// Reads an instant. One without an offset is taken as UTC, as a venue's older answers have it, and a day alone
/// as its midnight.
///
/// # Errors
/// When the text is none, is finer than nanoseconds, or lies outside what nanoseconds since 1970 can count.
pub fn instant(text: &str) -> Result<Timestamp, NoInstant> {
    let wrong = || NoInstant(shown(text));
    if text.len() > LONGEST {
        return Err(wrong());
    }
    let parsed = text.parse::<jiff::Timestamp>().or_else(|_| {
        let civil: jiff::civil::DateTime = text.parse()?;
        jiff::tz::TimeZone::UTC.to_timestamp(civil)
    });
    let nanoseconds = parsed.map_err(|_| wrong())?.as_nanosecond();
    i64::try_from(nanoseconds).map(Timestamp).map_err(|_| wrong())
}

/// An instant from whole seconds since 1970 and nanoseconds of a second.
///
/// # Errors
/// When it lies outside what nanoseconds since 1970 can count.
pub fn from_seconds(seconds: i64, nanoseconds: u32) -> Result<Timestamp, NoInstant> {
    let whole = seconds.checked_mul(1_000_000_000);
    let exact = whole.and_then(|whole| whole.checked_add(i64::from(nanoseconds)));
    exact.map(Timestamp).ok_or_else(|| NoInstant(format!("{seconds} s {nanoseconds} ns")))
}

/// An instant as RFC 3339 text in UTC, with as many digits of a second as it needs.
#[must_use]
pub fn instant_text(instant: Timestamp) -> String {
    let known = jiff::Timestamp::from_nanosecond(i128::from(instant.0));
    known.expect("64 bits of nanoseconds lie within its years").to_string()
}

/// The instant of a wall clock's date and time in New York. Of an hour that is skipped the instant after it, of one that
/// comes twice the first.
///
/// # Errors
/// When the text is no date with a time, as in `2026-01-02T09:30`.
pub fn in_new_york(text: &str) -> Result<Timestamp, NoInstant> {
    let wrong = || NoInstant(shown(text));
    if text.len() > LONGEST {
        return Err(wrong());
    }
    let civil: jiff::civil::DateTime = text.parse().map_err(|_| wrong())?;
    let zoned = civil.in_tz("America/New_York").map_err(|_| wrong())?;
    i64::try_from(zoned.timestamp().as_nanosecond()).map(Timestamp).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_instant_is_exact_to_the_nanosecond_in_any_offset() {
        for (text, expected) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2023-11-22T08:07:57.654738097-05:00", 1_700_658_477_654_738_097),
            ("2023-11-22T13:07:57.654738097Z", 1_700_658_477_654_738_097),
            ("2021-10-13T08:00:00.08960768Z", 1_634_112_000_089_607_680),
            ("2021-05-03T14:48:06.36Z", 1_620_053_286_360_000_000),
            ("1970-01-02", 86_400_000_000_000),
            ("2021-04-20T13:01:57.123456789", 1_618_923_717_123_456_789),
        ] {
            assert_eq!(instant(text), Ok(Timestamp(expected)), "{text}");
        }
        assert_eq!(from_seconds(10, 10), Ok(Timestamp(10_000_000_010)));
        assert_eq!(instant_text(Timestamp(1_700_658_477_654_738_097)), "2023-11-22T13:07:57.654738097Z");
        assert_eq!(instant_text(Timestamp(0)), "1970-01-01T00:00:00Z");
    }

    #[test]
    fn a_time_of_new_york_moves_with_its_clock() {
        assert_eq!(in_new_york("2026-01-02T09:30"), instant("2026-01-02T14:30:00Z"));
        assert_eq!(in_new_york("2026-07-02T09:30"), instant("2026-07-02T13:30:00Z"));
    }

    #[test]
    fn what_is_no_instant_is_refused_with_its_text() {
        for text in ["", "now", "2026-13-02T00:00:00Z", "1600-01-01T00:00:00Z", &"9".repeat(10_000_000)] {
            let error = instant(text).expect_err(&shown(text)).to_string();
            assert!(error.len() < 1_000 && error.contains("RFC 3339"), "{error}");
        }
        assert!(from_seconds(i64::MAX, 0).is_err());
        assert!(in_new_york("half past nine").is_err());
    }

    proptest! {
        #[test]
        fn an_instant_reads_as_it_is_written(ns in any::<i64>()) {
            prop_assert_eq!(instant(&instant_text(Timestamp(ns))), Ok(Timestamp(ns)));
        }

        #[test]
        fn no_text_panics(text in ".{0,80}") {
            let _ = instant(&text);
            let _ = in_new_york(&text);
        }
    }
}
