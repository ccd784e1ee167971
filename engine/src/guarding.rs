//! What the core does of its own accord when the watch turns trading down: it takes orders back, and closes positions.
use crate::effect::{Effect, Refusal};
use crate::event::{Event, MarketEvent, Report};
use crate::instrument::InstrumentId;
use crate::order::{Label, Link, Order, OrderId, OrderKind, OrderStatus, Terms};
use crate::risk::{Check, Proposal, Response};
use crate::step::Core;
use crate::strategy::Strategy;
use crate::sub_ledgers::Owner;
use crate::view::View;
use crate::{Qty, Side};
use alloc::vec::Vec;

/// The label of an exit that no strategy asked for.
pub const EXIT: Label = Label(u32::MAX);

impl<S: Strategy> Core<S> {
    /// Lets the watch look at what happened, and does what follows. Not inlined: a run without limits is not to carry it.
    #[inline(never)]
    pub(crate) fn observe(&mut self, event: &Event, may_act: bool, effects: &mut Vec<Effect>) {
        match event {
            Event::Market(MarketEvent::Candle(candle)) => self.state.observe_candle(candle, may_act, effects),
            // News of an order that is no fill, in an instant that has begun: nothing is worth any more or less.
            Event::Report(_) if self.state.booked.is_none() && !self.is_woken_by_news() => {}
            other => self.respond(other, effects),
        }
    }

    /// Whether news of an order leads to anything: at a new instant, or while positions are closed.
    fn is_woken_by_news(&self) -> bool {
        self.state.risk.as_ref().is_some_and(|risk| risk.is_closing() || risk.seen < self.state.now)
    }

    #[inline(never)]
    fn respond(&mut self, event: &Event, effects: &mut Vec<Effect>) {
        match self.state.observe_other(event, effects) {
            Response::Nothing => {}
            Response::CancelAdding => self.take_back(Order::adds_exposure, effects),
            Response::CancelAll => self.take_back(|_| true, effects),
        }
        if self.state.risk.as_ref().is_some_and(|risk| risk.is_closing()) {
            self.close_positions(event, effects);
        }
    }

    /// Asks for the cancellation of live orders, once each.
    fn take_back(&mut self, which: impl Fn(&Order) -> bool, effects: &mut Vec<Effect>) {
        let orders = &self.state.orders;
        let live = (0..self.state.instruments.len()).flat_map(|index| orders.live(InstrumentId(index as u32)));
        let live = live.filter_map(|id| orders.get(*id));
        let live = live.filter(|order| order.status != OrderStatus::PendingCancel && which(order));
        let all: Vec<(OrderId, InstrumentId, Owner)> =
            live.map(|order| (order.request.order, order.request.instrument, order.owner)).collect();
        for (order, instrument, owner) in all {
            self.weigh(owner, Proposal::Cancel { order, instrument }, effects);
        }
    }

    /// Closes what an emergency stop has to close, as far as no order of ours could do it twice. What still works on its
    /// side is waited for; then the rest follows.
    fn close_positions(&mut self, event: &Event, effects: &mut Vec<Effect>) {
        // Anything but news of an order changes nothing here.
        if matches!(event, Event::Report(Report::Accepted { .. }) | Event::Cash(_)) {
            return;
        }
        for index in 0..self.state.instruments.len() {
            let id = InstrumentId(index as u32);
            if self.state.risk.as_ref().is_none_or(|risk| !risk.is_closing_one(id)) {
                continue;
            }
            let position = self.state.books.position(index).quantity;
            let working = self.state.orders.working(id);
            let (side, on_its_way) = if position.0 > 0 { (Side::Sell, working.sell) } else { (Side::Buy, working.buy) };
            let missing = Qty(position.0.abs() - on_its_way.0);
            let done = position.is_zero() && self.state.orders.live(id).is_empty();
            let closed = done || (missing.0 > 0 && !self.close(id, (side, missing), effects));
            if closed && let Some(risk) = &mut self.state.risk {
                risk.closed(id);
            }
        }
    }

    /// Sends an exit; whether it could be sent. Where it could not, the refusal is on the tape and a person has to do it.
    fn close(&mut self, instrument: InstrumentId, (side, quantity): (Side, Qty), effects: &mut Vec<Effect>) -> bool {
        let kind = OrderKind::Market;
        let (terms, link, label) = (Terms::PLAIN, Link::Alone, EXIT);
        let proposal = Proposal::Submit { instrument, side, quantity, kind, terms, link, label };
        match self.risk.review_exit(proposal, View::new(&self.state)) {
            Ok(approved) => {
                effects.push(Effect::Send(self.route(Owner::NONE, approved)));
                true
            }
            // An order of which we know nothing: the venue's word about it comes first.
            Err(Refusal { check: Check::UnknownOrder, .. }) => true,
            Err(refusal) => {
                effects.push(Effect::Refused(refusal));
                false
            }
        }
    }

    /// Something is sent.
    #[inline(never)]
    pub(crate) fn count_message(&mut self, is_new: bool) {
        let now = self.state.now;
        if let Some(risk) = &mut self.state.risk {
            risk.sent(now, is_new);
        }
    }

    /// What follows from a refusal beside the refusal.
    #[cold]
    pub(crate) fn note_refusal(&mut self, owner: Owner, refusal: Refusal, effects: &mut Vec<Effect>) {
        let Some(risk) = &mut self.state.risk else { return };
        if refusal.check == Check::RepeatedOrder && risk.owner(owner).state == crate::TradingState::Active {
            risk.disable(owner, Refusal { instrument: InstrumentId::ACCOUNT, ..refusal }, effects);
        }
    }
}
