//! What the venue says of an order, taken in; and looking for orders of which too little is known.
use super::book::Stage;
use super::connector::{Alpaca, SECOND};
use super::map::groups::Role;
use super::map::refusals::{Verdict, verdict};
use super::map::status::Status;
use super::outbox::{Base, Named, Purpose, encoded};
use super::wire::order::Order;
use super::wire::{read, text_of};
use crate::instant::instant;
use crate::numbers::Number;
use engine::event::Report;
use engine::order::OrderId;

impl Alpaca {
    /// Whose order it is: known by the venue's id, by our name, or by the one in whose place it stands.
    pub(super) fn owner_of(&self, theirs: &Order<'_>) -> Option<OrderId> {
        let named = || {
            let (order, _) = self.ids.order_and_leg(theirs.client_order_id.as_deref()?)?;
            self.book.get(order).map(|_| order)
        };
        let replaced = || theirs.replaces.as_deref().and_then(|id| self.book.of_leg(id));
        self.book.of_leg(&theirs.id).or_else(named).or_else(replaced)
    }

    /// Takes in what the venue says of an order, and of those that it lists under it. Nothing is reported yet.
    pub(super) fn observe(&mut self, order: OrderId, theirs: &Order<'_>) {
        let scale = self.scale_of(order);
        let steps =
            |number: Option<Number<'_>>| number.map(|number| crate::numbers::steps(number.0, scale)).transpose();
        let (quantity, filled) = match (steps(theirs.qty), steps(theirs.filled_qty)) {
            (Ok(quantity), Ok(filled)) => (quantity, filled),
            (Err(error), _) | (_, Err(error)) => {
                return self.note_once(&format!("order {} as the venue has it cannot be counted: {error}", order.0));
            }
        };
        let price = theirs.limit_price.or(theirs.stop_price);
        let price = price.and_then(|price| crate::numbers::steps(price.0, self.price_scale_of(order)).ok());
        self.book.add_leg(order, &theirs.id, theirs.replaced_by.as_deref());
        let named = theirs.client_order_id.as_deref().and_then(|id| self.ids.order_and_leg(id));
        let Some(tracked) = self.book.get_mut(order) else { return };
        let Some(leg) = tracked.leg_mut(&theirs.id) else { return };
        leg.quantity = quantity.or(leg.quantity);
        leg.price = price.or(leg.price);
        leg.filled = leg.filled.max(filled.unwrap_or(0));
        leg.take_status(&theirs.status);
        if let Some(by) = theirs.replaced_by.as_deref() {
            leg.replaced_by = Some(by.into());
        }
        if let Some(follows) = theirs.replaces.as_deref() {
            leg.follows = Some(follows.into());
        }
        if let Some((_, number)) = named {
            tracked.amendments = tracked.amendments.max(number);
        }
        if let Some(amendment) = &mut tracked.amendment {
            let replaces = theirs.replaces.as_deref() == Some(amendment.old.as_str());
            if replaces || named == Some((order, amendment.number)) {
                amendment.new = Some(theirs.id.to_string());
            }
        }
        if tracked.stage != Stage::Ended {
            tracked.stage = Stage::There;
        }
        tracked.adopted = false;
        tracked.submitted =
            tracked.submitted.or_else(|| theirs.submitted_at.as_deref().and_then(|at| instant(at).ok()));
        self.observe_legs(order, theirs);
    }

    /// The others of a group are known by what they are: the venue names them itself.
    fn observe_legs(&mut self, order: OrderId, theirs: &Order<'_>) {
        let Some(legs) = theirs.legs.as_ref().filter(|legs| !legs.is_empty()) else { return };
        let children = self.book.get(order).map(|it| it.children.clone()).unwrap_or_default();
        for leg in legs {
            let role = Role::named(leg.kind());
            let by_role = || children.iter().find(|(_, of)| Some(*of) == role).map(|(child, _)| *child);
            if let Some(child) = self.owner_of(leg).or_else(by_role) {
                self.observe(child, leg);
            }
        }
    }

    pub(super) fn scale_of(&self, order: OrderId) -> u8 {
        let of = self.book.get(order).and_then(|it| self.symbols.get(it.request.instrument));
        of.map_or(0, |it| it.instrument.qty_scale)
    }

    fn price_scale_of(&self, order: OrderId) -> u8 {
        let of = self.book.get(order).and_then(|it| self.symbols.get(it.request.instrument));
        of.map_or(0, |it| it.instrument.price_scale)
    }

    pub(super) fn look_soon(&mut self, order: OrderId) {
        self.look_in(order, SECOND / 10);
    }

    /// Looks at an order after a while, if nobody looks sooner.
    pub(super) fn look_in(&mut self, order: OrderId, ns: u64) {
        let at = self.after(ns);
        if let Some(tracked) = self.book.get_mut(order).filter(|it| it.is_live()) {
            tracked.look_at = Some(tracked.look_at.map_or(at, |sooner| sooner.min(at)));
        }
    }

    /// Looks at an order again, later each time.
    pub(super) fn look_later(&mut self, order: OrderId) {
        let now = self.now.mono_ns;
        if let Some(tracked) = self.book.get_mut(order).filter(|it| it.is_live()) {
            let at = now.saturating_add(SECOND / 10).saturating_add(tracked.looking.failed());
            tracked.look_at = Some(at);
        }
    }

