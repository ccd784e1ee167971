//! Ramping: a run of our fills that took liquidity, each at a worse price than the one before, with much of the volume.
//!
//! A run is judged when a candle shows what else was traded. Where candles have no volume nothing is judged, and that is counted.
use crate::alert::Detector;
use crate::flow::{Detect, OwnFill, Sight, Suspicion, moved_along, moved_bps, pct, reaches, total};
use crate::watch_config::RampingLimits;
use engine::{Candle, InstrumentId, MarketCandle};
use std::collections::{BTreeSet, VecDeque};

type Run = Vec<OwnFill>;

#[derive(Debug, Default)]
struct Runs {
    now: Run,
    /// Runs that ended and that no candle has covered yet.
    ended: Vec<Run>,
    candles: VecDeque<Candle>,
}

#[derive(Debug)]
pub(super) struct Ramping {
    limits: RampingLimits,
    runs: Vec<Runs>,
    unjudged: u64,
}

/// Whether a fill goes on with a run: the same side, at the same price or a worse one.
fn goes_on(run: &[OwnFill], fill: &OwnFill) -> bool {
    run.last().is_some_and(|last| last.side == fill.side && moved_along(fill.side, last.price, fill.price, 0))
}

impl Ramping {
    pub(super) fn new(limits: RampingLimits, instruments: usize) -> Self {
        Self { limits, runs: (0..instruments).map(|_| Runs::default()).collect(), unjudged: 0 }
    }

    /// Whether a run went far enough to be weighed against the volume.
    fn is_ramp(&self, run: &[OwnFill]) -> bool {
        let [first, .., last] = run else { return false };
        let prices: BTreeSet<_> = run.iter().map(|fill| fill.price).collect();
        prices.len() >= self.limits.steps_min && moved_along(first.side, first.price, last.price, self.limits.move_bps)
    }

    fn judge(&self, id: InstrumentId, run: &[OwnFill], volume: i128, sight: Sight<'_>) -> Option<Suspicion> {
        let (limits, own) = (self.limits, total(run.iter()));
        if !reaches(own, limits.share_pct, volume) {
            return None;
        }
        let (first, last) = (run.first()?, run.last()?);
        let prices: BTreeSet<_> = run.iter().map(|fill| fill.price).collect();
        let finding = format!(
            "{} {} at {} worse and worse prices, {} bp in all, {} % of the volume (from {} prices, {} bp and {} % within {} s \
             on it counts)",
            if first.side == engine::Side::Buy { "bought" } else { "sold" },
            sight.quantity_text(id, own),
            prices.len(),
            moved_bps(first.side, first.price, last.price),
            pct(own, volume),
            limits.steps_min,
            limits.move_bps,
            limits.share_pct,
            limits.window_ns / 1_000_000_000,
        );
        Some(Suspicion::of_fills(Detector::Ramping, id, run.iter(), finding))
    }
}

impl Detect for Ramping {
    fn fill(&mut self, fill: &OwnFill, _sight: Sight<'_>, _out: &mut Vec<Suspicion>) {
        if !fill.takes() {
            return;
        }
        let place = fill.instrument.index();
        if !goes_on(&self.runs[place].now, fill) {
            let run = std::mem::take(&mut self.runs[place].now);
            if self.is_ramp(&run) {
                self.runs[place].ended.push(run);
            }
        }
        let window = self.limits.window_ns;
        let run = &mut self.runs[place].now;
        run.retain(|other| other.time.0.saturating_add(window) >= fill.time.0);
        run.push(*fill);
    }

    fn candle(&mut self, candle: &MarketCandle, sight: Sight<'_>, out: &mut Vec<Suspicion>) {
        let (id, place) = (candle.instrument, candle.instrument.index());
        let keep = candle.candle.known_time.after(-2 * self.limits.window_ns);
        let candles = &mut self.runs[place].candles;
        while candles.front().is_some_and(|old| old.known_time < keep) {
            candles.pop_front();
        }
        candles.push_back(candle.candle);
        if self.is_ramp(&self.runs[place].now) {
            let run = std::mem::take(&mut self.runs[place].now);
            self.runs[place].ended.push(run);
        }
        for run in std::mem::take(&mut self.runs[place].ended) {
            let (first, last) = (run[0].time, run[run.len() - 1].time);
            let runs = &mut self.runs[place];
            if candle.candle.known_time <= last {
                runs.ended.push(run); // what was traded beside its last fill is not known yet
                continue;
            }
            let beside = runs.candles.iter().filter(|c| c.known_time > first && c.open_time <= last);
            let volume: i128 = beside.map(|candle| i128::from(candle.volume)).sum();
            self.unjudged += u64::from(volume == 0);
            if volume > 0 {
                out.extend(self.judge(id, &run, volume, sight));
            }
        }
    }

    fn finish(&mut self, _sight: Sight<'_>, _out: &mut Vec<Suspicion>) {
        self.unjudged += self.runs.iter().map(|runs| runs.ended.len() as u64).sum::<u64>();
    }

    fn unjudged(&self) -> u64 {
        self.unjudged
    }
}
