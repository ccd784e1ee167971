//! What a policy decides in a run is what it decides in an episode; and how sure it has to be.
use super::*;
use crate::environment::{Choice, Environment};
use crate::features::{Encoder, feature_set};
use crate::market::{Course, Episode, PlainStage, Reward, Span};
use crate::policy::{
    ActionMap, Activation, Architecture, Body, Head, Manifest, Normaliser, Policy, Provenance, Tensor, VERSION,
};
use crate::portable::Portable;
use engine::sim::Costs;
use engine::tape::DigestOnly;
use engine::{Candle, Core, Effect, Entry, Journal, Owner, Price, RiskEngine, Rng, State, Timestamp, run};
use std::collections::{BTreeMap, VecDeque};
use std::convert::Infallible;
use std::sync::Arc;
use strategies::{BuiltStrategy, Parameters, Value};

const HOUR_NS: i64 = 3_600_000_000_000;
const LEVELS: [i32; 3] = [-1_000_000, 0, 500_000];
const FEATURES: [&str; 3] = ["returns 4", "position", "account"];

fn walk(count: usize) -> Arc<[Candle]> {
    let mut rng = Rng::stream(5, "walk");
    let mut last = 10_000_000_000_i64;
    let candle = |place: usize| {
        let open = last;
        last += last / 1_000 * (rng.below(41) as i64 - 20);
        let (high, low) = (Price(open.max(last) + 1_000), Price(open.min(last) - 1_000));
        let open_time = Timestamp(place as i64 * HOUR_NS);
        let known_time = open_time.after(HOUR_NS);
        Candle { open_time, known_time, open: Price(open), high, low, close: Price(last), volume: 1_000 }
    };
    (0..count).map(candle).collect::<Vec<_>>().into()
}

/// A policy with drawn weights, which sees what [`FEATURES`] say and chooses between [`LEVELS`].
fn policy(body: Body) -> Policy {
    let features: Vec<String> = FEATURES.map(String::from).to_vec();
    let head = Head::Categorical;
    let architecture = Architecture { inputs: 8, outputs: 3, body, activation: Activation::Tanh, head };
    let mut rng = Rng::stream(1, "weights");
    let mut weights = BTreeMap::new();
    for weight in architecture.actor() {
        let count = weight.shape.iter().product();
        let values = (0..count).map(|_| (rng.below(2_001) as f32 - 1_000.0) / 700.0).collect();
        weights.insert(weight.name, Tensor { shape: weight.shape, values });
    }
    let mut scale = vec![0.01; 4];
    scale.extend([1.0, 1.0, 0.02, 0.05]);
    Policy {
        manifest: Manifest {
            version: VERSION,
            feature_set: feature_set(&features).expect("good features"),
            features,
            architecture,
            actions: ActionMap::Levels(LEVELS.to_vec()),
            decision_threshold_ppm: 450_000,
            provenance: Provenance::default(),
        },
        normaliser: Normaliser::new(vec![0.0; 8], scale, 5.0),
        weights,
        module: Vec::new(),
    }
}

fn course(policy: &Policy, candles: &Arc<[Candle]>) -> Course {
    Course {
        stage: Arc::new(PlainStage::new(Arc::clone(candles), Costs::NONE)),
        candles: Arc::clone(candles),
        asset: InstrumentId(0),
        range: 0..candles.len(),
        length: 1,
        encoder: Encoder::new(&policy.manifest.features).expect("good features"),
        normaliser: policy.normaliser.clone(),
        actions: policy.manifest.actions.clone(),
        size: "50%".parse().expect("a size"),
        reward: Reward::LogReturn,
        reward_scale: 1.0,
        ruin: 0.0,
    }
}

/// The file of a policy, and parameters of a strategy that is made of it.
fn given(policy: &Policy) -> (tempfile::TempDir, Parameters) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("drawn.policy");
    policy.save(&path).expect("a good policy");
    let text = |text: &str| Value::Text(text.into());
    let given = [("policy", text(path.to_str().unwrap())), ("size", text("50%")), ("runtime", text("portable"))];
    (folder, given.into_iter().map(|(name, value)| (name.to_string(), value)).collect())
}

/// Writes down what is noted.
#[derive(Default)]
struct Notes(Vec<(u64, Timestamp, Remark)>, DigestOnly);

impl Journal for Notes {
    type Error = Infallible;
    fn append(&mut self, entry: &Entry) -> Result<(), Infallible> {
        self.1.append(entry)
    }
    fn commit(&mut self, entry: &Entry, effects: &[Effect], state: &State) -> Result<(), Infallible> {
        let remarks = effects.iter().filter_map(|effect| match *effect {
            Effect::Noted { remark, .. } => Some((entry.number, entry.time, remark)),
            _ => None,
        });
        self.0.extend(remarks);
        self.1.commit(entry, effects, state)
    }
    fn finish(&mut self, state: &State) -> Result<(), Infallible> {
        self.1.finish(state)
    }
}

