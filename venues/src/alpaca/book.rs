//! Our orders as far as the venue is concerned: which of its orders are behind each, and what is on its way.
//!
//! It knows nothing of money and decides nothing; what follows from what it holds is said elsewhere.
use super::earlier::{Earlier, Known, Telling};
use super::legs::{Booking, Leg};
use super::map::groups::Role;
use crate::backoff::Backoff;
use engine::order::{OrderId, OrderRequest};
use engine::{Price, Qty, Timestamp};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// How many orders that have ended are kept for what may still be said of them.
const ENDED: usize = 20_000;

/// Where an order of ours stands between us and the venue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Sent, and not answered yet.
    Sending,
    /// Nobody knows whether it arrived.
    Unknown,
    /// The venue has it.
    There,
    /// Nothing more is expected of it.
    Ended,
}

/// An amendment on its way.
#[derive(Clone, Debug)]
pub(super) struct Amendment {
    /// The whole quantity that is wanted.
    pub(super) quantity: Qty,
    /// The price that is wanted, where it moves.
    pub(super) price: Option<Price>,
    /// Our name for the order in its place.
    pub(super) name: String,
    /// Its number among the amendments.
    pub(super) number: u32,
    /// The leg that it replaces.
    pub(super) old: String,
    /// The venue's id of the order in its place, once known.
    pub(super) new: Option<String>,
    /// Its answer was lost.
    pub(super) lost: bool,
}

/// A cancel that is wanted.
#[derive(Clone, Debug, Default)]
pub(super) struct Cancelling {
    /// The legs that the venue was asked to cancel and has not refused to.
    pub(super) asked: Vec<String>,
    /// Not to be asked again before this moment of the monotonic clock.
    pub(super) not_before: u64,
}

/// One order of ours.
#[derive(Clone, Debug)]
pub(super) struct Tracked {
    /// What was asked, as amended since.
    pub(super) request: OrderRequest,
    pub(super) stage: Stage,
    /// Whether it was reported as accepted since it was last lost.
    pub(super) accepted: bool,
    /// The venue's orders, oldest first.
    pub(super) legs: Vec<Leg>,
    pub(super) amendment: Option<Amendment>,
    pub(super) cancelling: Option<Cancelling>,
    /// The highest number of an amendment that is taken.
    pub(super) amendments: u32,
    /// The order that the venue knows the group by, where this is another one of it.
    pub(super) parent: Option<(OrderId, Role)>,
    /// The others of the group that the venue knows by this order.
    pub(super) children: Vec<(OrderId, Role)>,
    /// What an earlier session booked.
    pub(super) earlier: Earlier,
    /// From an earlier session, and not found yet.
    pub(super) adopted: bool,
    /// When it was submitted, by the venue's clock.
    pub(super) submitted: Option<Timestamp>,
    /// Waits between looking for it.
    pub(super) looking: Backoff,
    /// When it is to be looked for, on the monotonic clock.
    pub(super) look_at: Option<u64>,
}

impl Tracked {
    /// The leg that counts: the last that lives, else the last that is not dead on arrival.
    pub(super) fn current(&self) -> Option<&Leg> {
        let living = self.legs.iter().rev().find(|leg| !leg.status.is_final());
        living.or_else(|| self.legs.last())
    }

    pub(super) fn leg(&self, id: &str) -> Option<&Leg> {
        self.legs.iter().find(|leg| leg.id == id)
    }

    pub(super) fn leg_mut(&mut self, id: &str) -> Option<&mut Leg> {
        self.legs.iter_mut().find(|leg| leg.id == id)
    }

    /// How much of it is booked, whichever leg filled it.
    pub(super) fn booked(&self) -> i64 {
        self.legs.iter().map(Leg::booked).fold(self.earlier.left, i64::saturating_add)
    }

    /// How much the venue has filled of it, on all legs together.
    pub(super) fn filled(&self) -> i64 {
        self.legs.iter().map(Leg::own).fold(0, i64::saturating_add)
    }

    /// How much the whole order is for, as far as a leg that counts says.
    pub(super) fn whole(&self, leg: &Leg) -> Option<i64> {
        let others = if leg.carried > 0 { 0 } else { self.filled().saturating_sub(leg.own()) };
        leg.quantity.map(|quantity| quantity.saturating_add(others))
    }

    /// The lists of fills were read to their end: whether one of its legs turns out to count what the one before had filled.
    pub(super) fn doubt(&mut self) -> bool {
        if self.missing() == 0 {
            return false;
        }
        let filled: Vec<i64> = self.legs.iter().map(|leg| leg.filled).collect();
        let mut carries = false;
        for (leg, before) in self.legs.iter_mut().skip(1).zip(filled) {
            carries |= leg.doubt(before);
        }
        carries
    }

    /// How much the venue has filled of it and nobody has booked.
    pub(super) fn missing(&self) -> i64 {
        let missing = self.legs.iter().map(Leg::missing).fold(0, i64::saturating_add);
        missing.saturating_sub(self.earlier.left).max(0)
    }

