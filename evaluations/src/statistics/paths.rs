//! Equity paths that could have been: stationary resamples of daily returns, and the cone that they fill.
//!
//! Every path has its own random stream. Each day counts for its deepest fall and its time under water; the bands of the
//! cones stand at marked days, all of them up to [`MARKS_MAX`] and evenly spread over longer paths, so that memory is bounded.
mod cone;

pub use cone::Cone;

use super::bootstrap::{Blocks, Resampler};
use super::sample::{SampleError, at_least, finite};
use super::stream;
use rayon::prelude::*;

/// The most days at which bands stand.
pub const MARKS_MAX: usize = 250;
/// The most paths.
pub const PATHS_MAX: usize = 100_000;
/// Where growth is cut, so that no path leaves the numbers.
const GROWTH_MAX: f64 = 1e300;

/// How paths are made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PathSettings {
    /// How many paths.
    pub paths: usize,
    /// How many days each has.
    pub days: usize,
    /// How blocks are cut.
    pub blocks: Blocks,
    /// What paths are drawn by.
    pub seed: u64,
}

/// What became of one path. It starts at 1, which is its first peak.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PathOutcome {
    /// Its last value; 0 where the account was lost.
    pub terminal: f64,
    /// Its deepest fall, as a positive fraction of the peak.
    pub max_drawdown: f64,
    /// Its longest time below a peak, in days.
    pub longest_under: usize,
    /// All its days below a peak.
    pub days_under: usize,
}

/// Paths and their cones.
#[derive(Clone, Debug, PartialEq)]
pub struct Paths {
    /// Each path, by index.
    pub outcomes: Vec<PathOutcome>,
    /// The value.
    pub growth: Cone,
    /// How far below its peak a path is on a day.
    pub drawdown: Cone,
    /// How far it has been below a peak until that day: what a watch compares with.
    pub deepest: Cone,
}

impl Paths {
    /// The quantile `p` of a figure of the paths.
    #[must_use]
    pub fn quantile(&self, figure: impl Fn(&PathOutcome) -> f64, p: f64) -> Option<f64> {
        let values: Vec<f64> = self.outcomes.iter().map(figure).collect();
        super::quantiles(&values, [p]).map(|[value]| value)
    }

    /// The share of paths that end below where they began.
    #[must_use]
    pub fn probability_of_loss(&self) -> f64 {
        self.outcomes.iter().filter(|path| path.terminal < 1.0).count() as f64 / self.outcomes.len() as f64
    }
}

/// What bands are taken of, at one mark of one path.
type Marked = [f64; 3];

/// Draws paths from daily `returns`.
///
/// # Errors
/// When there is no return, day or path, a return is not finite, there are more than [`PATHS_MAX`] paths, or the blocks do
/// not fit.
pub fn paths(returns: &[f64], settings: PathSettings) -> Result<Paths, SampleError> {
    const WHAT: &str = "a path";
    finite(0, returns)?;
    at_least(WHAT, 1, "days", settings.days)?;
    if !(1..=PATHS_MAX).contains(&settings.paths) {
        let (found, allowed) = (settings.paths.to_string(), format!("1 to {PATHS_MAX}"));
        return Err(SampleError::Setting { what: "the number of paths", found, allowed });
    }
    let resampler = Resampler::new(returns.len(), settings.blocks)?;
    let factors: Vec<f64> = returns.iter().map(|r| (1.0 + r).max(0.0)).collect();
    let days = marks(settings.days);
    let mut marked: Vec<Marked> = vec![[0.0; 3]; settings.paths * days.len()];
    let walk = |(index, marked): (usize, &mut [Marked])| {
        let mut rng = stream(settings.seed, "paths", index);
        let mut path = Path::new(&days, marked);
        resampler.each(settings.days, &mut rng, |row| path.step(factors[row]));
        path.outcome()
    };
    let outcomes = marked.par_chunks_mut(days.len()).enumerate().map(walk).collect();
    let [growth, drawdown, deepest] = cone::cones(&marked, &days);
    Ok(Paths { outcomes, growth, drawdown, deepest })
}

/// The days at which bands stand, from 1; the last day is among them.
fn marks(days: usize) -> Vec<usize> {
    let count = days.min(MARKS_MAX);
    (1..=count).map(|mark| mark * days / count).collect()
}

/// A path as it is walked.
struct Path<'a> {
    marks: &'a [usize],
    marked: &'a mut [Marked],
    next: usize,
    day: usize,
    growth: f64,
    peak: f64,
    peak_day: usize,
    outcome: PathOutcome,
}

impl<'a> Path<'a> {
    fn new(marks: &'a [usize], marked: &'a mut [Marked]) -> Self {
        let outcome = PathOutcome::default();
        Self { marks, marked, next: 0, day: 0, growth: 1.0, peak: 1.0, peak_day: 0, outcome }
    }

    fn step(&mut self, factor: f64) {
        self.day += 1;
        self.growth = (self.growth * factor).min(GROWTH_MAX);
        if self.growth >= self.peak {
            self.peak = self.growth;
            self.peak_day = self.day;
        } else {
            self.outcome.days_under += 1;
            self.outcome.longest_under = self.outcome.longest_under.max(self.day - self.peak_day);
            let fall = self.peak - self.growth;
            // A product decides whether a division is worth its time.
            if fall > self.outcome.max_drawdown * self.peak {
                self.outcome.max_drawdown = fall / self.peak;
            }
        }
        if self.marks[self.next] == self.day {
            let depth = (self.peak - self.growth) / self.peak;
            self.marked[self.next] = [self.growth, depth, self.outcome.max_drawdown];
            self.next = (self.next + 1).min(self.marks.len() - 1);
        }
    }

    fn outcome(self) -> PathOutcome {
        PathOutcome { terminal: self.growth, ..self.outcome }
    }
}

#[cfg(test)]
mod tests;
