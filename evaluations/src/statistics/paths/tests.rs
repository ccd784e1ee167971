//! Paths against the plain functions on the same draws, the cone, and independence of threads.
use super::*;
use crate::metrics::{distribution, drawdown};
use engine::Rng;

fn returns(count: usize) -> Vec<f64> {
    let mut rng = Rng::stream(8, "returns");
    (0..count).map(|_| 0.0005 + 0.01 * rng.normal()).collect()
}

fn settings(count: usize, days: usize) -> PathSettings {
    PathSettings { paths: count, days, blocks: Blocks::Stationary { mean_length: 5.0 }, seed: 3 }
}

#[test]
fn each_path_is_what_the_plain_functions_say_of_its_draws() {
    let (returns, settings) = (returns(120), settings(40, 300));
    let found = paths(&returns, settings).unwrap();
    let resampler = Resampler::new(120, settings.blocks).unwrap();
    for (index, path) in found.outcomes.iter().enumerate() {
        let mut drawn = Vec::new();
        resampler.each(300, &mut stream(3, "paths", index), |row| drawn.push(returns[row]));
        let depths = drawdown::depths(&drawn);
        let deepest = drawdown::deepest(&drawn).unwrap();
        let total = drawn.iter().fold(1.0, |growth, r| growth * (1.0 + r));
        assert!((path.max_drawdown - deepest).abs() < 1e-12 && (path.terminal - total).abs() < 1e-12);
        let under: Vec<bool> = depths.iter().map(|depth| *depth > 0.0).collect();
        let longest = under.split(|under| !under).map(<[bool]>::len).max().unwrap();
        assert_eq!((path.days_under, path.longest_under), (under.iter().filter(|u| **u).count(), longest));
    }
}

#[test]
fn bands_are_the_quantiles_of_the_paths() {
    let found = paths(&returns(200), settings(101, 40)).unwrap();
    assert_eq!(found.growth.days, (1..=40).collect::<Vec<_>>());
    let last = |figure: fn(&PathOutcome) -> f64, p: f64| {
        let values: Vec<f64> = found.outcomes.iter().map(figure).collect();
        distribution::quantile(&distribution::sorted(&values), p)
    };
    for (place, level) in found.growth.levels.iter().enumerate() {
        assert_eq!(Some(found.growth.bands[39][place]), last(|path| path.terminal, *level));
        assert_eq!(Some(found.deepest.bands[39][place]), last(|path| path.max_drawdown, *level));
        assert_eq!(found.growth.at(40, *level), Some(found.growth.bands[39][place]));
    }
    for (drawdown, deepest) in found.drawdown.bands.iter().zip(&found.deepest.bands) {
        assert!(drawdown.iter().zip(deepest).all(|(now, ever)| now <= ever));
    }
    assert!(found.deepest.bands.windows(2).all(|pair| pair[0].iter().zip(&pair[1]).all(|(a, b)| a <= b)));
    assert_eq!(found.quantile(|path| path.terminal, 0.5), last(|path| path.terminal, 0.5));
}

#[test]
fn long_paths_have_their_bands_on_a_part_of_the_days() {
    let found = paths(&returns(100), settings(20, 2_500)).unwrap();
    assert_eq!((found.growth.days.len(), found.growth.days[0], found.growth.days.last()), (250, 10, Some(&2_500)));
    let cone = &found.growth;
    let between = cone.at(13, 0.5).unwrap();
    let (low, high) = (cone.at(10, 0.5).unwrap(), cone.at(20, 0.5).unwrap());
    assert!((between - (low + 0.3 * (high - low))).abs() < 1e-12);
    let (q95, q99) = (cone.at(20, 0.95).unwrap(), cone.at(20, 0.99).unwrap());
    assert!(cone.between(20, 0.96).is_some_and(|q| (q - (0.75 * q95 + 0.25 * q99)).abs() < 1e-9));
    assert_eq!((cone.between(20, 0.95), cone.between(20, 0.995), cone.between(20, 0.001)), (Some(q95), None, None));
    assert_eq!((cone.at(1, 0.5), cone.at(2_501, 0.5), cone.at(10, 0.33)), (Some(low), None, None));
    assert!(marks(1_001).windows(2).all(|pair| pair[0] < pair[1]) && marks(1_001).last() == Some(&1_001));
    assert_eq!(marks(3), [1, 2, 3]);
}

#[test]
fn a_lost_account_stays_lost_and_growth_without_bounds_stays_a_number() {
    let alone = |count, days| PathSettings { blocks: Blocks::Circular { length: 1 }, ..settings(count, days) };
    let lost = paths(&[-1.5, -1.0], alone(10, 20)).unwrap();
    let expected = PathOutcome { terminal: 0.0, max_drawdown: 1.0, longest_under: 20, days_under: 20 };
    assert!(lost.outcomes.iter().all(|path| *path == expected));
    assert_eq!(Some(lost.probability_of_loss()), Some(1.0));
    let wild = paths(&[1e200, 1e200], alone(3, 50)).unwrap();
    assert!(wild.outcomes.iter().all(|path| path.terminal.is_finite() && path.days_under == 0));
    assert!(wild.growth.bands.iter().flatten().all(|value| value.is_finite()));
}

#[test]
fn the_paths_do_not_hang_on_the_number_of_threads() {
    let returns = returns(150);
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| paths(&returns, settings(60, 400)).unwrap())
    };
    assert_eq!(with(1), with(3));
}

#[test]
fn paths_that_cannot_be_drawn_are_refused() {
    let refused = |returns: &[f64], settings| paths(returns, settings).unwrap_err().to_string();
    assert_eq!(refused(&returns(9), settings(0, 5)), "the number of paths is 0, and has to be 1 to 100000");
    assert_eq!(refused(&returns(9), settings(1, 0)), "a path needs at least 1 days, there are 0");
    assert_eq!(refused(&[], settings(1, 1)), "resampling needs at least 1 rows, there are 0");
    assert!(paths(&[0.1, f64::INFINITY], settings(1, 1)).is_err());
}
