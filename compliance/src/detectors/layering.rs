//! Layering and spoofing: much more stood on one side than we meant to trade on the other, and after a fill there it went.
//!
//! What we meant to trade is what was filled lately and what still works on the side of the fill: a maker that quotes both
//! sides alike is no spoofer. What was put back on the same side has not gone: a maker that moves its quotes is none either. So
//! it is judged when the time for a withdrawal is over.
use crate::alert::{Detector, FillRef};
use crate::flow::{Detect, Message, OwnFill, Sent, Sight, Suspicion, pct, reaches, total};
use crate::watch_config::LayeringLimits;
use engine::{InstrumentId, Order, OrderId, OrderStatus, Owner, Price, Qty, Side, Timestamp, View};
use std::collections::{BTreeSet, VecDeque};

/// What stood against a fill.
#[derive(Debug)]
struct Layers {
    until: Timestamp,
    fill: FillRef,
    side: Side,
    levels: usize,
    owners: Vec<Owner>,
    /// Orders that still stand, with what was left of them at the fill.
    standing: Vec<(OrderId, Qty)>,
    withdrawn: Vec<OrderId>,
    withdrawn_quantity: i128,
    /// What was sent anew on that side since.
    replaced: i128,
    whole: i128,
    genuine: i128,
}

#[derive(Debug, Default)]
struct Book {
    fills: VecDeque<OwnFill>,
    layers: Vec<Layers>,
}

#[derive(Debug)]
pub(super) struct Layering {
    limits: LayeringLimits,
    books: Vec<Book>,
    /// The first instant after which something is judged.
    due: Timestamp,
}

impl Layering {
    pub(super) fn new(limits: LayeringLimits, instruments: usize) -> Self {
        Self { limits, books: (0..instruments).map(|_| Book::default()).collect(), due: Timestamp::MAX }
    }

    /// Whether so much on so many levels is more than what we meant to trade explains.
    fn looms(&self, layers: &Layers) -> bool {
        let pct = if layers.levels >= self.limits.levels_min { self.limits.layers_pct } else { self.limits.spoof_pct };
        layers.whole > 0 && reaches(layers.whole, pct.min(self.limits.spoof_pct), layers.genuine)
    }

    fn judge(&mut self, sight: Sight<'_>, out: &mut Vec<Suspicion>, is_over: impl Fn(&Layers) -> bool) {
        let limits = self.limits;
        self.due = Timestamp::MAX;
        for (place, book) in self.books.iter_mut().enumerate() {
            let id = InstrumentId(u32::try_from(place).unwrap_or(u32::MAX));
            for layers in book.layers.extract_if(.., |layers| is_over(layers)) {
                let gone = layers.withdrawn_quantity - layers.replaced;
                if gone > 0 && reaches(gone, limits.cancelled_pct, layers.whole) {
                    out.push(suspicion(id, &layers, limits, sight));
                }
            }
            self.due = book.layers.iter().map(|layers| layers.until).fold(self.due, Timestamp::min);
        }
    }
}

/// Whether an order stands in the book for others to see.
fn waits(order: &Order) -> bool {
    order.request.kind.limit().is_some() && !order.request.kind.sleeps()
}

impl Detect for Layering {
    fn fill(&mut self, fill: &OwnFill, sight: Sight<'_>, _out: &mut Vec<Suspicion>) {
        let window = self.limits.window_ns;
        let book = &mut self.books[fill.instrument.index()];
        book.fills.retain(|other| other.time.0.saturating_add(window) >= fill.time.0);
        book.fills.push_back(*fill);
        let layers = stand_against(fill, &book.fills, sight, window);
        if self.looms(&layers) {
            self.due = self.due.min(layers.until);
            self.books[fill.instrument.index()].layers.push(layers);
        }
    }

