//! What a strategy can be told: names, kinds, ranges, defaults.
use super::nearest::nearest;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use rust_decimal::Decimal;

/// One value as a run file or a grid gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A whole number.
    Whole(i64),
    /// A decimal number.
    Number(Decimal),
    /// Yes or no.
    Flag(bool),
    /// Anything else, in the words of the file.
    Text(String),
    /// Several texts.
    Texts(Vec<String>),
}

/// What stands between two texts where several are written as one.
const BETWEEN: char = ';';

impl Value {
    /// Reads a value as it is typed: `20`, `2.5`, `true`; anything else is a text.
    #[must_use]
    pub fn read(text: &str) -> Self {
        match (text, text.parse(), Decimal::from_str_exact(text)) {
            ("true" | "false", ..) => Self::Flag(text == "true"),
            (_, Ok(whole), _) => Self::Whole(whole),
            (_, _, Ok(number)) => Self::Number(number),
            _ => Self::Text(text.to_string()),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(value) => value.fmt(f),
            Self::Number(value) => value.fmt(f),
            Self::Flag(value) => value.fmt(f),
            Self::Text(value) => f.write_str(value),
            Self::Texts(values) => {
                for (place, value) in values.iter().enumerate() {
                    let between = if place == 0 { "" } else { "; " };
                    write!(f, "{between}{value}")?;
                }
                Ok(())
            }
        }
    }
}

/// Values by name, in the order of the names.
pub type Parameters = BTreeMap<String, Value>;

/// What kind of value a parameter takes, and within which bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A whole number from `min` to `max`, both included.
    Whole {
        /// The least.
        min: i64,
        /// The most.
        max: i64,
    },
    /// A decimal number from `min` to `max`, both included, with at most four decimal places.
    Number {
        /// The least.
        min: Decimal,
        /// The most.
        max: Decimal,
    },
    /// `true` or `false`.
    Flag,
    /// Units, a share of equity or an amount of money.
    Size,
    /// Any text.
    Text,
    /// One of these texts.
    Choice(&'static [&'static str]),
    /// One or more texts: a list, or one text with semicolons between them.
    Texts,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole { min, max } => write!(f, "a whole number from {min} to {max}"),
            Self::Number { min, max } => write!(f, "a number from {min} to {max} with at most four decimal places"),
            Self::Flag => f.write_str("true or false"),
            Self::Size => f.write_str("units as `1.5`, a share of equity as `25%`, or money as `5000 USD`, above zero"),
            Self::Text => f.write_str("a text"),
            Self::Choice(choices) => write!(f, "one of {}", choices.join(", ")),
            Self::Texts => f.write_str("a list of one or more texts"),
        }
    }
}

/// Whether a parameter without a default must be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It must be.
    Required,
    /// It may be left out: something else decides then.
    Optional,
}

/// One thing that a strategy can be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// The key in the run file.
    pub name: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// What holds when it is not given; `None` when it must be, or when nothing does.
    pub default: Option<Value>,
    /// Whether it must be given where it has no default.
    pub presence: Presence,
    /// What it means, in one line without a full stop.
    pub help: &'static str,
}

impl Parameter {
    fn new(name: &'static str, kind: Kind, help: &'static str) -> Self {
        Self { name, kind, default: None, presence: Presence::Required, help }
    }

    /// The same parameter, which may be left out without a default.
    #[must_use]
    pub fn optional(self) -> Self {
        Self { presence: Presence::Optional, ..self }
    }

    /// A whole number that must be given unless [`Self::or`] says otherwise.
    #[must_use]
    pub fn whole(name: &'static str, min: i64, max: i64, help: &'static str) -> Self {
        Self::new(name, Kind::Whole { min, max }, help)
    }

    /// The same parameter with a default.
    #[must_use]
    pub fn or(self, default: i64) -> Self {
        Self { default: Some(Value::Whole(default)), ..self }
    }

    /// A decimal number that must be given unless [`Self::or_number`] says otherwise.
    #[must_use]
    pub fn number(name: &'static str, min: Decimal, max: Decimal, help: &'static str) -> Self {
        Self::new(name, Kind::Number { min, max }, help)
    }

    /// The same parameter with a default.
    #[must_use]
    pub fn or_number(self, default: Decimal) -> Self {
        Self { default: Some(Value::Number(default)), ..self }
    }

    /// A flag that is off unless it is given.
    #[must_use]
    pub fn flag(name: &'static str, help: &'static str) -> Self {
        Self { default: Some(Value::Flag(false)), ..Self::new(name, Kind::Flag, help) }
    }

    /// A size that must be given.
    #[must_use]
    pub fn size(name: &'static str, help: &'static str) -> Self {
        Self::new(name, Kind::Size, help)
    }

    /// A text that must be given.
    #[must_use]
    pub fn text(name: &'static str, help: &'static str) -> Self {
        Self::new(name, Kind::Text, help)
    }

    /// One of several texts; the first holds where none is given.
    #[must_use]
    pub fn choice(name: &'static str, choices: &'static [&'static str], help: &'static str) -> Self {
        let default = choices.first().map(|first| Value::Text(first.to_string()));
        Self { default, ..Self::new(name, Kind::Choice(choices), help) }
    }

    /// A list of texts that must be given.
    #[must_use]
    pub fn texts(name: &'static str, help: &'static str) -> Self {
        Self::new(name, Kind::Texts, help)
    }

    /// The choice that was probably meant by a value that is none.
    pub(super) fn nearest(&self, value: &Value) -> Option<&'static str> {
        match (self.kind, value) {
            (Kind::Choice(choices), Value::Text(text)) => nearest(text, choices.iter().copied()),
            _ => None,
        }
    }

    /// The value in the parameter's own kind, or what was expected.
    pub(crate) fn read(&self, value: &Value) -> Result<Value, String> {
        match (&self.kind, value) {
            (Kind::Whole { min, max }, Value::Whole(whole)) if (min..=max).contains(&whole) => Some(value.clone()),
            (Kind::Number { min, max }, given) => {
                decimal(given).filter(|d| (min..=max).contains(&d) && d.scale() <= 4).map(Value::Number)
            }
            (Kind::Flag, Value::Flag(_)) | (Kind::Text, Value::Text(_)) => Some(value.clone()),
            (Kind::Size, Value::Whole(_) | Value::Number(_) | Value::Text(_)) => {
                let text = value.to_string();
                text.parse::<engine::Size>().ok().map(|_| Value::Text(text))
            }
            (Kind::Choice(choices), Value::Text(text)) if choices.contains(&text.as_str()) => Some(value.clone()),
            (Kind::Texts, Value::Texts(texts)) if !texts.is_empty() => Some(value.clone()),
            (Kind::Texts, Value::Text(text)) => {
                Some(Value::Texts(text.split(BETWEEN).map(|text| text.trim().to_string()).collect()))
            }
            _ => None,
        }
        .ok_or_else(|| alloc::format!("`{}` must be {}, not `{value}`", self.name, self.kind))
    }
}

fn decimal(value: &Value) -> Option<Decimal> {
    match value {
        Value::Whole(whole) => Some(Decimal::from(*whole)),
        Value::Number(number) => Some(number.normalize()),
        Value::Text(text) => Decimal::from_str_exact(text).ok().map(|d| d.normalize()),
        Value::Flag(_) | Value::Texts(_) => None,
    }
}
