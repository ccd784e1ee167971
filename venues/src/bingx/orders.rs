//! Our orders as far as the venue has spoken of them: what was reported of each, and so what is news.
//!
//! It turns evidence into reports, each once. It never ends an order without the venue's word, and never forgets a fill.
use super::inquiry::Inquiry;
use super::map::fills::Placed;
use crate::Listed;
use engine::event::{Certainty, Fill, Report};
use engine::order::{OrderId, OrderRequest, TimeInForce};
use engine::{Liquidity, Money, OrderKind, Qty, Reason, Side};
use std::collections::{BTreeMap, VecDeque};

/// How many ended orders are remembered, so that a late fill finds its own.
const ENDED_MAX: usize = 4_096;

/// Where an order stands as far as the core was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Sent or waiting to be, and not answered.
    Sent,
    /// The venue has it.
    Open,
    /// An answer was lost, or it is of an earlier session.
    Unknown,
    /// It has ended.
    Ended,
}

/// How an order ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Cancelled,
    Expired,
    Rejected(Reason),
    NotSent,
}

/// One order of ours.
#[derive(Clone, Debug)]
pub(super) struct Tracked {
    /// What was asked, as changed since.
    pub(super) request: OrderRequest,
    /// The place of its instrument in the list.
    pub(super) place: usize,
    pub(super) venue_id: Option<u64>,
    /// How much of it was reported as filled.
    pub(super) filled: Qty,
    /// The value of what this session reported, in price steps times quantity steps, and its fees.
    pub(super) value: i128,
    pub(super) fees: Money,
    /// Whether an earlier session reported fills too, whose value is not known here.
    pub(super) adopted: bool,
    /// Of an earlier session, and nothing was told of it in this one.
    untold: bool,
    pub(super) phase: Phase,
    /// A change whose answer was lost, by its quantity.
    pub(super) amending: Option<Qty>,
    pub(super) inquiry: Option<Inquiry>,
    /// When it was sent by the venue's clock, in milliseconds: its fills are not older.
    pub(super) since_ms: i64,
    pub(super) ended_at: u64,
}

impl Tracked {
    /// An order of which the venue has not spoken yet.
    pub(super) fn new(request: OrderRequest, place: usize, since_ms: i64) -> Self {
        Self {
            request,
            place,
            venue_id: None,
            filled: Qty::ZERO,
            value: 0,
            fees: Money::ZERO,
            adopted: false,
            untold: false,
            phase: Phase::Sent,
            amending: None,
            inquiry: None,
            since_ms,
            ended_at: 0,
        }
    }

    /// An order of an earlier session, of which so much is booked.
    pub(super) fn adopted(request: OrderRequest, place: usize, filled: Qty, since_ms: i64) -> Self {
        let adopted = !filled.is_zero();
        Self { filled, adopted, untold: true, phase: Phase::Unknown, ..Self::new(request, place, since_ms) }
    }

    pub(super) fn is_live(&self) -> bool {
        self.phase != Phase::Ended
    }

    /// What a fill did to the book, where the venue does not say.
    fn liquidity(&self) -> Liquidity {
        let limit = matches!(self.request.kind, OrderKind::Limit { .. } | OrderKind::LimitIfTouched { .. });
        let immediate = self.request.terms.time_in_force != TimeInForce::GoodTilCancelled;
        let gives = self.request.terms.post_only || (limit && !immediate && self.phase == Phase::Open);
        if gives { Liquidity::Maker } else { Liquidity::Taker }
    }

    /// The venue has it. Says so where the core does not know.
    pub(super) fn accept(&mut self, reports: &mut Vec<Report>) {
        if matches!(self.phase, Phase::Sent | Phase::Unknown) {
            (self.phase, self.untold) = (Phase::Open, false);
            reports.push(Report::Accepted { order: self.request.order });
        }
    }

    /// The answer to a command about it was lost, or the venue knows nothing of what an earlier session sent or was about to.
    pub(super) fn lose(&mut self, reports: &mut Vec<Report>) {
        if std::mem::take(&mut self.untold) || matches!(self.phase, Phase::Sent | Phase::Open) {
            self.phase = Phase::Unknown;
            reports.push(Report::Lost { order: self.request.order });
        }
    }

    /// It was changed.
    pub(super) fn amend(&mut self, quantity: Qty, reports: &mut Vec<Report>) {
        self.amending = None;
        if self.is_live() {
            self.phase = Phase::Open;
            self.request.quantity = quantity;
            let price = self.request.kind.price();
            reports.push(Report::Amended { order: self.request.order, quantity, price });
        }
    }

