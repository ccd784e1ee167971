//! How much each parameter alone says about the score.
//!
//! Scores are grouped by the values of one parameter, ranges in eight parts; the figure is the share of the spread of all
//! scores that lies between the groups, less what so many groups of noise would show (epsilon squared, Kelley 1935). It
//! sees no interplay of parameters, and where estimators went on looking in one place it is of that place.
use super::space::{Axis, Space};
use super::tried::Search;
use std::collections::BTreeMap;

/// Groups of an axis that has more values.
const GROUPS: usize = 8;

/// How much a parameter says about the score.
#[derive(Clone, Debug, PartialEq)]
pub struct Importance {
    /// The parameter.
    pub name: String,
    /// The share of the spread of scores, from 0 to 1; `None` where scores do not differ, or there are too few.
    pub share: Option<f64>,
    /// Groups with a score.
    pub groups: usize,
    /// Scores that went in: those on all the data.
    pub n: usize,
}

/// The importance of each axis, in the order of the space.
#[must_use]
pub fn importance<E>(space: &Space, search: &Search<E>) -> Vec<Importance> {
    let of_axis = |axis: &Axis| {
        let mut groups: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
        for trial in &search.trials {
            let place = trial.parameters.get(&axis.name).and_then(|value| axis.place(value));
            if let (Some(place), Some(score)) = (place, trial.whole_score()) {
                let parts = if axis.is_ordered() { GROUPS } else { axis.count().unwrap_or(GROUPS) };
                groups.entry(((place * parts as f64) as usize).min(parts - 1)).or_default().push(score);
            }
        }
        let groups: Vec<Vec<f64>> = groups.into_values().collect();
        let n = groups.iter().map(Vec::len).sum();
        Importance { name: axis.name.clone(), share: share(&groups), groups: groups.len(), n }
    };
    space.axes().iter().map(of_axis).collect()
}

/// Epsilon squared of scores in groups.
fn share(groups: &[Vec<f64>]) -> Option<f64> {
    let n = groups.iter().map(Vec::len).sum::<usize>();
    let free = n.checked_sub(groups.len()).filter(|free| *free > 0)?;
    let mean = |scores: &[f64]| scores.iter().sum::<f64>() / scores.len() as f64;
    let middle = groups.iter().flatten().sum::<f64>() / n as f64;
    let square = |from: f64, scores: &[f64]| scores.iter().map(|score| (score - from) * (score - from)).sum::<f64>();
    let total: f64 = groups.iter().map(|group| square(middle, group)).sum();
    let within: f64 = groups.iter().map(|group| square(mean(group), group)).sum();
    let by_chance = (groups.len() as f64 - 1.0) * within / free as f64;
    // Scores that differ in their last digits only do not differ.
    (total > 1e-18 * middle * middle * n as f64).then(|| ((total - within - by_chance) / total).clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_between_the_groups_is_the_share() {
        let check = |groups: &[&[f64]], expected: Option<f64>| {
            let groups: Vec<Vec<f64>> = groups.iter().map(|group| group.to_vec()).collect();
            match (share(&groups), expected) {
                (Some(found), Some(expected)) => assert!((found - expected).abs() < 1e-12, "{found} for {groups:?}"),
                (found, expected) => assert_eq!(found, expected, "{groups:?}"),
            }
        };
        check(&[&[1.0, 1.0], &[3.0, 3.0]], Some(1.0));
        check(&[&[1.0, 3.0], &[1.0, 3.0]], Some(0.0));
        // Between 4, within 4 of total 8, one degree of freedom at 4 / 2.
        check(&[&[0.0, 2.0], &[2.0, 4.0]], Some(0.25));
        check(&[&[1.0], &[3.0]], None);
        check(&[&[2.0, 2.0], &[2.0]], None);
        check(&[], None);
    }
}
