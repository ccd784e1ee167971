//! Money and positions of one account, exact to 10^-12 of its currency.
//!
//! Every number here is explained by fills, prices, fees and cash events:
//! `cash + value = initial + cash events + realised + unrealised + carried - fees` holds after every step, to the unit. Rounding
//! happens only where a price times a quantity is finer than money; it goes against the account and is counted.
use crate::carry::{Carry, converted, part, price_after};
use crate::instrument::Instrument;
use crate::measure::product;
use crate::money::MONEY_SCALE;
use crate::{Money, Price, Qty};
use alloc::vec;
use alloc::vec::Vec;

/// What the account holds of one instrument.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// Signed quantity; positive is long.
    pub quantity: Qty,
    /// What the open quantity cost: paid for a long (positive), received for a short (negative).
    pub cost: Money,
    /// The price that it was last marked at.
    pub mark: Price,
    /// Quantity at the mark, signed.
    pub value: Money,
    /// Profit of what was closed, before fees.
    pub realised: Money,
    /// Fees paid on it.
    pub fees: Money,
    step_value: Option<i64>,
}

/// Cash and positions of one account in one currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ledger {
    /// What the account started with.
    pub initial: Money,
    /// Cash now; negative when borrowed.
    pub cash: Money,
    /// Sum of all cash events.
    pub deposits: Money,
    /// Sum of all fees.
    pub fees: Money,
    /// Sum of all realised profits, before fees.
    pub realised: Money,
    /// Dividends received less those owed.
    pub dividends: Money,
    /// Funding received less what was paid.
    pub funding: Money,
    /// What borrowing cost, negative.
    pub borrow: Money,
    /// Interest received less what was paid.
    pub interest: Money,
    /// Cash for what a split left over or a delisting ended; part of what was realised.
    pub in_lieu: Money,
    /// Postings that had to be rounded, each by less than 10^-12, against the account.
    pub rounded: u64,
    /// What of it came of each instrument: beside the positions, which are looked at once per candle and are to stay narrow.
    in_lieu_of: Vec<Money>,
    positions: Vec<Position>,
    value: Money,
    gross: Money,
}

impl Ledger {
    /// An account with `cash` and nothing else.
    #[must_use]
    pub fn new(cash: Money, instruments: usize) -> Self {
        Self {
            initial: cash,
            cash,
            deposits: Money::ZERO,
            fees: Money::ZERO,
            realised: Money::ZERO,
            dividends: Money::ZERO,
            funding: Money::ZERO,
            borrow: Money::ZERO,
            interest: Money::ZERO,
            in_lieu: Money::ZERO,
            in_lieu_of: vec![Money::ZERO; instruments],
            rounded: 0,
            positions: vec![Position { step_value: Some(0), ..Position::default() }; instruments],
            value: Money::ZERO,
            gross: Money::ZERO,
        }
    }

    /// What is held of the instrument at `index`.
    #[must_use]
    pub fn position(&self, index: usize) -> &Position {
        &self.positions[index]
    }

    /// Cash for what splits left over or a delisting ended of the instrument at `index`; part of what was realised.
    #[must_use]
    pub fn in_lieu_of(&self, index: usize) -> Money {
        self.in_lieu_of[index]
    }

    /// All positions, in the order of the run file.
    #[must_use]
    pub fn positions(&self) -> &[Position] {
        &self.positions
    }

    /// Cash plus every position at its mark.
    #[must_use]
    #[inline]
    pub fn equity(&self) -> Money {
        self.cash + self.value
    }

    /// Sum of the absolute values of all positions.
    #[must_use]
    #[inline]
    pub fn gross(&self) -> Money {
        self.gross
    }

    /// Values the position at `index` at `price`. Always inlined: once per candle a call would cost as much as what it does.
    #[inline(always)]
    pub fn mark(&mut self, index: usize, instrument: &Instrument, price: Price) {
        let position = &mut self.positions[index];
        position.mark = price;
        if position.quantity.is_zero() {
            return;
        }
        let value = match position.step_value {
            Some(step) => Money(product(price.0, step)),
            None => instrument.value(price, position.quantity).0,
        };
        let change = value - position.value;
        self.value += change;
        // Prices are positive, so between two fills the value keeps the sign of the quantity.
        self.gross += if position.quantity.0 > 0 { change } else { -change };
        position.value = value;
    }

