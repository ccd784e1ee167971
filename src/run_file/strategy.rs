//! `[strategy]`, or one of `[[strategies]]`: which strategy, with which parameters.
//!
//! Which parameters a strategy has is the registry's knowledge; here they only have to be plain values. A `size` means
//! the same for every strategy and is checked. The `policy` of the strategy of that name is a file, found from the run file.
use super::decimal;
use super::error::Complaint;
use super::node::{Entry, Node, Value};
use super::policy::{self, PolicyFile};
use super::seat::Seat;
use super::section::Section;
use super::setting::is_bare;
use super::written::{Written, list, quoted};
use engine::Size;
use rust_decimal::Decimal;
use std::fmt;
use std::path::Path;

/// Which strategy, with which parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StrategySection {
    /// The name in the registry.
    pub kind: String,
    /// The parameters in the order of their names, without `kind`.
    pub parameters: Vec<(String, Parameter)>,
    /// Its part in the account, where it is one of several.
    pub seat: Option<Seat>,
}

impl StrategySection {
    /// A parameter by its name.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// The file of its policy, where it has one.
    #[must_use]
    pub fn policy(&self) -> Option<&PolicyFile> {
        self.parameters.iter().find_map(|(_, value)| match value {
            Parameter::Policy(file) => Some(file),
            _ => None,
        })
    }

    /// The digest of its policy's file, as it was read or as the run file says.
    #[must_use]
    pub fn policy_digest(&self) -> Option<&str> {
        match (self.policy(), self.parameter(PolicyFile::DIGEST)) {
            (Some(file), _) => file.digest(),
            (None, Some(Parameter::Text(digest))) => Some(digest),
            _ => None,
        }
    }

    /// The same with its policy named by what the file holds, not by where it lies.
    pub(super) fn bound(&self) -> Self {
        let mut bound = self.clone();
        if let Some(file) = self.policy() {
            bound.parameters.retain(|(name, _)| !policy::KEYS.contains(&name.as_str()));
            bound.parameters.push((PolicyFile::DIGEST.into(), Parameter::Text(file.digest_text().into())));
            bound.parameters.sort_by(|a, b| a.0.cmp(&b.0));
        }
        bound
    }
}

/// The value of a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parameter {
    /// A text.
    Text(String),
    /// A whole number.
    Whole(i64),
    /// A number with a point or an exponent, exactly as written.
    Number(Decimal),
    /// True or false.
    Switch(bool),
    /// A list of plain values.
    List(Vec<Parameter>),
    /// The file of a policy.
    Policy(PolicyFile),
}

impl fmt::Display for Parameter {
    /// As TOML.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(&quoted(text)),
            Self::Whole(value) => value.fmt(f),
            // The point keeps it a number when it is read again.
            Self::Number(value) if decimal::places(*value) == 0 => write!(f, "{}.0", decimal::plain(*value)),
            Self::Number(value) => f.write_str(&decimal::plain(*value)),
            Self::Switch(on) => on.fmt(f),
            Self::Policy(file) => f.write_str(&quoted(file.text())),
            Self::List(items) => f.write_str(&list(items.iter().map(ToString::to_string))),
        }
    }
}

/// The name of a strategy.
pub(super) fn kind(section: &mut Section<'_>) -> Option<String> {
    section.required("kind", "\"ema-cross\"", |node| {
        let expected = "the name of a strategy as in \"ema-cross\"";
        match node.text(expected)? {
            "" => Err(node.complain("the name of the strategy is empty").expected(expected)),
            kind => Ok(kind.to_string()),
        }
    })
}

/// Every key that is not one of the section's own.
pub(super) fn parameters(section: &mut Section<'_>, own: &[&str]) -> Option<Vec<(String, Parameter)>> {
    parameters_of(section, own, (None, Path::new("")))
}

/// The same of a strategy of this kind; `base` is the folder of the run file.
pub(super) fn parameters_of(
    section: &mut Section<'_>,
    own: &[&str],
    (kind, base): (Option<&str>, &Path),
) -> Option<Vec<(String, Parameter)>> {
    let mut parameters = Some(Vec::new());
    for entry in section.entries().iter().filter(|entry| !own.contains(&entry.key.as_str())) {
        match parameter(entry, kind, base) {
            Ok(value) => {
                if let Some(found) = parameters.as_mut() {
                    found.push((entry.key.clone(), value));
                }
            }
            Err(complaint) => {
                section.refuse(&entry.key, complaint);
                parameters = None;
            }
        }
    }
    let mut parameters = parameters?;
    parameters.sort_by(|a, b| a.0.cmp(&b.0));
    Some(parameters)
}

fn parameter(entry: &Entry, kind: Option<&str>, base: &Path) -> Result<Parameter, Complaint> {
    if !is_bare(&entry.key) {
        let expected = "letters, digits, `_` and `-`";
        return Err(Complaint::new(Some(entry.key_place), "this is not the name of a parameter").expected(expected));
    }
    if entry.key == "size" {
        return size(&entry.node);
    }
    if policy::is_file(kind, &entry.key) {
        return PolicyFile::found(&entry.node, base).map(Parameter::Policy);
    }
    match &entry.node.value {
        Value::List(items) => items.iter().map(plain).collect::<Result<_, _>>().map(Parameter::List),
        _ => plain(&entry.node),
    }
}

fn plain(node: &Node) -> Result<Parameter, Complaint> {
    let number = |read: Result<Decimal, decimal::Fault>| {
        read.map(Parameter::Number).map_err(|fault| node.complain(fault.message()).expected("a number"))
    };
    match &node.value {
        Value::Text(text) => Ok(Parameter::Text(text.clone())),
        Value::Whole(value) => match value.and_then(|value| i64::try_from(value).ok()) {
            Some(value) => Ok(Parameter::Whole(value)),
            None => Err(node.complain("this number is out of range").expected("a number of at most 64 bits")),
        },
        Value::Real(text) => number(decimal::exact(text)),
        Value::Switch(on) => Ok(Parameter::Switch(*on)),
        Value::Date(_) | Value::List(_) | Value::Table(_) => Err(node
            .complain(format!("a parameter cannot be {}", node.kind()))
            .expected("a text, a number, true or false, or a list of these")),
    }
}

/// A size, however it is written, in its one canonical form.
fn size(node: &Node) -> Result<Parameter, Complaint> {
    let expected = "units as in \"1.5\", a share of equity as in \"25%\", or money as in \"5000 USD\", above zero";
    let text = match &node.value {
        Value::Text(text) => text.clone(),
        Value::Whole(_) | Value::Real(_) => decimal::plain(node.decimal(expected)?),
        _ => return Err(node.complain(format!("a size cannot be {}", node.kind())).expected(expected)),
    };
    let size: Size = text.parse().map_err(|_| node.complain(format!("`{text}` is not a size")).expected(expected))?;
    Ok(Parameter::Text(size.to_string()))
}

/// Adds the strategy and its parameters to a section.
pub(super) fn write(section: Written, strategy: &StrategySection) -> Written {
    write_parameters(section, &strategy.parameters)
}

/// Adds plain values to a section.
pub(super) fn write_parameters(section: Written, parameters: &[(String, Parameter)]) -> Written {
    parameters.iter().fold(section, |written, (name, value)| written.literal(name, value))
}
