//! What is to be done when: each thing at most once, the earliest first.
use engine::order::OrderId;
use std::collections::{BTreeMap, BTreeSet};

/// Something that is done at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Task {
    /// Compare clocks.
    Clock,
    /// Look whether waiting requests may go.
    Send,
    /// Open a market socket.
    OpenMarket(u8),
    /// Go on subscribing on a market socket.
    Subscribe(u8),
    /// Look whether a market socket still speaks.
    ListenMarket(u8),
    /// Ask for a listen key.
    NewKey,
    /// Extend the listen key.
    KeepKey,
    /// Look whether the private socket still speaks.
    ListenPrivate,
    /// Compare open orders with ours.
    Audit,
    /// Find out about an order.
    Inquire(OrderId),
    /// Look at updates of orders that nobody knows.
    Orphans,
    /// Have the candles of an instrument confirmed.
    Confirm(usize),
    /// Ask for the next funding of an instrument.
    Premium(usize),
    /// Ask for what an instrument paid.
    Funding(usize),
    /// Arm, refresh or close the kill timer.
    KillTimer,
}

/// Tasks by their times on the monotonic clock.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    by_task: BTreeMap<Task, u64>,
    by_time: BTreeSet<(u64, Task)>,
}

impl Agenda {
    /// Does it at a time, and not at the one that was set before.
    pub(super) fn set(&mut self, task: Task, at: u64) {
        self.clear(task);
        self.by_task.insert(task, at);
        self.by_time.insert((at, task));
    }

    /// Does it at a time, or before if that was set.
    pub(super) fn set_earlier(&mut self, task: Task, at: u64) {
        if self.by_task.get(&task).is_none_or(|set| at < *set) {
            self.set(task, at);
        }
    }

    pub(super) fn clear(&mut self, task: Task) {
        if let Some(at) = self.by_task.remove(&task) {
            self.by_time.remove(&(at, task));
        }
    }

    pub(super) fn clear_all(&mut self) {
        *self = Self::default();
    }

    pub(super) fn next(&self) -> Option<u64> {
        self.by_time.first().map(|(at, _)| *at)
    }

    /// Takes the earliest task whose time has come.
    pub(super) fn due(&mut self, now: u64) -> Option<Task> {
        let (at, task) = *self.by_time.first()?;
        (at <= now).then(|| {
            self.clear(task);
            task
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_stands_once_and_the_earliest_comes_first() {
        let mut agenda = Agenda::default();
        agenda.set(Task::Clock, 50);
        agenda.set(Task::Audit, 30);
        agenda.set(Task::Clock, 20);
        agenda.set_earlier(Task::Audit, 40);
        assert_eq!((agenda.next(), agenda.due(19)), (Some(20), None));
        assert_eq!((agenda.due(30), agenda.due(30), agenda.due(99)), (Some(Task::Clock), Some(Task::Audit), None));
        agenda.set(Task::Send, 1);
        agenda.clear(Task::Send);
        assert_eq!(agenda.next(), None);
    }
}
