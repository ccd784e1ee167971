//! Timers that the core armed.
use engine::{TimerId, Timestamp};
use std::collections::BTreeMap;

/// Armed timers by time, and by the order in which they were armed.
#[derive(Debug, Default)]
pub(super) struct Timers {
    due: BTreeMap<(Timestamp, u64), TimerId>,
    armed: u64,
}

impl Timers {
    pub(super) fn arm(&mut self, timer: TimerId, at: Timestamp) {
        self.armed += 1;
        self.due.insert((at, self.armed), timer);
    }

    /// When the first is due.
    pub(super) fn first(&self) -> Option<Timestamp> {
        self.due.first_key_value().map(|((at, _), _)| *at)
    }

    /// Takes the first one that is due.
    pub(super) fn take_due(&mut self, now: Timestamp) -> Option<TimerId> {
        let entry = self.due.first_entry()?;
        (entry.key().0 <= now).then(|| entry.remove())
    }

    /// A timer went off in a session before: it does not go off again.
    pub(super) fn went_off(&mut self, timer: TimerId, now: Timestamp) {
        let found = self.due.iter().find(|((at, _), other)| **other == timer && *at <= now).map(|(key, _)| *key);
        if let Some(key) = found {
            self.due.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timers_go_off_in_the_order_of_their_time_and_then_as_they_were_armed() {
        let mut timers = Timers::default();
        for (timer, at) in [(1, 20), (2, 10), (3, 20), (4, 10)] {
            timers.arm(TimerId(timer), Timestamp(at));
        }
        assert_eq!(timers.take_due(Timestamp(9)), None);
        let mut taken = Vec::new();
        while let Some(timer) = timers.take_due(Timestamp(20)) {
            taken.push(timer.0);
        }
        assert_eq!(taken, [2, 4, 1, 3]);
    }

    #[test]
    fn a_timer_that_went_off_before_a_restart_is_not_armed_any_more() {
        let mut timers = Timers::default();
        timers.arm(TimerId(1), Timestamp(10));
        timers.arm(TimerId(1), Timestamp(30));
        timers.went_off(TimerId(1), Timestamp(12));
        assert_eq!(timers.first(), Some(Timestamp(30)));
    }
}
