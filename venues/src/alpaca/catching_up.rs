//! Catching up: open orders, the orders that are not among them, and the fills that were missed. Only then does the stream
//! of orders count. The same is done now and then while it does: what a stream swallows, it does not tell.
//!
//! A question that fails is asked again; it is never read as "none".
use super::book::{Stage as OrderStage, Tracked};
use super::connector::{Alpaca, SECOND, alive};
use super::map::movements::movement;
use super::map::refusals::{Verdict, verdict};
use super::outbox::{Base, Purpose, encoded};
use super::private::Stage;
use super::timers::Timer;
use super::wire::activity::Activity;
use super::wire::order::Order;
use super::wire::{read, text_of};
use crate::backoff::Backoff;
use crate::happening::{Channel, Happening};
use crate::instant::{instant, instant_text};
use engine::order::OrderId;
use engine::{Rng, Timestamp};
use std::collections::BTreeSet;

/// How many orders the venue lists in a page, and how many activities.
const ORDERS: usize = 500;
const ACTIVITIES: usize = 100;

/// How far before what is known the question begins, in nanoseconds: clocks differ, and lists lag.
const OVERLAP: i64 = 300_000_000_000;

/// How far it is.
#[derive(Debug)]
pub(super) struct CatchingUp {
    /// Whether the stream waits for it.
    active: bool,
    /// Whether the open orders are known.
    orders_known: bool,
    /// Whether the fills were asked for, and whether they are known.
    fills_asked: bool,
    fills_known: bool,
    /// Whether an audit is under way beside a stream that counts.
    auditing: bool,
    /// Orders of ours among the open ones.
    open: BTreeSet<OrderId>,
    /// Orders that were asked for one by one and not answered yet.
    pub(super) pending: BTreeSet<OrderId>,
    /// Fills up to here are known.
    pub(super) since: Timestamp,
    /// The last row of the page before.
    row: Option<String>,
    /// How often an audit found what the stream had not told, in a row.
    swallowed: u32,
    found: bool,
    backoff: Backoff,
    fills_backoff: Backoff,
}

impl CatchingUp {
    pub(super) fn new(seed: u64) -> Self {
        let backoff = |name| Backoff::new(SECOND / 2, 15 * SECOND, Rng::stream(seed, name));
        Self {
            active: false,
            orders_known: false,
            fills_asked: false,
            fills_known: false,
            auditing: false,
            open: BTreeSet::new(),
            pending: BTreeSet::new(),
            since: Timestamp(0),
            row: None,
            swallowed: 0,
            found: false,
            backoff: backoff("alpaca catching up"),
            fills_backoff: backoff("alpaca fills"),
        }
    }

    pub(super) fn stop(&mut self) {
        (self.active, self.auditing) = (false, false);
        (self.orders_known, self.fills_asked, self.fills_known) = (false, false, false);
        self.open.clear();
        self.pending.clear();
    }
}

impl Alpaca {
    /// Begins: the stream is up and does not count yet.
    pub(super) fn catch_up(&mut self) {
        self.catching_up.stop();
        self.catching_up.active = true;
        self.ask_what_is();
    }

    /// The same beside a stream that counts.
    pub(super) fn audit(&mut self) {
        if self.private.stage != Stage::Up {
            return;
        }
        self.timers.set(Timer::Audit, self.after(self.config.audit_ns.max(SECOND)));
        if !self.catching_up.active && !self.outbox.any(|it| matches!(it, Purpose::Open | Purpose::Fills)) {
            self.catching_up.stop();
            (self.catching_up.auditing, self.catching_up.found) = (true, false);
            self.ask_what_is();
        } else if self.catching_up.active && !self.outbox.any(|it| matches!(it, Purpose::Look(..))) {
            self.catch_up();
        }
    }

    fn ask_what_is(&mut self) {
        self.timers.set(Timer::Audit, self.after(self.config.audit_ns.max(SECOND)));
        self.ask_open_orders(None);
    }

    pub(super) fn catch_up_later(&mut self, why: &str) {
        self.note(&format!("orders and fills could not be asked for: {why}"));
        let wait = self.catching_up.backoff.failed();
        self.timers.set(Timer::Audit, self.after(wait));
    }

