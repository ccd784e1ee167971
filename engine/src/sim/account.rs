//! The account as the venue keeps it: cash, quantities and last prices, valued only when that matters.
use crate::carry::{Carry, converted, part, price_after};
use crate::instrument::Instrument;
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
    /// Cash now; negative when borrowed.
    pub cash: Money,
    held: Vec<Held>,
}

impl Account {
    pub(super) fn new(cash: Money, instruments: usize) -> Self {
        Self { cash, held: alloc::vec![Held::default(); instruments] }
    }

    /// What is held, in the order of the run file.
    #[must_use]
    pub fn held(&self) -> &[Held] {
        &self.held
    }

    #[inline]
    pub(super) fn note_price(&mut self, index: usize, price: Price) {
        self.held[index].price = price;
    }

    pub(super) fn quantity(&self, index: usize) -> Qty {
        self.held[index].quantity
    }

    #[inline]
    pub(super) fn book(&mut self, index: usize, instrument: &Instrument, signed: Qty, price: Price, fee: Money) {
        self.cash -= instrument.cost(price, signed).0 + fee;
        let held = &mut self.held[index];
        held.quantity = held.quantity + signed;
    }

    /// What happens to a holding without a trade.
    pub(super) fn carry(&mut self, index: usize, instrument: &Instrument, carry: &Carry, lot: Qty) {
        let held = &mut self.held[index];
        self.cash += carry.payment(instrument, held.quantity);
        if matches!(carry, Carry::Delisting { .. }) {
            *held = Held::default();
        }
        if let Carry::Split { new, old, mark, .. } = *carry {
            let converted = converted(held.quantity, new, old, lot);
            self.cash += part(instrument.value(mark, held.quantity).0, converted.rest);
            *held = Held { quantity: converted.quantity, price: price_after(mark, new, old) };
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
        let mut equity = self.cash + own.value(fill.price, before).0 - fill.fee;
        let mut gross = own.value(fill.price, after.abs()).0;
        for (index, (held, instrument)) in self.held.iter().zip(instruments).enumerate() {
            if index != fill.index && !held.quantity.is_zero() {
                let value = instrument.value(held.price, held.quantity).0;
                equity += value;
                gross += Money(value.0.abs());
            }
        }
        gross <= leverage.available(equity)
    }
}

/// A fill that is about to happen.
pub(super) struct Wanted {
    pub(super) index: usize,
    pub(super) signed: Qty,
    pub(super) price: Price,
    pub(super) fee: Money,
}
