//! The account as the venue keeps it: cash, quantities and last prices, valued only when that matters.
//!
//! Where margin is isolated it also keeps what each position stands on: see [`super::isolated`].
use super::isolated::{Isolated, Stake};
use super::purse::Purse;
use crate::carry::{Carry, converted, part, price_after};
use crate::exchange::Currencies;
use crate::instrument::{Instrument, InstrumentId};
use crate::risk::Leverage;
use crate::{Money, Price, Qty, Side};
use alloc::vec::Vec;

/// What the account holds of one instrument.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// Signed quantity.
    pub quantity: Qty,
    /// The last price that the venue saw.
    pub price: Price,
}

/// Cash and holdings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Negative where it is borrowed.
    purse: Purse,
    held: Vec<Held>,
    isolated: Option<Isolated>,
}

impl Account {
    pub(super) fn new(cash: Money, instruments: usize, isolated: Option<Isolated>) -> Self {
        Self { purse: Purse::new(cash), held: alloc::vec![Held::default(); instruments], isolated }
    }

    /// The same with instruments that are quoted in other currencies.
    pub(super) fn set_currencies(&mut self, currencies: Currencies) {
        self.purse.set_currencies(currencies);
    }

    /// Cash of all currencies in the account's own, at the last prices that the venue saw.
    #[must_use]
    pub fn cash(&self) -> Money {
        self.purse.total()
    }

    /// Whether it may hold cash in other currencies than its own.
    #[inline]
    pub(super) fn has_foreign_cash(&self) -> bool {
        self.purse.is_foreign()
    }

    /// Cash of each currency in itself, the account's own first.
    pub fn balances(&self) -> impl Iterator<Item = Money> {
        self.purse.balances()
    }

    /// What an amount in the currency of an instrument is worth in the account's own; nothing while nobody knows.
    #[inline]
    pub(super) fn worth(&self, index: usize, amount: Money) -> Money {
        self.purse.worth(index, amount).unwrap_or_default()
    }

    /// Cash that came or went without a trade.
    pub(super) fn deposit(&mut self, amount: Money) {
        *self.purse.home() += amount;
    }

    /// Interest on the cash.
    pub(super) fn accrue(&mut self, carry: &Carry) {
        self.purse.accrue(carry);
    }

    /// What is held, in the order of the run file.
    #[must_use]
    pub fn held(&self) -> &[Held] {
        &self.held
    }

    /// What each position stands on, in the order of the run file; empty where margin is across the account.
    #[must_use]
    pub fn stakes(&self) -> &[Stake] {
        self.isolated.as_ref().map_or(&[], |isolated| &isolated.stakes)
    }

    /// What one position stands on; `None` where margin is across the account.
    #[inline]
    pub(super) fn stake(&self, index: usize) -> Option<Stake> {
        self.isolated.as_ref().map(|isolated| isolated.stakes[index])
    }

    #[inline]
    pub(super) fn note_price(&mut self, id: InstrumentId, price: Price) {
        self.held[id.index()].price = price;
        self.purse.note_price(id, price);
    }

    pub(super) fn quantity(&self, index: usize) -> Qty {
        self.held[index].quantity
    }

    #[inline]
    pub(super) fn book(&mut self, instrument: &Instrument, fill: &Wanted) {
        let held = &mut self.held[fill.index];
        if let Some(isolated) = &mut self.isolated {
            isolated.stakes[fill.index] = isolated.after(instrument, held.quantity, fill);
        }
        *self.purse.of(fill.index) -= fill.cost + fill.fee;
        held.quantity = held.quantity + fill.signed;
    }

    /// What happens to a holding without a trade.
    pub(super) fn carry(&mut self, index: usize, instrument: &Instrument, carry: &Carry, lot: Qty) {
        let held = &mut self.held[index];
        let payment = carry.payment(instrument, held.quantity);
        let cash = self.purse.of(index);
        *cash += payment;
        let mut split = None;
        if matches!(carry, Carry::Delisting { .. }) {
            *held = Held::default();
        }
        if let Carry::Split { new, old, mark, .. } = *carry {
            let converted = converted(held.quantity, new, old, lot);
            *cash += part(instrument.value(mark, held.quantity).0, converted.rest);
            *held = Held { quantity: converted.quantity, price: price_after(mark, new, old) };
            split = Some(converted);
        }
        if let Some(isolated) = &mut self.isolated {
            isolated.carry(index, carry, payment, split);
        }
    }

    /// Whether the account can carry the position after a fill; what only reduces it always can.
    pub(super) fn affords(&self, fill: &Wanted, instruments: &[Instrument], leverage: Leverage) -> bool {
        let before = self.held[fill.index].quantity;
        let after = before + fill.signed;
        let reduces = after.abs() < before.abs() && (after.is_zero() || Side::of(after) == Side::of(before));
        if reduces {
            return true;
        }
        let own = &instruments[fill.index];
        if let Some(isolated) = &self.isolated {
            let cash = self.purse.total() - fill.cost - fill.fee;
            let stake = isolated.after(own, before, fill);
            return isolated.free(cash, (fill.index, stake)) >= Money::ZERO;
        }
        let worth = |index, amount| self.purse.worth(index, amount);
        let (held, gross) = match before {
            Qty::ZERO => (Money::ZERO, fill.notional),
            _ => (own.value(fill.price, before).0, own.value(fill.price, after.abs()).0),
        };
        let (Some(own_equity), Some(own_gross)) = (worth(fill.index, held - fill.fee), worth(fill.index, gross)) else {
            return false;
        };
        let (mut equity, mut gross) = (self.purse.total() + own_equity, own_gross);
        for (index, (held, instrument)) in self.held.iter().zip(instruments).enumerate() {
            if index != fill.index && !held.quantity.is_zero() {
                let value = worth(index, instrument.value(held.price, held.quantity).0).unwrap_or_default();
                equity += value;
                gross += Money(value.0.abs());
            }
        }
        gross <= leverage.available(equity)
    }
}

/// A fill, about to happen or happening.
pub(super) struct Wanted {
    pub(super) index: usize,
    pub(super) signed: Qty,
    pub(super) price: Price,
    /// Signed: what is paid, negative for what comes in.
    pub(super) cost: Money,
    pub(super) notional: Money,
    pub(super) fee: Money,
}

impl Wanted {
    /// A fill without a fee. Its cost and its notional are one number where they are exact, as nearly always.
    pub(super) fn new(index: usize, instrument: &Instrument, signed: Qty, price: Price) -> Self {
        let (cost, rounded) = instrument.cost(price, signed);
        let notional = if rounded { instrument.value(price, signed.abs()).0 } else { Money(cost.0.abs()) };
        Self { index, signed, price, cost, notional, fee: Money::ZERO }
    }
}
