//! The 32-bit curves against 64 bits, and the choices that are made with them.
use learning::portable::choice::{argmax, softmax};
use learning::portable::curves;

/// The worst error over 32-bit numbers from `low` to `high` of both signs, in units in the last place of the right answer.
///
/// Every number was looked at once, with steps of one; here it is every thousandth or so, and a prime so that all last bits come.
fn worst(curve: fn(f32) -> f32, exact: fn(f64) -> f64, low: f32, high: f32) -> (f64, f32) {
    let mut worst = (0.0, 0.0);
    for bits in (0..f32::INFINITY.to_bits()).step_by(1_009) {
        for x in [f32::from_bits(bits), -f32::from_bits(bits)].into_iter().filter(|x| (low..=high).contains(x)) {
            let right = exact(f64::from(x));
            let nearest = (right as f32).abs();
            let unit = f64::from(nearest.next_up()) - f64::from(nearest);
            let error = (f64::from(curve(x)) - right).abs() / unit;
            if error > worst.0 {
                worst = (error, x);
            }
        }
    }
    worst
}

#[test]
fn no_curve_is_further_off_than_it_says() {
    let check = |curve: fn(f32) -> f32, exact: fn(f64) -> f64, low: f32, high: f32, bound: f64| {
        let (error, at) = worst(curve, exact, low, high);
        assert!(error <= bound, "{error} units in the last place at {at}");
        // A bound that is never near is not the one that was measured.
        assert!(error >= 0.8 * bound, "at most {error} units in the last place");
    };
    let sigmoid = |x: f64| 1.0 / (1.0 + engine::math::exp(-x));
    check(curves::exp, engine::math::exp, -87.0, 0.0, 0.99);
    check(curves::sigmoid, sigmoid, -87.0, f32::MAX, 2.41);
    check(curves::tanh, f64::tanh, f32::MIN, f32::MAX, 1.52);
}

#[test]
fn the_ends_of_the_curves_are_exact() {
    let check = |curve: fn(f32) -> f32, pairs: &[(f32, f32)]| {
        for &(x, expected) in pairs {
            assert_eq!(curve(x).to_bits(), expected.to_bits(), "{x}");
        }
        assert!(curve(f32::NAN).is_nan());
    };
    let (infinite, least) = (f32::INFINITY, f32::from_bits(1));
    check(curves::exp, &[(0.0, 1.0), (-0.0, 1.0), (3.0, 1.0), (infinite, 1.0), (-87.01, 0.0), (-infinite, 0.0)]);
    check(curves::sigmoid, &[(0.0, 0.5), (-0.0, 0.5), (infinite, 1.0), (100.0, 1.0), (-100.0, 0.0), (-infinite, 0.0)]);
    let ends = [(0.0, 0.0), (-0.0, -0.0), (least, least), (-least, -least), (infinite, 1.0), (-infinite, -1.0)];
    check(curves::tanh, &ends);
    check(curves::tanh, &[(10.0, 1.0), (-10.0, -1.0), (f32::MAX, 1.0)]);
}

#[test]
fn a_slice_is_answered_as_its_numbers_one_by_one() {
    let numbers: Vec<f32> = (-300..300).map(|n| n as f32 / 17.0).collect();
    let check = |all: fn(&mut [f32]), one: fn(f32) -> f32| {
        let mut answers = numbers.clone();
        all(&mut answers);
        assert!(answers.iter().zip(&numbers).all(|(answer, x)| answer.to_bits() == one(*x).to_bits()));
    };
    check(curves::tanh_all, curves::tanh);
    check(curves::sigmoid_all, curves::sigmoid);
    check(curves::relu_all, |x| if x > 0.0 { x } else { 0.0 });
}

#[test]
fn the_first_of_the_greatest_is_chosen_and_nothing_where_there_is_no_answer() {
    let check = |outputs: &[f32], expected: Option<usize>| assert_eq!(argmax(outputs), expected, "{outputs:?}");
    check(&[1.0, 3.0, 2.0], Some(1));
    check(&[3.0, 1.0, 3.0], Some(0));
    check(&[0.0, -0.0], Some(0));
    check(&[-0.0, 0.0], Some(0));
    check(&[f32::NEG_INFINITY, -1.0, f32::INFINITY], Some(2));
    check(&[f32::NEG_INFINITY; 2], Some(0));
    check(&[f32::NAN, 1.0], None);
    check(&[1.0, f32::NAN], None);
    check(&[], None);
}

#[test]
fn probabilities_are_those_of_the_formula_and_never_overflow() {
    let check = |logits: &[f32], expected: &[f64]| {
        let mut probabilities = logits.to_vec();
        softmax(&mut probabilities);
        for (got, expected) in probabilities.iter().zip(expected) {
            assert!((f64::from(*got) - expected).abs() <= 2e-7, "{logits:?}: {probabilities:?}");
        }
    };
    check(&[0.0, 0.0], &[0.5, 0.5]);
    check(&[1.0, 2.0, 3.0], &[0.090_030_573_170_380_46, 0.244_728_471_054_797_64, 0.665_240_955_774_821_9]);
    check(&[1e30, 1e30, -1e30], &[0.5, 0.5, 0.0]);
    check(&[-200.0, -300.0], &[1.0, 0.0]);
    check(&[f32::NEG_INFINITY, 4.0], &[0.0, 1.0]);
    let mut unknown = [0.0, f32::NAN];
    softmax(&mut unknown);
    assert!(unknown.iter().all(|x| x.is_nan()));
}
