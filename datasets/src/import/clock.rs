//! Labels of foreign candles turned into open times.
//!
//! A local time that does not exist, or exists twice, in its zone is refused: which of the two was meant is not ours to
//! say. Zones come from the database bundled with the program, so every machine knows the same ones.
use crate::import::{ImportError, ImportSpec, Label};
use engine::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::fmt::strtime;
use jiff::tz::{Offset, TimeZone};
use std::str::FromStr;

/// The clock of a source: an IANA name or a fixed distance from UTC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Zone {
    /// UTC.
    #[must_use]
    pub fn utc() -> Self {
        Self(TimeZone::UTC)
    }
}

impl FromStr for Zone {
    type Err = ImportError;

    /// Reads `UTC`, `America/New_York`, `-05:00`, `+0530`.
    fn from_str(text: &str) -> Result<Self, ImportError> {
        if text.eq_ignore_ascii_case("utc") || text == "Z" {
            return Ok(Self::utc());
        }
        let zone = if text.starts_with(['+', '-']) { fixed(text) } else { TimeZone::get(text).ok() };
        zone.map(Self).ok_or_else(|| ImportError::Spec {
            what: format!("`{text}` is not a time zone: expected UTC, a name such as America/New_York, or a distance such as -05:00"),
        })
    }
}

fn fixed(text: &str) -> Option<TimeZone> {
    let digits: String = text[1..].chars().filter(|c| *c != ':').collect();
    let number: i32 =
        (digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.parse().ok())??;
    let seconds = (number / 100 * 60 + number % 100) * 60;
    if number % 100 > 59 {
        return None;
    }
    Offset::from_seconds(if text.starts_with('-') { -seconds } else { seconds }).ok().map(TimeZone::fixed)
}

/// How a label is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TimeFormat {
    /// Seconds since 1970, UTC.
    EpochSeconds,
    /// Milliseconds since 1970, UTC.
    EpochMillis,
    /// Microseconds since 1970, UTC.
    EpochMicros,
    /// Nanoseconds since 1970, UTC.
    EpochNanos,
    /// `2017-04-19`, `2017-04-19 09:00:00`, `2017-04-19T09:00:00.5`; with an offset or `Z`, that counts and not the zone.
    Iso,
    /// A pattern of strptime, such as `%Y%m%d %H%M%S` or `%d.%m.%Y %H:%M:%S%.f`.
    Pattern(String),
}

/// Turns labels into open times, as an import declares it.
pub(crate) struct Clock {
    zone: TimeZone,
    length_ns: i64,
    label: Label,
    session_open: Option<jiff::civil::Time>,
}

impl Clock {
    pub(crate) fn of(spec: &ImportSpec) -> Self {
        Self {
            zone: spec.zone.0.clone(),
            length_ns: spec.notes.interval.0,
            label: spec.label,
            session_open: spec.session_open,
        }
    }

    /// The open time of a label.
    pub(crate) fn open_time(&self, text: &str, format: &TimeFormat) -> Result<Timestamp, String> {
        let text = text.trim();
        let each = match format {
            TimeFormat::EpochSeconds => 1_000_000_000,
            TimeFormat::EpochMillis => 1_000_000,
            TimeFormat::EpochMicros => 1_000,
            TimeFormat::EpochNanos => 1,
            TimeFormat::Iso => return self.iso(text),
            TimeFormat::Pattern(pattern) => return self.pattern(text, pattern),
        };
        let count: i64 =
            text.parse().map_err(|_| format!("`{text}` is not a whole number of time units since 1970"))?;
        let ns = count.checked_mul(each).ok_or_else(|| format!("time {text} is out of range; check its unit"))?;
        self.labelled(Timestamp(ns))
    }

    /// The open time of a label that counts milliseconds from a day's midnight on the source's clock.
    pub(crate) fn in_day(&self, day: Date, text: &str) -> Result<Timestamp, String> {
        let millis: i32 = text
            .trim()
            .parse()
            .ok()
            .filter(|ms| (0..86_400_000).contains(ms))
            .ok_or_else(|| format!("`{text}` is not a number of milliseconds since midnight"))?;
        let time = jiff::civil::Time::midnight().checked_add(jiff::SignedDuration::from_millis(i64::from(millis)));
        self.local(day.to_datetime(time.map_err(|e| e.to_string())?))
    }

    fn iso(&self, text: &str) -> Result<Timestamp, String> {
        if let Ok(stamp) = text.parse::<jiff::Timestamp>() {
            return self.instant(stamp);
        }
        let local =
            text.parse::<DateTime>().map_err(|_| format!("`{text}` is not a time such as 2017-04-19 09:00:00"))?;
        self.local(local)
    }

    fn pattern(&self, text: &str, pattern: &str) -> Result<Timestamp, String> {
        let parsed =
            strtime::parse(pattern, text).map_err(|e| format!("`{text}` is not a time as `{pattern}`: {e}"))?;
        if parsed.offset().is_some() {
            return self.instant(parsed.to_timestamp().map_err(|e| e.to_string())?);
        }
        let local = parsed.to_datetime().or_else(|_| parsed.to_date().map(DateTime::from));
        self.local(local.map_err(|e| format!("`{text}` as `{pattern}`: {e}"))?)
    }

    fn local(&self, local: DateTime) -> Result<Timestamp, String> {
        let local = self.session_open.map_or(local, |open| local.date().to_datetime(open));
        let stamp = self.zone.to_ambiguous_timestamp(local).unambiguous();
        let stamp = stamp.map_err(|_| format!("{local} does not exist, or exists twice, on the declared clock"))?;
        self.labelled(nanoseconds(stamp)?)
    }

    fn instant(&self, stamp: jiff::Timestamp) -> Result<Timestamp, String> {
        self.labelled(nanoseconds(stamp)?)
    }

    fn labelled(&self, label: Timestamp) -> Result<Timestamp, String> {
        let before = match self.label {
            Label::Open => 0,
            Label::Close => self.length_ns,
        };
        label.0.checked_sub(before).map(Timestamp).ok_or_else(|| "the time is out of range".to_string())
    }
}

fn nanoseconds(stamp: jiff::Timestamp) -> Result<Timestamp, String> {
    i64::try_from(stamp.as_nanosecond()).map(Timestamp).map_err(|_| format!("{stamp} is out of range"))
}
