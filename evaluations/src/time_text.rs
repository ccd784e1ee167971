//! Instants as RFC 3339 text in JSON, UTC, to the nanosecond; read back they are the same instant.
use crate::calendar::{date, day};
use engine::{Interval, Timestamp};
use serde::{Deserialize, Deserializer, Serializer};

const SECOND: i64 = 1_000_000_000;

/// `2024-03-01T04:00:00Z`, with a fraction only where there is one.
fn text(time: Timestamp) -> String {
    let (year, month, day) = date(time.day());
    let within = time.0.rem_euclid(Interval::DAY.0);
    let (seconds, nanos) = (within / SECOND, within % SECOND);
    let fraction = if nanos == 0 { String::new() } else { format!(".{nanos:09}") };
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z")
}

/// The instant that [`text`] wrote.
fn parse(text: &str) -> Option<Timestamp> {
    let (date_part, clock) = text.strip_suffix('Z')?.split_once('T')?;
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let whole = |text: &str| text.parse::<u32>().ok().filter(|_| text.len() <= 9).map(i64::from);
    let three = |text: &str, by: char| -> Option<(i64, i64, i64)> {
        let mut parts = text.splitn(3, by).map(whole);
        Some((parts.next()??, parts.next()??, parts.next()??))
    };
    let (year, month, day_of_month) = three(date_part, '-')?;
    let (hour, minute, second) = three(clock, ':')?;
    if year > 2262 || !(1..=12).contains(&month) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let number = day(year, month, day_of_month);
    if date(number) != (year, month, day_of_month) {
        return None;
    }
    let nanos = whole(&format!("{fraction:0<9}"))?;
    let within = (hour * 3600 + minute * 60 + second) * SECOND + nanos;
    number.checked_mul(Interval::DAY.0)?.checked_add(within).map(Timestamp)
}

pub(crate) fn serialize<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&text(*time))
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    let found = String::deserialize(deserializer)?;
    parse(&found).ok_or_else(|| {
        serde::de::Error::custom(format!("`{found}` is not an instant such as 2024-03-01T04:00:00Z, in UTC"))
    })
}

/// The same for an instant that may be missing, as `null`.
pub(crate) mod option {
    use super::{Timestamp, parse, text};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(crate) fn serialize<S: Serializer>(time: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
        time.map(text).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
        let Some(found) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
        let bad = || serde::de::Error::custom(format!("`{found}` is not an instant such as 2024-03-01T04:00:00Z"));
        parse(&found).map(Some).ok_or_else(bad)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_written_in_utc_and_read_back_equal() {
        let check = |time: i64, expected: &str| {
            assert_eq!(text(Timestamp(time)), expected);
            assert_eq!(parse(expected), Some(Timestamp(time)));
        };
        check(0, "1970-01-01T00:00:00Z");
        check(17_532 * Interval::DAY.0 + 14_399 * SECOND, "2018-01-01T03:59:59Z");
        check(-1, "1969-12-31T23:59:59.999999999Z");
        check(1_000, "1970-01-01T00:00:00.000001000Z");
    }

    #[test]
    fn what_is_no_instant_is_refused() {
        for bad in [
            "",
            "2024-03-01",
            "2024-02-30T00:00:00Z",
            "2024-13-01T00:00:00Z",
            "2024-03-01T24:00:00Z",
            "9999-01-01T00:00:00Z",
            "2024-03-01T00:00:00+01:00",
            "2024-03-01T00:00:00.1234567890Z",
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
