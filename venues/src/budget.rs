//! How many requests may still go: so many in any window of time, of which some are kept for what must always get through.
//!
//! A venue counts within windows that we do not see, so no window at all may hold more than its limit: each request is
//! remembered for the length of one. A bucket that refills would let twice the limit through across two windows.
use std::collections::VecDeque;

/// How much a request matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// It can wait.
    Routine,
    /// It takes risk away or finds out what became of an order: it may use what is kept back.
    Urgent,
}

/// What one limit of a venue leaves.
#[derive(Clone, Debug)]
pub struct Budget {
    limit: usize,
    reserve: usize,
    window_ns: u64,
    /// When each request of the last window went, oldest first.
    gone: VecDeque<u64>,
    /// Until when the venue wants none, and until when not even what is urgent.
    held: (u64, u64),
}

impl Budget {
    /// At most `limit` requests in any `window_ns`, the last `reserve` of them for what is urgent. At least one is always
    /// left to what can wait.
    #[must_use]
    pub fn new(limit: u32, window_ns: u64, reserve: u32) -> Self {
        let limit = limit.max(1) as usize;
        Self {
            limit,
            reserve: (reserve as usize).min(limit - 1),
            window_ns,
            gone: VecDeque::with_capacity(limit),
            held: (0, 0),
        }
    }

    /// The moment from which such a request may go, on the monotonic clock; not after `now` where it may go at once.
    #[must_use]
    pub fn ready_at(&self, now: u64, urgency: Urgency) -> u64 {
        let (allowed, held) = match urgency {
            Urgency::Routine => (self.limit - self.reserve, self.held.0),
            Urgency::Urgent => (self.limit, self.held.1),
        };
        let alive = self.gone.len() - self.gone.partition_point(|at| self.leaves_at(*at) <= now);
        let free = match (alive + 1).checked_sub(allowed) {
            None | Some(0) => 0,
            // So many have to leave the window first.
            Some(over) => self.gone.get(self.gone.len() - alive + over - 1).map_or(0, |at| self.leaves_at(*at)),
        };
        free.max(held)
    }

    /// Takes one request out of the budget; `false` when it may not go yet.
    pub fn take(&mut self, now: u64, urgency: Urgency) -> bool {
        while self.gone.front().is_some_and(|at| self.leaves_at(*at) <= now) {
            self.gone.pop_front();
        }
        let may = self.ready_at(now, urgency) <= now;
        if may {
            self.gone.push_back(now);
        }
        may
    }

    /// The venue wants nothing before `until`; what is urgent may try again from `urgent_until` on.
    pub fn hold(&mut self, until: u64, urgent_until: u64) {
        self.held = (self.held.0.max(until), self.held.1.max(urgent_until));
    }

    fn leaves_at(&self, at: u64) -> u64 {
        at.saturating_add(self.window_ns)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Urgency::{Routine, Urgent};
    use proptest::prelude::*;

    #[test]
    fn what_is_urgent_gets_through_when_the_rest_is_spent() {
        let mut budget = Budget::new(5, 1_000, 2);
        let routine: Vec<bool> = (0..5).map(|now| budget.take(now, Routine)).collect();
        assert_eq!(routine, [true, true, true, false, false]);
        assert_eq!(budget.ready_at(5, Routine), 1_000);
        let urgent: Vec<bool> = (5..8).map(|now| budget.take(now, Urgent)).collect();
        assert_eq!(urgent, [true, true, false]);
        assert_eq!(budget.ready_at(8, Urgent), 1_000);
        // The urgent ones count too: the window must be three short of its limit again.
        assert_eq!(budget.ready_at(8, Routine), 1_002);
        assert!(!budget.take(1_001, Routine) && budget.take(1_002, Routine));
    }

    #[test]
    fn a_hold_ends_sooner_for_what_is_urgent() {
        let mut budget = Budget::new(5, 1_000, 0);
        budget.hold(900, 300);
        budget.hold(500, 100);
        assert_eq!((budget.ready_at(10, Routine), budget.ready_at(10, Urgent)), (900, 300));
        assert!(!budget.take(299, Urgent) && budget.take(300, Urgent));
        assert!(!budget.take(899, Routine) && budget.take(900, Routine));
    }

    #[test]
    fn a_reserve_never_leaves_nothing_to_the_rest() {
        assert!(Budget::new(3, 10, 9).take(0, Routine));
        assert!(Budget::new(0, 10, 0).take(0, Routine));
    }

    proptest! {
        #[test]
        fn no_window_ever_holds_more_than_the_limit(
            limit in 1_u32..8,
            reserve in 0_u32..8,
            steps in proptest::collection::vec((0_u64..400, any::<bool>()), 1..200),
        ) {
            let mut budget = Budget::new(limit, 1_000, reserve);
            let (mut now, mut gone) = (0, Vec::new());
            for (wait, urgent) in steps {
                now += wait;
                let urgency = if urgent { Urgent } else { Routine };
                let ready = budget.ready_at(now, urgency);
                let took = budget.take(now, urgency);
                prop_assert_eq!(took, ready <= now);
                if !took {
                    prop_assert!(ready > now && ready <= now + 1_000);
                    prop_assert!(budget.clone().take(ready, urgency), "what is ready may go");
                }
                gone.extend(took.then_some(now));
                let window = gone.iter().filter(|at| **at + 1_000 > now).count();
                prop_assert!(window <= limit as usize);
                prop_assert!(budget.gone.len() <= limit as usize);
            }
        }
    }
}