impl Notes {
    fn decisions(&self) -> Vec<Record> {
        let pairs = self.0.chunks_exact(2).map(|pair| match *pair {
            [
                (number, time, Remark::Own { code: LOGITS, value: logits }),
                (_, _, Remark::Own { code: EXPOSURE, value }),
            ] => {
                let decision = Decision { logits, exposure_ppm: i32::try_from(value).unwrap() };
                Record { number, time, owner: Owner::NONE, instrument: InstrumentId(0), decision }
            }
            _ => panic!("two notes for each decision"),
        });
        pairs.collect()
    }
}

/// Runs a strategy over the whole walk, as an episode of it is run.
fn trade(course: &Course, strategy: BuiltStrategy) -> (Notes, State) {
    let (first, last) = (course.encoder.warm_up() - 1, course.candles.len() - 1);
    let open = |place: usize| course.candles[place].open_time;
    let (core, mut world) =
        course.stage.open(Span { from: open(0), trades_from: open(first), to: open(last).after(1) }, 0);
    let checks: Vec<Box<dyn engine::RiskCheck + Send>> = vec![
        Box::new(engine::risk::AllowedInstruments(vec![true])),
        Box::new(engine::risk::BuyingPower { leverage: engine::risk::Leverage::ONE }),
    ];
    let mut core = Core::new(core.into_state(), strategy, RiskEngine::new(checks));
    let mut notes = Notes::default();
    run(&mut core, &mut world, &mut notes).expect("candles in memory");
    (notes, core.into_state())
}

fn is_what_an_episode_comes_to(body: Body) {
    let (policy, candles) = (policy(body), walk(400));
    let course = course(&policy, &candles);
    let (_folder, parameters) = given(&policy);
    let built = entry().build(&parameters, &[InstrumentId(0)]).expect("a strategy");
    let (notes, state) = trade(&course, built);

    let mut episode = Episode::new(Arc::new(course.whole(0..400))).expect("long enough");
    let mut portable = Portable::new(&policy).expect("a runtime");
    let chooser = Chooser::new(Head::Categorical, policy.manifest.actions.clone(), 450_000);
    let mut memory = vec![0.0; policy.manifest.architecture.memory()];
    let (mut observation, mut outputs, mut exposure, mut expected) = (vec![0.0; 8], vec![0.0; 3], 0, Vec::new());
    episode.reset(0, &mut observation);
    loop {
        portable.answer(&observation, &mut memory, &mut outputs);
        exposure = chooser.choose(&outputs, exposure);
        expected.push(exposure);
        let place = LEVELS.iter().position(|level| *level == exposure).expect("a level");
        if episode.step(Choice::Index(place as u32), &mut observation).is_last() {
            break;
        }
    }
    let decided: Vec<i32> = notes.decisions().iter().map(|it| it.decision.exposure_ppm).collect();
    assert!(decided[..expected.len()] == expected, "{decided:?} {expected:?}");
    assert!(LEVELS.iter().all(|level| expected.contains(level)), "every level is chosen: {expected:?}");
    assert!(state.counters.fills > 20 && state.books == episode.state().expect("it was begun").books);
}

#[test]
fn a_run_decides_what_an_episode_with_the_same_choices_comes_to() {
    is_what_an_episode_comes_to(Body::Mlp { hidden: vec![6] });
    is_what_an_episode_comes_to(Body::Gru { width: 5 });
}

#[test]
fn recorded_decisions_hold_and_what_is_computed_is_compared_with_them() {
    let (policy, candles) = (policy(Body::Mlp { hidden: vec![6] }), walk(300));
    let course = course(&policy, &candles);
    let (_folder, parameters) = given(&policy);
    let followed = |records: Vec<Record>| {
        let mut left: VecDeque<Record> = records.into();
        let follow = Follow::new(Box::new(move || left.pop_front()));
        let strategy = entry_following(follow.clone()).build(&parameters, &[InstrumentId(0)]).expect("a strategy");
        let (notes, state) = trade(&course, strategy);
        (notes, state, follow.tally())
    };
    let (notes, state) = trade(&course, entry().build(&parameters, &[InstrumentId(0)]).expect("a strategy"));
    let recorded = notes.decisions();
    let count = recorded.len() as u64;
    let (same, same_state, tally) = followed(recorded.clone());
    assert_eq!(same.1.digest(), notes.1.digest());
    assert_eq!(same_state.books, state.books);
    assert_eq!(tally, Tally { taken: count, computed: count, differ: 0, first: None });

    let decided = |all: &[Record]| all.iter().map(|it| (it.time, it.decision)).collect::<Vec<_>>();
    // Another exposure on the record is what is traded.
    let mut other = recorded.clone();
    let place = other.iter().position(|it| it.decision.exposure_ppm == 0).expect("a flat decision");
    other[place].decision = Decision { logits: 7, exposure_ppm: 250_000 };
    let (noted, _, tally) = followed(other.clone());
    assert!(decided(&noted.decisions()) == decided(&other), "what was recorded is what is noted");
    assert!(tally.differ >= 1 && tally.first == Some(other[place].number), "{tally:?}");

    // A decision that was not recorded is not taken.
    other.remove(place);
    let gap = followed(other.clone()).0.decisions();
    assert!(decided(&gap) == decided(&other), "what was not recorded is not decided");
    let elsewhere = recorded.iter().map(|it| Record { owner: Owner(1), ..*it }).collect();
    assert_eq!(followed(elsewhere).2, Tally::default());
}

