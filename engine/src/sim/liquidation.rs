//! Liquidation: what a venue does with an account that can no longer carry its positions.
//!
//! Margin is across the account: its equity must not fall below the sum of the maintenance margins of all positions. The
//! venue looks at the open of each candle and along its path, where the price first made equity too small; there it takes
//! back the orders of every instrument with a margin and closes their positions, the instrument at hand at that price, the
//! others at their last one, each for a fee. What happens is the same whatever the strategy does about it later.
use super::venue::{Match, SimVenue};
use crate::event::{Certainty, Fill, Liquidity, Report};
use crate::instrument::InstrumentId;
use crate::order::{FillId, OrderId};
use crate::{Price, Qty, Side, Timestamp};

impl SimVenue {
    /// Whether a position of an instrument can be liquidated, now or when its margin changes.
    #[inline]
    pub(super) fn is_margined(&self, id: InstrumentId) -> bool {
        self.books[id.index()].margined && !self.account.quantity(id.index()).is_zero()
    }

    /// Whether equity is below what the positions need, were one of them at a price.
    fn is_under(&self, id: InstrumentId, price: Price) -> bool {
        let mut spare = self.account.cash;
        for (index, (held, instrument)) in self.account.held().iter().zip(&self.instruments).enumerate() {
            if held.quantity.is_zero() {
                continue;
            }
            let at = if index == id.index() { price } else { held.price };
            let notional = instrument.value(at, held.quantity.abs()).0;
            spare += instrument.value(at, held.quantity).0;
            spare -= self.costs(index).maintenance.of(notional).0;
        }
        spare.0 < 0
    }

    /// Where on the way between two prices the account can no longer be carried, if it cannot.
    pub(super) fn liquidation_on(&self, id: InstrumentId, from: Price, to: Price) -> Option<Price> {
        if !self.is_margined(id) || self.costs(id.index()).maintenance.is_zero() || !self.is_under(id, to) {
            return None;
        }
        if self.is_under(id, from) {
            return Some(from);
        }
        // `good` can be carried, `bad` cannot; a price against the position only makes it worse.
        let (mut good, mut bad) = (from.0, to.0);
        while good.abs_diff(bad) > 1 {
            let middle = good + (bad - good) / 2;
            if self.is_under(id, Price(middle)) {
                bad = middle;
            } else {
                good = middle;
            }
        }
        Some(Price(bad))
    }

    /// Closes every position that has a margin, this one at a price.
    pub(super) fn liquidate(&mut self, id: InstrumentId, at: &Match) {
        for index in 0..self.books.len() {
            let other = InstrumentId(u32::try_from(index).expect("instruments are numbered by u32"));
            if self.costs(index).maintenance.is_zero() {
                continue;
            }
            while let Some(resting) = self.books[index].resting.first() {
                let order = resting.request.order;
                self.drop_order(other, order, Report::Cancelled { order });
            }
            let price = if other == id { at.price } else { self.last_price(other) };
            self.close_out(other, price, at.certainty, at.time);
            self.watch(other);
        }
    }

    fn close_out(&mut self, id: InstrumentId, price: Price, certainty: Certainty, time: Timestamp) {
        let index = id.index();
        let held = self.account.quantity(index);
        if held.is_zero() {
            return;
        }
        let instrument = &self.instruments[index];
        let (fee, rounded) = self.costs(index).liquidation_fee.of(instrument.value(price, held.abs()).0);
        self.rounded_fees += u64::from(rounded);
        self.account.book(index, instrument, -held, price, fee);
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
