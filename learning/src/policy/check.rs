//! Whether the parts of a policy are right, and right for each other.
//!
//! It is asked before a policy is written and after one is read, so that a policy which cannot be read is never written.
use super::action_map::{ActionMap, WHOLE_PPM};
use super::architecture::{Architecture, Body, Head, Weight};
use super::error::PolicyError;
use super::manifest::{Manifest, Policy, Tensor, VERSION};
use super::normaliser::Normaliser;
use std::collections::BTreeMap;

impl Policy {
    /// Whether its parts are right, and right for each other.
    ///
    /// # Errors
    /// The first thing that is not, and what it should be.
    pub fn check(&self) -> Result<(), PolicyError> {
        manifest(&self.manifest)?;
        normaliser(&self.normaliser, self.manifest.architecture.inputs)?;
        weights(&self.manifest.architecture, &self.weights)?;
        match (&self.manifest.architecture.body, self.module.len()) {
            (Body::Module, 0) => Err(PolicyError::field("module", "missing", "the archive of a TorchScript module")),
            (Body::Module, _) | (_, 0) => Ok(()),
            (_, bytes) => Err(PolicyError::field("module", format!("of {bytes} bytes"), "none: the body is no module")),
        }
    }
}

fn manifest(manifest: &Manifest) -> Result<(), PolicyError> {
    version(manifest.version)?;
    if manifest.features.is_empty() {
        return Err(PolicyError::field("features", "empty", "what the policy sees, as `returns 32`"));
    }
    if manifest.features.iter().any(|feature| feature.trim().is_empty()) {
        return Err(PolicyError::field("features", "a list with an empty name", "declarations, as `returns 32`"));
    }
    if manifest.feature_set.is_empty() {
        return Err(PolicyError::field("feature_set", "empty", "the name of the feature set"));
    }
    manifest.architecture.check()?;
    actions(&manifest.actions)?;
    head(&manifest.architecture, &manifest.actions)?;
    let threshold = manifest.decision_threshold_ppm;
    if threshold > WHOLE_PPM.unsigned_abs() {
        return Err(PolicyError::field("decision_threshold_ppm", threshold, format!("at most {WHOLE_PPM}")));
    }
    Ok(())
}

/// Whether this is a version that is read here.
pub(super) fn version(version: u32) -> Result<(), PolicyError> {
    let known = version == VERSION;
    let expected = || format!("{VERSION}, which is what this version of the program reads");
    if known { Ok(()) } else { Err(PolicyError::field("version", version, expected())) }
}

fn actions(actions: &ActionMap) -> Result<(), PolicyError> {
    let whole = -WHOLE_PPM..=WHOLE_PPM;
    let within = || format!("from {} to {WHOLE_PPM}", -WHOLE_PPM);
    match *actions {
        ActionMap::Levels(ref levels) => {
            if levels.is_empty() {
                return Err(PolicyError::field("actions.levels", "empty", "one exposure for each action"));
            }
            let outside = levels.iter().find(|level| !whole.contains(level));
            outside.map_or(Ok(()), |level| Err(PolicyError::field("actions.levels", level, within())))
        }
        ActionMap::Continuous { low, high, step } => {
            for (field, bound) in [("actions.continuous.low", low), ("actions.continuous.high", high)] {
                if !whole.contains(&bound) {
                    return Err(PolicyError::field(field, bound, within()));
                }
            }
            if low >= high {
                return Err(PolicyError::field("actions.continuous.low", low, format!("less than `high`, {high}")));
            }
            let fits = (1..=WHOLE_PPM).contains(&step);
            let expected = || format!("from 1 to {WHOLE_PPM}");
            if fits { Ok(()) } else { Err(PolicyError::field("actions.continuous.step", step, expected())) }
        }
    }
}

/// The outputs, what they mean and the actions have to be of one kind and number.
fn head(architecture: &Architecture, actions: &ActionMap) -> Result<(), PolicyError> {
    let outputs = actions.space().outputs();
    if architecture.outputs != outputs {
        let expected = format!("{outputs}, as `actions` has");
        return Err(PolicyError::field("architecture.outputs", architecture.outputs, expected));
    }
    let (found, expected) = match (architecture.head, actions) {
        (Head::Categorical | Head::Values, ActionMap::Levels(_)) | (Head::Gaussian, ActionMap::Continuous { .. }) => {
            return Ok(());
        }
        (Head::Categorical, _) => ("`categorical`", "`gaussian`, because `actions` is `continuous`"),
        (Head::Values, _) => ("`values`", "`gaussian`, because `actions` is `continuous`"),
        (Head::Gaussian, _) => ("`gaussian`", "`categorical` or `values`, because `actions` is `levels`"),
    };
    Err(PolicyError::field("architecture.head", found, expected))
}

fn normaliser(normaliser: &Normaliser, inputs: usize) -> Result<(), PolicyError> {
    let expected = format!("{inputs} numbers, as `architecture.inputs` says");
    for (name, values) in [("normaliser.mean", normaliser.mean()), ("normaliser.scale", normaliser.scale())] {
        if values.len() != inputs {
            return Err(PolicyError::field(name, format!("{} numbers", values.len()), expected));
        }
    }
    finite("normaliser.mean", normaliser.mean())?;
    above_zero("normaliser.scale", normaliser.scale())?;
    above_zero("normaliser.clip", &[normaliser.clip()])
}

fn weights(architecture: &Architecture, weights: &BTreeMap<String, Tensor>) -> Result<(), PolicyError> {
    let mut expected = architecture.actor();
    // The critic is there for further training: it may be left out, but not a part of it.
    if weights.keys().any(|name| name.starts_with("critic.")) {
        expected.extend(architecture.critic());
    }
    let expected: BTreeMap<String, Vec<usize>> =
        expected.into_iter().map(|Weight { name, shape }| (name, shape)).collect();
    if let Some(name) = weights.keys().find(|name| !expected.contains_key(*name)) {
        return Err(PolicyError::field(name, "there", "no tensor of this name: the architecture has none"));
    }
    for (name, shape) in &expected {
        let wanted = || format!("32-bit floats of shape {shape:?}, as the architecture says");
        let tensor = weights.get(name).ok_or_else(|| PolicyError::field(name, "missing", wanted()))?;
        if tensor.shape != *shape {
            return Err(PolicyError::field(name, format!("of shape {:?}", tensor.shape), wanted()));
        }
        if tensor.values.len() != shape.iter().product::<usize>() {
            return Err(PolicyError::field(name, format!("{} numbers", tensor.values.len()), wanted()));
        }
        finite(name, &tensor.values)?;
    }
    Ok(())
}

fn finite(name: &str, values: &[f32]) -> Result<(), PolicyError> {
    let wrong = values.iter().enumerate().find(|(_, value)| !value.is_finite());
    wrong.map_or(Ok(()), |(at, value)| Err(PolicyError::field(format!("{name}[{at}]"), value, "a finite number")))
}

fn above_zero(name: &str, values: &[f32]) -> Result<(), PolicyError> {
    finite(name, values)?;
    let wrong = values.iter().enumerate().find(|(_, value)| **value <= 0.0);
    wrong.map_or(Ok(()), |(at, value)| Err(PolicyError::field(format!("{name}[{at}]"), value, "more than zero")))
}
