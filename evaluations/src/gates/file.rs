//! The text of a gates file as gates: strict, so that a typing error never switches a check off.
use super::complaint::{Complaints, GatesError};
use super::terms::{Action, CanaryTerms, WATCHED, WatchTerm, WatchTerms};
use super::{Bound, Check, Gate, GateTerms, Gates, Requirement};
use crate::evidence::{Better, Kind, Known, lookup, nearest};
use crate::statistics::SampleError;
use crate::watch::Conditions;
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

/// The largest gates file, in bytes.
const SIZE_MAX: usize = 1 << 18;
/// The most people that a gate may ask.
const APPROVALS_MAX: u64 = 9;

type Value<'a> = Spanned<DeValue<'a>>;

/// A key, where it stands, and its value.
struct Entry<'a> {
    key: &'a str,
    at: usize,
    value: &'a Value<'a>,
}

pub(super) fn read(text: &str, name: &str) -> Result<Gates, GatesError> {
    let mut complaints = Complaints::default();
    let digest = blake3::hash(text.as_bytes()).to_hex().to_string();
    let mut gates = Gates { gates: BTreeMap::new(), canary: None, watch: None, digest };
    if text.len() > SIZE_MAX {
        complaints.add(0, format!("this is larger than a gates file may be, {SIZE_MAX} bytes; is it the right file?"));
        return complaints.unless_any(gates, text, name);
    }
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        complaints.add(error.span().map_or(0, |span| span.start), format!("not valid TOML: {}", error.message()));
    }
    // After a fault the parser guesses, and a complaint about a guess helps nobody.
    let sections = if errors.is_empty() { entries(table.get_ref()) } else { Vec::new() };
    for entry in sections {
        match entry.key {
            "gate" => read_gates(&entry, &mut gates.gates, &mut complaints),
            "canary" => gates.canary = read_canary(&entry, &mut complaints),
            "watch" => gates.watch = read_watch(&entry, &mut complaints),
            _ => unknown(&entry, "the sections of a gates file", &["gate", "canary", "watch"], &mut complaints),
        }
    }
    complaints.unless_any(gates, text, name)
}

/// The entries of a table in the order of the file.
fn entries<'a>(table: &'a DeTable<'a>) -> Vec<Entry<'a>> {
    let entry = |(key, value): (&'a Spanned<DeString<'a>>, &'a Value<'a>)| Entry {
        key: key.get_ref().as_ref(),
        at: key.span().start,
        value,
    };
    let mut entries: Vec<Entry<'_>> = table.iter().map(entry).collect();
    entries.sort_by_key(|entry| entry.at);
    entries
}

/// The entries of a value that is a table; complains where it is none, with how it is written.
fn table<'a>(entry: &Entry<'a>, as_in: &str, complaints: &mut Complaints) -> Option<Vec<Entry<'a>>> {
    match entry.value.get_ref() {
        DeValue::Table(table) => Some(entries(table)),
        _ => {
            complaints.add(entry.value.span().start, format!("`{}` is not one value: write {as_in}", entry.key));
            None
        }
    }
}

fn unknown(entry: &Entry<'_>, what: &str, names: &[&str], complaints: &mut Complaints) {
    let near = nearest(entry.key, names.iter().copied());
    let advice =
        near.map_or_else(|| format!("{what} are {}", names.join(", ")), |near| format!("did you mean `{near}`?"));
    complaints.add(entry.at, format!("unknown key `{}`; {advice}", entry.key));
}

fn read_gates(entry: &Entry<'_>, gates: &mut BTreeMap<Gate, GateTerms>, complaints: &mut Complaints) {
    for entry in table(entry, "[gate.paper]", complaints).unwrap_or_default() {
        match Gate::ALL.into_iter().find(|gate| gate.name() == entry.key) {
            Some(gate) => {
                gates.insert(gate, read_gate(gate, &entry, complaints));
            }
            None => unknown(&entry, "gates", &Gate::ALL.map(Gate::name), complaints),
        }
    }
}

fn read_gate(gate: Gate, entry: &Entry<'_>, complaints: &mut Complaints) -> GateTerms {
    let mut terms = GateTerms { approvals: gate.approvals_min(), checks: Vec::new() };
    for entry in table(entry, &format!("[gate.{gate}]"), complaints).unwrap_or_default() {
        if entry.key == "approvals" {
            let least = u64::from(gate.approvals_min());
            match whole(entry.value).filter(|number| (least..=APPROVALS_MAX).contains(number)) {
                Some(number) => terms.approvals = number as u8,
                None => complaints.add(
                    entry.value.span().start,
                    format!("approvals of the gate `{gate}` are a whole number from {least} to {APPROVALS_MAX}"),
                ),
            }
        } else if let Some(of) = gate.reads().iter().find(|kind| kind.name() == entry.key) {
            for entry in table(&entry, &format!("[gate.{gate}.{of}]"), complaints).unwrap_or_default() {
                terms.checks.extend(read_check(*of, &entry, complaints));
            }
        } else {
            let kinds = gate.reads().iter().map(|kind| kind.name());
            let names: Vec<&str> = std::iter::once("approvals").chain(kinds).collect();
            unknown(&entry, &format!("keys of the gate `{gate}`"), &names, complaints);
        }
    }
    terms
}

