//! What differs between two policies: in what they say of themselves, in their numbers, and in what they choose.
//!
//! It judges nothing: which of two is better is for evaluation on candles.
use crate::environment::{ActionSpace, Choice};
use crate::policy::{Normaliser, Policy, PolicyError};
use crate::portable::{Portable, choice};
use crate::runtime::Runtime;
use engine::{Rng, math};
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// How far two lists of numbers are apart.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Distance {
    /// The greatest difference of two numbers in the same place.
    pub max_abs: f64,
    /// The length of the difference, by the length of the first list: both as the root of the sum of squares. `None` where
    /// the first list is all zeros and the second is not.
    pub relative: Option<f64>,
}

impl Distance {
    /// Of two lists of one length.
    #[must_use]
    pub fn between(a: &[f32], b: &[f32]) -> Self {
        let (mut max_abs, mut apart, mut length) = (0.0_f64, 0.0, 0.0);
        for (a, b) in a.iter().zip(b).map(|(a, b)| (f64::from(*a), f64::from(*b))) {
            max_abs = max_abs.max((a - b).abs());
            apart += (a - b) * (a - b);
            length += a * a;
        }
        let relative = if length > 0.0 { Some(math::sqrt(apart / length)) } else { (apart <= 0.0).then_some(0.0) };
        Self { max_abs, relative }
    }
}

/// A field of which two manifests say different things; `None` where one has no such field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldDifference {
    /// As `provenance.hyper_parameters.gamma`.
    pub field: String,
    /// What the first says.
    pub a: Option<String>,
    /// What the second says.
    pub b: Option<String>,
}

/// The fields of which two manifests say different things, by name.
#[must_use]
pub fn fields(a: &Policy, b: &Policy) -> Vec<FieldDifference> {
    let leaves = |policy: &Policy| {
        let mut leaves = BTreeMap::new();
        let manifest = serde_json::to_value(&policy.manifest).expect("a manifest has text keys only");
        flatten("", &manifest, &mut leaves);
        leaves
    };
    let (a, b) = (leaves(a), leaves(b));
    let names: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
    let differs = names.into_iter().filter(|name| a.get(*name) != b.get(*name));
    let difference =
        |name: &String| FieldDifference { field: name.clone(), a: a.get(name).cloned(), b: b.get(name).cloned() };
    differs.map(difference).collect()
}

/// Lists are leaves: their length is a part of what they say.
fn flatten(name: &str, value: &Value, leaves: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                let name = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
                flatten(&name, value, leaves);
            }
        }
        Value::String(text) => drop(leaves.insert(name.into(), text.clone())),
        other => drop(leaves.insert(name.into(), other.to_string())),
    }
}

/// A tensor of the normaliser or of the weights that differs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TensorDifference {
    /// Its name in the file.
    pub name: String,
    /// How far apart; `None` where one has no such tensor, or one of another shape.
    pub distance: Option<Distance>,
}

/// The tensors of the normalisers and of the weights that are not the same, by name.
#[must_use]
pub fn tensors(a: &Policy, b: &Policy) -> Vec<TensorDifference> {
    let (a, b) = (named(a), named(b));
    let names: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
    let bits = |values: &[f32]| values.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
    let difference = |name: &String| {
        let distance = match (a.get(name), b.get(name)) {
            (Some((shape, a)), Some((other, b))) if shape == other => {
                if bits(a) == bits(b) {
                    return None;
                }
                Some(Distance::between(a, b))
            }
            _ => None,
        };
        Some(TensorDifference { name: name.clone(), distance })
    };
    names.into_iter().filter_map(difference).collect()
}

/// Every tensor of floats under its name in the file: shape and numbers.
fn named(policy: &Policy) -> BTreeMap<String, (Vec<usize>, Vec<f32>)> {
    let normaliser: &Normaliser = &policy.normaliser;
    let parts = [("mean", normaliser.mean()), ("scale", normaliser.scale()), ("clip", &[normaliser.clip()])];
    let parts = parts.map(|(name, values)| (format!("normaliser.{name}"), (vec![values.len()], values.to_vec())));
    let weights = policy.weights.iter().map(|(name, t)| (name.clone(), (t.shape.clone(), t.values.clone())));
    parts.into_iter().chain(weights).collect()
}

/// How often two policies choose differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Choices {
    /// How many observations were shown to both.
    pub observations: u64,
    /// How often their exposures differed.
    pub different: u64,
}

/// After so many observations in a row the memory of recurrent policies begins anew.
const ROW: u64 = 32;

/// Shows the same drawn observations to both policies and counts where the exposures that they choose differ, the decision
/// threshold left out.
///
/// Each number of an observation is normal with mean 0 and deviation 1, as the normaliser makes it, within the first one's
/// bound. Both answer by the portable runtime; memories begin at zero every 32 observations.
///
/// # Errors
/// Why they cannot be compared: they see other things, or one does not run on the portable runtime.
pub fn choices(a: &Policy, b: &Policy, observations: u64, seed: u64) -> Result<Choices, PolicyError> {
    let inputs = a.manifest.architecture.inputs;
    if inputs != b.manifest.architecture.inputs || a.manifest.features != b.manifest.features {
        return Err(PolicyError::NotHere { what: "the two see different things" });
    }
    let (mut one, mut other) = (Chooser::new(a)?, Chooser::new(b)?);
    let (clip, mut rng) = (f64::from(a.normaliser.clip()), Rng::stream(seed, "observations to compare policies by"));
    let mut observation = vec![0.0; inputs];
    let mut different = 0;
    for at in 0..observations {
        if at % ROW == 0 {
            one.memory.fill(0.0);
            other.memory.fill(0.0);
        }
        observation.fill_with(|| rng.normal().clamp(-clip, clip) as f32);
        different += u64::from(one.exposure_ppm(&observation) != other.exposure_ppm(&observation));
    }
    Ok(Choices { observations, different })
}

/// A policy that is asked for one exposure after the other.
struct Chooser<'a> {
    policy: &'a Policy,
    network: Portable,
    memory: Vec<f32>,
    outputs: Vec<f32>,
}

impl<'a> Chooser<'a> {
    fn new(policy: &'a Policy) -> Result<Self, PolicyError> {
        let (memory, outputs) = (policy.manifest.architecture.memory(), policy.manifest.architecture.outputs);
        let network = Portable::new(policy)?;
        Ok(Self { policy, network, memory: vec![0.0; memory], outputs: vec![0.0; outputs] })
    }

    /// `None` where the network has no answer.
    fn exposure_ppm(&mut self, observation: &[f32]) -> Option<i32> {
        self.network.answer(observation, &mut self.memory, &mut self.outputs);
        let choice = match self.policy.manifest.actions.space() {
            ActionSpace::Discrete(_) => Choice::Index(choice::argmax(&self.outputs)? as u32),
            ActionSpace::Continuous { .. } => Choice::Amount(self.outputs[0]),
        };
        Some(self.policy.manifest.actions.exposure_ppm(choice))
    }
}