    /// A fill, of which what goes beyond what was reported is news; none where nothing does.
    pub(super) fn fill(&mut self, placed: Placed, listed: &Listed, now: u64, reports: &mut Vec<Report>) {
        let Some(news) = placed.beyond(self.filled) else { return };
        // One that begins beyond what was reported waits for those before it, which the list of fills has.
        if news.end - news.part.quantity != self.filled {
            return;
        }
        let part = news.part;
        let liquidity = part.liquidity.unwrap_or_else(|| self.liquidity());
        self.filled = news.end;
        self.value += engine::measure::product(part.price.0, part.quantity.0);
        self.fees += part.fee;
        if self.phase != Phase::Ended {
            self.phase = Phase::Open;
        }
        reports.push(Report::Filled(Fill {
            order: self.request.order,
            fill: news.id(self.venue_id.unwrap_or_default()),
            instrument: listed.id,
            side: self.request.side,
            price: part.price,
            quantity: part.quantity,
            fee: part.fee,
            liquidity,
            certainty: Certainty::Certain,
            venue_time: part.time,
        }));
        if self.filled >= self.request.quantity {
            self.close(now);
        }
    }

    /// It has ended otherwise than by its last fill.
    pub(super) fn end(&mut self, end: End, now: u64, reports: &mut Vec<Report>) {
        let order = self.request.order;
        if self.is_live() {
            reports.push(match end {
                End::Cancelled => Report::Cancelled { order },
                End::Expired => Report::Expired { order },
                End::Rejected(reason) => Report::Rejected { order, reason },
                End::NotSent => Report::NotSent { order },
            });
            self.close(now);
        }
    }

    fn close(&mut self, now: u64) {
        if self.is_live() {
            (self.phase, self.ended_at) = (Phase::Ended, now);
        }
    }

    pub(super) fn side(&self) -> Side {
        self.request.side
    }
}

/// All orders of ours.
#[derive(Debug, Default)]
pub(super) struct Orders {
    tracked: BTreeMap<OrderId, Tracked>,
    by_venue: BTreeMap<u64, OrderId>,
    ended: VecDeque<OrderId>,
    live: usize,
}

impl Orders {
    /// A new one. An order that is known already stays as it is.
    pub(super) fn insert(&mut self, tracked: Tracked) -> bool {
        let order = tracked.request.order;
        if self.tracked.contains_key(&order) {
            return false;
        }
        self.tracked.insert(order, tracked);
        self.live += 1;
        true
    }

    pub(super) fn get(&self, order: OrderId) -> Option<&Tracked> {
        self.tracked.get(&order)
    }

    pub(super) fn of_venue(&self, id: u64) -> Option<OrderId> {
        self.by_venue.get(&id).copied()
    }

    /// How many can still trade.
    pub(super) fn live(&self) -> usize {
        self.live
    }

    /// Those that can still trade, in the order of their numbers.
    pub(super) fn all_live(&self) -> impl Iterator<Item = (&OrderId, &Tracked)> {
        self.tracked.iter().filter(|(_, tracked)| tracked.is_live())
    }

    /// The last ones that ended since a moment, at most `most`.
    pub(super) fn ended_since(&self, since: u64, most: usize) -> Vec<OrderId> {
        let recent = self.ended.iter().rev().take(most).copied();
        recent.filter(|order| self.tracked.get(order).is_some_and(|it| it.ended_at >= since)).collect()
    }

    /// Learns the venue's id of an order.
    pub(super) fn bind(&mut self, order: OrderId, venue_id: u64) {
        if let Some(tracked) = self.tracked.get_mut(&order) {
            // The first id stays: another one under our client id would be another order.
            if tracked.venue_id.is_none() {
                tracked.venue_id = Some(venue_id);
                self.by_venue.insert(venue_id, order);
            }
        }
    }

    /// Changes an order, and keeps count of what lives.
    pub(super) fn change<T>(&mut self, order: OrderId, change: impl FnOnce(&mut Tracked) -> T) -> Option<T> {
        let tracked = self.tracked.get_mut(&order)?;
        let before = tracked.is_live();
        let result = change(tracked);
        if before && !tracked.is_live() {
            self.live -= 1;
            self.ended.push_back(order);
            self.forget();
        }
        Some(result)
    }

    fn forget(&mut self) {
        while self.ended.len() > ENDED_MAX {
            let oldest = self.ended.pop_front().and_then(|order| self.tracked.remove(&order));
            if let Some(id) = oldest.and_then(|it| it.venue_id) {
                self.by_venue.remove(&id);
            }
        }
    }
}
