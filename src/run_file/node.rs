//! A TOML document as settings need it: values in the order of the file, each with its place and exact text.
//!
//! Numbers stay as they were written; nothing here goes through a float.
use super::decimal;
use super::error::Complaint;
use super::source::Place;
use rust_decimal::Decimal;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

/// A value and where it stands.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) place: Place,
    pub(super) value: Value,
    /// The text of a plain value that followed `--set key=`, where a text needs no quotes.
    pub(super) bare: Option<String>,
}

/// A value.
#[derive(Debug)]
pub(super) enum Value {
    Text(String),
    /// A whole number; `None` beyond 128 bits.
    Whole(Option<i128>),
    /// A number with a point or an exponent, as written; `inf` and `nan` too.
    Real(String),
    Switch(bool),
    /// A date or an instant, as written.
    Date(String),
    List(Vec<Node>),
    Table(Vec<Entry>),
}

/// A key with its value.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) key_place: Place,
    pub(super) node: Node,
}

/// Where spans of a parsed text point to.
#[derive(Clone, Copy)]
pub(super) struct Spot<'a> {
    pub(super) source: usize,
    /// Bytes of the source before the parsed text.
    pub(super) offset: usize,
    /// The parsed text.
    pub(super) text: &'a str,
}

impl Spot<'_> {
    pub(super) fn place(self, span: std::ops::Range<usize>) -> Place {
        Place { source: self.source, start: span.start + self.offset, end: span.end + self.offset }
    }
}

/// The entries of a table, in the order in which they were written.
pub(super) fn entries(table: &DeTable<'_>, spot: Spot<'_>) -> Vec<Entry> {
    let mut written: Vec<(&Spanned<DeString<'_>>, &Spanned<DeValue<'_>>)> = table.iter().collect();
    written.sort_by_key(|(key, _)| key.span().start);
    let entry = |(key, value): (&Spanned<DeString<'_>>, &Spanned<DeValue<'_>>)| Entry {
        key: key.get_ref().to_string(),
        key_place: spot.place(key.span()),
        node: node(value, spot),
    };
    written.into_iter().map(entry).collect()
}

/// A value with everything in it. The parser bounds how deep values nest, so this may recurse.
pub(super) fn node(value: &Spanned<DeValue<'_>>, spot: Spot<'_>) -> Node {
    let raw = || spot.text.get(value.span()).unwrap_or_default().to_string();
    let kind = match value.get_ref() {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(digits) => Value::Whole(i128::from_str_radix(digits.as_str(), digits.radix()).ok()),
        DeValue::Float(digits) => Value::Real(digits.as_str().to_string()),
        DeValue::Boolean(on) => Value::Switch(*on),
        DeValue::Datetime(_) => Value::Date(raw()),
        DeValue::Array(list) => Value::List(list.iter().map(|item| node(item, spot)).collect()),
        DeValue::Table(table) => Value::Table(entries(table, spot)),
    };
    Node { place: spot.place(value.span()), value: kind, bare: None }
}

impl Node {
    /// What kind of value this is, in words.
    pub(super) fn kind(&self) -> &'static str {
        match &self.value {
            Value::Text(_) => "a text",
            Value::Whole(_) => "a whole number",
            Value::Real(_) => "a decimal number",
            Value::Switch(_) => "true or false",
            Value::Date(_) => "a date",
            Value::List(items) if items.iter().any(|item| matches!(item.value, Value::Table(_))) => {
                "a list of sections"
            }
            Value::List(_) => "a list",
            Value::Table(_) => "a section",
        }
    }

    /// A complaint about this value.
    pub(super) fn complain(&self, message: impl Into<String>) -> Complaint {
        Complaint::new(Some(self.place), message)
    }

    fn wrong_kind(&self, expected: &str) -> Complaint {
        self.complain(format!("this is {}", self.kind())).expected(expected)
    }

    /// A text.
    pub(super) fn text(&self, expected: &str) -> Result<&str, Complaint> {
        match (&self.value, &self.bare) {
            (Value::Text(text), _) | (_, Some(text)) => Ok(text),
            _ => Err(self.wrong_kind(expected)),
        }
    }

    /// True or false.
    pub(super) fn switch(&self) -> Result<bool, Complaint> {
        match self.value {
            Value::Switch(on) => Ok(on),
            _ => Err(self.wrong_kind("true or false")),
        }
    }

    /// A whole number from 0 to `max`.
    pub(super) fn whole(&self, max: i64) -> Result<i64, Complaint> {
        let expected = || format!("a whole number from 0 to {max}");
        match self.value {
            Value::Whole(value) => value
                .and_then(|value| i64::try_from(value).ok())
                .filter(|value| (0..=max).contains(value))
                .ok_or_else(|| self.complain("this number is out of range").expected(expected())),
            _ => Err(self.wrong_kind(&expected())),
        }
    }

    /// An exact decimal number, written as a number or as a text.
    pub(super) fn decimal(&self, expected: &str) -> Result<Decimal, Complaint> {
        let read = match &self.value {
            Value::Whole(value) => value.map_or(Err(decimal::Fault::TooLong), decimal::whole),
            Value::Real(text) | Value::Text(text) => decimal::exact(text),
            _ => return Err(self.wrong_kind(expected)),
        };
        read.map_err(|fault| self.complain(fault.message()).expected(expected))
    }

    /// A list.
    pub(super) fn list(&self, expected: &str) -> Result<&[Node], Complaint> {
        match &self.value {
            Value::List(items) => Ok(items),
            _ => Err(self.wrong_kind(expected)),
        }
    }
}
