//! Instants as the run file writes them: a day, `2018-01-01`, or a moment in UTC, `2018-01-01T09:30:00Z`.
//!
//! Only UTC is read: a run that means something else on another machine is no run. Nothing is guessed or rounded.
use super::error::Complaint;
use super::node::{Node, Value};
use engine::{Interval, Timestamp};

/// What is expected where an instant stands.
pub(super) const EXPECTED: &str = "a day as in \"2018-01-01\" or an instant in UTC as in \"2018-01-01T09:30:00Z\"";

/// Reads a day (its midnight) or an instant.
///
/// # Errors
/// What is wrong, in words.
pub(super) fn read(text: &str) -> Result<Timestamp, String> {
    let (date, time) = match text.split_once(['T', 't', ' ']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let days = day(date)?;
    let within = time.map_or(Ok(0), clock)?;
    let ns = i128::from(days) * i128::from(Interval::DAY.0) + i128::from(within);
    i64::try_from(ns).map(Timestamp).map_err(|_| "an instant lies between the years 1678 and 2261".to_string())
}

/// The instant that a setting gives, as a text or as a date of TOML.
pub(super) fn of(node: &Node) -> Result<Timestamp, Complaint> {
    let text = match &node.value {
        Value::Date(text) => text,
        _ => node.text(EXPECTED)?,
    };
    read(text).map_err(|fault| node.complain(fault).expected(EXPECTED))
}

/// The shortest text that reads as this instant.
pub(super) fn text(instant: Timestamp) -> String {
    let (days, within) = (instant.day(), instant.0.rem_euclid(Interval::DAY.0));
    let (year, month, day) = civil(days);
    let date = format!("{year:04}-{month:02}-{day:02}");
    if within == 0 {
        return date;
    }
    let (seconds, ns) = (within / Interval::SECOND.0, within % Interval::SECOND.0);
    let fraction = if ns == 0 { String::new() } else { format!(".{ns:09}").trim_end_matches('0').to_string() };
    format!("{date}T{:02}:{:02}:{:02}{fraction}Z", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// Exactly `width` digits as a number.
fn number(text: &str, width: usize) -> Option<i64> {
    (text.len() == width && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

fn day(text: &str) -> Result<i64, String> {
    let mut parts = text.split('-');
    let mut part = |width| parts.next().and_then(|part| number(part, width));
    let (Some(year), Some(month), Some(day)) = (part(4), part(2), part(2)) else {
        return Err("this is not a date".into());
    };
    if parts.next().is_some() {
        return Err("this is not a date".into());
    }
    if !(1..=12).contains(&month) {
        return Err(format!("there is no month {month:02}"));
    }
    let last = days_of_month(year, month);
    if !(1..=last).contains(&day) {
        return Err(format!("{year:04}-{month:02} has no day {day:02}, its last is {last}"));
    }
    Ok(days_from_civil(year, month, day))
}

/// Nanoseconds since midnight of `09:30:00Z`, with up to nine digits of a second's fraction.
fn clock(text: &str) -> Result<i64, String> {
    let Some(text) = text.strip_suffix(['Z', 'z']).or_else(|| text.strip_suffix("+00:00")) else {
        return Err("an instant is given in UTC and ends in `Z`".into());
    };
    let (text, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let mut parts = text.split(':');
    let mut part = |max| parts.next().and_then(|part| number(part, 2)).filter(|value| *value <= max);
    let (Some(hour), Some(minute), Some(second), None) = (part(23), part(59), part(59), parts.next()) else {
        return Err("this is not a time of day: hours are 00 to 23, minutes and seconds 00 to 59".into());
    };
    if fraction.len() > 9 || number(fraction, fraction.len()).is_none() {
        return Err("a fraction of a second has one to nine digits".into());
    }
    let ns = format!("{fraction:0<9}").parse::<i64>().map_err(|e| e.to_string())?;
    Ok(hour * Interval::HOUR.0 + minute * Interval::MINUTE.0 + second * Interval::SECOND.0 + ns)
}

fn leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_of_month(year: i64, month: i64) -> i64 {
    match month {
        2 if leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 in the proleptic Gregorian calendar, counted in eras of 400 years that begin in March.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The inverse of [`days_from_civil`].
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn instants_are_nanoseconds_since_1970_in_utc() {
        let check = |written: &str, seconds: i64, ns: i64| {
            assert_eq!(read(written), Ok(Timestamp(seconds * Interval::SECOND.0 + ns)), "{written}");
        };
        check("1970-01-01", 0, 0);
        check("1969-12-31T23:59:59.5Z", -1, 500_000_000);
        check("2018-01-01", 1_514_764_800, 0);
        check("2000-02-29", 951_782_400, 0);
        check("2024-02-29T12:00:00Z", 1_709_208_000, 0);
        check("2024-02-29 12:00:00.000000001+00:00", 1_709_208_000, 1);
        check("2262-04-11T23:47:16.854775807Z", 9_223_372_036, 854_775_807);
    }

    #[test]
    fn days_and_times_that_do_not_exist_are_refused() {
        let check = |written: &str, part: &str| {
            let error = read(written).expect_err(written);
            assert!(error.contains(part), "{written}: {error}");
        };
        check("2023-02-29", "2023-02 has no day 29, its last is 28");
        check("1900-02-29", "its last is 28");
        check("2024-04-31", "its last is 30");
        check("2024-13-01", "no month 13");
        check("2024-00-01", "no month 00");
        check("2024-01-00", "no day 00");
        check("24-01-01", "not a date");
        check("2024-1-1", "not a date");
        check("2024-01-01-01", "not a date");
        check("+024-01-01", "not a date");
        check("", "not a date");
        check("2024-01-01T00:00:00", "ends in `Z`");
        check("2024-01-01T00:00:00+02:00", "ends in `Z`");
        check("2024-01-01T24:00:00Z", "not a time");
        check("2024-01-01T23:59:60Z", "not a time");
        check("2024-01-01T00:00Z", "not a time");
        check("2024-01-01T00:00:00.Z", "fraction");
        check("2024-01-01T00:00:00.0000000001Z", "fraction");
        check("2262-04-12", "between the years");
        check("1500-01-01", "between the years");
        check("2024-01-0é", "not a date");
    }

    proptest! {
        #[test]
        fn an_instant_reads_as_it_prints(ns in any::<i64>(), unit in prop::sample::select(vec![1, 1_000, Interval::SECOND.0, Interval::DAY.0])) {
            let instant = Timestamp(ns - ns % unit);
            prop_assert_eq!(read(&text(instant)), Ok(instant));
        }
    }
}
