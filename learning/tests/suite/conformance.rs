//! The environments of the house keep the promises that learners rely on.
use engine::sim::Costs;
use engine::{Candle, InstrumentId, Rate};
use learning::cartpole::CartPole;
use learning::conformance::{What, check, check_future};
use learning::features::Encoder;
use learning::market::synthetic::{HOUR_NS, walk};
use learning::market::{Course, Episode, PlainStage, Reward, fit};
use learning::policy::{ActionMap, Normaliser};
use std::sync::Arc;

const CANDLES: usize = 600;
const REWARDS: [Reward; 3] =
    [Reward::LogReturn, Reward::DifferentialSharpe { rate: 0.02 }, Reward::DrawdownPenalised { weight: 0.5 }];
const SEEDS: [u64; 6] = [1, 2, 3, 4, 5, 6];

fn actions() -> [ActionMap; 2] {
    [
        ActionMap::Levels(vec![-1_000_000, -500_000, 0, 500_000, 1_000_000]),
        ActionMap::Continuous { low: -500_000, high: 1_000_000, step: 50_000 },
    ]
}

fn course(candles: &Arc<[Candle]>, reward: Reward, actions: ActionMap) -> Course {
    let features = ["returns 8", "momentum 12", "volatility 8", "sma-gap 8", "channel 8", "rsi 8", "range", "volume 8"];
    let features = features.iter().chain(&["position", "account", "time"]).map(ToString::to_string);
    let encoder = Encoder::new(&features.collect::<Vec<_>>()).expect("good features");
    let fee = Rate::from_bps(5.into()).expect("a rate");
    let costs = Costs { taker: fee, maker: fee, ..Costs::NONE };
    Course {
        stage: Arc::new(PlainStage::new(Arc::clone(candles), costs)),
        candles: Arc::clone(candles),
        asset: InstrumentId(0),
        range: 0..CANDLES,
        length: 120,
        normaliser: Normaliser::identity(encoder.width(), 10.0),
        encoder,
        actions,
        size: "90%".parse().expect("a size"),
        reward,
        reward_scale: 100.0,
        ruin: 0.95,
    }
}

#[test]
fn the_pole_keeps_its_promises() {
    let report = check(CartPole::default, &SEEDS).expect("it keeps them");
    assert!(report.terminated > 10 && report.rewards == (0.0, 1.0), "{report:?}");
}

#[test]
fn episodes_keep_their_promises_with_every_reward_and_kind_of_action() {
    let candles = walk(CANDLES, 60.0, 3);
    for (reward, actions) in REWARDS.into_iter().flat_map(|reward| actions().map(|actions| (reward, actions))) {
        let plain = course(&candles, reward, actions.clone());
        let normaliser = fit(&plain, 10.0, 2_000, 1).expect("a course that is long enough");
        let course = Arc::new(Course { normaliser, ..plain });
        let episode = || Episode::new(Arc::clone(&course)).expect("a course that is long enough");
        let found = check(episode, &SEEDS);
        let report = found.unwrap_or_else(|faults| panic!("{reward:?}, {actions:?}: {faults:#?}"));
        assert!(
            report.truncated > 0 && report.terminated > 0,
            "{reward:?}, {actions:?}: both ends are met: {report:?}"
        );
    }
}

#[test]
fn episodes_see_and_earn_nothing_ahead_with_every_reward_and_kind_of_action() {
    const CUT: usize = 300;
    let candles = walk(CANDLES, 60.0, 3);
    let mut scrambled = candles.to_vec();
    scrambled[CUT..].clone_from_slice(&walk(CANDLES, 90.0, 4)[CUT..]);
    let scrambled: Arc<[Candle]> = scrambled.into();
    for (reward, actions) in REWARDS.into_iter().flat_map(|reward| actions().map(|actions| (reward, actions))) {
        let over = |candles: &Arc<[Candle]>| {
            let course = Arc::new(course(candles, reward, actions.clone()));
            move || Episode::new(Arc::clone(&course)).expect("a course that is long enough")
        };
        let is_before = |episode: &Episode| episode.state().is_some_and(|state| state.now.0 <= CUT as i64 * HOUR_NS);
        let seeds: Vec<u64> = (0..24).collect();
        let found = check_future(over(&candles), over(&scrambled), is_before, &seeds);
        let report = found.unwrap_or_else(|faults| panic!("{reward:?}, {actions:?}: {faults:#?}"));
        assert!(report.compared > 100, "{report:?}");
        // Said to be unchanged for one candle more, the check finds what was changed.
        let late = |episode: &Episode| episode.state().is_some_and(|state| state.now.0 <= (CUT as i64 + 1) * HOUR_NS);
        let faults = check_future(over(&candles), over(&scrambled), late, &seeds).expect_err("it was changed there");
        assert_eq!(faults[0].what, What::Future);
    }
}
