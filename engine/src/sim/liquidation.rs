//! Liquidation: what a venue does with positions that can no longer be carried.
//!
//! The venue looks at the open of each candle and along its path, where the price first left too little. Across the account
//! equity must not fall below the sum of the maintenance margins of all positions; there the venue takes back the orders of
//! every instrument with a margin and closes their positions, the instrument at hand at that price, the others at their
//! last one, each for a fee. An isolated position falls alone, with its own orders, and loses no more than its margin: a
//! gap beyond its bankruptcy price is the venue's loss, and the fee takes at most what is left. What happens is the same
//! whatever the strategy does about it later.
use super::account::Wanted;
use super::isolated::Stake;
use super::venue::{Match, SimVenue};
use crate::event::{Certainty, Fill, Liquidity, Report};
use crate::instrument::InstrumentId;
use crate::ledger::share;
use crate::order::{FillId, OrderId};
use crate::{Candle, Money, Price, Qty, Side, Timestamp};

impl SimVenue {
    /// Whether a position of an instrument can be liquidated, now or when its margin changes.
    #[inline]
    pub(super) fn is_margined(&self, id: InstrumentId) -> bool {
        self.books[id.index()].margined && !self.account.quantity(id.index()).is_zero()
    }

    /// Whether a position can no longer be carried, were it at a price.
    fn is_under(&self, id: InstrumentId, price: Price) -> bool {
        let Some(stake) = self.account.stake(id.index()) else { return self.is_account_under(id, price) };
        let (index, held) = (id.index(), self.account.quantity(id.index()));
        let needed = self.costs(index).maintenance.of(self.instruments[index].value(price, held.abs()).0).0;
        self.left(id, stake, price) < needed
    }

    /// What is left of an isolated position's margin at a price.
    fn left(&self, id: InstrumentId, stake: Stake, price: Price) -> Money {
        stake.equity(self.instruments[id.index()].value(price, self.account.quantity(id.index())).0)
    }

    /// Whether equity is below what all positions need, were one of them at a price.
    fn is_account_under(&self, id: InstrumentId, price: Price) -> bool {
        let mut spare = self.account.cash();
        for (index, (held, instrument)) in self.account.held().iter().zip(&self.instruments).enumerate() {
            if held.quantity.is_zero() {
                continue;
            }
            let at = if index == id.index() { price } else { held.price };
            let notional = instrument.value(at, held.quantity.abs()).0;
            let left = instrument.value(at, held.quantity).0 - self.costs(index).maintenance.of(notional).0;
            spare += self.account.worth(index, left);
        }
        spare.0 < 0
    }

    /// Where on the way between two prices a position can no longer be carried, if it cannot.
    pub(super) fn liquidation_on(&self, id: InstrumentId, from: Price, to: Price) -> Option<Price> {
        // Across the account only what has a margin now is liquidated; an isolated position has at least its own.
        let exempt = || self.account.stake(id.index()).is_none() && self.costs(id.index()).maintenance.is_zero();
        if !self.is_margined(id) || exempt() || !self.is_under(id, to) {
            return None;
        }
        if self.is_under(id, from) {
            return Some(from);
        }
        Some(last_two(from, to, |price| self.is_under(id, price)).1)
    }

    /// Where the way to a candle's worst price begins for an isolated position: at the open, or where it was entered inside.
    fn way_begins(&self, id: InstrumentId, stake: Stake, candle: &Candle) -> Price {
        if !self.is_under(id, candle.open) {
            return candle.open;
        }
        let value = self.instruments[id.index()].value(candle.open, self.account.quantity(id.index())).0;
        let entry = if value.0 == 0 { 0 } else { share(candle.open.0.into(), stake.cost.0, value.0) };
        Price(i64::try_from(entry).unwrap_or(i64::MAX).clamp(candle.low.0, candle.high.0))
    }

