//! The books of an account: a ledger for each currency, all valued in the account's own.
//!
//! A balance is never converted by itself: what is bought in another currency is owed in that currency, as at a broker that
//! lends it, and values move with its rate. Of every ledger alone each number is exact; only their sum in the account's
//! currency is a valuation, rounded toward zero. With one currency nothing here costs anything.
use crate::carry::Carry;
use crate::exchange::{Currencies, Exchange, RateSource};
use crate::instrument::{Instrument, InstrumentId};
use crate::ledger::{Booking, Ledger, Position};
use crate::{Currency, Money, Price, Qty};
use alloc::vec::Vec;

/// The ledger of a currency that is not the account's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreign {
    /// Which currency.
    pub currency: Currency,
    /// What is held and owed in it.
    pub ledger: Ledger,
    /// What it is worth in the account's; `None` before a price of its pair was seen. Nothing is held or owed then.
    pub rate: Option<Exchange>,
    source: RateSource,
}

impl Foreign {
    /// An amount of it in the account's currency; nothing while there is no rate.
    #[must_use]
    pub fn home(&self, amount: Money) -> Money {
        self.rate.map_or(Money::ZERO, |rate| rate.home(amount))
    }
}

/// The ledgers of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Books {
    /// The ledger in the account's own currency.
    pub home: Ledger,
    foreign: Vec<Foreign>,
    currencies: Currencies,
}

impl Books {
    /// An account with `cash` in its own currency and nothing else.
    #[must_use]
    pub fn new(cash: Money, instruments: usize, currencies: Currencies) -> Self {
        let make = |&(currency, source): &(Currency, RateSource)| Foreign {
            currency,
            ledger: Ledger::new(Money::ZERO, instruments),
            rate: source.at_first(),
            source,
        };
        let foreign = currencies.foreign().iter().map(make).collect();
        Self { home: Ledger::new(cash, instruments), foreign, currencies }
    }

    /// The currencies of the account.
    #[must_use]
    pub fn currencies(&self) -> &Currencies {
        &self.currencies
    }

    /// The ledgers of other currencies.
    #[must_use]
    pub fn foreign(&self) -> &[Foreign] {
        &self.foreign
    }

    /// The ledger that the instrument at `index` is booked in.
    #[must_use]
    #[inline]
    pub fn of(&self, index: usize) -> &Ledger {
        if self.foreign.is_empty() {
            return &self.home;
        }
        self.currencies.place(index).map_or(&self.home, |place| &self.foreign[place].ledger)
    }

    #[inline]
    fn of_mut(&mut self, index: usize) -> &mut Ledger {
        if self.foreign.is_empty() {
            return &mut self.home;
        }
        match self.currencies.place(index) {
            None => &mut self.home,
            Some(place) => &mut self.foreign[place].ledger,
        }
    }

    /// What the currency of the instrument at `index` is worth in the account's; `None` while nobody knows.
    #[must_use]
    #[inline]
    pub fn rate(&self, index: usize) -> Option<Exchange> {
        if self.foreign.is_empty() {
            return Some(Exchange::PAR);
        }
        self.currencies.place(index).map_or(Some(Exchange::PAR), |place| self.foreign[place].rate)
    }

    /// An amount in the currency of the instrument at `index`, in the account's own; nothing while there is no rate.
    #[must_use]
    #[inline]
    pub fn to_home(&self, index: usize, amount: Money) -> Money {
        if self.foreign.is_empty() {
            return amount;
        }
        self.currencies.place(index).map_or(amount, |place| self.foreign[place].home(amount))
    }

    /// An amount in the account's currency, in that of the instrument at `index`; nothing while there is no rate.
    #[must_use]
    pub fn from_home(&self, index: usize, amount: Money) -> Money {
        if self.foreign.is_empty() {
            return amount;
        }
        self.rate(index).map_or(Money::ZERO, |rate| rate.abroad(amount))
    }

    /// What is held of the instrument at `index`, in its own currency.
    #[must_use]
    #[inline]
    pub fn position(&self, index: usize) -> &Position {
        self.of(index).position(index)
    }

    /// What is held of each instrument, in the order of the run file.
    pub fn positions(&self) -> impl Iterator<Item = &Position> {
        (0..self.home.positions().len()).map(|index| self.position(index))
    }

