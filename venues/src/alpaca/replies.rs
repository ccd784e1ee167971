//! What the venue answers to orders, changes and cancels, and what follows where it does not answer.
use super::book::Stage;
use super::connector::{Alpaca, SECOND};
use super::map::refusals::{Verdict, verdict};
use super::wire::order::{Order, Part};
use super::wire::{read, text_of};
use crate::connector::LinkFailure;
use crate::numbers::steps;
use crate::text::shown;
use engine::event::{Reason, Report};
use engine::order::OrderId;

/// How many refusals of one answer are told each.
const TOLD: usize = 20;

impl Alpaca {
    pub(super) fn on_submitted(&mut self, order: OrderId, status: u16, body: &[u8]) {
        match verdict(status, body) {
            Verdict::Done => match text_of(body).and_then(|json| read::<Order<'_>>("an order", json)) {
                Ok(theirs) => {
                    self.observe(order, &theirs);
                    self.settle_group(order);
                    self.hear_early();
                }
                Err(error) => self.submit_is_unclear(order, &error.to_string()),
            },
            Verdict::Refused(reason, words) => self.submit_refused(order, reason, &words),
            Verdict::Limited(words) => self.submit_refused(order, Reason::Invalid, &words),
            Verdict::Barred(words) => {
                self.submit_refused(order, Reason::Invalid, &words);
                self.bar(&words);
            }
            // One of this name is there: ours, from a message that was thought lost.
            Verdict::Duplicate(words) => {
                self.note(&format!("order {}: {words}; it is looked for", order.0));
                self.set_unknown(order, 0);
            }
            Verdict::Ambiguous(words) => self.submit_is_unclear(order, &words),
        }
    }

    pub(super) fn on_submit_unanswered(&mut self, order: OrderId, failure: LinkFailure) {
        match failure {
            LinkFailure::Lost => self.submit_is_unclear(order, "no answer"),
            LinkFailure::NotSent | LinkFailure::Killed => {
                for member in self.group_of(order) {
                    if self.book.get(member).is_some_and(|it| it.legs.is_empty() && it.is_live()) {
                        self.book.end(member);
                        self.report(Report::NotSent { order: member });
                    }
                }
            }
        }
    }

    /// An order and those that went in its message.
    pub(super) fn group_of(&self, order: OrderId) -> Vec<OrderId> {
        let children = self.book.get(order).map(|it| it.children.as_slice()).unwrap_or_default();
        std::iter::once(order).chain(children.iter().map(|(child, _)| *child)).collect()
    }

    fn submit_refused(&mut self, order: OrderId, reason: Reason, words: &str) {
        self.note(&format!("order {} is refused: {words}", order.0));
        for member in self.group_of(order) {
            match self.book.get(member) {
                // The stream knows better: it told of the order.
                Some(tracked) if !tracked.legs.is_empty() => self.look_soon(member),
                Some(tracked) if tracked.is_live() => {
                    self.book.end(member);
                    self.report(Report::Rejected { order: member, reason });
                }
                _ => {}
            }
        }
    }

    /// The venue may have the order or not. Where the stream told of it already, that is known.
    fn submit_is_unclear(&mut self, order: OrderId, why: &str) {
        self.note(&format!("what became of order {} is not known: {why}", order.0));
        for member in self.group_of(order) {
            let there = self.book.get(member).is_none_or(|it| !it.legs.is_empty() || !it.is_live());
            if there {
                self.look_soon(member);
            } else {
                self.report(Report::Lost { order: member });
                self.set_unknown(member, SECOND / 4);
            }
        }
    }

    fn set_unknown(&mut self, order: OrderId, look_in: u64) {
        let at = self.after(look_in);
        if let Some(tracked) = self.book.get_mut(order).filter(|it| it.legs.is_empty() && it.is_live()) {
            (tracked.stage, tracked.accepted, tracked.look_at) = (Stage::Unknown, false, Some(at));
        }
    }

    pub(super) fn on_amended(&mut self, order: OrderId, status: u16, body: &[u8]) {
        match verdict(status, body) {
            Verdict::Done => match text_of(body).and_then(|json| read::<Order<'_>>("an order", json)) {
                Ok(theirs) => {
                    self.observe(order, &theirs);
                    self.count_carried(order, &theirs);
                    self.settle(order);
                    self.look_in(order, 2 * SECOND);
                }
                Err(error) => self.amend_is_unclear(order, &error.to_string()),
            },
            Verdict::Refused(reason, words) => self.amend_failed(order, reason, &words),
            // Such a name was taken by an earlier session: the next attempt has the next one.
            Verdict::Duplicate(words) | Verdict::Limited(words) => self.amend_failed(order, Reason::Invalid, &words),
            Verdict::Barred(words) => {
                self.amend_failed(order, Reason::Invalid, &words);
                self.bar(&words);
            }
            Verdict::Ambiguous(words) => self.amend_is_unclear(order, &words),
        }
    }

    /// What was only just put in the place of another has filled nothing yet: what the venue counts to it is the other's.
    pub(super) fn count_carried(&mut self, order: OrderId, theirs: &Order<'_>) {
        let scale = self.scale_of(order);
        let filled = theirs.filled_qty.and_then(|filled| steps(filled.0, scale).ok()).unwrap_or(0);
        let leg = self.book.get_mut(order).and_then(|it| it.leg_mut(&theirs.id));
        if let Some(leg) = leg.filter(|leg| filled > 0 && theirs.replaces.is_some() && leg.carried == 0) {
            leg.carry(filled);
            self.carries = true;
        }
    }