#[test]
fn a_choice_has_to_be_as_sure_as_the_threshold_says() {
    let levels = || ActionMap::Levels(LEVELS.to_vec());
    let check = |(head, map): (Head, ActionMap), threshold_ppm: u64, outputs: &[f32], present: i32, expected: i32| {
        let chosen = Chooser::new(head, map, threshold_ppm).choose(outputs, present);
        assert_eq!(chosen, expected, "{head:?} {threshold_ppm} {outputs:?} {present}");
    };
    // Probabilities 1/4, 1/4, 1/2.
    let (half, logits) = (500_000, [0.0, 0.0, std::f32::consts::LN_2]);
    let categorical = || (Head::Categorical, levels());
    check(categorical(), half - 1, &logits, 0, 500_000);
    check(categorical(), half + 1, &logits, 0, 0);
    check(categorical(), half + 1, &logits, -1_000_000, -1_000_000);
    check(categorical(), 0, &[1.0, 1.0, 0.0], 0, -1_000_000);
    check(categorical(), 0, &[f32::NAN, 1.0, 2.0], 0, 0);
    check(categorical(), 0, &[f32::NAN; 3], 500_000, 500_000);
    check(categorical(), 1, &[f32::INFINITY, 0.0, 0.0], 500_000, 500_000);
    // Worth 1.5 more than what stands.
    let values = || (Head::Values, levels());
    for (threshold, expected) in [(1_499_999, 500_000), (1_500_000, 500_000), (1_500_001, 0)] {
        check(values(), threshold, &[-1.0, 0.5, 2.0], 0, expected);
    }
    check(values(), 1_500_001, &[-1.0, 0.5, 2.0], 123, 500_000);
    // A quarter of the size away.
    let gaussian = || (Head::Gaussian, ActionMap::Continuous { low: -1_000_000, high: 1_000_000, step: 50_000 });
    for (threshold, expected) in [(249_999, 500_000), (250_000, 500_000), (250_001, 250_000)] {
        check(gaussian(), threshold, &[0.49], 250_000, expected);
    }
    check(gaussian(), 0, &[9.0], 0, 1_000_000);
    check(gaussian(), 0, &[f32::NAN], 450_000, 450_000);
    check(gaussian(), 0, &[f32::NEG_INFINITY], 0, -1_000_000);
}

#[test]
fn a_policy_that_cannot_trade_is_refused_about_its_parameter() {
    let good = policy(Body::Mlp { hidden: vec![6] });
    let (folder, parameters) = given(&good);
    let check = |change: &[(&str, &str)], parameter: &str, text: &str| {
        let mut parameters = parameters.clone();
        parameters.extend(change.iter().map(|(name, value)| ((*name).to_string(), Value::read(value))));
        let Err(error) = entry().build(&parameters, &[InstrumentId(0)]) else { panic!("{change:?} is refused") };
        assert_eq!(error.parameter.as_deref(), Some(parameter), "{error}");
        assert!(error.message.contains(text), "expected `{text}` in: {error}");
    };
    let saved = |name: &str, policy: &Policy| {
        let path = folder.path().join(name);
        policy.save(&path).expect("a policy that is whole");
        path.to_str().unwrap().to_string()
    };
    let mut other = good.clone();
    other.manifest.feature_set = "0123456789abcdef".into();
    let strange = saved("strange", &other);
    let mut other = good.clone();
    other.manifest.features.pop();
    other.manifest.feature_set = feature_set(&other.manifest.features).expect("good features");
    let narrow = saved("narrow", &other);
    let mut other = good.clone();
    other.manifest.features.push("moon".into());
    let unknown = saved("unknown", &other);
    check(&[("policy", "no/such.policy")], "policy", "no/such.policy: cannot open it");
    check(&[("policy", &strange)], "policy", "its feature set is 0123456789abcdef");
    check(&[("policy", &narrow)], "policy", "its features come to 6 numbers, and its network takes 8");
    check(&[("policy", &unknown)], "policy", "there is no feature `moon`");
    check(&[("digest", "abc")], "digest", "and abc is wanted");
    check(&[("decision_threshold", "-1")], "decision_threshold", "a number from 0");
    check(&[("runtime", "fast")], "runtime", "one of torch, portable");
    #[cfg(not(feature = "torch"))]
    check(&[("runtime", "torch")], "runtime", "set runtime = \"portable\"");
    let built = |name: &str, value: &str| {
        let mut parameters = parameters.clone();
        parameters.insert(name.into(), Value::read(value));
        entry().build(&parameters, &[InstrumentId(0), InstrumentId(2)]).map(drop)
    };
    assert_eq!(built("digest", &good.digest().expect("a good policy")), Ok(()));
    assert_eq!(built("decision_threshold", "0.75"), Ok(()));
    assert_eq!(entry().candles_before_deciding(&parameters), Ok(5));
}
