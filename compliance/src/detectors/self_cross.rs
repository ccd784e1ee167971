//! Self-cross: an order goes out that would trade with one of our own that works on the other side.
//!
//! Both name a limit. A market order names none, and nobody here knows the best price of the moment: where it did meet an order of
//! ours, the two fills are a wash. Orders that sleep, wait for their leader, or were asked back already meet nothing.
use crate::alert::Detector;
use crate::flow::{Detect, Message, Sent, Sight, Suspicion};
use engine::{Link, Order, OrderStatus, Price, Side, View};

#[derive(Debug)]
pub(super) struct SelfCross;

impl Detect for SelfCross {
    fn sent(&mut self, sent: Sent<'_>, sight: Sight<'_>, out: &mut Vec<Suspicion>) {
        let price = match sent.message {
            Message::Cancel => return,
            Message::Amend { price, .. } => price.or(sent.order.request.kind.limit()),
            Message::Submit => sent.order.request.kind.limit(),
        };
        let order = sent.order;
        let Some(price) = price.filter(|_| works(order, sight)) else { return };
        let (id, side) = (order.request.instrument, order.request.side);
        let view = View::new(sight.state);
        let crossed = view.live_orders(id).find(|other| {
            let waits = other.request.side != side && works(other, sight);
            waits && other.request.kind.limit().is_some_and(|limit| crosses(side, price, limit))
        });
        if let Some(other) = crossed {
            let limit = other.request.kind.limit().unwrap_or_default();
            let finding = format!(
                "order {} would {} up to {}, order {} of ours waits on the other side at {}: they may not meet",
                order.request.order.0,
                side.name(),
                sight.price_text(id, price),
                other.request.order.0,
                sight.price_text(id, limit),
            );
            out.push(Suspicion {
                detector: Detector::SelfCross,
                instrument: id,
                owners: vec![order.owner, other.owner],
                orders: vec![order.request.order, other.request.order],
                fills: Vec::new(),
                finding,
            });
        }
    }
}

/// Whether it can trade now: awake, not asked back, and not waiting for the order that it is attached to.
fn works(order: &Order, sight: Sight<'_>) -> bool {
    let led = match order.link() {
        Link::Attached(leader) => sight.state.orders.get(leader).is_some_and(|leader| leader.filled.0 > 0),
        Link::Alone | Link::OneCancelsOther(_) => true,
    };
    led && !order.request.kind.sleeps() && order.status != OrderStatus::PendingCancel
}

fn crosses(side: Side, price: Price, limit: Price) -> bool {
    match side {
        Side::Buy => price >= limit,
        Side::Sell => price <= limit,
    }
}
