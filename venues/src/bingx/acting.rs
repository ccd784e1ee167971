//! Commands: written, sent once, and answered for. An order is never sent a second time.
//!
//! An answer that may hide a success is a lost one. What surely did not happen is said at once.
use super::connector::{BingX, Turn};
use super::errors::Class;
use super::map::order::{Name, Unfit, amend, named};
use super::orders::{End, Phase, Tracked};
use super::outbox::{Job, Limit, Purpose};
use super::wire::envelope::Outcome;
use super::wire::order as wire;
use crate::Method;
use engine::event::Report;
use engine::order::{OrderId, OrderRequest};
use engine::{Action, InstrumentId, OrderKind, Price, Qty, Reason};

const SECOND: u64 = 1_000_000_000;
/// How long a command may wait for the venue's limits: what was decided ten seconds ago is not what is wanted now.
const STALE_NS: u64 = 10 * SECOND;
const ORDER: &str = "/openApi/swap/v2/trade/order";

impl BingX {
    /// A command of the core.
    pub(super) fn act(&mut self, action: &Action, turn: &mut Turn<'_>) {
        match *action {
            Action::Submit(request) => self.submit(request, turn),
            Action::Cancel { order, .. } => self.cancel(order, turn),
            Action::Amend { order, quantity, price, .. } => self.amend(order, quantity, price, turn),
        }
    }

    fn place_of(&self, instrument: InstrumentId) -> Option<usize> {
        self.listed.iter().position(|listed| listed.id == instrument)
    }

    fn submit(&mut self, request: OrderRequest, turn: &mut Turn<'_>) {
        let order = request.order;
        let refused = Report::Rejected { order, reason: Reason::Invalid };
        let Some(place) = self.place_of(request.instrument) else {
            turn.report(refused);
            return turn.note(format!("order {}: its instrument is not listed", order.0));
        };
        if self.orders.get(order).is_some() {
            return turn.note(format!("order {}: it was sent before and is not sent again", order.0));
        }
        let params = self.style.submit(&request, &self.listed[place], &self.ids.id(order), turn.now.wall);
        let params = match params {
            Ok(params) => params,
            Err(unfit) => {
                turn.report(refused);
                return self.unfit(order, unfit, turn);
            }
        };
        self.orders.insert(Tracked::new(request, place, self.clock.milliseconds(turn.now)));
        let mut job = Job::signed(Purpose::Submit(order), Method::Post, ORDER, params, Limit::Place);
        job.adds_risk = true;
        job.stale_at = turn.now.mono_ns.saturating_add(STALE_NS);
        self.send(job, turn);
    }

    fn unfit(&self, order: OrderId, unfit: Unfit, turn: &mut Turn<'_>) {
        turn.note(format!("order {}: not sent: {unfit}", order.0));
    }

    fn cancel(&mut self, order: OrderId, turn: &mut Turn<'_>) {
        // An order that has not left is not sent at all.
        if let Some(job) = self.outbox.withdraw(Purpose::Submit(order)) {
            return self.never_left(&job, "it was cancelled before it left", turn);
        }
        let Some(tracked) = self.orders.get(order).filter(|it| it.is_live()) else {
            return turn.report(Report::ChangeRefused { order, reason: Reason::NoSuchOrder });
        };
        let own = self.ids.id(order);
        let name = tracked.venue_id.map_or(Name::Client(&own), Name::Venue);
        let params = named(name, &self.listed[tracked.place].symbol);
        let mut job = Job::signed(Purpose::Cancel(order), Method::Delete, ORDER, params, Limit::Cancel).urgent();
        job.stale_at = turn.now.mono_ns.saturating_add(3 * STALE_NS);
        self.send(job, turn);
    }

    fn amend(&mut self, order: OrderId, quantity: Qty, price: Option<Price>, turn: &mut Turn<'_>) {
        let Some(tracked) = self.orders.get(order).filter(|it| it.is_live()) else {
            return turn.report(Report::ChangeRefused { order, reason: Reason::NoSuchOrder });
        };
        let before = tracked.request.quantity;
        // The venue changes quantities of limit orders. Another price would be another order under another id.
        let moves = price.is_some() && price != tracked.request.kind.price();
        let listed = &self.listed[tracked.place];
        let own = self.ids.id(order);
        let name = tracked.venue_id.map_or(Name::Client(&own), Name::Venue);
        let params = amend(name, quantity, listed, turn.now.wall);
        let params = match params {
            Ok(params) if !moves && matches!(tracked.request.kind, OrderKind::Limit { .. }) => params,
            _ => {
                turn.report(Report::ChangeRefused { order, reason: Reason::Invalid });
                return turn.note(format!(
                    "order {}: BingX changes the quantity of a limit order, by whole lots, and nothing else: cancel it and \
                     send another",
                    order.0
                ));
            }
        };
        let path = "/openApi/swap/v1/trade/amend";
        let mut job = Job::signed(Purpose::Amend(order, quantity), Method::Post, path, params, Limit::Order);
        job.adds_risk = quantity > before;
        job.stale_at = turn.now.mono_ns.saturating_add(STALE_NS);
        self.send(job, turn);
    }

    /// A command never left.
    pub(super) fn not_sent(&mut self, order: OrderId, purpose: Purpose, words: &str, turn: &mut Turn<'_>) {
        let now = turn.now.mono_ns;
        if matches!(purpose, Purpose::Submit(_)) {
            self.orders.change(order, |it| it.end(End::NotSent, now, &mut turn.reports));
        } else {
            turn.report(Report::NotSent { order });
        }
        turn.note(format!("order {}: a command was not sent: {words}", order.0));
    }

