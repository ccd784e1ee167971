//! Order-to-trade ratio: messages for each fill, of one owner in one instrument over a day (UTC), judged when the day is over.
use crate::alert::Detector;
use crate::flow::{Detect, OwnFill, Sent, Sight, Suspicion};
use crate::watch_config::OrderToTradeLimits;
use engine::{InstrumentId, OrderId, Owner};
use std::collections::BTreeMap;

/// What one owner did in one instrument today.
#[derive(Clone, Copy, Debug)]
struct Day {
    messages: u64,
    fills: u64,
    first: OrderId,
    last: OrderId,
}

#[derive(Debug)]
pub(super) struct OrderToTrade {
    limits: OrderToTradeLimits,
    day: i64,
    counts: BTreeMap<(InstrumentId, Owner), Day>,
}

impl OrderToTrade {
    pub(super) fn new(limits: OrderToTradeLimits) -> Self {
        Self { limits, day: i64::MIN, counts: BTreeMap::new() }
    }

    fn judge(&mut self, out: &mut Vec<Suspicion>) {
        let limits = self.limits;
        for ((instrument, owner), day) in std::mem::take(&mut self.counts) {
            let Day { messages, fills, first, last } = day;
            if messages < limits.messages_min || messages <= limits.ratio_max.saturating_mul(fills.max(1)) {
                continue;
            }
            let finding = format!(
                "{messages} messages for {fills} fills over a day, orders {} to {}: above {} for a fill it counts, from {} \
                 messages on",
                first.0, last.0, limits.ratio_max, limits.messages_min,
            );
            let (owners, orders) = (vec![owner], vec![first, last]);
            let detector = Detector::OrderToTrade;
            out.push(Suspicion { detector, instrument, owners, orders, fills: Vec::new(), finding });
        }
    }
}

impl Detect for OrderToTrade {
    fn time(&mut self, sight: Sight<'_>, out: &mut Vec<Suspicion>) {
        if sight.now.day() != self.day {
            self.judge(out);
            self.day = sight.now.day();
        }
    }

    fn fill(&mut self, fill: &OwnFill, _sight: Sight<'_>, _out: &mut Vec<Suspicion>) {
        let fresh = Day { messages: 0, fills: 0, first: fill.order, last: fill.order };
        self.counts.entry((fill.instrument, fill.owner)).or_insert(fresh).fills += 1;
    }

    fn sent(&mut self, sent: Sent<'_>, _sight: Sight<'_>, _out: &mut Vec<Suspicion>) {
        let (order, key) = (sent.order.request.order, (sent.order.request.instrument, sent.order.owner));
        let fresh = Day { messages: 0, fills: 0, first: order, last: order };
        let day = self.counts.entry(key).or_insert(fresh);
        day.messages += 1;
        (day.first, day.last) = (day.first.min(order), day.last.max(order));
    }

    fn finish(&mut self, _sight: Sight<'_>, out: &mut Vec<Suspicion>) {
        self.judge(out);
    }
}
