//! Quote stuffing: a burst of messages in one instrument that nearly nothing was filled of.
use crate::alert::Detector;
use crate::flow::{Detect, OwnFill, Sent, Sight, Suspicion, reaches};
use crate::watch_config::QuoteStuffingLimits;
use engine::{OrderId, Owner, Timestamp};
use std::collections::VecDeque;

#[derive(Debug, Default)]
struct Burst {
    messages: VecDeque<(Timestamp, OrderId, Owner)>,
    fills: VecDeque<Timestamp>,
}

#[derive(Debug)]
pub(super) struct QuoteStuffing {
    limits: QuoteStuffingLimits,
    bursts: Vec<Burst>,
}

impl QuoteStuffing {
    pub(super) fn new(limits: QuoteStuffingLimits, instruments: usize) -> Self {
        Self { limits, bursts: (0..instruments).map(|_| Burst::default()).collect() }
    }
}

impl Detect for QuoteStuffing {
    fn fill(&mut self, fill: &OwnFill, sight: Sight<'_>, _out: &mut Vec<Suspicion>) {
        let fills = &mut self.bursts[fill.instrument.index()].fills;
        let from = sight.now.after(-self.limits.window_ns);
        fills.retain(|time| *time >= from);
        fills.push_back(sight.now);
    }

    fn sent(&mut self, sent: Sent<'_>, sight: Sight<'_>, out: &mut Vec<Suspicion>) {
        let (limits, id) = (self.limits, sent.order.request.instrument);
        let burst = &mut self.bursts[id.index()];
        let from = sight.now.after(-limits.window_ns);
        while burst.messages.front().is_some_and(|(time, ..)| *time < from) {
            burst.messages.pop_front();
        }
        burst.messages.push_back((sight.now, sent.order.request.order, sent.order.owner));
        if burst.messages.len() < limits.messages_min {
            return;
        }
        burst.fills.retain(|time| *time >= from);
        let (messages, fills) = (burst.messages.len(), burst.fills.len());
        if reaches(fills as i128, limits.fills_pct, messages as i128) {
            return;
        }
        let finding = format!(
            "{messages} messages and {fills} fills within {} ms: from {} messages on with fewer fills than {} % of them it \
             counts",
            limits.window_ns / 1_000_000,
            limits.messages_min,
            limits.fills_pct,
        );
        out.push(Suspicion {
            detector: Detector::QuoteStuffing,
            instrument: id,
            owners: burst.messages.iter().map(|(_, _, owner)| *owner).collect(),
            orders: burst.messages.iter().map(|(_, order, _)| *order).collect(),
            fills: Vec::new(),
            finding,
        });
        burst.messages.clear();
    }
}
