//! Parameters that were checked: every one is there, of its kind and within its range.
use super::error::BuildError;
use super::nearest::nearest;
use super::parameter::{Parameter, Parameters, Presence, Value};
use alloc::format;
use alloc::string::{String, ToString};
use engine::Size;
use rust_decimal::Decimal;

const DECLARED: &str = "a strategy asks only for parameters it declared, by their kind";

/// All parameters of a strategy, the defaults included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings(Parameters);

impl Settings {
    pub(super) fn check(strategy: &str, known: &[Parameter], given: &Parameters) -> Result<Self, BuildError> {
        let names = || known.iter().map(|parameter| parameter.name);
        if let Some(unknown) = given.keys().find(|key| names().all(|name| name != key.as_str())) {
            let all = names().collect::<alloc::vec::Vec<_>>().join(", ");
            let message = format!("`{strategy}` has no parameter `{unknown}`; it has {all}");
            return Err(BuildError::of(unknown, message).near(nearest(unknown, names())));
        }
        let mut checked = Parameters::new();
        for parameter in known {
            let Some(value) = given.get(parameter.name).or(parameter.default.as_ref()) else {
                if parameter.presence == Presence::Optional {
                    continue;
                }
                let message = format!("`{strategy}` needs `{}`: {}", parameter.name, parameter.kind);
                return Err(BuildError::of(parameter.name, message));
            };
            let value = parameter
                .read(value)
                .map_err(|message| BuildError::of(parameter.name, message).near(parameter.nearest(value)))?;
            checked.insert(parameter.name.to_string(), value);
        }
        Ok(Self(checked))
    }

    /// Whether a parameter that may be left out was given.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Every parameter with its value, as a resolved run file writes them.
    #[must_use]
    pub fn values(&self) -> &Parameters {
        &self.0
    }

    /// A whole number.
    ///
    /// # Panics
    /// When the strategy declared no such parameter, or one that may be negative.
    #[must_use]
    pub fn whole(&self, name: &str) -> usize {
        match self.0.get(name) {
            Some(Value::Whole(whole)) => usize::try_from(*whole).ok(),
            _ => None,
        }
        .expect(DECLARED)
    }

    /// A decimal number.
    ///
    /// # Panics
    /// When the strategy declared no such parameter.
    #[must_use]
    pub fn number(&self, name: &str) -> Decimal {
        match self.0.get(name) {
            Some(Value::Number(number)) => Some(*number),
            _ => None,
        }
        .expect(DECLARED)
    }

    /// A decimal number as the nearest `f64`, by one division.
    ///
    /// # Panics
    /// When the strategy declared no such parameter.
    #[must_use]
    pub fn number_f64(&self, name: &str) -> f64 {
        let number = self.number(name);
        number.mantissa() as f64 / 10_i64.pow(number.scale()) as f64
    }

    /// A flag.
    ///
    /// # Panics
    /// When the strategy declared no such parameter.
    #[must_use]
    pub fn flag(&self, name: &str) -> bool {
        match self.0.get(name) {
            Some(Value::Flag(flag)) => Some(*flag),
            _ => None,
        }
        .expect(DECLARED)
    }

    /// A size.
    ///
    /// # Panics
    /// When the strategy declared no such parameter.
    #[must_use]
    pub fn size(&self, name: &str) -> Size {
        self.text(name).parse().expect(DECLARED)
    }

    /// A text.
    ///
    /// # Panics
    /// When the strategy declared no such parameter.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        match self.0.get(name) {
            Some(Value::Text(text)) => Some(text.as_str()),
            _ => None,
        }
        .expect(DECLARED)
    }

    /// A list of texts.
    ///
    /// # Panics
    /// When the strategy declared no such parameter.
    #[must_use]
    pub fn texts(&self, name: &str) -> &[String] {
        match self.0.get(name) {
            Some(Value::Texts(texts)) => Some(texts.as_slice()),
            _ => None,
        }
        .expect(DECLARED)
    }
}
