//! Isolated margin: what each position of an account stands on, and what that leaves free for others.
//!
//! A position is opened with a margin of its own: its notional over the leverage. What it gains is no margin for another,
//! and what it loses is at most that margin. It keeps its own cost of each position and never asks the core's ledger for
//! one.
use super::account::Wanted;
use crate::carry::{Carry, Converted, part};
use crate::instrument::Instrument;
use crate::ledger::share;
use crate::risk::Leverage;
use crate::{Money, Price, Qty, Side};
use alloc::vec::Vec;

/// Whose losses the margin of a position answers for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MarginMode {
    /// Everybody's: the whole account stands behind each position.
    #[default]
    Cross,
    /// Its own.
    Isolated,
}

impl MarginMode {
    /// Every mode with the name that the run file uses.
    pub const ALL: [(&'static str, Self); 2] = [("cross", Self::Cross), ("isolated", Self::Isolated)];

    /// The name in the run file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Cross => "cross",
            Self::Isolated => "isolated",
        }
    }
}

/// What an isolated position stands on; nothing where nothing is held.
///
/// - wallet = cash + the costs of all positions: what would be left were each closed for what it cost;
/// - free = wallet - the margins of all positions;
/// - a position's equity = its margin + value - cost. Below maintenance times notional it is liquidated, and where it is
///   nothing lies the bankruptcy price, beyond which the venue bears the loss.
///
/// So do exchanges that publish their formulas: CoinFLEX, "Isolated margin" (position margin, margin balance, maintenance
/// margin); MCS, "Isolated Margin" and "Bankruptcy Price"; ApolloX, "How to Calculate Liquidation Price of Perpetual Futures
/// Contracts" (an isolated position looks at its own wallet only). Their tiers of maintenance and their mark prices are not
/// modelled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stake {
    /// What the open quantity cost: paid for a long (positive), received for a short (negative).
    pub cost: Money,
    /// What it may lose, not below zero.
    pub margin: Money,
}

impl Stake {
    /// What a fill of a signed quantity makes of it, where `before` was held.
    ///
    /// What adds pays margin in, what reduces takes its share out, and a flip closes the one and opens the other.
    fn after(self, instrument: &Instrument, leverage: Leverage, before: Qty, signed: Qty, price: Price) -> Self {
        let after = before + signed;
        let opened = |quantity: Qty| Self {
            cost: instrument.cost(price, quantity).0,
            margin: leverage.margin(instrument.value(price, quantity.abs()).0),
        };
        if after.is_zero() {
            return Self::default();
        }
        if before.is_zero() || Side::of(before) != Side::of(after) {
            return opened(after);
        }
        if Side::of(before) == Side::of(signed) {
            let more = opened(signed);
            return Self { cost: self.cost + more.cost, margin: self.margin + more.margin };
        }
        let out = |amount: Money| Money(share(amount.0, signed.abs().0.into(), before.abs().0.into()));
        Self { cost: self.cost - out(self.cost), margin: self.margin - out(self.margin) }
    }

    /// What is left of the margin with the position at a value; below zero beyond the bankruptcy price.
    pub(super) fn equity(self, value: Money) -> Money {
        self.margin + value - self.cost
    }
}

/// The stakes of all positions of an account, in the order of the run file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Isolated {
    leverage: Leverage,
    pub(super) stakes: Vec<Stake>,
}

impl Isolated {
    pub(super) fn new(leverage: Leverage, instruments: usize) -> Self {
        Self { leverage, stakes: alloc::vec![Stake::default(); instruments] }
    }

    /// The stake behind a fill, where `before` was held.
    pub(super) fn after(&self, instrument: &Instrument, before: Qty, fill: &Wanted) -> Stake {
        self.stakes[fill.index].after(instrument, self.leverage, before, fill.signed, fill.price)
    }

    /// What would be free with this cash and another stake for one of the positions.
    pub(super) fn free(&self, cash: Money, (index, stake): (usize, Stake)) -> Money {
        let others = self.stakes.iter().enumerate().filter(|(other, _)| *other != index).map(|(_, stake)| *stake);
        cash + others.chain([stake]).map(|stake| stake.cost - stake.margin).sum::<Money>()
    }

    /// What happens to a position without a trade: funding is taken from its margin, or added to it, and a split keeps it.
    pub(super) fn carry(&mut self, index: usize, carry: &Carry, payment: Money, split: Option<Converted>) {
        let stake = &mut self.stakes[index];
        match (carry, split) {
            // What is more than the margin is taken from what is free.
            (Carry::Funding { .. }, _) => stake.margin = (stake.margin + payment).max(Money::ZERO),
            (Carry::Delisting { .. }, _) => *stake = Stake::default(),
            (_, Some(converted)) if converted.quantity.is_zero() => *stake = Stake::default(),
            (_, Some(converted)) => stake.cost -= part(stake.cost, converted.rest),
            _ => {}
        }
    }
}

#[cfg(test)]
#[path = "isolated_tests.rs"]
mod tests;
