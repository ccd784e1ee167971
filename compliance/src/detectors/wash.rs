//! Wash: our own buy met our own sell. Fills of both sides at one price, close in time, that leave the position as it was,
//! whoever of ours they belong to. It does not ask whether the two orders met each other: nobody outside the venue knows.
use crate::alert::Detector;
use crate::flow::{Detect, OwnFill, Sight, Suspicion, pct, reaches, total};
use crate::watch_config::WashLimits;
use engine::{Side, Timestamp};
use std::collections::VecDeque;

#[derive(Debug)]
pub(super) struct Wash {
    limits: WashLimits,
    recent: Vec<VecDeque<OwnFill>>,
}

impl Wash {
    pub(super) fn new(limits: WashLimits, instruments: usize) -> Self {
        Self { limits, recent: vec![VecDeque::new(); instruments] }
    }
}

impl Detect for Wash {
    fn fill(&mut self, fill: &OwnFill, sight: Sight<'_>, out: &mut Vec<Suspicion>) {
        let window = self.limits.window_ns;
        let recent = &mut self.recent[fill.instrument.index()];
        // Reports may overtake each other: what is older than the newest fill by the window can meet nothing any more.
        let newest = recent.iter().map(|other| other.time).fold(fill.time, Timestamp::max);
        recent.retain(|other| newest.0.saturating_sub(other.time.0) <= window);
        recent.push_back(*fill);
        let near = |other: &&OwnFill| other.price == fill.price && (other.time.0 - fill.time.0).abs() <= window;
        let of = |side: Side| total(recent.iter().filter(near).filter(move |other| other.side == side));
        let (bought, sold) = (of(Side::Buy), of(Side::Sell));
        let (matched, larger) = (bought.min(sold), bought.max(sold));
        if matched == 0 || !reaches(matched, self.limits.matched_pct, larger) {
            return;
        }
        let (id, price) = (fill.instrument, sight.price_text(fill.instrument, fill.price));
        let finding = format!(
            "bought {} and sold {} at {price} within {} ms: {} % undone, from {} % on within {} ms it counts",
            sight.quantity_text(id, bought),
            sight.quantity_text(id, sold),
            spread_ms(recent.iter().filter(near)),
            pct(matched, larger),
            self.limits.matched_pct,
            window / 1_000_000,
        );
        out.push(Suspicion::of_fills(Detector::Wash, id, recent.iter().filter(near), finding));
        recent.clear();
    }
}

/// Milliseconds from the first to the last.
fn spread_ms<'a>(fills: impl Iterator<Item = &'a OwnFill> + Clone) -> i64 {
    let first = fills.clone().map(|fill| fill.time.0).min().unwrap_or(0);
    (fills.map(|fill| fill.time.0).max().unwrap_or(0) - first) / 1_000_000
}
