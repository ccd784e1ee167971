//! `[risk] shocks`: scenarios that the report of risk lays on what a run held, `{ crash = { "*" = -30, "x:Y" = -50 } }`.
//!
//! They decide nothing. A price changes by so many per cent; it cannot fall by more than all of it.
use super::decimal;
use super::error::Complaint;
use super::node::{Node, Value};
use super::risk::check_name;
use super::written::quoted;
use rust_decimal::Decimal;

/// A scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShockSection {
    /// What it is called.
    pub name: String,
    /// The change of the price of an instrument, `venue:symbol`, or of all others, `*`, in parts per million.
    pub changes: Vec<(String, i64)>,
}

const EXPECTED: &str = "scenarios as in { crash = { \"*\" = -30 } }";
const CHANGE: &str = "per cent from -100 to 1000, not 0, with at most four decimal places";

/// Reads the scenarios.
pub(super) fn read(node: &Node, names: Option<&[String]>) -> Result<Vec<ShockSection>, Complaint> {
    let Value::Table(scenarios) = &node.value else {
        return Err(node.complain(format!("this is {}", node.kind())).expected(EXPECTED));
    };
    let one = |entry: &super::node::Entry| {
        let Value::Table(changes) = &entry.node.value else {
            return Err(entry.node.complain(format!("this is {}", entry.node.kind())).expected(EXPECTED));
        };
        let change = |entry: &super::node::Entry| {
            if entry.key != "*" {
                check_name(&entry.node, &entry.key, names)?;
            }
            Ok((entry.key.clone(), ppm(&entry.node)?))
        };
        let changes = changes.iter().map(change).collect::<Result<Vec<_>, Complaint>>()?;
        Ok(ShockSection { name: entry.key.clone(), changes })
    };
    scenarios.iter().map(one).collect()
}

fn ppm(node: &Node) -> Result<i64, Complaint> {
    let scaled = node.decimal(CHANGE)?.checked_mul(Decimal::from(10_000)).filter(Decimal::is_integer);
    let ppm = scaled.and_then(|scaled| i64::try_from(scaled).ok());
    ppm.filter(|ppm| (-1_000_000..=10_000_000).contains(ppm) && *ppm != 0)
        .ok_or_else(|| node.complain("this change of a price is out of range").expected(CHANGE))
}

/// The scenarios as TOML.
pub(super) fn toml(scenarios: &[ShockSection]) -> String {
    let change = |(name, ppm): &(String, i64)| format!("{} = {}", quoted(name), decimal::plain(Decimal::new(*ppm, 4)));
    let one = |it: &ShockSection| {
        let changes: Vec<String> = it.changes.iter().map(change).collect();
        format!("{} = {{ {} }}", quoted(&it.name), changes.join(", "))
    };
    format!("{{ {} }}", scenarios.iter().map(one).collect::<Vec<_>>().join(", "))
}
