//! What follows from what is known of an order: each report once, fills before the end, and nothing that was not said.
use super::book::Tracked;
use super::connector::Alpaca;
use super::map::status::Status;
use engine::event::{Reason, Report};
use engine::order::OrderId;
use engine::{Price, Qty};

/// What is to be said or done next about an order.
enum Next {
    Nothing,
    Accepted,
    /// So much is the whole now.
    Amended(i64),
    /// The order in the place of the old one was refused, and the old one lives.
    AmendmentFailed,
    /// The old one ended before it could be amended, and this much of it was filled.
    AmendmentMoot(i64),
    /// Something is not known yet.
    Look,
    MissingFills,
    Cancel,
    Ended(Option<Report>),
}

impl Alpaca {
    /// The same of an order and those that went in its message.
    pub(super) fn settle_group(&mut self, order: OrderId) {
        self.group_of(order).into_iter().for_each(|member| self.settle(member));
    }

    /// Says and does what follows, until nothing more does.
    pub(super) fn settle(&mut self, order: OrderId) {
        // Each step changes what the next one sees; there are few of them.
        for _ in 0..8 {
            let Some(tracked) = self.book.get(order).filter(|it| it.is_live() && !it.legs.is_empty()) else { return };
            match next(tracked, order, self.now.mono_ns) {
                Next::Nothing => return,
                Next::Look => return self.look_soon(order),
                Next::MissingFills => return self.want_fills(),
                Next::Cancel => return self.send_cancel(order),
                Next::Accepted => {
                    self.with(order, |tracked| tracked.accepted = true);
                    self.report(Report::Accepted { order });
                }
                Next::Amended(whole) => self.amended(order, whole),
                Next::AmendmentFailed => {
                    self.amend_failed(order, Reason::Invalid, "the venue rejected the order in its place");
                }
                Next::AmendmentMoot(filled) => self.amendment_moot(order, filled),
                Next::Ended(report) => {
                    self.book.end(order);
                    report.into_iter().for_each(|report| self.report(report));
                }
            }
        }
    }

    fn with(&mut self, order: OrderId, change: impl FnOnce(&mut Tracked)) {
        if let Some(tracked) = self.book.get_mut(order) {
            change(tracked);
        }
    }

    fn amended(&mut self, order: OrderId, whole: i64) {
        let Some(tracked) = self.book.get_mut(order) else { return };
        // A fill may have come before the news of the amendment.
        let booked = tracked.is_booked();
        let amendment = tracked.amendment.take();
        // The new one works: so the old one does not, whoever says so first.
        if let Some(it) = &amendment
            && let Some(old) = tracked.leg_mut(&it.old)
        {
            old.take_status("replaced");
            old.replaced_by.clone_from(&it.new);
        }
        let wanted = amendment.as_ref().map_or(whole, |it| it.quantity.0);
        // An amendment of an earlier session may have arrived in place of this one: so the venue's price counts.
        let theirs = tracked.current().and_then(|leg| leg.price).map(Price);
        let request = &mut tracked.request;
        request.quantity = Qty(whole);
        request.kind = request.kind.repriced(theirs.or(amendment.and_then(|it| it.price)));
        let price = request.kind.price();
        tracked.accepted = true;
        tracked.looking.worked();
        if !booked || whole > wanted {
            self.report(Report::Amended { order, quantity: Qty(whole), price });
        }
        if whole > wanted {
            // The old leg filled while the new one was on its way, which knows nothing of that: both together would trade
            // more than was asked.
            self.note(&format!(
                "order {} was filled while it was amended: what is in its place is for too much and is cancelled",
                order.0
            ));
            self.with(order, |tracked| tracked.cancelling = Some(super::book::Cancelling::default()));
        }
    }

    fn amendment_moot(&mut self, order: OrderId, filled: i64) {
        let Some(amendment) = self.book.get_mut(order).and_then(|it| it.amendment.take()) else { return };
        // Where the larger quantity was on its way, the core waits for it; a smaller one is filled.
        if amendment.quantity.0 > filled {
            self.refuse_change(order, Reason::NoSuchOrder, "the order ended before");
        }
    }

