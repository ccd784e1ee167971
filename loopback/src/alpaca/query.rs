//! What stands behind the question mark, field by field.
use super::exact;
use super::moment::{self, InNewYork};
use super::refusal::Refusal;
use crate::http::pairs;
use engine::Timestamp;
use rust_decimal::Decimal;

/// The fields of a query.
#[derive(Clone, Debug, Default)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    pub(crate) fn new(text: &str) -> Self {
        Self(pairs(text))
    }

    /// A field that is not empty.
    pub(crate) fn text(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|(key, value)| key == field && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// A list with commas, or one field many times.
    pub(crate) fn list(&self, field: &str) -> Vec<&str> {
        let values = self.0.iter().filter(|(key, _)| key == field).flat_map(|(_, value)| value.split(','));
        values.map(str::trim).filter(|it| !it.is_empty()).collect()
    }

    /// `true`, also in the capitals of other languages.
    pub(crate) fn is_set(&self, field: &str) -> bool {
        self.text(field).is_some_and(|text| text.eq_ignore_ascii_case("true") || text == "1")
    }

    /// An instant or a day.
    ///
    /// # Errors
    /// Names the field where it is neither.
    pub(crate) fn time(&self, field: &str, zone: InNewYork) -> Result<Option<Timestamp>, Refusal> {
        let read = |text| moment::read(text, zone).ok_or_else(|| Refusal::bad_query(format!("invalid {field}")));
        self.text(field).map(read).transpose()
    }

    /// A whole number within bounds.
    ///
    /// # Errors
    /// Names the field and its bounds where it is none.
    pub(crate) fn count(&self, field: &str, default: usize, max: usize) -> Result<usize, Refusal> {
        let read = |text: &str| text.parse::<usize>().ok().filter(|count| (1..=max).contains(count));
        match self.text(field) {
            None => Ok(default),
            Some(text) => read(text).ok_or_else(|| Refusal::field(format!("{field} must be between 1 and {max}"))),
        }
    }

    /// A decimal above zero.
    ///
    /// # Errors
    /// Names the field where it is none.
    pub(crate) fn decimal(&self, field: &str) -> Result<Option<Decimal>, Refusal> {
        let read = |text: &str| exact::read(text).filter(|number| *number > Decimal::ZERO);
        self.text(field)
            .map(|text| read(text).ok_or_else(|| Refusal::field(format!("{field} must be > 0"))))
            .transpose()
    }

    /// Whether the newest come first.
    ///
    /// # Errors
    /// Where it is neither `asc` nor `desc`.
    pub(crate) fn descends(&self, field: &str, default: Descending) -> Result<bool, Refusal> {
        match self.text(field) {
            None => Ok(default == Descending::Yes),
            Some("asc") => Ok(false),
            Some("desc") => Ok(true),
            Some(_) => Err(Refusal::field(format!("invalid {field}"))),
        }
    }
}

/// Whether the newest come first where nothing is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Descending {
    Yes,
    No,
}
