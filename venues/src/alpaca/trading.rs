//! Commands of the core as requests.
//!
//! An order goes out once. It is never sent a second time, whatever became of the first; what became of it is asked.
use super::book::{Amendment, Cancelling, Stage, Tracked};
use super::connector::{Alpaca, SECOND};
use super::earlier::Earlier;
use super::map::groups::{Role, group};
use super::map::orders::replacement;
use super::outbox::Purpose;
use crate::backoff::Backoff;
use crate::budget::Urgency;
use crate::connector::Method;
use engine::event::{Fill, Reason, Report};
use engine::order::{Link, OrderId, OrderKind, OrderRequest};
use engine::{Action, InstrumentId, Price, Qty, Rng};

impl Alpaca {
    pub(super) fn act(&mut self, actions: &[Action]) {
        for (place, action) in actions.iter().enumerate() {
            match action {
                Action::Submit(request) => match request.link {
                    Link::Alone => {
                        let tied = |other: &Action| match other {
                            Action::Submit(it) if it.link.leader() == Some(request.order) => Some(*it),
                            _ => None,
                        };
                        let others: Vec<OrderRequest> = actions[place + 1..].iter().filter_map(tied).collect();
                        self.submit(request, &others);
                    }
                    Link::Attached(leader) | Link::OneCancelsOther(leader) => {
                        let led = |it: &Action| matches!(it, Action::Submit(it) if it.order == leader);
                        if !actions[..place].iter().any(led) {
                            self.refuse(
                                request.order,
                                "Alpaca takes orders that are tied to another only together with it",
                            );
                        }
                    }
                },
                Action::Amend { order, quantity, price, .. } => self.amend(*order, *quantity, *price),
                Action::Cancel { order, .. } => self.cancel(*order),
            }
        }
    }

    fn submit(&mut self, leader: &OrderRequest, others: &[OrderRequest]) {
        let members: Vec<OrderId> = std::iter::once(leader).chain(others).map(|it| it.order).collect();
        let refuse = |this: &mut Self, why: &str| members.iter().for_each(|order| this.refuse(*order, why));
        let Some(it) = self.symbols.get(leader.instrument) else {
            return refuse(self, "the instrument is not listed here");
        };
        if !self.outbox.has_credentials() {
            return refuse(self, "there is no key to send orders with");
        }
        let tied: Vec<&OrderRequest> = others.iter().collect();
        let group = match group(it, leader, &tied, |order| self.ids.id(order), self.config.hours) {
            Ok(group) => group,
            Err(why) => return refuse(self, why),
        };
        let body = serde_json::to_vec(&group.body).unwrap_or_default();
        let request = (Method::Post, "/v2/orders".to_owned(), body);
        let purpose = (Purpose::Submit(group.parent), Urgency::Routine);
        if !self.outbox.command(self.now, request, purpose, &mut self.out) {
            return refuse(self, "the venue takes no more requests at the moment");
        }
        for request in std::iter::once(leader).chain(others) {
            let parent = group.children.iter().find(|(order, _)| *order == request.order);
            let mut tracked = self.tracked(*request, Stage::Sending);
            tracked.parent = parent.map(|(_, role)| (group.parent, *role));
            if request.order == group.parent {
                tracked.children.clone_from(&group.children);
            }
            self.book.insert(tracked);
        }
    }

    pub(super) fn tracked(&self, request: OrderRequest, stage: Stage) -> Tracked {
        let rng = Rng::stream(self.config.seed ^ request.order.0, "alpaca looking");
        Tracked {
            request,
            stage,
            accepted: false,
            legs: Vec::new(),
            amendment: None,
            cancelling: None,
            amendments: 0,
            parent: None,
            children: Vec::new(),
            earlier: Earlier::default(),
            adopted: false,
            submitted: None,
            looking: Backoff::new(SECOND / 2, 30 * SECOND, rng),
            look_at: None,
        }
    }

    /// An order does not leave: it is refused here, and a note says why.
    pub(super) fn refuse(&mut self, order: OrderId, why: &str) {
        self.note(&format!("order {} is refused: {why}", order.0));
        self.report(Report::Rejected { order, reason: Reason::Invalid });
    }

    pub(super) fn refuse_change(&mut self, order: OrderId, reason: Reason, why: &str) {
        self.note(&format!("a change of order {} is refused: {why}", order.0));
        self.report(Report::ChangeRefused { order, reason });
    }

