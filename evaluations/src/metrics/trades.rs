//! What round trips brought: profit factor, expectancy, system quality, win rate.
//!
//! A result is the net money of a closed round trip, after the fees of both sides. A win is above zero; a result of
//! exactly zero is neither a win nor a loss. LEAN answers 10 for a profit factor without losers; here it is undefined.
use super::{mean, quotient, spread};

/// The counts and sums that the figures of trades are made of.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tally {
    /// Results above zero.
    pub wins: usize,
    /// Results below zero.
    pub losses: usize,
    /// All results.
    pub n: usize,
    /// The sum of the wins.
    pub won: f64,
    /// The sum of the losses, positive.
    pub lost: f64,
}

impl Tally {
    /// The tally of `results`.
    #[must_use]
    pub fn of(results: &[f64]) -> Self {
        let mut tally = Self { n: results.len(), ..Self::default() };
        for result in results {
            if *result > 0.0 {
                tally.wins += 1;
                tally.won += result;
            } else if *result < 0.0 {
                tally.losses += 1;
                tally.lost -= result;
            }
        }
        tally
    }

    /// Won over lost; undefined without losses.
    #[must_use]
    pub fn profit_factor(&self) -> Option<f64> {
        quotient(self.won, self.lost)
    }

    /// Wins over all.
    #[must_use]
    pub fn win_rate(&self) -> Option<f64> {
        quotient(self.wins as f64, self.n as f64)
    }

    /// The mean win.
    #[must_use]
    pub fn average_win(&self) -> Option<f64> {
        quotient(self.won, self.wins as f64)
    }

    /// The mean loss, negative.
    #[must_use]
    pub fn average_loss(&self) -> Option<f64> {
        quotient(-self.lost, self.losses as f64)
    }

    /// The mean win over the mean loss, both positive.
    #[must_use]
    pub fn payoff(&self) -> Option<f64> {
        quotient(self.average_win()?, -self.average_loss()?)
    }

    /// Win rate times payoff, less the loss rate: what one unit of loss is risked for (LEAN's expectancy).
    #[must_use]
    pub fn expectancy_ratio(&self) -> Option<f64> {
        Some(self.win_rate()? * self.payoff()? - quotient(self.losses as f64, self.n as f64)?)
    }
}

/// The mean result of a round trip, in money.
#[must_use]
pub fn expectancy(results: &[f64]) -> Option<f64> {
    mean(results)
}

/// Van Tharp's system quality: `sqrt(n) * mean / deviation` of the results, `n` capped at `cap`.
#[must_use]
pub fn system_quality(results: &[f64], cap: usize) -> Option<f64> {
    quotient(mean(results)?, spread(results)?).map(|q| q * (results.len().min(cap) as f64).sqrt())
}

/// The longest run of results that `keeps` accepts.
#[must_use]
pub fn longest_run(results: &[f64], keeps: fn(f64) -> bool) -> usize {
    let (mut longest, mut run) = (0, 0);
    for result in results {
        run = if keeps(*result) { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::testing::check;

    #[test]
    fn expectancy_is_that_of_the_published_four_results() {
        check(expectancy(&[10.0, -5.0, 15.0, -10.0]), 2.5, 1e-15);
        let tally = Tally::of(&[10.0, -5.0, 15.0, -10.0]);
        check(tally.profit_factor(), 25.0 / 15.0, 1e-15);
        check(tally.win_rate(), 0.5, 1e-15);
        check(tally.payoff(), 12.5 / 7.5, 1e-15);
        check(tally.expectancy_ratio(), 0.5 * 12.5 / 7.5 - 0.5, 1e-15);
    }

    #[test]
    fn without_losers_the_profit_factor_is_undefined_and_the_count_says_why() {
        let tally = Tally::of(&[10.0, 0.0, 5.0]);
        assert_eq!((tally.profit_factor(), tally.wins, tally.losses, tally.n), (None, 2, 0, 3));
        assert_eq!(tally.expectancy_ratio(), None);
        assert_eq!(Tally::of(&[]).win_rate(), None);
    }

    #[test]
    fn system_quality_stops_growing_at_its_cap() {
        let results: Vec<f64> = (0..400).map(|i| if i % 2 == 0 { 3.0 } else { -1.0 }).collect();
        let capped = system_quality(&results, 100);
        check(system_quality(&results, usize::MAX).map(|q| q / 2.0), capped.unwrap(), 1e-12);
        assert_eq!(system_quality(&[1.0, 1.0], 100), None);
    }

    #[test]
    fn the_longest_run_counts_neighbours_only() {
        assert_eq!(longest_run(&[1.0, 1.0, -1.0, 1.0, 1.0, 1.0, 0.0], |r| r > 0.0), 3);
        assert_eq!(longest_run(&[], |r| r > 0.0), 0);
    }
}
