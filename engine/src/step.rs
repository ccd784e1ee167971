//! The core: apply, decide, review, route. No clock, no I/O, no randomness of its own.
//!
//! `step` cannot fail: what cannot be done is refused, and the refusal is an effect.
use crate::effect::{Command, Effect, Refusal};
use crate::event::Entry;
use crate::instrument::InstrumentId;
use crate::intent::{Intent, Intents, Join, NewOrder};
use crate::order::{Change, Link, Order, OrderId, OrderKind, OrderRequest};
use crate::risk::{Approved, Check, Proposal, RiskEngine};
use crate::state::State;
use crate::strategy::Strategy;
use crate::sub_ledgers::Owner;
use crate::view::View;
use crate::{OrderStatus, Price, Qty, Side};
use alloc::vec::Vec;

/// State, strategy and risk engine of one run.
#[derive(Debug)]
pub struct Core<S> {
    pub(crate) state: State,
    strategy: S,
    pub(crate) risk: RiskEngine,
    intents: Intents,
}

impl<S: Strategy> Core<S> {
    /// A core at rest.
    #[must_use]
    pub fn new(state: State, strategy: S, risk: RiskEngine) -> Self {
        Self { state, strategy, risk, intents: Intents::default() }
    }

    /// What the core knows.
    #[must_use]
    #[inline]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// What the core knows, for good: the run is over.
    #[must_use]
    pub fn into_state(self) -> State {
        self.state
    }

    /// One step: what happened, and what is to be done about it.
    #[inline]
    pub fn step(&mut self, entry: &Entry, effects: &mut Vec<Effect>) {
        let may_act = self.apply(entry, effects);
        if !may_act && entry.event.is_internal() {
            return;
        }
        self.strategy.decide(&entry.event, View::new(&self.state), &mut self.intents);
        if !may_act {
            self.intents.clear();
        }
        if let [Intent::Target { instrument, quantity }] = *self.intents.as_slice() {
            // What most candles come to: one wish, and mostly to hold what is held.
            self.intents.clear();
            self.target(Owner::NONE, instrument, quantity, effects);
        } else if !self.intents.is_empty() {
            let mut intents = core::mem::take(&mut self.intents); // keeps its buffer: no allocation per step
            self.act(&mut intents, effects);
            self.intents = intents;
        }
    }

    /// First half of a step: what happened. Whether the strategy may act on it.
    ///
    /// Where the run has limits the watch looks at it too, and what it turns down is taken back at once.
    #[inline]
    pub fn apply(&mut self, entry: &Entry, effects: &mut Vec<Effect>) -> bool {
        let may_act = self.state.apply(entry.time, &entry.event, effects);
        if self.state.risk.is_some() {
            self.observe(&entry.event, may_act, effects);
        }
        may_act
    }

    /// Second half of a step: what is to be done about it. A trainer calls the halves itself.
    pub fn act(&mut self, intents: &mut Intents, effects: &mut Vec<Effect>) {
        // Whose the intents are, and the order that the next one may be tied to; gone once it was refused.
        // With the quantity that was wished of it: a limit may have cut it down.
        let (mut owner, mut leader) = (Owner::NONE, None);
        for intent in intents.as_slice() {
            match *intent {
                Intent::Wake { timer, at } => effects.push(Effect::Arm { timer, at }),
                Intent::Note { instrument, remark } => effects.push(Effect::Noted { instrument, remark }),
                Intent::Target { instrument, quantity } => self.target(owner, instrument, quantity, effects),
                Intent::Submit(order, Join::Alone) => {
                    leader = self.submit(owner, order, Link::Alone, effects).map(|id| (id, order.quantity));
                }
                Intent::Submit(order, join) => self.join(owner, order, (join, leader), effects),
                Intent::Amend { order, quantity, price } => self.amend(owner, order, (quantity, price), effects),
                Intent::Cancel { order } => self.cancel(owner, order, effects),
                Intent::For(next) => {
                    (owner, leader) = (next, None);
                    leave_out_idle(effects);
                    effects.push(Effect::For(owner));
                }
            }
        }
        if owner != Owner::NONE {
            leave_out_idle(effects);
        }
        intents.clear();
    }

    /// Marks the account a last time, when there will be no more events.
    pub fn finish(&mut self) {
        self.state.close_instant();
    }

    #[inline]
    fn target(&mut self, owner: Owner, instrument: InstrumentId, quantity: Qty, effects: &mut Vec<Effect>) {
        let missing = quantity - self.state.exposure_of(owner, instrument);
        if !missing.is_zero() {
            let (side, quantity) = (Side::of(missing), missing.abs());
            self.submit(owner, NewOrder::new(instrument, side, quantity, OrderKind::Market), Link::Alone, effects);
        }
    }

    /// Sends an order if it passes review; its number then.
    #[inline]
    fn submit(&mut self, owner: Owner, order: NewOrder, link: Link, effects: &mut Vec<Effect>) -> Option<OrderId> {
        let NewOrder { instrument, side, quantity, kind, terms, label } = order;
        let next = self.state.orders.next_id();
        let proposal = Proposal::Submit { instrument, side, quantity, kind, terms, link, label };
        self.weigh(owner, proposal, effects).then_some(next)
    }

