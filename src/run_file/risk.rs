//! `[risk]`: what may be traded, and the limits.
//!
//! A limit that this build cannot enforce is refused, also where it would hold by default: a run never goes on as if a
//! limit protected it.
use super::amount;
use super::error::Complaint;
use super::instruments::InstrumentSection;
use super::known;
use super::node::Node;
use super::section::Section;
use super::written::{Written, list, quoted};
use rust_decimal::Decimal;

/// What may be traded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RiskSection {
    /// Names as `venue:symbol`, each an instrument of the run; all of them where the file gives no list.
    pub allowed_instruments: Vec<String>,
}

const ALLOWED: &str = "a list of instruments as in [\"coinbase:BTCUSD\"]";
const PERCENT: &str = "a percentage above 0, up to 100, or \"off\"";
const NOTIONAL: &str = "an amount as in \"150000 USD\", or \"off\"";

/// Reads the section, if there is one. `instruments` is `None` when they could not be read.
pub(super) fn read(mut section: Section<'_>, instruments: Option<&[InstrumentSection]>) -> Option<Option<RiskSection>> {
    if section.place().is_none() {
        return Some(None);
    }
    let names: Option<Vec<String>> = instruments.map(|all| all.iter().map(InstrumentSection::name).collect());
    let allowed = section.optional("allowed_instruments", |node| allowed(node, names.as_deref()));
    let notional = section.optional("max_order_notional", |node| {
        off(node, NOTIONAL, |node| amount::with_currency(node).map(drop).map_err(|c| c.expected(NOTIONAL)))
    });
    let daily = percentage(&mut section, "daily_loss_limit_pct", 3);
    let emergency = percentage(&mut section, "emergency_stop_pct", 10);
    section.close();
    notional.and(daily).and(emergency)?;
    Some(Some(RiskSection { allowed_instruments: allowed?.or(names)? }))
}

fn allowed(node: &Node, names: Option<&[String]>) -> Result<Vec<String>, Complaint> {
    let mut allowed: Vec<String> = Vec::new();
    for item in node.list(ALLOWED)? {
        let name = item.text("an instrument as in \"coinbase:BTCUSD\"")?;
        let fault = match names {
            Some(names) if !names.iter().any(|known| known == name) => {
                let near = known::nearest(name, names.iter().map(String::as_str));
                Some(
                    item.complain(format!("`{name}` is not an instrument of this run"))
                        .expected(format!("one of: {}", names.join(", ")))
                        .hint(near.map(|near| format!("did you mean \"{near}\"?"))),
                )
            }
            _ if allowed.iter().any(|known| known == name) => Some(item.complain(format!("`{name}` stands twice"))),
            _ => None,
        };
        match fault {
            Some(complaint) => return Err(complaint),
            None => allowed.push(name.to_string()),
        }
    }
    if allowed.is_empty() {
        return Err(node.complain("with an empty list nothing could be traded").expected(ALLOWED));
    }
    Ok(allowed)
}

/// Reads `"off"`; any other valid value is a limit that this build does not have.
fn off(node: &Node, expected: &str, valid: impl FnOnce(&Node) -> Result<(), Complaint>) -> Result<(), Complaint> {
    if node.text(expected).is_ok_and(|text| text == "off") {
        return Ok(());
    }
    valid(node)?;
    Err(node.complain("this limit is not yet available in this build").expected("\"off\", to run without it"))
}

/// A limit in per cent that holds by default where `[risk]` stands.
fn percentage(section: &mut Section<'_>, key: &'static str, default: i64) -> Option<()> {
    let found = section.optional(key, |node| {
        off(node, PERCENT, |node| {
            let value = node.decimal(PERCENT)?;
            let fits = value > Decimal::ZERO && value <= Decimal::ONE_HUNDRED;
            let refuse = || node.complain("this percentage is out of range").expected(PERCENT);
            fits.then_some(()).ok_or_else(refuse)
        })
    })?;
    if found.is_none() && section.is_whole() {
        let message = format!(
            "where [risk] stands `{key}` is {default} by default, but this limit is not yet available in this build"
        );
        let complaint =
            Complaint::new(section.place(), message).expected(format!("`{key} = \"off\"`, to run without it"));
        section.complain(key, complaint);
    }
    found
}

pub(super) fn written(risk: &RiskSection) -> Written {
    Written::new("risk")
        .literal("allowed_instruments", list(risk.allowed_instruments.iter().map(|name| quoted(name))))
        .text("max_order_notional", "off")
        .text("daily_loss_limit_pct", "off")
        .text("emergency_stop_pct", "off")
}