    /// Takes in a fill of a leg: what of it nobody has booked yet.
    pub(super) fn fill(&mut self, leg: &str, told: &Telling) -> Booking {
        let Telling { quantity, price, from, .. } = *told;
        let filled = from.saturating_add(quantity);
        let known = self.earlier.knows(told);
        let booked_before = self.booked();
        let Some(place) = self.legs.iter().position(|it| it.id == leg) else { return Booking::Known };
        let execution = match known {
            Known::Then(id) => id,
            Known::Not | Known::Unclear => told.id.filter(|_| told.streamed),
        };
        let Booking::Book(part) = self.legs[place].fill((quantity, price), filled, execution) else {
            return Booking::Known;
        };
        // What is more than the venue has filled in all was booked then.
        let room = self.filled().saturating_sub(booked_before).clamp(0, part);
        let new = match known {
            Known::Not => part,
            Known::Unclear if self.is_whole() => room,
            Known::Unclear => part,
            Known::Then(_) => 0,
        };
        if new < part {
            self.earlier.told(execution, part - new);
        }
        if new > 0 { Booking::Book(new) } else { Booking::Known }
    }

    /// Whether every leg is known, down to the first.
    pub(super) fn is_whole(&self) -> bool {
        self.legs.first().is_none_or(|leg| leg.follows.is_none())
    }

    /// Whether as much is booked as was asked, so that the order has ended for the core, whatever is on its way.
    pub(super) fn is_booked(&self) -> bool {
        let amended = self.amendment.as_ref().map_or(0, |it| it.quantity.0);
        self.booked() >= self.request.quantity.0.max(amended)
    }

    /// Whether something may still come of it.
    pub(super) fn is_live(&self) -> bool {
        self.stage != Stage::Ended
    }
}

/// All orders of the session.
#[derive(Debug, Default)]
pub(super) struct Book {
    orders: BTreeMap<OrderId, Tracked>,
    live: BTreeSet<OrderId>,
    /// Whose each of the venue's orders is.
    by_leg: BTreeMap<String, OrderId>,
    ended: VecDeque<OrderId>,
}

impl Book {
    pub(super) fn insert(&mut self, tracked: Tracked) {
        let order = tracked.request.order;
        if tracked.is_live() {
            self.live.insert(order);
        }
        self.orders.insert(order, tracked);
    }

    pub(super) fn get(&self, order: OrderId) -> Option<&Tracked> {
        self.orders.get(&order)
    }

    pub(super) fn get_mut(&mut self, order: OrderId) -> Option<&mut Tracked> {
        self.orders.get_mut(&order)
    }

    /// The same, to be changed.
    pub(super) fn live_numbers(&self) -> Vec<OrderId> {
        self.live.iter().copied().collect()
    }

    /// Whose a venue's order is.
    pub(super) fn of_leg(&self, id: &str) -> Option<OrderId> {
        self.by_leg.get(id).copied()
    }

    /// Adds a venue's order to one of ours.
    pub(super) fn add_leg(&mut self, order: OrderId, id: &str, before: Option<&str>) {
        let Some(tracked) = self.orders.get_mut(&order) else { return };
        if self.by_leg.insert(id.into(), order).is_some() {
            return;
        }
        let place = before.and_then(|before| tracked.legs.iter().position(|leg| leg.id == before));
        tracked.legs.insert(place.unwrap_or(tracked.legs.len()), Leg::new(id));
    }

    /// The orders of which something may still come, oldest first.
    pub(super) fn live(&self) -> impl Iterator<Item = (OrderId, &Tracked)> {
        self.live.iter().filter_map(|order| self.orders.get(order).map(|tracked| (*order, tracked)))
    }

    /// Nothing more is expected of an order. It is kept for a while, as a fill may still come.
    pub(super) fn end(&mut self, order: OrderId) {
        let Some(tracked) = self.orders.get_mut(&order).filter(|tracked| tracked.is_live()) else { return };
        (tracked.stage, tracked.amendment, tracked.cancelling) = (Stage::Ended, None, None);
        tracked.look_at = None;
        self.live.remove(&order);
        self.ended.push_back(order);
        if self.ended.len() > ENDED
            && let Some(oldest) = self.ended.pop_front()
            && let Some(gone) = self.orders.remove(&oldest)
        {
            gone.legs.iter().for_each(|leg| {
                self.by_leg.remove(&leg.id);
            });
        }
    }

    /// When the next order is to be looked for.
    pub(super) fn look_at(&self) -> Option<u64> {
        self.live().filter_map(|(_, tracked)| tracked.look_at).min()
    }

    /// The orders that are to be looked for by now.
    pub(super) fn to_look_for(&self, now: u64) -> Vec<OrderId> {
        let due = |tracked: &Tracked| tracked.look_at.is_some_and(|at| at <= now);
        self.live().filter(|(_, tracked)| due(tracked)).map(|(order, _)| order).collect()
    }
}
