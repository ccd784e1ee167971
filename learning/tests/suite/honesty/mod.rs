//! Whether what is learned is there: a learner finds a leak and a planted edge, finds nothing in noise, and sees nothing ahead.
//!
//! All on the full engine, with candles whose law is known, and PPO as the learner. Policies are judged by the runtime that
//! trades them, without sampling, on candles that they were not trained on. With `ONETAPE_PROVE` lessons are longer and more.
mod edge;
mod leak;
mod noise;
mod shift;
mod shift_runs;

use engine::sim::Costs;
use engine::{Candle, InstrumentId, Rate};
use learning::features::{Encoder, feature_set};
use learning::market::{Course, Episode, Passage, PlainStage, Reward, fit, pass};
use learning::policy::{ActionMap, Manifest, Normaliser, Policy, Provenance, VERSION};
use learning::portable::choice::argmax;
use learning::torch::{Learner, Ppo, PpoParameters, Progress};
use learning::{Choice, Fleet, Portable, Runtime};
use std::sync::Arc;

/// The part of equity that is held.
const SIZE: f64 = 0.5;

/// Whether the whole proof runs.
fn is_proving() -> bool {
    std::env::var_os("ONETAPE_PROVE").is_some()
}

/// A course over the whole of these candles, at a fee of so many hundredths of a per cent: short, flat or long with half of equity.
fn course(candles: &Arc<[Candle]>, features: &[&str], fee_bps: u32) -> Course {
    let features: Vec<String> = features.iter().map(ToString::to_string).collect();
    let encoder = Encoder::new(&features).expect("good features");
    let fee = Rate::from_bps(fee_bps.into()).expect("a rate");
    let costs = Costs { taker: fee, maker: fee, ..Costs::NONE };
    Course {
        stage: Arc::new(PlainStage::new(Arc::clone(candles), costs)),
        candles: Arc::clone(candles),
        asset: InstrumentId(0),
        range: 0..candles.len(),
        length: 256,
        normaliser: Normaliser::identity(encoder.width(), 10.0),
        encoder,
        actions: ActionMap::Levels(vec![-1_000_000, 0, 1_000_000]),
        size: "50%".parse().expect("a size"),
        reward: Reward::LogReturn,
        // Steps of half a per cent on half of equity become rewards of about one.
        reward_scale: 400.0,
        ruin: 0.01,
    }
}

/// How long a policy learns, and how.
struct Lesson {
    /// Steps in environments.
    steps: u64,
    parameters: PpoParameters,
}

/// Episodes side by side.
const MEMBERS: usize = 8;

impl Lesson {
    /// Enough for a market that answers within a few steps.
    fn of(steps: u64) -> Self {
        let parameters = PpoParameters {
            hidden: vec![32, 32],
            steps: 256,
            minibatch: 256,
            gamma: 0.9,
            lambda: 0.9,
            learning_rate: 1e-3,
            learning_rate_steps: Some(steps),
            ..PpoParameters::default()
        };
        Self { steps, parameters }
    }

    /// Trains on a course, with a normaliser that is fitted to it.
    fn teach(&self, course: &Course, seed: u64) -> (Policy, Progress) {
        let normaliser = fit(course, 10.0, 8_192, seed).expect("a course that is long enough");
        let shared = Arc::new(Course { normaliser: normaliser.clone(), ..course.clone() });
        let episode = |_| Episode::new(Arc::clone(&shared)).expect("a course that is long enough");
        let mut fleet = Fleet::new((0..MEMBERS).map(episode).collect(), seed);
        let mut ppo = Ppo::new(self.parameters.clone(), fleet.spaces(), fleet.count(), seed);
        let mut progress = Progress::default();
        while progress.steps < self.steps {
            progress = ppo.iterate(&mut fleet);
        }
        let learner: &dyn Learner<Episode> = &ppo;
        let features: Vec<String> = course.encoder.declared().iter().map(ToString::to_string).collect();
        let manifest = Manifest {
            version: VERSION,
            feature_set: feature_set(&features).expect("good features"),
            features,
            architecture: learner.architecture(),
            actions: course.actions.clone(),
            decision_threshold_ppm: 0,
            provenance: Provenance { algorithm: "ppo".into(), seed, ..Provenance::default() },
        };
        (Policy { manifest, normaliser, weights: learner.policy_weights(), module: Vec::new() }, progress)
    }
}

/// The most likely choice of a policy, by the runtime that trades it. What it is asked about is to scale.
fn decider(policy: &Policy) -> impl FnMut(&[f32]) -> Choice + use<> {
    let mut runtime = Portable::new(policy).expect("a policy that was just trained");
    let mut outputs = vec![0.0; policy.manifest.architecture.outputs];
    move |observation| {
        runtime.answer(observation, &mut [], &mut outputs);
        Choice::Index(argmax(&outputs).expect("outputs are numbers") as u32)
    }
}

/// What a policy earns on a course, passed through once.
fn earn(course: &Course, policy: &Policy) -> Passage {
    let course = Course { normaliser: policy.normaliser.clone(), ..course.clone() };
    let range = course.range.clone();
    pass(&course, range, 1, decider(policy)).expect("a course that is long enough")
}

/// What these positions earn on a course, decision by decision: -1, 0 or 1.
fn earn_by(course: &Course, positions: impl IntoIterator<Item = i8>) -> Passage {
    let mut positions = positions.into_iter();
    let choose = |_: &[f32]| {
        let position = positions.next().expect("one position for each decision");
        Choice::Index((position + 1) as u32)
    };
    pass(course, course.range.clone(), 1, choose).expect("a course that is long enough")
}

/// The candles at which a pass through the whole course decides.
fn decisions(course: &Course) -> std::ops::Range<usize> {
    course.whole(course.range.clone()).starts().expect("a course that is long enough").start..course.range.end - 1
}

/// Mean return per step, in hundredths of a per cent of the size.
fn mean_bps(passage: &Passage) -> f64 {
    let returns = passage.returns();
    returns.iter().sum::<f64>() / returns.len() as f64 * 10_000.0 / SIZE
}
