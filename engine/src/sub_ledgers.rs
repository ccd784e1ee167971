//! The books of several strategies that trade one account.
//!
//! Each strategy has books of its own: its share of the cash, its fills, and what would have happened to its holdings were
//! they alone. What the account was not charged or given alike, because holdings net or amounts round, and what belongs to
//! no strategy stand with the *house*: the account less all strategies, so that they sum to the account exactly. The house
//! is never stored.
use crate::books::Books;
use crate::carry::Carry;
use crate::exchange::Currencies;
use crate::instrument::{Instrument, InstrumentId};
use crate::ledger::{Booking, share};
use crate::{Money, Price, Qty};
use alloc::vec::Vec;

/// Whose an order is: the place of a strategy in the run file, from one; zero where there is only one strategy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Owner(pub u8);

impl Owner {
    /// Nobody in particular.
    pub const NONE: Self = Self(0);

    /// The place among the strategies, from zero.
    #[must_use]
    pub fn index(self) -> Option<usize> {
        usize::from(self.0).checked_sub(1)
    }
}

/// The books of each strategy; none where there is only one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SubLedgers {
    books: Vec<Books>,
    parts: Vec<Part>,
}

/// What a strategy lost of a position that the venue closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Whose it was.
    pub owner: Owner,
    /// What it did to the owner's books.
    pub booking: Booking,
    /// The owner's share of the fee.
    pub fee: Money,
}

/// What the account has and no strategy does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct House {
    /// In the account's currency, as all books value it.
    pub equity: Money,
    /// Cash in the account's own currency.
    pub cash: Money,
}

impl SubLedgers {
    /// Books that begin with these shares of the account's cash.
    #[must_use]
    pub fn new(shares: &[Money], instruments: usize, currencies: &Currencies) -> Self {
        let books = shares.iter().map(|cash| Books::new(*cash, instruments, currencies.clone())).collect();
        Self { books, parts: Vec::new() }
    }

    /// Whether there is only one strategy.
    #[must_use]
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.books.is_empty()
    }

    /// The books of each strategy, in the order of the run file.
    #[must_use]
    pub fn all(&self) -> &[Books] {
        &self.books
    }

    /// The books of a strategy.
    #[must_use]
    pub fn of(&self, owner: Owner) -> Option<&Books> {
        self.books.get(owner.index()?)
    }

    /// What each strategy lost of the position that the venue closed last.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// What the account has and no strategy does.
    #[must_use]
    pub fn house(&self, account: &Books) -> House {
        let sum = |of: fn(&Books) -> Money| self.books.iter().map(of).sum::<Money>();
        House { equity: account.equity() - sum(Books::equity), cash: account.home.cash - sum(|books| books.home.cash) }
    }

    /// What the account holds of an instrument and no strategy does.
    #[must_use]
    pub fn house_position(&self, account: &Books, index: usize) -> Qty {
        self.books.iter().fold(account.position(index).quantity, |rest, books| rest - books.position(index).quantity)
    }

    fn mark(&mut self, index: usize, instrument: &Instrument, price: Price) {
        self.books.iter_mut().for_each(|books| books.mark(index, instrument, price));
    }

    /// Takes note of a price.
    pub(crate) fn see(&mut self, id: InstrumentId, instrument: &Instrument, price: Price) {
        for books in &mut self.books {
            books.note_price(id, price);
            books.mark(id.index(), instrument, price);
        }
    }

    /// Books a fill of an order; what it did to its owner's books, if it has one. The account is marked at the fill's price,
    /// and so are all.
    pub(crate) fn book(
        &mut self,
        owner: Owner,
        index: usize,
        instrument: &Instrument,
        (quantity, price, fee): (Qty, Price, Money),
    ) -> Option<Booking> {
        self.mark(index, instrument, price);
        let books = self.books.get_mut(owner.index()?)?;
        Some(books.book(index, instrument, quantity, price, fee))
    }

    /// Books what closed a position of the account and was nobody's order: whoever held that side loses a share of it, by
    /// size, and pays that share of the fee.
    pub(crate) fn share_out(
        &mut self,
        index: usize,
        instrument: &Instrument,
        (quantity, price, fee): (Qty, Price, Money),
    ) {
        let held = |books: &Books| {
            let held = books.position(index).quantity.0;
            if (held > 0) == (quantity.0 < 0) { i128::from(held.abs()) } else { 0 }
        };
        let all: i128 = self.books.iter().map(held).sum();
        self.parts.clear();
        if all == 0 {
            return;
        }
        let (closed, whole) = (i128::from(quantity.0.abs()).min(all), i128::from(quantity.0.abs()));
        let (mut before, mut given, mut paid) = (0_i128, 0_i128, 0_i128);
        for (owner, books) in (1..).map(Owner).zip(&mut self.books) {
            // Shares of the running sum, so that the parts are whole and sum to the whole.
            before += held(books);
            let part = share(closed, before, all) - given;
            given += part;
            let fee = share(fee.0, given, whole) - paid;
            paid += fee;
            if part > 0 {
                let part = i64::try_from(part).expect("a part of what fits");
                let booking = books.book(index, instrument, Qty(part * quantity.0.signum()), price, Money(fee));
                self.parts.push(Part { owner, booking, fee: Money(fee) });
            }
        }
    }

    pub(crate) fn carry(&mut self, index: usize, instrument: &Instrument, carry: &Carry, lot: Qty) {
        self.books.iter_mut().for_each(|books| books.carry(index, instrument, carry, lot));
    }

    pub(crate) fn accrue(&mut self, carry: &Carry) {
        self.books.iter_mut().for_each(|books| books.accrue(carry));
    }

    /// Whether each strategy's books explain themselves.
    #[must_use]
    pub fn balances(&self) -> bool {
        self.books.iter().all(Books::balances)
    }
}
