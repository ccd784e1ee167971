//! Experience of all members as one batch: what a loss needs of each step.
use super::advantages::{Steps, advantages};
use super::rollout::Trace;
use super::surrogate::Row;
use engine::Rng;

/// How far ahead a step's worth is looked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Horizon {
    /// What a reward is worth one step earlier.
    pub(super) gamma: f64,
    /// The weight of what lies further ahead.
    pub(super) lambda: f64,
}

/// The rows of all members, one member after the other: `[member][step]`.
///
/// `values` holds the critic's value of every observation in that order, then of each member's cut ones, then of each member's last.
pub(super) fn rows(traces: &[Trace], values: &[f32], horizon: Horizon) -> Vec<Row> {
    let steps: usize = traces.iter().map(|trace| trace.choices.len()).sum();
    let (of_steps, rest) = values.split_at(steps);
    let (cut, last) = rest.split_at(rest.len() - traces.len());
    let (mut of_steps, mut cut) = (of_steps.iter(), cut.iter());
    let mut rows = Vec::with_capacity(steps);
    for (trace, &last) in traces.iter().zip(last) {
        let count = trace.choices.len();
        let values: Vec<f32> = of_steps.by_ref().take(count).copied().collect();
        let mut place = |(terminated, truncated): (&bool, &bool)| match (terminated, truncated) {
            (false, true) => *cut.next().expect("every cut observation has a value"),
            _ => 0.0,
        };
        let cut: Vec<f32> = trace.terminated.iter().zip(&trace.truncated).map(&mut place).collect();
        let mut gained = vec![0.0; count];
        let steps = Steps {
            rewards: &trace.rewards,
            values: &values,
            terminated: &trace.terminated,
            truncated: &trace.truncated,
            cut: &cut,
            last,
        };
        advantages(steps, horizon.gamma, horizon.lambda, &mut gained);
        rows.extend((0..count).map(|step| Row {
            choice: trace.choices[step],
            log_probability: trace.log_probabilities[step],
            advantage: gained[step],
            target: gained[step] + values[step],
            value: values[step],
        }));
    }
    rows
}

/// The observations that [`rows`] wants the values of, in its order.
pub(super) fn observations(traces: &[Trace]) -> Vec<f32> {
    let parts = [|t: &Trace| t.observations.clone(), |t: &Trace| t.cut.clone(), |t: &Trace| t.last.clone()];
    parts.iter().flat_map(|part| traces.iter().flat_map(part)).collect()
}

/// How much of the targets' variance the values explain: 1 is all, 0 none; below that they are worse than a constant. `None` where the targets are all alike.
pub(super) fn explained_variance(rows: &[Row]) -> Option<f64> {
    let variance = |of: &dyn Fn(&Row) -> f64| {
        let mean = rows.iter().map(of).sum::<f64>() / rows.len() as f64;
        rows.iter().map(|row| (of(row) - mean) * (of(row) - mean)).sum::<f64>()
    };
    let targets = variance(&|row| f64::from(row.target));
    let errors = variance(&|row| f64::from(row.target) - f64::from(row.value));
    (targets > 0.0).then(|| 1.0 - errors / targets)
}

/// A new order of `0..count`, every one equally likely: Fisher and Yates's shuffle.
pub(super) fn shuffled(count: usize, rng: &mut Rng) -> Vec<i64> {
    let mut order: Vec<i64> = (0..count as i64).collect();
    for place in (1..count).rev() {
        order.swap(place, rng.below(place as u64 + 1) as usize);
    }
    order
}
