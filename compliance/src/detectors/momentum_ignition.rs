//! Momentum ignition: a burst of aggressive orders moved the price, and then we traded the other way at what they made of it.
use crate::alert::Detector;
use crate::flow::{Detect, OwnFill, Sight, Suspicion, moved_along, moved_bps, pct, reaches, total};
use crate::watch_config::MomentumIgnitionLimits;
use engine::{Side, Timestamp};
use std::collections::{BTreeSet, VecDeque};

/// A burst that moved the price, and what was traded the other way since.
#[derive(Debug)]
struct Ignited {
    until: Timestamp,
    burst: Vec<OwnFill>,
    reversal: Vec<OwnFill>,
}

#[derive(Debug, Default)]
struct Runs {
    /// Aggressive fills of the last while, buys first.
    recent: [VecDeque<OwnFill>; 2],
    ignited: [Option<Ignited>; 2],
}

#[derive(Debug)]
pub(super) struct MomentumIgnition {
    limits: MomentumIgnitionLimits,
    runs: Vec<Runs>,
}

fn place(side: Side) -> usize {
    match side {
        Side::Buy => 0,
        Side::Sell => 1,
    }
}

impl MomentumIgnition {
    pub(super) fn new(limits: MomentumIgnitionLimits, instruments: usize) -> Self {
        Self { limits, runs: (0..instruments).map(|_| Runs::default()).collect() }
    }

    /// Adds an aggressive fill to its burst, which may ignite.
    fn push(&mut self, fill: &OwnFill) {
        let limits = self.limits;
        let runs = &mut self.runs[fill.instrument.index()];
        let recent = &mut runs.recent[place(fill.side)];
        recent.retain(|other| other.time.0.saturating_add(limits.burst_ns) >= fill.time.0);
        recent.push_back(*fill);
        let orders: BTreeSet<_> = recent.iter().map(|fill| fill.order).collect();
        let moved = moved_along(fill.side, recent[0].price, fill.price, limits.move_bps);
        if orders.len() >= limits.orders_min && moved {
            let (until, burst) = (fill.time.after(limits.reversal_ns), recent.iter().copied().collect());
            let slot = &mut runs.ignited[place(fill.side)];
            let reversal = slot.take().filter(|old| fill.time <= old.until).map(|old| old.reversal).unwrap_or_default();
            *slot = Some(Ignited { until, burst, reversal });
        }
    }
}

impl Detect for MomentumIgnition {
    fn fill(&mut self, fill: &OwnFill, _sight: Sight<'_>, out: &mut Vec<Suspicion>) {
        let limits = self.limits;
        if fill.takes() {
            self.push(fill);
        }
        let slot = &mut self.runs[fill.instrument.index()].ignited[place(fill.side.opposite())];
        let Some(ignited) = slot else { return };
        if fill.time > ignited.until {
            *slot = None;
            return;
        }
        let (side, start, end) =
            (fill.side.opposite(), ignited.burst[0].price, ignited.burst[ignited.burst.len() - 1].price);
        // A stop-out below where the burst began has gained nothing from it.
        if !moved_along(side, start, fill.price, 0) || fill.price == start {
            return;
        }
        ignited.reversal.push(*fill);
        let (burst, reversed) = (total(ignited.burst.iter()), total(ignited.reversal.iter()));
        if !reaches(reversed, limits.reversal_pct, burst) {
            return;
        }
        let orders: BTreeSet<_> = ignited.burst.iter().map(|fill| fill.order).collect();
        let finding = format!(
            "{} aggressive orders to {} moved the price by {} bp within {} s, then {} % of it was traded the other way at a \
             better price than it began at (from {} orders, {} bp and {} % within {} s on it counts)",
            orders.len(),
            side.name(),
            moved_bps(side, start, end),
            limits.burst_ns / 1_000_000_000,
            pct(reversed, burst),
            limits.orders_min,
            limits.move_bps,
            limits.reversal_pct,
            limits.reversal_ns / 1_000_000_000,
        );
        let fills = ignited.burst.iter().chain(&ignited.reversal);
        out.push(Suspicion::of_fills(Detector::MomentumIgnition, fill.instrument, fills, finding));
        *slot = None;
    }
}