    /// Liquidates what a candle's price cannot carry on the way to it; whether it did.
    pub(super) fn fall_short(&mut self, id: InstrumentId, candle: &Candle, to: Price, certainty: Certainty) -> bool {
        let from = self.account.stake(id.index()).map_or(candle.open, |stake| self.way_begins(id, stake, candle));
        let price = self.liquidation_on(id, from, to);
        if let Some(price) = price {
            self.liquidate(id, &Match::at(price, certainty, candle.known_time));
        }
        price.is_some()
    }

    /// Closes what can no longer be carried: an isolated position alone, else every position that has a margin.
    pub(super) fn liquidate(&mut self, id: InstrumentId, at: &Match) {
        if let Some(stake) = self.account.stake(id.index()) {
            let price = self.not_beyond_bankruptcy(id, stake, at.price);
            return self.take_over(id, price, at);
        }
        for index in 0..self.books.len() {
            let other = InstrumentId(u32::try_from(index).expect("instruments are numbered by u32"));
            if !self.costs(index).maintenance.is_zero() {
                let price = if other == id { at.price } else { self.last_price(other) };
                self.take_over(other, price, at);
            }
        }
    }

    /// A price, or the last one on the way to it at which an isolated position has not lost more than its margin.
    fn not_beyond_bankruptcy(&self, id: InstrumentId, stake: Stake, price: Price) -> Price {
        let is_bankrupt = |price: Price| self.left(id, stake, price) < Money::ZERO;
        if !is_bankrupt(price) {
            return price;
        }
        // A short that falls to nothing is worth what it was sold for; a long is worth it somewhere above.
        let mut good = Price(0);
        if self.account.quantity(id.index()) > Qty::ZERO {
            good = Price(price.0.max(1));
            while is_bankrupt(good) && good.0 < i64::MAX {
                good = Price(good.0.saturating_mul(2));
            }
        }
        last_two(good, price, is_bankrupt).0.max(Price(1))
    }

    /// Takes the orders of an instrument back and closes its position at a price.
    fn take_over(&mut self, id: InstrumentId, price: Price, at: &Match) {
        while let Some(resting) = self.books[id.index()].resting.first() {
            let order = resting.request.order;
            self.drop_order(id, order, Report::Cancelled { order });
        }
        self.close_out(id, price, at.certainty, at.time);
        self.watch(id);
    }

    fn close_out(&mut self, id: InstrumentId, price: Price, certainty: Certainty, time: Timestamp) {
        let index = id.index();
        let held = self.account.quantity(index);
        if held.is_zero() {
            return;
        }
        let instrument = &self.instruments[index];
        let (mut fee, mut rounded) = self.costs(index).liquidation_fee.of(instrument.value(price, held.abs()).0);
        if let Some(stake) = self.account.stake(index) {
            let left = self.left(id, stake, price).max(Money::ZERO);
            (fee, rounded) = if fee > left { (left, false) } else { (fee, rounded) };
        }
        self.rounded_fees += u64::from(rounded);
        self.account.book(instrument, &Wanted { fee, ..Wanted::new(index, instrument, -held, price) });
        self.fills += 1;
        self.reports.push_back(Report::Liquidated(Fill {
            order: OrderId(0),
            fill: FillId(self.fills),
            instrument: id,
            side: Side::of(-held),
            price,
            quantity: Qty(held.0.abs()),
            fee,
            liquidity: Liquidity::Taker,
            certainty,
            venue_time: time,
        }));
    }
}

/// The two neighbours between a good price and a bad one at which good turns bad; a price against the position only makes it
/// worse.
fn last_two(good: Price, bad: Price, is_bad: impl Fn(Price) -> bool) -> (Price, Price) {
    let (mut good, mut bad) = (good.0, bad.0);
    while good.abs_diff(bad) > 1 {
        let middle = good + (bad - good) / 2;
        if is_bad(Price(middle)) {
            bad = middle;
        } else {
            good = middle;
        }
    }
    (Price(good), Price(bad))
}