    /// Asks the venue about an order, in the way that can tell most; `false` where that is somebody else's to do.
    pub(super) fn look(&mut self, order: OrderId) -> bool {
        if let Some(tracked) = self.book.get_mut(order) {
            tracked.look_at = None;
        }
        if self.outbox.looks_for(order) {
            return true;
        }
        let nameless = |of: &OrderId| self.book.get(*of).is_some_and(|it| it.parent.is_some() && it.legs.is_empty());
        let asked = |other: &OrderId| *other != order && nameless(other) && self.outbox.looks_for(*other);
        // One question finds all exits of an entry.
        if nameless(&order) && self.family_of(order).iter().any(asked) {
            return false;
        }
        let Some((target, named)) = self.where_to_look(order) else { return false };
        if !self.outbox.ask(self.now, (Base::Trading, target), Purpose::Look(order, named), &mut self.out) {
            self.look_later(order);
        }
        true
    }

    /// An order and those that are found with it: the others of its group, where the venue has not named it yet.
    fn family_of(&self, order: OrderId) -> Vec<OrderId> {
        let Some(tracked) = self.book.get(order) else { return Vec::new() };
        match tracked.parent {
            Some((parent, _)) if tracked.legs.is_empty() => self.group_of(parent),
            _ => self.group_of(order),
        }
    }

    fn where_to_look(&self, order: OrderId) -> Option<(String, Named)> {
        let tracked = self.book.get(order)?;
        let by_name =
            |name: &str| (format!("/v2/orders:by_client_order_id?client_order_id={}", encoded(name)), Named::ByUs);
        let by_id = |id: &str| (format!("/v2/orders/{}?nested=true", encoded(id)), Named::ByVenue);
        // The name of an order that may be in the place of another; in turns with the old one, which may tell too.
        if let Some(amendment) = tracked.amendment.as_ref().filter(|it| it.lost && it.new.is_none()) {
            let odd = tracked.looking.failures() % 2 == 1;
            return Some(if odd { by_id(&amendment.old) } else { by_name(&amendment.name) });
        }
        // What an earlier session amended: those before tell what they filled. In turns with the one that counts.
        let first = tracked.legs.first().and_then(|leg| leg.follows.as_deref());
        if let Some(id) = first.filter(|_| tracked.looking.failures() % 3 != 2) {
            return Some(by_id(id));
        }
        let replaced = tracked.legs.last().filter(|leg| leg.status == Status::Replaced);
        if let Some(leg) = replaced {
            return Some(by_id(leg.replaced_by.as_deref().unwrap_or(&leg.id)));
        }
        if let Some(leg) = tracked.current() {
            return Some(by_id(&leg.id));
        }
        let Some((parent, _)) = tracked.parent else { return Some(by_name(&self.ids.id(order))) };
        match self.book.get(parent) {
            // Whoever looks for that one finds this one too.
            Some(parent) if parent.is_live() && parent.legs.is_empty() => None,
            Some(parent) if !parent.legs.is_empty() => parent.legs.first().map(|leg| by_id(&leg.id)),
            _ => Some(by_name(&self.ids.id(parent))),
        }
    }

    pub(super) fn on_looked(&mut self, order: OrderId, named: Named, status: u16, body: &[u8]) {
        self.catching_up.pending.remove(&order);
        match verdict(status, body) {
            Verdict::Done => match text_of(body).and_then(|json| read::<Order<'_>>("an order", json)) {
                Ok(theirs) => self.found(order, &theirs),
                Err(error) => {
                    self.note_once(&error.to_string());
                    self.catching_up.pending.insert(order);
                    self.look_later(order);
                }
            },
            Verdict::Refused(_, words) if status == 404 => self.not_found(order, named, &words),
            Verdict::Barred(words) => {
                self.bar(&words);
                self.look_later(order);
            }
            _ => {
                // No answer to the question: whoever waits for it waits on.
                self.catching_up.pending.insert(order);
                self.look_later(order);
            }
        }
        self.caught_up();
    }

    fn found(&mut self, order: OrderId, theirs: &Order<'_>) {
        // Of a group the order that the venue knows by our name may have been asked for in place of another one.
        let owner = self.owner_of(theirs).unwrap_or(order);
        self.observe(owner, theirs);
        self.settle_group(owner);
        if owner != order {
            self.settle(order);
        }
        let members = self.group_of(owner);
        let unknown = |this: &Self, of: OrderId| this.book.get(of).is_some_and(|it| it.is_live() && it.legs.is_empty());
        for member in &members {
            // With the venue's id of a group its other orders can be asked for: by way of the one that it has our name for.
            if unknown(self, *member) && theirs.legs.is_none() {
                let parent_lives = self.book.get(owner).is_some_and(super::book::Tracked::is_live);
                self.look_soon(if parent_lives { owner } else { *member });
            } else {
                self.watch(*member);
            }
        }
        if !members.contains(&order) {
            self.watch(order);
        }
        self.hear_early();
    }

    /// The venue has no such order: no proof that it never will, nor that it never had. So it is asked again.
    fn not_found(&mut self, order: OrderId, named: Named, words: &str) {
        let Some(attempts) = self.book.get(order).filter(|it| it.is_live()).map(|it| it.looking.failures()) else {
            return;
        };
        // What an earlier session sent, or was about to send: with an order those that went in its message.
        for member in self.family_of(order) {
            let adopted = self.book.get_mut(member).filter(|it| it.is_live() && it.legs.is_empty());
            if adopted.is_some_and(|it| std::mem::take(&mut it.adopted)) {
                self.report(Report::Lost { order: member });
            }
        }
        if named == Named::ByUs && attempts == 8 {
            self.note(&format!(
                "the venue still knows nothing of order {} ({words}): that is no proof, and the order counts as unknown until \
                 the venue or a person decides",
                order.0
            ));
        }
        self.look_later(order);
    }
}
