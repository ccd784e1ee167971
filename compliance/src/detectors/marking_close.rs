//! Marking the close: much of the volume before a close was ours, in one direction, and the price went along.
//!
//! It needs candles shorter than its window. Where they are longer or have no volume, nothing is judged, and that is counted.
use crate::alert::Detector;
use crate::flow::{Detect, OwnFill, Sight, Suspicion, moved_along, moved_bps, pct, reaches, total};
use crate::watch_config::{Closes, MarkingCloseLimits, WatchConfig};
use engine::{Candle, InstrumentId, Interval, MarketCandle, Side, Timestamp};
use std::collections::VecDeque;

#[derive(Debug)]
struct Session {
    closes: Closes,
    /// The close that is judged next; `None` before anything happened and after the last one.
    next: Option<Timestamp>,
    begun: bool,
    candles: VecDeque<Candle>,
    fills: VecDeque<OwnFill>,
}

impl Session {
    /// The first close after an instant.
    fn close_after(&self, time: Timestamp) -> Option<Timestamp> {
        match &self.closes {
            Closes::Daily(ns) => {
                let today = time.day().saturating_mul(Interval::DAY.0).saturating_add(*ns);
                let days = if today > time.0 { 0 } else { Interval::DAY.0 };
                Some(Timestamp(today.saturating_add(days)))
            }
            Closes::At(times) => times.get(times.partition_point(|close| *close <= time)).copied(),
        }
    }
}

#[derive(Debug)]
pub(super) struct MarkingClose {
    limits: MarkingCloseLimits,
    sessions: Vec<Session>,
    /// The first close that any instrument waits for.
    due: Timestamp,
    unjudged: u64,
}

impl MarkingClose {
    pub(super) fn new(config: &WatchConfig, instruments: usize) -> Self {
        let session = |place: usize| Session {
            closes: config.closes.get(place).cloned().unwrap_or_default(),
            next: None,
            begun: false,
            candles: VecDeque::new(),
            fills: VecDeque::new(),
        };
        let sessions = (0..instruments).map(session).collect();
        Self { limits: config.marking_close, sessions, due: Timestamp::MIN, unjudged: 0 }
    }

    fn judge(&mut self, place: usize, close: Timestamp, sight: Sight<'_>, out: &mut Vec<Suspicion>) {
        let limits = self.limits;
        let from = close.after(-limits.window_ns);
        let session = &self.sessions[place];
        let own = || session.fills.iter().filter(|fill| fill.time > from && fill.time <= close);
        let of = |side: Side| total(own().filter(move |fill| fill.side == side));
        let (bought, sold) = (of(Side::Buy), of(Side::Sell));
        if bought == sold {
            return;
        }
        let (side, net) = (if bought > sold { Side::Buy } else { Side::Sell }, (bought - sold).abs());
        let within = || session.candles.iter().filter(|c| c.open_time >= from && c.known_time <= close);
        let volume: i128 = within().map(|candle| i128::from(candle.volume)).sum();
        let (Some(first), Some(last), true) = (within().next(), within().next_back(), volume > 0) else {
            self.unjudged += 1;
            return;
        };
        if !reaches(net, limits.share_pct, volume) || !moved_along(side, first.open, last.close, limits.impact_bps) {
            return;
        }
        let id = InstrumentId(u32::try_from(place).unwrap_or(u32::MAX));
        let finding = format!(
            "{} {} net in the last {} s before the close, {} % of the volume, and the price went {} bp along (from {} % and {} \
             bp on it counts)",
            if side == Side::Buy { "bought" } else { "sold" },
            sight.quantity_text(id, net),
            limits.window_ns / Interval::SECOND.0,
            pct(net, volume),
            moved_bps(side, first.open, last.close),
            limits.share_pct,
            limits.impact_bps,
        );
        out.push(Suspicion::of_fills(Detector::MarkingClose, id, own(), finding));
    }

    /// Judges every close up to `until` that something may have happened before.
    fn judge_until(&mut self, until: Timestamp, sight: Sight<'_>, out: &mut Vec<Suspicion>) {
        if until < self.due {
            return;
        }
        for place in 0..self.sessions.len() {
            let session = &mut self.sessions[place];
            if !session.begun {
                session.begun = true;
                session.next = session.close_after(sight.now);
            }
            while let Some(close) = self.sessions[place].next.filter(|close| *close <= until) {
                self.judge(place, close, sight, out);
                let session = &mut self.sessions[place];
                session.fills.retain(|fill| fill.time > close);
                session.candles.retain(|candle| candle.known_time > close);
                // Closes without anything of ours before them need no look.
                let from = session.fills.front().map_or(until, |fill| fill.time.min(until));
                session.next = session.close_after(from.max(close));
            }
        }
        self.due = self.sessions.iter().filter_map(|session| session.next).min().unwrap_or(Timestamp::MAX);
    }
}

impl Detect for MarkingClose {
    fn time(&mut self, sight: Sight<'_>, out: &mut Vec<Suspicion>) {
        self.judge_until(sight.now.after(-self.limits.settle_ns), sight, out);
    }

    fn candle(&mut self, candle: &MarketCandle, _sight: Sight<'_>, _out: &mut Vec<Suspicion>) {
        let session = &mut self.sessions[candle.instrument.index()];
        let keep = candle.candle.known_time.after(-2 * self.limits.window_ns - self.limits.settle_ns);
        while session.candles.front().is_some_and(|old| old.known_time < keep) {
            session.candles.pop_front();
        }
        session.candles.push_back(candle.candle);
    }

    fn fill(&mut self, fill: &OwnFill, sight: Sight<'_>, _out: &mut Vec<Suspicion>) {
        let session = &mut self.sessions[fill.instrument.index()];
        let keep = sight.now.after(-2 * self.limits.window_ns - self.limits.settle_ns);
        while session.fills.front().is_some_and(|old| old.time < keep) {
            session.fills.pop_front();
        }
        session.fills.push_back(*fill);
    }

    fn finish(&mut self, sight: Sight<'_>, out: &mut Vec<Suspicion>) {
        self.judge_until(sight.now, sight, out);
    }

    fn unjudged(&self) -> u64 {
        self.unjudged
    }
}
