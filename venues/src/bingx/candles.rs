//! The candles of one instrument as a stream: which are under way, which are final, and what is missing in between.
//!
//! The venue never says that a candle has ended. It has when the next one begins, or when its time is over and a request
//! confirms it. A candle is given out as final once, in the order of time.
use crate::{Happening, Standing};
use engine::{Candle, InstrumentId, Timestamp};
use std::collections::{BTreeMap, VecDeque};

/// How many final candles are remembered, to see whether the venue changes them.
const RECENT_MAX: usize = 64;
/// How many candles a gap may hold back; a longer gap is asked for from the history.
const HELD_MAX: usize = 1_024;

/// What is known of one instrument's candles.
#[derive(Clone, Debug, Default)]
pub(super) struct Candles {
    forming: Option<Candle>,
    /// Whether the stream told of the one under way: what a request said of it is old by its end.
    heard: bool,
    /// The open time of the last one given out as final.
    last: Option<Timestamp>,
    /// Every candle that opened before was given out, or there is none: the one that opens here comes next.
    complete_to: Option<Timestamp>,
    recent: VecDeque<Candle>,
    /// What ended by then was confirmed.
    checked: Option<Timestamp>,
    /// Final by the stream, and held back until what came before them is known.
    held: BTreeMap<Timestamp, Candle>,
    /// How often a confirmation failed in a row.
    pub(super) failures: u32,
}

impl Candles {
    /// A candle of the stream. Says whether candles before it may be missing.
    pub(super) fn pushed(&mut self, candle: Candle, instrument: InstrumentId, out: &mut Vec<Happening>) -> bool {
        let before = self.forming.map(|it| it.open_time).max(self.last);
        if self.last.is_some_and(|last| candle.open_time <= last) || before.is_some_and(|it| candle.open_time < it) {
            // Late: the request that confirms it will say whether it was changed.
            return false;
        }
        if let Some(ended) = self.forming.filter(|it| it.open_time < candle.open_time) {
            if self.heard {
                self.hold(ended);
            }
            self.release(instrument, out);
        }
        // A beginning: what came before, whoever asks for history has.
        let complete_to = *self.complete_to.get_or_insert(candle.open_time);
        (self.forming, self.heard) = (Some(candle), true);
        out.push(Happening::Candle { instrument, candle, standing: Standing::Forming });
        candle.open_time > complete_to
    }

    /// What a request said, oldest first: all candles from some time on that have ended by the venue's clock, and the one
    /// under way, if any. Says whether everything that should have ended is there.
    pub(super) fn confirmed(
        &mut self,
        rows: &[Candle],
        ended_by: Timestamp,
        instrument: InstrumentId,
        out: &mut Vec<Happening>,
    ) -> bool {
        let ended = rows.iter().filter(|it| it.known_time <= ended_by);
        // At the beginning only the newest is news.
        let first = self.last.is_none().then(|| ended.clone().next_back()).flatten().map(|it| it.open_time);
        for candle in ended {
            match self.last {
                _ if first.is_some_and(|first| candle.open_time < first) => {}
                Some(last) if candle.open_time <= last => self.compare(*candle, instrument, out),
                // What a request says goes before what the stream said.
                _ => {
                    self.held.insert(candle.open_time, *candle);
                }
            }
        }
        if let Some(any) = rows.first().or(self.forming.as_ref()) {
            let step = any.known_time.0 - any.open_time.0;
            let passed = (ended_by.0 - any.open_time.0).div_euclid(step);
            let settled = Some(any.open_time.after(passed * step));
            self.complete_to = if self.last.is_none() { settled } else { self.complete_to.max(settled) };
        }
        self.release(instrument, out);
        self.checked = self.checked.max(Some(ended_by));
        let complete_to = self.complete_to;
        if self.forming.is_some_and(|it| self.last.is_some_and(|last| it.open_time <= last)) {
            self.forming = None;
        }
        let under_way = rows.iter().find(|it| it.known_time > ended_by);
        if self.forming.is_none() {
            (self.forming, self.heard) = (under_way.copied(), false);
        }
        self.forming.is_none_or(|it| it.known_time > ended_by && complete_to.is_none_or(|to| it.open_time <= to))
    }

    /// The open time of the newest candle that was heard of.
    pub(super) fn newest(&self) -> Option<Timestamp> {
        self.forming.map(|it| it.open_time).max(self.last)
    }

    /// From which open time on a request should tell: the first final one that was not confirmed, else the last; none where
    /// nothing is known yet.
    pub(super) fn from(&self) -> Option<Timestamp> {
        let unchecked = self.recent.iter().find(|it| self.checked.is_none_or(|to| it.known_time > to));
        unchecked.map(|it| it.open_time).or(self.last).or(self.forming.map(|it| it.open_time))
    }

    /// When the one under way ends, or the next one after the last.
    pub(super) fn ends(&self, interval: i64) -> Option<Timestamp> {
        self.forming.map(|it| it.known_time).or(self.last.map(|last| last.after(2 * interval)))
    }

    fn hold(&mut self, candle: Candle) {
        if self.held.len() >= HELD_MAX {
            self.held.pop_first();
        }
        self.held.entry(candle.open_time).or_insert(candle);
    }

    /// Gives out what is held back and has nothing missing before it.
    fn release(&mut self, instrument: InstrumentId, out: &mut Vec<Happening>) {
        while let Some(first) = self.held.first_entry() {
            let candle = *first.get();
            if self.complete_to.is_some_and(|to| candle.open_time > to) {
                return;
            }
            first.remove();
            if self.last.is_none_or(|last| candle.open_time > last) {
                (self.last, self.complete_to) = (Some(candle.open_time), self.complete_to.max(Some(candle.known_time)));
                self.remember(candle);
                out.push(Happening::Candle { instrument, candle, standing: Standing::Final });
            }
        }
    }

    fn compare(&mut self, candle: Candle, instrument: InstrumentId, out: &mut Vec<Happening>) {
        let Some(known) = self.recent.iter_mut().find(|it| it.open_time == candle.open_time) else { return };
        if *known != candle {
            *known = candle;
            out.push(Happening::Candle { instrument, candle, standing: Standing::Corrected });
        }
    }

    fn remember(&mut self, candle: Candle) {
        if self.recent.len() == RECENT_MAX {
            self.recent.pop_front();
        }
        self.recent.push_back(candle);
    }
}

#[cfg(test)]
#[path = "candles_tests.rs"]
mod tests;
