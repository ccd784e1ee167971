//! Series follow their laws, and the best policies are best.
use super::*;

fn steps_bps(candles: &[Candle]) -> Vec<f64> {
    candles.windows(2).map(|pair| (pair[1].close.0 as f64 / pair[0].close.0 as f64 - 1.0) * 10_000.0).collect()
}

fn mean(numbers: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = numbers.len() as f64;
    numbers.sum::<f64>() / count
}

/// What positions earn, step by step.
fn earned(steps: &[f64], positions: &[i8], cost_bps: f64) -> Vec<f64> {
    let before = std::iter::once(&0).chain(positions);
    let all = steps.iter().zip(positions).zip(before);
    all.map(|((step, now), before)| f64::from(*now) * step - f64::from((now - before).abs()) * cost_bps).collect()
}

#[test]
fn foresight_earns_what_the_best_of_all_ways_does() {
    for (seed, cost_bps) in (0..20).zip([0.0, 5.0, 20.0, 60.0].into_iter().cycle()) {
        let candles = walk(8, 40.0, seed);
        let steps = steps_bps(&candles);
        let total = |positions: &[i8]| earned(&steps, positions, cost_bps).iter().sum::<f64>();
        let way = |number: usize| (0..7).map(|place| (number / 3_usize.pow(place) % 3) as i8 - 1).collect::<Vec<_>>();
        let best = (0..3_usize.pow(7)).map(|number| total(&way(number))).fold(f64::MIN, f64::max);
        let found = total(&foresight(&candles, 0..7, cost_bps));
        assert!((found - best).abs() < 1e-9, "seed {seed}: {found} is not {best}");
    }
}

#[test]
fn momentum_has_the_law_that_it_says() {
    for coefficient in [0.5, -0.3] {
        let steps = steps_bps(&Momentum { coefficient, deviation_bps: 40.0 }.series(40_000, 1));
        let variance = mean(steps.iter().map(|x| x * x));
        let together = mean(steps.windows(2).map(|pair| pair[0] * pair[1]));
        let expected = 1_600.0 / (1.0 - coefficient * coefficient);
        assert!((variance / expected - 1.0).abs() < 0.03, "{variance} is not {expected}");
        assert!((together / variance - coefficient).abs() < 0.02, "{} is not {coefficient}", together / variance);
    }
}

#[test]
fn the_best_policy_follows_what_is_expected_where_nothing_costs() {
    for coefficient in [0.5, -0.3] {
        let law = Momentum { coefficient, deviation_bps: 40.0 };
        let best = law.best(0.0);
        // The mean size of a normal number is sqrt(2 / pi) deviations.
        let expected = coefficient.abs() * law.stationary_bps() * math::sqrt(2.0 / std::f64::consts::PI);
        assert!((best.earns_bps / expected - 1.0).abs() < 0.002, "{} is not {expected}", best.earns_bps);
        for (last, stands) in [(30.0, 0), (30.0, -1), (-30.0, 1)] {
            assert_eq!(best.position(last, stands), (last * coefficient).signum() as i8);
        }
    }
}

#[test]
fn the_best_policy_earns_what_it_says_and_more_than_its_neighbours() {
    let law = Momentum { coefficient: 0.5, deviation_bps: 50.0 };
    let (cost_bps, steps) = (5.0, steps_bps(&law.series(200_000, 3)));
    let best = law.best(cost_bps);
    let run = |choose: &dyn Fn(f64, i8) -> i8| {
        let mut stands = 0;
        let follow = |last: &f64| {
            stands = choose(*last, stands);
            stands
        };
        let positions: Vec<i8> = steps[..steps.len() - 1].iter().map(follow).collect();
        mean(earned(&steps[1..], &positions, cost_bps).into_iter())
    };
    let found = run(&|last, stands| best.position(last, stands));
    // 60 bps a step over the root of 200,000 steps.
    assert!((found - best.earns_bps).abs() < 3.0 * 60.0 / 447.0, "{found} is not {}", best.earns_bps);
    for factor in [0.4, 2.0] {
        let other = law.best(cost_bps * factor);
        let earns = run(&|last, stands| other.position(last, stands));
        assert!(earns < found, "the best policy at other costs earns {earns}, this one {found}");
    }
    let sign = run(&|last, _| if last > 0.0 { 1 } else { -1 });
    assert!(sign < found, "a policy that knows no costs earns {sign}, this one {found}");
    assert!(law.best(1_000.0).earns_bps.abs() < 1e-9, "nobody trades at ten per cent");
}

#[test]
fn a_leaking_walk_is_a_walk_whose_volume_tells_the_next_step() {
    let (honest, leaking) = (walk(300, 50.0, 2), leaking_walk(300, 50.0, 2));
    let steps = steps_bps(&leaking);
    for (place, step) in steps.iter().enumerate() {
        assert_eq!(honest[place].close, leaking[place].close);
        let told = math::ln(leaking[place].volume as f64 / 100_000_000.0) * 50.0;
        assert!((told - step).abs() < 0.01, "{told} is not {step}");
    }
    assert_eq!(leaking[299], honest[299]);
}
