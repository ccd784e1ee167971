//! What a policy file says of itself.
use super::action_map::ActionMap;
use super::architecture::Architecture;
use super::normaliser::Normaliser;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of the description that is written here.
pub const VERSION: u32 = 1;

/// Where a policy comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// The algorithm, as `ppo`, or `import`.
    pub algorithm: String,
    /// Digest of the candles that it was trained on, and their range by open time; empty where not known.
    pub dataset: String,
    /// The training range and the validation range, as the run file writes instants.
    pub ranges: BTreeMap<String, String>,
    /// Version of the program, and the compiler.
    pub code: String,
    /// The seed.
    pub seed: u64,
    /// Every hyper-parameter as text.
    pub hyper_parameters: BTreeMap<String, String>,
    /// Digest of the policy that training began with; empty where it began with none.
    pub parent: String,
}

/// Everything about a policy but its numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Version of this description: [`VERSION`].
    pub version: u32,
    /// What it sees, as declared in the run file, in order: as `returns 32`.
    pub features: Vec<String>,
    /// Name of the feature set: a digest of the declarations and of how they are computed.
    pub feature_set: String,
    /// The network.
    pub architecture: Architecture,
    /// What its choices mean.
    pub actions: ActionMap,
    /// How sure a change must be; see the strategy `policy`. In millionths, so that it reads back as it was written.
    pub decision_threshold_ppm: u32,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// Weights by name: shape and numbers, row by row.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    /// Length of each dimension.
    pub shape: Vec<usize>,
    /// The numbers.
    pub values: Vec<f32>,
}

/// A policy, whole. One without its normaliser cannot be made.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// Everything but the numbers.
    pub manifest: Manifest,
    /// Its scale.
    pub normaliser: Normaliser,
    /// Weights by name, as [`Architecture`] names them.
    pub weights: BTreeMap<String, Tensor>,
    /// The archive of a TorchScript module; empty for every other body.
    pub module: Vec<u8>,
}
