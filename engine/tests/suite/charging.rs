//! Costs and latencies of every kind together: money stays exact, and what is drawn comes from the seed alone.
use crate::conformance::cases;
use crate::language::Scene;
use crate::matching::random_scene;
use crate::scene::play;
use engine::sim::{Delay, Impact, Tier, Tiers};
use engine::{Interval, Money, Rate, Rng, Timestamp};

fn rate(rng: &mut Rng, below: u64) -> Rate {
    Rate::from_parts(i64::try_from(rng.below(below)).expect("small"), 6).expect("a rate")
}

fn money(rng: &mut Rng, below: u64) -> Money {
    Money(i128::from(rng.below(below)) * 123_456_789)
}

fn delay(rng: &mut Rng) -> Delay {
    let ns = |rng: &mut Rng| i64::try_from(rng.below(3_000_000_000_000)).expect("small");
    let min_ns = ns(rng) * i64::try_from(rng.below(2)).expect("small");
    match rng.below(4) {
        0 => Delay::NONE,
        1 => Delay::Fixed(min_ns),
        2 => Delay::Uniform { min_ns, max_ns: min_ns + ns(rng) },
        _ => Delay::Exponential { min_ns, mean_ns: ns(rng) },
    }
}

/// A scene of random candles and orders under random costs and latencies.
fn charged_scene(seed: u64) -> Scene {
    let rng = &mut Rng::stream(seed, "charging");
    let mut scene = random_scene(rng);
    let costs = &mut scene.costs[0].1;
    (costs.taker, costs.maker, costs.slippage) = (rate(rng, 5_000), rate(rng, 3_000), rate(rng, 20_000));
    costs.impact = [Impact::None, Impact::VolumeShare(rate(rng, 400_000)), Impact::SquareRoot(rate(rng, 100_000))]
        [usize::try_from(rng.below(3)).expect("small")];
    (costs.per_unit, costs.min_fee) = (money(rng, 3), money(rng, 3));
    if rng.below(2) == 0 {
        let from = [0, 1 + rng.below(2_000), 3_000].map(|from| Money(i128::from(from) * Money::ONE.0 / 1_000));
        let tiers = from.map(|from| Tier { from, taker: rate(rng, 5_000), maker: rate(rng, 3_000) });
        scene.tiers = Tiers::new(tiers.into());
        assert!(scene.tiers.is_some(), "the tiers of seed {seed} rise");
        scene.costs[0].1.tiered = true;
    }
    // A stream of its own, so that scenes without a change stay as they are.
    let dates = &mut Rng::stream(seed, "dated");
    if dates.below(2) == 0 {
        let (mut later, hour) = (scene.costs[0].1, i64::try_from(dates.below(12)).expect("small"));
        (later.taker, later.per_unit, later.tiered) = (rate(dates, 5_000), money(dates, 3), false);
        scene.costs.push((Timestamp(hour * Interval::HOUR.0), later));
    }
    let latency = &mut scene.latency;
    (latency.feed, latency.entry, latency.reply) = (delay(rng), delay(rng), delay(rng));
    scene.seed = seed;
    scene
}

#[test]
fn whatever_trading_costs_the_ledger_ends_with_the_venues_money_and_replays() {
    // `play` compares the ledger with the venue's account, explains every step of it, and replays the tape.
    let (mut filled, mut charged) = (0, 0);
    for seed in 0..1_500 {
        let text = play(&charged_scene(seed));
        filled += text.matches(" filled ").count();
        charged += text.matches(" fee ").count();
    }
    assert!(filled > 3_000 && charged > 2_500, "{filled} fills, {charged} with a fee: too little is tested");
}

#[test]
fn a_drawn_latency_comes_from_the_seed() {
    let (mut drawn, mut differ) = (0, 0);
    for seed in 0..300 {
        let scene = charged_scene(seed);
        let played = play(&scene);
        assert_eq!(play(&scene), played, "seed {seed}: the same seed, another run");
        let mut reseeded = scene.clone();
        reseeded.seed += 1;
        let other = play(&reseeded);
        let is_fixed = |delay| matches!(delay, Delay::Fixed(_));
        let latency = scene.latency;
        if [latency.feed, latency.entry, latency.reply].into_iter().all(is_fixed) {
            assert_eq!(other, played, "seed {seed}: nothing is drawn, and yet the seed matters");
        } else {
            drawn += 1;
            differ += u32::from(other != played);
        }
    }
    assert!(drawn > 200 && differ > drawn * 2 / 3, "{differ} of {drawn} runs differ under another seed");
}

#[test]
fn each_direction_draws_from_the_seed() {
    for direction in ["latency", "feed latency", "reply latency"] {
        let played = |seed| {
            let text =
                format!("all | seed {seed} | {direction} 0..9000000 ms | candle 100 | buy 1 market | candle 100");
            play(&Scene::parse(&text))
        };
        assert_eq!(played(1), played(1));
        assert_ne!(played(1), played(2), "{direction}");
    }
}

#[test]
fn a_latency_between_a_number_and_itself_is_a_fixed_one() {
    for case in cases(include_str!("../conformance/latency.txt")) {
        let range = |line: &str| match line.split(' ').collect::<Vec<_>>()[..] {
            [.., "latency", n, "ms"] => line.replace(n, &format!("{n}..{n}")),
            _ => line.to_string(),
        };
        let drawn: Vec<String> = case.scene.lines().map(range).collect();
        assert_ne!(drawn.join("\n"), case.scene.trim_end());
        let (fixed, drawn) = (play(&Scene::parse(&case.scene)), play(&Scene::parse(&drawn.join("\n"))));
        assert_eq!(drawn, fixed, "{}", case.scene);
    }
}

#[test]
fn commands_and_reports_of_one_wire_never_overtake_each_other() {
    // Had the cancel overtaken the order, or the answer to it the answer to the order, something would be noticed.
    let mut times = std::collections::BTreeSet::new();
    for seed in 0..200 {
        let played = play(&Scene::parse(&format!(
            "seed {seed} | latency 0..3000000 ms | reply latency 0..3000000 ms | candle 100 | buy 1 limit 90 | cancel 1
            candle 100 | candle 100 | candle 100 | candle 100"
        )));
        assert!(played.contains(" cancelled 1\n") && !played.contains("noticed"), "seed {seed}: {played}");
        assert!(!played.contains("refused"), "seed {seed}: {played}");
        times.insert(played);
    }
    assert!(times.len() > 150, "only {} different runs", times.len());
}
