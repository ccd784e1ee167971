//! The cash of an account at the venue, currency by currency, and what each is worth in the account's own.
//!
//! A balance is never converted: what is bought in a currency is owed in it. Rates are the venue's own last prices; it never
//! asks the core for one.
use crate::carry::Carry;
use crate::exchange::{Currencies, Exchange, RateSource};
use crate::instrument::InstrumentId;
use crate::{Money, Price};
use alloc::vec::Vec;

/// A balance in a currency that is not the account's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Balance {
    cash: Money,
    source: RateSource,
    rate: Option<Exchange>,
}

/// Cash in every currency of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Purse {
    home: Money,
    foreign: Vec<Balance>,
    currencies: Currencies,
}

impl Purse {
    pub(super) fn new(home: Money) -> Self {
        Self { home, foreign: Vec::new(), currencies: Currencies::HOME }
    }

    /// The same with balances of nothing in other currencies.
    pub(super) fn set_currencies(&mut self, currencies: Currencies) {
        let balance = |source: RateSource| Balance { cash: Money::ZERO, source, rate: source.at_first() };
        self.foreign = currencies.foreign().iter().map(|(_, source)| balance(*source)).collect();
        self.currencies = currencies;
    }

    /// The balance in which the instrument at `index` is paid.
    #[inline]
    pub(super) fn of(&mut self, index: usize) -> &mut Money {
        if self.foreign.is_empty() {
            return &mut self.home;
        }
        match self.currencies.place(index) {
            None => &mut self.home,
            Some(place) => &mut self.foreign[place].cash,
        }
    }

    /// Whether there are other currencies.
    #[inline]
    pub(super) fn is_foreign(&self) -> bool {
        !self.foreign.is_empty()
    }

    /// Cash in the account's own currency.
    pub(super) fn home(&mut self) -> &mut Money {
        &mut self.home
    }

    /// What an amount in the currency of the instrument at `index` is worth; `None` while nobody knows.
    #[inline]
    pub(super) fn worth(&self, index: usize, amount: Money) -> Option<Money> {
        if self.foreign.is_empty() {
            return Some(amount);
        }
        match self.currencies.place(index) {
            None => Some(amount),
            Some(place) => self.foreign[place].rate.map(|rate| rate.home(amount)),
        }
    }

    /// What all balances are worth.
    #[inline]
    pub(super) fn total(&self) -> Money {
        let worth = |balance: &Balance| balance.rate.map_or(Money::ZERO, |rate| rate.home(balance.cash));
        self.home + self.foreign.iter().map(worth).sum::<Money>()
    }

    /// Takes note of a price: it may be the rate of a currency.
    #[inline]
    pub(super) fn note_price(&mut self, id: InstrumentId, price: Price) {
        for balance in &mut self.foreign {
            if let Some(rate) = balance.source.read(id, price) {
                balance.rate = Some(rate);
            }
        }
    }

    /// Interest on every balance.
    pub(super) fn accrue(&mut self, carry: &Carry) {
        self.home += carry.interest(self.home);
        for balance in &mut self.foreign {
            balance.cash += carry.interest(balance.cash);
        }
    }

    /// The balance of each currency, the account's own first.
    pub(super) fn balances(&self) -> impl Iterator<Item = Money> {
        core::iter::once(self.home).chain(self.foreign.iter().map(|balance| balance.cash))
    }
}