    pub(super) fn on_amend_unanswered(&mut self, order: OrderId, failure: LinkFailure) {
        match failure {
            LinkFailure::Lost => self.amend_is_unclear(order, "no answer"),
            LinkFailure::NotSent | LinkFailure::Killed => {
                if self.take_amendment(order) {
                    self.report(Report::NotSent { order });
                    self.settle(order);
                }
            }
        }
    }

    /// An amendment is over: whether there was one.
    fn take_amendment(&mut self, order: OrderId) -> bool {
        let tracked = self.book.get_mut(order).filter(|it| it.is_live());
        let Some((tracked, old)) = tracked.and_then(|it| it.amendment.take().map(|amendment| (it, amendment.old)))
        else {
            return false;
        };
        // A cancel of the old leg that was put off is asked for again.
        if let Some(cancelling) = &mut tracked.cancelling {
            cancelling.asked.retain(|asked| *asked != old);
        }
        true
    }

    /// The venue has not amended an order, for certain.
    pub(super) fn amend_failed(&mut self, order: OrderId, reason: Reason, words: &str) {
        let amendment = self.book.get(order).and_then(|it| it.amendment.clone());
        if !self.take_amendment(order) {
            return;
        }
        let was_lost = amendment.as_ref().is_some_and(|it| it.lost);
        // What was to stand in its place never will.
        if let (Some(new), Some(tracked)) = (amendment.and_then(|it| it.new), self.book.get_mut(order))
            && let Some(leg) = tracked.leg_mut(&new)
        {
            leg.take_status("rejected");
        }
        self.refuse_change(order, reason, words);
        if was_lost && let Some(tracked) = self.book.get_mut(order) {
            tracked.accepted = false; // the core does not know it as working any more
        }
        self.settle(order);
        self.look_soon(order);
    }

    fn amend_is_unclear(&mut self, order: OrderId, why: &str) {
        let Some(tracked) = self.book.get_mut(order).filter(|it| it.is_live()) else { return };
        let booked = tracked.is_booked();
        let Some(amendment) = tracked.amendment.as_mut().filter(|it| it.new.is_none()) else { return };
        amendment.lost = true;
        self.note(&format!("whether order {} is amended is not known: {why}", order.0));
        if !booked {
            self.report(Report::Lost { order });
        }
        self.look_in(order, SECOND / 4);
    }

    pub(super) fn on_cancelled(&mut self, order: OrderId, leg: &str, status: u16, body: &[u8]) {
        match verdict(status, body) {
            // Asked for, no more: the stream says what comes of it, or the order is looked at.
            Verdict::Done => self.look_in(order, 3 * SECOND),
            Verdict::Refused(reason, words) => self.cancel_refused(order, reason, &words),
            Verdict::Duplicate(words) => self.cancel_refused(order, Reason::Invalid, &words),
            Verdict::Barred(words) => {
                self.cancel_refused(order, Reason::Invalid, &words);
                self.bar(&words);
            }
            Verdict::Limited(_) | Verdict::Ambiguous(_) => self.on_cancel_unanswered(order, leg),
        }
    }

    /// A cancel may be sent again, as nothing comes of it twice: after a look at the order.
    pub(super) fn on_cancel_unanswered(&mut self, order: OrderId, leg: &str) {
        let not_before = self.after(SECOND / 2);
        if let Some(tracked) = self.book.get_mut(order)
            && let Some(cancelling) = &mut tracked.cancelling
        {
            cancelling.asked.retain(|asked| asked != leg);
            cancelling.not_before = not_before;
        }
        self.look_later(order);
    }

    /// A refusal says nothing of the order itself: so it is looked at.
    fn cancel_refused(&mut self, order: OrderId, reason: Reason, words: &str) {
        let Some(tracked) = self.book.get_mut(order).filter(|it| it.is_live()) else { return };
        // While an amendment is on its way the old leg cannot be cancelled; the one in its place is.
        if tracked.amendment.is_none() {
            tracked.cancelling = None;
            // Of one that is filled nobody waits for it any more.
            if !tracked.is_booked() {
                self.refuse_change(order, reason, words);
            }
        }
        self.look_soon(order);
    }

    /// Cancels that the driver asked for, each of an order that may be anybody's.
    pub(super) fn on_cancelled_one(&mut self, status: u16, body: &[u8]) {
        if status == 207 {
            let parts: Vec<Part<'_>> =
                text_of(body).and_then(|json| read("what became of each", json)).unwrap_or_default();
            let refused: Vec<&Part<'_>> = parts.iter().filter(|part| !part.is_done()).collect();
            for part in refused.iter().take(TOLD) {
                let (id, why) = (part.id.as_deref().unwrap_or_default(), part.body.map_or("", |body| body.get()));
                self.note(&format!("order {id} at the venue is not cancelled: {}", shown(why)));
            }
            if refused.len() > TOLD {
                self.note(&format!("{} more orders at the venue are not cancelled", refused.len() - TOLD));
            }
        } else if let Verdict::Refused(_, words) | Verdict::Ambiguous(words) = verdict(status, body) {
            self.note(&format!("an order at the venue is not cancelled: {words}"));
        }
    }
}
