//! Money that came or went at a venue without a trade, each booked once, also after a restart.
use engine::event::CashEvent;
use engine::{Label, Money};
use std::collections::BTreeSet;
use venues::happening::Movement;

/// What was booked, by the label that it bears on the tape.
#[derive(Debug, Default)]
pub(super) struct Movements(BTreeSet<u32>);

/// What a movement leads to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Booked {
    Cash(CashEvent),
    /// It was booked before.
    Known,
    /// It cannot be booked: of an asset whose price in the account's currency is not known.
    Unvalued,
}

impl Movements {
    /// It stands on the tape.
    pub(super) fn on_tape(&mut self, cash: &CashEvent) {
        self.0.insert(cash.label.0);
    }

    /// Takes a movement, in an account of this currency.
    pub(super) fn take(&mut self, movement: &Movement, currency: &str) -> Booked {
        let amount = match movement.price {
            Some(price) => movement.amount.checked_mul(price),
            None if movement.asset == currency => Some(movement.amount),
            None => None,
        };
        let Some(amount) = amount.and_then(|amount| Money::from_decimal(amount.round_dp(12)).ok()) else {
            return Booked::Unvalued;
        };
        let label = label(&movement.id);
        if !self.0.insert(label) {
            return Booked::Known;
        }
        Booked::Cash(CashEvent { amount, label: Label(label) })
    }
}

/// A number for a venue's id: FNV-1a of 32 bits (Fowler, Noll, Vo), which spreads a few thousand ids well enough.
fn label(id: &str) -> u32 {
    id.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}