fn read_check(of: Kind, entry: &Entry<'_>, complaints: &mut Complaints) -> Option<Check> {
    match lookup(of, entry.key) {
        Err(reason) => {
            complaints.add(entry.at, format!("the figure `{}` {reason}", entry.key));
            None
        }
        Ok(known) => {
            let requirement = read_requirement(of, known, entry, complaints)?;
            Some(Check { of, figure: known.name, requirement })
        }
    }
}

/// What was written for a figure, before it is judged whether it makes sense.
#[derive(Default)]
struct Asked {
    at_least: Option<Bound>,
    at_most: Option<Bound>,
    is: Option<bool>,
    n: Option<u64>,
    off: Option<String>,
}

fn read_requirement(of: Kind, known: &Known, entry: &Entry<'_>, complaints: &mut Complaints) -> Option<Requirement> {
    let at = entry.value.span().start;
    let mut asked = Asked::default();
    let example = match known.better {
        Better::More => "{ at_least = ... }",
        Better::Less => "{ at_most = ... }",
        Better::True => "{ is = true }",
    };
    for entry in table(entry, &format!("{} = {example}", known.name), complaints)? {
        let value = entry.value;
        let taken = match entry.key {
            "at_least" => read_bound(of, value).map(|bound| asked.at_least = Some(bound)),
            "at_most" => read_bound(of, value).map(|bound| asked.at_most = Some(bound)),
            "is" => switch(value).map(|is| asked.is = Some(is)).ok_or("true or false".to_string()),
            "n" => whole(value).filter(|n| *n > 0).map(|n| asked.n = Some(n)).ok_or("a whole number above 0".into()),
            "off" => reason(value).map(|off| asked.off = Some(off)).ok_or("the reason in words".to_string()),
            _ => {
                unknown(&entry, "requirements", &["at_least", "at_most", "is", "n", "off"], complaints);
                return None;
            }
        };
        if let Err(expected) = taken {
            complaints.add(value.span().start, format!("`{}` of `{}` is {expected}", entry.key, known.name));
            return None;
        }
    }
    match sensible(known, asked) {
        Ok(requirement) => Some(requirement),
        Err(message) => {
            complaints.add(at, message);
            None
        }
    }
}

/// The requirement, if it asks for what the figure is good for: a bound on the wrong side lets everything bad pass.
fn sensible(known: &Known, asked: Asked) -> Result<Requirement, String> {
    let name = known.name;
    let Asked { at_least, at_most, is, n, off } = asked;
    let bounded = at_least.is_some() || at_most.is_some();
    if let Some(off) = off {
        if bounded || is.is_some() || n.is_some() {
            return Err(format!("`{name}` is switched off and asked for at once; write one of the two"));
        }
        return Ok(Requirement::Off(off));
    }
    match (known.better, is) {
        (Better::True, Some(holds)) if !bounded => Ok(Requirement::Is { holds, n }),
        (Better::True, _) => Err(format!("`{name}` holds or does not: write {name} = {{ is = true }}")),
        (_, Some(_)) => Err(format!("`{name}` is a number ({}): write at_least or at_most", known.unit)),
        (Better::More, None) if at_least.is_none() => Err(format!("more is better for `{name}`: write at_least")),
        (Better::Less, None) if at_most.is_none() => Err(format!("less is better for `{name}`: write at_most")),
        _ => Ok(Requirement::Within { at_least, at_most, n }),
    }
}

fn read_bound(of: Kind, value: &Value<'_>) -> Result<Bound, String> {
    if let DeValue::String(text) = value.get_ref() {
        return match lookup(of, text) {
            Ok(known) if known.better != Better::True => Ok(Bound::Figure(known.name.into())),
            Ok(_) => Err("a number, or the name of a figure that is one".into()),
            Err(reason) => Err(format!("a number or the name of a figure, and `{text}` {reason}")),
        };
    }
    number(value).map(Bound::Number).ok_or_else(|| "a number, or the name of another figure".into())
}