    /// An amendment that is known to be done is reported before a fill of what is in its place: afterwards the order may have
    /// ended for the core.
    pub(super) fn settle_amendment(&mut self, order: OrderId) {
        let tracked = self.book.get(order).filter(|it| it.is_live());
        if let Some(Next::Amended(whole)) = tracked.and_then(next_of_amendment) {
            self.amended(order, whole);
        }
    }

    /// Looks at an order again if it is between two states; else it is settled.
    pub(super) fn watch(&mut self, order: OrderId) {
        let Some(tracked) = self.book.get_mut(order).filter(|it| it.is_live()) else { return };
        let replaced = tracked.legs.last().is_some_and(|leg| leg.status == Status::Replaced);
        let changes = tracked.amendment.is_some() || tracked.cancelling.is_some();
        let between = changes || tracked.legs.is_empty() || !tracked.is_whole() || replaced;
        if !between {
            return tracked.looking.worked();
        }
        // A cancel that the venue took and that nothing came of is asked for once more.
        let idle = tracked.current().is_some_and(|leg| leg.word != "pending_cancel" && !leg.status.is_final());
        if idle
            && tracked.looking.failures() >= 2
            && let Some(cancelling) = &mut tracked.cancelling
        {
            cancelling.asked.clear();
        }
        self.look_later(order);
    }
}

/// What follows next from what is known of an order.
fn next(tracked: &Tracked, order: OrderId, now: u64) -> Next {
    if let Some(next) = next_of_amendment(tracked) {
        return next;
    }
    let living = tracked.legs.iter().rev().find(|leg| !leg.status.is_final());
    let Some(living) = living else { return next_of_ended(tracked, order) };
    let lost = tracked.amendment.as_ref().is_some_and(|it| it.lost);
    if !tracked.accepted && !lost {
        return Next::Accepted;
    }
    // The venue changed it by itself: what one exit of a bracket fills, the other loses.
    if tracked.amendment.is_none()
        && tracked.is_whole()
        && let Some(whole) = tracked.whole(living)
        && whole != tracked.request.quantity.0
        && whole > 0
    {
        return Next::Amended(whole);
    }
    match &tracked.cancelling {
        Some(cancelling) if !cancelling.asked.contains(&living.id) && cancelling.not_before <= now => Next::Cancel,
        _ if tracked.missing() > 0 => Next::MissingFills,
        _ => Next::Nothing,
    }
}

fn next_of_amendment(tracked: &Tracked) -> Option<Next> {
    let amendment = tracked.amendment.as_ref()?;
    let old = tracked.leg(&amendment.old)?;
    let new = amendment.new.as_deref().and_then(|new| tracked.leg(new));
    let works = |word: &str| matches!(word, "new" | "partially_filled" | "filled" | "done_for_day");
    match new {
        Some(new) if old.status == Status::Replaced || works(&new.word) || new.own() > 0 => {
            Some(Next::Amended(tracked.whole(new).unwrap_or(amendment.quantity.0)))
        }
        Some(new) if new.status.is_final() && !old.status.is_final() => Some(Next::AmendmentFailed),
        None if old.status == Status::Replaced => Some(Next::Look),
        _ if old.status.is_final() && new.is_none_or(|new| new.status.is_final()) => {
            Some(Next::AmendmentMoot(tracked.filled()))
        }
        _ => None,
    }
}

/// Every leg is final: what the end is, once nothing is missing.
fn next_of_ended(tracked: &Tracked, order: OrderId) -> Next {
    if tracked.legs.last().is_some_and(|leg| leg.status == Status::Replaced) {
        return Next::Look;
    }
    if tracked.missing() > 0 {
        return Next::MissingFills;
    }
    let filled = tracked.legs.iter().any(|leg| leg.status == Status::Filled);
    // What stands in the place of an order that had ended is dead on arrival and not its end.
    let ended = tracked.legs.iter().map(|leg| leg.status).find(|status| *status != Status::Replaced);
    if filled {
        let booked = tracked.booked();
        if booked > 0 && booked < tracked.request.quantity.0 {
            return Next::Amended(booked);
        }
        return Next::Ended(None);
    }
    Next::Ended(Some(match ended {
        Some(Status::Expired) => Report::Expired { order },
        Some(Status::Rejected) => Report::Rejected { order, reason: Reason::Invalid },
        _ => Report::Cancelled { order },
    }))
}
