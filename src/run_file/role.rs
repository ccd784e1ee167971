//! What an instrument is to the account: something to trade, or the price of a currency, or both.
//!
//! What stands nowhere is not written back, so that a run with one currency reads as it always did.
use super::error::Complaint;
use super::node::Node;
use super::section::Section;
use super::written::Written;
use engine::Currency;

/// What an instrument is to the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Role {
    /// The currency of its prices.
    pub quote: Option<Currency>,
    /// The currency that it is the price of, where it is one: then it tells what that, or the quote, is worth.
    pub base: Option<Currency>,
    /// Whether it is traded; else it is only looked at.
    pub traded: bool,
}

/// Reads the keys of it; `None` when one is wrong.
pub(super) fn read(section: &mut Section<'_>) -> Option<Role> {
    let quote = section.optional("quote", currency);
    let base = section.optional("base", currency);
    let traded = section.or("trade", true, Node::switch);
    Some(Role { quote: quote?, base: base?, traded: traded? })
}

/// A currency.
pub(super) fn currency(node: &Node) -> Result<Currency, Complaint> {
    let expected = "a currency of one to eight upper-case letters or digits as in \"USD\"";
    let text = node.text(expected)?;
    text.parse().map_err(|_| node.complain(format!("`{text}` is not a currency")).expected(expected))
}

/// Adds the keys of it to a section.
pub(super) fn write(section: Written, role: Role) -> Written {
    section
        .maybe("quote", role.quote.map(|currency| currency.to_string()))
        .maybe("base", role.base.map(|currency| currency.to_string()))
        .maybe_literal("trade", (!role.traded).then(|| "false".to_string()))
}
