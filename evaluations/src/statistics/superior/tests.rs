//! The order of the three p-values, their size under luck alone, their power, and the recentring row by row.
use super::*;
use crate::metrics::testing::check;

fn draws(strategies: usize, rows: usize, seed: u64, mean: fn(usize) -> f64) -> Vec<Vec<f64>> {
    (0..strategies)
        .map(|place| {
            let mut rng = stream(seed, "excess", place);
            (0..rows).map(|_| 0.01 * (mean(place) + rng.normal())).collect()
        })
        .collect()
}

#[test]
fn the_three_p_values_are_in_order_and_conservative_ones_count_losers() {
    let mut apart = 0;
    for seed in 0..20 {
        // A good one, many about even, and some that lose so much that they say nothing of luck.
        let excess = draws(30, 250, seed, |place| match place {
            0 => 0.1,
            1..20 => 0.0,
            _ => -0.5,
        });
        let found = superior(&excess, 3.0, 300, seed).unwrap();
        let Superiority { lower, consistent, upper } = found.spa;
        assert!(lower <= consistent && consistent <= upper, "seed {seed}: {found:?}");
        apart += usize::from(lower < upper);
    }
    assert!(apart >= 10, "{apart}");
}

#[test]
fn luck_alone_is_found_as_often_as_is_said_and_an_edge_almost_always() {
    let rejected = |mean: fn(usize) -> f64| {
        let found = (0..100).map(|seed| superior(&draws(20, 200, seed, mean), 2.0, 200, seed).unwrap());
        let found: Vec<Superior> = found.collect();
        let share = |p: fn(&Superior) -> f64| found.iter().filter(|f| p(f) <= 0.05).count();
        (share(|f| f.spa.consistent), share(|f| f.reality_check), found[0].best)
    };
    let (spa, check, _) = rejected(|_| 0.0);
    assert!(spa <= 12 && check <= 12, "{spa} and {check} of 100 by luck");
    let (spa, check, best) = rejected(|place| if place == 7 { 0.4 } else { 0.0 });
    assert!(spa >= 95 && check >= 95 && best == 7, "{spa} and {check} of 100, best {best}");
}

#[test]
fn nothing_that_beats_the_benchmark_is_no_evidence() {
    let found = superior(&draws(5, 100, 1, |_| -1.0), 2.0, 100, 1).unwrap();
    assert_eq!(found.spa, Superiority { lower: 1.0, consistent: 1.0, upper: 1.0 });
    assert!(found.statistic.abs() < 1e-300);
}

#[test]
fn a_resample_is_recentred_in_three_ways() {
    let (good, bad) = ([1.0, 3.0, 2.0, 2.0].repeat(4), [-9.0, -7.0, -8.0, -8.0].repeat(4));
    let errors = vec![2.0, 0.5];
    let found = Differences::new(&[&good, &bad], errors);
    let centres = found.centres();
    assert_eq!(centres, [vec![2.0, 0.0], vec![2.0, 0.0], vec![2.0, -8.0]]);
    // A resample of the second row alone: means 3 and -7.
    let mut sums = vec![0.0; 2];
    let maxima = found.maxima(&centres, &mut sums, |see| (0..16).for_each(|_| see(1)));
    assert_eq!(maxima, Maxima { plain: [4.0, 4.0, 4.0], studentised: [2.0, 2.0, 8.0] });
    let (statistic, best, plain) = found.statistics();
    assert_eq!((statistic, best, plain), (4.0, 0, 8.0));
    // Just within what chance explains the loser keeps its mean.
    let bound = (0.25 / 16.0 * 2.0 * libm::log(libm::log(16.0))).sqrt();
    let near = [-bound * 0.999; 16];
    let kept = Differences::new(&[&good, &near], vec![2.0, 0.5]).centres();
    check(Some(kept[1][1]), -bound * 0.999, 1e-12);
    let beyond = [-bound * 1.001; 16];
    assert_eq!(Differences::new(&[&good, &beyond], vec![2.0, 0.5]).centres()[1], [2.0, 0.0]);
}

#[test]
fn what_never_varies_is_left_out_and_told() {
    let mut excess = draws(3, 100, 4, |place| if place == 1 { 0.3 } else { 0.0 });
    let before = superior(&excess, 2.0, 100, 1).unwrap();
    excess.insert(0, vec![0.0; 100]);
    let found = superior(&excess, 2.0, 100, 1).unwrap();
    assert_eq!((found.still, found.best, found.strategies), (1, before.best + 1, 4));
    assert_eq!((found.spa, found.reality_check), (before.spa, before.reality_check));
    let none = superior(&[vec![0.0; 100]], 2.0, 100, 1).unwrap_err().to_string();
    assert_eq!(none, "the test of the best of many needs at least 1 strategies that vary, there are 0");
}

#[test]
fn the_p_values_do_not_hang_on_the_number_of_threads() {
    let excess = draws(10, 120, 6, |place| 0.02 * place as f64);
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| superior(&excess, 4.0, 200, 3).unwrap())
    };
    assert_eq!(with(1), with(3));
}

#[test]
fn what_cannot_be_tested_is_refused() {
    let excess = draws(2, 15, 1, |_| 0.0);
    assert!(superior(&excess, 2.0, 100, 1).is_err());
    let excess = draws(2, 30, 1, |_| 0.0);
    assert!(superior(&excess, 31.0, 100, 1).is_err() && superior(&excess, 2.0, 0, 1).is_err());
    assert!(superior::<Vec<f64>>(&[], 2.0, 100, 1).is_err());
}
