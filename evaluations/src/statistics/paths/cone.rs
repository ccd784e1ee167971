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
    let last = marked.len() / days.len() - 1;
    let mut ranks: Vec<usize> = LEVELS.iter().flat_map(|level| neighbours(last, *level)).collect();
    ranks.sort_unstable();
    ranks.dedup();
    let bands_of = |mark: usize| -> [Vec<f64>; 3] {
        let mut columns: [Vec<u64>; 3] = [0, 1, 2].map(|_| Vec::with_capacity(last + 1));
        // All three at once, since a path's lie together and paths lie apart. Values are at or above zero, where the order
        // of their bits is their own.
        for path in marked[mark..].iter().step_by(days.len()) {
            columns.iter_mut().zip(path).for_each(|(column, value)| column.push(value.to_bits()));
        }
        columns.map(|mut column| {
            place(&mut column, 0, &ranks);
            LEVELS.map(|level| quantile(&column, level)).to_vec()
        })
    };
    let bands: Vec<[Vec<f64>; 3]> = (0..days.len()).into_par_iter().map(bands_of).collect();
    [0, 1, 2].map(|which| Cone {
        days: days.to_vec(),
        levels: LEVELS.to_vec(),
        bands: bands.iter().map(|figures| figures[which].clone()).collect(),
    })
}

/// The ranks that a quantile lies between.
fn neighbours(last: usize, p: f64) -> [usize; 2] {
    let below = (libm::floor(p * last as f64) as usize).min(last);
    [below, (below + 1).min(last)]
}

/// Puts the values of some rising `ranks` where a sort would; `before` values lie below all of `values`.
fn place(values: &mut [u64], before: usize, ranks: &[usize]) {
    let middle = ranks.len() / 2;
    let Some(rank) = ranks.get(middle) else { return };
    let (below, _, above) = values.select_nth_unstable(rank - before);
    place(below, before, &ranks[..middle]);
    place(above, rank + 1, &ranks[middle + 1..]);
}

/// As [`crate::metrics::distribution::quantile`], of the bits of values whose neighbours of the quantile are in their places.
fn quantile(placed: &[u64], p: f64) -> f64 {
    let last = placed.len() - 1;
    let [below, above] = neighbours(last, p);
    let (low, high) = (f64::from_bits(placed[below]), f64::from_bits(placed[above]));
    low + (p * last as f64 - below as f64) * (high - low)
}
