//! Rates in basis points, hundredths of a per cent.
//!
//! Every rate read here can be held by [`engine::ledger::Rate`].
use super::decimal;
use super::error::Complaint;
use super::node::Node;
use engine::Rate;
use rust_decimal::Decimal;

/// What a rate may be.
#[derive(Clone, Copy)]
pub(super) enum Bounds {
    /// A fee, or below zero a rebate.
    Fee,
    /// A slippage, which never helps.
    Slippage,
}

impl Bounds {
    fn expected(self) -> &'static str {
        match self {
            Self::Fee => "basis points from -10000 to 10000, with at most eight decimal places",
            Self::Slippage => "basis points from 0 to 10000, with at most eight decimal places",
        }
    }
}

/// Reads a rate.
pub(super) fn bps(node: &Node, bounds: Bounds) -> Result<Decimal, Complaint> {
    let value = node.decimal(bounds.expected())?;
    let low_enough = match bounds {
        Bounds::Fee => true,
        Bounds::Slippage => value >= Decimal::ZERO,
    };
    if low_enough && Rate::from_bps(value).is_some() {
        return Ok(value.normalize());
    }
    Err(node.complain(format!("{} basis points are out of range", decimal::plain(value))).expected(bounds.expected()))
}