    fn amend(&mut self, order: OrderId, quantity: Qty, price: Option<Price>) {
        let Some(tracked) = self.book.get(order).filter(|it| it.is_live()) else {
            return self.refuse_change(order, Reason::NoSuchOrder, "it is not open");
        };
        let leg = tracked.current().filter(|leg| !leg.status.is_final());
        let (Some(leg), None, Stage::There) = (leg, &tracked.amendment, tracked.stage) else {
            return self.refuse_change(
                order,
                Reason::Invalid,
                "nothing is known of it yet, or another change is on its way",
            );
        };
        let left = quantity.0.saturating_sub(tracked.booked());
        let Some(it) = self.symbols.get(tracked.request.instrument).filter(|_| left > 0) else {
            return self.refuse_change(order, Reason::Invalid, "so much is filled already");
        };
        // The new order begins with nothing filled, and takes the old one's whole quantity where none is named, also where that
        // is partly filled: github alpacahq/Alpaca-API issue 165. Should the venue count otherwise, the first amendment asks for
        // too little, which is seen, and the next for the whole. An unchanged fraction may not be named at all.
        let wanted = if self.carries { quantity.0 } else { left };
        let named = (leg.filled > 0 || leg.quantity != Some(wanted)).then_some(Qty(wanted));
        let number = tracked.amendments + 1;
        let name = self.ids.leg(order, number);
        let body = serde_json::to_vec(&replacement(it, tracked.request.kind, named, price, name.clone()));
        let old = leg.id.clone();
        let request = (Method::Patch, format!("/v2/orders/{old}"), body.unwrap_or_default());
        if !self.outbox.command(self.now, request, (Purpose::Amend(order), Urgency::Routine), &mut self.out) {
            return self.refuse_change(order, Reason::Invalid, "the venue takes no more requests at the moment");
        }
        if let Some(tracked) = self.book.get_mut(order) {
            tracked.amendments = number;
            tracked.amendment = Some(Amendment { quantity, price, name, number, old, new: None, lost: false });
        }
    }

    fn cancel(&mut self, order: OrderId) {
        let Some(tracked) = self.book.get_mut(order).filter(|it| it.is_live()) else {
            return self.refuse_change(order, Reason::NoSuchOrder, "it is not open");
        };
        // Asked once more, the venue is asked once more.
        tracked.cancelling = Some(Cancelling::default());
        self.send_cancel(order);
    }

    /// Asks the venue to cancel the leg that lives, where that is known and was not asked yet.
    pub(super) fn send_cancel(&mut self, order: OrderId) {
        let Some(tracked) = self.book.get(order) else { return };
        let Some(leg) = tracked.current().filter(|leg| !leg.status.is_final()) else { return };
        let Some(cancelling) = tracked.cancelling.as_ref().filter(|it| !it.asked.contains(&leg.id)) else { return };
        let _ = cancelling;
        let id = leg.id.clone();
        let request = (Method::Delete, format!("/v2/orders/{id}"), Vec::new());
        let purpose = (Purpose::Cancel(order, id.clone()), Urgency::Urgent);
        let sent = self.outbox.command(self.now, request, purpose, &mut self.out);
        let later = self.after(SECOND / 2);
        let Some(tracked) = self.book.get_mut(order) else { return };
        match (&mut tracked.cancelling, sent) {
            (Some(cancelling), true) => cancelling.asked.push(id),
            // Its turn has not come: the order is looked for then, and cancelled.
            _ => tracked.look_at = Some(later),
        }
    }

    /// An order of an earlier session.
    pub(super) fn adopt(&mut self, order: OrderId, action: &Action, filled: Qty) {
        let Action::Submit(request) = action else {
            return self.note(&format!(
                "order {} of an earlier session comes without what was asked: it is not followed",
                order.0
            ));
        };
        let mut tracked = self.tracked(*request, Stage::Unknown);
        (tracked.adopted, tracked.earlier) = (true, Earlier::of(filled));
        match request.link {
            Link::Alone => {}
            Link::Attached(leader) => {
                tracked.parent = Role::of(request.kind).map(|role| (leader, role));
            }
            // The venue knows the pair by the limit order, whichever led.
            Link::OneCancelsOther(leader) if Role::of(request.kind) == Some(Role::StopLoss) => {
                tracked.parent = Some((leader, Role::StopLoss));
            }
            Link::OneCancelsOther(leader) => {
                tracked.children = vec![(leader, Role::StopLoss)];
                if let Some(leader) = self.book.get_mut(leader) {
                    leader.parent = Some((order, Role::StopLoss));
                }
            }
        }
        if let Some((parent, role)) = tracked.parent {
            self.adopt_child(parent, (order, role), request.instrument);
        }
        self.book.insert(tracked);
    }

    /// A fill that an earlier session booked.
    pub(super) fn booked_before(&mut self, fill: &Fill) {
        if let Some(tracked) = self.book.get_mut(fill.order).filter(|it| it.adopted) {
            tracked.earlier.name(fill);
        }
    }

    /// Ties an order of an earlier session to the one that the venue knows its group by, which may have ended: then a place
    /// is kept for it, of which nothing is reported.
    fn adopt_child(&mut self, parent: OrderId, child: (OrderId, Role), instrument: InstrumentId) {
        if self.book.get(parent).is_none() {
            let gone = OrderRequest::plain(parent, instrument, engine::Side::Buy, Qty(1), OrderKind::Market);
            // Whatever it filled was booked then.
            let tracked = Tracked { earlier: Earlier::of(Qty(i64::MAX / 4)), ..self.tracked(gone, Stage::Ended) };
            self.book.insert(tracked);
        }
        if let Some(parent) = self.book.get_mut(parent) {
            parent.children.push(child);
        }
    }
}
