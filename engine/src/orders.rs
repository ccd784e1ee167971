//! All orders of a run by number, and what they may still do to each position.
//!
//! Working quantities are kept as sums, so that exposure costs no scan however many orders there were.
use crate::effect::Anomaly;
use crate::instrument::InstrumentId;
use crate::order::{Change, Label, Order, OrderId, OrderRequest, OrderStatus};
use crate::sub_ledgers::Owner;
use crate::{Qty, Side, Timestamp};
use alloc::vec;
use alloc::vec::Vec;

/// What live orders of one instrument may still fill, in full; orders that cannot add to a position are left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Working {
    /// Open buy quantity.
    pub buy: Qty,
    /// Open sell quantity.
    pub sell: Qty,
}

impl Working {
    /// Buys less sells.
    #[must_use]
    pub fn net(self) -> Qty {
        self.buy - self.sell
    }

    fn side(&mut self, side: Side) -> &mut Qty {
        match side {
            Side::Buy => &mut self.buy,
            Side::Sell => &mut self.sell,
        }
    }
}

/// Orders of one stretch of memory. A table that moves when it grows would make each order dearer than the one before; a
/// stretch above 128 KiB would be mapped by the kernel anew each time.
const CHUNK: usize = 1_024;

/// Every order ever submitted in the run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Orders {
    chunks: Vec<Vec<Order>>,
    count: usize,
    live: Vec<Vec<OrderId>>,
    working: Vec<Working>,
    /// The same of each strategy, where there are several: strategy by strategy.
    owned: Vec<Vec<Working>>,
}

impl Orders {
    /// No orders, for a run of so many instruments.
    #[must_use]
    pub fn new(instruments: usize) -> Self {
        Self {
            chunks: Vec::new(),
            count: 0,
            live: vec![Vec::new(); instruments],
            working: vec![Working::default(); instruments],
            owned: Vec::new(),
        }
    }

    /// No orders, for a run of so many instruments that so many strategies trade.
    #[must_use]
    pub fn shared(instruments: usize, owners: usize) -> Self {
        Self { owned: vec![vec![Working::default(); instruments]; owners], ..Self::new(instruments) }
    }

    /// The order of this number.
    #[must_use]
    pub fn get(&self, id: OrderId) -> Option<&Order> {
        let index = usize::try_from(id.0.checked_sub(1)?).ok()?;
        self.chunks.get(index / CHUNK)?.get(index % CHUNK)
    }

    /// All orders in the order of submission.
    pub fn all(&self) -> impl Iterator<Item = &Order> {
        self.chunks.iter().flatten()
    }

    /// Live orders of an instrument, oldest first.
    #[must_use]
    pub fn live(&self, instrument: InstrumentId) -> &[OrderId] {
        &self.live[instrument.index()]
    }

    /// What live orders of an instrument may still fill.
    #[must_use]
    pub fn working(&self, instrument: InstrumentId) -> Working {
        self.working[instrument.index()]
    }

    /// What live orders of a strategy may still fill of an instrument; nothing where there is only one.
    #[must_use]
    pub fn working_of(&self, owner: Owner, instrument: InstrumentId) -> Working {
        let owned = owner.index().and_then(|place| self.owned.get(place));
        owned.map_or_else(Working::default, |working| working[instrument.index()])
    }

    /// The number that the next order will have.
    #[must_use]
    pub fn next_id(&self) -> OrderId {
        OrderId(self.count as u64 + 1)
    }

    #[inline(always)]
    pub(crate) fn open(&mut self, request: OrderRequest, label: Label, owner: Owner, now: Timestamp) {
        assert!(request.order == self.next_id(), "orders are numbered in the order of submission");
        assert!(request.quantity.0 > 0, "an order asks for something");
        let index = request.instrument.index();
        self.live[index].push(request.order);
        let leader = request.link.leader().and_then(|leader| self.get(leader)).map(|leader| leader.request.side);
        let order = Order::new(request, leader, label, owner, now);
        if order.adds_exposure() {
            self.add_working((owner, index), request.side, request.quantity);
        }
        if self.count.is_multiple_of(CHUNK) {
            self.chunks.push(Vec::with_capacity(CHUNK));
        }
        self.count += 1;
        let last = self.chunks.last_mut().expect("a chunk was made for it");
        last.push(order);
    }

    #[inline]
    fn add_working(&mut self, (owner, index): (Owner, usize), side: Side, quantity: Qty) {
        let working = self.working[index].side(side);
        *working = *working + quantity;
        assert!(working.0 >= 0, "no less than nothing is on its way");
        if let Some(owned) = owner.index().and_then(|place| self.owned.get_mut(place)) {
            let working = owned[index].side(side);
            *working = *working + quantity;
        }
    }

    /// Changes the status of an order; an illegal change is named and leaves everything as it was.
    pub(crate) fn change(&mut self, id: OrderId, change: Change, now: Timestamp) -> Result<(), Anomaly> {
        let known = self.get(id).ok_or(Anomaly::UnknownOrder)?;
        let status = known.status.after(change).ok_or(Anomaly::IllegalReport)?;
        let gone = change == Change::Drop && known.status == OrderStatus::PendingAmend;
        self.update(id, now, |order| {
            order.status = status;
            // The amendment that never left leaves the old quantity alone on its way.
            if gone {
                order.set_amending(Qty::ZERO, None);
            }
        });
        Ok(())
    }

    /// Changes an order and keeps the sums true. An order that a change left with nothing to fill has ended.
    pub(crate) fn update(&mut self, id: OrderId, now: Timestamp, change: impl FnOnce(&mut Order)) {
        let index = (id.0 - 1) as usize;
        let order = &mut self.chunks[index / CHUNK][index % CHUNK];
        let (before, was_live) = (order.leaves(), order.status.is_live());
        change(order);
        order.changed_at = now;
        if order.filled.0 > 0 && order.status.is_live() && order.leaves().is_zero() {
            order.status = OrderStatus::Filled;
        }
        let (after, is_live) = (order.leaves(), order.status.is_live());
        let index = order.request.instrument.index();
        if order.adds_exposure() {
            let (owner, side) = (order.owner, order.request.side);
            self.add_working((owner, index), side, after - before);
        }
        if was_live && !is_live {
            self.live[index].retain(|other| *other != id);
        }
    }

    /// Takes over what the venue amended.
    pub(crate) fn amend(
        &mut self,
        id: OrderId,
        quantity: Qty,
        price: Option<crate::Price>,
        now: Timestamp,
    ) -> Result<(), Anomaly> {
        self.change(id, Change::Amend, now)?;
        self.update(id, now, |order| {
            order.request.quantity = quantity;
            order.set_amending(Qty::ZERO, None);
            order.request.kind = order.request.kind.repriced(price);
        });
        Ok(())
    }
}
