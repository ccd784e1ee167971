//! A fill: how much, at what price and fee, and whether the account can carry it.
use super::account::Wanted;
use super::costs::Charged;
use super::venue::{Match, SimVenue};
use crate::event::{Fill, Reason, Report};
use crate::instrument::InstrumentId;
use crate::ledger::share;
use crate::order::{FillId, Link, OrderId};
use crate::{Candle, Liquidity, Money, Price, Qty, Side};

impl SimVenue {
    /// How much of a candle's volume our fills may take.
    pub(super) fn room(&self, candle: &Candle) -> Qty {
        let bound = self.config.participation_ppm;
        bound.map_or(Qty(i64::MAX), |ppm| {
            let most = share(i128::from(candle.volume), i128::from(ppm), 1_000_000);
            Qty(i64::try_from(most).unwrap_or(i64::MAX))
        })
    }

    /// Trades what can be traded of an order, or refuses it if the account cannot carry it; how much traded.
    pub(super) fn trade(&mut self, id: InstrumentId, order: OrderId, at: &Match) -> Qty {
        let Some(place) = self.place_of(id, order) else { return Qty::ZERO };
        let book = &self.books[id.index()];
        let resting = &book.resting[place];
        let (wanted, link, reduces) = (resting.leaves(), resting.request.link, resting.request.terms.reduce_only);
        let mut quantity = wanted.min(book.room);
        if reduces {
            let reducible = self.reducible(id, resting.request.side);
            if reducible.is_zero() {
                self.drop_order(id, order, Report::Cancelled { order });
                return Qty::ZERO;
            }
            quantity = quantity.min(reducible);
        }
        if quantity.is_zero() || (resting.is_all_or_nothing() && quantity < wanted) {
            return Qty::ZERO;
        }
        let (side, kind, is_cut) =
            (resting.request.side, resting.request.kind, resting.request.is_cut_to_the_position());
        let Some((price, fee)) = self.settle(id, side, kind.limit(), quantity, at) else {
            self.drop_order(id, order, Report::Rejected { order, reason: Reason::BuyingPower });
            return Qty::ZERO;
        };
        self.fills += 1;
        self.reports.push_back(Report::Filled(Fill {
            order,
            fill: FillId(self.fills),
            instrument: id,
            side,
            price,
            quantity,
            fee,
            liquidity: at.liquidity,
            certainty: at.certainty,
            venue_time: at.time,
        }));
        let book = &mut self.books[id.index()];
        book.room = book.room - quantity;
        book.taken = book.taken + quantity;
        let resting = &mut book.resting[place];
        resting.filled = resting.filled + quantity;
        if matches!(link, Link::Attached(_)) {
            resting.cap = resting.cap - quantity;
        }
        let whole = resting.filled >= resting.request.quantity;
        if whole {
            book.resting.remove(place);
        }
        self.after_fill(id, (order, link), quantity, price);
        if whole {
            self.after_end(id, (order, link));
        } else if is_cut && self.reducible(id, side).is_zero() {
            self.drop_order(id, order, Report::Cancelled { order });
        }
        quantity
    }

    /// Moves the money of a fill; its price and fee, or `None` where the account cannot carry it.
    #[inline(always)]
    fn settle(
        &mut self,
        id: InstrumentId,
        side: Side,
        limit: Option<Price>,
        quantity: Qty,
        at: &Match,
    ) -> Option<(Price, Money)> {
        let index = id.index();
        let (instrument, costs) = (&self.instruments[index], self.costs[index].at(self.costs_at));
        // Who gives liquidity has the price that he asked for; who takes it slips, though never beyond a limit.
        let price = match at.liquidity {
            Liquidity::Maker => at.price,
            Liquidity::Taker => {
                let book = &self.books[index];
                let share = (book.taken + quantity, book.volume);
                match at.quoted {
                    true => costs.at_a_quote().slipped(at.price, side, limit, share),
                    false => costs.slipped(at.price, side, limit, share),
                }
            }
        };
        let signed = Qty(quantity.0 * side.sign());
        let wanted = Wanted::new(index, instrument, signed, price);
        let notional = wanted.notional;
        let rate = match &mut self.tiers {
            Some(tiers) if costs.tiered => tiers.rate(at.time, at.liquidity),
            _ => costs.rate(at.liquidity),
        };
        let (fee, rounded) = costs.fee(rate, &Charged { notional, quantity, qty_scale: instrument.qty_scale });
        let wanted = Wanted { fee, ..wanted };
        if !self.account.affords(&wanted, &self.instruments, self.config.leverage) {
            return None;
        }
        if price != at.price {
            let difference = Price((price.0 - at.price.0).abs());
            self.slippage += self.account.worth(index, instrument.value(difference, quantity).0);
        }
        self.rounded_fees += u64::from(rounded);
        self.account.book(&self.instruments[index], &wanted);
        if let Some(tiers) = &mut self.tiers {
            tiers.count(at.time, self.account.worth(index, notional));
        }
        Some((price, fee))
    }
}
