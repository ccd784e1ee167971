//! `[risk]`: what may be traded, and the limits.
//!
//! The checks are asked in the order in which their limits stand. Where the section stands, the daily loss limit and the
//! emergency stop hold unless they are switched off.
use super::error::Complaint;
use super::instruments::InstrumentSection;
use super::known;
use super::limit::{LIMITS, LimitValue, Unit, by_instrument, duration, duration_text, toml};
use super::node::Node;
use super::section::Section;
use super::shocks::{self, ShockSection};
use super::written::{Written, list, quoted};
use engine::Check;

/// One limit, of every instrument or of each that is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitLine {
    /// Its key.
    pub key: &'static str,
    /// Which check it bounds.
    pub check: Check,
    /// The limit of an instrument, `venue:symbol`; of all others where none is named.
    pub values: Vec<(Option<String>, LimitValue)>,
    unit: Unit,
}

/// What may be traded, and the limits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RiskSection {
    /// Names as `venue:symbol`, each an instrument of the run; all of them where the file gives no list.
    pub allowed_instruments: Vec<String>,
    /// Those that may only be closed.
    pub restricted_instruments: Vec<String>,
    /// The limits in the order in which they are asked.
    pub limits: Vec<LimitLine>,
    /// How many closes the average of the moving collar has.
    pub moving_collar_candles: i64,
    /// For how long a strategy's breaker stays open, in nanoseconds.
    pub breaker_cooldown_ns: i64,
    /// Whether an emergency stop closes what is held.
    pub emergency_flatten: bool,
    /// Whether an order beyond a limit of size is cut down to it.
    pub clips: bool,
    /// How value at risk is estimated.
    pub var_method: &'static str,
    /// How sure value at risk is to be, in parts per million.
    pub var_confidence_ppm: u32,
    /// Of how many days it knows the returns.
    pub var_days: i64,
    /// Scenarios for the report of risk.
    pub shocks: Vec<ShockSection>,
}

const ALLOWED: &str = "a list of instruments as in [\"coinbase:BTCUSD\"]";
const OVERSIZE: &str = "\"refuse\" or \"clip\"";
const METHODS: [&str; 3] = ["historical", "parametric", "monte-carlo"];
const CONFIDENCE: &str = "a percentage from 50 to 99.99";

/// Reads the section, if there is one. `instruments` is `None` when they could not be read.
pub(super) fn read(mut section: Section<'_>, instruments: Option<&[InstrumentSection]>) -> Option<Option<RiskSection>> {
    if section.place().is_none() {
        return Some(None);
    }
    let names: Option<Vec<String>> = instruments.map(|all| all.iter().map(InstrumentSection::name).collect());
    let names = names.as_deref();
    let allowed = section.optional("allowed_instruments", |node| listed(node, names));
    let restricted = section.or("restricted_instruments", Vec::new(), |node| listed(node, names));
    let limits = read_limits(&mut section, names);
    let moving = section.or("moving_collar_candles", 20, |node| node.whole(10_000));
    let cooldown = section.or("breaker_cooldown", 3_600_000_000_000, |node| {
        let expected = "a length of time as in \"4h\"";
        duration(node.text(expected)?).ok_or_else(|| node.complain("this is no length of time").expected(expected))
    });
    let flatten = section.or("emergency_flatten", false, Node::switch);
    let clips = section.or("oversize", false, |node| match node.text(OVERSIZE)? {
        "clip" => Ok(true),
        "refuse" => Ok(false),
        other => Err(node.complain(format!("`{other}` is neither")).expected(OVERSIZE)),
    });
    let method = section.or("var_method", METHODS[0], |node| {
        let expected = format!("one of: {}", METHODS.join(", "));
        let text = node.text(&expected)?;
        let found = METHODS.into_iter().find(|name| *name == text);
        found.ok_or_else(|| node.complain(format!("`{text}` is none of them")).expected(expected))
    });
    let confidence = section.or("var_confidence_pct", 990_000, |node| {
        let value = node.decimal(CONFIDENCE)?;
        let ppm = u32::try_from(value * rust_decimal::Decimal::from(10_000)).ok();
        ppm.filter(|ppm| (500_000..=999_900).contains(ppm))
            .ok_or_else(|| node.complain("this percentage is out of range").expected(CONFIDENCE))
    });
    let days = section.or("var_days", 250, |node| node.whole(10_000));
    let shocks = section.or("shocks", Vec::new(), |node| shocks::read(node, names));
    section.close();
    Some(Some(RiskSection {
        allowed_instruments: allowed?.or_else(|| names.map(<[String]>::to_vec))?,
        restricted_instruments: restricted?,
        limits: limits?,
        moving_collar_candles: moving?,
        breaker_cooldown_ns: cooldown?,
        emergency_flatten: flatten?,
        clips: clips?,
        var_method: method?,
        var_confidence_ppm: confidence?,
        var_days: days?,
        shocks: shocks?,
    }))
}