fn read_canary(entry: &Entry<'_>, complaints: &mut Complaints) -> Option<CanaryTerms> {
    const KEYS: [&str; 3] = ["allocation_pct", "max_instruments", "max_notional"];
    let (mut allocation, mut instruments, mut notional) = (None, None, None);
    let hundred = Decimal::from(100);
    let mut wrong = false;
    for entry in table(entry, "[canary]", complaints)? {
        let above_zero = decimal(entry.value).filter(|number| *number > Decimal::ZERO);
        let (taken, expected) = match entry.key {
            "allocation_pct" => {
                allocation = above_zero.filter(|number| *number <= hundred);
                (allocation.is_some(), "a percentage of equity above 0 and at most 100")
            }
            "max_instruments" => {
                instruments = whole(entry.value).and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0);
                (instruments.is_some(), "a whole number above 0")
            }
            "max_notional" => {
                notional = above_zero;
                (notional.is_some(), "an amount above 0, in the account's currency")
            }
            _ => {
                unknown(&entry, "keys of [canary]", &KEYS, complaints);
                continue;
            }
        };
        if !taken {
            wrong = true;
            complaints.add(entry.value.span().start, format!("`{}` is {expected}", entry.key));
        }
    }
    match (allocation, instruments, notional) {
        (Some(allocation_pct), Some(max_instruments), Some(max_notional)) => {
            Some(CanaryTerms { allocation_pct, max_instruments, max_notional })
        }
        _ if wrong => None,
        _ => {
            complaints.add(entry.at, format!("[canary] needs all of {}", KEYS.join(", ")));
            None
        }
    }
}

fn read_watch(entry: &Entry<'_>, complaints: &mut Complaints) -> Option<WatchTerms> {
    let names = WATCHED.map(|(name, _)| name);
    let mut terms = WatchTerms::new();
    let mut written = Vec::new();
    let mut places = BTreeMap::new();
    for entry in table(entry, "[watch]", complaints)? {
        match WATCHED.iter().find(|(name, _)| *name == entry.key) {
            Some((name, meaning)) => {
                written.push(*name);
                places.insert(*name, entry.value.span().start);
                terms.extend(read_watch_term(meaning, &entry, complaints).map(|term| (*name, term)));
            }
            None => unknown(&entry, "conditions of [watch]", &names, complaints),
        }
    }
    for name in names.into_iter().filter(|name| !written.contains(name)) {
        let advice = format!("write {name} = {{ limit = ..., action = \"pause\" }}, or {{ off = \"the reason\" }}");
        complaints.add(entry.at, format!("[watch] does not name `{name}`; {advice}"));
    }
    // Whoever watches knows what a limit can be.
    if terms.len() == WATCHED.len()
        && let Err(error) = Conditions::of(&terms)
    {
        let named = if let SampleError::Setting { what, .. } = &error { places.get(what) } else { None };
        complaints.add(named.copied().unwrap_or(entry.at), format!("the limit of {error}"));
    }
    Some(terms)
}

fn read_watch_term(meaning: &str, entry: &Entry<'_>, complaints: &mut Complaints) -> Option<WatchTerm> {
    let (mut limit, mut action, mut off) = (None, None, None);
    for inner in table(entry, &format!("{} = {{ limit = ..., action = \"pause\" }}", entry.key), complaints)? {
        let (taken, expected) = match inner.key {
            "limit" => {
                limit = number(inner.value).filter(|number| *number > 0.0);
                (limit.is_some(), format!("above 0: {meaning}"))
            }
            "action" => {
                action = match inner.value.get_ref() {
                    DeValue::String(text) if text == "pause" => Some(Action::Pause),
                    DeValue::String(text) if text == "demote" => Some(Action::Demote),
                    _ => None,
                };
                (action.is_some(), "\"pause\" or \"demote\"".to_string())
            }
            "off" => {
                off = reason(inner.value);
                (off.is_some(), "the reason in words".to_string())
            }
            _ => {
                unknown(&inner, "keys of a condition", &["limit", "action", "off"], complaints);
                return None;
            }
        };
        if !taken {
            complaints.add(inner.value.span().start, format!("`{}` of `{}` is {expected}", inner.key, entry.key));
            return None;
        }
    }
    match (limit, action, off) {
        (Some(limit), Some(action), None) => Some(WatchTerm::On { limit, action }),
        (None, None, Some(off)) => Some(WatchTerm::Off(off)),
        _ => {
            let message = format!("`{}` needs a limit and an action, or off = \"the reason\"", entry.key);
            complaints.add(entry.value.span().start, message);
            None
        }
    }
}

fn switch(value: &Value<'_>) -> Option<bool> {
    value.get_ref().as_bool()
}

fn whole(value: &Value<'_>) -> Option<u64> {
    match value.get_ref() {
        DeValue::Integer(digits) => u64::from_str_radix(digits.as_str(), digits.radix()).ok(),
        _ => None,
    }
}

fn number(value: &Value<'_>) -> Option<f64> {
    let text = match value.get_ref() {
        DeValue::Integer(digits) if digits.radix() == 10 => digits.as_str(),
        DeValue::Float(digits) => digits.as_str(),
        _ => return None,
    };
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

fn decimal(value: &Value<'_>) -> Option<Decimal> {
    let text = match value.get_ref() {
        DeValue::Integer(digits) if digits.radix() == 10 => digits.as_str(),
        DeValue::Float(digits) => digits.as_str(),
        _ => return None,
    };
    Decimal::from_str_exact(text).ok()
}

/// A reason: some words, not an empty text.
fn reason(value: &Value<'_>) -> Option<String> {
    value.get_ref().as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_string)
}
