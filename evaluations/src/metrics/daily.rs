//! Daily returns from daily marks.
//!
//! A day is `(00:00, 24:00]` UTC and its mark is the last one in it: what is known at midnight is the outcome of the day
//! that ended then. The first return is taken from the initial cash. Which days count is the calendar's business and is
//! handed in.
use engine::Timestamp;

/// What metrics of daily returns were taken of.
pub const BASIS: &str = "daily returns, day ends at 24:00 UTC";

/// The day since the epoch that a mark at `time` counts for; midnight counts for the day that ends with it.
#[must_use]
pub fn day_of_mark(time: Timestamp) -> i64 {
    Timestamp(time.0.saturating_sub(1)).day()
}

/// Which days of a run count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Days {
    /// Every day: a day without a mark carries the last one forward and returns nothing.
    Every,
    /// Only days that have a mark: the sessions of a calendar.
    Marked,
}

/// The returns between daily `marks` (day number since the epoch, equity), the first one from `initial`.
///
/// The series ends at the first mark at or below zero: a return on nothing has no meaning.
#[must_use]
pub fn daily_returns(initial: f64, marks: &[(i64, f64)], days: Days) -> Vec<f64> {
    let mut returns = Vec::with_capacity(marks.len());
    let mut last: Option<i64> = None;
    let mut equity = initial;
    for (day, mark) in marks {
        if equity <= 0.0 {
            break;
        }
        if let (Days::Every, Some(last)) = (days, last) {
            let skipped = usize::try_from(day - last - 1).unwrap_or(0);
            returns.resize(returns.len() + skipped, 0.0);
        }
        returns.push(mark / equity - 1.0);
        equity = *mark;
        last = Some(*day);
    }
    returns
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(marks: &[(i64, f64)], days: Days, expected: &[f64]) {
        assert_eq!(daily_returns(100.0, marks, days), expected);
    }

    #[test]
    fn the_first_return_is_from_the_initial_cash() {
        check(&[(5, 150.0), (6, 75.0)], Days::Every, &[0.5, -0.5]);
    }

    #[test]
    fn days_without_a_mark_return_nothing_on_continuous_markets_and_do_not_exist_for_sessions() {
        check(&[(5, 150.0), (8, 75.0)], Days::Every, &[0.5, 0.0, 0.0, -0.5]);
        check(&[(5, 150.0), (8, 75.0)], Days::Marked, &[0.5, -0.5]);
    }

    #[test]
    fn a_lost_account_ends_the_series() {
        check(&[(1, 0.0), (2, 10.0)], Days::Every, &[-1.0]);
        check(&[], Days::Every, &[]);
    }
}
