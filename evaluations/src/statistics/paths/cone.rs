//! Bands by day: between which values how many paths are.
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// The quantiles of the bands.
const LEVELS: [f64; 9] = [0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99];

/// The quantiles of paths on some days.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cone {
    /// The days, from 1 and rising.
    pub days: Vec<usize>,
    /// Which quantiles, rising.
    pub levels: Vec<f64>,
    /// For each day the value at each level.
    pub bands: Vec<Vec<f64>>,
}

impl Cone {
    /// The value at `level` (one of the cone's) on `day`, on a line between the days that stand; `None` for another level
    /// or a day behind the last one. Before the first day it is that of the first.
    #[must_use]
    pub fn at(&self, day: usize, level: f64) -> Option<f64> {
        let column = self.levels.iter().position(|l| (l - level).abs() < 1e-12)?;
        let behind = self.days.iter().position(|d| *d >= day)?;
        let before = behind.saturating_sub(1);
        // A cone that was read from a file may lack a band.
        let value = |mark: usize| self.bands.get(mark)?.get(column).copied();
        let (from, to) = (value(before)?, value(behind)?);
        let length = self.days[behind].saturating_sub(self.days[before]);
        if length == 0 {
            return Some(to);
        }
        let part = day.saturating_sub(self.days[before]) as f64 / length as f64;
        Some(from + part * (to - from))
    }

    /// The same for any level within those that stand, on a line between them.
    #[must_use]
    pub fn between(&self, day: usize, level: f64) -> Option<f64> {
        let above = *self.levels.iter().find(|l| **l >= level - 1e-12)?;
        let below = *self.levels.iter().rev().find(|l| **l <= level + 1e-12)?;
        let (from, to) = (self.at(day, below)?, self.at(day, above)?);
        let part = if above > below { (level - below) / (above - below) } else { 0.0 };
        Some(from + part * (to - from))
    }
}

/// The cones of three figures at each mark; `marked` holds the paths one after another, each with all its `days`.
pub(super) fn cones(marked: &[[f64; 3]], days: &[usize]) -> [Cone; 3] {
    let bands_of = |mark: usize| -> [Vec<f64>; 3] {
        let figure = |which: usize| {
            // Values are at or above zero, where the order of their bits is their own.
            let column = marked[mark..].iter().step_by(days.len()).map(|path| path[which].to_bits());
            let mut sorted: Vec<u64> = column.collect();
            sorted.sort_unstable();
            LEVELS.map(|level| quantile(&sorted, level)).to_vec()
        };
        [figure(0), figure(1), figure(2)]
    };
    let bands: Vec<[Vec<f64>; 3]> = (0..days.len()).into_par_iter().map(bands_of).collect();
    [0, 1, 2].map(|which| Cone {
        days: days.to_vec(),
        levels: LEVELS.to_vec(),
        bands: bands.iter().map(|figures| figures[which].clone()).collect(),
    })
}

/// As [`crate::metrics::distribution::quantile`], of the bits of sorted values.
fn quantile(sorted: &[u64], p: f64) -> f64 {
    let last = sorted.len() - 1;
    let place = p * last as f64;
    let below = (libm::floor(place) as usize).min(last);
    let (low, high) = (f64::from_bits(sorted[below]), f64::from_bits(sorted[(below + 1).min(last)]));
    low + (place - below as f64) * (high - low)
}
