//! Policies that were trained elsewhere: a TorchScript module and a description of what it sees and what its choices mean.
//!
//! `learning/python/export_sb3.py` writes both. Nothing here runs the module: that is for libtorch, when the policy is asked. A module is a
//! program all the same, and one from somebody who is not trusted is not to be run.
use super::action_map::ActionMap;
use super::architecture::{Activation, Architecture, Body, Head};
use super::archive;
use super::error::PolicyError;
use super::manifest::{Manifest, Policy, Provenance, VERSION};
use super::normaliser::Normaliser;
use crate::features::{Declaration, feature_set};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;

/// The version of the description that is read here.
const DESCRIPTION_VERSION: u32 = 1;

/// What stands beside a module.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Description {
    /// Looked at before the rest is read.
    #[serde(rename = "version")]
    _version: u32,
    /// Of the bytes of the module's file, in hex: the two are not to be mixed up with those of another export.
    module_sha256: String,
    inputs: usize,
    outputs: usize,
    head: Head,
    features: Vec<String>,
    /// Has to stand there, if only as `null`: a scale is never left out by mistake.
    #[serde(deserialize_with = "present")]
    normaliser: Option<Statistics>,
    actions: ActionMap,
    decision_threshold_ppm: u32,
    source: BTreeMap<String, String>,
}

/// Statistics of observations: `(x - mean) / sqrt(variance + epsilon)`, within `clip` either way.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Statistics {
    mean: Vec<f64>,
    variance: Vec<f64>,
    epsilon: f64,
    clip: f64,
}

/// The policy of a module, the bytes of its archive, and its description in JSON. `code` says which program imports it.
///
/// # Errors
/// When one of the two is not what it should be, or they do not belong together: which field, what it is, and what it should be.
pub fn import(module: Vec<u8>, description: &str, code: &str) -> Result<Policy, PolicyError> {
    let description = read(description)?;
    archive::check(&module)?;
    let named = archive::digest(&module);
    if named != description.module_sha256 {
        let expected = format!("{named}, as the module has; take the description that was written with it");
        return Err(PolicyError::field("module_sha256", description.module_sha256, expected));
    }
    let wrong = |error: crate::features::FeatureError| PolicyError::field("features", error, "features of a run file");
    let declared = description.features.iter().map(|text| text.parse::<Declaration>());
    let width: usize =
        declared.map(|declared| declared.map(Declaration::width)).sum::<Result<_, _>>().map_err(wrong)?;
    if width != description.inputs {
        let expected = format!("{width}, which is what the features come to");
        return Err(PolicyError::field("inputs", description.inputs, expected));
    }
    let feature_set = feature_set(&description.features).map_err(wrong)?;
    let normaliser = match &description.normaliser {
        Some(statistics) => statistics.normaliser(width)?,
        None => Normaliser::identity(width, f32::MAX),
    };
    let architecture = Architecture {
        inputs: description.inputs,
        outputs: description.outputs,
        body: Body::Module,
        // Of no meaning for a module, which has its own.
        activation: Activation::Tanh,
        head: description.head,
    };
    let seed = description.source.get("seed").and_then(|seed| seed.parse().ok()).unwrap_or_default();
    let provenance = Provenance {
        algorithm: "import".into(),
        code: code.into(),
        seed,
        hyper_parameters: description.source,
        ..Provenance::default()
    };
    let manifest = Manifest {
        version: VERSION,
        features: description.features,
        feature_set,
        architecture,
        actions: description.actions,
        decision_threshold_ppm: description.decision_threshold_ppm,
        provenance,
    };
    let policy = Policy { manifest, normaliser, weights: BTreeMap::new(), module };
    policy.check()?;
    Ok(policy)
}

fn read(text: &str) -> Result<Description, PolicyError> {
    #[derive(Deserialize)]
    struct Version {
        version: u32,
    }
    let bad = |error: serde_json::Error| {
        PolicyError::field("description", format!("not as it should be: {error}"), "what export_sb3.py writes")
    };
    // A later version has other keys; that it is later is the better thing to hear.
    let version = serde_json::from_str::<Version>(text).map_err(bad)?.version;
    if version != DESCRIPTION_VERSION {
        return Err(PolicyError::field(
            "version",
            version,
            format!("{DESCRIPTION_VERSION}, the one that is read here"),
        ));
    }
    serde_json::from_str(text).map_err(bad)
}

impl Statistics {
    /// The scale in our arithmetic, which is 32-bit: mean and deviation are rounded once, here.
    fn normaliser(&self, width: usize) -> Result<Normaliser, PolicyError> {
        let lengths = [("normaliser.mean", self.mean.len()), ("normaliser.variance", self.variance.len())];
        if let Some((field, length)) = lengths.into_iter().find(|(_, length)| *length != width) {
            return Err(PolicyError::field(field, format!("{length} numbers"), format!("{width}, one for each input")));
        }
        let positive = |x: f64| x > 0.0 && (x as f32).is_finite();
        if !positive(self.epsilon) {
            return Err(PolicyError::field("normaliser.epsilon", self.epsilon, "above zero and finite"));
        }
        if !positive(self.clip) || self.clip as f32 <= 0.0 {
            return Err(PolicyError::field("normaliser.clip", self.clip, "above zero and finite"));
        }
        let mut mean = Vec::with_capacity(width);
        let mut scale = Vec::with_capacity(width);
        for (at, (&m, &variance)) in self.mean.iter().zip(&self.variance).enumerate() {
            if !(m as f32).is_finite() {
                return Err(PolicyError::field(format!("normaliser.mean[{at}]"), m, "a finite number"));
            }
            let deviation = (variance + self.epsilon).sqrt() as f32;
            if variance < 0.0 || !deviation.is_normal() {
                let expected = "zero or above, and finite, with a deviation that 32 bits hold";
                return Err(PolicyError::field(format!("normaliser.variance[{at}]"), variance, expected));
            }
            mean.push(m as f32);
            scale.push(deviation);
        }
        Ok(Normaliser::new(mean, scale, self.clip as f32))
    }
}

/// A field that may be `null` and may not be missing.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<T>, D::Error> {
    Option::deserialize(from)
}
