//! What is due when, on the monotonic clock.
use crate::connector::Socket;
use std::collections::BTreeMap;

/// Something that comes due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Timer {
    /// A socket is to be opened again.
    Reopen(Socket),
    /// A socket should have said something by now.
    Deadline(Socket),
    /// A socket has held for so long that it works.
    Held(Socket),
    /// Orders and fills are asked for.
    Audit,
    /// Fills are asked for that are missing.
    Fills,
    /// Money that moved is asked for.
    Movements,
    /// The clocks are compared.
    Clock,
    /// Sessions are asked for.
    Sessions,
    /// Candles may be whole.
    Candles,
    /// Bars are asked for, where no stream brings them.
    Poll,
}

/// One moment for each timer.
#[derive(Debug, Default)]
pub(super) struct Timers(BTreeMap<Timer, u64>);

impl Timers {
    /// A timer comes due at a moment, and not at the one it had.
    pub(super) fn set(&mut self, timer: Timer, at: u64) {
        self.0.insert(timer, at);
    }

    /// The same, unless it comes due sooner.
    pub(super) fn set_sooner(&mut self, timer: Timer, at: u64) {
        let due = self.0.entry(timer).or_insert(at);
        *due = at.min(*due);
    }

    pub(super) fn unset(&mut self, timer: Timer) {
        self.0.remove(&timer);
    }

    /// The first that is due, taken out.
    pub(super) fn due(&mut self, now: u64) -> Option<Timer> {
        let (timer, _) = self.0.iter().filter(|(_, at)| **at <= now).min_by_key(|(timer, at)| (**at, **timer))?;
        let timer = *timer;
        self.0.remove(&timer);
        Some(timer)
    }

    pub(super) fn next(&self) -> Option<u64> {
        self.0.values().min().copied()
    }
}
