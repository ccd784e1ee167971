//! The distribution of features: where their values lie now, in the bins that held a tenth of them each before.
//!
//! The population stability index, the sum of `(a - e) ln(a / e)` over bins. Under chance alone it is distributed as chi
//! squared over the number of values (Yurdakul and Naranjo 2020), so that its limit is the customary one or, where there
//! are few values, what chance would pass. Values of one day follow each other: a day counts as one value of them. Days
//! follow each other too, for what is volatile stays so for weeks: so no less is allowed than any stretch of the evidence
//! itself, as many days long, differed from the rest of it.
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
    /// How many values lay in each bin, day by day in their order: of each day one count more than there are edges.
    pub days: Vec<Vec<u64>>,
}

impl Bins {
    /// Bins that hold as many of the values each as their equals allow, from the values of each day in the order of days.
    ///
    /// # Errors
    /// When a value is not finite, or there is none.
    pub fn of(days: &[Vec<f64>]) -> Result<Self, SampleError> {
        let values: Vec<f64> = days.concat();
        crate::statistics::finite(0, &values)?;
        crate::statistics::at_least("the distribution of a feature", 1, "values", values.len())?;
        let sorted = distribution::sorted(&values);
        let edge = |bin: usize| distribution::quantile(&sorted, bin as f64 / BINS as f64);
        let mut edges: Vec<f64> = (1..BINS).filter_map(edge).collect();
        edges.dedup_by(|a, b| a.total_cmp(b).is_eq());
        // Nothing lies above the greatest value: an edge there would make a bin that is always empty.
        edges.retain(|edge| sorted.last().is_some_and(|last| edge < last));
        let mut bins = Self { days: Vec::new(), edges };
        bins.days = days.iter().map(|values| bins.count(values)).collect();
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
        let before = self.all();
        let (expected, now): (u64, u64) = (before.iter().sum(), counts.iter().sum());
        if counts.len() != before.len() || expected == 0 || now == 0 {
            return None;
        }
        let worth = |days: u64, values: u64| 1.0 / days.min(values).max(1) as f64;
        let both = worth(days, now) + worth(self.days.len() as u64, expected);
        let chance = both * chi_squared(before.len() as f64 - 1.0, 1.0 - false_alarms)?;
        let stretch = self.farthest_stretch(&before, usize::try_from(days).unwrap_or(usize::MAX));
        Some(Shift { index: index(counts, &before), chance: chance.max(stretch) })
    }

    /// How many values lay in each bin on all days.
    fn all(&self) -> Vec<u64> {
        let mut all = vec![0; self.edges.len() + 1];
        self.days.iter().for_each(|day| add(&mut all, day));
        all
    }

    /// How far the stretch of so many of these days that differs most from the others does so; 0 where there is no other day.
    fn farthest_stretch(&self, all: &[u64], days: usize) -> f64 {
        if days == 0 || days >= self.days.len() {
            return 0.0;
        }
        let from_the_rest = |inside: &[u64]| {
            let outside: Vec<u64> = all.iter().zip(inside).map(|(all, inside)| all - inside).collect();
            index(inside, &outside)
        };
        let mut inside = vec![0; all.len()];
        self.days[..days].iter().for_each(|day| add(&mut inside, day));
        let mut farthest = from_the_rest(&inside);
        for (leaves, comes) in self.days.iter().zip(&self.days[days..]) {
            add(&mut inside, comes);
            inside.iter_mut().zip(leaves).for_each(|(sum, count)| *sum -= count);
            farthest = farthest.max(from_the_rest(&inside));
        }
        farthest
    }
}

fn add(sum: &mut [u64], counts: &[u64]) {
    sum.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
}

/// The population stability index of counts against the expected ones.
fn index(counts: &[u64], expected: &[u64]) -> f64 {
    let (now, before): (u64, u64) = (counts.iter().sum(), expected.iter().sum());
    let bins = counts.len() as f64;
    // Half a value more in each bin, so that an empty one has a logarithm.
    let share = |count: u64, all: u64| (count as f64 + 0.5) / (all as f64 + 0.5 * bins);
    let terms = counts.iter().zip(expected).map(|(count, expected)| {
        let (a, e) = (share(*count, now), share(*expected, before));
        (a - e) * engine::math::ln(a / e)
    });
    terms.sum()
}

