//! What a strategy wishes, collected during one step.
use crate::event::TimerId;
use crate::instrument::InstrumentId;
use crate::order::{Label, OrderId, OrderKind, Terms};
use crate::remark::Remark;
use crate::sub_ledgers::Owner;
use crate::{Price, Qty, Side, Timestamp};
use alloc::vec::Vec;

/// An order that is wished for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewOrder {
    /// What to trade.
    pub instrument: InstrumentId,
    /// Which way.
    pub side: Side,
    /// How much; above zero.
    pub quantity: Qty,
    /// When and at what price.
    pub kind: OrderKind,
    /// For how long, and what it must never do.
    pub terms: Terms,
    /// The strategy's own name for it.
    pub label: Label,
}

impl NewOrder {
    /// A plain order: good until cancelled.
    #[must_use]
    pub fn new(instrument: InstrumentId, side: Side, quantity: Qty, kind: OrderKind) -> Self {
        Self { instrument, side, quantity, kind, terms: Terms::PLAIN, label: Label::default() }
    }

    /// The other side of the same quantity, of this kind: an exit.
    #[must_use]
    pub fn exit(self, kind: OrderKind) -> Self {
        Self { side: self.side.opposite(), kind, terms: Terms::PLAIN, ..self }
    }
}

/// How an order is tied to the last one of the same step that was not tied to any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Join {
    /// Not at all.
    Alone,
    /// It works once that one fills.
    Attached,
    /// One cancels the other.
    OneCancelsOther,
}

/// One wish. The risk engine weighs it before anything leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intent {
    /// Hold this position: the engine works out the difference, counting what is on its way.
    Target {
        /// Of what.
        instrument: InstrumentId,
        /// The signed position wanted.
        quantity: Qty,
    },
    /// Send this order.
    Submit(NewOrder, Join),
    /// Change an order's total quantity and price.
    Amend {
        /// Which order.
        order: OrderId,
        /// The new total quantity.
        quantity: Qty,
        /// The new price or trigger; `None` keeps it.
        price: Option<Price>,
    },
    /// Take an order back.
    Cancel {
        /// Which order.
        order: OrderId,
    },
    /// Wake the strategy at a time.
    Wake {
        /// The strategy's own number of the timer.
        timer: TimerId,
        /// When; at once if that has passed.
        at: Timestamp,
    },
    /// Put the reason for a decision on record; nothing else comes of it.
    Note {
        /// What it is about.
        instrument: InstrumentId,
        /// The reason.
        remark: Remark,
    },
    /// What follows is wished by this one of several strategies.
    For(Owner),
}

/// Collects what a strategy wants during one step.
#[derive(Debug, Default)]
pub struct Intents(Vec<Intent>);

impl Intents {
    /// Hold `quantity` of `instrument`.
    #[inline]
    pub fn target(&mut self, instrument: InstrumentId, quantity: Qty) {
        self.0.push(Intent::Target { instrument, quantity });
    }

    /// Send a plain order of any kind.
    pub fn submit(&mut self, instrument: InstrumentId, side: Side, quantity: Qty, kind: OrderKind, label: Label) {
        self.order(NewOrder { label, ..NewOrder::new(instrument, side, quantity, kind) });
    }

    /// Send an order.
    pub fn order(&mut self, order: NewOrder) {
        self.0.push(Intent::Submit(order, Join::Alone));
    }

    /// Send an order that begins to work when the last order sent fills, for as much as that one has filled: a stop-loss, a
    /// take-profit. What one attached order fills, the others lose. It only ever reduces.
    pub fn attach(&mut self, order: NewOrder) {
        self.0.push(Intent::Submit(order, Join::Attached));
    }

    /// Send an order of the same size and side as the last order sent: what one fills, the other loses.
    pub fn or(&mut self, order: NewOrder) {
        self.0.push(Intent::Submit(order, Join::OneCancelsOther));
    }

    /// Send an order with a stop-loss and a take-profit for whatever it fills.
    pub fn bracket(&mut self, entry: NewOrder, stop_loss: Price, take_profit: Price) {
        self.order(entry);
        self.attach(entry.exit(OrderKind::Stop { trigger: stop_loss }));
        self.attach(entry.exit(OrderKind::Limit { price: take_profit }));
    }

    /// Change an order's total quantity and price.
    pub fn amend(&mut self, order: OrderId, quantity: Qty, price: Option<Price>) {
        self.0.push(Intent::Amend { order, quantity, price });
    }

    /// Take an order back.
    pub fn cancel(&mut self, order: OrderId) {
        self.0.push(Intent::Cancel { order });
    }

    /// Wake the strategy at `at`, after all candles of that instant.
    pub fn wake(&mut self, timer: TimerId, at: Timestamp) {
        self.0.push(Intent::Wake { timer, at });
    }

    /// Put the reason for a decision on record, before the wish that follows from it.
    pub fn note(&mut self, instrument: InstrumentId, remark: Remark) {
        self.0.push(Intent::Note { instrument, remark });
    }

    /// Collects what one of several strategies wishes, each wish as `translated`; nothing is left of who wishes nothing.
    pub(crate) fn speak_for(
        &mut self,
        owner: Owner,
        translated: impl FnMut(&mut Intent),
        wish: impl FnOnce(&mut Self),
    ) {
        let before = self.0.len();
        self.0.push(Intent::For(owner));
        wish(self);
        if self.0.len() == before + 1 {
            self.0.pop();
        }
        self.0.iter_mut().skip(before + 1).for_each(translated);
    }

    /// What was wished so far, in order.
    #[must_use]
    pub fn as_slice(&self) -> &[Intent] {
        &self.0
    }

    /// Takes out what was wished so far, in order. The place that it was kept in stays, for the next step.
    pub fn drain(&mut self) -> impl Iterator<Item = Intent> + '_ {
        self.0.drain(..)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}