    /// Books a fill of a signed quantity and its fee; the position is marked at the fill's price.
    ///
    /// # Panics
    /// When `quantity` is zero: a fill moves something.
    pub fn book(&mut self, index: usize, instrument: &Instrument, quantity: Qty, price: Price, fee: Money) -> Booking {
        assert!(!quantity.is_zero(), "a fill moves something");
        let step = instrument.step_value(quantity);
        let (cost, rounded) = match step {
            Some(step) => (Money(product(price.0, step)), false),
            None => instrument.cost(price, quantity),
        };
        self.rounded += u64::from(rounded);
        self.cash -= cost + fee;
        self.fees += fee;
        let position = &mut self.positions[index];
        let before = position.quantity;
        let closed = closed_cost(position, quantity, cost);
        position.cost = position.cost + cost - closed.cost_out - closed.cost_in;
        let realised = -(closed.cost_out + closed.cost_in);
        position.realised += realised;
        self.realised += realised;
        position.fees += fee;
        position.quantity = position.quantity + quantity;
        // Most fills open a position or close it: no second division then.
        position.step_value = match position.quantity {
            Qty::ZERO => Some(0),
            opened if opened == quantity => step,
            other => instrument.step_value(other),
        };
        self.value -= position.value;
        self.gross -= Money(position.value.0.abs());
        position.value = Money::ZERO;
        let after = position.quantity;
        self.mark(index, instrument, price);
        Booking { cost, before, after }
    }

    /// Adds money that came without a trade.
    pub fn deposit(&mut self, amount: Money) {
        self.cash += amount;
        self.deposits += amount;
    }

    /// Books what happens to the position at `index` without a trade; `lot` is what it may be held in.
    pub fn carry(&mut self, index: usize, instrument: &Instrument, carry: &Carry, lot: Qty) {
        let payment = carry.payment(instrument, self.positions[index].quantity);
        self.cash += payment;
        match *carry {
            Carry::Split { new, old, mark, .. } => self.split(index, instrument, (new, old), mark, lot),
            Carry::Delisting { .. } => self.pay_out(index, payment),
            Carry::Dividend { .. } => self.dividends += payment,
            Carry::Funding { .. } => self.funding += payment,
            Carry::Borrow { .. } => self.borrow += payment,
            Carry::Interest { .. } | Carry::Renamed { .. } => {}
        }
    }

    /// Ends a position for what was paid for it.
    fn pay_out(&mut self, index: usize, payment: Money) {
        let position = &mut self.positions[index];
        self.value -= position.value;
        self.gross -= Money(position.value.0.abs());
        let realised = payment - position.cost;
        position.realised += realised;
        self.realised += realised;
        self.in_lieu_of[index] += payment;
        self.in_lieu += payment;
        position.quantity = Qty::ZERO;
        position.step_value = Some(0);
        (position.cost, position.value, position.mark) = (Money::ZERO, Money::ZERO, Price::default());
    }

    /// Books interest on the cash.
    pub fn accrue(&mut self, carry: &Carry) {
        let interest = carry.interest(self.cash);
        self.cash += interest;
        self.interest += interest;
    }

    /// Turns old units into new ones at their old value; the fraction of a lot is sold at the mark.
    fn split(&mut self, index: usize, instrument: &Instrument, ratio: (i64, i64), mark: Price, lot: Qty) {
        self.mark(index, instrument, mark);
        let position = &mut self.positions[index];
        let converted = converted(position.quantity, ratio.0, ratio.1, lot);
        let (sold, cost) = (part(position.value, converted.rest), part(position.cost, converted.rest));
        self.gross -= Money(position.value.0.abs());
        position.quantity = converted.quantity;
        position.step_value = instrument.step_value(position.quantity);
        position.mark = price_after(mark, ratio.0, ratio.1);
        position.value -= sold;
        position.cost -= cost;
        position.realised += sold - cost;
        self.gross += Money(position.value.0.abs());
        self.value -= sold;
        self.realised += sold - cost;
        self.in_lieu_of[index] += sold;
        self.in_lieu += sold;
        self.cash += sold;
    }

    /// What open positions have gained since they were opened, before fees.
    #[must_use]
    pub fn unrealised(&self) -> Money {
        self.positions.iter().map(|p| p.value - p.cost).sum()
    }

    /// Whether nothing is held and nothing owed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cash == Money::ZERO && self.positions.iter().all(|position| position.quantity.is_zero())
    }

    /// Whether every number is explained by the others; what the property tests ask at each step.
    #[must_use]
    pub fn balances(&self) -> bool {
        let value: Money = self.positions.iter().map(|p| p.value).sum();
        let gross: Money = self.positions.iter().map(|p| Money(p.value.0.abs())).sum();
        let carried = self.dividends + self.funding + self.borrow + self.interest;
        let explained = self.initial + self.deposits + self.realised + self.unrealised() + carried - self.fees;
        value == self.value && gross == self.gross && explained == self.equity()
    }
}