/// How far a distribution moved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shift {
    /// The population stability index.
    pub index: f64,
    /// What chance alone would seldom pass, or as far as a stretch of the evidence lay from the rest of it.
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
            let told = format!("stability index of {name} {index:.3} over {days} days, {chance:.3} is not unusual");
            Signal::of(asked, days, index, limit, told)
        } else {
            Signal::too_little(asked, days, "no values were seen in the expected bins".to_owned())
        };
        Signal { subject: Some(name.clone()), ..signal }
    };
    expectation.features.iter().map(signal).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::testing::check;
    use crate::statistics::stream;
    use engine::Rng;

    #[test]
    fn bins_hold_a_tenth_each_and_equal_values_share_one() {
        let values: Vec<f64> = (0..1_000).map(f64::from).collect();
        let bins = Bins::of(std::slice::from_ref(&values)).unwrap();
        assert_eq!((bins.edges.len(), bins.all()), (9, vec![100; 10]));
        let two = Bins::of(&[vec![1.0, 1.0], vec![1.0, 5.0]]).unwrap();
        let all = two.all();
        assert_eq!((two.edges.len(), all.iter().sum::<u64>(), two.days.len()), (all.len() - 1, 4, 2));
        assert!(all.iter().all(|count| *count > 0) || two.edges.len() > 1, "{two:?}");
        let still = Bins::of(&[vec![2.0; 50]]).unwrap();
        assert_eq!((still.edges.len(), still.all()), (0, vec![50]));
        assert_eq!(still.shift(&[7], 7, 0.01).map(|s| s.index), Some(0.0));
        assert_eq!(bins.count(&[f64::NAN, -5.0, 5_000.0]), [1, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
        assert!(Bins::of(&[]).is_err() && Bins::of(&[vec![f64::INFINITY]]).is_err());
    }

    #[test]
    fn the_stability_index_is_the_sum_over_bins() {
        let days = (0..10_000).map(|day| if day < 5_000 { vec![1, 0] } else { vec![0, 1] }).collect();
        let bins = Bins { edges: vec![0.0], days };
        let found = bins.shift(&[8_000, 2_000], 10_000, 0.05).unwrap();
        let expected = (0.8 - 0.5) * (0.8_f64 / 0.5).log2() * std::f64::consts::LN_2
            + (0.2 - 0.5) * (0.2_f64 / 0.5).log2() * std::f64::consts::LN_2;
        check(Some(found.index), expected, 1e-3);
        // Chi squared of one degree passes 3.841 with five percent; all days have no stretch beside them.
        check(Some(found.chance), 3.841 * 2.0 / 10_000.0, 2e-5);
        assert_eq!(bins.shift(&[1, 2, 3], 10, 0.05), None);
        assert_eq!(bins.shift(&[0, 0], 10, 0.05), None);
    }

    /// What is volatile stays so for weeks: a feature that follows itself from day to day.
    fn persistent(rng: &mut Rng, days: usize) -> Vec<Vec<f64>> {
        let mut level = 0.0;
        let day = |_| {
            level = 0.97 * level + rng.normal();
            (0..6).map(|_| level + rng.normal()).collect()
        };
        (0..days).map(day).collect()
    }

    #[test]
    fn a_feature_that_stays_where_it_is_for_weeks_is_held_against_stretches_of_its_own_history() {
        let bins = Bins::of(&persistent(&mut Rng::stream(8, "evidence"), 1_500)).unwrap();
        // What chance would pass if every day were a value of its own.
        let alone = (1.0 / 40.0 + 1.0 / 1_500.0) * chi_squared(9.0, 0.99).unwrap();
        let (mut apart, mut passed) = (0, 0);
        for seed in 0..40 {
            let session = persistent(&mut stream(seed, "session", 0), 40);
            let shift = bins.shift(&bins.count(&session.concat()), 40, 0.01).unwrap();
            apart += usize::from(shift.index > alone);
            passed += usize::from(shift.index > shift.chance);
        }
        assert!(apart >= 4, "a level that stays would look like another market: {apart} of 40");
        assert!(passed <= 2, "{passed} of 40");
        let other: Vec<f64> =
            persistent(&mut stream(3, "session", 0), 40).concat().iter().map(|it| it + 30.0).collect();
        let moved = bins.shift(&bins.count(&other), 40, 0.01).unwrap();
        assert!(moved.index > moved.chance, "{moved:?}");
    }

    #[test]
    fn a_stretch_is_compared_with_the_days_outside_of_it() {
        let quiet = vec![vec![1.0, 2.0]; 6];
        let mut days = quiet.clone();
        days.push(vec![9.0, 9.0]);
        let bins = Bins::of(&days).unwrap();
        let (all, counts) = (bins.all(), bins.count(&[9.0, 9.0]));
        assert_eq!(all.iter().sum::<u64>(), 14);
        let outside: Vec<u64> = all.iter().zip(&counts).map(|(all, inside)| all - inside).collect();
        check(Some(bins.farthest_stretch(&all, 1)), index(&counts, &outside), 1e-15);
        // The only stretch of seven days is everything, and there is nothing beside it.
        let none = [7, 0].map(|days| bins.farthest_stretch(&all, days));
        assert!(none.iter().all(|it| *it == 0.0), "{none:?}");
    }
}
