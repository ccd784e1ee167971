//! Shuffled trades: the same results in other orders, and how deep and how long the account would have been under water.
//!
//! Order changes neither the sum nor its Sharpe ratio, so that only the path is asked. Where all orders are few they are
//! gone through one by one; otherwise orders are drawn, each from its own stream.
use super::sample::{SampleError, at_least, finite};
use super::stream;
use rayon::prelude::*;

/// The path of one order of results.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PathShape {
    /// The deepest fall from a peak, in money, positive; the first peak is what the account started with.
    pub max_drawdown: f64,
    /// The deepest fall as a fraction of its peak; 1 where the account was lost.
    pub max_drawdown_fraction: f64,
    /// The longest run of results after which the account was below its peak.
    pub longest_under: usize,
}

/// Where the order that happened stands among other orders.
#[derive(Clone, Debug, PartialEq)]
pub struct Shuffled {
    /// The order that happened.
    pub original: PathShape,
    /// Every order that was looked at, by index.
    pub paths: Vec<PathShape>,
    /// Whether these are all orders, or drawn ones.
    pub exact: bool,
    /// The share of orders that fall no deeper in money than what happened: small where the order was luck.
    pub share_no_deeper: f64,
    /// The share of orders that stay under water no longer than what happened.
    pub share_no_longer: f64,
    /// The mean of the deepest falls, in money.
    pub mean_drawdown: f64,
    /// The quantiles 5 %, 50 % and 95 % of the deepest falls, as fractions of the peak.
    pub drawdown_quantiles: [f64; 3],
}

/// The path that `results` make in their order from `start`.
#[must_use]
pub fn path_shape(start: f64, results: impl Iterator<Item = f64>) -> PathShape {
    let (mut equity, mut peak) = (start, start);
    let (mut money, mut fraction, mut under, mut longest) = (0.0_f64, 0.0_f64, 0_usize, 0_usize);
    for result in results {
        equity += result;
        peak = peak.max(equity);
        let fall = peak - equity;
        money = money.max(fall);
        fraction = fraction.max(if peak > 0.0 { (fall / peak).min(1.0) } else { 1.0 });
        under = if fall > 0.0 { under + 1 } else { 0 };
        longest = longest.max(under);
    }
    PathShape { max_drawdown: money, max_drawdown_fraction: fraction, longest_under: longest }
}

/// Shuffles `results` (net money of round trips, in their order) on an account that starts with `start`, `runs` times.
///
/// # Errors
/// When there is no result or no run, a result is not finite, or the account does not start above zero.
pub fn shuffle(results: &[f64], start: f64, runs: usize, seed: u64) -> Result<Shuffled, SampleError> {
    at_least("shuffling", 1, "round trips", results.len())?;
    at_least("shuffling", 1, "runs", runs)?;
    finite(0, results)?;
    if !(start.is_finite() && start > 0.0) {
        let (what, found, allowed) = ("the start of the account", start.to_string(), "above zero".into());
        return Err(SampleError::Setting { what, found, allowed });
    }
    let all = orders(results.len()).filter(|orders| *orders <= runs);
    let path = |index: usize| {
        let order = match all {
            Some(_) => nth_order(results.len(), index),
            None => drawn_order(results.len(), seed, index),
        };
        path_shape(start, order.into_iter().map(|place| results[place]))
    };
    let paths: Vec<PathShape> = (0..all.unwrap_or(runs)).into_par_iter().map(path).collect();
    let original = path_shape(start, results.iter().copied());
    // Sums in another order differ in their last digits.
    let slack = 1e-12 * (start + results.iter().map(|r| r.abs()).sum::<f64>());
    let count = paths.len() as f64;
    let share = |keeps: &dyn Fn(&PathShape) -> bool| paths.iter().filter(|p| keeps(p)).count() as f64 / count;
    let fractions: Vec<f64> = paths.iter().map(|p| p.max_drawdown_fraction).collect();
    Ok(Shuffled {
        share_no_deeper: share(&|path| path.max_drawdown <= original.max_drawdown + slack),
        share_no_longer: share(&|path| path.longest_under <= original.longest_under),
        mean_drawdown: paths.iter().map(|p| p.max_drawdown).sum::<f64>() / count,
        drawdown_quantiles: super::quantiles(&fractions, [0.05, 0.5, 0.95]).expect("there is at least one run"),
        original,
        exact: all.is_some(),
        paths,
    })
}

/// The number of orders of `count` things, where it can be counted.
fn orders(count: usize) -> Option<usize> {
    (1..=count).try_fold(1_usize, usize::checked_mul)
}

