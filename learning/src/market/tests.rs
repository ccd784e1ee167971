//! An episode is a run: the same decisions give the same account. And it is its seed and its choices.
use super::*;
use crate::environment::{Choice, Environment, Fleet, Moment};
use crate::features::Encoder;
use crate::policy::{ActionMap, Normaliser};
use engine::math::{ln, sqrt};
use engine::sim::Costs;
use engine::tape::DigestOnly;
use engine::{
    Candle, Core, Event, InstrumentId, Intents, MarketEvent, Price, Rate, RiskEngine, Rng, Strategy, Timestamp, View,
    run,
};
use rust_decimal::Decimal;
use std::sync::Arc;
use strategies::Holding;

const HOUR_NS: i64 = 3_600_000_000_000;
const LENGTH: usize = 50;

fn walk(count: usize, seed: u64) -> Arc<[Candle]> {
    let mut rng = Rng::stream(seed, "walk");
    let mut last = 10_000_000_000_i64;
    let candle = |place: usize| {
        let open = last;
        last += last / 1_000 * (rng.below(41) as i64 - 20);
        let (high, low) = (open.max(last) + 1_000, open.min(last) - 1_000);
        let open_time = Timestamp(place as i64 * HOUR_NS);
        let known_time = open_time.after(HOUR_NS);
        let (open, high, low, close) = (Price(open), Price(high), Price(low), Price(last));
        Candle { open_time, known_time, open, high, low, close, volume: 1_000 }
    };
    (0..count).map(candle).collect::<Vec<_>>().into()
}

fn five_bps() -> Costs {
    let fee = Rate::from_bps(Decimal::from(5)).expect("a rate");
    Costs { taker: fee, maker: fee, ..Costs::NONE }
}

fn course(candles: &Arc<[Candle]>, range: std::ops::Range<usize>) -> Course {
    let features = ["returns 4".to_string(), "position".to_string(), "account".to_string()];
    let encoder = Encoder::new(&features).expect("good features");
    Course {
        stage: Arc::new(PlainStage::new(Arc::clone(candles), five_bps())),
        candles: Arc::clone(candles),
        asset: InstrumentId(0),
        range,
        length: LENGTH,
        normaliser: Normaliser::identity(encoder.width(), 10.0),
        encoder,
        actions: ActionMap::Levels(vec![-1_000_000, 0, 1_000_000]),
        size: "50%".parse().expect("a size"),
        reward: Reward::LogReturn,
        reward_scale: 1.0,
        ruin: 0.1,
    }
}

fn fleet(course: &Course, members: usize) -> Fleet<Episode> {
    let course = Arc::new(course.clone());
    let make = |_| Episode::new(Arc::clone(&course)).expect("a course that is long enough");
    Fleet::new((0..members).map(make).collect(), 11)
}

/// Makes given choices at each close from an instant on, as a policy in a run does.
struct Scripted {
    holding: Holding,
    map: ActionMap,
    choices: std::vec::IntoIter<Choice>,
}

impl Strategy for Scripted {
    fn decide(&mut self, event: &Event, view: View<'_>, out: &mut Intents) {
        if matches!(event, Event::Market(MarketEvent::Candle(_))) && view.may_act(event) {
            let Some(choice) = self.choices.next() else { return };
            want(&mut self.holding, self.map.exposure_ppm(choice), view, out);
        }
    }
}

