//! In noise nothing is found: on fresh candles of a random walk a trained policy has no Sharpe ratio that is significantly above
//! zero, however well it did on what it was trained on.
//!
//! On a random walk the expected return of every policy before costs is zero: then the mean of n returns over its error,
//! t = Sharpe x sqrt(n), is as good as standard normal, and costs only lower it. So t is above 3 once in 740 policies, and the
//! sum of k of them over sqrt(k) is above 2.33 once in a hundred times. Costs could hide a small leak, so the same policies are
//! also judged without them, both ways: beyond 4 once in 15,800 policies, beyond 3 together once in 370 times. With four policies
//! over 20,000 steps that is half a basis point a step, some 1.4 per cent of what there is to foresee.
use super::{Lesson, course, earn, is_proving};
use engine::math::sqrt;
use learning::market::Passage;
use learning::market::synthetic::walk;

const FEE_BPS: u32 = 2;
const DEVIATION_BPS: f64 = 50.0;
const FEATURES: [&str; 5] = ["returns 8", "momentum 24", "rsi 14", "volume 16", "position"];

fn t(passage: &Passage) -> f64 {
    passage.sharpe() * sqrt(passage.returns().len() as f64)
}

#[test]
fn nothing_is_earned_on_fresh_noise() {
    let (seeds, steps, fresh_candles) = if is_proving() { (20, 300_000, 50_000) } else { (4, 30_000, 20_000) };
    let (mut sum, mut sum_before_costs, mut overfitted) = (0.0, 0.0, 0);
    for seed in 1..=seeds {
        // Few candles, so that there is something to learn by heart.
        let train = course(&walk(600, DEVIATION_BPS, seed), &FEATURES, FEE_BPS);
        let (policy, _) = Lesson::of(steps).teach(&train, seed);
        let candles = walk(fresh_candles, DEVIATION_BPS, seed + 1_000);
        let own = t(&earn(&train, &policy));
        let passage = earn(&course(&candles, &FEATURES, FEE_BPS), &policy);
        let (fresh, free) = (t(&passage), t(&earn(&course(&candles, &FEATURES, 0), &policy)));
        eprintln!(
            "figure: noise, seed {seed}, {steps} steps: t {own:.2} where it was trained, {fresh:.2} on fresh candles \
             ({free:.2} before costs), {} changes in {fresh_candles}",
            passage.changes
        );
        assert!(passage.changes > 100, "seed {seed}: a policy that does not trade shows nothing");
        assert!(fresh < 3.0 && free.abs() < 4.0, "seed {seed}: t {fresh}, {free} before costs");
        overfitted += u32::from(own > 3.0);
        (sum, sum_before_costs) = (sum + fresh, sum_before_costs + free);
    }
    let root = sqrt(f64::from(seeds as u32));
    let (all, all_before_costs) = (sum / root, sum_before_costs / root);
    eprintln!("figure: noise, {seeds} policies: t {all:.2} together, {all_before_costs:.2} before costs");
    assert!(all < 2.33 && all_before_costs.abs() < 3.0, "t {all}, {all_before_costs} before costs");
    assert!(overfitted > 0, "none learned its candles by heart: too short a lesson shows nothing");
}
