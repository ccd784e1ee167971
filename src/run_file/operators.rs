//! `[[operators]]`: what people do during a run, to rehearse it: each act at its time, with who and why.
//!
//! Exactly one of `limit` (with `to`), `reset`, `trading` and `alert` (with `step`) says what. Only the core judges whether
//! it may be followed.
use super::error::Complaint;
use super::instant;
use super::instruments::InstrumentSection;
use super::known;
use super::limit::{self, LimitValue, Unit};
use super::node::{Entry, Node, Value};
use super::section::{Section, find};
use super::written::{Written, quoted};
use engine::operator::TEXT_MAX;
use engine::{AlertStep, Timestamp, TradingState};

/// What a person does during a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperatorSection {
    /// When: before the candles that are known then.
    pub at: Timestamp,
    /// Who.
    pub who: String,
    /// Who agrees; empty where nobody is asked.
    pub approver: String,
    /// Why.
    pub why: String,
    /// What.
    pub act: Act,
}

/// What is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// A limit gets another value, of one instrument or of all.
    Limit(&'static str, Option<String>, LimitValue),
    /// A limit's key whose counter begins anew, of one strategy where each has its own.
    Reset(&'static str, Option<String>),
    /// Trading goes on so far.
    Trading(TradingState),
    /// Every order is taken back, every position closed, and trading halted.
    Close,
    /// An alert has come further.
    Alert(u32, AlertStep),
}

/// Reads the acts; `None` when anything in them is wrong.
pub(super) fn read(
    root: &[Entry],
    instruments: Option<&[InstrumentSection]>,
    complaints: &mut Vec<Complaint>,
) -> Option<Vec<OperatorSection>> {
    let known = known::section("operators").expect("the list of sections has operators");
    let Some(entry) = find(root, known.name) else { return Some(Vec::new()) };
    let Value::List(items) = &entry.node.value else {
        let message = format!("`operators` is {}", entry.node.kind());
        complaints.push(entry.node.complain(message).expected("[[operators]]").about(known.name));
        return None;
    };
    let names: Option<Vec<String>> = instruments.map(|all| all.iter().map(InstrumentSection::name).collect());
    let mut read = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let Value::Table(entries) = &item.value else {
            complaints.push(item.complain("this is no section").about(format!("{}.{index}", known.name)));
            return None;
        };
        read.push(read_one(Section::element(known, index, (item.place, entries), complaints), names.as_deref()));
    }
    read.into_iter().collect()
}

fn read_one(mut section: Section<'_>, names: Option<&[String]>) -> Option<OperatorSection> {
    let at = section.required("at", "\"2020-03-13\"", |node| {
        let text = match &node.value {
            Value::Date(text) => text.as_str(),
            _ => node.text(instant::EXPECTED)?,
        };
        instant::read(text).map_err(|fault| node.complain(fault).expected(instant::EXPECTED))
    });
    let who = section.required("who", "\"ada\"", line_of_text);
    let why = section.required("why", "\"a drill\"", line_of_text);
    let approver = section.or("approver", String::new(), line_of_text);
    let act = act(&mut section, names);
    section.close();
    Some(OperatorSection { at: at?, who: who?, approver: approver?, why: why?, act: act? })
}

/// A text that can stand in a log.
pub(super) fn line_of_text(node: &Node) -> Result<String, Complaint> {
    let expected = format!("a text of up to {TEXT_MAX} bytes on one line");
    let text = node.text(&expected)?;
    let plain = !text.is_empty() && text.len() <= TEXT_MAX && !text.chars().any(char::is_control);
    if plain { Ok(text.to_string()) } else { Err(node.complain("this cannot stand in a log").expected(expected)) }
}

fn act(section: &mut Section<'_>, names: Option<&[String]>) -> Option<Act> {
    let limit = section.optional("limit", key);
    let reset = section.optional("reset", key);
    let [active, reducing, halted, killed] = TradingState::ALL.map(Some);
    let trading = section.optional("trading", |node| {
        let to = choose(node, [active, reducing, halted, killed, None], |to| to.map_or("close", TradingState::name))?;
        Ok(to.map_or(Act::Close, Act::Trading))
    });
    let alert = section.optional("alert", |node| node.whole(i64::from(u32::MAX)));
    let step = section.optional("step", |node| choose(node, AlertStep::ALL, AlertStep::name));
    let instrument = section.optional("instrument", |node| {
        let name = node.text("an instrument of this run")?;
        super::risk::check_name(node, name, names).map(|()| name.to_string())
    });
    let strategy = section.optional("strategy", line_of_text);
    let unit = limit.and_then(|limit| limit).map(|(_, unit)| unit);
    let to = section.optional("to", |node| match unit {
        Some(unit) => unit.read(node),
        None => Err(node.complain("`to` is the new value of a `limit`")),
    });
    let (instrument, strategy, to) = (instrument?, strategy?, to?);
    let act = match (limit?, reset?, trading?, alert?, step?) {
        (Some((key, _)), None, None, None, None) => to.map(|to| Act::Limit(key, instrument, to)),
        (None, Some((key, _)), None, None, None) => Some(Act::Reset(key, strategy)),
        (None, None, Some(trading), None, None) => Some(trading),
        (None, None, None, Some(number), Some(step)) => u32::try_from(number).ok().map(|n| Act::Alert(n, step)),
        _ => None,
    };
    if act.is_none() {
        let expected = "exactly one of `limit` with `to`, `reset`, `trading`, and `alert` with `step`";
        let complaint = Complaint::new(section.place(), "[[operators]] does not say what is done").expected(expected);
        section.complain("limit", complaint);
    }
    act
}

fn key(node: &Node) -> Result<(&'static str, Unit), Complaint> {
    let expected = "the key of a limit in [risk]";
    let text = node.text(expected)?;
    let near = || known::nearest(text, limit::LIMITS.iter().map(|(key, ..)| *key));
    limit::known(text).map(|(key, _, unit)| (key, unit)).ok_or_else(|| {
        let hint = near().map(|near| format!("did you mean \"{near}\"?"));
        node.complain(format!("`{text}` is no limit")).expected(expected).hint(hint)
    })
}

fn choose<T: Copy, const N: usize>(node: &Node, all: [T; N], name: fn(T) -> &'static str) -> Result<T, Complaint> {
    let names: Vec<&str> = all.into_iter().map(name).collect();
    let expected = format!("one of: {}", names.join(", "));
    let text = node.text(&expected)?;
    let found = all.into_iter().find(|one| name(*one) == text);
    found.ok_or_else(|| node.complain(format!("`{text}` is none of them")).expected(expected))
}

pub(super) fn written(index: usize, it: &OperatorSection) -> Written {
    let approver = (!it.approver.is_empty()).then(|| it.approver.clone());
    let written = Written::element("operators", index)
        .text("at", &instant::text(it.at))
        .text("who", &it.who)
        .maybe("approver", approver)
        .text("why", &it.why);
    match &it.act {
        Act::Limit(key, instrument, value) => {
            let unit = limit::known(key).map_or(Unit::Switch, |(_, _, unit)| unit);
            written.text("limit", key).maybe("instrument", instrument.clone()).literal("to", limit::toml(*value, unit))
        }
        Act::Reset(key, strategy) => {
            written.text("reset", key).maybe_literal("strategy", strategy.as_deref().map(quoted))
        }
        Act::Trading(to) => written.text("trading", to.name()),
        Act::Close => written.text("trading", "close"),
        Act::Alert(number, step) => written.literal("alert", number).text("step", step.name()),
    }
}