#[test]
fn an_episode_leaves_the_account_as_a_run_with_the_same_choices_does() {
    let candles = walk(400, 5);
    let course = course(&candles, 0..400);
    let mut rng = Rng::stream(9, "choices");
    let choices: Vec<Choice> = (0..LENGTH).map(|_| Choice::Index(rng.below(3) as u32)).collect();
    for seed in 0..20 {
        let mut episode = Episode::new(Arc::new(course.clone())).expect("long enough");
        let mut observation = vec![0.0; 8];
        episode.reset(seed, &mut observation);
        let moments: Vec<Moment> = choices.iter().map(|c| episode.step(*c, &mut observation)).collect();
        assert!(moments.iter().rev().skip(1).all(|m| !m.is_last()) && moments[LENGTH - 1].truncated);

        let first = course.starts().expect("long enough").start;
        let count = course.starts().expect("long enough").len() as u64;
        let start = first + Rng::stream(seed, "start").below(count) as usize;
        let span = course.span(start);
        let (core, mut world) = course.stage.open(span, seed);
        let checks: Vec<Box<dyn engine::RiskCheck + Send>> = vec![
            Box::new(engine::risk::AllowedInstruments(vec![true])),
            Box::new(engine::risk::BuyingPower { leverage: engine::risk::Leverage::ONE }),
        ];
        let scripted = Scripted {
            holding: holding(InstrumentId(0), course.size),
            map: course.actions.clone(),
            choices: choices.clone().into_iter(),
        };
        let mut core = Core::new(core.into_state(), scripted, RiskEngine::new(checks));
        run(&mut core, &mut world, &mut DigestOnly::default()).expect("candles in memory");
        let state = episode.state().expect("it was begun");
        assert!(state.counters.fills > 10);
        assert_eq!(state.counters.fills, core.state().counters.fills, "seed {seed}");
        assert_eq!(state.books, core.state().books, "seed {seed}");
        let total: f64 = moments.iter().map(|m| f64::from(m.reward)).sum();
        let (before, after) = (100_000.0_f64, core.state().books.equity().to_f64());
        assert!((total - ln(after / before)).abs() < 1e-6, "rewards of log returns sum to the return");
    }
}

fn play(fleet: &mut Fleet<Episode>, rng: &mut Rng, steps: usize) -> Vec<u32> {
    play_by(Fleet::step, fleet, rng, steps)
}

fn play_by(
    step: fn(&mut Fleet<Episode>, &[Choice]),
    fleet: &mut Fleet<Episode>,
    rng: &mut Rng,
    steps: usize,
) -> Vec<u32> {
    let mut bits = Vec::new();
    for _ in 0..steps {
        let choices: Vec<Choice> = (0..fleet.count()).map(|_| Choice::Index(rng.below(3) as u32)).collect();
        step(fleet, &choices);
        bits.extend(fleet.observations().iter().map(|x| x.to_bits()));
        let width = fleet.spaces().observation;
        let ended = fleet.finals().chunks(width).zip(fleet.moments()).filter(|(_, moment)| moment.is_last());
        bits.extend(ended.flat_map(|(last, _)| last).map(|x| x.to_bits()));
        bits.extend(fleet.moments().iter().map(|m| m.reward.to_bits()));
    }
    bits
}

#[test]
fn what_a_fleet_sees_does_not_depend_on_the_number_of_threads() {
    let course = course(&walk(400, 5), 0..400);
    let play_with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| play(&mut fleet(&course, 100), &mut Rng::stream(1, "choices"), 120))
    };
    assert_eq!(play_with(1), play_with(2));
    let here = play_by(Fleet::step_here, &mut fleet(&course, 100), &mut Rng::stream(1, "choices"), 120);
    assert_eq!(play_with(1), here, "nor on whether there are any others");
}

#[test]
fn a_fleet_comes_back_to_where_it_was_kept() {
    let course = course(&walk(400, 5), 0..400);
    let (mut whole, mut rng) = (fleet(&course, 7), Rng::stream(1, "choices"));
    play(&mut whole, &mut rng, 73);
    let kept = whole.kept();
    let mut back = fleet(&course, 7);
    back.restore(&kept);
    assert_eq!(whole.observations(), back.observations());
    assert_eq!(play(&mut whole, &mut rng.clone(), 60), play(&mut back, &mut rng, 60));
}

#[test]
fn nothing_behind_the_range_is_ever_seen() {
    let candles = walk(400, 5);
    let mut scrambled = candles.to_vec();
    scrambled[250..].clone_from_slice(&walk(400, 6)[250..]);
    let scrambled: Arc<[Candle]> = scrambled.into();
    let play_on = |candles: &Arc<[Candle]>, end: usize| {
        play(&mut fleet(&course(candles, 0..end), 50), &mut Rng::stream(1, "choices"), 300)
    };
    assert_eq!(play_on(&candles, 250), play_on(&scrambled, 250));
    assert_ne!(play_on(&candles, 300), play_on(&scrambled, 300));
}

#[test]
fn every_start_of_the_range_is_used_and_none_beyond() {
    let candles = walk(70, 5);
    let course = course(&candles, 10..70);
    assert_eq!(course.starts(), Ok(10..20));
    let mut episode = Episode::new(Arc::new(course.clone())).expect("long enough");
    let mut first = std::collections::BTreeSet::new();
    let mut observation = vec![0.0; 8];
    for seed in 0..300 {
        episode.reset(seed, &mut observation);
        first.insert(episode.state().expect("it was begun").now.0 / HOUR_NS - 1);
    }
    assert_eq!(first.into_iter().collect::<Vec<_>>(), (10..20).collect::<Vec<_>>());
    let short = Course { range: 10..55, ..course };
    assert!(short.starts().is_err());
}

