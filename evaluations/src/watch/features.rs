//! The distribution of features: where their values lie now, in the bins that held a tenth of them each before.
//!
//! The population stability index, the sum of `(a - e) ln(a / e)` over bins. Under chance alone it is distributed as chi
//! squared over the number of values (Yurdakul and Naranjo 2020), so that its limit is the customary one or, where there
//! are few values, what chance would pass. Values of one day follow each other: a day counts as one value of them.
use super::{Asked, Expectation, Observed, Signal};
use crate::metrics::distribution;
use crate::statistics::SampleError;
use engine::normal;
use serde::{Deserialize, Serialize};

/// Bins of a feature.
const BINS: usize = 10;
/// The probability that chance passes its bound, over all features of one look, and the fewest days that are looked at.
const FALSE_ALARMS: f64 = 0.01;
const DAYS_MIN: u64 = 20;

/// The expected distribution of a feature.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bins {
    /// The edges between bins, rising; a value at an edge lies below it.
    pub edges: Vec<f64>,
    /// How many values lay in each bin: one more than there are edges.
    pub counts: Vec<u64>,
    /// Over how many days.
    pub days: u64,
}

impl Bins {
    /// Bins that hold as many of `values` each as their equals allow, from `days` days.
    ///
    /// # Errors
    /// When a value is not finite, or there is none.
    pub fn of(values: &[f64], days: u64) -> Result<Self, SampleError> {
        crate::statistics::finite(0, values)?;
        crate::statistics::at_least("the distribution of a feature", 1, "values", values.len())?;
        let sorted = distribution::sorted(values);
        let edge = |bin: usize| distribution::quantile(&sorted, bin as f64 / BINS as f64);
        let mut edges: Vec<f64> = (1..BINS).filter_map(edge).collect();
        edges.dedup_by(|a, b| a.total_cmp(b).is_eq());
        // Nothing lies above the greatest value: an edge there would make a bin that is always empty.
        edges.retain(|edge| sorted.last().is_some_and(|last| edge < last));
        let mut bins = Self { counts: Vec::new(), edges, days };
        bins.counts = bins.count(values);
        Ok(bins)
    }

    /// How many of `values` lie in each bin; what is no number lies in none.
    #[must_use]
    pub fn count(&self, values: &[f64]) -> Vec<u64> {
        let mut counts = vec![0; self.edges.len() + 1];
        for value in values.iter().filter(|v| !v.is_nan()) {
            counts[self.edges.partition_point(|edge| edge < value)] += 1;
        }
        counts
    }

    /// How far `counts` in these bins over `days` days are from what was expected; chance passes the limit with a
    /// probability of `false_alarms`. `None` when the counts are of other bins, or either is of nothing.
    #[must_use]
    pub fn shift(&self, counts: &[u64], days: u64, false_alarms: f64) -> Option<Shift> {
        let (before, now): (u64, u64) = (self.counts.iter().sum(), counts.iter().sum());
        if counts.len() != self.counts.len() || before == 0 || now == 0 {
            return None;
        }
        let bins = counts.len() as f64;
        // Half a value more in each bin, so that an empty one has a logarithm.
        let share = |count: u64, all: u64| (count as f64 + 0.5) / (all as f64 + 0.5 * bins);
        let terms = counts.iter().zip(&self.counts).map(|(count, expected)| {
            let (a, e) = (share(*count, now), share(*expected, before));
            (a - e) * engine::math::ln(a / e)
        });
        let worth = |days: u64, values: u64| 1.0 / days.min(values).max(1) as f64;
        let chance = (worth(days, now) + worth(self.days, before)) * chi_squared(bins - 1.0, 1.0 - false_alarms)?;
        Some(Shift { index: terms.sum(), chance })
    }
}

/// How far a distribution moved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shift {
    /// The population stability index.
    pub index: f64,
    /// What chance alone would seldom pass.
    pub chance: f64,
}

/// The quantile of chi squared (Wilson and Hilferty 1931); 0 without freedom.
fn chi_squared(freedom: f64, p: f64) -> Option<f64> {
    if freedom < 1.0 {
        return Some(0.0);
    }
    let part = 2.0 / (9.0 * freedom);
    let root = 1.0 - part + normal::quantile(p)? * part.sqrt();
    Some(freedom * root * root * root)
}

/// A signal for each expected feature, by name; one that says so where none is expected.
pub(super) fn signals(asked: Asked, expectation: &Expectation, observed: &Observed) -> Vec<Signal> {
    let days = observed.returns.len() as u64;
    if expectation.features.is_empty() {
        return vec![Signal::too_little(asked, days, "no feature is expected to look like anything".to_owned())];
    }
    // All features of a look together have the stated probability.
    let each = FALSE_ALARMS / expectation.features.len() as f64;
    let signal = |(name, bins): (&String, &Bins)| {
        let signal = if days < DAYS_MIN {
            Signal::too_little(asked, days, format!("{days} days, at least {DAYS_MIN} are needed"))
        } else if let Some(shift) = observed.features.get(name).and_then(|counts| bins.shift(counts, days, each)) {
            let limit = asked.limit.max(shift.chance);
            let (index, chance) = (shift.index, shift.chance);
            let told = format!("stability index of {name} {index:.3} over {days} days, {chance:.3} may be chance");
            Signal::of(asked, days, index, limit, told)
        } else {
            Signal::too_little(asked, days, "no values were seen in the expected bins".to_owned())
        };
        Signal { subject: Some(name.clone()), ..signal }
    };
    expectation.features.iter().map(signal).collect()
}