    /// The venue answered a new order.
    pub(super) fn submitted(&mut self, order: OrderId, outcome: &Outcome<'_>, turn: &mut Turn<'_>) {
        match outcome {
            Outcome::Done { data: Some(data), .. } => match wire::order(data) {
                Ok(row) if row.id().is_some() => {
                    let id = row.id().unwrap_or_default();
                    self.orders.bind(order, id);
                    self.orders.change(order, |it| it.accept(&mut turn.reports));
                    if self.strangers.claim(id) {
                        self.inquire(order, 0, turn);
                    }
                    // The stream says what is filled; where it does not, the order is asked about.
                    let at_once = self.orders.get(order).is_some_and(|it| {
                        it.request.kind == OrderKind::Market || it.request.terms.time_in_force.is_immediate()
                    });
                    match (self.private.is_ready(), at_once) {
                        (true, true) => self.inquire(order, SECOND, turn),
                        (false, _) => self.inquire(order, SECOND / 4, turn),
                        (true, false) => {}
                    }
                }
                Ok(_) => self.lost(order, "an answer without an order id", turn),
                Err(words) => self.lost(order, &words, turn),
            },
            Outcome::Done { .. } => self.lost(order, "an answer without data", turn),
            // A leverage that does not suffice has the same code as a repetition, and we never repeat.
            Outcome::Failed { code: Some(101_209), words, .. } => {
                self.refused(order, End::Rejected(Reason::Invalid), words, turn);
            }
            Outcome::Failed { class, words, .. } => match class {
                Class::Refused(reason) => self.refused(order, End::Rejected(*reason), words, turn),
                // Not the order's fault, and surely not done.
                Class::Limited | Class::Clock | Class::Barred | Class::ListenKey => {
                    self.refused(order, End::NotSent, words, turn);
                }
                // Evidence that it was taken: what became of it, the venue is asked.
                Class::Duplicate => self.inquire(order, SECOND / 10, turn),
                Class::NoSuchOrder | Class::Ended | Class::Repeated | Class::Ambiguous => {
                    let known = self.orders.get(order).is_some_and(|it| it.phase != Phase::Sent);
                    // The stream may have told of it already: then nothing is lost.
                    if known { self.inquire(order, 0, turn) } else { self.lost(order, words, turn) }
                }
            },
        }
    }

    fn refused(&mut self, order: OrderId, end: End, words: &str, turn: &mut Turn<'_>) {
        let now = turn.now.mono_ns;
        let spoken = self.orders.get(order).is_some_and(|it| it.phase != Phase::Sent);
        turn.note(format!("order {}: not taken: {words}", order.0));
        // What the stream has told of cannot have been refused: the venue contradicts itself, and is asked.
        if spoken {
            return self.inquire(order, 0, turn);
        }
        self.orders.change(order, |it| it.end(end, now, &mut turn.reports));
    }

    /// The venue answered a cancel.
    pub(super) fn cancelled(&mut self, order: OrderId, outcome: &Outcome<'_>, turn: &mut Turn<'_>) {
        match outcome {
            // Taken. Whether something was filled before, and that it has ended, the order itself says.
            Outcome::Done { data, .. } => match data.map(wire::order) {
                Some(Ok(row)) => {
                    let executed = super::wire::given(&row.executed_qty).is_some();
                    let ended = row.status.is_some_and(|it| it.0.to_ascii_uppercase().starts_with("CANCEL"));
                    if executed && ended { self.evidence(order, &row, turn) } else { self.inquire(order, 0, turn) }
                }
                _ => self.inquire(order, 0, turn),
            },
            Outcome::Failed { class, words, .. } => match class {
                // No evidence about the order itself: it is asked about.
                Class::NoSuchOrder | Class::Ended => {
                    self.change_refused(order, Reason::NoSuchOrder, words, turn);
                    self.inquire(order, 0, turn);
                }
                Class::Refused(reason) => {
                    self.change_refused(order, *reason, words, turn);
                    self.inquire(order, 0, turn);
                }
                Class::Limited | Class::Clock | Class::Barred | Class::ListenKey => {
                    self.not_sent(order, Purpose::Cancel(order), words, turn);
                }
                Class::Duplicate | Class::Repeated | Class::Ambiguous => self.lost(order, words, turn),
            },
        }
    }

    fn change_refused(&mut self, order: OrderId, reason: Reason, words: &str, turn: &mut Turn<'_>) {
        if self.orders.get(order).is_some_and(|it| it.is_live()) {
            turn.report(Report::ChangeRefused { order, reason });
        }
        turn.note(format!("order {}: the change was refused: {words}", order.0));
    }

    /// The venue answered a change.
    pub(super) fn amended(&mut self, order: OrderId, quantity: Qty, outcome: &Outcome<'_>, turn: &mut Turn<'_>) {
        match outcome {
            Outcome::Done { .. } => {
                self.orders.change(order, |it| it.amend(quantity, &mut turn.reports));
            }
            Outcome::Failed { class, words, .. } => match class {
                Class::NoSuchOrder | Class::Ended => {
                    self.change_refused(order, Reason::NoSuchOrder, words, turn);
                    self.inquire(order, 0, turn);
                }
                Class::Refused(reason) => self.change_refused(order, *reason, words, turn),
                Class::Limited | Class::Clock | Class::Barred | Class::ListenKey => {
                    self.not_sent(order, Purpose::Amend(order, quantity), words, turn);
                }
                Class::Duplicate | Class::Repeated | Class::Ambiguous => {
                    self.orders.change(order, |it| it.amending = Some(quantity));
                    self.lost(order, words, turn);
                }
            },
        }
    }
}
