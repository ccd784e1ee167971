//! How fast the engine trains and decides: one JSON object, for `benches/peers/learning.py`, which sets it beside others.
//!
//! `learning_speed ITERATIONS`: PPO with 2x64 on 8 episodes, 512 steps each, minibatches of 256, 10 epochs, a window of 32 returns
//! with position, on the full engine with costs; then one decision of the trained network, by each runtime. It measures and checks
//! nothing.
use engine::sim::Costs;
use engine::{InstrumentId, Rate};
use learning::features::{Encoder, feature_set};
use learning::market::{Course, Episode, PlainStage, Reward, fit, synthetic};
use learning::policy::{ActionMap, Manifest, Normaliser, Policy, Provenance, VERSION};
use learning::torch::{Learner, Ppo, PpoParameters};
use learning::{Fleet, Portable, Runtime};
use rust_decimal::Decimal;
use std::error::Error;
use std::io::Write;
use std::sync::Arc;
use std::time::Instant;

const MEMBERS: usize = 8;
const STEPS: usize = 512;
const DECISIONS: usize = 100_000;

fn main() -> Result<(), Box<dyn Error>> {
    let iterations: u32 = std::env::args().nth(1).ok_or("say how many iterations")?.parse()?;
    let course = course()?;
    let normaliser = fit(&course, 10.0, 20_000, 1)?;
    let course = Arc::new(Course { normaliser: normaliser.clone(), ..course });
    let episodes = (0..MEMBERS).map(|_| Episode::new(Arc::clone(&course))).collect::<Result<Vec<_>, _>>()?;
    let mut fleet = Fleet::new(episodes, 1);
    let parameters = PpoParameters { steps: STEPS, minibatch: 256, epochs: 10, ..PpoParameters::default() };
    let mut learner = Ppo::new(parameters, fleet.spaces(), MEMBERS, 1);
    learner.iterate(&mut fleet); // caches, allocators, libtorch's own first time
    let mut seconds = Vec::new();
    for _ in 0..iterations {
        let start = Instant::now();
        learner.iterate(&mut fleet);
        seconds.push(start.elapsed().as_secs_f64());
    }
    seconds.sort_by(f64::total_cmp);
    let median = seconds[seconds.len() / 2];
    let policy = policy(&learner, &course, normaliser)?;
    let portable = decision(&mut Portable::new(&policy)?, &policy);
    let torch = decision(learning::torch::runtime(&policy)?.as_mut(), &policy);
    let line = format!(
        "{{\"training_steps_per_s\": {:.0}, \"iteration_s\": {median:.4}, \"decision_torch_us\": {torch:.2}, \"decision_portable_us\": {portable:.2}}}\n",
        (MEMBERS * STEPS) as f64 / median
    );
    std::io::stdout().lock().write_all(line.as_bytes())?;
    Ok(())
}

fn course() -> Result<Course, Box<dyn Error>> {
    let candles = synthetic::walk(100_000, 30.0, 1);
    let encoder = Encoder::new(&["returns 32".to_string(), "position".to_string()])?;
    let fee = Rate::from_bps(Decimal::from(5)).ok_or("a rate")?;
    let costs = Costs { taker: fee, maker: fee, ..Costs::NONE };
    Ok(Course {
        stage: Arc::new(PlainStage::new(Arc::clone(&candles), costs)),
        range: 0..candles.len(),
        candles,
        asset: InstrumentId(0),
        length: 1_000,
        normaliser: Normaliser::identity(encoder.width(), 10.0),
        encoder,
        actions: ActionMap::Levels(vec![-1_000_000, 0, 1_000_000]),
        size: "50%".parse()?,
        reward: Reward::LogReturn,
        reward_scale: 100.0,
        ruin: 0.1,
    })
}

fn policy(learner: &Ppo, course: &Course, normaliser: Normaliser) -> Result<Policy, Box<dyn Error>> {
    let learner: &dyn Learner<Episode> = learner;
    let features: Vec<String> = course.encoder.declared().iter().map(ToString::to_string).collect();
    Ok(Policy {
        manifest: Manifest {
            version: VERSION,
            feature_set: feature_set(&features)?,
            features,
            architecture: learner.architecture(),
            actions: course.actions.clone(),
            decision_threshold_ppm: 0,
            provenance: Provenance::default(),
        },
        normaliser,
        weights: learner.policy_weights(),
        module: Vec::new(),
    })
}

/// Median microseconds of an answer, normaliser included, over rounds of a thousand.
fn decision(runtime: &mut dyn Runtime, policy: &Policy) -> f64 {
    const ROUND: usize = 1_000;
    let architecture = &policy.manifest.architecture;
    let (mut memory, mut outputs) = (vec![0.0; architecture.memory()], vec![0.0; architecture.outputs]);
    let mut observation = vec![0.0; architecture.inputs];
    let mut rounds: Vec<f64> = Vec::new();
    for round in 0..DECISIONS / ROUND {
        let start = Instant::now();
        for step in 0..ROUND {
            observation.fill((round + step) as f32 * 1e-6);
            policy.normaliser.apply(&mut observation);
            runtime.answer(&observation, &mut memory, &mut outputs);
        }
        rounds.push(start.elapsed().as_secs_f64() * 1e6 / ROUND as f64);
    }
    rounds.sort_by(f64::total_cmp);
    rounds[rounds.len() / 2]
}
