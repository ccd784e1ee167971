//! Instants as text.
use engine::Timestamp;

/// An instant as RFC 3339, in UTC.
#[must_use]
pub fn instant_text(time: Timestamp) -> String {
    jiff::Timestamp::from_nanosecond(i128::from(time.0)).map_or_else(|_| format!("{} ns", time.0), |t| t.to_string())
}
