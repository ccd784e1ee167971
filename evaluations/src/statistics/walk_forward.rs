//! Walk-forward windows: what is optimised on, and the newer rows that it is then tried on.
//!
//! Tests stand one after another and the last one ends at the last row, since the newest rows say the most. It only counts:
//! rows are whatever the caller has, as candles or days.
use super::sample::SampleError;
use std::ops::Range;

/// What each window optimises on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Training {
    /// Everything from the first row on.
    Anchored,
    /// The last rows before the test, always as many.
    Rolling,
}

/// How to walk, in rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Walk {
    /// What a window optimises on; the first window's where it is anchored, which may get more.
    pub train: usize,
    /// What a window is tried on.
    pub test: usize,
    /// Rows between the two that neither sees.
    pub embargo: usize,
    /// Whether training begins at the first row or moves along.
    pub training: Training,
}

/// One window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// What is optimised on.
    pub train: Range<usize>,
    /// What is tried on.
    pub test: Range<usize>,
}

impl Walk {
    /// The walk of `windows` windows over `rows` rows whose training is `train_per_test` tests long.
    ///
    /// # Errors
    /// When there is no window, training is not longer than nothing, or a test would have no row.
    pub fn of_windows(
        rows: usize,
        windows: usize,
        train_per_test: f64,
        embargo: usize,
        training: Training,
    ) -> Result<Self, SampleError> {
        let what = "the length of training over that of a test";
        if !(train_per_test.is_finite() && train_per_test > 0.0) {
            return Err(SampleError::Setting { what, found: train_per_test.to_string(), allowed: "above 0".into() });
        }
        super::sample::at_least("a walk", 1, "windows", windows)?;
        let usable = rows.saturating_sub(embargo);
        let test = libm::floor(usable as f64 / (windows as f64 + train_per_test)) as usize;
        // What is over goes to training, so that the tests reach the last row.
        let train = usable.saturating_sub(windows.saturating_mul(test));
        let walk = Self { train, test, embargo, training };
        walk.windows(rows).map(|_| walk)
    }

    /// The windows over `rows` rows, oldest first; what is over at the head is left out, or trained on where it is anchored.
    ///
    /// # Errors
    /// When training or test has no row, or there are too few rows for one window.
    pub fn windows(&self, rows: usize) -> Result<Vec<Window>, SampleError> {
        super::sample::at_least("a window of a walk", 1, "rows to train on", self.train)?;
        super::sample::at_least("a window of a walk", 1, "rows to test on", self.test)?;
        let before = self.train.saturating_add(self.embargo);
        super::sample::at_least("a walk", before.saturating_add(self.test), "rows", rows)?;
        let count = (rows - before) / self.test;
        let window = |n: usize| {
            let test = rows - (count - n) * self.test;
            let end = test - self.embargo;
            let start = match self.training {
                Training::Anchored => 0,
                Training::Rolling => end - self.train,
            };
            Window { train: start..end, test: test..test + self.test }
        };
        Ok((0..count).map(window).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(walk: Walk, rows: usize) -> Vec<(Range<usize>, Range<usize>)> {
        walk.windows(rows).unwrap().into_iter().map(|w| (w.train, w.test)).collect()
    }

    #[test]
    fn a_rolling_walk_moves_its_training_and_ends_at_the_last_row() {
        let walk = Walk { train: 4, test: 2, embargo: 0, training: Training::Rolling };
        assert_eq!(shown(walk, 10), [(0..4, 4..6), (2..6, 6..8), (4..8, 8..10)]);
        assert_eq!(shown(walk, 11), [(1..5, 5..7), (3..7, 7..9), (5..9, 9..11)]);
    }

    #[test]
    fn an_anchored_walk_trains_from_the_first_row() {
        let walk = Walk { train: 4, test: 2, embargo: 0, training: Training::Anchored };
        assert_eq!(shown(walk, 11), [(0..5, 5..7), (0..7, 7..9), (0..9, 9..11)]);
    }

    #[test]
    fn an_embargo_stands_between_training_and_test() {
        let walk = Walk { train: 4, test: 2, embargo: 1, training: Training::Rolling };
        assert_eq!(shown(walk, 9), [(0..4, 5..7), (2..6, 7..9)]);
        let anchored = Walk { training: Training::Anchored, ..walk };
        assert_eq!(shown(anchored, 9), [(0..4, 5..7), (0..6, 7..9)]);
    }

    #[test]
    fn a_number_of_windows_is_met_and_the_tests_cover_the_end() {
        for (rows, windows, per_test, embargo) in [(100_000, 20, 4.0, 50), (1_003, 7, 1.5, 0), (30, 3, 0.5, 2)] {
            for training in [Training::Anchored, Training::Rolling] {
                let walk = Walk::of_windows(rows, windows, per_test, embargo, training).unwrap();
                let found = walk.windows(rows).unwrap();
                assert_eq!(found.len(), windows, "{walk:?}");
                assert_eq!(found.last().unwrap().test.end, rows);
                assert_eq!(found[0].train.start, 0, "nothing is left out");
                for pair in found.windows(2) {
                    assert_eq!(pair[0].test.end, pair[1].test.start);
                }
                assert!(found.iter().all(|w| w.train.end + embargo == w.test.start && w.test.len() == walk.test));
                assert!(walk.train as f64 >= per_test * walk.test as f64 - 1.0, "{walk:?}");
            }
        }
    }

    #[test]
    fn a_walk_without_room_is_refused() {
        let walk = Walk { train: 4, test: 2, embargo: 1, training: Training::Rolling };
        assert_eq!(walk.windows(6).unwrap_err().to_string(), "a walk needs at least 7 rows, there are 6");
        assert!(walk.windows(7).is_ok());
        let none = Walk { test: 0, ..walk };
        assert_eq!(
            none.windows(50).unwrap_err().to_string(),
            "a window of a walk needs at least 1 rows to test on, there are 0"
        );
        assert!(Walk { train: usize::MAX, ..walk }.windows(50).is_err());
        assert!(Walk::of_windows(10, 0, 4.0, 0, Training::Rolling).is_err());
        assert!(Walk::of_windows(10, 20, 4.0, 0, Training::Rolling).is_err());
        assert!(Walk::of_windows(10, 2, f64::NAN, 0, Training::Rolling).is_err());
    }
}
