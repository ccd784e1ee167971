//! `[account]`: what the simulated account begins with.
use super::amount;
use super::decimal;
use super::error::Complaint;
use super::node::Node;
use super::section::Section;
use super::written::Written;
use engine::risk::Leverage;
use engine::{Currency, Money};
use rust_decimal::Decimal;

/// What the account begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountSection {
    /// Above zero.
    pub cash: Money,
    /// The currency of the account and of every figure in the reports.
    pub currency: Currency,
    /// How many times its equity it may hold.
    pub leverage: Leverage,
}

/// The largest leverage.
const LEVERAGE_MAX: i64 = 1_000;
/// Decimal places of a leverage.
const LEVERAGE_PLACES: u32 = 6;

pub(super) fn read(mut section: Section<'_>) -> Option<AccountSection> {
    let cash = section.required("cash", "\"100000 USD\"", amount::with_currency);
    let leverage = section.or("leverage", Leverage::ONE, leverage);
    section.close();
    let (cash, currency) = cash?;
    Some(AccountSection { cash, currency, leverage: leverage? })
}

fn leverage(node: &Node) -> Result<Leverage, Complaint> {
    let expected = "a number above 0, up to 1000, with at most six decimal places";
    let value = node.decimal(expected)?;
    let fits =
        value > Decimal::ZERO && value <= Decimal::from(LEVERAGE_MAX) && decimal::places(value) <= LEVERAGE_PLACES;
    let ppm = fits.then(|| value * Decimal::from(1_000_000)).and_then(|ppm| i64::try_from(ppm).ok());
    let refuse =
        || node.complain(format!("a leverage of {} is out of range", decimal::plain(value))).expected(expected);
    ppm.map(|ppm| Leverage { ppm }).ok_or_else(refuse)
}

pub(super) fn written(account: &AccountSection) -> Written {
    Written::new("account")
        .text("cash", &engine::money::amount_text(account.cash, account.currency))
        .text("leverage", &decimal::plain(Decimal::new(account.leverage.ppm, LEVERAGE_PLACES)))
}
