//! How often something happened within the last so many nanoseconds, exactly.
use crate::Timestamp;
use alloc::collections::VecDeque;

/// The instants within a sliding window.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Window {
    times: VecDeque<Timestamp>,
}

impl Window {
    /// Something happens now. What has left the window is forgotten, so that it never holds more than a window did.
    #[inline]
    pub(super) fn push(&mut self, now: Timestamp, length_ns: i64) {
        while self.times.front().is_some_and(|first| !within(*first, now, length_ns)) {
            self.times.pop_front();
        }
        self.times.push_back(now);
    }

    /// How often it happened within the window that ends now.
    #[must_use]
    #[inline]
    pub fn count(&self, now: Timestamp, length_ns: i64) -> usize {
        match self.times.front() {
            None => 0,
            Some(first) if within(*first, now, length_ns) => self.times.len(),
            Some(_) => self.times.len() - self.times.partition_point(|time| !within(*time, now, length_ns)),
        }
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
