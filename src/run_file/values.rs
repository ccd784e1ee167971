//! Values that several sections read: one of some names, a count, a number between two, a list of texts.
use super::error::Complaint;
use super::node::Node;
use super::written::quoted;
use rust_decimal::Decimal;

/// One of several names.
pub(super) fn choice<T: Copy>(node: &Node, names: &[(&'static str, T)]) -> Result<T, Complaint> {
    let expected = names.iter().map(|(name, _)| quoted(name)).collect::<Vec<_>>().join(", ");
    let text = node.text(&expected)?;
    let found = names.iter().find(|(name, _)| *name == text).map(|(_, it)| *it);
    let near = || super::known::nearest(text, names.iter().map(|(name, _)| *name));
    found.ok_or_else(|| {
        let hint = near().map(|name| format!("did you mean `{name}`?"));
        node.complain(format!("`{text}` is not known")).expected(format!("one of {expected}")).hint(hint)
    })
}

/// A whole number between two.
pub(super) fn count(node: &Node, least: u32, most: u32) -> Result<u32, Complaint> {
    let whole = node.whole(i64::from(most))?;
    let fits = u32::try_from(whole).ok().filter(|count| *count >= least);
    fits.ok_or_else(|| node.complain(format!("{whole} is too few")).expected(format!("{least} to {most}")))
}

/// A number between two.
pub(super) fn between(node: &Node, least: Decimal, most: i64) -> Result<Decimal, Complaint> {
    let expected = format!("a number from {least} to {most}");
    let decimal = node.decimal(&expected)?;
    let fits = (least..=Decimal::from(most)).contains(&decimal);
    if fits { Ok(decimal) } else { Err(node.complain(format!("{decimal} is out of range")).expected(expected)) }
}

/// A list of texts.
pub(super) fn texts(node: &Node, expected: &str) -> Result<Vec<String>, Complaint> {
    node.list(expected)?.iter().map(|item| item.text(expected).map(str::to_string)).collect()
}
