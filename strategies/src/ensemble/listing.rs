//! The members of an ensemble as a run file writes them. They are made by the registry and by no rule of their own, and
//! every fault names the member and what is wrong with it.
use super::Member;
use crate::registry::{BuildError, Entry, Parameter, Parameters, Registry, Settings, Value, nearest};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use engine::InstrumentId;
use rust_decimal::Decimal;

/// What `kind` in the run file says.
pub(super) const NAME: &str = "ensemble";

const WEIGHT: &str = "weight";
const SIZE: &str = "size";

const BY_ORDERS: &str = "it trades by orders of its own, and only targets can be weighed";

/// Strategies that cannot be members, and why.
const REFUSED: [(&str, &str); 3] = [
    (NAME, "an ensemble cannot be a member: write its members here"),
    ("bracket-breakout", BY_ORDERS),
    ("grid", BY_ORDERS),
];

/// Whether a strategy can be a member.
pub(crate) fn takes(name: &str) -> bool {
    REFUSED.iter().all(|(refused, _)| *refused != name)
}

/// One member as it was written.
pub(super) struct Listed<'a> {
    entry: &'a Entry,
    parameters: Parameters,
    weight_bps: i64,
    number: usize,
}

impl Listed<'_> {
    pub(super) fn warm_up(&self) -> Result<usize, BuildError> {
        self.entry
            .candles_before_deciding(&self.parameters)
            .map_err(|error| of_member(self.number, self.entry.name, error))
    }

    pub(super) fn build(&self, instruments: &[InstrumentId]) -> Result<Member, BuildError> {
        let built = self.entry.build(&self.parameters, instruments);
        let strategy = built.map_err(|error| of_member(self.number, self.entry.name, error))?;
        Ok(Member { strategy, weight_bps: self.weight_bps })
    }
}

/// Reads the members of an ensemble.
pub(super) fn read<'a>(known: &'a Registry, settings: &Settings) -> Result<Vec<Listed<'a>>, BuildError> {
    let size = Value::Text(settings.text(SIZE).to_string());
    let member = |(number, text): (usize, &String)| {
        let name = text.split_whitespace().next().unwrap_or_default();
        one(known, text, &size, number).map_err(|error| of_member(number, name, error))
    };
    (1..).zip(settings.texts("members")).map(member).collect()
}

/// Reads `NAME key=value ... weight=2`.
fn one<'a>(known: &'a Registry, text: &str, size: &Value, number: usize) -> Result<Listed<'a>, BuildError> {
    let mut words = text.split_whitespace();
    let name = words.next().ok_or_else(|| {
        BuildError::new("expected a strategy and its parameters as in `ema-cross fast=20 slow=50 weight=2`".to_string())
    })?;
    if let Some((_, why)) = REFUSED.iter().find(|(refused, _)| *refused == name) {
        return Err(BuildError::new((*why).to_string()));
    }
    let entry = known.entry(name)?;
    let mut parameters = Parameters::new();
    for word in words {
        let pair = word.split_once('=').filter(|(key, value)| !key.is_empty() && !value.is_empty());
        let expected = || BuildError::new(format!("`{word}` is no parameter: expected `key=value` without blanks"));
        let (key, value) = pair.ok_or_else(expected)?;
        check_key(entry, key)?;
        if parameters.insert(key.to_string(), Value::read(value)).is_some() {
            return Err(BuildError::new(format!("`{key}` is given twice")));
        }
    }
    let weight_bps = weight_bps(&parameters.remove(WEIGHT).unwrap_or(Value::Whole(1)))?;
    if entry.parameters.iter().any(|parameter| parameter.name == SIZE) {
        parameters.insert(SIZE.to_string(), size.clone());
    }
    entry.settings(&parameters)?;
    Ok(Listed { entry, parameters, weight_bps, number })
}

/// Refuses what a member cannot be told.
fn check_key(entry: &Entry, key: &str) -> Result<(), BuildError> {
    if key == SIZE {
        return Err(BuildError::new("a member has no `size` of its own: that of the ensemble holds".to_string()));
    }
    let names = || entry.parameters.iter().map(|p| p.name).filter(|name| *name != SIZE).chain([WEIGHT]);
    if names().any(|name| name == key) {
        return Ok(());
    }
    let all = names().collect::<Vec<_>>().join(", ");
    Err(BuildError::new(format!("there is no parameter `{key}`; there are {all}")).near(nearest(key, names())))
}

fn weight_bps(given: &Value) -> Result<i64, BuildError> {
    let (least, most) = (Decimal::new(1, 4), Decimal::from(1_000));
    let parameter = Parameter::number(WEIGHT, least, most, "what the member counts for");
    let Value::Number(weight) = parameter.read(given).map_err(BuildError::new)? else { unreachable!("it is a number") };
    Ok(bps(weight))
}

/// A number with at most four decimal places in units of the fourth.
pub(super) fn bps(number: Decimal) -> i64 {
    let bps = (number * Decimal::from(10_000)).trunc().mantissa();
    i64::try_from(bps).expect("numbers of an ensemble are small")
}

fn of_member(number: usize, name: &str, error: BuildError) -> BuildError {
    let name = if name.is_empty() { name.to_string() } else { format!(", `{name}`") };
    let message = format!("member {number}{name}: {}", error.message);
    BuildError { nearest: error.nearest, ..BuildError::of("members", message) }
}
