//! What is expected of a promoted version, and what was observed of it.
//!
//! Both are plain numbers that the caller takes from evidence and from a session's tape; an expectation is kept beside the
//! evidence and read back to the bit.
use super::features::Bins;
use crate::statistics::SampleError;
use crate::statistics::block_length::block_length;
use crate::statistics::bootstrap::Blocks;
use crate::statistics::paths::{Cone, PathSettings, paths};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The mean of some values and how far they lie apart.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spread {
    /// The mean.
    pub mean: f64,
    /// The sample deviation; 0 of a single value.
    pub deviation: f64,
    /// How many values.
    pub n: u64,
}

impl Spread {
    /// Of values; `None` of nothing.
    #[must_use]
    pub fn of(values: &[f64]) -> Option<Self> {
        let mean = crate::metrics::mean(values)?;
        Some(Self { mean, deviation: crate::metrics::deviation(values).unwrap_or(0.0), n: values.len() as u64 })
    }
}

/// Some of all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Share {
    /// How many did.
    pub some: u64,
    /// Of how many.
    pub all: u64,
}

/// What is expected. What is `None` or empty is not watched.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// Daily returns of the evidence, out of sample, in their order.
    pub returns: Vec<f64>,
    /// The mean length of the blocks that they are resampled in, in days.
    pub mean_length: f64,
    /// The deepest fall of bootstrap paths until each day.
    pub deepest: Cone,
    /// Round trips of a day, from flat to flat.
    pub round_trips: Option<Spread>,
    /// Slippage of a fill in hundredths of a percent, positive where it costs.
    pub slippage_bps: Option<Spread>,
    /// Orders that filled, of those that were sent.
    pub fills: Option<Share>,
    /// What features looked like.
    pub features: BTreeMap<String, Bins>,
    /// What resamples are drawn by.
    pub seed: u64,
}

/// How an expectation is made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExpectationSettings {
    /// How many bootstrap paths make the cone.
    pub paths: usize,
    /// How many days the cone is long.
    pub days: usize,
    /// The mean length of a block in days; `None` chooses it, 1 where nothing is found.
    pub mean_length: Option<f64>,
    /// What is drawn by.
    pub seed: u64,
}

impl Expectation {
    /// The expectation of daily `returns`; what else is known the caller fills in.
    ///
    /// # Errors
    /// When there is no return, one is not finite, or a setting is out of its range.
    pub fn of_returns(returns: Vec<f64>, settings: ExpectationSettings) -> Result<Self, SampleError> {
        let chosen = || block_length(&returns).map_or(1.0, |length| length.stationary);
        let mean_length = settings.mean_length.unwrap_or_else(chosen);
        let blocks = Blocks::Stationary { mean_length };
        let ExpectationSettings { paths: count, days, seed, .. } = settings;
        let deepest = paths(&returns, PathSettings { paths: count, days, blocks, seed })?.deepest;
        let features = BTreeMap::new();
        Ok(Self { returns, mean_length, deepest, round_trips: None, slippage_bps: None, fills: None, features, seed })
    }
}

/// What was observed, in the words of [`Expectation`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Observed {
    /// Daily returns since the version began, in their order.
    pub returns: Vec<f64>,
    /// Round trips of a day.
    pub round_trips: Option<Spread>,
    /// Slippage of a fill.
    pub slippage_bps: Option<Spread>,
    /// Orders that filled, of those that were sent.
    pub fills: Option<Share>,
    /// For each feature how many of its values lay in each of the expected bins ([`Bins::count`]).
    pub features: BTreeMap<String, Vec<u64>>,
}