/// The limits in the order of the file; those that hold by default come last where they do not stand there.
fn read_limits(section: &mut Section<'_>, names: Option<&[String]>) -> Option<Vec<LimitLine>> {
    let order = |key: &str| section.entries().iter().position(|entry| entry.key == key);
    let mut all: Vec<_> = LIMITS.into_iter().map(|limit| (order(limit.0).unwrap_or(usize::MAX), limit)).collect();
    all.sort_by_key(|(place, _)| *place); // stable
    let mut limits = Some(Vec::new());
    for (_, (key, check, unit)) in all {
        let values = section.optional(key, |node| match by_instrument(node) {
            None => Ok(vec![(None, unit.read(node)?)]),
            Some(entries) => {
                let one = |entry: &super::node::Entry| {
                    check_name(&entry.node, &entry.key, names)?;
                    Ok((Some(entry.key.clone()), unit.read(&entry.node)?))
                };
                entries.iter().map(one).collect()
            }
        });
        let default = match check {
            Check::DailyLoss => Some(LimitValue::Ppm(30_000)),
            Check::EmergencyStop => Some(LimitValue::Ppm(100_000)),
            _ => None,
        };
        let whole = default.is_some() || matches!(check, Check::OrderRate | Check::MessageRate | Check::RepeatedOrder);
        match values {
            None => limits = None,
            Some(Some(values)) if whole && values.iter().any(|(name, _)| name.is_some()) => {
                let complaint = Complaint::new(section.place_of(key), "this limit is of the whole account");
                section.refuse(key, complaint.expected("one value"));
                limits = None;
            }
            Some(values) => {
                let values = values.or_else(|| default.map(|value| vec![(None, value)]));
                if let (Some(limits), Some(values)) = (&mut limits, values) {
                    limits.push(LimitLine { key, check, values, unit });
                }
            }
        }
    }
    limits
}

pub(super) fn check_name(node: &Node, name: &str, names: Option<&[String]>) -> Result<(), Complaint> {
    match names {
        Some(names) if !names.iter().any(|known| known == name) => {
            let near = known::nearest(name, names.iter().map(String::as_str));
            Err(node
                .complain(format!("`{name}` is not an instrument of this run"))
                .expected(format!("one of: {}", names.join(", ")))
                .hint(near.map(|near| format!("did you mean \"{near}\"?"))))
        }
        _ => Ok(()),
    }
}

fn listed(node: &Node, names: Option<&[String]>) -> Result<Vec<String>, Complaint> {
    let mut listed: Vec<String> = Vec::new();
    for item in node.list(ALLOWED)? {
        let name = item.text("an instrument as in \"coinbase:BTCUSD\"")?;
        check_name(item, name, names)?;
        if listed.iter().any(|known| known == name) {
            return Err(item.complain(format!("`{name}` stands twice")));
        }
        listed.push(name.to_string());
    }
    if listed.is_empty() {
        return Err(node.complain("with an empty list nothing could be traded").expected(ALLOWED));
    }
    Ok(listed)
}

pub(super) fn written(risk: &RiskSection) -> Written {
    let names = |all: &[String]| list(all.iter().map(|name| quoted(name)));
    let mut written = Written::new("risk").literal("allowed_instruments", names(&risk.allowed_instruments));
    if !risk.restricted_instruments.is_empty() {
        written = written.literal("restricted_instruments", names(&risk.restricted_instruments));
    }
    for line in &risk.limits {
        let one = |(name, value): &(Option<String>, LimitValue)| {
            let value = toml(*value, line.unit);
            name.as_ref().map_or_else(|| value.clone(), |name| format!("{} = {value}", quoted(name)))
        };
        let texts: Vec<String> = line.values.iter().map(one).collect();
        let value = match line.values.as_slice() {
            [(None, _)] => texts.concat(),
            _ => format!("{{ {} }}", texts.join(", ")),
        };
        written = written.literal(line.key, value);
    }
    let default = |is: bool, text: String| (!is).then_some(text);
    written
        .maybe_literal(
            "moving_collar_candles",
            default(risk.moving_collar_candles == 20, risk.moving_collar_candles.to_string()),
        )
        .maybe(
            "breaker_cooldown",
            default(risk.breaker_cooldown_ns == 3_600_000_000_000, duration_text(risk.breaker_cooldown_ns)),
        )
        .maybe_literal("emergency_flatten", default(!risk.emergency_flatten, "true".into()))
        .maybe("oversize", default(!risk.clips, "clip".into()))
        .maybe("var_method", default(risk.var_method == METHODS[0], risk.var_method.into()))
        .maybe_literal(
            "var_confidence_pct",
            default(
                risk.var_confidence_ppm == 990_000,
                super::decimal::plain(rust_decimal::Decimal::new(i64::from(risk.var_confidence_ppm), 4)),
            ),
        )
        .maybe_literal("var_days", default(risk.var_days == 250, risk.var_days.to_string()))
        .maybe_literal("shocks", default(risk.shocks.is_empty(), shocks::toml(&risk.shocks)))
}
