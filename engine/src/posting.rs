//! Fills in the books: each once, whatever the order or the number of its reports, and gone when the venue takes it back.
//!
//! Nothing here decides; what cannot be booked is named and leaves everything as it was.
use crate::Qty;
use crate::effect::Anomaly;
use crate::event::{Fill, Report};
use crate::order::Change;
use crate::state::{Booked, State};
use crate::sub_ledgers::Owner;

impl State {
    /// What is odd about a report that was taken all the same.
    pub(crate) fn oddity(&self, report: &Report) -> Option<Anomaly> {
        let Report::Filled(fill) = report else { return None };
        let order = self.orders.get(fill.order)?;
        if order.filled > order.request.quantity.max(order.amending()) {
            return Some(Anomaly::Overfill);
        }
        (!order.status.is_live() && order.status != crate::OrderStatus::Filled).then_some(Anomaly::LateFill)
    }

    /// Books a fill once, whatever the order or the number of its reports.
    pub(crate) fn book(&mut self, fill: Fill) -> Result<(), Anomaly> {
        let order = self.orders.get(fill.order).ok_or(Anomaly::UnknownOrder)?;
        let request = order.request;
        if order.has_fill(fill.fill) {
            return Err(Anomaly::RepeatedFill);
        }
        if !fill.is_of(&request) {
            return Err(Anomaly::ContradictoryFill);
        }
        if self.busted.contains(&(fill.order, fill.fill)) {
            // The news that it never was came first.
            self.orders.update(fill.order, self.now, |order| {
                order.remember(fill.fill);
            });
            return Ok(());
        }
        let (filled, owner) = (order.filled + fill.quantity, order.owner);
        // While an amendment is on its way the venue may fill either leg; the larger one counts.
        let whole = request.quantity.max(order.amending());
        let change = if filled >= whole { Change::LastFill } else { Change::PartialFill };
        let status = order.status.after(change).expect("a fill is legal in every status");
        self.post(fill, owner);
        self.orders.update(fill.order, self.now, |order| {
            order.remember(fill.fill);
            order.filled = filled;
            order.status = status;
        });
        self.counters.fills += 1;
        self.counters.path_dependent_fills += u64::from(fill.certainty == crate::Certainty::PathDependent);
        Ok(())
    }

    /// Moves money and position for a fill, in the account's books and in its strategy's.
    #[inline]
    fn post(&mut self, fill: Fill, owner: Owner) {
        let signed = Qty(fill.quantity.0 * fill.side.sign());
        let index = fill.instrument.index();
        let mut booking = self.books.book(index, &self.instruments[index], signed, fill.price, fill.fee);
        if !self.plain {
            let posting = (signed, fill.price, fill.fee);
            booking = self.sub_ledgers.book(owner, index, &self.instruments[index], posting).unwrap_or(booking);
        }
        self.booked = Some(Booked { fill, booking, owner });
    }

    /// Takes a fill back, once; one that was not heard of yet will not be booked when it is. The order stays as it stands:
    /// whether the venue lets the quantity work again, its next report says.
    pub(crate) fn bust(&mut self, fill: Fill) -> Result<(), Anomaly> {
        let order = self.orders.get(fill.order).ok_or(Anomaly::UnknownOrder)?;
        if !fill.is_of(&order.request) {
            return Err(Anomaly::ContradictoryFill);
        }
        if !self.busted.insert((fill.order, fill.fill)) {
            return Err(Anomaly::RepeatedBust);
        }
        if !order.has_fill(fill.fill) {
            return Ok(());
        }
        let (filled, owner) = (order.filled - fill.quantity, order.owner);
        self.post(Fill { side: fill.side.opposite(), fee: -fill.fee, ..fill }, owner);
        self.orders.update(fill.order, self.now, |order| order.filled = filled);
        self.counters.busts += 1;
        Ok(())
    }

    /// Books what the venue closed, once.
    pub(crate) fn book_liquidation(&mut self, fill: Fill) -> Result<(), Anomaly> {
        if self.liquidations.contains(&fill.fill) {
            return Err(Anomaly::RepeatedFill);
        }
        let index = fill.instrument.index();
        if index >= self.instruments.len() || fill.quantity.0 <= 0 || fill.price.0 <= 0 {
            return Err(Anomaly::ContradictoryFill);
        }
        self.liquidations.push(fill.fill);
        self.post(fill, Owner::NONE);
        let signed = Qty(fill.quantity.0 * fill.side.sign());
        self.sub_ledgers.share_out(index, &self.instruments[index], (signed, fill.price, fill.fee));
        self.counters.fills += 1;
        self.counters.liquidations += 1;
        Ok(())
    }
}