    /// A sum over all ledgers in the account's currency.
    #[inline]
    fn total(&self, of: impl Fn(&Ledger) -> Money) -> Money {
        let home = of(&self.home);
        if self.foreign.is_empty() {
            return home;
        }
        home + self.foreign.iter().map(|foreign| foreign.home(of(&foreign.ledger))).sum::<Money>()
    }

    /// Profit of what was closed, before fees.
    #[must_use]
    pub fn realised(&self) -> Money {
        self.total(|ledger| ledger.realised)
    }

    /// Cash plus every position at its mark.
    #[must_use]
    #[inline]
    pub fn equity(&self) -> Money {
        self.total(Ledger::equity)
    }

    /// Cash of all currencies.
    #[must_use]
    #[inline]
    pub fn cash(&self) -> Money {
        self.total(|ledger| ledger.cash)
    }

    /// Sum of the absolute values of all positions.
    #[must_use]
    #[inline]
    pub fn gross(&self) -> Money {
        self.total(Ledger::gross)
    }

    /// Equity, cash and gross value.
    #[cold]
    pub(crate) fn figures(&self) -> (Money, Money, Money) {
        (self.equity(), self.cash(), self.gross())
    }

    /// Sum of all fees, each currency at its rate now.
    #[must_use]
    pub fn fees(&self) -> Money {
        self.total(|ledger| ledger.fees)
    }

    /// Dividends received less those owed, each currency at its rate now.
    #[must_use]
    pub fn dividends(&self) -> Money {
        self.total(|ledger| ledger.dividends)
    }

    /// Funding received less what was paid, each currency at its rate now.
    #[must_use]
    pub fn funding(&self) -> Money {
        self.total(|ledger| ledger.funding)
    }

    /// What borrowing cost, negative, each currency at its rate now.
    #[must_use]
    pub fn borrow(&self) -> Money {
        self.total(|ledger| ledger.borrow)
    }

    /// Interest received less what was paid, each currency at its rate now.
    #[must_use]
    pub fn interest(&self) -> Money {
        self.total(|ledger| ledger.interest)
    }

    /// Postings that had to be rounded, in any currency.
    #[must_use]
    pub fn rounded(&self) -> u64 {
        self.home.rounded + self.foreign.iter().map(|foreign| foreign.ledger.rounded).sum::<u64>()
    }

    /// Values the position at `index` at `price`.
    #[inline]
    pub fn mark(&mut self, index: usize, instrument: &Instrument, price: Price) {
        self.of_mut(index).mark(index, instrument, price);
    }

    /// Takes note of a price: it may be the rate of a currency.
    #[inline]
    pub fn note_price(&mut self, id: InstrumentId, price: Price) {
        for foreign in &mut self.foreign {
            if let Some(rate) = foreign.source.read(id, price) {
                foreign.rate = Some(rate);
            }
        }
    }

    /// Books a fill of a signed quantity and its fee, in the instrument's currency.
    ///
    /// # Panics
    /// When `quantity` is zero.
    pub fn book(&mut self, index: usize, instrument: &Instrument, quantity: Qty, price: Price, fee: Money) -> Booking {
        self.of_mut(index).book(index, instrument, quantity, price, fee)
    }

    /// Adds money in the account's currency that came without a trade.
    pub fn deposit(&mut self, amount: Money) {
        self.home.deposit(amount);
    }

    /// Books what happens to the position at `index` without a trade; `lot` is what it may be held in.
    pub fn carry(&mut self, index: usize, instrument: &Instrument, carry: &Carry, lot: Qty) {
        self.of_mut(index).carry(index, instrument, carry, lot);
    }

    /// Books interest on the cash of every currency.
    pub fn accrue(&mut self, carry: &Carry) {
        self.home.accrue(carry);
        self.foreign.iter_mut().for_each(|foreign| foreign.ledger.accrue(carry));
    }

    /// Whether every number of every ledger is explained by the others, and none is worth something that nobody knows.
    #[must_use]
    pub fn balances(&self) -> bool {
        let known = |foreign: &Foreign| foreign.rate.is_some() || foreign.ledger.is_empty();
        self.home.balances() && self.foreign.iter().all(|foreign| foreign.ledger.balances() && known(foreign))
    }
}