/// What booking a fill did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Booking {
    /// Signed cost: paid for a buy, negative for what a sale brought, before the fee.
    pub cost: Money,
    /// The position before.
    pub before: Qty,
    /// The position after.
    pub after: Qty,
}

/// The two signed costs that a fill takes out of the books: of the old position, and of the fill itself.
struct Closed {
    cost_out: Money,
    cost_in: Money,
}

/// How much cost leaves the position when `quantity` at `cost` meets it. Their sum, negated, is the realised profit.
fn closed_cost(position: &Position, quantity: Qty, cost: Money) -> Closed {
    let (held, moved) = (position.quantity.0, quantity.0);
    if held == 0 || (held > 0) == (moved > 0) {
        return Closed { cost_out: Money::ZERO, cost_in: Money::ZERO };
    }
    let (held_abs, moved_abs) = (i128::from(held.unsigned_abs()), i128::from(moved.unsigned_abs()));
    if moved_abs <= held_abs {
        // Multiplying first keeps the share exact where it divides; the rest stays with the open part.
        let cost_out =
            if moved_abs == held_abs { position.cost.0 } else { share(position.cost.0, moved_abs, held_abs) };
        Closed { cost_out: Money(cost_out), cost_in: cost }
    } else {
        Closed { cost_out: position.cost, cost_in: Money(share(cost.0, held_abs, moved_abs)) }
    }
}

/// `amount * part / whole` toward zero, without losing the product.
///
/// # Panics
/// When the product does not fit 128 bits: an amount of that size is a broken invariant.
#[must_use]
pub fn share(amount: i128, part: i128, whole: i128) -> i128 {
    match amount.checked_mul(part) {
        Some(product) => product / whole,
        // Split so that only remainders are multiplied.
        None => (amount / whole) * part + (amount % whole) * part / whole,
    }
}

/// A fee or a rate as an exact fraction of the notional: `numerator / 10^places`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rate {
    numerator: i64,
    places: u8,
}

impl Rate {
    /// Nothing.
    pub const ZERO: Self = Self { numerator: 0, places: 0 };

    /// A rate given in basis points, hundredths of a per cent; `None` beyond eight decimal places or 10,000 bps.
    #[must_use]
    pub fn from_bps(bps: rust_decimal::Decimal) -> Option<Self> {
        let bps = bps.normalize();
        let places = u8::try_from(bps.scale()).ok().filter(|p| *p <= 8)?;
        let numerator = i64::try_from(bps.mantissa()).ok()?;
        (bps.abs() <= rust_decimal::Decimal::from(10_000)).then_some(Self { numerator, places: places + 4 })
    }

    /// A rate given as a fraction; `None` beyond twelve decimal places or above one.
    #[must_use]
    pub fn from_fraction(fraction: rust_decimal::Decimal) -> Option<Self> {
        let fraction = fraction.normalize();
        let places = u8::try_from(fraction.scale()).ok().filter(|p| *p <= 12)?;
        Self::from_parts(i64::try_from(fraction.mantissa()).ok()?, places)
    }

    /// `numerator / 10^places`; `None` beyond twelve decimal places or above one.
    #[must_use]
    pub fn from_parts(numerator: i64, places: u8) -> Option<Self> {
        let fits = places <= 12 && numerator.unsigned_abs() <= crate::measure::pow10(places).unsigned_abs();
        fits.then_some(Self { numerator, places })
    }

    /// Numerator and decimal places.
    #[must_use]
    pub fn parts(self) -> (i64, u8) {
        (self.numerator, self.places)
    }

    /// This share of an amount, rounded up, and whether that rounded: a fee is never too small.
    ///
    /// # Panics
    /// When the product does not fit 128 bits.
    #[must_use]
    pub fn of(self, amount: Money) -> (Money, bool) {
        let (negated, rounded) = crate::money::scale_down(-(amount.0 * i128::from(self.numerator)), self.places);
        (Money(-negated), rounded)
    }

    /// This share of a price, rounded up to its step.
    #[must_use]
    pub fn of_price(self, price: Price) -> Price {
        let (negated, _) = crate::money::scale_down(-(i128::from(price.0) * i128::from(self.numerator)), self.places);
        Price(i64::try_from(-negated).unwrap_or(i64::MAX))
    }

    /// Whether it is nothing.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.numerator == 0
    }
}

const _: () = assert!(MONEY_SCALE == 12, "docs and files name the unit");

#[cfg(test)]
#[path = "ledger_tests.rs"]
mod tests;