    fn sent(&mut self, sent: Sent<'_>, sight: Sight<'_>, _out: &mut Vec<Suspicion>) {
        let request = &sent.order.request;
        let standing = self.books[request.instrument.index()].layers.iter_mut().filter(|it| sight.now <= it.until);
        for layers in standing {
            if matches!(sent.message, Message::Submit) {
                let replaces = request.side == layers.side && waits(sent.order);
                layers.replaced += if replaces { i128::from(request.quantity.0) } else { 0 };
            } else if withdraws(sent) {
                let place = layers.standing.iter().position(|(order, _)| *order == request.order);
                let Some((order, quantity)) = place.map(|place| layers.standing.remove(place)) else { continue };
                layers.withdrawn.push(order);
                layers.withdrawn_quantity += i128::from(quantity.0);
            }
        }
    }

    fn time(&mut self, sight: Sight<'_>, out: &mut Vec<Suspicion>) {
        if sight.now > self.due {
            self.judge(sight, out, |layers| sight.now > layers.until);
        }
    }

    fn finish(&mut self, sight: Sight<'_>, out: &mut Vec<Suspicion>) {
        self.judge(sight, out, |_| true);
    }
}

/// What of ours waits on the other side of a fill, and what we meant to trade.
fn stand_against(fill: &OwnFill, fills: &VecDeque<OwnFill>, sight: Sight<'_>, window_ns: i64) -> Layers {
    let side = fill.side.opposite();
    let standing = |order: &&Order| waits(order) && order.request.side == side && !order.terms().reduce_only;
    let live = || View::new(sight.state).live_orders(fill.instrument);
    let against: Vec<&Order> = live().filter(|o| o.status != OrderStatus::PendingCancel).filter(standing).collect();
    let prices: BTreeSet<Option<Price>> = against.iter().map(|order| order.request.kind.limit()).collect();
    let still: i128 = live().filter(|o| o.request.side == fill.side).map(|order| i128::from(order.leaves().0)).sum();
    let owners = against.iter().map(|order| order.owner).chain([fill.owner]).collect();
    Layers {
        until: sight.now.after(window_ns),
        fill: fill.reference(),
        side,
        levels: prices.len(),
        owners,
        whole: against.iter().map(|order| i128::from(order.leaves().0)).sum(),
        standing: against.iter().map(|order| (order.request.order, order.leaves())).collect(),
        withdrawn: Vec::new(),
        withdrawn_quantity: 0,
        replaced: 0,
        genuine: still + total(fills.iter().filter(|other| other.side == fill.side)),
    }
}

/// Whether a message takes an order away from the market: a cancel, or an amendment to less or to a price further off.
fn withdraws(sent: Sent<'_>) -> bool {
    let request = &sent.order.request;
    match sent.message {
        Message::Submit => false,
        Message::Cancel => true,
        Message::Amend { quantity, price } => {
            let further = price.zip(request.kind.limit()).is_some_and(|(to, from)| match request.side {
                Side::Buy => to < from,
                Side::Sell => to > from,
            });
            further || quantity < request.quantity
        }
    }
}

fn suspicion(id: InstrumentId, layers: &Layers, limits: LayeringLimits, sight: Sight<'_>) -> Suspicion {
    let finding = format!(
        "{} to {} stood on {} levels against a fill of ours, {} % of the {} that we meant to trade; {} % of it had gone {} ms \
         later (from {} levels and {} %, or {} %, and {} % gone on it counts)",
        sight.quantity_text(id, layers.whole),
        layers.side.name(),
        layers.levels,
        pct(layers.whole, layers.genuine),
        sight.quantity_text(id, layers.genuine),
        pct(layers.withdrawn_quantity - layers.replaced, layers.whole),
        limits.window_ns / 1_000_000,
        limits.levels_min,
        limits.layers_pct,
        limits.spoof_pct,
        limits.cancelled_pct,
    );
    Suspicion {
        detector: Detector::Layering,
        instrument: id,
        owners: layers.owners.clone(),
        orders: layers.withdrawn.clone(),
        fills: vec![layers.fill],
        finding,
    }
}