/// The order at `index` of all orders.
fn nth_order(count: usize, mut index: usize) -> Vec<usize> {
    let mut left: Vec<usize> = (0..count).collect();
    (1..=count)
        .rev()
        .map(|choices| {
            let place = index % choices;
            index /= choices;
            left.remove(place)
        })
        .collect()
}

/// A drawn order (Fisher and Yates).
fn drawn_order(count: usize, seed: u64, index: usize) -> Vec<usize> {
    let mut rng = stream(seed, "shuffle", index);
    let mut order: Vec<usize> = (0..count).collect();
    for place in (1..count).rev() {
        order.swap(place, rng.below(place as u64 + 1) as usize);
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIX: [f64; 6] = [2.0, -3.0, 4.0, -1.0, -2.0, 3.0];

    #[test]
    fn the_720_orders_of_six_results_have_the_constructed_drawdowns() {
        let found = shuffle(&SIX, 10.0, 720, 1).unwrap();
        assert!(found.exact);
        let count = |depth: f64| found.paths.iter().filter(|p| (p.max_drawdown - depth).abs() < 1e-12).count();
        assert_eq!([3.0, 4.0, 5.0, 6.0].map(count), [264, 168, 144, 144]);
        assert!((found.mean_drawdown - 4.233_333_333_333_333).abs() < 1e-12, "{}", found.mean_drawdown);
        assert_eq!((found.original.max_drawdown, found.share_no_deeper), (3.0, 264.0 / 720.0));
    }

    #[test]
    fn drawn_orders_come_near_to_all_of_them() {
        let found = shuffle(&SIX, 10.0, 719, 1).unwrap();
        assert!(!found.exact, "one run less than there are orders");
        let many = shuffle(&[SIX.as_slice(), &[0.0; 4]].concat(), 10.0, 20_000, 7).unwrap();
        assert!(!many.exact);
        assert!((many.share_no_deeper - 264.0 / 720.0).abs() < 0.012, "{}", many.share_no_deeper);
        assert!((many.mean_drawdown - 4.233_333).abs() < 0.03, "{}", many.mean_drawdown);
    }

    #[test]
    fn every_order_is_drawn_as_often_as_any_other() {
        let mut counts = std::collections::BTreeMap::new();
        (0..6_000).for_each(|index| *counts.entry(drawn_order(3, 1, index)).or_insert(0) += 1);
        assert!(counts.len() == 6 && counts.values().all(|count| (880..1_120).contains(count)), "{counts:?}");
    }

    #[test]
    fn the_shape_of_a_path_is_that_of_its_peaks() {
        let shape = path_shape(10.0, SIX.into_iter());
        assert_eq!((shape.max_drawdown, shape.max_drawdown_fraction, shape.longest_under), (3.0, 0.25, 2));
        let lost = path_shape(10.0, [-12.0, 1.0].into_iter());
        assert_eq!((lost.max_drawdown, lost.max_drawdown_fraction, lost.longest_under), (12.0, 1.0, 2));
        let up = path_shape(10.0, [1.0, 0.0, 2.0].into_iter());
        assert_eq!((up.max_drawdown, up.max_drawdown_fraction, up.longest_under), (0.0, 0.0, 0));
    }

    #[test]
    fn results_that_come_in_runs_are_seen_as_worse_than_their_shuffles() {
        let runs: Vec<f64> = (0..100).map(|n| if n % 50 < 25 { 1.0 } else { -0.8 }).collect();
        let turns: Vec<f64> = (0..100).map(|n| if n % 2 == 0 { 1.0 } else { -0.8 }).collect();
        let share = |results: &[f64]| shuffle(results, 100.0, 1_000, 3).unwrap().share_no_deeper;
        assert!(share(&runs) > 0.99 && share(&turns) < 0.01, "{} {}", share(&runs), share(&turns));
    }

    #[test]
    fn the_paths_do_not_hang_on_the_number_of_threads() {
        let results: Vec<f64> = (0..40).map(|n| f64::from(n % 7) - 3.0).collect();
        let with = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| shuffle(&results, 100.0, 500, 5).unwrap())
        };
        assert_eq!(with(1), with(3));
        assert_ne!(with(1).paths, shuffle(&results, 100.0, 500, 6).unwrap().paths);
    }

    #[test]
    fn what_cannot_be_shuffled_is_refused() {
        let check = |results: &[f64], start: f64, runs: usize, expected: &str| {
            assert_eq!(shuffle(results, start, runs, 1).unwrap_err().to_string(), expected);
        };
        check(&[], 10.0, 5, "shuffling needs at least 1 round trips, there are 0");
        check(&SIX, 10.0, 0, "shuffling needs at least 1 runs, there are 0");
        check(&SIX, 0.0, 5, "the start of the account is 0, and has to be above zero");
        assert!(shuffle(&[f64::NAN], 10.0, 5, 1).is_err());
    }
}