#[test]
fn ruin_ends_an_episode_by_itself() {
    let course = Course { ruin: 0.999_99, ..course(&walk(400, 5), 0..400) };
    let mut fleet = fleet(&course, 20);
    let (mut terminated, mut rng) = (0, Rng::stream(1, "choices"));
    for _ in 0..30 {
        let choices: Vec<Choice> = (0..20).map(|_| Choice::Index(rng.below(3) as u32)).collect();
        fleet.step(&choices);
        terminated += fleet.moments().iter().filter(|m| m.terminated && !m.truncated).count();
    }
    assert!(terminated > 20, "{terminated} episodes ended");
}

#[test]
fn rewards_are_what_their_definitions_say() {
    let values = |reward: Reward, equities: &[f64]| {
        let mut rewarder = reward.begin(equities[0], 1.0);
        equities[1..].iter().map(|e| rewarder.next(*e)).collect::<Vec<_>>()
    };
    let near = |a: &[f64], b: &[f64]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-9);
    let equities = [100.0, 110.0, 99.0, 121.0];
    let logs: Vec<f64> = equities.windows(2).map(|pair: &[f64]| ln(pair[1] / pair[0])).collect();
    assert!(near(&values(Reward::LogReturn, &equities), &logs));
    let penalised = values(Reward::DrawdownPenalised { weight: 2.0 }, &equities);
    assert!(near(&penalised, &[logs[0], logs[1] - 2.0 * 0.1, logs[2]]), "{penalised:?}");
    // By hand, with rate 0.5: after R = 0.1 the averages are A = 0.05, B = 0.005; R = -0.1 then is worth
    // (B dA - A dB / 2) / (B - A^2)^1.5 with dA = -0.15, dB = 0.005.
    let sharpe = values(Reward::DifferentialSharpe { rate: 0.5 }, &equities[..3]);
    let by_hand = (0.005 * -0.15 - 0.5 * 0.05 * 0.005) / (0.0025 * sqrt(0.0025));
    assert!(near(&sharpe, &[0.0, by_hand]), "{sharpe:?} {by_hand}");
}

#[test]
fn a_normaliser_brings_what_is_seen_to_unit_scale() {
    let course = course(&walk(2_000, 5), 0..2_000);
    let normaliser = fit(&course, 10.0, 20_000, 1).expect("long enough");
    let mut fleet = fleet(&Course { normaliser, ..course }, 32);
    let (mut rng, mut sum, mut squares, mut count) = (Rng::stream(2, "choices"), [0.0; 8], [0.0; 8], 0.0);
    for _ in 0..500 {
        for row in fleet.observations().chunks(8) {
            count += 1.0;
            for (place, x) in row.iter().enumerate() {
                sum[place] += f64::from(*x);
                squares[place] += f64::from(x * x);
            }
        }
        let choices: Vec<Choice> = (0..32).map(|_| Choice::Index(rng.below(3) as u32)).collect();
        fleet.step(&choices);
    }
    for place in 0..8 {
        let mean: f64 = sum[place] / count;
        let deviation = sqrt(squares[place] / count - mean * mean);
        assert!(mean.abs() < 0.15 && (deviation - 1.0).abs() < 0.15, "number {place}: {mean} {deviation}");
    }
}

#[test]
fn a_pass_goes_through_a_range_once() {
    let candles = walk(400, 5);
    let course = course(&candles, 0..300);
    let flat = pass(&course, 300..400, 1, |_| Choice::Index(1)).expect("long enough");
    assert_eq!((flat.equity.len(), flat.changes, flat.log_return()), (100, 0, 0.0));
    let long = pass(&course, 300..400, 1, |_| Choice::Index(2)).expect("long enough");
    assert_eq!(long.changes, 1);
    let price = |place: usize| candles[place].close.0 as f64;
    let half_of_market = ln(1.0 + 0.5 * (price(399) / candles[301].open.0 as f64 - 1.0));
    assert!((long.log_return() - half_of_market).abs() < 2e-3, "{} {half_of_market}", long.log_return());
}
