//! Amounts of money: `100000 USD`, and plain amounts in a currency that is known from elsewhere.
//!
//! Amounts are bounded so that no product with a rate or a leverage can leave 128 bits.
use super::decimal;
use super::error::Complaint;
use super::node::Node;
use engine::{Currency, Money};
use rust_decimal::Decimal;

/// The largest amount that a run file may name, in units of a currency.
const AMOUNT_MAX: i64 = 1_000_000_000_000_000;
const WITH_CURRENCY: &str = "an amount above zero and a currency as in \"100000 USD\"";

/// An amount above zero with its currency.
pub(super) fn with_currency(node: &Node) -> Result<(Money, Currency), Complaint> {
    let text = node.text(WITH_CURRENCY)?;
    let refuse = |message: String| node.complain(message).expected(WITH_CURRENCY);
    let Some((amount, currency)) = text.split_once(' ') else {
        return Err(refuse(format!("`{text}` is not an amount with a currency")));
    };
    let currency: Currency = currency.trim().parse().map_err(refuse)?;
    let amount = decimal::exact(amount).map_err(|fault| refuse(format!("`{amount}`: {}", fault.message())))?;
    let money = bounded(amount).map_err(|fault| refuse(format!("{} {currency} {fault}", decimal::plain(amount))))?;
    if money <= Money::ZERO {
        return Err(refuse(format!("{money} {currency} is not above zero")));
    }
    Ok((money, currency))
}

/// An amount, not below zero, in a currency that is known from elsewhere.
pub(super) fn not_negative(node: &Node) -> Result<Money, Complaint> {
    let expected = "an amount of at least 0 without a currency as in \"10\"";
    let amount = node.decimal(expected)?;
    let money = bounded(amount)
        .map_err(|fault| node.complain(format!("{} {fault}", decimal::plain(amount))).expected(expected))?;
    if money < Money::ZERO {
        return Err(node.complain(format!("{money} is below zero")).expected(expected));
    }
    Ok(money)
}

fn bounded(amount: Decimal) -> Result<Money, &'static str> {
    if amount.abs() > Decimal::from(AMOUNT_MAX) {
        return Err("is beyond 10^15");
    }
    Money::from_decimal(amount).map_err(|_| "is finer than 0.000000000001 of a currency")
}
