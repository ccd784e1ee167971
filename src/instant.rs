//! Instants as text.
use engine::Timestamp;

/// An instant as RFC 3339, in UTC.
#[must_use]
pub fn instant_text(time: Timestamp) -> String {
    jiff::Timestamp::from_nanosecond(i128::from(time.0)).map_or_else(|_| format!("{} ns", time.0), |t| t.to_string())
}

/// The same without parts of a second, for tables that people read.
#[must_use]
pub fn second_text(time: Timestamp) -> String {
    const SECOND: i64 = 1_000_000_000;
    instant_text(Timestamp(time.0.div_euclid(SECOND).saturating_mul(SECOND)))
}
