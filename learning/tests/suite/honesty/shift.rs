//! No look-ahead: what a trained policy sees and decides before an instant is the same whatever comes behind it; and an encoder
//! that is one candle early is caught by the same check.
use super::{Lesson, course, decider};
use engine::{Candle, InstrumentId, MarketCandle};
use learning::conformance::{What, check_future};
use learning::features::Encoder;
use learning::market::synthetic::{HOUR_NS, Momentum, walk};
use learning::market::{Course, Episode, PLAIN_SCALE, pass};
use learning::policy::Policy;
use learning::{Choice, Environment, Moment, Spaces};
use std::sync::Arc;

pub(super) const FEATURES: [&str; 9] = [
    "returns 8",
    "momentum 24",
    "volatility 12",
    "sma-gap 24",
    "channel 24",
    "rsi 14",
    "range",
    "volume 16",
    "position",
];
pub(super) const CANDLES: usize = 1_500;
/// The first candle that is another one.
pub(super) const CUT: usize = 900;

/// Candles, and the same with another future.
pub(super) fn two_futures() -> [Arc<[Candle]>; 2] {
    let candles = Momentum { coefficient: 0.5, deviation_bps: 50.0 }.series(CANDLES, 1);
    let mut scrambled = candles.to_vec();
    // Prices of another series, which begins anew: no return, range or volume stays what it was.
    scrambled[CUT..].clone_from_slice(&walk(CANDLES, 80.0, 9)[CUT..]);
    scrambled[CUT..].iter_mut().for_each(|candle| candle.volume *= 3);
    [candles, scrambled.into()]
}

/// A policy that has learned something of the first of them.
pub(super) fn trained(candles: &Arc<[Candle]>) -> Policy {
    Lesson::of(12_000).teach(&course(candles, &FEATURES, 2), 1).0
}

/// A course over the whole, with the scale of a policy.
fn course_of(candles: &Arc<[Candle]>, policy: &Policy) -> Course {
    let course = course(candles, &FEATURES, 2).whole(0..CANDLES);
    Course { normaliser: policy.normaliser.clone(), ..course }
}

/// What was seen and chosen at one decision, and the equity that it was made with.
type Decided = (Vec<u32>, Choice, u64);

fn passed(candles: &Arc<[Candle]>, policy: &Policy) -> Vec<Decided> {
    let (mut decide, mut decided) = (decider(policy), Vec::new());
    let passage = pass(&course_of(candles, policy), 0..CANDLES, 1, |observation| {
        let choice = decide(observation);
        decided.push((observation.iter().map(|x| x.to_bits()).collect(), choice));
        choice
    });
    let equity = passage.expect("a course that is long enough").equity;
    decided.into_iter().zip(equity).map(|((seen, choice), equity)| (seen, choice, equity.to_bits())).collect()
}

/// An episode whose encoder is one candle early: what every look-ahead comes to.
struct Early {
    episode: Episode,
    encoder: Encoder,
    at: usize,
}

impl Early {
    fn new(course: Course) -> Self {
        let encoder = course.encoder.clone();
        Self { episode: Episode::new(Arc::new(course)).expect("a course that is long enough"), encoder, at: 0 }
    }

    fn see(&mut self, place: usize) {
        if let Some(candle) = self.episode.course().candles.get(place) {
            self.encoder.see(&MarketCandle { instrument: InstrumentId(0), price_scale: PLAIN_SCALE, candle: *candle });
        }
    }

    fn observe(&self, observation: &mut [f32]) {
        self.encoder.write(&self.episode.sight().expect("an episode is under way"), observation);
        self.episode.course().normaliser.apply(observation);
    }
}

impl Environment for Early {
    fn spaces(&self) -> Spaces {
        self.episode.spaces()
    }

    fn reset(&mut self, seed: u64, observation: &mut [f32]) {
        self.episode.reset(seed, observation);
        self.at = place(&self.episode);
        self.encoder.clear();
        (self.at + 2 - self.encoder.warm_up()..=self.at + 1).for_each(|place| self.see(place));
        self.observe(observation);
    }

    fn step(&mut self, choice: Choice, observation: &mut [f32]) -> Moment {
        let moment = self.episode.step(choice, observation);
        self.at += 1;
        self.see(self.at + 1);
        self.observe(observation);
        moment
    }
}

/// The last candle that is known.
fn place(episode: &Episode) -> usize {
    (episode.state().expect("an episode is under way").now.0 / HOUR_NS) as usize - 1
}

#[test]
fn decisions_of_a_trained_policy_do_not_depend_on_what_comes_later() {
    let [candles, scrambled] = two_futures();
    let policy = trained(&candles);
    let (one, other) = (passed(&candles, &policy), passed(&scrambled, &policy));
    let first = one.iter().zip(&other).position(|(a, b)| a != b).expect("the change shows");
    let warm_up = course(&candles, &FEATURES, 2).encoder.warm_up();
    assert_eq!(first + warm_up - 1, CUT, "the first decision that differs is the one that sees the first other candle");
    let changes = one[..first].windows(2).filter(|pair| pair[0].1 != pair[1].1).count();
    assert!(changes > 20, "{changes} changes: a policy that hardly acts shows nothing");
}

#[test]
fn an_encoder_that_is_one_candle_early_is_caught() {
    let [candles, scrambled] = two_futures();
    let short = |candles: &Arc<[Candle]>| Course { length: 200, ..course(candles, &FEATURES, 2) };
    let seeds: Vec<u64> = (0..12).collect();
    let episode =
        |candles: &Arc<[Candle]>| Episode::new(Arc::new(short(candles))).expect("a course that is long enough");
    let report = check_future(|| episode(&candles), || episode(&scrambled), |one| place(one) < CUT, &seeds);
    let report = report.expect("an episode sees nothing ahead");
    let faults = check_future(
        || Early::new(short(&candles)),
        || Early::new(short(&scrambled)),
        |early| place(&early.episode) < CUT,
        &seeds,
    );
    let fault = faults.expect_err("it is one candle early").remove(0);
    let mut early = episode(&candles);
    early.reset(fault.seed, &mut vec![0.0; early.spaces().observation]);
    assert_eq!((fault.what, place(&early) + fault.step as usize), (What::Future, CUT - 1), "{fault}");
    eprintln!(
        "figure: shift: {} observations before a changed future were the same; one candle early: {fault}",
        report.compared
    );
}
