//! How often something happened within the last so many nanoseconds, exactly.
use crate::Timestamp;
use alloc::collections::VecDeque;

/// The instants within a sliding window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    times: VecDeque<Timestamp>,
    /// The last of them: most windows are empty, and it says so at once.
    last: Timestamp,
}

impl Default for Window {
    fn default() -> Self {
        Self { times: VecDeque::new(), last: Timestamp::MIN }
    }
}

impl Window {
    /// Something happens now. What has left the window is forgotten, so that it never holds more than a window did.
    #[inline]
    pub(super) fn push(&mut self, now: Timestamp, length_ns: i64) {
        if self.is_empty(now, length_ns) {
            self.times.clear();
        }
        while self.times.front().is_some_and(|first| !within(*first, now, length_ns)) {
            self.times.pop_front();
        }
        self.times.push_back(now);
        self.last = now;
    }

    /// Whether nothing happened within the window that ends now.
    #[inline(always)]
    pub(super) fn is_empty(&self, now: Timestamp, length_ns: i64) -> bool {
        !within(self.last, now, length_ns)
    }

    /// How often it happened within the window that ends now.
    #[must_use]
    #[inline]
    pub fn count(&self, now: Timestamp, length_ns: i64) -> usize {
        if self.is_empty(now, length_ns) {
            return 0;
        }
        self.times.len() - self.times.partition_point(|time| !within(*time, now, length_ns))
    }
}

/// Whether an instant is less than so long ago: a window is open where it begins.
#[inline]
pub(super) fn within(time: Timestamp, now: Timestamp, length_ns: i64) -> bool {
    now.0.saturating_sub(time.0) < length_ns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_open_where_it_begins_and_holds_its_end() {
        let mut window = Window::default();
        for time in [0, 10, 10, 20] {
            window.push(Timestamp(time), 100);
        }
        let count = |now, length| window.count(Timestamp(now), length);
        assert_eq!((count(20, 100), count(20, 20), count(20, 10), count(20, 1)), (4, 3, 1, 1));
        assert_eq!((count(99, 100), count(100, 100), count(110, 100), count(120, 100)), (4, 3, 1, 0));
    }
}