    /// Sends an order that is tied to another one. Where that was refused, so is this: it has nothing to follow.
    #[inline(never)]
    fn join(
        &mut self,
        owner: Owner,
        mut order: NewOrder,
        (join, leader): (Join, Option<(OrderId, Qty)>),
        effects: &mut Vec<Effect>,
    ) {
        let Some((leader, wished)) = leader else {
            let refusal = Refusal { instrument: order.instrument, check: Check::Link, limit: 0, value: 0 };
            effects.push(Effect::Refused(refusal));
            return;
        };
        let link = match join {
            Join::Alone => Link::Alone,
            Join::Attached => Link::Attached(leader),
            Join::OneCancelsOther => Link::OneCancelsOther(leader),
        };
        order.terms.reduce_only |= join == Join::Attached;
        // Where the leader was cut down to a limit, those that follow it are too.
        if let Some(sent) = self.state.orders.get(leader).map(|leader| leader.request.quantity).filter(|q| *q < wished)
        {
            order.quantity = order.quantity.min(sent);
        }
        self.submit(owner, order, link, effects);
    }

    #[inline(never)]
    fn amend(&mut self, owner: Owner, id: OrderId, (quantity, price): (Qty, Option<Price>), effects: &mut Vec<Effect>) {
        match self.changeable(owner, id) {
            Some(order) => {
                let (request, terms, link) = (order.request, order.terms(), order.link());
                let added = Qty((quantity.0.saturating_sub(order.filled.0).saturating_sub(order.leaves().0)).max(0));
                let kind = request.kind.repriced(price);
                let (instrument, side) = (request.instrument, request.side);
                let order = id;
                let proposal = Proposal::Amend { order, instrument, side, quantity, added, kind, terms, link, price };
                self.weigh(owner, proposal, effects);
            }
            None => effects.push(self.no_such_order(id)),
        }
    }

    #[inline(never)]
    fn cancel(&mut self, owner: Owner, id: OrderId, effects: &mut Vec<Effect>) {
        match View::new(&self.state).of(owner).order(id).filter(|order| order.status.is_live()) {
            Some(order) => {
                let instrument = order.request.instrument;
                self.weigh(owner, Proposal::Cancel { order: id, instrument }, effects);
            }
            None => effects.push(self.no_such_order(id)),
        }
    }

    /// The order, if it may be amended now: one change at a time, and nothing on an order we know nothing about.
    fn changeable(&self, owner: Owner, id: OrderId) -> Option<&Order> {
        let own = View::new(&self.state).of(owner).order(id);
        own.filter(|order| matches!(order.status, OrderStatus::Submitted | OrderStatus::Working))
    }

    fn no_such_order(&self, id: OrderId) -> Effect {
        let instrument = self.state.orders.get(id).map_or(InstrumentId(0), |order| order.request.instrument);
        Effect::Refused(Refusal { instrument, check: Check::NoSuchOrder, limit: 0, value: i128::from(id.0) })
    }

    /// Review, then route at once: the next intent must see this one as on its way. Whether it passed.
    pub(crate) fn weigh(&mut self, owner: Owner, proposal: Proposal, effects: &mut Vec<Effect>) -> bool {
        let known = proposal.instrument().index() < self.state.instruments.len();
        assert!(known, "a strategy trades only instruments of its run");
        match self.risk.review(proposal, owner, View::new(&self.state), effects) {
            Ok(approved) => {
                effects.push(Effect::Send(self.route(owner, approved)));
                true
            }
            Err(refusal) => {
                effects.push(Effect::Refused(refusal));
                self.note_refusal(owner, refusal, effects);
                false
            }
        }
    }

    #[inline(always)]
    pub(crate) fn route(&mut self, owner: Owner, approved: Approved) -> Command {
        let next = self.state.orders.next_id();
        let now = self.state.now;
        if self.state.risk.is_some() {
            self.count_message(matches!(approved.proposal(), Proposal::Submit { .. }));
        }
        let orders = &mut self.state.orders;
        match *approved.proposal() {
            Proposal::Submit { instrument, side, quantity, kind, terms, link, label } => {
                // Not read back from the command: what was written a moment ago is not there yet to be read whole.
                let request = OrderRequest { order: next, instrument, side, quantity, kind, terms, link };
                orders.open(request, label, owner, now);
                self.state.counters.submits += 1;
                Command::new(approved, next)
            }
            Proposal::Amend { order, quantity, price, .. } => {
                orders.change(order, Change::AskAmend, now).expect("only a changeable order is amended");
                orders.update(order, now, |order| order.set_amending(quantity, price));
                Command::new(approved, order)
            }
            Proposal::Cancel { order, .. } => {
                orders.change(order, Change::AskCancel, now).expect("only a live order is cancelled");
                Command::new(approved, order)
            }
        }
    }
}

/// Whose decision led to nothing has not decided.
#[inline]
fn leave_out_idle(effects: &mut Vec<Effect>) {
    if let Some(Effect::For(_)) = effects.last() {
        effects.pop();
    }
}