    fn ask_open_orders(&mut self, after: Option<&str>) {
        let after = after.map(|after| format!("&after={}", encoded(after))).unwrap_or_default();
        // Not nested: an exit is listed whether its entry is open still or not.
        let target = format!("/v2/orders?status=open&limit={ORDERS}&direction=asc{after}");
        if !self.outbox.ask(self.now, (Base::Trading, target), Purpose::Open, &mut self.out) {
            self.catch_up_later("too many questions wait");
        }
    }

    pub(super) fn on_open_orders(&mut self, status: u16, body: &[u8]) {
        let orders: Vec<Order<'_>> = match (verdict(status, body), text_of(body)) {
            (Verdict::Done, Ok(json)) => match read("open orders", json) {
                Ok(orders) => orders,
                Err(error) => return self.catch_up_later(&error.to_string()),
            },
            (Verdict::Barred(words), _) => {
                self.bar(&words);
                return self.catch_up_later(&words);
            }
            (other, _) => return self.catch_up_later(&format!("{other:?}")),
        };
        for theirs in &orders {
            self.open_order(theirs);
        }
        // The bound is exclusive and instants may be shared: a page begins a little before the end of the last.
        let last = orders.last().and_then(|it| it.submitted_at.as_deref()).and_then(|at| instant(at).ok());
        let first = orders.first().and_then(|it| it.submitted_at.as_deref()).and_then(|at| instant(at).ok());
        match last.filter(|last| orders.len() >= ORDERS && Some(*last) != first) {
            Some(last) => self.ask_open_orders(Some(&instant_text(last.after(-1)))),
            None => self.open_orders_are_known(),
        }
    }

    fn open_order(&mut self, theirs: &Order<'_>) {
        let Some(order) = self.owner_of(theirs) else {
            // It may be of a group whose orders the venue has not named yet: then it is listed again.
            if self.waits_for_legs() {
                return;
            }
            if self.strangers.is_new(theirs.id.to_string()) {
                let (side, qty) = (theirs.side.as_deref().unwrap_or_default(), theirs.qty.map_or("", |qty| qty.0));
                let name = theirs.client_order_id.as_deref().unwrap_or(&theirs.id);
                let what = self.clean(&format!("order {name} to {side} {qty} {} is open at the venue", theirs.symbol));
                self.happened(Happening::Foreign(what));
            }
            return;
        };
        self.observe(order, theirs);
        self.settle_group(order);
        let members = self.group_of(order);
        self.catching_up
            .open
            .extend(members.into_iter().filter(|it| self.book.get(*it).is_some_and(|it| !it.legs.is_empty())));
    }

    /// What is not among the open orders is asked for one by one.
    fn open_orders_are_known(&mut self) {
        self.catching_up.orders_known = true;
        self.catching_up.backoff.worked();
        let open = &self.catching_up.open;
        let known =
            |order: &OrderId, it: &Tracked| it.stage == OrderStage::Sending || (open.contains(order) && it.is_whole());
        let missing: Vec<OrderId> =
            self.book.live().filter(|(order, it)| !known(order, it)).map(|(order, _)| order).collect();
        for order in missing {
            if self.look(order) {
                self.catching_up.pending.insert(order);
            }
        }
        self.caught_up();
    }

    /// Fills are missing: they are asked for soon.
    pub(super) fn want_fills(&mut self) {
        if !self.outbox.any(|it| *it == Purpose::Fills) {
            self.timers.set_sooner(Timer::Fills, self.after(SECOND / 5));
        }
    }

    pub(super) fn pull_fills(&mut self) {
        self.timers.unset(Timer::Fills);
        if self.outbox.any(|it| *it == Purpose::Fills) {
            return;
        }
        self.catching_up.row = None;
        self.ask_fills();
    }

    fn ask_fills(&mut self) {
        let oldest = self.book.live().filter(|(_, it)| it.missing() > 0).filter_map(|(_, it)| it.submitted).min();
        let from = oldest.unwrap_or(self.catching_up.since).min(self.catching_up.since).after(-OVERLAP);
        let page =
            self.catching_up.row.as_deref().map(|row| format!("&page_token={}", encoded(row))).unwrap_or_default();
        let after = encoded(&instant_text(from));
        let target = format!("/v2/account/activities/FILL?after={after}&direction=asc&page_size={ACTIVITIES}{page}");
        if !self.outbox.ask(self.now, (Base::Trading, target), Purpose::Fills, &mut self.out) {
            self.catch_up_later("too many questions wait");
        }
    }

    pub(super) fn on_fills(&mut self, status: u16, body: &[u8]) {
        let rows: Vec<Activity<'_>> = match (verdict(status, body), text_of(body)) {
            (Verdict::Done, Ok(json)) => match read("activities", json) {
                Ok(rows) => rows,
                Err(error) => return self.catch_up_later(&error.to_string()),
            },
            (other, _) => return self.catch_up_later(&format!("{other:?}")),
        };
        for row in rows.iter().filter(|row| row.activity_type.is_empty() || row.activity_type == "FILL") {
            let new = self.on_fill(row);
            self.catching_up.found |= new;
            let order = row.order_id.as_deref().and_then(|leg| self.book.of_leg(leg));
            order.into_iter().for_each(|order| self.settle_group(order));
        }
        let last = rows.last().map(|row| row.id.to_string());
        // Only an empty page is the end; one that ends where the last did would go on for ever.
        if last.is_some() && last != self.catching_up.row {
            self.catching_up.row = last;
            return self.ask_fills();
        }
        self.catching_up.fills_known = true;
        for order in self.book.live_numbers() {
            if self.book.get_mut(order).is_some_and(super::book::Tracked::doubt) {
                self.carries = true;
                self.settle(order);
            }
        }
        let missing = self.book.live().any(|(_, it)| it.missing() > 0);
        if missing {
            let wait = self.catching_up.fills_backoff.failed();
            self.timers.set(Timer::Fills, self.after(SECOND / 5 + wait));
        } else {
            self.catching_up.fills_backoff.worked();
            self.catching_up.since = self.now.wall;
        }
        self.caught_up();
    }

    /// Says so once everything that was missed is known.
    pub(super) fn caught_up(&mut self) {
        let it = &mut self.catching_up;
        if !it.orders_known || !it.pending.is_empty() {
            return;
        }
        // Fills come last: by then it is known whose each of the venue's orders is.
        if !std::mem::replace(&mut it.fills_asked, true) {
            return self.pull_fills();
        }
        if !it.fills_known || self.private.stage != Stage::Up || self.book.live().any(|(_, order)| order.missing() > 0)
        {
            return;
        }
        if std::mem::take(&mut self.catching_up.active) {
            self.happened(Happening::Ready(Channel::Orders));
        } else if std::mem::take(&mut self.catching_up.auditing) {
            self.audited();
        }
    }

    /// A stream that does not tell what the lists tell is opened again: once may be a race, twice is none.
    fn audited(&mut self) {
        self.catching_up.swallowed = if self.catching_up.found { self.catching_up.swallowed + 1 } else { 0 };
        if self.catching_up.found {
            self.note("an audit found a fill that the stream had not told");
        }
        if self.catching_up.swallowed >= 2 {
            self.catching_up.swallowed = 0;
            self.private_lost("it swallows fills");
        } else {
            self.happened(alive(Channel::Orders));
        }
    }

    pub(super) fn pull_movements(&mut self) {
        self.timers.set(Timer::Movements, self.after(600 * SECOND));
        // Fees on crypto are charged at the end of a day and dated by it.
        let from = encoded(&instant_text(Timestamp(self.began.day() * engine::Interval::DAY.0).after(-1)));
        let target = format!("/v2/account/activities?after={from}&direction=desc&page_size={ACTIVITIES}");
        self.outbox.ask(self.now, (Base::Trading, target), Purpose::Movements, &mut self.out);
    }

    pub(super) fn on_movements(&mut self, status: u16, body: &[u8]) {
        let json = match (verdict(status, body), text_of(body)) {
            (Verdict::Done, Ok(json)) => json,
            (other, _) => return self.note_once(&format!("what money moved could not be asked for: {other:?}")),
        };
        let rows: Vec<Activity<'_>> = match read("activities", json) {
            Ok(rows) => rows,
            Err(error) => return self.note_once(&error.to_string()),
        };
        for row in rows.iter().rev().filter(|row| row.activity_type != "FILL") {
            if !self.movements.is_new(row.id.to_string()) {
                continue;
            }
            match movement(row, &self.symbols) {
                Ok(movement) => self.happened(Happening::Cash(movement)),
                Err(error) => self.note(&format!("an activity {} cannot be told: {error}", row.id)),
            }
        }
    }
}
